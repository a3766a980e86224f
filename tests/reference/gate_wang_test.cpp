// The saturating presynaptic gate of Wang (2002) against its analytic constants.

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/noise.h"
#include "models/catalogue.h"
#include "support/cells.h"

namespace burgeon::test {
namespace {

/// One source with the default gate.
class Gate {
 public:
  explicit Gate(double dt) : model_(*find(models::catalogue(best_simd()).gates, "wang_gate")), dt_(dt) {
    c_.resize(model_.coefficients.size());
    model_.prepare(parameters_of(model_, {}).data(), dt, c_.data());
    for (const double& c : c_) coefficient_.push_back(&c);
  }
  void step(bool spike = false) {
    const float spikes = spike ? 1.0F : 0.0F;
    GateBlock block{1, dt_, true, state_, coefficient_.data(), &spikes, &value};
    model_.advance(block);
  }
  double s = 0.0, x = 0.0, value = 0.0;

 private:
  const GateModel& model_;
  double dt_;
  std::vector<double> c_;
  std::vector<const double*> coefficient_;
  double* state_[2] = {&s, &x};
};

/// Amplitude of s after one spike at s0, referred back to the time of the spike.
double amplitude(double s0, double dt = 0.1) {
  Gate gate(dt);
  gate.s = s0;
  const int steps = static_cast<int>(std::lround(60.0 / dt));
  for (int k = 0; k < steps; ++k) gate.step(k == 0);
  return gate.s * std::exp(60.0 / 100.0);
}

// k0 = (alpha tau_x)^(tau_x / tau_d) lower_gamma(1 - tau_x / tau_d, alpha tau_x), k1 = e^(-alpha tau_x) - 1.
TEST(WangGate, JumpOfASpike) {
  EXPECT_NEAR(amplitude(0.0), 0.648417, 1e-5);
  EXPECT_NEAR((amplitude(0.5) - amplitude(0.0)) / 0.5 - 1.0, -0.632121, 1e-6);
}

// Plain Euler gives 0.7 % too much per event and would fail the check above.
TEST(WangGate, EulerWouldBeCaught) {
  double s = 0.0, x = 1.0;
  for (int k = 0; k < 600; ++k) {
    s += 0.1 * (-s / 100.0 + 0.5 * x * (1.0 - s));
    x -= 0.1 * x / 2.0;
  }
  EXPECT_GT(std::fabs(s * std::exp(0.6) - 0.648417), 1e-3);
}

TEST(WangGate, SteadyStateUnderRegularSpiking) {
  const struct {
    double rate, s, tolerance;
  } rows[] = {
      {5, 0.092352, 2e-5}, {10, 0.275875, 2e-5}, {20, 0.506243, 2e-5}, {40, 0.707766, 2e-4}, {80, 0.847306, 3e-3}};
  for (const auto& row : rows) {
    Gate gate(0.1);
    const int period = static_cast<int>(std::lround(10000.0 / row.rate));
    for (int k = 0; k < 100 * period; ++k) gate.step(k % period == 0);
    EXPECT_NEAR(gate.s, row.s, row.tolerance) << row.rate << " Hz";
  }
}

TEST(WangGate, ValueIsTheMeanOverTheStep) {
  Gate gate(0.1), fine(0.001);
  double sum = 0.0, fine_sum = 0.0;
  for (int k = 0; k < 200; ++k) {
    gate.step(k % 50 == 0);
    sum += gate.value;
    for (int j = 0; j < 100; ++j) {
      fine.step(k % 50 == 0 && j == 0);
      fine_sum += fine.value / 100.0;
    }
  }
  EXPECT_NEAR(sum / fine_sum, 1.0, 1e-4);
}

TEST(WangGate, NeverLeavesTheUnitInterval) {
  Gate gate(0.1);
  for (int k = 0; k < 20000; ++k) {
    gate.step(k % 3 == 0);
    ASSERT_GE(gate.s, 0.0);
    ASSERT_LT(gate.s, 1.0);
  }
}

}  // namespace
}  // namespace burgeon::test
