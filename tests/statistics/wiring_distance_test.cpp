// Placement, and the connection probability as a function of distance.

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <set>

#include "network/placement.h"
#include "unit/network_fixture.h"

namespace burgeon::test {
namespace {

using Rule = WiringSpec::Rule;
using Kind = PlacementSpec::Kind;

PopulationSpec placed(Kind kind, std::uint64_t n, double a, double b = 0.0, double c = 0.0) {
  PopulationSpec p = population("p", n);
  p.placement = {kind, {a, b, c}, {10.0, 20.0, 30.0}};
  return p;
}

TEST(Placement, FillsItsVolumeEvenly) {
  const auto box = place_neurons(placed(Kind::box, 20000, 100, 200, 50), 1);
  const auto disc = place_neurons(placed(Kind::disc, 20000, 100), 1);
  const auto cylinder = place_neurons(placed(Kind::cylinder, 20000, 100, 400), 1);
  double x2 = 0, r2 = 0, z2 = 0;
  for (std::size_t i = 0; i < 20000; ++i) {
    EXPECT_LE(std::abs(box[i][1] - 20.0F), 100.0F);
    EXPECT_LE(std::hypot(disc[i][0] - 10.0F, disc[i][1] - 20.0F), 100.001F);
    EXPECT_EQ(disc[i][2], 30.0F);
    x2 += std::pow(box[i][0] - 10.0F, 2);
    r2 += std::pow(disc[i][0] - 10.0F, 2) + std::pow(disc[i][1] - 20.0F, 2);
    z2 += std::pow(cylinder[i][2] - 30.0F, 2);
  }
  // Second moments: L^2/12 along a side, R^2/2 over a disc (R^2/3 if radii were drawn uniformly).
  EXPECT_NEAR(x2 / 20000, 100.0 * 100 / 12, 30);
  EXPECT_NEAR(r2 / 20000, 100.0 * 100 / 2, 90);
  EXPECT_NEAR(z2 / 20000, 400.0 * 400 / 12, 500);
}

TEST(Placement, GridsAreRegularAndHoldEverybody) {
  const auto square = place_neurons(placed(Kind::grid, 100, 200, 200), 1);
  EXPECT_FLOAT_EQ(square[0][0], 10 - 100 + 10);
  EXPECT_FLOAT_EQ(square[1][0] - square[0][0], 20);
  EXPECT_FLOAT_EQ(square[10][1] - square[0][1], 20);
  EXPECT_FLOAT_EQ(square[99][2], 30);
  for (const std::uint64_t n : {1ULL, 7ULL, 97ULL, 1000ULL}) {
    const auto points = place_neurons(placed(Kind::grid, n, 300, 100, 50), 1);
    EXPECT_EQ(std::set(points.begin(), points.end()).size(), n);
  }
}

TEST(Placement, RingsStartOnTheXAxis) {
  const auto ring = place_neurons(placed(Kind::ring, 8, 50), 1);
  EXPECT_FLOAT_EQ(ring[0][0], 60);
  EXPECT_FLOAT_EQ(ring[2][1], 70);
  EXPECT_NEAR(ring_angle(2, 8), std::numbers::pi / 2, 1e-15);
}

/// Largest |z| between connections made and expected, over bins of distance; `probability` is a function of distance.
template <class Distance, class Probability>
double worst_bin(const std::vector<Edge>& list, std::uint64_t n, double bin, Distance distance,
                 Probability probability) {
  std::vector<double> made(200, 0.0), expected(200, 0.0), variance(200, 0.0);
  for (const Edge& e : list) made[static_cast<std::size_t>(distance(e.source, e.target) / bin)] += 1;
  for (std::uint64_t s = 0; s < n; ++s)
    for (std::uint64_t t = 0; t < n; ++t) {
      const double d = distance(s, t), p = probability(d);
      expected[static_cast<std::size_t>(d / bin)] += p;
      variance[static_cast<std::size_t>(d / bin)] += p * (1 - p);
    }
  double worst = 0.0;
  for (std::size_t k = 0; k < 200; ++k) {
    if (variance[k] == 0.0) {
      EXPECT_EQ(made[k], expected[k]);
    }
    if (variance[k] > 5.0) worst = std::max(worst, std::abs(made[k] - expected[k]) / std::sqrt(variance[k]));
  }
  return worst;
}

TEST(Distance, KernelIsRecovered) {
  for (const auto kernel : {WiringSpec::Kernel::gaussian, WiringSpec::Kernel::exponential}) {
    ModelSpec spec = two_populations(800, 1);
    spec.populations[0].placement = {Kind::box, {600, 600, 100}, {0, 0, 0}};
    WiringSpec w = rule(Rule::distance, 0, 0.6);
    w.kernel = kernel;
    w.width = 120.0;
    w.cutoff = 300.0;
    connect(spec, 0, 0, w);
    const Network network = build(spec, 2);
    const auto& at = network.populations[0].position;
    const auto distance = [&](std::uint64_t s, std::uint64_t t) {
      const double x = at[s][0] - at[t][0], y = at[s][1] - at[t][1], z = at[s][2] - at[t][2];
      return std::sqrt(x * x + y * y + z * z);
    };
    const auto probability = [&](double d) {
      if (d > 300.0) return 0.0;
      return 0.6 *
             (kernel == WiringSpec::Kernel::gaussian ? std::exp(-d * d / (2 * 120.0 * 120.0)) : std::exp(-d / 120.0));
    };
    EXPECT_LT(worst_bin(edges(network), 800, 20.0, distance, probability), 4.0);
  }
}

TEST(Ring, KernelIsRecoveredAcrossTheSeam) {
  ModelSpec spec = two_populations(500, 1);
  WiringSpec w = rule(Rule::ring, 0, 0.9);
  w.width = 0.6;
  connect(spec, 0, 0, w);
  const auto list = edges(build(spec, 2));
  const auto distance = [](std::uint64_t s, std::uint64_t t) {
    const double d = std::abs(static_cast<double>(s) - static_cast<double>(t)) / 500 * 2 * std::numbers::pi;
    return std::min(d, 2 * std::numbers::pi - d);
  };
  EXPECT_LT(worst_bin(list, 500, 0.1, distance, [](double d) { return 0.9 * std::exp(-d * d / 0.72); }), 4.0);
  // Neurons 0 and 499 are neighbours.
  EXPECT_GT(std::count_if(list.begin(), list.end(), [](const Edge& e) { return e.source < 10 && e.target >= 490; }),
            50);
}

}  // namespace
}  // namespace burgeon::test
