#pragma once
// The run: for each minimum-delay interval
//   slow tick if due -> update neurons -> exchange spikes -> deliver -> record.
// Intervals end at slow ticks; simulation.cpp says what must precede what.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/types.h"
#include "catalogue/catalogue.h"
#include "network/network.h"
#include "parallel/ranks.h"
#include "record/sink.h"
#include "sim/checkpoint.h"
#include "sim/slow.h"
#include "sim/turnover.h"
#include "spec/model_spec.h"

namespace burgeon {

/// Wall time per phase, summed over the run [s], and counters.
struct RunStatistics {
  double build_s = 0, loop_s = 0;
  double update_s = 0, exchange_s = 0, deliver_s = 0, slow_s = 0, record_s = 0;  ///< of thread 0
  double noise_s = 0, plasticity_s = 0;                                          ///< parts of update_s, from samples
  std::uint64_t spikes = 0;                                                      ///< emitted
  std::uint64_t events = 0;  ///< synaptic events caused by them, dense projections included
  Step steps = 0;            ///< simulated in this process
};

/// What a progress display needs; called by the leader at slow ticks, at most ten times a second, and at the end.
struct Progress {
  double biological_ms = 0, total_ms = 0;
  double wall_s = 0, remaining_s = 0, real_time_factor = 0;
  std::vector<std::pair<std::string, double>> rates_hz;  ///< population, mean over the last report
  std::uint64_t synapses = 0;
  std::vector<std::pair<std::string, double>> drug_levels;  ///< signal, uM
};

struct SimulationOptions {
  unsigned threads = 1;
  std::string simd;        ///< "" = best; "v2" "v3" "v4"
  Step chunk = 0;          ///< at most this many steps per interval (tests); 0 = minimum delay
  Step start = 0;          ///< the clock begins here (tests); a multiple of slow_tick
  bool alternate = false;  ///< one thread and the whole team work in turn, tick by tick (tests)
  std::function<void(const Progress&)> progress;
  std::function<void()> segment;  ///< called at every slow tick, when all is recorded: a checkpoint may be taken
  const std::atomic<bool>* stop = nullptr;  ///< set by a signal handler: return at the next slow tick
  /// Simulate one network together with other processes, all with the same number of threads. Then everything that is marked
  /// collective is called by all of them, and rank 0 alone writes to its sink and knows results.
  Ranks* ranks = nullptr;
  SharedRows* shared_rows = nullptr;  ///< synapses in common with other simulations of this process; outlives them
  /// Above 0, inputs draw noise of their own, independent of any other replica's; all else is that of the seed.
  std::uint64_t replica = 0;
};

class Simulation {
 public:
  /// Builds the network and declares the tables. Spec and sink outlive the simulation; the catalogue's rows are in the spec.
  /// Collective.
  Simulation(const ModelSpec& spec, const Catalogue& catalogue, Sink& sink, SimulationOptions options);
  ~Simulation();
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  /// Runs until the end or until stopped; true when the end was reached. Closing the sink is left to the caller.
  /// Throws NumericalError (NaN, unbalanced spike ledger) or what the sink throws; the simulation is of no use then. Collective:
  /// what happens on one rank is thrown on rank 0, and PeerFailed on the others.
  bool run();
  /// Runs on to step `until` only (tests, bursts); may be called repeatedly. Returns false when stopped.
  bool run_until(Step until);

  [[nodiscard]] Step step() const;  ///< current step
  [[nodiscard]] const Network& network() const;
  [[nodiscard]] const RunStatistics& statistics() const;
  /// xxHash64 of every spike, added up, then chained over plastic weights, then over signals that are not 0.
  /// Collective.
  [[nodiscard]] std::uint64_t result_hash() const;
  /// Measures for /run/summary of what was simulated so far after `discard`; weights and signals as they are now.
  /// Collective.
  [[nodiscard]] std::vector<Measure> summary() const;

