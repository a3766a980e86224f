// lif_psc_exp with exponential, alpha-shaped and instantaneous synapses against the analytic solution.

#include <gtest/gtest.h>

#include <cmath>

#include "base/noise.h"
#include "base/random.h"
#include "models/catalogue.h"
#include "support/cells.h"

namespace burgeon::test {
namespace {

constexpr double C = 250, tau_m = 10, E_L = -65;

/// V of a unit current e^(-s/tau) (or (s e / tau) e^(-s/tau) when `alpha`) that began `t` ms ago, in long double.
long double response(double t, double tau, bool alpha) {
  const long double a = 1.0L / tau_m - 1.0L / static_cast<long double>(tau);
  const long double s = static_cast<long double>(t);
  const long double decay = std::exp(-s / tau_m) / C;
  if (!alpha) return std::fabs(a) < 1e-12L ? decay * s : decay * std::expm1(a * s) / a;
  const long double e = std::exp(1.0L) / static_cast<long double>(tau);
  return e * decay * (std::fabs(a) < 1e-12L ? s * s / 2 : (std::exp(a * s) * (a * s - 1) + 1) / (a * a));
}

class LinearNeuron : public testing::TestWithParam<std::tuple<const char*, double>> {};

// Weights that are exact in float: what is left is the kernel's own error.
TEST_P(LinearNeuron, FollowsTheAnalyticSolution) {
  const auto [name, tau] = GetParam();
  const bool alpha = std::string_view(name) == "alpha_current";
  Cells cells(models::catalogue(best_simd()), "lif_psc_exp", 3, 0.1, {{"V_th", 90}});
  const auto receptor = cells.add_receptor(name, {{"tau", tau}});
  std::vector<std::pair<double, double>> events;
  for (int k = 0; k < 400; ++k) {
    if (k % 37 == 5) {
      events.emplace_back(k * 0.1, 128.0 + k);
      std::fill(cells.input(receptor).begin(), cells.input(receptor).end(), 128.0F + static_cast<float>(k));
    }
    cells.step();
    long double V = E_L;
    for (const auto& [t, w] : events) V += static_cast<long double>(w) * response((k + 1) * 0.1 - t, tau, alpha);
    ASSERT_NEAR(cells.V()[2], static_cast<double>(V), 1e-12 * std::fabs(E_L)) << "step " << k;
  }
  EXPECT_TRUE(cells.spikes.empty());
}

INSTANTIATE_TEST_SUITE_P(Receptors, LinearNeuron,
                         testing::Combine(testing::Values("exp_current", "alpha_current"),
                                          testing::Values(0.5, 2.0, 9.9, 10.0, 100.0)));

TEST(LinearNeuronWeights, FloatWeightsCostLessThanAMillionth) {
  Cells cells(models::catalogue(best_simd()), "lif_psc_exp", 1, 0.1, {{"V_th", 90}});
  const auto receptor = cells.add_receptor("exp_current", {{"tau", 0.5}});
  for (int k = 0; k < 50; ++k) {
    if (k == 0) cells.input(receptor)[0] = static_cast<float>(4321.0987654321);
    cells.step();
    const double exact = 4321.0987654321 * static_cast<double>(response((k + 1) * 0.1, 0.5, false));
    EXPECT_NEAR(cells.V()[0] - E_L, exact, 1e-6 * exact);
  }
}

TEST(LifPscExp, IntervalIsExactUnderConstantDrive) {
  for (const double t_ref : {0.0, 0.03, 0.1, 2.0}) {
    Cells cells(models::catalogue(best_simd()), "lif_psc_exp", 1, 0.1, {{"I_e", 500}, {"t_ref", t_ref}});
    for (int k = 0; k < 5000; ++k) cells.step();
    const double interval = t_ref + tau_m * std::log(20.0 / 5.0);  // V_inf - V_reset = 20, V_inf - V_th = 5 mV
    ASSERT_GT(cells.spikes.size(), 20U);
    for (std::size_t k = 1; k < cells.spikes.size(); ++k)
      EXPECT_NEAR(cells.spikes[k].time - cells.spikes[k - 1].time, interval, 1e-6) << "t_ref " << t_ref;
  }
}

// The same input on a grid of 0.1 ms at dt = 0.1 ms and at 0.1 / 64 ms: spikes agree to far less than a step.
TEST(LifPscExp, SpikeTimesConvergeUnderNoisyInput) {
  const auto run = [](double dt) {
    Cells cells(models::catalogue(best_simd()), "lif_psc_exp", 1, dt, {{"I_e", 300}});
    const auto receptor = cells.add_receptor("exp_current", {{"tau", 0.5}});
    const auto steps = static_cast<int>(std::lround(0.1 / dt));
    for (int k = 0; k < 50000; ++k) {
      RandomStream random(5, 0, k);
      cells.input(receptor)[0] =
          300.0F * static_cast<float>(random.poisson(0.3)) - 300.0F * static_cast<float>(random.poisson(0.25));
      for (int s = 0; s < steps; ++s) cells.step();
    }
    return cells.spikes;
  };
  const auto coarse = run(0.1), fine = run(0.1 / 64);
  ASSERT_GT(fine.size(), 50U);
  ASSERT_EQ(coarse.size(), fine.size());
  std::vector<double> error;
  for (std::size_t k = 0; k < fine.size(); ++k) error.push_back(std::fabs(coarse[k].time - fine[k].time));
  std::sort(error.begin(), error.end());
  EXPECT_LE(error[error.size() / 2], 1e-4);
  EXPECT_LE(error[error.size() * 95 / 100], 0.05);
}

TEST(LifPscExp, JumpActsAtOnceUnlessRefractory) {
  Cells cells(models::catalogue(best_simd()), "lif_psc_exp", 1, 0.1, {{"t_ref", 0.95}});
  const auto kick = cells.add_receptor("delta");
  cells.input(kick)[0] = 8.0F;
  cells.step();
  EXPECT_NEAR(cells.V()[0], E_L + 8.0 * std::exp(-0.01), 1e-12);
  cells.input(kick)[0] = 8.0F;
  cells.step();
  ASSERT_EQ(cells.spikes.size(), 1U);
  EXPECT_NEAR(cells.spikes[0].time, 0.1, 1e-7);
  EXPECT_EQ(cells.V()[0], -65.0);
  for (int k = 0; k < 9; ++k) {  // refractory until 1.05 ms: jumps at 0.2 ... 1.0 ms are lost
    cells.input(kick)[0] = 8.0F;
    cells.step();
    EXPECT_NEAR(cells.V()[0], -65.0, 1e-12);
  }
  cells.input(kick)[0] = 8.0F;
  cells.step();
  EXPECT_NEAR(cells.V()[0], E_L + 8.0 * std::exp(-0.01), 1e-12);
}

}  // namespace
}  // namespace burgeon::test
