// burgeon sweep fit: carries out a fit, and says what was found and how far to trust it.

#include <fmt/format.h>

#include <atomic>
#include <cmath>
#include <csignal>
#include <nlohmann/json.hpp>

#include "base/errors.h"
#include "cli/machine.h"
#include "cli/model_arguments.h"
#include "cli/sweep.h"
#include "io/posix.h"
#include "spec/fields.h"
#include "sweep/fit.h"
#include "sweep/runner.h"

namespace burgeon::cli {
namespace {

using Json = nlohmann::ordered_json;

std::atomic<bool> fit_stop_requested{false};

/// The second signal ends the process at once: what is published stays.
extern "C" void on_fit_signal(int number) {
  fit_stop_requested.store(true);
  std::signal(number, SIG_DFL);
}

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(); }
Json numbers(const std::vector<double>& values) {
  Json list = Json::array();
  for (const double value : values) list.push_back(number(value));
  return list;
}

/// Spec and units for whoever prints.
struct Report {
  const SweepSpec& spec;
  const FitResult& result;
  std::vector<std::size_t> targets;
  std::vector<std::string> units;  ///< of the targets, as the records have them

  [[nodiscard]] const Output& output(std::size_t t) const { return spec.outputs[targets[t]]; }
};

constexpr const char* stages[] = {"search", "confirm", "slope"};

/// Every point that was run, in order.
std::string trials_csv(const Report& r) {
  std::string text = "stage,generation";
  for (const Axis& axis : r.spec.axes) text += "," + axis.name;
  for (std::size_t t = 0; t < r.targets.size(); ++t) text += "," + r.output(t).name + "," + r.output(t).name + ".se";
  text += ",distance\n";
  const auto cell = [](double value) { return "," + (std::isfinite(value) ? number_text(value) : std::string()); };
  for (const FitTrial& trial : r.result.trials) {
    text += stages[static_cast<std::size_t>(trial.stage)];
    text += "," + (trial.stage == FitTrial::Stage::search ? std::to_string(trial.generation) : std::string());
    for (const double value : trial.values) text += cell(value);
    for (std::size_t t = 0; t < r.targets.size(); ++t) text += cell(trial.mean[t]) + cell(trial.error[t]);
    text += cell(trial.distance) + "\n";
  }
  return text;
}

Json fit_json(const Report& r) {
  const FitResult& f = r.result;
  Json json = {{"title", r.spec.title},
               {"method", "CMA-ES"},
               {"budget", r.spec.fit->budget},
               {"runs", f.runs},
               {"failed", f.failed},
               {"converged", f.converged},
               {"replicates", r.spec.replicates},
               {"confirmed_with", r.spec.fit->confirm}};
  json["distance"] = f.best ? number(f.best->distance) : Json();
  for (std::size_t a = 0; a < r.spec.axes.size(); ++a) {
    const Axis& axis = r.spec.axes[a];
    Json entry = {{"unit", axis.unit}, {"from", axis.from}, {"to", axis.to}, {"log", axis.kind == Axis::Kind::log}};
    if (f.best) {
      entry["value"] = number(f.best->values[a]);
      entry["low_95"] = number(f.low[a]);
      entry["high_95"] = number(f.high[a]);
      entry["sd_of_range"] = number(f.sd[a]);
    }
    json["axes"][axis.name] = std::move(entry);
  }
  for (std::size_t t = 0; t < r.targets.size(); ++t) {
    const Output::Target& target = *r.output(t).target;
    Json entry = {
        {"unit", r.units[t]}, {"target", target.value}, {"tolerance", target.tolerance}, {"weight", target.weight}};
    if (f.best) {
      entry["value"] = number(f.best->mean[t]);
      entry["standard_error"] = number(f.best->error[t]);
    }
    json["targets"][r.output(t).name] = std::move(entry);
  }
  json["correlation"] = numbers(f.correlation);
  json["generations"] = Json::array();
  for (const FitGeneration& g : f.generations)
    json["generations"].push_back({{"runs", g.runs},
                                   {"best", number(g.best)},
                                   {"step", g.step},
                                   {"mean", numbers(g.mean)},
                                   {"spread", numbers(g.spread)}});
  return json;
}

void print_fit(const Context& context, const Report& r) {
  const FitResult& f = r.result;
  TextTable axes({"axis", "best", "95 %", "range"});
  for (std::size_t a = 0; a < r.spec.axes.size(); ++a) {
    const Axis& axis = r.spec.axes[a];
    axes.add({axis.name + (axis.unit.empty() ? "" : " (" + axis.unit + ")"), human_number(f.best->values[a]),
              human_number(f.low[a]) + " ... " + human_number(f.high[a]),
              human_number(axis.from) + " ... " + human_number(axis.to)});
  }
  axes.print(context.console);
  TextTable targets({"output", "target", "reached", "off by"});
  for (std::size_t t = 0; t < r.targets.size(); ++t) {
    const Output::Target& target = *r.output(t).target;
    const std::string unit = r.units[t] == "1" ? "" : r.units[t];
    targets.add({r.output(t).name + (unit.empty() ? "" : " (" + unit + ")"),
                 human_number(target.value) + " ± " + human_number(target.tolerance),
                 human_number(f.best->mean[t]) + " ± " + human_number(f.best->error[t]),
                 fmt::format("{:+.2f} tolerances", (f.best->mean[t] - target.value) / target.tolerance)});
  }
  targets.print(context.console);
  context.console.out(fmt::format("{} of {} runs used{}, {} generations{}; distance {} with {} fresh seeds.", f.runs,
                                  r.spec.fit->budget, f.failed > 0 ? fmt::format(" ({} failed)", f.failed) : "",
                                  f.generations.size(), f.converged ? ", converged" : ", ended by the budget",
                                  human_number(f.best->distance), r.spec.fit->confirm));
  if (f.best->distance > 2.0)
    context.console.note(
        "The targets are not reached: within these ranges the model can't, or the search ended early.");
  for (std::size_t a = 0; a < r.spec.axes.size(); ++a)
    // 0.2: SD of the range is 0.29 for an axis that the targets say nothing about.
    if (f.sd[a] > 0.2) context.console.note("The targets hardly determine '" + r.spec.axes[a].name + "'.");
}

}  // namespace

