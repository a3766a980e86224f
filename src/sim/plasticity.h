#pragma once
// Plastic synapses of one projection onto one slice. The thread that owns the targets does everything, step by step:
//   arrive(k): spikes that reach their synapses at the start of step k depress them and are delivered with the new weight;
//   the neurons of the slice are integrated through step k;
//   fire(k):   synapses onto the neurons that fired during step k are potentiated.
// docs/decisions/0003-plastic-delivery.md says why.

#include <cstdint>
#include <vector>

#include "network/network.h"
#include "sim/traces.h"

namespace burgeon {

class PlasticSlice {
 public:
  /// `owned`: the slice's part of the target population. The network outlives this.
  PlasticSlice(Network& network, std::uint32_t projection, unsigned slice, double dt);

  [[nodiscard]] std::uint32_t projection() const { return index_; }
  [[nodiscard]] const Projection& of() const { return *projection_; }

  /// A source (row of the projection) whose spike counts from grid point `emitted`; called in delivery order. Returns the number
  /// of synaptic events that it will cause.
  std::uint64_t queue(std::uint32_t row, Step emitted);
  /// Opens step `step`: arrivals change weights, then add them to `slot`, the receptor's input at this step.
  void arrive(Step step, float* slot);
  /// Neuron `target` (position in the slice) fired in the open step, at grid point t.
  void fire(std::size_t target, Step t);

  /// Factor on what is delivered (interventions); the weights themselves stay.
  void set_gain(float gain) { gain_ = gain; }
  /// Finds the synapses of every target again, after synapses were taken out of the rows.
  void index_targets();

  // For checkpoints, between two intervals.
  [[nodiscard]] Traces& pre() { return pre_; }    ///< of the sources: the same on every slice
  [[nodiscard]] Traces& post() { return post_; }  ///< of the slice's neurons
  /// Spikes under way: pairs of (steps from `now` to arrival, row), in order of arrival. The same on every slice.
  [[nodiscard]] std::vector<std::uint32_t> under_way(Step now) const;
  void set_under_way(Step now, const std::vector<std::uint32_t>& spikes);

 private:
  // A synapse as its target sees it: row and place in the row, in 4 or 8 bytes.
  template <class Index>
  struct Incoming {
    Index row, place;
  };

  template <class Target>
  void depress(std::uint32_t row, Step step, const Target* target, float* slot);
  template <class Index, class Begin>
  void potentiate(const Incoming<Index>* incoming, std::size_t n, const Begin* begin, const float* own, Step t);
  template <class Index>
  void fill_index(std::vector<Incoming<Index>>& incoming);
  void prefetch(std::uint32_t row) const;

  const SynapseModel* model_;
  Projection* projection_;
  Rows* rows_;
  std::uint32_t index_;
  Range owned_;
  bool negative_;                     ///< the rule sees magnitudes
  float gain_ = 1.0F;
  std::vector<double> coefficient_;
  Traces pre_, post_;
  std::vector<std::vector<std::uint32_t>> arrivals_;  ///< [arrival step modulo size] -> rows, in delivery order
  std::vector<std::uint64_t> target_begin_;           ///< [neuron of the slice + 1], into the one index that is in use
  std::vector<Incoming<std::uint16_t>> narrow_;
  std::vector<Incoming<std::uint32_t>> wide_;
};

}  // namespace burgeon
