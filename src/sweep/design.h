#pragma once
// Sweep file -> table of runs. A pure function: every process that reads the file gets the same table.

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sweep/sweep_spec.h"

namespace burgeon {

/// All runs of a sweep: every point in turn, and of every point its replicates.
struct SweepPlan {
  SweepSpec spec;
  std::vector<double> points;  ///< [points, axes], row-major
  std::vector<double> unit;    ///< the same in the unit cube, for the designs that draw; else empty

  [[nodiscard]] std::size_t axes() const { return spec.axes.size(); }
  [[nodiscard]] std::size_t point_count() const { return points.size() / axes(); }
  [[nodiscard]] std::size_t runs() const { return point_count() * spec.replicates; }
  [[nodiscard]] std::size_t point_of(std::size_t run) const { return run / spec.replicates; }
  [[nodiscard]] std::uint64_t replicate_of(std::size_t run) const { return run % spec.replicates; }
  [[nodiscard]] std::span<const double> values(std::size_t run) const {
    return std::span(points).subspan(point_of(run) * axes(), axes());
  }
  /// Seed of a run. Precondition: spec.reseed; else the model's own seed holds.
  [[nodiscard]] std::uint64_t seed(std::size_t run) const;
  /// What makes the run out of the model: path, TOML text.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> overrides(std::size_t run) const;
};

/// 1 without arms.
[[nodiscard]] std::size_t arm_count(const SweepSpec& spec);
/// Runs before constraints, as a double that can't overflow.
[[nodiscard]] double count_runs(const SweepSpec& spec);

/// Precondition: count_runs(spec) <= most_runs.
[[nodiscard]] SweepPlan make_plan(SweepSpec spec);

}  // namespace burgeon
