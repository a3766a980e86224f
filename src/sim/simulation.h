#pragma once
// The run: for each minimum-delay interval
//   update neurons -> exchange spikes -> deliver -> slow tick if due -> record.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/types.h"
#include "catalogue/catalogue.h"
#include "network/network.h"
#include "record/sink.h"
#include "sim/checkpoint.h"
#include "spec/model_spec.h"

namespace burgeon {

/// Wall time per phase, summed over the run [s], and counters.
struct RunStatistics {
  double build_s = 0, loop_s = 0;
  double update_s = 0, exchange_s = 0, deliver_s = 0, slow_s = 0, record_s = 0;  ///< of thread 0
  std::uint64_t spikes = 0;            ///< emitted
  std::uint64_t events = 0;            ///< synaptic events delivered
  Step steps = 0;                      ///< simulated in this process
};

/// What a progress display needs; called by the leader about ten times a second.
struct Progress {
  double biological_ms = 0, total_ms = 0;
  double wall_s = 0, remaining_s = 0, real_time_factor = 0;
  std::vector<std::pair<std::string, double>> rates_hz;    ///< population, mean over the last report
  std::uint64_t synapses = 0;
  std::vector<std::pair<std::string, double>> drug_levels; ///< signal, uM
};

struct SimulationOptions {
  unsigned threads = 1;
  std::string simd;                    ///< "" = best; "v2" "v3" "v4"
  Step chunk = 0;                      ///< at most this many steps per interval (tests); 0 = minimum delay
  std::function<void(const Progress&)> progress;
  std::function<void()> segment;       ///< asked for after every record phase; lets io cut a crash-safe segment
  const std::atomic<bool>* stop = nullptr;  ///< set by a signal handler: finish the interval and return
};

class Simulation {
 public:
  /// Builds the network. The spec, catalogue and sink outlive the simulation.
  Simulation(const ModelSpec& spec, const Catalogue& catalogue, Sink& sink, SimulationOptions options);
  ~Simulation();
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  /// Declares tables, then runs until the end or until stopped. Returns true when the end was reached.
  /// Throws NumericalError (NaN, unbalanced spike ledger) or what the sink throws. Can be called once.
  bool run();
  /// Runs on to step `until` only (tests, bursts); may be called repeatedly. Returns false when stopped.
  bool run_until(Step until);

  [[nodiscard]] Step step() const;     ///< current step
  [[nodiscard]] const Network& network() const;
  [[nodiscard]] const RunStatistics& statistics() const;
  /// xxHash64 of all spikes in (step, population, index) order, then of plastic weights and the slow state.
  [[nodiscard]] std::uint64_t result_hash() const;
  /// Measures for /run/summary of what was simulated so far after `discard`.
  [[nodiscard]] std::vector<Measure> summary() const;

  /// State between two intervals, the same bytes for any number of threads.
  [[nodiscard]] Checkpoint checkpoint() const;
  /// Continues from a checkpoint of the same spec. Throws EnvironmentError when it does not fit.
  void restore(const Checkpoint& checkpoint);

  /// State column of a neuron variable or receptor state ("V_m", "ampa.g"), in neuron order. For tests.
  [[nodiscard]] std::vector<double> values(const std::string& population, const std::string& variable) const;
  /// Weights of a projection with one delay, in (source, target, order of creation) order, as of now.
  [[nodiscard]] std::vector<float> projection_weights(const std::string& name) const;
  /// Current value of a signal.
  [[nodiscard]] double signal(const std::string& name) const;

  struct Impl;  ///< private to sim/

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace burgeon
