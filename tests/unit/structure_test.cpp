// Books of synapses that come and go: the log leads from the first network to the last, births minus deaths is the change, and
// planted faults are noticed.

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <map>

#include "sim/synapse_set.h"
#include "support/run.h"
#include "support/small_models.h"
#include "unit/network_fixture.h"

namespace burgeon::test {
namespace {

/// uid -> source, target, weight of a rewired projection.
using Synapses = std::map<std::uint64_t, std::tuple<double, double, float>>;

Synapses synapses_of(const Network& network, const std::string& name) {
  Synapses result;
  for (const Projection& p : network.projections) {
    if (p.spec->name != name) continue;
    // Identities are kept with the projection whose pairs these are.
    const auto& leader = *std::find_if(network.projections.begin(), network.projections.end(),
                                       [&](const Projection& q) { return q.spec->name == pairs_name(*p.spec); });
    for (unsigned s = 0; s < network.slices; ++s) {
      const Rows &rows = p.slice[s], &ids = leader.slice[s];
      const auto owned = slice_range(network.populations[p.target_population].size, s, network.slices).begin;
      for (std::uint64_t row = 0; row < p.source.size(); ++row)
        for (std::uint64_t k = rows.row_begin(row); k < rows.row_end(row); ++k)
          result[ids.uid[k]] = {static_cast<double>(p.source.begin + row), static_cast<double>(owned + rows.target(k)),
                                p.weight_at(rows, k)};
    }
  }
  return result;
}

/// Follows a log; false when it does not fit.
bool replay(const MemorySink::Stored& log, Synapses& synapses, std::size_t skip = ~std::size_t{0}) {
  const auto& c = log.columns;
  for (std::size_t i = 0; i < c[0].size(); ++i) {
    if (i == skip) continue;
    const auto uid = static_cast<std::uint64_t>(c[2][i]);
    const std::tuple synapse{c[3][i], c[4][i], static_cast<float>(c[5][i])};
    const auto found = synapses.find(uid);
    if (c[1][i] == 0.0) {
      if (found != synapses.end()) return false;
      synapses[uid] = synapse;
    } else {
      if (found == synapses.end()) return false;
      if (c[1][i] == 1.0) {
        if (found->second != synapse) return false;
        synapses.erase(found);
      } else {
        found->second = synapse;
      }
    }
  }
  return true;
}

TEST(Structure, TheLogLeadsFromTheFirstNetworkToTheLast) {
  const ModelSpec spec = parse(small_structure());
  MemorySink sink;
  Simulation simulation(spec, real_catalogue(), sink, {.threads = 3});
  simulation.open_window();
  std::map<std::string, Synapses> first;
  for (const ProjectionSpec& p : spec.projections) first[p.name] = synapses_of(simulation.network(), p.name);
  simulation.run();
  // And over leaps.
  simulation.leap_to(9000);
  simulation.leap_to(12000);
  simulation.run_until(spec.run.steps);  // hands the log over

  for (const ProjectionSpec& p : spec.projections) {
    SCOPED_TRACE(p.name);
    const auto& log = sink.table(Table::Kind::topology, p.name);
    const Synapses last = synapses_of(simulation.network(), p.name);
    Synapses followed = first[p.name];
    EXPECT_TRUE(replay(log, followed));
    EXPECT_EQ(followed, last);

    const auto n = [&](double kind) { return std::count(log.columns[1].begin(), log.columns[1].end(), kind); };
    EXPECT_GT(n(0.0), 50);
    EXPECT_GT(n(1.0), 20);
    EXPECT_EQ(n(0.0) - n(1.0), static_cast<long>(last.size()) - static_cast<long>(first[p.name].size()));
    EXPECT_TRUE(std::is_sorted(log.columns[0].begin(), log.columns[0].end()));

    // The planted fault: one edit lost is noticed.
    Synapses broken = first[p.name];
    EXPECT_FALSE(replay(log, broken, log.columns[0].size() / 2) && broken == last);
  }
  EXPECT_GT(simulation.signal("spines.new"), 10.0);
  EXPECT_EQ(simulation.signal("spines.new") + simulation.signal("spines.mature"), simulation.signal("spines.synapses"));
  EXPECT_EQ(simulation.signal("spines.synapses"),
            static_cast<double>(synapses_of(simulation.network(), "pyr_to_pyr").size()));
}

TEST(Structure, LeapsAreTheSameOnAnyNumberOfThreads) {
  const ModelSpec spec = parse(small_structure());
  std::uint64_t hash = 0;
  for (const unsigned threads : {1U, 2U, 4U}) {
    MemorySink sink;
    Simulation simulation(spec, real_catalogue(), sink, {.threads = threads});
    simulation.hold_slow(true);
    simulation.run_until(2000);
    EXPECT_EQ(simulation.signal("spines.density"), 1.0);
    simulation.open_window();
    simulation.run_until(3000);
    EXPECT_LT(simulation.largest_structure_span(), 86'400'000.0);
    simulation.leap_to(4000);
    EXPECT_NE(simulation.signal("spines.density"), 1.0);
    simulation.hold_slow(false);
    simulation.run();
    if (threads == 1) hash = simulation.result_hash();
    EXPECT_EQ(simulation.result_hash(), hash);
  }
}

TEST(Structure, TwinsKeepTheirPairsAndTotalWeightsAreSums) {
  const ModelSpec spec = parse(small_structure());
  MemorySink sink;
  Simulation simulation(spec, real_catalogue(), sink, {.threads = 2});
  simulation.run();
  const Synapses ampa = synapses_of(simulation.network(), "pyr_to_pyr");
  const Synapses nmda = synapses_of(simulation.network(), "pyr_to_pyr_nmda");
  ASSERT_EQ(ampa.size(), nmda.size());
  std::map<double, double> sum;
  for (const auto& [uid, synapse] : ampa) {
    EXPECT_EQ(std::get<0>(synapse), std::get<0>(nmda.at(uid)));
    EXPECT_EQ(std::get<1>(synapse), std::get<1>(nmda.at(uid)));
    // A new synapse has half the weight of a mature one.
    const float w = std::get<2>(nmda.at(uid));
    EXPECT_TRUE(w == 0.05F || w == 0.025F) << w;
    sum[std::get<1>(synapse)] += w;
  }
  std::vector<double> total(122, 0.0);
  for (const Checkpoint checkpoint = simulation.checkpoint(); const auto& [name, bytes] : checkpoint.arrays)
    if (name == "structure/pyr_to_pyr_nmda/total_weight") std::memcpy(total.data(), bytes.data(), bytes.size());
  for (std::size_t i = 0; i < total.size(); ++i) EXPECT_NEAR(total[i], sum[static_cast<double>(i)], 1e-4);
}

// Edits decided on two slices, brought into one order or not.
std::vector<std::uint64_t> uids_of_births(unsigned slices, bool planted_fault) {
  ModelSpec spec = two_populations(20, 40);
  connect(spec, 0, 1, rule(WiringSpec::Rule::bernoulli, 0, 0.2)).rewired = true;
  Network network = build(spec, slices);
  Ranks alone;
  SynapseSet set(network, {0}, 1.0, alone);
  FanOut fan_out(1, std::vector<std::uint32_t>(20, 0));
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> born;
  const auto keep = [&] {
    for (const Edit& e : set.edits()) born[{e.source, e.target}] = e.uid;
    set.clear();
  };
  for (unsigned s = 0; s < slices; ++s) {
    const Range owned = set.owned(s);
    for (std::uint64_t t = owned.begin; t < owned.end; ++t)
      set.create(static_cast<std::uint32_t>(7 * t % 20), static_cast<std::uint32_t>(t), t, 0, Cause::vacant_elements);
    // The planted fault: each slice on its own, as it comes.
    if (planted_fault) {
      set.agree(0.0, fan_out);
      keep();
    }
  }
  if (!planted_fault) {
    set.agree(0.0, fan_out);
    keep();
  }
  std::vector<std::uint64_t> uids;
  for (const auto& [pair, uid] : born) uids.push_back(uid);
  return uids;
}

TEST(Structure, IdentitiesDoNotDependOnSlices) {
  EXPECT_EQ(uids_of_births(1, false), uids_of_births(2, false));
  EXPECT_EQ(uids_of_births(1, false), uids_of_births(3, false));
  EXPECT_NE(uids_of_births(1, true), uids_of_births(2, true));
}

}  // namespace
}  // namespace burgeon::test
