#pragma once
// One run with everything around it: result folder, segments and checkpoints, signals of the system, progress display.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "cli/commands.h"
#include "multiscale/multiscale.h"
#include "record/sink.h"
#include "sim/simulation.h"
#include "spec/model_spec.h"

namespace burgeon::cli {

/// How a run is started: afresh, or from the newest checkpoint of its folder.
struct Session {
  std::filesystem::path folder;
  unsigned threads = 0;
  ProgressStyle progress = ProgressStyle::automatic;
  bool overwrite = false;
  double checkpoint_s = 30.0;            ///< wall time between checkpoints
  std::optional<Checkpoint> checkpoint;  ///< resume here
  bool direct = false;                   ///< without leaps, whatever the model says
};

struct SessionResult {
  bool complete = false;  ///< false: interrupted; a checkpoint was written
  std::uint64_t hash = 0;
  double biological_ms = 0.0;  ///< reached
  double simulated_ms = 0.0;   ///< since this start; less than reached after a resume
  RunStatistics statistics;
  std::vector<Measure> summary;
  std::optional<MultiscaleReport> multiscale;  ///< of complete runs with leaps
};

/// Runs the model into the folder. SIGINT and SIGTERM end it after a checkpoint. Throws what the simulation and io throw; what
/// was written before stays readable.
[[nodiscard]] SessionResult run_session(const Context& context, const ModelSpec& spec, const Session& session);

/// What a user wants to know at the end of a complete run; with --json of an interrupted one too.
void print_result(const Context& context, const std::filesystem::path& folder, const SessionResult& result);

/// Exit code of a result; says how to go on when it was interrupted.
[[nodiscard]] int finish(const Context& context, const std::filesystem::path& folder, const SessionResult& result);

/// "0123456789abcdef".
[[nodiscard]] std::string hash_text(std::uint64_t hash);

}  // namespace burgeon::cli
