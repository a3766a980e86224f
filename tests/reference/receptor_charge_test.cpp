// Charge of one synaptic event: the integral of the conductance (or current) that the neuron sees is exact for every receptor
// and time constant. A conductance taken at the start of the step must fail this check.

#include <gtest/gtest.h>

#include <cmath>

#include "base/noise.h"
#include "models/catalogue.h"
#include "support/cells.h"

namespace burgeon::test {
namespace {

constexpr double dt = 0.1, V = -60.0, tolerance = 1e-3;

/// Integral of the current [pA ms] that one event of weight 2 sends into a neuron held at V.
double charge(const char* receptor_name, const Values& values, double duration) {
  Cells cells(models::catalogue(best_simd()), "lif_cond", 1, dt, {{"E_L", V}});
  cells.state(1)[0] = 1e12;  // refractory: V stays
  const auto receptor = cells.add_receptor(receptor_name, values);
  cells.input(receptor)[0] = 2.0F;
  double sum = 0.0;
  for (double t = 0.0; t < duration; t += dt) {
    cells.step();
    sum += cells.current()[0] * dt;
  }
  return sum;
}

/// Integral of a dual exponential of unit peak.
double dual_area(double rise, double decay) {
  const double peak = std::log(decay / rise) * rise * decay / (decay - rise);
  return (decay - rise) / (std::exp(-peak / decay) - std::exp(-peak / rise));
}

class EventCharge : public testing::TestWithParam<double> {};

TEST_P(EventCharge, IsExact) {
  const double tau = GetParam(), duration = 40 * tau;
  const auto expect_charge = [](double measured, double exact) { EXPECT_NEAR(measured / exact, 1.0, tolerance); };
  expect_charge(charge("exp_conductance", {{"tau", tau}, {"E_rev", 0}}, duration), 2 * tau * -V);
  expect_charge(charge("exp_conductance", {{"tau", tau}, {"E_rev", -80}}, duration), 2 * tau * (-80 - V));
  expect_charge(charge("exp_current", {{"tau", tau}}, duration), 2 * tau);
  expect_charge(charge("alpha_current", {{"tau", tau}}, duration), 2 * std::exp(1.0) * tau);
  for (const double rise : {0.1 * tau, 0.5 * tau, 0.98 * tau}) {
    const Values taus{{"tau_rise", rise}, {"tau_decay", tau}};
    expect_charge(charge("dual_exp_conductance", taus, duration), 2 * dual_area(rise, tau) * -V);
    Values nmda = taus;
    nmda["Mg"] = 0.0;
    expect_charge(charge("nmda", nmda, duration), 2 * dual_area(rise, tau) * -V);
  }
}

INSTANTIATE_TEST_SUITE_P(Taus, EventCharge, testing::Values(1.0, 2.0, 5.0, 10.0, 50.0, 100.0, 200.0));

TEST(EventChargePlanted, StartOfStepConductanceFails) {
  for (const double tau : {1.0, 2.0, 5.0, 10.0}) {
    double g = 2.0, sum = 0.0;
    for (double t = 0.0; t < 40 * tau; t += dt, g *= std::exp(-dt / tau)) sum += g * dt;
    EXPECT_GT(std::fabs(sum / (2 * tau) - 1.0), 3 * tolerance) << "tau " << tau;
  }
}

TEST(DualExponential, PeaksAtItsWeight) {
  Cells cells(models::catalogue(best_simd()), "lif_cond", 1, 0.01);
  const auto receptor = cells.add_receptor("dual_exp_conductance", {{"tau_rise", 2.0}, {"tau_decay", 10.0}});
  cells.input(receptor)[0] = 3.0F;
  double peak = 0.0;
  for (int k = 0; k < 2000; ++k) {
    cells.step();
    peak = std::max(peak, cells.receptor_state(receptor, 0)[0]);
  }
  EXPECT_NEAR(peak, 3.0, 1e-5);
}

}  // namespace
}  // namespace burgeon::test
