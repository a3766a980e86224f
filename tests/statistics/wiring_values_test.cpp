// Weights, delays and per-neuron values against their distributions (Kolmogorov-Smirnov), bounds included; independence of
// weight, delay and neighbours.

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "unit/network_fixture.h"

namespace burgeon::test {
namespace {

using Rule = WiringSpec::Rule;

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

/// sqrt(n) times the largest distance between the empirical and the given cumulative distribution. 1.95 is passed by chance
/// once in 1,000 (Kolmogorov's distribution).
double ks(std::vector<double> values, const std::function<double(double)>& cdf) {
  std::sort(values.begin(), values.end());
  const auto n = static_cast<double>(values.size());
  double largest = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double f = cdf(values[i]), k = static_cast<double>(i);
    largest = std::max({largest, f - k / n, (k + 1) / n - f});
  }
  return largest * std::sqrt(n);
}

/// 40,000 synapses with this weight and delay, repeated pairs among them.
std::vector<Edge> sample(const Draw& weight, const Draw& delay) {
  ModelSpec spec = two_populations(100, 200);
  ProjectionSpec& p = connect(spec, 0, 1, rule(Rule::fixed_in_degree, 200));
  p.weight = weight;
  p.delay = delay;
  return edges(build(spec, 2));
}

std::vector<double> weights(const Draw& draw) {
  std::vector<double> values;
  for (const Edge& e : sample(draw, constant(1.0))) values.push_back(e.weight);
  return values;
}

TEST(Weights, FollowTheirDistribution) {
  EXPECT_LT(ks(weights(normal(5.0, 2.0)), [](double x) { return normal_cdf((x - 5) / 2); }), 1.95);
  EXPECT_LT(ks(weights({Draw::Kind::uniform, 2.0, 6.0, -1e300, 1e300}), [](double x) { return (x - 2) / 4; }), 1.95);
  EXPECT_LT(
      ks(weights({Draw::Kind::exponential, 3.0, 0.0, -1e300, 1e300}), [](double x) { return -std::expm1(-x / 3); }),
      1.95);
  // Mean 2 and SD 1 of the value itself.
  const double s = std::sqrt(std::log(1.25)), m = std::log(2.0) - s * s / 2;
  EXPECT_LT(ks(weights(lognormal(2.0, 1.0)), [=](double x) { return normal_cdf((std::log(x) - m) / s); }), 1.95);
}

// Redrawn, not clipped: no mass on the bound, the rest scaled up.
TEST(Weights, OutsideTheirBoundsAreRedrawn) {
  const auto values = weights(normal(1.0, 1.0, 0.5, 1e300));
  EXPECT_GE(*std::min_element(values.begin(), values.end()), 0.5);
  EXPECT_LT(std::count(values.begin(), values.end(), 0.5), 2);
  const double below = normal_cdf(-0.5);
  EXPECT_LT(ks(values, [=](double x) { return (normal_cdf(x - 1) - below) / (1 - below); }), 1.95);
}

TEST(Delays, FollowTheirDistributionOnTheGrid) {
  // Published microcircuit: mean 1.5 ms, SD 50 %, redrawn below half a step.
  const auto list = sample(constant(1.0), normal(1.5, 0.75, 0.05));
  std::vector<double> count(200, 0.0);
  for (const Edge& e : list) count.at(e.delay) += 1;
  const double below = normal_cdf((0.05 - 1.5) / 0.75), n = static_cast<double>(list.size());
  double chi2 = 0.0;
  int bins = 0;
  for (int step = 1; step <= 40; ++step) {
    const double p =
        (normal_cdf((0.1 * step + 0.05 - 1.5) / 0.75) - normal_cdf((0.1 * step - 0.05 - 1.5) / 0.75)) / (1 - below);
    if (n * p < 10) continue;
    chi2 += std::pow(count[static_cast<std::size_t>(step)] - n * p, 2) / (n * p);
    ++bins;
  }
  EXPECT_GT(bins, 30);
  EXPECT_LT((chi2 - bins) / std::sqrt(2.0 * bins), 4.0);
  EXPECT_EQ(count[0], 0);
}

TEST(Synapses, HaveIndependentWeightsAndDelays) {
  const auto list = sample(normal(0.0, 1.0), normal(10.0, 1.0));
  const auto n = static_cast<double>(list.size());
  double cross = 0.0, neighbour = 0.0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    cross += list[i].weight * (static_cast<double>(list[i].delay) / 10 - 10.0);
    neighbour += static_cast<double>(list[i].weight) * list[(i + 1) % list.size()].weight;
  }
  EXPECT_LT(std::abs(cross) / std::sqrt(n), 4.0);
  EXPECT_LT(std::abs(neighbour) / std::sqrt(n), 4.0);
}

TEST(DrawValues, ArePureFunctionsOfTheIndex) {
  const Draw draw = normal(-65.0, 3.0, -70.0, -60.0);
  const auto all = draw_values(draw, 3, "a.E_L", 0, 5000);
  const auto part = draw_values(draw, 3, "a.E_L", 1234, 100);
  EXPECT_TRUE(std::equal(part.begin(), part.end(), all.begin() + 1234));
  EXPECT_NE(all, draw_values(draw, 3, "a.V_m", 0, 5000));
  EXPECT_NE(all, draw_values(draw, 4, "a.E_L", 0, 5000));
  const double low = normal_cdf(-5.0 / 3), width = normal_cdf(5.0 / 3) - low;
  EXPECT_LT(ks(all, [=](double x) { return (normal_cdf((x + 65) / 3) - low) / width; }), 1.95);
  EXPECT_EQ(draw_values(constant(7.0), 3, "a.g", 9, 2), (std::vector<double>{7.0, 7.0}));
}

}  // namespace
}  // namespace burgeon::test