  /// State between two intervals, the same bytes for any number of threads and ranks. Collective; complete on rank 0.
  [[nodiscard]] Checkpoint checkpoint() const;
  /// Continues from a checkpoint of the same spec, the same on all ranks. Throws EnvironmentError when it does not fit. Collective.
  void restore(const Checkpoint& checkpoint);

  // What bursts and leaps are made of (src/multiscale). Over several ranks all of them do the same with the same values.

  /// While held, slow processes and synapses stand still; drugs and courses go on.
  void hold_slow(bool held);
  /// Averages what is measured from the next slow tick on, until the next call; growth of synaptic elements likewise.
  void open_window();
  [[nodiscard]] const Window& window() const;
  /// True once the baseline is over and something has been measured.
  [[nodiscard]] bool measured() const;
  [[nodiscard]] SlowSystem& slow();
  [[nodiscard]] const SlowState& slow_state() const;
  /// Replaces the slow state, and the signals with it.
  void set_slow_state(const SlowState& state);
  /// Moves the clock on to step `to` without spiking: channel block follows its averaged equation, with the exposure of the
  /// last window; synapses turn over, and elements grow as they did in the last window; spikes in flight, traces and membranes
  /// stay as they are. When `to` is now, the network only meets the slow state as it was last set. Precondition: `to` is a slow
  /// tick, at or after now.
  void leap_to(Step to);
  /// Longest leap, ms, in which the number of synapses changes by 2 % at most; at most a day. Structural rules cut it into
  /// shorter spans for themselves, but the network does not see what changes meanwhile.
  [[nodiscard]] double largest_structure_span() const;

  // What might have been: slow states and pools of synapses that are not those of the run. The signals follow them until the
  // next `set_slow_state`.

  /// Synapses by stage, [turnover rule].
  [[nodiscard]] std::vector<TurnoverPools> pools() const;
  /// What pools are expected to be at t1 [ms], when slow processes go from one state to another.
  [[nodiscard]] std::vector<TurnoverPools> expected_pools(std::vector<TurnoverPools> pools, const SlowState& from,
                                                          double t0, const SlowState& to, double t1);
  /// Values of all signals of structural rules, in their order, when pools are these.
  [[nodiscard]] std::vector<double> structure_signals(const std::vector<TurnoverPools>& pools);
  /// What acts on the network besides what is the same at all times: coupled signals as they are, and, for every set of
  /// synapses that are made and removed, all and new ones as a part of those at the start. At t [ms].
  [[nodiscard]] std::vector<double> drivers(const SlowState& state, double t, const std::vector<TurnoverPools>& pools,
                                            const Measured& measured);
  /// Blocked fraction, mean over the neurons, of every receptor with blockers. Collective; the same on all ranks.
  [[nodiscard]] std::vector<double> blocked() const;
  /// The same at moments [ms] of a leap from now on; now for those before. Collective.
  [[nodiscard]] std::vector<std::vector<double>> blocked_ahead(const std::vector<double>& times);

  /// A second simulation of the same spec, for a look at what might have been: no progress, no segments, no stop; with the
  /// noise of `replica`. Null over several ranks.
  [[nodiscard]] std::unique_ptr<Simulation> twin(Sink& sink, std::uint64_t replica = 0) const;
  /// Keeps every neuron silent for `ms`.
  void silence(double ms);
  /// Makes every neuron that is not refractory fire at the next step.
  void excite();

  /// State column of a neuron variable or receptor state ("V_m", "ampa.g"), in neuron order (of this process's neurons).
  /// For tests.
  [[nodiscard]] std::vector<double> values(const std::string& population, const std::string& variable) const;
  /// Weights of a projection with one delay, in (source, target, order of creation) order, as of now. Not over
  /// several ranks.
  [[nodiscard]] std::vector<float> projection_weights(const std::string& name) const;
  /// Current value of a signal.
  [[nodiscard]] double signal(const std::string& name) const;

  struct Impl;  ///< private to sim/

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace burgeon
