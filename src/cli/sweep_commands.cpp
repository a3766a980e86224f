// The options of `burgeon sweep`, and what its commands share.

#include <CLI/CLI.hpp>
#include <map>
#include <memory>

#include "build_info.h"
#include "cli/model_arguments.h"
#include "cli/sweep.h"

namespace burgeon::cli {
namespace {

/// Adds one command below `sweep` whose arguments live as long as its callback.
template <class Arguments>
std::pair<CLI::App*, Arguments&> add_below(CLI::App& sweep, Request& request, const char* name, const char* what,
                                           int (*action)(const Context&, const Arguments&)) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command = sweep.add_subcommand(name, what);
  command->callback([&request, arguments, action] {
    request.action = [arguments, action](const Context& context) { return action(context, *arguments); };
  });
  SweepArguments& common = arguments->sweep;
  command->add_option("SWEEP", common.file, "Sweep file (TOML)")->required();
  command->add_option("--out", common.out, "Folder of the runs (default: results/<sweep>)");
  command->add_option("-j,--workers", common.workers, "Runs side by side, a thread each (default: all processors)")
      ->check(CLI::Range(1U, 1024U));
  return {command, *arguments};
}

}  // namespace

void add_sweep_commands(CLI::App& app, Request& request) {
  CLI::App* sweep = app.add_subcommand(
      "sweep", "Run a model at many points: plan, run, fit, status, verify, collate, analyse, cohort");
  sweep->require_subcommand(1);
  {
    auto [command, to] = add_below(*sweep, request, "plan", "Count the runs and estimate what they need", sweep_plan);
    command->add_flag("--points", to.points, "Print every run with its values");
    command->add_option("--slurm", to.slurm, "Write a Slurm job script to this file");
    command->add_option("--snakemake", to.snakemake, "Write a Snakefile to this file");
    command->add_option("--shards", to.shards, "Jobs of the script (default: one per 16 runs, at most 256)")
        ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000}));
    command->add_option("--max-array", to.max_array, "MaxArraySize of the cluster (scontrol show config)")
        ->check(CLI::Range(std::uint64_t{2}, std::uint64_t{4'000'001}))
        ->capture_default_str();
  }
  {
    auto [command, to] = add_below(*sweep, request, "run", "Carry out the runs that have no result yet", sweep_run);
    command->add_option("--shard", to.shard, "i/n: only runs whose number leaves the remainder i when divided by n");
    command->add_flag("--retry", to.retry, "Run again what failed");
    command->add_option("--lease", to.lease_s, "Seconds of silence after which a process loses its runs to others")
        ->check(CLI::Range(0.1, 86400.0))
        ->capture_default_str();
    const std::map<std::string, ProgressStyle> styles = {{"auto", ProgressStyle::automatic},
                                                         {"plain", ProgressStyle::plain},
                                                         {"jsonl", ProgressStyle::jsonl},
                                                         {"none", ProgressStyle::none}};
    command->add_option("--progress", to.progress, "auto, plain, jsonl or none")
        ->transform(CLI::CheckedTransformer(styles).description(""))
        ->default_str("auto");
  }
  {
    auto [command, to] = add_below(*sweep, request, "fit", "Fit the axes to the targets of the outputs", sweep_fit);
    command->add_flag("--retry", to.retry, "Run again what failed");
    command->add_option("--lease", to.lease_s, "Seconds of silence after which a process loses its runs to others")
        ->check(CLI::Range(0.1, 86400.0))
        ->capture_default_str();
    command->add_flag("--figures", to.figures, "Draw a figure beside the runs (needs matplotlib)");
  }
  add_below(*sweep, request, "status", "How many runs are done, failed, pending", sweep_status);
  add_below(*sweep, request, "verify", "Check every record, and duplicates against each other", sweep_verify);
  {
    auto [command, to] = add_below(*sweep, request, "collate", "Gather all runs in sweep.h5", sweep_collate);
    command->add_flag("--partial", to.partial, "Also when runs are missing; the file then says 'n of N'");
    command->add_flag("--csv", to.csv, "Also sweep.csv");
    command->add_flag("--arrays", to.arrays, "Also theta.npy and x.npy, for simulation-based inference");
  }
  {
    auto [command, to] = add_below(*sweep, request, "analyse", "Sensitivity, marginals and best points", sweep_analyse);
    command->add_flag("--partial", to.partial, "Also when runs are missing");
    command->add_option("--resamples", to.resamples, "Bootstrap resamples of the intervals")
        ->check(CLI::Range(std::uint64_t{10}, std::uint64_t{1'000'000}))
        ->capture_default_str();
    command->add_option("--targets", to.targets, "CSV with the heading output,target,tolerance: lists the best points");
    command->add_flag("--figures", to.figures, "Draw figures beside the runs (needs matplotlib)");
  }
  {
    auto [command, to] =
        add_below(*sweep, request, "cohort", "Response, effect size and relapse of a cohort", sweep_cohort);
    command->add_flag("--partial", to.partial, "Also when runs are missing");
    command->add_option("--resamples", to.resamples, "Bootstrap resamples of the intervals")
        ->check(CLI::Range(std::uint64_t{10}, std::uint64_t{1'000'000}))
        ->capture_default_str();
    command->add_flag("--figures", to.figures, "Draw the figure of a trial beside the runs (needs matplotlib)");
  }
}

std::optional<SweepPlan> load_sweep(const Context& context, const SweepArguments& arguments) {
  SweepReadResult result = read_sweep(arguments.file);
  print_diagnostics(context, result.diagnostics);
  if (!result.spec) return std::nullopt;
  if (result.spec->fit) {
    context.console.error(
        arguments.file.string() + " has a [fit] in place of a design",
        "Use 'burgeon sweep fit': it carries out the runs itself and writes fit.csv, fit.json and a figure. "
        "'sweep plan', 'status' and 'verify' know fits.");
    return std::nullopt;
  }
  SweepPlan plan = make_plan(std::move(*result.spec));
  if (plan.runs() == 0) {
    context.console.error("no point of the sweep fulfils its constraints");
    return std::nullopt;
  }
  return plan;
}

std::filesystem::path sweep_folder(const SweepArguments& arguments) {
  return arguments.out.empty() ? std::filesystem::path("results") / arguments.file.stem() : arguments.out;
}

std::string engine_generation() {
  // Before 1.0 the second number is the one that breaks things.
  const std::string version(build_info::version);
  const std::size_t first = version.find('.');
  return version.substr(0, version.starts_with("0.") ? version.find('.', first + 1) : first);
}

}  // namespace burgeon::cli
