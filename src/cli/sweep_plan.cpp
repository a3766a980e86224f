// burgeon sweep plan: how many runs, what they need, and scripts for clusters.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/machine.h"
#include "cli/sweep.h"
#include "io/posix.h"
#include "sweep/estimate.h"
#include "sweep/fit.h"
#include "sweep/job_scripts.h"

namespace burgeon::cli {
namespace {

void print_points(const Context& context, const SweepPlan& plan) {
  std::vector<std::string> heading = {"run"};
  for (const Axis& axis : plan.spec.axes)
    heading.push_back(axis.name + (axis.unit.empty() ? "" : " (" + axis.unit + ")"));
  heading.insert(heading.end(), {"replicate", "seed"});
  TextTable table(heading);
  for (std::size_t run = 0; run < plan.runs(); ++run) {
    std::vector<std::string> row = {std::to_string(run)};
    const auto values = plan.values(run);
    for (std::size_t a = 0; a < plan.axes(); ++a) row.push_back(plan.spec.axes[a].text(values[a]));
    row.push_back(std::to_string(plan.replicate_of(run)));
    row.push_back(plan.spec.reseed ? std::to_string(plan.seed(run)) : "-");
    table.add(std::move(row));
  }
  table.print(context.console);
}

void print_estimate(const Context& context, const SweepPlan& plan, const SweepEstimate& e, unsigned workers) {
  if (context.console.json()) {
    nlohmann::ordered_json object = {{"points", e.points},
                                     {"runs", e.runs},
                                     {"run_s", e.run_s},
                                     {"timed_s", e.timed_s},
                                     {"total_s", e.total_s},
                                     {"wall_s", e.total_s / workers},
                                     {"workers", workers},
                                     {"memory_bytes", e.run_memory_bytes * workers},
                                     {"disk_bytes", e.disk_bytes},
                                     {"looked_at", e.looked_at},
                                     {"invalid", nlohmann::json::array()}};
    for (const auto& invalid : e.invalid)
      object["invalid"].push_back({{"run", invalid.run}, {"message", invalid.message}});
    context.console.out(object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    return;
  }
  context.console.heading(plan.spec.title);
  TextTable table({"needs", "about"});
  table.add({"points", human_count(static_cast<double>(e.points))});
  table.add({"runs", human_count(static_cast<double>(e.runs))});
  table.add({"time of a run",
             human_wall(e.run_s) + (e.timed_s > 0.0 ? " (one was timed for " + human_wall(e.timed_s) + ")" : "")});
  table.add({fmt::format("time, {} at a time", workers), human_wall(e.total_s / workers)});
  table.add({"memory", human_bytes(e.run_memory_bytes * workers)});
  table.add({"disk", human_bytes(e.disk_bytes)});
  table.print(context.console);
  constexpr std::size_t shown = 5;
  for (std::size_t i = 0; i < std::min(shown, e.invalid.size()); ++i)
    context.console.error(fmt::format("run {}: {}", e.invalid[i].run, e.invalid[i].message));
  if (!e.invalid.empty())
    context.console.note(
        fmt::format("{} of the {} points looked at are not valid and would fail.", e.invalid.size(), e.looked_at));
}

/// The needs of a fit: its budget, at the point where it starts. The points themselves come from the results.
int plan_fit(const Context& context, const SweepSpec& spec, const SweepPlanArguments& arguments, unsigned workers) {
  if (!arguments.slurm.empty() || !arguments.snakemake.empty() || arguments.points) {
    context.console.error("a fit has no list of points that jobs could share",
                          "Start 'burgeon sweep fit' as one job, or the same command several times on one folder.");
    return exit_usage;
  }
  const SweepPlan start{spec, fit_start(spec), {}};
  if (!outputs_known(context, start)) return exit_config;
  SweepEstimate need = estimate_sweep(start, context.catalogue);
  const double share = static_cast<double>(spec.fit->budget) / static_cast<double>(need.runs);
  need.runs = spec.fit->budget;
  need.points = spec.fit->budget / spec.replicates;
  need.total_s *= share;
  need.disk_bytes *= share;
  print_estimate(context, start, need, workers);
  return need.invalid.empty() ? exit_ok : exit_config;
}

}  // namespace

bool outputs_known(const Context& context, const SweepPlan& plan) {
  const auto unknown = unknown_outputs(plan, context.catalogue);
  for (const std::string& complaint : unknown) context.console.error(complaint);
  return unknown.empty();
}

int sweep_plan(const Context& context, const SweepPlanArguments& arguments) {
  const unsigned workers = arguments.sweep.workers > 0 ? arguments.sweep.workers : processors().usable();
  const SweepReadResult read = read_sweep(arguments.sweep.file);
  if (read.spec && read.spec->fit) return plan_fit(context, *read.spec, arguments, workers);
  const auto plan = load_sweep(context, arguments.sweep);
  if (!plan || !outputs_known(context, *plan)) return exit_config;
  const SweepEstimate need = estimate_sweep(*plan, context.catalogue);
  if (arguments.points && !context.console.json()) print_points(context, *plan);
  print_estimate(context, *plan, need, workers);

  JobScript job{.title = plan->spec.title,
                .program = "burgeon",
                .sweep_file = arguments.sweep.file.string(),
                .folder = sweep_folder(arguments.sweep).string(),
                .runs = need.runs,
                .shards = arguments.shards,
                .max_array = arguments.max_array,
                .workers = arguments.sweep.workers > 0 ? arguments.sweep.workers : 1,
                .run_s = need.run_s,
                .run_memory_bytes = need.run_memory_bytes};
  if (!arguments.slurm.empty()) posix::write_file(std::filesystem::absolute(arguments.slurm), slurm_script(job));
  if (!arguments.snakemake.empty()) posix::write_file(std::filesystem::absolute(arguments.snakemake), snakefile(job));
  return need.invalid.empty() ? exit_ok : exit_config;
}

}  // namespace burgeon::cli
