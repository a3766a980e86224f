// Synapses that the runs of a sweep have in common: built once, the same results, never those of another wiring.

#include "network/shared_rows.h"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/run.h"
#include "support/small_models.h"

namespace burgeon {
namespace {

const std::string model = R"(
title = "shared"
[simulation]
duration = "100 ms"
[populations.exc]
model = "lif_cond"
n = 60
initial.V_m = { uniform = ["-65 mV", "-50 mV"] }
receptors.ampa = { model = "exp_conductance", tau = "5 ms", E_rev = "0 mV" }
I_e = "250 pA"
[populations.inh]
model = "lif_cond"
n = 20
I_e = "250 pA"
receptors.ampa = { model = "exp_conductance", tau = "5 ms", E_rev = "0 mV" }
[projections.constant]
source = "exc"
target = "inh"
receptor = "ampa"
wiring = { rule = "bernoulli", p = 0.3 }
weight = "1 nS"
delay = "1 ms"
[projections.drawn]
source = "exc"
target = "exc"
receptor = "ampa"
wiring = { rule = "fixed_in_degree", number = 12 }
weight = { lognormal = ["1 nS", "0.5 nS"] }
delay = { uniform = ["0.5 ms", "4 ms"] }
)";

using Changes = std::vector<std::pair<std::string, std::string>>;

// Rows built for a second run after the first.
std::uint64_t built_by_second(const Changes& first, const Changes& second) {
  SharedRows shared;
  SimulationOptions options;
  options.shared_rows = &shared;
  (void)test::run(test::parse(model, first), options);
  const std::uint64_t before = shared.built();
  const auto alone = test::run(test::parse(model, second)), common = test::run(test::parse(model, second), options);
  EXPECT_EQ(alone.hash, common.hash);
  EXPECT_GT(common.statistics.spikes, 0U);
  return shared.built() - before;
}

TEST(SharedRows, AreBuiltAgainWhenTheSynapsesDependOnWhatChanged) {
  EXPECT_EQ(built_by_second({}, {}), 0U);
  EXPECT_EQ(built_by_second({}, {{"populations.exc.I_e", "\"280 pA\""}}), 0U);
  EXPECT_EQ(built_by_second({}, {{"projections.constant.weight", "\"2 nS\""}}), 0U);
  EXPECT_EQ(built_by_second({}, {{"populations.exc.receptors.ampa.tau", "\"3 ms\""}}), 0U);
  EXPECT_EQ(built_by_second({}, {{"projections.drawn.weight.lognormal", "[\"1 nS\", \"0.6 nS\"]"}}), 1U);
  EXPECT_EQ(built_by_second({}, {{"projections.constant.wiring.p", "0.31"}}), 1U);
  EXPECT_EQ(built_by_second({}, {{"projections.constant.delay", "\"2 ms\""}}), 1U);
  EXPECT_EQ(built_by_second({}, {{"populations.inh.n", "24"}}), 1U);
  EXPECT_EQ(built_by_second({}, {{"populations.exc.n", "64"}}), 2U);
  EXPECT_EQ(built_by_second({}, {{"simulation.seed", "2"}}), 2U);
  EXPECT_EQ(built_by_second({}, {{"simulation.dt", "\"0.05 ms\""}}), 2U);
}

// The planted fault is in the key: were plastic synapses common, the second run would begin with the weights the first one ended with.
TEST(SharedRows, WhatARunEditsIsItsOwn) {
  SharedRows shared;
  SimulationOptions options;
  options.shared_rows = &shared;
  for (const std::string& text : {test::small_circuit(), test::small_plastic(), test::small_structure()}) {
    SCOPED_TRACE(text.substr(0, 60));
    const ModelSpec spec = test::parse(text);
    const auto alone = test::run(spec);
    EXPECT_EQ(test::run(spec, options).hash, alone.hash);
    EXPECT_EQ(test::run(spec, options).hash, alone.hash);
  }
  const ModelSpec spec = test::parse(model + "plasticity = { model = \"stdp_pair\", w_max = \"2 nS\" }\n",
                                     {{"projections.drawn.delay", "\"1 ms\""}});
  EXPECT_EQ(connectivity_key(spec, 1), "");
  EXPECT_NE(connectivity_key(spec, 0), "");
}

TEST(SharedRows, ManyThreadsBuildOnceAndErrorsReachAllWhoWait) {
  SharedRows shared;
  std::vector<std::thread> threads;
  std::vector<SharedRows::Rows> rows(8);
  for (auto& mine : rows)
    threads.emplace_back([&] {
      mine = shared.get("a", [] {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        return CommonRows{};
      });
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(shared.built(), 1U);
  for (const auto& mine : rows) EXPECT_EQ(mine, rows[0]);

  EXPECT_THROW((void)shared.get("b", []() -> CommonRows { throw std::runtime_error("no"); }), std::runtime_error);
  EXPECT_NE(shared.get("b", [] { return CommonRows{}; }), nullptr);
}

TEST(SharedRows, WhatNobodyUsesIsKeptUpToALimit) {
  SharedRows shared(1000);
  const auto hundred_bytes = [] {
    CommonRows rows;
    rows.slice.emplace_back();
    rows.slice[0].delay16.resize(50);
    return rows;
  };
  const auto first = shared.get("0", hundred_bytes);
  for (int i = 1; i < 40; ++i) (void)shared.get(std::to_string(i), hundred_bytes);
  EXPECT_LE(shared.bytes(), 1000U);
  EXPECT_EQ(first->slice[0].delay16.size(), 50U) << "who uses rows keeps them";
  (void)shared.get("39", hundred_bytes);
  EXPECT_EQ(shared.built(), 40U);
  (void)shared.get("0", hundred_bytes);
  EXPECT_EQ(shared.built(), 41U);
}

}  // namespace
}  // namespace burgeon
