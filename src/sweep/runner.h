#pragma once
// Carries out the runs of a plan: side by side on threads of one process, and together with any other process that works
// on the same folder.

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "catalogue/catalogue.h"
#include "sweep/design.h"
#include "sweep/run_record.h"

namespace burgeon {

class SharedRows;

enum class RunState : std::uint8_t {
  pending,  ///< no verified record yet
  done,
  failed,      ///< a verified record of a failure
  unrecorded,  ///< the folder could not be used; see the message of the event
};

struct SweepProgress {
  std::size_t planned = 0, done = 0, failed = 0, executed = 0;
  double wall_s = 0.0;
  double remaining_s = 0.0;  ///< NaN while unknown
};

/// What happened to a run, for the log.
struct RunEvent {
  std::size_t run = 0;
  RunState state = RunState::pending;
  bool executed = false;   ///< here and now; false: was there already
  bool duplicate = false;  ///< executed, but another process published it
  double wall_s = 0.0;
  std::string id, problem, message;
};

struct SweepRunOptions {
  std::filesystem::path folder;
  unsigned workers = 1;
  double lease_s = 30.0;                ///< silence after which a process loses its runs
  std::uint64_t shard = 0, shards = 1;  ///< this call answers for runs with run % shards == shard
  bool retry = false;                   ///< run again what failed
  std::string engine;                   ///< version up to which results are comparable
  const std::atomic<bool>* stop = nullptr;
  std::function<void(const SweepProgress&)> progress;  ///< one call at a time, a few times a second
  std::function<void(const RunEvent&)> event;          ///< one call at a time
};

struct SweepOutcome {
  std::size_t planned = 0, done = 0, failed = 0, pending = 0;  ///< of this shard
  std::size_t executed = 0;                                    ///< simulated in this process
  std::size_t duplicates = 0;                                  ///< of these, published by another process
  double wall_s = 0.0;
  double simulation_s = 0.0;  ///< building and simulating, summed over workers
  bool stopped = false;
};

/// Returns when every run of the shard has a verified record, or can't get one. Runs that other processes hold are waited
/// for. Throws EnvironmentError when the folder can't be used at all.
[[nodiscard]] SweepOutcome run_sweep(const SweepPlan& plan, const Catalogue& catalogue, const SweepRunOptions& options);

/// Name of a run, or what is wrong with its model (then the name is made of its overrides).
struct RunIdentity {
  std::string id;
  std::string error;  ///< empty when the model is valid
};
/// The names of all runs, on so many threads.
[[nodiscard]] std::vector<RunIdentity> identify_all(const SweepPlan& plan, const Catalogue& catalogue,
                                                    const std::string& engine, unsigned threads);

/// Runs the model of one point here, without a folder. Failures are in the record, never thrown. `series` gets what the run
/// records as series, when it is not null; synapses that runs have in common are in `shared`.
[[nodiscard]] RunRecord execute(const SweepPlan& plan, const ModelSpec& model, const Catalogue& catalogue,
                                const std::atomic<bool>* stop, bool& stopped, MemorySink* series = nullptr,
                                SharedRows* shared = nullptr);

}  // namespace burgeon
