// Delays kept once per run: what goes in comes out, and every synapse is delivered at its own time.

#include "network/delay_runs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "base/random.h"
#include "sim/deliver.h"
#include "support/run.h"
#include "support/small_models.h"
#include "unit/network_fixture.h"

namespace burgeon::test {
namespace {

using Delays = std::vector<std::uint16_t>;

Delays repeat(std::uint16_t delay, std::size_t n) { return Delays(n, delay); }

Delays operator+(Delays a, const Delays& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Delays every_delay(std::uint16_t last) {
  Delays delays(last);
  std::iota(delays.begin(), delays.end(), std::uint16_t{1});
  return delays;
}

const std::vector<Delays>& rows() {
  static const std::vector<Delays> all{
      {},
      {1},
      {255},
      {256},
      {65535},
      repeat(7, 255),
      repeat(7, 256),
      repeat(7, 510),
      repeat(3, 1000) + repeat(300, 600) + repeat(301, 1) + repeat(65535, 256),
      {},
      {1, 256, 512, 767, 1022, 1278},  // steps of 255 and of 256
      {510, 511, 1021, 1531},          // twice 255
      every_delay(2000),
      every_delay(65535),
      {},
  };
  return all;
}

std::vector<Delays> out_of(const DelayRuns& runs) {
  std::vector<Delays> result(rows().size(), Delays{99});
  for (std::size_t i = 0; i < result.size(); ++i) runs.expand(i, result[i]);
  return result;
}

TEST(DelayRuns, GiveBackEveryDelay) {
  for (const std::uint64_t narrow_limit : {std::uint64_t{1} << 32, std::uint64_t{12}, std::uint64_t{0}}) {
    DelayRuns runs;
    EXPECT_TRUE(runs.empty());
    for (const Delays& row : rows()) runs.append(row, narrow_limit);
    runs.shrink_to_fit();
    EXPECT_FALSE(runs.empty());
    EXPECT_EQ(runs.begin.empty(), narrow_limit < 100);
    EXPECT_EQ(out_of(runs), rows());
    EXPECT_EQ(runs.run.capacity(), runs.run.size());
  }
}

TEST(DelayRuns, AreAsFewAsTheyCanBe) {
  for (const auto& [delays, number] : {std::pair{Delays{}, 0U},
                                       {Delays{255}, 1U},
                                       {Delays{256}, 2U},
                                       {Delays{510}, 2U},
                                       {Delays{511}, 3U},
                                       {repeat(7, 255), 1U},
                                       {repeat(7, 256), 2U},
                                       {repeat(300, 511), 4U},
                                       {every_delay(2000), 2000U}}) {
    DelayRuns runs;
    runs.append(delays);
    EXPECT_EQ(runs.run.size(), number) << delays.size();
  }
}

// The planted faults: a step or a number of synapses that a byte cuts off, without further runs.
TEST(DelayRuns, NeedFurtherRunsBeyondAByte) {
  for (const auto& [right, cut] : {std::pair{DelayRun{255, 0}, DelayRun{256 % 256, 0}}, {{0, 255}, {0, 256 % 256}}}) {
    DelayRuns runs;
    for (const Delays& row : rows()) runs.append(row);
    const auto full = std::find_if(runs.run.begin(), runs.run.end(), [right = right](const DelayRun& r) {
      return right.after == 255 ? r.after == 255 && r.count == 0 : r.count == 255;
    });
    ASSERT_NE(full, runs.run.end());
    *full = cut;
    EXPECT_NE(out_of(runs), rows());
  }
}

const std::string model = R"(
title = "runs"
[simulation]
duration = "100 ms"
[populations.a]
model = "lif_cond"
n = 30
[populations.b]
model = "lif_cond"
n = 24
receptors.ampa = { model = "exp_conductance", tau = "5 ms", E_rev = "0 mV" }
[projections.drawn]
source = "a"
target = "b"
receptor = "ampa"
wiring = { rule = "fixed_total", number = 12000, multapses = true }
weight = { lognormal = ["1 nS", "0.5 nS"] }
delay = { uniform = ["0.5 ms", "4 ms"] }
)";

// Rows of about 400 synapses, up to 400 of one delay, and steps beyond 255 between delays; short delays and 16-bit weights.
const std::vector<std::vector<std::pair<std::string, std::string>>> variants{
    {},
    {{"projections.drawn.delay", "{ normal = [\"1 ms\", \"0.03 ms\"], min = \"0.1 ms\" }"}},
    {{"projections.drawn.delay", "{ uniform = [\"1 ms\", \"700 ms\"] }"}},
    {{"projections.drawn.delay", "{ exponential = \"60 ms\", max = \"5 s\" }"},
     {"projections.drawn.wiring.number", "200"}},
    {{"projections.drawn.weight", "\"1 nS\""}},
};

TEST(DelayRuns, ArriveWhenTheyAreDue) {
  for (const auto& changes : variants) {
    const ModelSpec spec = parse(model, changes);
    const Network network = build_network(spec, 1, [](const std::function<void(unsigned)>& f) { f(0); });
    const Projection& p = network.projections[0];
    const Rows& rows = p.slice[0];
    ASSERT_FALSE(rows.delays.empty());

    // Some neurons fire in three steps, late enough for rings to wrap.
    const Step first = network.max_delay - 5;
    Emissions spikes;
    for (std::uint32_t k = 0; k < 3; ++k)
      for (LocalIndex i = 0; i < 30; ++i)
        if (random_words(5, i, k, 0)[0] % 3 == 0) spikes.push_back({k, 0, i, 0.1F});

    std::vector<PopulationSlice> populations;
    for (std::uint32_t i = 0; i < 2; ++i) populations.push_back(make_population_slice(spec, network, i, 0));
    const Ring& ring = populations[1].receptors[0].ring;
    const auto added = [&](Step later) {
      std::vector<float> sums(ring.data.size(), 0.0F);
      Delays delays;
      for (const Emission& e : spikes) {
        p.read_delays(rows, e.neuron, delays);
        for (std::uint64_t k = rows.row_begin(e.neuron); k < rows.row_end(e.neuron); ++k) {
          const Step due = first + e.offset + delays[k - rows.row_begin(e.neuron)] + later;
          sums[ring.place(due) * ring.stride + rows.target(k)] += p.weight_at(rows, k);
        }
      }
      return sums;
    };
    const std::vector<float> expected = added(0), planted = added(1);
    std::vector<PlasticSlice> plastic;
    Delivery(network, 0, 0.1F).deliver(spikes, first, 3, populations, plastic, {}, 0);
    const std::vector<float> found(ring.data.begin(), ring.data.end());
    EXPECT_EQ(found, expected);
    EXPECT_NE(found, planted);
  }
}

// Of 12,000 synapses 30 % go; the others keep target, weight and delay on any number of slices.
TEST(DelayRuns, SynapsesThatAreLeftKeepTheirDelays) {
  const std::string deletion = R"(
[[interventions]]
kind = "delete_synapses"
projection = "drawn"
fraction = 0.3
start = "0 ms"
)";
  for (const auto& changes : variants) {
    const ModelSpec spec = parse(model + deletion, changes);
    std::vector<Edge> left;
    for (const unsigned threads : {1U, 3U}) {
      MemorySink sink;
      SimulationOptions options;
      options.threads = threads;
      Simulation simulation(spec, real_catalogue(), sink, options);
      const std::vector<Edge> before = edges(simulation.network());
      simulation.run();
      const std::vector<Edge> after = edges(simulation.network());
      EXPECT_TRUE(std::includes(before.begin(), before.end(), after.begin(), after.end()));
      const auto n = static_cast<double>(before.size());
      EXPECT_NEAR(static_cast<double>(after.size()), 0.7 * n, 5 * std::sqrt(0.21 * n));
      if (threads == 1) left = after;
      EXPECT_EQ(after, left) << threads;
    }
  }
}

}  // namespace
}  // namespace burgeon::test
