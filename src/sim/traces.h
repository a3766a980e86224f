#pragma once
// Exponentially decaying traces of the spikes of a group of neurons.

#include <span>
#include <vector>

#include "base/types.h"
#include "catalogue/rows.h"
#include "sim/columns.h"

namespace burgeon {

/// Traces are stored multiplied by exp((t - epoch) / tau), so that they only change at spikes: the value at time t is the stored
/// one times one factor for all neurons. Epochs are whole multiples of about 40 tau, the same whatever the layout.
class Traces {
 public:
  Traces() = default;
  /// `tau` [ms] by trace; `nearest`: traces are set to 1 by a spike instead of increased by 1; all start at 0.
  Traces(std::span<const TraceRow> rows, std::vector<double> tau, bool nearest, std::size_t neurons, double dt);

  /// Number of traces per neuron.
  [[nodiscard]] std::size_t size() const { return tau_.size(); }
  /// Does opening this step change what is stored? Who counts on stored values must be done with them before.
  [[nodiscard]] bool renews(Step step) const;
  /// Opens step `step` -> step + 1; every step is opened once. Times up to step + 1 may be asked for until the next.
  void open(Step step);
  /// Stored value * scale(k, t) = trace k at grid point t.
  [[nodiscard]] double scale(std::size_t k, Step t) const;
  /// [neuron]
  [[nodiscard]] const double* stored(std::size_t k) const { return stored_.row(k); }
  /// A spike of neuron i at grid point t.
  void count(std::size_t i, Step t);

  /// For checkpoints, between two steps.
  [[nodiscard]] ColumnSet& state() { return stored_; }

 private:
  std::vector<double> tau_;  ///< steps
  std::vector<Step> epoch_;  ///< length, steps
  std::vector<Step> start_;  ///< of the current epoch
  bool nearest_ = false;
  ColumnSet stored_;
};

}  // namespace burgeon
