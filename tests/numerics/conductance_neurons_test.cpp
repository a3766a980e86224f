// lif_cond and aeif_cond against a converged reference under noisy synaptic input: spike counts equal over 20 s, spike times
// within 0.01 ms in the median at dt = 0.1 ms, second order. Three planted errors must be caught.

#include <gtest/gtest.h>

#include <cmath>

#include "base/noise.h"
#include "models/catalogue.h"
#include "numerics/reference_neuron.h"
#include "support/cells.h"

namespace burgeon::test {
namespace {

Trajectory solve(const ReferenceParameters& p, const InputTrain& input, double dt, bool start_of_step = false) {
  Values values{{"C_m", p.C},           {"g_L", p.g_L},     {"E_L", p.E_L}, {"V_th", p.V_T},
                {"V_reset", p.V_reset}, {"t_ref", p.t_ref}, {"I_e", p.I_e}};
  if (p.Delta_T > 0)
    values.insert({{"Delta_T", p.Delta_T}, {"V_peak", p.V_peak}, {"a", p.a}, {"b", p.b}, {"tau_w", p.tau_w}});
  Cells cells(models::catalogue(best_simd()), p.Delta_T > 0 ? "aeif_cond" : "lif_cond", 1, dt, values);
  const auto e = cells.add_receptor("exp_conductance", {{"tau", p.tau_e}, {"E_rev", p.E_e}});
  const auto i = cells.add_receptor("exp_conductance", {{"tau", p.tau_i}, {"E_rev", p.E_i}});
  const auto steps = static_cast<int>(std::lround(input.grid / dt));
  // A planted error: conductances of the start of the step carry dt / (2 tau) too much charge.
  const double excess_e = start_of_step ? dt / p.tau_e / (1.0 - std::exp(-dt / p.tau_e)) : 1.0;
  const double excess_i = start_of_step ? dt / p.tau_i / (1.0 - std::exp(-dt / p.tau_i)) : 1.0;
  Trajectory result;
  for (std::size_t k = 0; k < input.excitatory.size(); ++k) {
    cells.input(e)[0] = static_cast<float>(input.excitatory[k] * excess_e);
    cells.input(i)[0] = static_cast<float>(input.inhibitory[k] * excess_i);
    for (int s = 0; s < steps; ++s) cells.step();
    result.V.push_back(cells.V()[0]);
  }
  for (const auto& spike : cells.spikes) result.spikes.push_back(spike.time);
  return result;
}

/// Errors of a trajectory: spikes too many; spike times of matched spikes (median, 95th percentile) in ms; V in mV at grid
/// points at least 10 ms away from spikes (median, largest).
struct Errors {
  std::ptrdiff_t spikes;
  double time_median, time_p95, V_median, V_max;
};

double quantile(std::vector<double>& values, double q) {
  if (values.empty()) return 0.0;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1))];
}

Errors compare(const Trajectory& test, const Trajectory& reference, double grid) {
  constexpr double clear = 10.0;
  std::vector<double> times, V;
  for (std::size_t k = 0; k < std::min(test.spikes.size(), reference.spikes.size()); ++k)
    times.push_back(std::fabs(test.spikes[k] - reference.spikes[k]));
  std::size_t next = 0;
  double last = -1e9;
  for (std::size_t k = 0; k < reference.V.size(); ++k) {
    const double t = static_cast<double>(k + 1) * grid;
    while (next < reference.spikes.size() && reference.spikes[next] <= t) last = reference.spikes[next++];
    const bool ahead = next < reference.spikes.size() && reference.spikes[next] - t < clear;
    if (!ahead && t - last > clear) V.push_back(std::fabs(test.V[k] - reference.V[k]));
  }
  EXPECT_GT(V.size(), 1000U);
  return {std::ssize(test.spikes) - std::ssize(reference.spikes), quantile(times, 0.5), quantile(times, 0.95),
          quantile(V, 0.5), quantile(V, 1.0)};
}

ReferenceParameters adex() {
  ReferenceParameters p;
  p.C = 281, p.g_L = 30, p.E_L = -70.6, p.V_T = -50.4, p.V_reset = -60, p.t_ref = 2;
  p.Delta_T = 2, p.V_peak = 0, p.a = 4, p.b = 40, p.tau_w = 144;
  return p;
}

constexpr double grid = 0.2;

