#include "sweep/estimate.h"

#include <algorithm>

#include "base/nearest.h"
#include "record/summary.h"
#include "sim/simulation.h"
#include "spec/read.h"

namespace burgeon {

namespace {

// Assumed: measures of a population in a record, with names and digits; a record takes at least one block of the disk.
constexpr double record_bytes = 600.0;
constexpr double block_bytes = 4096.0;
constexpr double measures = 12.0;

}  // namespace

SweepEstimate estimate_sweep(const SweepPlan& plan, const Catalogue& catalogue, std::size_t most) {
  SweepEstimate result;
  result.points = plan.point_count();
  result.runs = plan.runs();
  const std::size_t n = std::min(std::max<std::size_t>(most, 1), result.points);
  double seconds = 0.0;
  double populations = 1.0;
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t run = i * result.points / n * plan.spec.replicates;
    const ReadResult read = read_model(plan.spec.model, catalogue, {plan.overrides(run), 0});
    ++result.looked_at;
    if (!read.spec) {
      const auto error = std::find_if(read.diagnostics.begin(), read.diagnostics.end(),
                                      [](const Diagnostic& d) { return d.severity == Diagnostic::Severity::error; });
      result.invalid.push_back({run, error == read.diagnostics.end() ? "" : error->message});
      continue;
    }
    const Estimate need = estimate(*read.spec);
    seconds += need.wall_s;
    result.run_memory_bytes = std::max(result.run_memory_bytes, need.memory_bytes);
    populations = std::max(populations, static_cast<double>(read.spec->populations.size()));
  }
  const std::size_t valid = n - result.invalid.size();
  const auto runs = static_cast<double>(result.runs);
  result.run_s = valid > 0 ? seconds / static_cast<double>(valid) : 0.0;
  result.total_s = result.run_s * runs * static_cast<double>(valid) / static_cast<double>(n);
  result.disk_bytes = runs * (std::max(block_bytes, record_bytes * populations) + 8.0 * measures * populations);
  return result;
}

std::vector<std::string> unknown_outputs(const SweepPlan& plan, const Catalogue& catalogue) {
  constexpr std::size_t most_tries = 20;
  std::vector<std::string> complaints;
  for (std::size_t point = 0; point < std::min(plan.point_count(), most_tries); ++point) {
    const ReadResult read = read_model(plan.spec.model, catalogue, {plan.overrides(point * plan.spec.replicates), 0});
    if (!read.spec) continue;
    std::vector<std::string> names;
    const auto known = [&](const Output& output) {
      return output.reduce != Output::Reduce::measure ||
             std::find(names.begin(), names.end(), output.source) != names.end();
    };
    // What comes from spikes is known without a network; only for the rest one is built.
    for (const Measure& measure : SpikeSummary(*read.spec).measures()) names.push_back(measure.name);
    if (!std::all_of(plan.spec.outputs.begin(), plan.spec.outputs.end(), known)) {
      MemorySink sink;
      const Simulation simulation(*read.spec, catalogue, sink, {});
      names.clear();
      for (const Measure& measure : simulation.summary()) names.push_back(measure.name);
    }
    for (const Output& output : plan.spec.outputs) {
      if (known(output)) continue;
      const std::string near = nearest_name(output.source, names);
      complaints.push_back("output '" + output.name + "': the summary has no measure '" + output.source + "'" +
                           (near.empty() ? "" : "; did you mean '" + near + "'?"));
    }
    break;
  }
  return complaints;
}

}  // namespace burgeon
