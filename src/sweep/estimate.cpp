#include "sweep/estimate.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <optional>

#include "base/nearest.h"
#include "multiscale/multiscale.h"
#include "record/sink.h"
#include "record/summary.h"
#include "sim/simulation.h"
#include "spec/read.h"
#include "sweep/series_sink.h"

namespace burgeon {

namespace {

// Assumed: measures of a population in a record, with names and digits; a record takes at least one block of the disk.
constexpr double record_bytes = 600.0;
constexpr double block_bytes = 4096.0;
constexpr double measures = 12.0;

/// Point i of a sequence that fills the plan evenly and in step with no axis: equal strides could meet one arm only.
std::size_t scattered(std::size_t i, std::size_t points) {
  constexpr double golden = 0.6180339887498949;
  const double at = (static_cast<double>(i) + 0.5) * golden;
  return std::min(static_cast<std::size_t>((at - std::floor(at)) * static_cast<double>(points)), points - 1);
}

/// What the outputs of a sweep may name in the runs of a model.
struct OutputNames {
  std::vector<std::string> measures;
  std::vector<std::string> series;
};

OutputNames output_names(const SweepSpec& sweep, const ModelSpec& model, const Catalogue& catalogue) {
  OutputNames names;
  // What comes from spikes is known without a network; only for the rest one is built.
  for (const Measure& measure : SpikeSummary(model).measures()) names.measures.push_back(measure.name);
  const auto of_spikes = [&](const Output& output) {
    return output.reduce == Output::Reduce::measure &&
           std::find(names.measures.begin(), names.measures.end(), output.source) != names.measures.end();
  };
  if (std::all_of(sweep.outputs.begin(), sweep.outputs.end(), of_spikes)) return names;
  MemorySink sink;
  Simulation simulation(model, catalogue, sink, {});
  std::optional<Multiscale> multiscale;
  if (model.multiscale.enabled) multiscale.emplace(model, simulation, sink, MultiscaleOptions{});
  names.measures.clear();
  for (const Measure& measure : simulation.summary()) names.measures.push_back(measure.name);
  if (multiscale)
    for (const Measure& measure : multiscale->measures()) names.measures.push_back(measure.name);
  for (const auto& [table, columns] : sink.tables())
    if (table.kind == Table::Kind::series)
      // Column 0 is time.
      for (std::size_t c = 1; c < table.columns.size(); ++c)
        if (table.columns[c].width == 1) names.series.push_back(table.columns[c].name);
  return names;
}

/// Longest that a run is timed [s].
constexpr double longest_probe = 3.0;

struct Timed {
  double timed_s = 0.0, whole_s = 0.0;
};

/// Begins a run with leaps; its whole time follows from the part of the expected bursts that was done. Nothing when it fails: that
/// is told by the run itself.
Timed time_leaps(const SweepPlan& plan, const ModelSpec& model, const Catalogue& catalogue) {
  const auto start = std::chrono::steady_clock::now();
  const auto passed = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); };
  try {
    SeriesSink sink(plan.spec.outputs);
    Simulation simulation(model, catalogue, sink, {});
    std::atomic<bool> stop{false};
    Multiscale multiscale(model, simulation, sink, {&stop, [&] { stop = passed() > longest_probe; }});
    const bool whole = multiscale.run();
    const double timed = passed();
    return {timed, whole ? timed : timed + multiscale.remaining_s(timed)};
  } catch (const std::exception&) {
    return {};
  }
}

}  // namespace

SweepEstimate estimate_sweep(const SweepPlan& plan, const Catalogue& catalogue, std::size_t most) {
  SweepEstimate result;
  result.points = plan.point_count();
  result.runs = plan.runs();
  const std::size_t n = std::min(std::max<std::size_t>(most, 1), result.points);
  const ModelFile file(plan.spec.model, catalogue);
  double seconds = 0.0, slow_side = 0.0;
  bool tried = false;
  double populations = 1.0;
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t run = (n == result.points ? i : scattered(i, result.points)) * plan.spec.replicates;
    const ReadResult read = file.read({plan.overrides(run), 0});
    ++result.looked_at;
    if (!read.spec) {
      const auto error = std::find_if(read.diagnostics.begin(), read.diagnostics.end(),
                                      [](const Diagnostic& d) { return d.severity == Diagnostic::Severity::error; });
      result.invalid.push_back({run, error == read.diagnostics.end() ? "" : error->message});
      continue;
    }
    const Estimate need = estimate(*read.spec);
    // Where spiking takes most of the time, counting it is enough.
    if (read.spec->multiscale.enabled && need.wall_s < longest_probe && !tried) {
      tried = true;
      const Timed probe = time_leaps(plan, *read.spec, catalogue);
      result.timed_s = probe.timed_s;
      slow_side = std::max(0.0, probe.whole_s - need.wall_s);
    }
    seconds += need.wall_s + (read.spec->multiscale.enabled ? slow_side : 0.0);
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
  const ModelFile file(plan.spec.model, catalogue);
  for (std::size_t point = 0; point < std::min(plan.point_count(), most_tries); ++point) {
    const ReadResult read = file.read({plan.overrides(point * plan.spec.replicates), 0});
    if (!read.spec) continue;
    const OutputNames names = output_names(plan.spec, *read.spec, catalogue);
    for (const Output& output : plan.spec.outputs) {
      const bool measure = output.reduce == Output::Reduce::measure;
      const std::vector<std::string>& known = measure ? names.measures : names.series;
      if (std::find(known.begin(), known.end(), output.source) != known.end()) continue;
      const std::string near = nearest_name(output.source, known);
      complaints.push_back("output '" + output.name + "': " +
                           (measure ? "the summary has no measure '" : "no record of the run writes the series '") +
                           output.source + "'" + (near.empty() ? "" : "; did you mean '" + near + "'?"));
    }
    break;
  }
  return complaints;
}

}  // namespace burgeon
