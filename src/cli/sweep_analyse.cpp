// burgeon sweep analyse: which axis matters, how outputs depend on the axes, which points come nearest to targets.

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/errors.h"
#include "base/nearest.h"
#include "cli/process.h"
#include "cli/sweep_books.h"
#include "io/posix.h"
#include "statistics/response.h"
#include "statistics/sensitivity.h"

namespace burgeon::cli {
namespace {

using Json = nlohmann::ordered_json;
using Design = SweepSpec::Design;

constexpr std::uint64_t bootstrap_seed = 1;

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(); }
Json to_json(const Index& index) {
  return {{"value", number(index.value)}, {"low", number(index.low)}, {"high", number(index.high)}};
}
std::string text_of(const Index& i) {
  return fmt::format("{} [{}, {}]", human_number(i.value), human_number(i.low), human_number(i.high));
}

Json sobol(const SweepPlan& plan, const std::vector<double>& means, std::uint64_t resamples, TextTable& table,
           const std::string& name) {
  const SobolIndices indices = sobol_indices(means, plan.axes(), resamples, bootstrap_seed);
  Json json = {{"blocks", indices.blocks}, {"variance", number(indices.variance)}};
  for (std::size_t a = 0; a < plan.axes(); ++a) {
    const std::string& axis = plan.spec.axes[a].name;
    json["axes"][axis] = {{"first", to_json(indices.first[a])}, {"total", to_json(indices.total[a])}};
    table.add({name, axis, text_of(indices.first[a]), text_of(indices.total[a])});
  }
  return json;
}

Json morris(const SweepPlan& plan, const std::vector<double>& means, std::uint64_t resamples, TextTable& table,
            const std::string& name) {
  const MorrisIndices indices = morris_indices(plan.unit, means, plan.axes(), resamples, bootstrap_seed);
  Json json = {{"trajectories", indices.trajectories}};
  for (std::size_t a = 0; a < plan.axes(); ++a) {
    const std::string& axis = plan.spec.axes[a].name;
    json["axes"][axis] = {
        {"mu_star", to_json(indices.mu_star[a])}, {"mu", number(indices.mu[a])}, {"sigma", number(indices.sigma[a])}};
    table.add({name, axis, text_of(indices.mu_star[a]), human_number(indices.sigma[a])});
  }
  return json;
}

Json marginals(const SweepPlan& plan, const std::vector<double>& means) {
  Json json = Json::object();
  for (std::size_t a = 0; a < plan.axes(); ++a) {
    std::vector<double> x(plan.point_count());
    for (std::size_t p = 0; p < x.size(); ++p) x[p] = plan.points[p * plan.axes() + a];
    json[plan.spec.axes[a].name] = Json::array();
    for (const MarginalBin& bin : marginal(x, means))
      json[plan.spec.axes[a].name].push_back(
          {{"x", bin.x}, {"mean", number(bin.mean)}, {"sd", number(bin.sd)}, {"count", bin.count}});
  }
  return json;
}

/// Columns of the targets' outputs; empty (and an error printed) when one is unknown.
std::vector<std::vector<double>> target_columns(const Context& context, const SweepBooks& books,
                                                const std::vector<Target>& targets) {
  std::vector<std::string> names;
  for (const auto& output : books.table.outputs) names.push_back(output.name);
  std::vector<std::vector<double>> columns;
  for (const Target& target : targets) {
    const auto place = std::find(names.begin(), names.end(), target.output);
    if (place == names.end()) {
      const std::string near = nearest_name(target.output, names);
      context.console.error("the sweep has no output '" + target.output + "'",
                            near.empty() ? "" : "Did you mean '" + near + "'?");
      return {};
    }
    columns.push_back(
        point_means(books.table.column(static_cast<std::size_t>(place - names.begin())), books.plan.spec.replicates));
  }
  return columns;
}

/// False when the targets can't be used.
bool add_best(const Context& context, const SweepBooks& books, const std::filesystem::path& file, Json& json) {
  const auto [targets, wrong] = parse_targets(posix::read_file(file));
  if (!wrong.empty()) {
    context.console.error(file.string() + ", " + wrong);
    return false;
  }
  const auto columns = target_columns(context, books, targets);
  if (columns.empty()) return false;
  auto best = best_points(columns, targets);
  constexpr std::size_t shown = 10;
  best.resize(std::min(shown, best.size()));
  std::vector<std::string> heading = {"best points", "distance"};
  for (const Axis& axis : books.plan.spec.axes) heading.push_back(axis.name);
  for (const Target& target : targets) heading.push_back(target.output);
  TextTable table(heading);
  json["best"] = Json::array();
  for (const Candidate& candidate : best) {
    Json entry = {{"point", candidate.point}, {"distance", candidate.distance}};
    std::vector<std::string> row = {std::to_string(candidate.point), human_number(candidate.distance)};
    for (std::size_t a = 0; a < books.plan.axes(); ++a) {
      const Axis& axis = books.plan.spec.axes[a];
      row.push_back(axis.text(books.plan.points[candidate.point * books.plan.axes() + a]));
      entry["axes"][axis.name] = row.back();
    }
    for (std::size_t t = 0; t < targets.size(); ++t) {
      row.push_back(human_number(columns[t][candidate.point]));
      entry["outputs"][targets[t].output] = columns[t][candidate.point];
    }
    table.add(std::move(row));
    json["best"].push_back(std::move(entry));
  }
  if (!context.console.json()) table.print(context.console);
  return true;
}

}  // namespace

