// What each wiring rule promises exactly: numbers, self-connections, repeated connections, selections.

#include <gtest/gtest.h>

#include <set>

#include "base/errors.h"
#include "unit/network_fixture.h"

namespace burgeon::test {
namespace {

using Rule = WiringSpec::Rule;

bool has_self(const std::vector<Edge>& list) {
  return std::any_of(list.begin(), list.end(), [](const Edge& e) { return e.source == e.target; });
}

bool has_repeat(const std::vector<Edge>& list) {
  std::set<std::pair<std::uint64_t, std::uint64_t>> seen;
  for (const Edge& e : list)
    if (!seen.emplace(e.source, e.target).second) return true;
  return false;
}

/// A rule within one population of 30 that has self- and repeated connections unless they are switched off.
std::vector<Edge> recurrent(Rule kind, std::uint64_t number, bool autapses, bool multapses, double p = 0.5) {
  ModelSpec spec = two_populations(30, 1);
  WiringSpec w = rule(kind, number, p);
  w.autapses = autapses;
  w.multapses = multapses;
  w.width = 1.0;
  connect(spec, 0, 0, w);
  return edges(build(spec, 2));
}

TEST(Rules, AllToAllWithOneWeightAndDelayStoresNoRows) {
  ModelSpec spec = two_populations(9, 7);
  connect(spec, 0, 1, rule(Rule::all_to_all));
  const Network network = build(spec, 2);
  EXPECT_TRUE(network.projections[0].dense);
  EXPECT_EQ(network.synapses(), 63U);
  EXPECT_EQ(network.bytes(), 0U);
  EXPECT_EQ(network.min_delay, 10);
}

TEST(Rules, AllToAllWithDrawnWeightsHasEveryPairOnce) {
  ModelSpec spec = two_populations(9, 7);
  connect(spec, 0, 1, rule(Rule::all_to_all)).weight = normal(1.0, 0.1);
  const Network network = build(spec, 2);
  EXPECT_FALSE(network.projections[0].dense);
  const auto list = edges(network);
  EXPECT_EQ(list.size(), 63U);
  EXPECT_FALSE(has_repeat(list));
}

TEST(Rules, AllToAllWithoutAutapsesLeavesOutTheDiagonalOnly) {
  const auto list = recurrent(Rule::all_to_all, 0, false, true);
  EXPECT_EQ(list.size(), 30U * 29U);
  EXPECT_FALSE(has_self(list));
  EXPECT_FALSE(has_repeat(list));
}

TEST(Rules, OneToOneJoinsEqualPositionsOfTheSelections) {
  ModelSpec spec = two_populations(20, 30);
  ProjectionSpec& p = connect(spec, 0, 1, rule(Rule::one_to_one));
  p.source = {0, 5, 10, "a.g"};
  p.target = {1, 12, 10, "b.g"};
  const auto list = edges(build(spec, 3));
  ASSERT_EQ(list.size(), 10U);
  for (const Edge& e : list) EXPECT_EQ(e.target - 12, e.source - 5);
}

TEST(Rules, FixedInDegreeIsExactWithEverySwitch) {
  for (const bool autapses : {true, false})
    for (const bool multapses : {true, false}) {
      const auto list = recurrent(Rule::fixed_in_degree, 20, autapses, multapses);
      for (const std::uint64_t degree : in_degrees(list, 30)) EXPECT_EQ(degree, 20U);
      EXPECT_EQ(has_self(list), autapses);
      EXPECT_EQ(has_repeat(list), multapses);
    }
}

TEST(Rules, FixedOutDegreeIsExactWithEverySwitch) {
  for (const bool autapses : {true, false})
    for (const bool multapses : {true, false}) {
      const auto list = recurrent(Rule::fixed_out_degree, 20, autapses, multapses);
      for (const std::uint64_t degree : out_degrees(list, 30)) EXPECT_EQ(degree, 20U);
      EXPECT_EQ(has_self(list), autapses);
      EXPECT_EQ(has_repeat(list), multapses);
    }
}

TEST(Rules, FixedTotalIsExactWithEverySwitch) {
  for (const bool autapses : {true, false})
    for (const bool multapses : {true, false}) {
      const auto list = recurrent(Rule::fixed_total, 500, autapses, multapses);
      EXPECT_EQ(list.size(), 500U);
      EXPECT_EQ(has_self(list), autapses);
      EXPECT_EQ(has_repeat(list), multapses);
    }
}

TEST(Rules, BernoulliAndRingNeverRepeatAndCanLeaveOutSelf) {
  for (const Rule kind : {Rule::bernoulli, Rule::ring})
    for (const bool autapses : {true, false}) {
      const auto list = recurrent(kind, 0, autapses, true);
      EXPECT_FALSE(has_repeat(list));
      EXPECT_EQ(has_self(list), autapses);
    }
}

// Every different pair is used when the number asks for all of them: nothing is lost at the edges of Floyd's method or of
// the hypergeometric tree.
TEST(Rules, NumbersAtTheLimitUseEveryPair) {
  EXPECT_EQ(recurrent(Rule::fixed_in_degree, 29, false, false).size(), 30U * 29U);
  EXPECT_EQ(recurrent(Rule::fixed_out_degree, 30, true, false).size(), 30U * 30U);
  EXPECT_FALSE(has_repeat(recurrent(Rule::fixed_total, 30 * 29, false, false)));
  EXPECT_FALSE(has_repeat(recurrent(Rule::fixed_total, 30 * 29 - 1, false, false)));
}

TEST(Rules, ImpossibleNumbersNameTheProjection) {
  for (const auto& [kind, number] :
       {std::pair{Rule::fixed_in_degree, 30U}, {Rule::fixed_out_degree, 30U}, {Rule::fixed_total, 871U}}) {
    try {
      recurrent(kind, number, false, false);
      FAIL() << "no error for " << number;
    } catch (const EnvironmentError& e) {
      EXPECT_NE(std::string(e.what()).find("a_to_a"), std::string::npos) << e.what();
    }
  }
}

TEST(Rules, CertainAndImpossibleProbabilities) {
  EXPECT_EQ(recurrent(Rule::bernoulli, 0, true, true, 1.0).size(), 900U);
  EXPECT_EQ(recurrent(Rule::bernoulli, 0, false, true, 1.0).size(), 870U);
  EXPECT_TRUE(recurrent(Rule::bernoulli, 0, true, true, 0.0).empty());
}

TEST(Rules, SelectionsAreRespected) {
  for (const Rule kind : {Rule::bernoulli, Rule::fixed_in_degree, Rule::fixed_out_degree, Rule::fixed_total}) {
    ModelSpec spec = two_populations(50, 60);
    WiringSpec w = rule(kind, 8, 0.4);
    w.autapses = false;
    ProjectionSpec& p = connect(spec, 1, 1, w);
    p.source = {1, 10, 15, "b.s"};
    p.target = {1, 20, 31, "b.t"};
    const auto list = edges(build(spec, 3));
    ASSERT_FALSE(list.empty());
    EXPECT_FALSE(has_self(list));
    for (const Edge& e : list) {
      EXPECT_TRUE(e.source >= 10 && e.source < 25);
      EXPECT_TRUE(e.target >= 20 && e.target < 51);
    }
  }
}

// Same numbers in another population are other neurons.
TEST(Rules, AutapsesConcernOnePopulationOnly) {
  ModelSpec spec = two_populations(30, 30);
  WiringSpec w = rule(Rule::bernoulli, 0, 0.5);
  w.autapses = false;
  connect(spec, 0, 1, w);
  EXPECT_TRUE(has_self(edges(build(spec))));
}

TEST(Rules, EmptySelectionsAreFine) {
  ModelSpec spec = two_populations(10, 10);
  connect(spec, 0, 1, rule(Rule::fixed_total, 0)).delay = normal(1.0, 0.2, 0.1);
  connect(spec, 0, 1, rule(Rule::bernoulli, 0, 0.5)).target.count = 0;
  const Network network = build(spec, 2);
  EXPECT_EQ(network.synapses(), 0U);
  EXPECT_EQ(network.min_delay, 1);
  EXPECT_EQ(network.max_delay, 1);
}

TEST(Rules, OutgoingListsFollowTheConfig) {
  ModelSpec spec = two_populations(8, 8);
  connect(spec, 0, 1, rule(Rule::one_to_one));
  connect(spec, 1, 0, rule(Rule::one_to_one));
  connect(spec, 0, 0, rule(Rule::one_to_one));
  const Network network = build(spec);
  EXPECT_EQ(network.outgoing[0], (std::vector<std::uint32_t>{0, 2}));
  EXPECT_EQ(network.outgoing[1], (std::vector<std::uint32_t>{1}));
  EXPECT_EQ(network.populations[1].first, 8U);
  EXPECT_EQ(network.neurons(), 16U);
}

}  // namespace
}  // namespace burgeon::test
