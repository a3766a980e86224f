#pragma once
// burgeon sweep ...: the commands around sweep files.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "cli/command_line.h"
#include "cli/commands.h"
#include "sweep/design.h"

namespace CLI {
class App;
}

namespace burgeon::cli {

/// A sweep file and the folder of its runs.
struct SweepArguments {
  std::filesystem::path file;
  std::filesystem::path out;  ///< empty: results/<stem of the file>
  unsigned workers = 0;       ///< 0: as many as there are processors
};

struct SweepPlanArguments {
  SweepArguments sweep;
  std::filesystem::path slurm, snakemake;  ///< files to write; empty: none
  std::uint64_t shards = 0;                ///< 0: chosen from the number of runs
  std::uint64_t max_array = 1001;          ///< Slurm's MaxArraySize, whose default this is
  bool points = false;                     ///< print the table of runs
};
struct SweepRunArguments {
  SweepArguments sweep;
  std::string shard;  ///< "i/n", counted from 0
  bool retry = false;
  double lease_s = 30.0;
  ProgressStyle progress = ProgressStyle::automatic;
};
struct SweepFitArguments {
  SweepArguments sweep;
  bool retry = false;
  double lease_s = 30.0;
  bool figures = false;
};
struct SweepStatusArguments {
  SweepArguments sweep;
};
struct SweepCollateArguments {
  SweepArguments sweep;
  bool partial = false, csv = false, arrays = false;
};
struct SweepAnalyseArguments {
  SweepArguments sweep;
  bool partial = false;
  std::uint64_t resamples = 1000;
  std::filesystem::path targets;  ///< CSV: output,target,tolerance
  bool figures = false;
};

struct SweepCohortArguments {
  SweepArguments sweep;
  bool partial = false;
  std::uint64_t resamples = 1000;
  bool figures = false;
};

int sweep_plan(const Context& context, const SweepPlanArguments& arguments);
int sweep_run(const Context& context, const SweepRunArguments& arguments);
int sweep_fit(const Context& context, const SweepFitArguments& arguments);
int sweep_status(const Context& context, const SweepStatusArguments& arguments);
int sweep_verify(const Context& context, const SweepStatusArguments& arguments);
int sweep_collate(const Context& context, const SweepCollateArguments& arguments);
int sweep_analyse(const Context& context, const SweepAnalyseArguments& arguments);
int sweep_cohort(const Context& context, const SweepCohortArguments& arguments);

/// Adds `sweep` and its commands.
void add_sweep_commands(CLI::App& app, Request& request);

// Shared by the commands.

/// Reads the sweep file and prints its diagnostics; empty when there is an error, or a [fit] in place of a design.
[[nodiscard]] std::optional<SweepPlan> load_sweep(const Context& context, const SweepArguments& arguments);
/// False, and errors printed, when an output is misspelt: else that would be found when everything has been run.
[[nodiscard]] bool outputs_known(const Context& context, const SweepPlan& plan);
/// Runs a script that draws figures of a folder; an exit code.
[[nodiscard]] int draw_figures(const Context& context, const char* script, const std::filesystem::path& folder);
[[nodiscard]] std::filesystem::path sweep_folder(const SweepArguments& arguments);
/// Version up to which results are comparable: "0.1" of 0.1.3, "2" of 2.4.0.
[[nodiscard]] std::string engine_generation();

}  // namespace burgeon::cli
