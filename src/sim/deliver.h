#pragma once
// Spikes -> input of their targets. Every thread delivers all spikes of the interval, in one canonical order, to the neurons
// it owns; so every target sums its input in the same order on any layout.

#include <cstdint>
#include <vector>

#include "network/network.h"
#include "sim/emissions.h"
#include "sim/gates.h"
#include "sim/plasticity.h"
#include "sim/population_slice.h"

namespace burgeon {

/// Delivery to the targets of one slice.
class Delivery {
 public:
  /// `dt` in ms. The network outlives this.
  Delivery(const Network& network, unsigned slice, float dt);

  /// Delivers the interval's spikes (in delivery order) to the slice's rings, or to the queues of plastic synapses, which meet
  /// them when they arrive; then the gates' sums. Returns the number of synaptic events delivered.
  std::uint64_t deliver(const Emissions& spikes, Step first, std::uint32_t steps,
                        std::vector<PopulationSlice>& populations, std::vector<PlasticSlice>& plastic,
                        const std::vector<GateGroup>& gates, unsigned parity);

  /// Factor on a projection's weights (interventions); 1 leaves them as they are.
  void set_gain(std::uint32_t projection, float gain) { gain_[projection] = gain; }

 private:
  struct DenseCount {
    std::uint32_t at_start = 0, at_end = 0;
  };
  /// `next`: the neuron of the same population whose row comes next.
  std::uint64_t deliver_rows(const Emission& e, LocalIndex next, Step first, std::vector<PopulationSlice>& populations,
                             std::vector<PlasticSlice>& plastic);
  /// Rows of the projection if they are walked for this source, else null.
  [[nodiscard]] const Rows* rows_of(std::uint32_t projection, LocalIndex source) const;
  void prefetch_begin(const Emission& e) const;
  void prefetch(const Emission& e) const;
  std::uint64_t deliver_dense(Step step, std::vector<PopulationSlice>& populations);
  void deliver_gates(std::uint32_t k, Step step, std::vector<PopulationSlice>& populations,
                     const std::vector<GateGroup>& gates, unsigned parity);
  /// Adds `value` to the ring of every target of a dense projection.
  void add_to_all(const Projection& projection, Step arrival, float value,
                  std::vector<PopulationSlice>& populations) const;

  const Network* network_;
  unsigned slice_;
  float dt_;
  std::vector<float> gain_;
  std::vector<DenseCount> dense_;          ///< [projection]
  std::vector<std::uint32_t> dense_list_;  ///< dense projections without gate
  std::vector<std::uint32_t> gated_list_;
  std::vector<std::vector<std::uint32_t>> served_;  ///< [gate] projections it serves; found at the first delivery
  std::vector<std::uint32_t> plastic_;              ///< [projection] -> its place among the plastic ones
};

}  // namespace burgeon
