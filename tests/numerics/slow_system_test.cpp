// The slow side by itself: against an integrator that shares none of its code, exact solutions and conservation laws.

#include <gtest/gtest.h>

#include <boost/numeric/odeint.hpp>
#include <cmath>
#include <map>

#include "base/units.h"
#include "support/slow_models.h"

namespace burgeon::test {
namespace {

constexpr double hour = 3.6e6, day = 24.0 * hour;  // ms

Measured constant(const ModelSpec& spec, double value) {
  return {std::vector<double>(spec.measured.size(), value), std::vector<std::vector<double>>(spec.measured.size())};
}

/// The chain from glutamate to spines, with every parameter written down.
ModelSpec chain_spec() {
  return parse_slow(R"(
title = "chain"
[simulation]
duration = "38 d"
baseline = "1 s"
[populations.pyr]
model = "lif_cond"
n = 1
[courses.load]
value = [["0 d", 0.0], ["1 d", 1.0], ["22 d", 0.3]]
[slow.stress]
load = "load.level"
tau = "2 d"
[slow.glutamate]
rate = "pyr.rate.relative"
tau = "30 s"
feedback = 0.5
[slow.bdnf]
glutamate = "glutamate.tone"
load = "stress.level"
tau = "20 min"
activity = 0.9
K = 1.5
n = 3
stress = 0.3
[slow.mtorc1]
bdnf = "bdnf.level"
tau = "30 min"
K = 3
m = 1.5
theta = 0.2
tau_usual = "7 d"
[slow.protein]
mtorc1 = "mtorc1.excess"
k = "0.8 1/h"
tau = "3 d"
[slow.arrived]
model = "delay"
of = "protein.excess"
tau = "10 h"
[slow.ampa_gain]
mtorc1 = "mtorc1.excess"
k = "0.1 1/h"
tau = "1.5 d"
[slow.spines]
model = "spine_pools"
drive = "arrived.value"
stress = "stress.level"
protein = "protein.excess"
f0 = "0.36 1/d"
g = 2
s = 0.3
tau_n = "3.3 d"
c = "0.1 1/d"
g_c = 0.5
e0 = "0.0025 1/d"
h = 6
)");
}

/// Slow state by name, at the beginning or after a time with the pyramidal cells at `rate` times their baseline.
std::map<std::string, double> chain(const ModelSpec& spec, double until, double rate) {
  Signals signals(spec);
  SlowSystem slow(spec, signals);
  SlowState state = slow.initial();
  if (until > 0.0) slow.advance(state, 0.0, until, constant(spec, rate), constant(spec, rate));
  std::map<std::string, double> result;
  for (std::size_t k = 0; k < slow.names().size(); ++k) result[slow.names()[k]] = slow.tracked(state)[k];
  return result;
}

constexpr std::size_t stages = 12;  // of the delay
/// States of the chain in the order of `ByHand`.
std::vector<std::string> chain_names() {
  std::vector<std::string> names = {"stress.level", "glutamate.tone", "bdnf.level", "mtorc1.activity", "protein.pool"};
  for (std::size_t k = 1; k <= stages; ++k) names.push_back("arrived.z" + std::to_string(k));
  for (const char* name : {"ampa_gain.inserted", "spines.mature", "spines.fresh", "spines.lost", "mtorc1.usual"})
    names.emplace_back(name);
  return names;
}

/// The equations of models/slow as the comments of the rows have them, wired by hand; time in days.
struct ByHand {
  double rate;
  void operator()(const std::vector<double>& y, std::vector<double>& dy, double t) const {
    const double minute = 1.0 / 1440.0, h = 1.0 / 24.0;
    const auto hill = [](double x, double K, double n) { return std::pow(x, n) / (std::pow(x, n) + std::pow(K, n)); };
    const double load = t < 1.0 ? 0.0 : t < 22.0 ? 1.0 : 0.3;
    const double S = y[0], G = y[1], B = y[2], M = y[3], P = y[4], D = y[4 + stages];
    const double A = y[5 + stages], m = y[6 + stages], fresh = y[7 + stages], lost = y[8 + stages];
    dy[0] = (load - S) / 2.0;
    dy[1] = (rate * 1.5 / (1.0 + 0.5 * G) - G) / (0.5 * minute);
    dy[2] = ((1.0 - 0.3 * S) * (0.1 + 0.9 * hill(G, 1.5, 3.0) / hill(1.0, 1.5, 3.0)) - B) / (20.0 * minute);
    dy[3] = (hill(B, 3.0, 1.5) / hill(1.0, 3.0, 1.5) - M) / (30.0 * minute);
    const double U = y[9 + stages];
    dy[9 + stages] = (M - U) / 7.0;
    const double excess = std::max(0.0, M / U - 1.2);
    dy[4] = 0.8 / h * excess * std::max(0.0, 1.0 - P) - P / 3.0;
    for (std::size_t k = 0; k < stages; ++k) dy[5 + k] = stages * ((k == 0 ? P : y[4 + k]) - y[5 + k]) / (10.0 * h);
    dy[5 + stages] = 0.10 / h * excess * std::max(0.0, 1.0 - A / 0.15) - A / 1.5;
    const double F = 0.36 * (1.0 + 2.0 * D) * (1.0 - 0.3 * S) * lost;
    const double loss = 0.0025 * (1.0 + 6.0 * S) * m, matured = 0.1 * (1.0 + 0.5 * P * P) * fresh;
    dy[6 + stages] = matured - loss;
    dy[7 + stages] = F - fresh / 3.3 - matured;
    dy[8 + stages] = loss + fresh / 3.3 - F;
  }
};

TEST(SlowSystem, ChainAgreesWithAnIndependentIntegrator) {
  namespace odeint = boost::numeric::odeint;
  const ModelSpec spec = chain_spec();
  const auto initial = chain(spec, 0.0, 1.0);
  for (const double rate : {1.0, 0.4, 2.5}) {
    SCOPED_TRACE(rate);
    std::vector<double> y;
    for (const std::string& name : chain_names()) y.push_back(initial.at(name));
    const ByHand f{rate};
    for (const auto& [from, to] : {std::pair{0.0, 1.0}, {1.0, 22.0}, {22.0, 38.0}})
      odeint::integrate_adaptive(
          odeint::make_controlled<odeint::runge_kutta_dopri5<std::vector<double>>>(1e-10, 1e-10),
          // Points of the course belong to what follows them; the last evaluation of a piece is still before it.
          [&, end = to](const std::vector<double>& x, std::vector<double>& dx, double t) {
            f(x, dx, std::min(t, end - 1e-12));
          },
          y, from, to, 1e-6);
    const auto found = chain(spec, 38.0 * day, rate);
    ASSERT_EQ(found.size(), y.size());
    // 1e-6 of the range (about 1) per step of the adaptive method, some fifty steps.
    for (std::size_t k = 0; k < y.size(); ++k)
      EXPECT_NEAR(found.at(chain_names()[k]), y[k], 5e-5 * std::max(1.0, std::abs(y[k]))) << chain_names()[k];
  }
}

TEST(SlowSystem, SpinesAreNeitherMadeNorLost) {
  const ModelSpec spec = chain_spec();
  const auto sum = [](const std::map<std::string, double>& y) {
    return y.at("spines.mature") + y.at("spines.fresh") + y.at("spines.lost");
  };
  for (const double rate : {0.3, 1.0, 3.0}) {
    const auto found = chain(spec, 38.0 * day, rate);
    EXPECT_NEAR(sum(found), sum(chain(spec, 0.0, rate)), 1e-9);
    for (const auto& [name, value] : found) EXPECT_GE(value, -1e-6) << name;
  }
}

// A delay of equal stages: convolution with an Erlang density.
TEST(SlowSystem, DelayIsErlang) {
  const ModelSpec spec = chain_spec();
  Signals signals(spec);
  SlowSystem slow(spec, signals);
  const auto index = [&](const std::string& name) {
    return static_cast<std::size_t>(std::find(slow.names().begin(), slow.names().end(), name) - slow.names().begin());
  };
  // Proteins jump to 1 and decay with 3 d: the exact response of the stages to it.
  SlowState state = slow.initial();
  state.common[index("protein.pool")] = 1.0;
  slow.advance(state, 0.0, 20.0 * hour, constant(spec, 1.0), constant(spec, 1.0));
  const double order = stages, a = order / (10.0 * hour), b = 1.0 / (3.0 * day), t = 20.0 * hour;
  // Integral of the Erlang density at s times exp(-b (t - s)), by Simpson's rule on a fine grid.
  double sum = 0.0;
  constexpr int n = 20000;
  for (int i = 0; i <= n; ++i) {
    const double s = t * i / n;
    const double density =
        s > 0.0 ? std::exp(order * std::log(a) + (order - 1.0) * std::log(s) - a * s - std::lgamma(order)) : 0.0;
    sum += (i == 0 || i == n ? 1.0 : i % 2 == 1 ? 4.0 : 2.0) * density * std::exp(-b * (t - s));
  }
  EXPECT_NEAR(state.common[index("arrived.z" + std::to_string(stages))], sum * t / n / 3.0, 5e-5);
}

// Three trains of learning an hour after the start, then eight hours: protein synthesis and the tag end where their thresholds
// are crossed. Values of the deterministic solution with event location.
TEST(SlowSystem, ThresholdGatesOfConsolidationAreResolved) {
  const ModelSpec spec = parse_slow(R"(
title = "consolidation"
[simulation]
duration = "9 h"
[populations.cell]
model = "lif_cond"
n = 1
[slow.consolidation]
)");
  Signals signals(spec);
  SlowSystem slow(spec, signals);
  SlowState state = slow.initial();
  const Measured none = constant(spec, 0.0);
  double t = 0.0;
  const auto go = [&](double until) {
    slow.advance(state, t, until, none, none);
    t = until;
  };
  for (const auto& [second, h] : {std::pair{3601.4, 7.972012}, {4201.4, 8.179688}, {4801.4, 8.191125}}) {
    go(1e3 * second);
    state.common[0] = h;
  }
  go(1.5 * hour);
  EXPECT_NEAR(state.common[0], 7.858799, 1e-3);
  EXPECT_NEAR(state.common[2], 0.100640, 1e-3);
  go(3.0 * hour);
  EXPECT_NEAR(state.common[2], 0.650267, 1e-3);
  // One leap over both thresholds.
  go(8.0 * hour);
  EXPECT_NEAR(state.common[2], 0.758944, 0.002);
  EXPECT_NEAR((state.common[0] + 4.20075 * state.common[2]) / 4.20075, 1.788, 0.003);
}

// A process of single neurons and a network-wide one that relax towards each other: y = (1 - e^(-2t)) / 2 in units of their common
// time constant. Pieces of a step are of order 2.
TEST(SlowSystem, BothKindsTogetherAreOfOrderTwo) {
  const ModelSpec spec = parse_slow(R"(
title = "two kinds"
[simulation]
duration = "9 h"
[populations.cell]
model = "lif_cond"
n = 3
[slow.follow]
target = "cell"
x = "glutamate.tone"
[slow.glutamate]
rate = "follow.value"
tau = "3600 s"
feedback = 0
)");
  Signals signals(spec);
  SlowSystem slow(spec, signals);
  ASSERT_EQ(slow.names(), (std::vector<std::string>{"glutamate.tone", "follow.y (mean)"}));
  const Measured none = constant(spec, 0.0);
  const auto error = [&](double step) {
    SlowState state = slow.initial();
    const auto pieces = static_cast<int>(std::round(hour / step));
    for (int k = 0; k < pieces; ++k) slow.advance(state, k * step, (k + 1) * step, none, none);
    const std::vector<double> y = slow.tracked(state);
    EXPECT_NEAR(y[0] + y[1], 1.0, 0.02);
    return std::abs(y[1] - 0.5 * (1.0 - std::exp(-2.0)));
  };
  const double coarse = error(0.1 * hour), fine = error(0.05 * hour), one_go = error(hour);
  EXPECT_LT(one_go, 5e-3);
  EXPECT_GT(std::log2(coarse / fine), 1.7);
  EXPECT_LT(fine, 3e-4);
}

}  // namespace
}  // namespace burgeon::test
