#pragma once
// Plastic synapses of one projection onto one slice. The thread that owns the targets does everything, step by step:
//   arrive(k): spikes that reach their synapses at the start of step k change the weights and are delivered with them;
//   the neurons of the slice are integrated through step k;
//   fire(k):   neurons that fired during step k leave a note, which their synapses read when they are used next.
// docs/decisions/0003-plastic-delivery.md says why.

#include <cstdint>
#include <vector>

#include "network/network.h"
#include "sim/traces.h"

namespace burgeon {

/// See above. Precondition: the projection has rows and one delay.
class PlasticSlice {
 public:
  /// Weights are those of the network's rows, changed in place. `dt` in ms. The network outlives this.
  PlasticSlice(Network& network, std::uint32_t projection, unsigned slice, double dt);

  /// Index in Network::projections, and the projection itself.
  [[nodiscard]] std::uint32_t projection() const { return index_; }
  [[nodiscard]] const Projection& of() const { return *projection_; }

  /// A source (row of the projection) whose spike counts from grid point `emitted`; called in delivery order. Returns the number
  /// of synaptic events that it will cause.
  std::uint64_t queue(std::uint32_t row, Step emitted);
  /// Opens step `step`: arrivals change weights, then add them to `slot`, the receptor's input at this step.
  void arrive(Step step, float* slot);
  /// Neuron `target` (position in the slice) fired in the open step, at grid point t.
  void fire(std::size_t target, Step t);
  /// Brings all weights up to date with what their targets have fired. Changes no result, whenever it is called; needed before
  /// anybody else reads or moves weights.
  void settle();

  /// Factor on what is delivered (interventions); the weights themselves stay.
  void set_gain(float gain) { gain_ = gain; }

  // For checkpoints, of settled synapses.
  [[nodiscard]] Traces& pre() { return pre_; }    ///< of the sources: the same on every slice
  [[nodiscard]] Traces& post() { return post_; }  ///< of the slice's neurons
  /// Spikes under way: pairs of (steps from `now` to arrival, row), in order of arrival. The same on every slice.
  [[nodiscard]] std::vector<std::uint32_t> under_way(Step now) const;
  void set_under_way(Step now, const std::vector<std::uint32_t>& spikes);

 private:
  struct Buffers;

  template <class Target>
  void use_row(std::uint32_t row, const Target* target, Step step, float* slot);
  template <class Target>
  void catch_up(std::uint32_t row, std::uint64_t at, std::size_t n, const Target* target, Buffers& buffer);
  template <class Target>
  void on_arrival(std::uint32_t row, std::uint64_t at, std::size_t n, const Target* target, Step step, Buffers& buffer);
  void visit(std::uint32_t row, Step step, float* slot);
  void prefetch(std::uint32_t row) const;

  const SynapseModel* model_;
  Projection* projection_;
  Rows* rows_;
  std::uint32_t index_;
  Range owned_;
  bool negative_;  ///< the rule sees magnitudes
  float gain_ = 1.0F;
  std::vector<double> coefficient_;
  Traces pre_, post_;
  std::vector<std::vector<std::uint32_t>> arrivals_;  ///< [arrival step modulo size] -> rows, in delivery order

  // What the targets have fired since all weights were settled: notes 0 ... fired_ - 1 of each.
  std::vector<std::uint8_t> fired_;         ///< [neuron of the slice]
  std::vector<std::uint8_t> seen_;          ///< [synapse]: notes of its target that it has read
  std::size_t levels_ = 0;                  ///< notes that there is room for
  std::vector<std::vector<double>> scale_;  ///< [pre trace][note][neuron]: Traces::scale at that time
  std::vector<std::vector<float>> own_;     ///< [post trace][note][neuron]: value just before that spike
};

}  // namespace burgeon
