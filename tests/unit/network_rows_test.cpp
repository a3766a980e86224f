// Form and content of rows: order, widths, delays, weights, totals.

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <set>
#include <utility>
#include <vector>

#include "base/errors.h"
#include "network/rows.h"
#include "unit/network_fixture.h"

namespace burgeon::test {
namespace {

using Rule = WiringSpec::Rule;

TEST(Slices, CoverEveryPopulationInMultiplesOfFour) {
  for (const std::uint64_t size : {0ULL, 1ULL, 3ULL, 4ULL, 5ULL, 63ULL, 64ULL, 1000ULL, 77169ULL, 1ULL << 40})
    for (unsigned slices = 1; slices <= 9; ++slices) {
      std::uint64_t next = 0;
      for (unsigned s = 0; s < slices; ++s) {
        const Range r = slice_range(size, s, slices);
        EXPECT_EQ(r.begin, next);
        EXPECT_LE(r.begin, r.end);
        EXPECT_TRUE(r.end % 4 == 0 || r.end == size);
        EXPECT_LE(r.size(), size / slices + 8);
        next = r.end;
      }
      EXPECT_EQ(next, size);
    }
}

TEST(Rows, AreSortedByDelayThenTarget) {
  // Rows of about 6 and of about 600 synapses: both ways of sorting. Fixed out-degree brings targets out of order.
  for (const Rule kind : {Rule::fixed_in_degree, Rule::fixed_out_degree})
    for (const std::uint64_t number : {6ULL, 600ULL}) {
      ModelSpec spec = two_populations(200, 200);
      ProjectionSpec& p = connect(spec, 0, 1, rule(kind, number));
      p.delay = normal(20.0, 5.0, 0.1);
      p.weight = normal(1.0, 0.1);
      const Network network = build(spec, 2);
      for (unsigned s = 0; s < 2; ++s) {
        std::vector<Edge> list;
        append_edges(network, network.projections[0], s, list);
        EXPECT_TRUE(std::is_sorted(list.begin(), list.end(), [](const Edge& a, const Edge& b) {
          return std::tuple(a.source, a.delay, a.target) < std::tuple(b.source, b.delay, b.target);
        }));
      }
    }
}

/// Bytes of the delays of projection 0: two for every different delay of a row, four for each row and one more. Delays below
/// 256 steps, rows of at most 255 synapses.
std::uint64_t delay_bytes(const Network& network) {
  std::uint64_t bytes = 0;
  for (unsigned s = 0; s < network.slices; ++s) {
    std::vector<Edge> list;
    append_edges(network, network.projections[0], s, list);
    std::set<std::pair<std::uint64_t, std::uint32_t>> runs;
    for (const Edge& e : list) runs.emplace(e.source, e.delay);
    bytes += 2 * runs.size() + 4 * (network.projections[0].source.size() + 1);
  }
  return bytes;
}

TEST(Rows, HoldNoMoreMemoryThanTheirContent) {
  ModelSpec spec = two_populations(400, 400);
  ProjectionSpec& p = connect(spec, 0, 1, rule(Rule::bernoulli, 0, 0.3));
  p.weight = normal(1.0, 0.1);
  p.delay = normal(2.0, 0.5, 0.1);
  const Network network = build(spec, 2);
  EXPECT_EQ(network.bytes(), network.synapses() * (2 + 4) + 2 * 401 * 4 + delay_bytes(network));
  // Some 60 synapses of a row have some 20 different delays.
  EXPECT_LT(delay_bytes(network), network.synapses());
}

TEST(Rows, KeepWeightsIn16Bits) {
  using Precision = ProjectionSpec::WeightPrecision;
  ModelSpec spec = two_populations(400, 400);
  ProjectionSpec& p = connect(spec, 0, 1, rule(Rule::bernoulli, 0, 0.3));
  p.weight = normal(-87.8, 8.78);
  p.delay = normal(2.0, 0.5, 0.1);
  const auto exact = edges(build(spec));
  p.weight_precision = Precision::bfloat16;
  const Network network = build(spec, 2);
  EXPECT_EQ(network.bytes(), network.synapses() * (2 + 2) + 2 * 401 * 4 + delay_bytes(network));
  const auto rounded = edges(network);

  // The same synapses, each weight within half a step of 8 significant bits: 0.25 from 64 to 128, 0.125 below.
  ASSERT_EQ(rounded.size(), exact.size());
  double sum = 0.0, truncated = 0.0;
  for (std::size_t k = 0; k < exact.size(); ++k) {
    EXPECT_EQ(std::tuple(rounded[k].source, rounded[k].target, rounded[k].delay),
              std::tuple(exact[k].source, exact[k].target, exact[k].delay));
    const double error = static_cast<double>(rounded[k].weight) - static_cast<double>(exact[k].weight);
    EXPECT_LE(std::abs(error), std::abs(exact[k].weight) < 64.0F    ? 0.125
                               : std::abs(exact[k].weight) < 128.0F ? 0.25
                                                                    : 0.5);
    sum += error;
    truncated += std::trunc(exact[k].weight * 2.0F) / 2.0F - exact[k].weight;
  }
  // No bias: the mean error is within five standard errors of 0. The planted error, bits cut off, is far outside.
  const auto n = static_cast<double>(exact.size());
  const double bound = 5.0 * 0.5 / std::sqrt(12.0 * n);
  EXPECT_LT(std::abs(sum / n), bound);
  EXPECT_GT(std::abs(truncated / n), bound);
}

TEST(BFloat16, RoundsToNearestTiesToEven) {
  const auto rounded = [](float x) { return static_cast<float>(BFloat16(x)); };
  for (const float x : {0.0F, 1.0F, -1.5F, 255.0F, 0x1.02p-126F}) EXPECT_EQ(rounded(x), x);
  EXPECT_EQ(rounded(257.0F), 256.0F);  // half way: to even
  EXPECT_EQ(rounded(259.0F), 260.0F);
  EXPECT_EQ(rounded(-257.1F), -258.0F);
  EXPECT_EQ(rounded(511.5F), 512.0F);  // into the next exponent
}

TEST(Rows, HaveDelaysBeyondAByte) {
  ModelSpec spec = two_populations(100, 100);
  connect(spec, 0, 1, rule(Rule::fixed_in_degree, 50)).delay = normal(24.0, 2.0, 0.1);
  const Network network = build(spec);
  std::vector<std::uint32_t> delays;
  for (const Edge& e : edges(network)) delays.push_back(e.delay);
  ASSERT_EQ(delays.size(), 5000U);
  EXPECT_GT(network.max_delay, 255);
  // Nothing is lost: the mean is that of the distribution.
  double sum = 0;
  for (const std::uint32_t d : delays) sum += d;
  EXPECT_NEAR(sum / 5000, 240, 5 * 20 / std::sqrt(5000.0));
  EXPECT_EQ(network.min_delay, *std::min_element(delays.begin(), delays.end()));
  EXPECT_EQ(network.max_delay, *std::max_element(delays.begin(), delays.end()));
}

TEST(Rows, WidenForManyTargets) {
  ModelSpec spec = two_populations(3, 65540);
  connect(spec, 0, 1, rule(Rule::fixed_in_degree, 1));
  const Network one = build(spec, 1), two = build(spec, 2);
  EXPECT_EQ(one.projections[0].slice[0].target32.size(), 65540U);
  EXPECT_EQ(two.projections[0].slice[1].target16.size(), 32768U + 4U);
  EXPECT_EQ(edges(one), edges(two));
}

TEST(Rows, SixteenBitsReachTheLastOf65536Targets) {
  ModelSpec spec = two_populations(1, 65536);
  connect(spec, 0, 1, rule(Rule::fixed_in_degree, 1));
  const Network network = build(spec);
  EXPECT_EQ(network.projections[0].slice[0].target16.back(), 65535);
}

TEST(Rows, OffsetsOf64BitsGiveTheSameRows) {
  ModelSpec spec = two_populations(50, 40);
  const ProjectionSpec& p = connect(spec, 0, 1, rule(Rule::fixed_in_degree, 20));
  const Wiring wiring(p, 1);
  const SynapseValues values(p, spec.run);
  const Rows narrow = build_rows(wiring, values, {0, 40}, 801).rows;
  const Rows wide = build_rows(wiring, values, {0, 40}, 800).rows;
  EXPECT_TRUE(narrow.begin64.empty());
  EXPECT_TRUE(wide.begin.empty());
  for (std::uint64_t row = 0; row <= 50; ++row) EXPECT_EQ(narrow.row_begin(row), wide.row_begin(row));
}

TEST(Delays, AreRoundedToTheGridAndAtLeastOneStep) {
  for (const auto& [ms, steps] :
       {std::pair{0.0, 1}, {0.04, 1}, {0.14, 1}, {0.16, 2}, {1.5, 15}, {0.25, 3}, {200.0, 2000}}) {
    ModelSpec spec = two_populations(4, 4);
    connect(spec, 0, 1, rule(Rule::one_to_one)).delay = constant(ms);
    EXPECT_EQ(build(spec).min_delay, steps) << ms;
  }
}

TEST(Delays, BeyondSixteenBitsAreRefused) {
  ModelSpec spec = two_populations(4, 4);
  connect(spec, 0, 1, rule(Rule::one_to_one)).delay = normal(6553.0, 50.0);
  EXPECT_THROW((void)build(spec), EnvironmentError);
  spec.projections[0].delay = constant(6553.5);
  EXPECT_EQ(build(spec).max_delay, 65535);
}

TEST(Draws, ThatNeverMeetTheirBoundsNameTheProjection) {
  ModelSpec spec = two_populations(4, 4);
  connect(spec, 0, 1, rule(Rule::one_to_one)).weight = normal(1.0, 0.1, 5.0, 6.0);
  try {
    (void)build(spec, 2);
    FAIL() << "no error";
  } catch (const EnvironmentError& e) {
    EXPECT_NE(std::string(e.what()).find("weight of projection a_to_b"), std::string::npos) << e.what();
  }
}

TEST(Draws, InBatchesGiveTheSameBitsAsOneByOne) {
  std::array<std::uint32_t, 64> target{}, repeat{};
  for (std::uint32_t i = 0; i < 64; ++i) {
    target[i] = 0x9E3779B9U * i;
    repeat[i] = i < 32 ? i : i << 20;
  }
  PairWords words;
  const std::uint32_t source = 0xDEADBEEFU;
  pair_words(0x123456789ABCDEFULL, source, target, repeat, words);
  for (std::size_t i = 0; i < 64; ++i) {
    const auto expected =
        random_words(0x123456789ABCDEFULL, target[i], pair_step(source, repeat[i]), pair_draw(repeat[i]));
    for (std::size_t k = 0; k < 4; ++k) EXPECT_EQ(words[k][i], expected[k]) << i;
  }
  // Centre, tails and far tails of every distribution.
  std::vector<double> u{0x1p-53, 1e-13, 1e-6, 0.0749, 0.0751, 0.3, 0.5, 0.9249, 0.9251, 0.999, 1 - 0x1p-53},
      value(u.size());
  for (const auto kind : {Draw::Kind::uniform, Draw::Kind::normal, Draw::Kind::lognormal, Draw::Kind::exponential}) {
    const Sampler sampler({kind, 2.0, 3.0, -1e300, 1e300}, "test");
    sampler.quantiles(u, value);
    for (std::size_t i = 0; i < u.size(); ++i) EXPECT_EQ(value[i], sampler.quantile(u[i])) << u[i];
  }
}

// Repeated synapses of one pair are different synapses with weights and delays of their own.
TEST(Draws, DifferBetweenRepeatedSynapses) {
  ModelSpec spec = two_populations(1, 1);
  ProjectionSpec& p = connect(spec, 0, 1, rule(Rule::fixed_in_degree, 200));
  p.weight = normal(1.0, 0.1);
  std::vector<Edge> list = edges(build(spec));
  EXPECT_EQ(std::unique(list.begin(), list.end()), list.end());
}

TEST(Draws, DifferBetweenSeedsAndProjections) {
  ModelSpec spec = two_populations(40, 40);
  connect(spec, 0, 1, rule(Rule::bernoulli, 0, 0.5)).weight = normal(1.0, 0.1);
  connect(spec, 0, 1, rule(Rule::bernoulli, 0, 0.5)).weight = normal(1.0, 0.1);
  const Network first = build(spec);
  EXPECT_NE(edges(first, 0), edges(first, 1));
  const auto before = edges(first, 0);
  spec.run.seed = 2;
  EXPECT_NE(before, edges(build(spec), 0));
}

TEST(Profile, MultipliesTheWeightByRingDistance) {
  ModelSpec spec = two_populations(16, 8);
  ProjectionSpec& p = connect(spec, 0, 1, rule(Rule::all_to_all));
  p.weight = constant(2.0);
  p.profile = ProjectionSpec::Profile{.peak = 1.5, .floor = 0.5, .width = 0.4};
  for (const Edge& e : edges(build(spec, 2))) {
    double theta =
        std::abs(static_cast<double>(e.source) / 16 - static_cast<double>(e.target) / 8) * 2 * std::numbers::pi;
    theta = std::min(theta, 2 * std::numbers::pi - theta);
    EXPECT_NEAR(e.weight, 2.0 * (0.5 + 1.0 * std::exp(-theta * theta / (2 * 0.4 * 0.4))), 1e-6);
  }
}

TEST(TotalWeight, SumsRowsDenseProjectionsAndInputs) {
  ModelSpec spec = two_populations(5, 12);
  connect(spec, 0, 1, rule(Rule::fixed_in_degree, 3)).receptor = 1;
  spec.projections[0].weight = constant(-2.0);
  connect(spec, 0, 1, rule(Rule::all_to_all)).receptor = 1;
  connect(spec, 0, 1, rule(Rule::all_to_all)).weight = constant(100.0);  // onto the other receptor
  InputSpec input;
  input.receptor = 1;
  input.weight = 0.25;
  input.synapses = 3;
  input.target = {1, 0, 6, "b.g"};
  spec.inputs.push_back(input);
  for (const unsigned slices : {1U, 3U}) {
    const Network network = build(spec, slices);
    EXPECT_TRUE(network.populations[1].total_weight[0].empty());
    for (std::uint64_t i = 0; i < 12; ++i)
      EXPECT_DOUBLE_EQ(network.populations[1].total_weight[1][i], 3 * 2.0 + 5 * 1.0 + (i < 6 ? 0.75 : 0.0));
  }
}

}  // namespace
}  // namespace burgeon::test