struct Case {
  const char* name;
  ReferenceParameters parameters;
  InputTrain input;
};

Case lif_case() { return {"lif", {}, noisy_input(20000, grid, 1.3, 2.5, 0.5, 2.0)}; }
Case adex_case() { return {"adex", adex(), noisy_input(20000, grid, 3.0, 3.0, 0.5, 3.0)}; }

class ConductanceNeuron : public testing::TestWithParam<Case (*)()> {};

TEST_P(ConductanceNeuron, MeetsTheAccuracyTargets) {
  const Case c = GetParam()();
  const Trajectory reference = reference_solution(c.parameters, c.input, 0.005);
  ASSERT_GT(reference.spikes.size(), 200U);
  const Errors e = compare(solve(c.parameters, c.input, 0.1), reference, grid);
  EXPECT_EQ(e.spikes, 0);
  EXPECT_LE(e.time_median, 0.01);
  EXPECT_LE(e.time_p95, 0.05);
  EXPECT_LE(e.V_max, 0.01);  // near misses of threshold included, where any error grows
}

TEST_P(ConductanceNeuron, IsOfSecondOrder) {
  const Case c = GetParam()();
  const Trajectory reference = reference_solution(c.parameters, c.input, 0.005);
  double V = 0, time = 0;
  for (const double dt : {0.2, 0.1, 0.05, 0.025}) {
    const Errors e = compare(solve(c.parameters, c.input, dt), reference, grid);
    if (V > 0) {
      EXPECT_GE(std::log2(V / e.V_median), 1.9) << "V, dt " << dt;
      EXPECT_GE(std::log2(time / e.time_median), 1.9) << "spike times, dt " << dt;
    }
    V = e.V_median;
    time = e.time_median;
  }
}

// Conductances of the start of the step: 2.5 % too much charge at tau = 2 ms.
TEST_P(ConductanceNeuron, StartOfStepConductanceWouldBeCaught) {
  const Case c = GetParam()();
  const Trajectory reference = reference_solution(c.parameters, c.input, 0.005);
  const Errors e = compare(solve(c.parameters, c.input, 0.1, true), reference, grid);
  EXPECT_GT(e.spikes, 5);
  EXPECT_GT(e.V_median, 0.05);
}

INSTANTIATE_TEST_SUITE_P(Models, ConductanceNeuron, testing::Values(lif_case, adex_case),
                         [](const auto& test) { return std::string(test.param().name); });

// Adaptation that is advanced by one full step at the old V instead of two half steps around the voltage loses an order: the
// same check applied to a smooth problem with fast adaptation tells them apart.
TEST(AdexSplitting, MissingHalfStepWouldBeCaught) {
  ReferenceParameters p = adex();
  p.I_e = 300, p.a = 60, p.b = 0, p.tau_w = 5, p.V_peak = 20;
  const InputTrain quiet{grid, std::vector<float>(500), std::vector<float>(500)};
  const Trajectory reference = reference_solution(p, quiet, 0.001);
  ASSERT_TRUE(reference.spikes.empty());
  const auto largest = [&](const Trajectory& t) {
    double worst = 0;
    for (std::size_t k = 0; k < t.V.size(); ++k) worst = std::max(worst, std::fabs(t.V[k] - reference.V[k]));
    return worst;
  };
  const auto unsplit = [&](double dt) {
    Trajectory t;
    double V = p.E_L, w = 0;
    for (std::size_t k = 0; k < quiet.excitatory.size(); ++k) {
      for (int s = 0; s < std::lround(grid / dt); ++s) {
        const double spike = p.g_L * p.Delta_T * std::exp((V - p.V_T) / p.Delta_T);
        const double f = (p.g_L * (p.E_L - V) + spike - w + p.I_e) / p.C;
        const double J = (spike / p.Delta_T - p.g_L) / p.C;
        const double target = p.a * (V - p.E_L);
        w = target + (w - target) * std::exp(-dt / p.tau_w);
        V += f * std::expm1(dt * J) / J;
      }
      t.V.push_back(V);
    }
    return t;
  };
  const double kernel = std::log2(largest(solve(p, quiet, 0.1)) / largest(solve(p, quiet, 0.05)));
  const double wrong = std::log2(largest(unsplit(0.1)) / largest(unsplit(0.05)));
  EXPECT_GE(kernel, 1.9);
  EXPECT_LT(wrong, 1.5);
}

