// Degrees of every random rule against theory: |z| < 4 for means and variances, over fixed seeds.

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "network/draw.h"
#include "unit/network_fixture.h"

namespace burgeon::test {
namespace {

using Rule = WiringSpec::Rule;
constexpr double z_limit = 4.0;

/// z of the mean and of the variance of `values`, expected to have `mean` and `variance` and (nearly) normal kurtosis.
void expect_moments(const std::vector<std::uint64_t>& values, double mean, double variance) {
  const auto n = static_cast<double>(values.size());
  double sum = 0.0, squares = 0.0;
  for (const std::uint64_t v : values) sum += static_cast<double>(v);
  for (const std::uint64_t v : values) squares += std::pow(static_cast<double>(v) - mean, 2);
  EXPECT_LT(std::abs(sum / n - mean) / std::sqrt(variance / n), z_limit) << sum / n << " against " << mean;
  // Var of (x - mean)^2 for a binomial: 2 s^4 + s^2 (1 - 6 s^2 / n...) <= 2 s^4 + s^2.
  const double sd_of_variance = std::sqrt((2 * variance * variance + variance) / n);
  EXPECT_LT(std::abs(squares / n - variance) / sd_of_variance, z_limit) << squares / n << " against " << variance;
}

/// Degrees over several seeds, one after the other.
struct Degrees {
  std::vector<std::uint64_t> in, out;
};

Degrees degrees(const WiringSpec& wiring, std::uint64_t sources, std::uint64_t targets, bool recurrent = false) {
  Degrees all;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    ModelSpec spec = two_populations(sources, targets);
    spec.run.seed = seed;
    connect(spec, 0, recurrent ? 0 : 1, wiring);
    const auto list = edges(build(spec, 2));
    const auto in = in_degrees(list, recurrent ? sources : targets), out = out_degrees(list, sources);
    all.in.insert(all.in.end(), in.begin(), in.end());
    all.out.insert(all.out.end(), out.begin(), out.end());
  }
  return all;
}

TEST(Degrees, BernoulliIsBinomialOnBothSides) {
  for (const double p : {0.003, 0.1, 0.7}) {
    const Degrees d = degrees(rule(Rule::bernoulli, 0, p), 800, 600);
    expect_moments(d.in, 800 * p, 800 * p * (1 - p));
    expect_moments(d.out, 600 * p, 600 * p * (1 - p));
  }
}

// Autapses left out: one candidate fewer, for every neuron alike (an off-by-one shows as a missing or doubled neighbour).
TEST(Degrees, BernoulliWithoutAutapsesTreatsAllOthersAlike) {
  WiringSpec w = rule(Rule::bernoulli, 0, 0.3);
  w.autapses = false;
  std::map<std::int64_t, std::uint64_t> by_difference;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    ModelSpec spec = two_populations(50, 1);
    spec.run.seed = seed;
    connect(spec, 0, 0, w);
    for (const Edge& e : edges(build(spec)))
      ++by_difference[static_cast<std::int64_t>(e.source) - static_cast<std::int64_t>(e.target)];
  }
  EXPECT_EQ(by_difference.count(0), 0U);
  for (std::int64_t d = 1; d < 50; ++d) {
    const double trials = 40.0 * static_cast<double>(50 - d);
    for (const std::int64_t side : {d, -d})
      EXPECT_LT(std::abs(static_cast<double>(by_difference[side]) - 0.3 * trials), z_limit * std::sqrt(trials * 0.21))
          << side;
  }
}

TEST(Degrees, FixedInDegreeLeavesBinomialOutDegrees) {
  WiringSpec w = rule(Rule::fixed_in_degree, 60);
  expect_moments(degrees(w, 400, 500).out, 500 * 60 / 400.0, 500 * 60 / 400.0 * (1 - 1 / 400.0));
  // Distinct sources: each target chooses a given source with probability 60/400.
  w.multapses = false;
  expect_moments(degrees(w, 400, 500).out, 500 * 0.15, 500 * 0.15 * 0.85);
  // Distinct, from all but itself: out of 399.
  w.autapses = false;
  expect_moments(degrees(w, 400, 500, true).out, 60.0, 399 * (60 / 399.0) * (1 - 60 / 399.0));
}

TEST(Degrees, FixedOutDegreeLeavesBinomialInDegrees) {
  WiringSpec w = rule(Rule::fixed_out_degree, 60);
  expect_moments(degrees(w, 500, 400).in, 75.0, 75.0 * (1 - 1 / 400.0));
  w.multapses = false;
  expect_moments(degrees(w, 500, 400).in, 75.0, 75.0 * 0.85);
}

// Fixed total: the in-degree is binomial, not constant (a fixed in-degree would narrow the rates of published circuits).
TEST(Degrees, FixedTotalIsMultinomialOnBothSides) {
  const Degrees d = degrees(rule(Rule::fixed_total, 40000), 800, 500);
  expect_moments(d.in, 80.0, 80.0 * (1 - 1 / 500.0));
  expect_moments(d.out, 50.0, 50.0 * (1 - 1 / 800.0));
}

TEST(Degrees, FixedTotalOfDistinctPairsIsHypergeometric) {
  WiringSpec w = rule(Rule::fixed_total, 60000);
  w.multapses = false;
  const Degrees d = degrees(w, 300, 500);
  const double pairs = 150000, share = 60000 / pairs;
  expect_moments(d.in, 120.0, 300 * share * (1 - share) * (pairs - 300) / (pairs - 1));
  expect_moments(d.out, 200.0, 500 * share * (1 - share) * (pairs - 500) / (pairs - 1));
}

// Without autapses, targets outside the source selection have one more possible source.
TEST(Degrees, FixedTotalGivesEveryAllowedPairTheSameChance) {
  WiringSpec w = rule(Rule::fixed_total, 3000);
  w.autapses = false;
  double inside = 0;
  const int seeds = 50;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    ModelSpec spec = two_populations(100, 1);
    spec.run.seed = seed;
    connect(spec, 0, 0, w).source.count = 5;
    const auto in = in_degrees(edges(build(spec)), 100);
    for (int i = 0; i < 5; ++i) inside += static_cast<double>(in[static_cast<std::size_t>(i)]);
  }
  const double p = 20.0 / 495.0, n = 3000.0 * seeds;
  EXPECT_LT(std::abs(inside - n * p) / std::sqrt(n * p * (1 - p)), z_limit);
}

TEST(Hypergeometric, MomentsAndSupport) {
  struct Case {
    std::uint64_t balls, marked, drawn;
  };
  for (const Case c : {Case{50, 20, 10}, {1000, 500, 900}, {10, 9, 8}, {400000000, 200000000, 45000000}}) {
    const double k = static_cast<double>(c.marked) / static_cast<double>(c.balls), n = static_cast<double>(c.drawn);
    const double mean = n * k;
    const auto balls = static_cast<double>(c.balls);
    const double variance = n * k * (1 - k) * (balls - n) / (balls - 1);
    std::vector<std::uint64_t> values;
    for (std::uint64_t i = 0; i < 2000; ++i) {
      RandomStream stream(7, i);
      values.push_back(draw_hypergeometric(stream, c.balls, c.marked, c.drawn));
      ASSERT_LE(values.back(), std::min(c.marked, c.drawn));
      ASSERT_GE(values.back() + c.balls, c.drawn + c.marked);
    }
    expect_moments(values, mean, variance);
  }
}

}  // namespace
}  // namespace burgeon::test