int draw_figures(const Context& context, const char* name, const std::filesystem::path& folder) {
  const auto script = find_script(name);
  const auto python = find_python();
  if (!script || !python) {
    context.console.error(script ? "no Python with numpy, h5py and matplotlib found"
                                 : std::string(name) + " not found");
    return exit_environment;
  }
  return run_process({*python, script->string(), folder.string()}, context.console.json()) == 0 ? exit_ok
                                                                                                : exit_environment;
}

int sweep_analyse(const Context& context, const SweepAnalyseArguments& arguments) {
  const auto books = open_books(context, arguments.sweep);
  if (!books) return exit_config;
  if (!covers(context, *books, arguments.partial)) return exit_sweep;
  const Design design = books->plan.spec.design;

  Json json = {{"title", books->plan.spec.title},
               {"design", books->plan.spec.design_name()},
               {"planned", books->plan.runs()},
               {"done", books->table.done}};
  TextTable table(design == Design::morris
                      ? std::vector<std::string>{"output", "axis", "mu* [95 %]", "sigma"}
                      : std::vector<std::string>{"output", "axis", "first order [95 %]", "total [95 %]"});
  json["outputs"] = Json::object();
  for (std::size_t k = 0; k < books->table.outputs.size(); ++k) {
    const std::string& name = books->table.outputs[k].name;
    const auto means = point_means(books->table.column(k), books->plan.spec.replicates);
    Json& entry = json["outputs"][name];
    entry["unit"] = books->table.outputs[k].unit;
    if (design == Design::saltelli) entry["sobol"] = sobol(books->plan, means, arguments.resamples, table, name);
    if (design == Design::morris) entry["morris"] = morris(books->plan, means, arguments.resamples, table, name);
    entry["marginals"] = marginals(books->plan, means);
  }
  if (!table.empty() && !context.console.json()) table.print(context.console);
  if (!arguments.targets.empty() && !add_best(context, *books, arguments.targets, json)) return exit_config;

  const auto folder = sweep_folder(arguments.sweep);
  posix::write_file(folder / "analysis.json", json.dump(1) + "\n");
  context.console.out(context.console.json() ? json.dump() : (folder / "analysis.json").string());
  if (!arguments.figures) return exit_ok;
  write_sweep_h5(folder / "sweep.h5", books->plan, books->table, &books->store);
  return draw_figures(context, "sweep_plot.py", folder);
}

}  // namespace burgeon::cli
