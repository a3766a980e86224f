// Time is counted in whole steps: a clock that begins far beyond 2^31, 2^32 or 2^53 steps gives the same state, and every delay
// takes exactly its number of steps, whatever the threads and the intervals between exchanges.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "support/run.h"

namespace burgeon::test {
namespace {

// Everything that keeps time, without noise (whose numbers belong to steps): rings with many delays, traces, refractoriness, gates.
constexpr const char* keeps_time = R"(
title = "network without noise"
[simulation]
duration = "400 ms"
slow_tick = "50 ms"

[populations.exc]
model = "lif_cond"
n = 61
I_e = { uniform = ["120 pA", "260 pA"] }
initial.V_m = { uniform = ["-60 mV", "-50 mV"] }
receptors.ampa = { model = "exp_conductance" }
receptors.nmda = { model = "nmda_gated" }

[populations.inh]
model = "lif_psc_exp"
n = 30
I_e = { uniform = ["400 pA", "600 pA"] }
initial.V_m = { uniform = ["-65 mV", "-50 mV"] }
receptors.syn = { model = "exp_current" }

[projections.delayed]
source = "exc"
target = "exc"
receptor = "ampa"
wiring = { rule = "fixed_in_degree", number = 10 }
weight = "1 nS"
delay = { uniform = ["0.3 ms", "60 ms"] }

[projections.gated]
source = "exc"
target = "exc"
receptor = "nmda"
wiring = { rule = "all_to_all" }
weight = "0.02 nS"
delay = "0.5 ms"
gate = { model = "wang_gate" }

[projections.plastic]
source = "exc"
target = "inh"
receptor = "syn"
wiring = { rule = "fixed_in_degree", number = 20 }
weight = "30 pA"
delay = "1.5 ms"
plasticity = { model = "stdp_pair", lambda = 0.05, w_max = "60 pA", tau_plus = "20 ms" }
)";

struct State {
  std::vector<double> values;
  std::vector<float> weights;
  std::uint64_t spikes = 0, events = 0;
  friend bool operator==(const State&, const State&) = default;
};

State after(const ModelSpec& spec, Step start, Step steps, unsigned threads) {
  // Measures of the summary count bins of time from 0 on; here there are none.
  ModelSpec measureless = spec;
  measureless.run.discard = 1e17;
  MemorySink sink;
  Simulation simulation(measureless, real_catalogue(), sink, {.threads = threads, .start = start});
  EXPECT_TRUE(simulation.run_until(start + steps));
  State state;
  for (const auto& [population, variable] :
       {std::pair{"exc", "V_m"}, {"exc", "refractory"}, {"exc", "ampa.g"}, {"inh", "V_m"}, {"inh", "syn.I"}})
    for (const double v : simulation.values(population, variable)) state.values.push_back(v);
  state.weights = simulation.projection_weights("plastic");
  state.spikes = simulation.statistics().spikes;
  state.events = simulation.statistics().events;
  return state;
}

TEST(Clock, WhereItBeginsDoesNotMatter) {
  const ModelSpec spec = parse(keeps_time);
  const State usual = after(spec, 0, spec.run.steps, 1);
  EXPECT_GT(usual.spikes, 500U);
  EXPECT_NE(usual.weights, std::vector<float>(usual.weights.size(), 30.0F));
  // Traces are renewed every 40 time constants, 8,000 steps: the beginning is a multiple of that and of the slow tick.
  constexpr Step period = 8000;
  for (const int power : {31, 32, 53}) {
    const Step before = (Step{1} << power) / period * period;
    for (const Step start : {before, before + period}) {
      SCOPED_TRACE(fmt::format("2^{}, begins at {}", power, start));
      EXPECT_EQ(usual, after(spec, start, spec.run.steps, 2));
    }
  }
  // The planted fault: a clock that loses a step on the way.
  EXPECT_NE(usual, after(spec, 0, spec.run.steps - 1, 2));
}

// One spike per source neuron, at steps around the edges of intervals, through one delay onto every target of three slices.
ModelSpec one_delay(Step delay, const std::vector<Step>& spikes) {
  std::string events;
  for (std::size_t k = 0; k < spikes.size(); ++k)
    events += fmt::format("[\"{:.1f} ms\", {}], ", 0.1 * static_cast<double>(spikes[k]), k);
  return parse(fmt::format(R"(
title = "one delay"
[simulation]
duration = "1 s"
[populations.source]
model = "lif_psc_exp"
n = {0}
receptors.syn = {{ model = "delta" }}
[populations.target]
model = "lif_psc_exp"
n = {0}
t_ref = "0 ms"
receptors.syn = {{ model = "delta" }}
[inputs.spikes]
type = "spikes"
target = "source"
receptor = "syn"
weight = "100 mV"
events = [{1}]
[projections.line]
source = "source"
target = "target"
receptor = "syn"
wiring = {{ rule = "one_to_one" }}
weight = "1 mV"
delay = "{2:.1f} ms"
)",
                           spikes.size(), events, 0.1 * static_cast<double>(delay)));
}

TEST(Clock, DelaysAreExact) {
  for (const Step delay : {1, 2, 3, 15, 16, 17, 127, 128, 255, 256, 257, 511, 512, 513, 1000, 1999, 2000}) {
    // Three times over, so that every slice has targets of all of them.
    std::vector<Step> spikes;
    for (int repeat = 0; repeat < 3; ++repeat)
      for (const Step at : {Step{1}, Step{2}, std::max<Step>(1, delay - 1), delay, delay + 1, 2 * delay - 1, 2 * delay})
        spikes.push_back(at);
    const ModelSpec spec = one_delay(delay, spikes);
    for (const unsigned threads : {1U, 3U}) {
      MemorySink sink;
      Simulation simulation(spec, real_catalogue(), sink, {.threads = threads});
      // Stops right before and right after every arrival, which cuts intervals there too.
      std::vector<Step> stops;
      for (const Step spike : spikes)
        for (const Step stop : {spike + delay, spike + delay + 1}) stops.push_back(stop);
      std::sort(stops.begin(), stops.end());
      for (const Step stop : stops) {
        simulation.run_until(stop);
        const std::vector<double> V = simulation.values("target", "V_m");
        for (std::size_t k = 0; k < spikes.size(); ++k)
          EXPECT_EQ(V[k] > -65.0, stop > spikes[k] + delay) << "delay " << delay << ", spike at " << spikes[k]
                                                            << ", looked at " << stop << ", " << threads << " threads";
      }
    }
  }
}

}  // namespace
}  // namespace burgeon::test
