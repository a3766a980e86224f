// The network is the same for any number of slices: synapses, weights, delays, summed weights, bit for bit.

#include <gtest/gtest.h>

#include "unit/network_fixture.h"

namespace burgeon::test {
namespace {

using Rule = WiringSpec::Rule;

/// One projection of every rule within a population that no slice count divides evenly, with drawn weights and delays.
ModelSpec every_rule() {
  ModelSpec spec = two_populations(331, 203);
  for (PopulationSpec& p : spec.populations) {
    p.placement.kind = PlacementSpec::Kind::disc;
    p.placement.size[0] = 200.0;
  }
  std::vector<WiringSpec> rules{rule(Rule::all_to_all),           rule(Rule::one_to_one),
                                rule(Rule::bernoulli, 0, 0.1),    rule(Rule::fixed_in_degree, 25),
                                rule(Rule::fixed_out_degree, 25), rule(Rule::fixed_total, 4321),
                                rule(Rule::distance, 0, 0.6),     rule(Rule::ring, 0, 0.7)};
  for (WiringSpec w : rules)
    for (const bool free : {true, false}) {
      if (w.rule == Rule::one_to_one && !free) continue;  // would be empty
      w.autapses = w.multapses = free;
      w.width = w.rule == Rule::ring ? 0.5 : 80.0;
      ProjectionSpec& p = connect(spec, 0, free ? 1 : 0, w);
      p.weight = lognormal(1.0, 0.5);
      p.delay = normal(1.5, 0.75, 0.05);
      p.receptor = 1;
    }
  return spec;
}

TEST(Slices, DoNotChangeTheNetwork) {
  const ModelSpec spec = every_rule();
  const Network reference = build(spec, 1);
  for (const unsigned slices : {2U, 3U, 4U, 7U}) {
    const Network network = build(spec, slices);
    EXPECT_EQ(network.synapses(), reference.synapses());
    EXPECT_EQ(network.min_delay, reference.min_delay);
    EXPECT_EQ(network.max_delay, reference.max_delay);
    for (std::size_t i = 0; i < spec.projections.size(); ++i) {
      EXPECT_GT(reference.projections[i].synapses, 0U);
      EXPECT_EQ(network.projections[i].min_delay, reference.projections[i].min_delay);
      EXPECT_TRUE(edges(network, i) == edges(reference, i)) << spec.projections[i].name << ", slices " << slices;
    }
    for (std::size_t i = 0; i < 2; ++i)
      EXPECT_TRUE(network.populations[i].total_weight == reference.populations[i].total_weight);
  }
}

// The check above sees a wiring that depends on the slice: here every slice is taken from a build with a key of its own.
TEST(Slices, KeyedBySliceWouldBeCaught) {
  ModelSpec spec = every_rule();
  const Network reference = build(spec, 1);
  std::vector<std::vector<Edge>> keyed_by_slice(spec.projections.size());
  for (unsigned s = 0; s < 2; ++s) {
    spec.run.seed = 1 + s;
    const Network network = build(spec, 2);
    for (std::size_t i = 0; i < spec.projections.size(); ++i)
      append_edges(network, network.projections[i], s, keyed_by_slice[i]);
  }
  for (std::size_t i = 0; i < spec.projections.size(); ++i) {
    std::sort(keyed_by_slice[i].begin(), keyed_by_slice[i].end());
    EXPECT_FALSE(keyed_by_slice[i] == edges(reference, i)) << spec.projections[i].name;
  }
}

// Adding a projection or a population at the end changes nothing in front of it.
TEST(Additions, LeaveTheRestAsItWas) {
  ModelSpec spec = every_rule();
  const Network before = build(spec, 2);
  const auto expected = edges(before, 5);
  ModelSpec more = spec;
  more.populations.push_back(population("c", 10));
  connect(more, 0, 2, rule(Rule::bernoulli, 0, 0.5));
  EXPECT_EQ(edges(build(more, 2), 5), expected);
}

}  // namespace
}  // namespace burgeon::test
