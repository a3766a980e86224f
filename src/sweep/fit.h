#pragma once
// Fits the axes of a sweep to targets of its outputs: CMA-ES over noisy runs, then the best candidates again with fresh
// seeds, then slopes around the best, which say how well each axis is determined.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sweep/collate.h"
#include "sweep/design.h"

namespace burgeon {

/// A point that was run.
struct FitTrial {
  enum class Stage : std::uint8_t { search, confirm, slope } stage = Stage::search;
  std::size_t generation = 0;        ///< of the search
  std::vector<double> unit, values;  ///< in the unit cube, and in the units of the axes
  std::vector<double> mean, error;   ///< of every target's output over the seeds; standard error NaN with one seed
  double distance = 0.0;             ///< see `fit_distance`; NaN when a target's output has no value
};

/// One generation of the search, in the unit cube.
struct FitGeneration {
  std::size_t runs = 0;              ///< planned so far
  double best = 0.0;                 ///< lowest distance of the generation; NaN when no point has a value
  double step = 0.0;                 ///< SD along the longest axis of the distribution before the update
  std::vector<double> mean, spread;  ///< of every axis before the update
};

struct FitResult {
  std::vector<FitTrial> trials;  ///< in the order in which they were asked for
  std::vector<FitGeneration> generations;
  std::optional<FitTrial> best;  ///< as confirmed; empty when no candidate has a value, or when stopped
  bool converged = false;        ///< the search ended before the budget did
  bool stopped = false;
  std::size_t runs = 0;    ///< of the budget, found or executed
  std::size_t failed = 0;  ///< of these
  /// 95 % interval of every axis of the best point, in its units, and the SD in the unit cube. From the slopes of the outputs
  /// (Gauss-Newton): tolerances count as SDs of the targets, and standard errors of the outputs are added. An axis that the
  /// targets say nothing about gets the SD of its range, 1 / sqrt(12).
  std::vector<double> low, high, sd;
  std::vector<double> correlation;  ///< [axes, axes] of the estimates
};

/// Root of the weighted mean of ((output - target) / tolerance)^2 over the outputs that have a target; NaN when one is NaN.
[[nodiscard]] double fit_distance(const SweepSpec& spec, const std::vector<double>& means);
/// Outputs that have a target, in the order of the outputs.
[[nodiscard]] std::vector<std::size_t> target_outputs(const SweepSpec& spec);
/// Values of the axes where the search starts: their baselines, or the middles of their ranges.
[[nodiscard]] std::vector<double> fit_start(const SweepSpec& spec);
/// Runs that the two last stages take; the rest of the budget is for the search.
[[nodiscard]] std::uint64_t runs_after_search(const SweepSpec& spec);
[[nodiscard]] std::size_t fit_population(const SweepSpec& spec);

/// Carries out the runs of a plan; nothing when it was told to stop.
using RunPlan = std::function<std::optional<SweepTable>(const SweepPlan& plan)>;
/// Precondition: spec.fit. A pure function of the spec and the results: carried on after an interruption it asks for the same
/// runs again, and finds those that have a record. `told` is called after every generation.
[[nodiscard]] FitResult fit_sweep(const SweepSpec& spec, const RunPlan& run,
                                  const std::function<void(const FitResult&)>& told = {});

}  // namespace burgeon