int sweep_fit(const Context& context, const SweepFitArguments& arguments) {
  const SweepReadResult read = read_sweep(arguments.sweep.file);
  print_diagnostics(context, read.diagnostics);
  if (!read.spec) return exit_config;
  const SweepSpec& spec = *read.spec;
  if (!spec.fit) {
    context.console.error(arguments.sweep.file.string() + " has no [fit]", "Use 'burgeon sweep run'.");
    return exit_config;
  }
  if (!outputs_known(context, SweepPlan{spec, fit_start(spec), {}})) return exit_config;

  SweepRunOptions options;
  options.folder = sweep_folder(arguments.sweep);
  options.workers = arguments.sweep.workers > 0 ? arguments.sweep.workers : processors().usable();
  options.lease_s = arguments.lease_s;
  options.retry = arguments.retry;
  options.engine = engine_generation();
  options.stop = &fit_stop_requested;
  std::signal(SIGINT, on_fit_signal);
  std::signal(SIGTERM, on_fit_signal);
  std::size_t complaints = 0, executed = 0;
  options.event = [&](const RunEvent& event) {
    executed += event.executed ? 1 : 0;
    constexpr std::size_t shown = 5;
    if (event.state != RunState::done && event.executed && complaints++ < shown)
      context.console.note("a run failed: " + event.problem + ": " + event.message);
  };

  // Runs that can't be written down leave their points without a value, like failed ones.
  const RunStore store(options.folder);
  Report report{spec, {}, target_outputs(spec), {}};
  report.units.resize(report.targets.size());
  const RunPlan run = [&](const SweepPlan& plan) -> std::optional<SweepTable> {
    if (run_sweep(plan, context.catalogue, options).stopped) return std::nullopt;
    SweepTable table = collate(plan, identify_all(plan, context.catalogue, options.engine, options.workers), store);
    for (std::size_t t = 0; t < report.targets.size(); ++t)
      if (table.outputs[report.targets[t]].known) report.units[t] = table.outputs[report.targets[t]].unit;
    return table;
  };
  const auto told = [&](const FitResult& f) {
    const FitGeneration& g = f.generations.back();
    if (!context.console.json())
      context.console.note(fmt::format("generation {}: distance {}, step {}, {} of {} runs", f.generations.size(),
                                       human_number(g.best), human_number(g.step), g.runs, spec.fit->budget));
  };
  const FitResult result = fit_sweep(spec, run, told);
  const Report done{spec, result, report.targets, report.units};
  posix::write_file(options.folder / "fit.csv", trials_csv(done));
  const Json json = fit_json(done);
  posix::write_file(options.folder / "fit.json", json.dump(1) + "\n");
  if (context.console.json()) context.console.out(json.dump());
  if (result.stopped) {
    context.console.note("stopped; the same command goes on from here");
    return exit_interrupted;
  }
  if (!result.best) {
    context.console.error("no point gave a value of every target: all runs of the best candidates failed");
    return exit_sweep;
  }
  if (!context.console.json()) {
    print_fit(context, done);
    context.console.note(fmt::format("{} runs were simulated now, the others were there.", executed));
  }
  return arguments.figures ? draw_figures(context, "fit_plot.py", options.folder) : exit_ok;
}

}  // namespace burgeon::cli
