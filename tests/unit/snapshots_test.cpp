// Snapshots of synapses and measures of the graph over time: they agree with the log, with a run that went on from a checkpoint,
// and with time that was leapt over.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "network/graph.h"
#include "support/run.h"
#include "support/small_models.h"

namespace burgeon::test {
namespace {

std::string recorded() {
  return small_structure() + R"(
[record.synapses]
kind = "edges"
projection = ["pyr_to_pyr", "pyr_to_pyr_nmda", "pyr_to_pv"]
at = ["500 ms", "0 s", "290 ms"]
[record.late]
kind = "edges"
projection = "pyr_to_pyr"
at = ["500 ms", "550 ms"]
[record.graph]
projection = "pyr_to_pyr"
every = "100 ms"
)";
}

/// uid -> source, target, weight, birth.
using Synapses = std::map<std::uint64_t, std::tuple<std::uint64_t, std::uint64_t, float, double>>;

Synapses synapses_of(const EdgeSnapshot& snapshot, const std::string& receptor) {
  Synapses result;
  for (const EdgeData& e : snapshot.projections)
    if (e.target == "pyr" && e.receptor == receptor)
      for (std::size_t k = 0; k < e.uids.size(); ++k)
        result[e.uids[k]] = {e.source_ids[k], e.target_ids[k], e.weights[k], e.born[k]};
  return result;
}

/// Follows the log from one snapshot to another; leaves out event `skip`.
Synapses follow(Synapses synapses, const MemorySink::Stored& log, double from, double to, std::size_t skip) {
  const auto& c = log.columns;
  for (std::size_t i = 0; i < c[0].size(); ++i) {
    if (c[0][i] <= from || c[0][i] > to || i == skip) continue;
    const auto uid = static_cast<std::uint64_t>(c[2][i]);
    const auto weight = static_cast<float>(c[5][i]);
    if (c[1][i] == 0.0)
      synapses[uid] = {static_cast<std::uint64_t>(c[3][i]), static_cast<std::uint64_t>(c[4][i]), weight, c[0][i]};
    else if (c[1][i] == 1.0)
      synapses.erase(uid);
    else if (synapses.contains(uid))
      std::get<2>(synapses[uid]) = weight;
  }
  return synapses;
}

constexpr std::size_t none = ~std::size_t{0};

TEST(Snapshots, AgreeWithTheLog) {
  const Outcome outcome = run(parse(recorded()), {.threads = 3});
  const auto& snapshots = outcome.sink.snapshots();
  ASSERT_EQ(snapshots.size(), 4U);
  for (const auto& [k, name, time] :
       {std::tuple{0U, 0.0, 0.0}, {1U, 290.0, 300.0}, {2U, 500.0, 500.0}, {3U, 550.0, 560.0}}) {
    EXPECT_EQ(snapshots[k].name_ms, name);
    EXPECT_EQ(snapshots[k].time_ms, time);
  }
  EXPECT_EQ(snapshots[2].projections.size(), 3U);
  EXPECT_EQ(snapshots[3].projections.size(), 1U);
  for (const auto& [receptor, log] : {std::pair{"ampa", "pyr_to_pyr"}, {"nmda", "pyr_to_pyr_nmda"}}) {
    SCOPED_TRACE(receptor);
    const auto& table = outcome.sink.table(Table::Kind::topology, log);
    const Synapses first = synapses_of(snapshots[0], receptor), last = synapses_of(snapshots[2], receptor);
    EXPECT_GT(first.size(), 500U);
    EXPECT_EQ(follow(first, table, 0.0, 500.0, none), last);
    EXPECT_EQ(follow(first, table, 0.0, 300.0, none), synapses_of(snapshots[1], receptor));

    // The planted fault: one of the events is forgotten.
    std::size_t birth = none;
    for (std::size_t i = 0; i < table.columns[0].size() && birth == none; ++i)
      if (table.columns[1][i] == 0.0 && last.contains(static_cast<std::uint64_t>(table.columns[2][i]))) birth = i;
    ASSERT_NE(birth, none);
    EXPECT_NE(follow(first, table, 0.0, 500.0, birth), last);
  }
}

TEST(Snapshots, AreTheSameAfterAResumeAndOnAnyNumberOfThreads) {
  const ModelSpec spec = parse(recorded());
  const Outcome whole = run(spec, {.threads = 1});
  MemorySink before, after;
  Checkpoint checkpoint;
  {
    Simulation simulation(spec, real_catalogue(), before, {.threads = 2});
    simulation.run_until(3400);
    checkpoint = simulation.checkpoint();
  }
  Simulation simulation(spec, real_catalogue(), after, {.threads = 3});
  simulation.restore(checkpoint);
  simulation.run();
  ASSERT_EQ(before.snapshots().size() + after.snapshots().size(), whole.sink.snapshots().size());
  for (std::size_t k = 0; k < after.snapshots().size(); ++k)
    EXPECT_EQ(synapses_of(after.snapshots()[k], "ampa"), synapses_of(whole.sink.snapshots()[k + 2], "ampa"));
  const auto rows = [](const MemorySink& sink) { return sink.table(Table::Kind::series, "graph").columns; };
  const auto all = rows(whole.sink), head = rows(before), tail = rows(after);
  for (std::size_t c = 0; c < all.size(); ++c) {
    auto both = head[c];
    both.insert(both.end(), tail[c].begin(), tail[c].end());
    EXPECT_EQ(both, all[c]);
  }

  // The planted fault: a checkpoint that has lost the births.
  Checkpoint broken = checkpoint;
  broken.arrays["snapshots"].resize(broken.arrays["snapshots"].size() - 16);
  MemorySink sink;
  Simulation other(spec, real_catalogue(), sink, {.threads = 1});
  EXPECT_ANY_THROW(other.restore(broken));
}

TEST(Snapshots, AreTakenAtTheEndOfALeapThatCrossesTheirTime) {
  const ModelSpec spec = parse(recorded());
  MemorySink sink;
  Simulation simulation(spec, real_catalogue(), sink, {.threads = 2});
  simulation.run_until(1000);
  simulation.open_window();
  simulation.run_until(2000);
  simulation.leap_to(5200);
  ASSERT_EQ(sink.snapshots().size(), 3U);
  EXPECT_EQ(sink.snapshots()[1].name_ms, 290.0);
  EXPECT_EQ(sink.snapshots()[2].name_ms, 500.0);
  EXPECT_EQ(sink.snapshots()[1].time_ms, 520.0);
  simulation.run();
  EXPECT_EQ(sink.snapshots().size(), 4U);
  EXPECT_EQ(sink.table(Table::Kind::series, "graph").columns[0], (std::vector<double>{0, 100, 200, 520, 600}));
  const Synapses first = synapses_of(sink.snapshots()[0], "ampa");
  EXPECT_EQ(follow(first, sink.table(Table::Kind::topology, "pyr_to_pyr"), 0.0, 520.0, none),
            synapses_of(sink.snapshots()[1], "ampa"));
}

TEST(Snapshots, GraphColumnsCountTheSynapses) {
  const Outcome outcome = run(parse(recorded()), {.threads = 2});
  const auto& graph = outcome.sink.table(Table::Kind::series, "graph");
  ASSERT_EQ(graph.columns.size(), 1 + graph_columns().size());
  EXPECT_EQ(graph.columns[0], (std::vector<double>{0, 100, 200, 300, 400, 500, 600}));
  EXPECT_EQ(graph.table.columns[1].name, "pyr_to_pyr.degree.in.mean");
  EXPECT_EQ(graph.columns[1][5], static_cast<double>(synapses_of(outcome.sink.snapshots()[2], "ampa").size()) / 122.0);
  for (const double clustering : graph.columns[5]) EXPECT_GT(clustering, 0.0);
}

}  // namespace
}  // namespace burgeon::test