// Without its bend the spike current is of second order only: V just below threshold tells the two apart.
TEST(AdexSpikeCurrent, MissingBendWouldBeCaught) {
  ReferenceParameters p = adex();
  p.I_e = 545, p.a = 0, p.b = 0;  // 1 pA below rheobase
  const InputTrain quiet{grid, std::vector<float>(500), std::vector<float>(500)};
  const Trajectory reference = reference_solution(p, quiet, 0.001);
  ASSERT_TRUE(reference.spikes.empty());
  const auto largest = [&](const std::vector<double>& V) {
    double worst = 0;
    for (std::size_t k = 0; k < V.size(); ++k) worst = std::max(worst, std::fabs(V[k] - reference.V[k]));
    return worst;
  };
  const auto straight = [&](double dt) {
    std::vector<double> result;
    double V = p.E_L;
    for (std::size_t k = 0; k < quiet.excitatory.size(); ++k) {
      for (int s = 0; s < std::lround(grid / dt); ++s) {
        const double spike = p.g_L * p.Delta_T * std::exp((V - p.V_T) / p.Delta_T);
        const double f = (p.g_L * (p.E_L - V) + spike + p.I_e) / p.C, J = (spike / p.Delta_T - p.g_L) / p.C;
        V += f * std::expm1(dt * J) / J;
      }
      result.push_back(V);
    }
    return result;
  };
  const double coarse = largest(solve(p, quiet, 0.2).V), fine = largest(solve(p, quiet, 0.1).V);
  EXPECT_GE(std::log2(coarse / fine), 2.7);
  EXPECT_LT(std::log2(largest(straight(0.2)) / largest(straight(0.1))), 2.3);
  EXPECT_LT(coarse, 0.1 * largest(straight(0.2)));
}

// ---------------------------------------------------------------------------------------------------------------------
// Off-grid events

/// Constant drive: the exact interspike interval of a LIF neuron is t_ref + tau log((V_inf - V_reset) / (V_inf - V_th)).
TEST(LifCond, IntervalIsExactUnderConstantDrive) {
  for (const double t_ref : {0.0, 0.03, 0.1, 0.25, 2.0}) {
    Cells cells(
        models::catalogue(best_simd()), "lif_cond", 1, 0.1,
        {{"C_m", 200}, {"g_L", 10}, {"E_L", -60}, {"V_th", -50}, {"V_reset", -58}, {"t_ref", t_ref}, {"I_e", 400}});
    for (int k = 0; k < 5000; ++k) cells.step();
    const double tau = 20, V_inf = -20;
    const double interval = t_ref + tau * std::log((V_inf + 58) / (V_inf + 50));
    ASSERT_GT(cells.spikes.size(), 20U);
    for (std::size_t k = 1; k < cells.spikes.size(); ++k)
      EXPECT_NEAR(cells.spikes[k].time - cells.spikes[k - 1].time, interval, 1e-6) << "t_ref " << t_ref;
  }
}

TEST(LifCond, RefractoryNeuronIgnoresJumps) {
  Cells cells(models::catalogue(best_simd()), "lif_cond", 2, 0.1, {{"t_ref", 1.0}});
  const auto kick = cells.add_receptor("delta");
  cells.input(kick)[0] = 50.0F;
  cells.step();
  ASSERT_EQ(cells.spikes.size(), 1U);
  EXPECT_NEAR(cells.spikes[0].time, 0.0, 1e-6);  // a jump across threshold acts at t
  for (int k = 0; k < 5; ++k) {
    cells.input(kick)[0] = 50.0F;
    cells.step();
  }
  EXPECT_EQ(cells.spikes.size(), 1U);
  EXPECT_EQ(cells.V()[0], -60.0);
}

TEST(AeifCond, StrongDriveStaysFiniteAndCounts) {
  Cells cells(models::catalogue(best_simd()), "aeif_cond", 4, 0.1, {{"I_e", 5000}, {"V_peak", 40}, {"Delta_T", 0.5}});
  for (int k = 0; k < 10000; ++k) cells.step();
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_TRUE(std::isfinite(cells.V()[i]));
    EXPECT_TRUE(std::isfinite(cells.state(2)[i]));
    EXPECT_LE(cells.V()[i], 40.0);
  }
  EXPECT_GT(cells.spikes.size(), 100U);
}

}  // namespace
}  // namespace burgeon::test
