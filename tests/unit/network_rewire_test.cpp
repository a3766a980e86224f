// Rows that are edited: against a plain list of synapses, on any number of slices; books that do not add up are noticed.

#include <gtest/gtest.h>

#include <map>

#include "base/errors.h"
#include "base/random.h"
#include "network/rewire.h"
#include "unit/network_fixture.h"

namespace burgeon::test {
namespace {

Ranks alone;

using Synapse = std::tuple<std::uint32_t, std::uint32_t, std::uint64_t, std::uint32_t, float, float>;

ModelSpec twins(double p, bool many_delays) {
  ModelSpec spec = two_populations(23, 41);
  ProjectionSpec ampa = connect(spec, 0, 1, rule(WiringSpec::Rule::bernoulli, 0, p));
  spec.projections[0].weight = lognormal(1.0, 0.5);
  if (many_delays) spec.projections[0].delay = {Draw::Kind::uniform, 0.1, 40.0, -1e300, 1e300};
  spec.projections[0].rewired = spec.projections[0].staged = true;
  ProjectionSpec nmda = spec.projections[0];
  nmda.name = "nmda";
  nmda.like = spec.projections[0].name;
  nmda.receptor = 1;
  nmda.weight = constant(0.5);
  spec.projections.push_back(nmda);
  return spec;
}

constexpr std::uint32_t both[] = {0, 1};

/// All synapses, sorted by identity and checked against the promised order of rows.
std::vector<Synapse> synapses(const Network& network) {
  std::vector<Synapse> all;
  for (unsigned s = 0; s < network.slices; ++s) {
    const Rows& rows = network.projections[0].slice[s];
    const Range owned = slice_range(network.populations[1].size, s, network.slices);
    std::uint64_t count = 0;
    for (std::uint32_t row = 0; row < network.projections[0].source.size(); ++row)
      for (std::uint64_t k = rows.row_begin(row); k < rows.row_end(row); ++k, ++count) {
        const RowEntry e = row_entry(network, both, s, k);
        if (k > rows.row_begin(row)) {
          EXPECT_LT(row_entry(network, both, s, k - 1).order(), e.order());
        }
        EXPECT_EQ(network.projections[1].slice[s].target(k), e.target);
        all.emplace_back(row, static_cast<std::uint32_t>(owned.begin + e.target), e.uid, e.delay, e.weight[0],
                         e.weight[1]);
      }
    EXPECT_EQ(rows.size(), count);
  }
  std::sort(all.begin(), all.end());
  return all;
}

TEST(Like, HasThePairsAndDelaysOfTheOther) {
  for (const bool many_delays : {false, true})
    for (const unsigned slices : {1U, 3U}) {
      const ModelSpec spec = twins(0.3, many_delays);
      const Network network = build(spec, slices);
      for (unsigned s = 0; s < slices; ++s) {
        const Rows &a = network.projections[0].slice[s], &b = network.projections[1].slice[s];
        EXPECT_EQ(a.target16, b.target16);
        EXPECT_EQ(a.begin, b.begin);
        std::vector<std::uint16_t> of_a, of_b;
        for (std::uint64_t row = 0; row < network.projections[0].source.size(); ++row) {
          network.projections[0].read_delays(a, row, of_a);
          network.projections[1].read_delays(b, row, of_b);
          EXPECT_EQ(of_a, of_b);
        }
      }
      EXPECT_GT(network.projections[0].synapses, 100U);
    }
}

TEST(Rewire, EqualsAListOnAnyNumberOfSlices) {
  for (const bool many_delays : {false, true})
    for (const double p : {0.0, 0.3}) {
      const ModelSpec spec = twins(p, many_delays);
      std::vector<Network> networks;
      for (const unsigned slices : {1U, 2U, 3U, 4U}) networks.push_back(build(spec, slices));
      std::uint64_t next = 0;
      for (Network& network : networks) next = open_rows(network, both, alone);
      std::vector<Synapse> expected = synapses(networks[0]);
      for (Network& network : networks) EXPECT_EQ(synapses(network), expected);

      // Rounds of losses and births, more births than slack.
      for (int round = 0; round < 12; ++round) {
        RandomStream random(random_key(7, "edits"), static_cast<std::uint64_t>(round));
        std::vector<Edit> edits;
        std::vector<Synapse> left;
        for (const auto& [source, target, uid, delay, ampa, nmda] : expected) {
          if (random.uniform() < 0.2) {
            Edit e;
            e.kind = Edit::Kind::prune;
            e.source = source;
            e.target = target;
            e.uid = uid;
            edits.push_back(e);
          } else {
            left.emplace_back(source, target, uid, delay, ampa, nmda);
          }
        }
        const std::uint64_t births = random.below(120);
        for (std::uint64_t n = 0; n < births; ++n) {
          Edit e;
          e.source = static_cast<std::uint32_t>(random.below(23));
          e.target = static_cast<std::uint32_t>(random.below(41));
          e.uid = next++;
          e.delay = many_delays ? static_cast<std::uint16_t>(1 + random.below(400)) : networks[0].projections[0].delay;
          e.weight = {static_cast<float>(random.uniform()), 0.25F};
          edits.push_back(e);
          left.emplace_back(e.source, e.target, e.uid, e.delay, e.weight[0], e.weight[1]);
        }
        std::sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) { return a.order() < b.order(); });
        std::sort(left.begin(), left.end());
        expected = left;
        for (Network& network : networks) {
          for (unsigned s = network.slices; s-- > 0;) rewire(network, both, s, edits);
          ASSERT_EQ(synapses(network), expected) << network.slices;
        }
      }
    }
}

TEST(Rewire, RefusesToRemoveWhatIsNotThere) {
  const ModelSpec spec = twins(0.3, false);
  Network network = build(spec, 2);
  const std::uint64_t next = open_rows(network, both, alone);
  Edit e;
  e.kind = Edit::Kind::prune;
  e.uid = next + 5;
  EXPECT_THROW(rewire(network, both, 0, std::span(&e, 1)), InternalError);
}

TEST(Rewire, SmallChangesStayWithinTheSlack) {
  const ModelSpec spec = twins(0.3, false);
  Network network = build(spec, 1);
  const std::uint64_t next = open_rows(network, both, alone);
  const auto* before = network.projections[0].slice[0].target16.data();
  std::vector<Edit> edits(3);
  for (std::uint64_t n = 0; n < 3; ++n) edits[n].uid = next + n;
  rewire(network, both, 0, edits);
  EXPECT_EQ(network.projections[0].slice[0].target16.data(), before);
}

}  // namespace
}  // namespace burgeon::test
