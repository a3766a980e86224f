#pragma once
// Presynaptic gates (Wang 2002): one gate per source neuron, advanced every step; targets read the sum over sources after the
// delay. Projections with the same sources and the same parameters share one set of gates.

#include <cstdint>
#include <vector>

#include "network/network.h"
#include "sim/columns.h"
#include "sim/emissions.h"

namespace burgeon {

/// Gates of one contiguous group of source neurons.
class GateGroup {
 public:
  /// Gates of the neurons `source` of a population, each slice's part apart; room for intervals of `max_interval` steps.
  /// Parameters are constants; they outlive this.
  GateGroup(const GateModel& model, const std::vector<Draw>& parameters, const Network& network,
            std::uint32_t population, Range source, Step max_interval);

  /// Does the projection read these gates: same model, sources and parameters?
  [[nodiscard]] bool serves(const Projection& projection) const;

  /// Advances the gates of the sources that `slice` owns through `steps` steps; spikes are the slice's own, in delivery order.
  /// `parity` alternates from interval to interval: a thread may be one interval ahead of those that still read the last.
  void advance(unsigned slice, unsigned parity, std::uint32_t steps, const Emissions& own, float dt);
  /// Sum of the gates over all sources, averaged over step k of the interval. Valid after all slices have advanced; summed in
  /// an order that does not depend on the slices.
  [[nodiscard]] double sum(unsigned parity, std::uint32_t k) const;
  /// [step of the interval][source]: what `sum` adds up. Gates of other ranks are written here by the exchange.
  [[nodiscard]] AlignedVector<double>& values(unsigned parity) { return value_[parity]; }
  [[nodiscard]] std::uint32_t population() const { return population_; }

  /// State for checkpoints: per slice columns of the model's state, then the spikes counted at the next step.
  [[nodiscard]] ColumnSet& state(unsigned slice) { return parts_[slice].state; }
  [[nodiscard]] AlignedVector<float>& pending(unsigned slice) { return parts_[slice].spikes; }
  [[nodiscard]] Range part(unsigned slice) const { return parts_[slice].range; }
  [[nodiscard]] Range source() const { return source_; }

 private:
  struct Part {
    Range range;  ///< of the population
    ColumnSet state, coefficient;
    AlignedVector<float> spikes;  ///< [max_interval + 1][n]: spikes at every step of the interval and at its end
  };
  const GateModel* model_;
  const std::vector<Draw>* parameters_;
  std::uint32_t population_;
  Range source_;
  double dt_;
  std::vector<Part> parts_;
  AlignedVector<double> value_[2];  ///< [max_interval][sources], of this and the previous interval
};

}  // namespace burgeon
