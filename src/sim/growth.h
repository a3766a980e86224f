#pragma once
// Synaptic elements that follow the calcium of their neuron, and the synapses they make. Calcium and elements advance from spike
// to spike with their owner; at every update the leader compares elements with synapses (in the order of NEST's structural
// plasticity: deletions from axons, deletions from dendrites, pairing of what is vacant, decay of what stays vacant).

#include <cstdint>
#include <vector>

#include "sim/emissions.h"
#include "sim/synapse_set.h"
#include "spec/model_spec.h"

namespace burgeon {

class Growth {
 public:
  /// Spec and network outlive this. `dt` in ms.
  Growth(const StructureSpec& spec, Network& network, double dt);

  [[nodiscard]] const StructureSpec& spec() const { return *spec_; }
  [[nodiscard]] std::vector<SynapseSet>& synapses() { return synapses_; }
  [[nodiscard]] const std::vector<SynapseSet>& synapses() const { return synapses_; }

  /// Spikes of the slice's own neurons in an interval that starts at step `first`: elements grow up to each, calcium rises.
  void count(const Emissions& own, Step first, float dt);

  // One round: decide on every slice, agree once, apply on every slice.
  /// Brings elements and calcium of the slice's neurons to time `now`, then adds `leap` ms at the growth that they had on
  /// average since `mark`.
  void decide(unsigned slice, double now, double leap);
  void agree(double t, FanOut& fan_out);
  void apply(unsigned slice, SliceWork& work);

  /// From here on mean growth is measured, for leaps.
  void mark(double now);
  /// Longest leap, ms, in which at most 2 % of the elements are expected to come or go; at most a day.
  [[nodiscard]] double largest_leap(double now) const;

  /// Populations that have elements, and the mean calcium of each at the last update.
  [[nodiscard]] std::vector<std::uint32_t> populations() const;
  [[nodiscard]] double mean_calcium(std::size_t population) const;

  /// State of a population's neurons, [neuron].
  struct Cells {
    std::uint32_t population = 0;
    std::vector<std::uint32_t> elements;  ///< that it has
    std::vector<double> calcium;
    std::vector<double> last;  ///< ms; calcium and elements are those of this time
  };
  struct Element {
    std::vector<double> z;                 ///< elements, connected or not
    std::vector<double> marked;            ///< z at the mark
    std::vector<std::uint32_t> connected;  ///< those in synapses
  };
  [[nodiscard]] std::vector<Cells>& cells() { return cells_; }
  [[nodiscard]] std::vector<Element>& elements() { return elements_; }
  [[nodiscard]] std::uint64_t& epoch() { return epoch_; }
  [[nodiscard]] double& marked_at() { return marked_at_; }

 private:
  /// A synapse as the leader finds it.
  struct Found {
    std::uint32_t set, slice, row;
    std::uint64_t k;
    std::uint32_t source, target;  ///< in their populations
    std::uint64_t uid;
  };
  /// A set with the elements that its synapses use.
  struct Use {
    std::uint32_t set, axon, dendrite;
  };
  void grow(Cells& cells, std::size_t neuron, double until);
  void remove_from_axons(std::size_t pairing);
  void remove_from_dendrites(std::size_t pairing);
  void remove_some(std::vector<Found>& candidates, std::uint64_t number, RandomStream stream, bool axonal);
  /// A vacant element, or the vacancies of a neuron.
  struct Vacant {
    std::uint32_t element, neuron;
    std::uint32_t number = 1;
  };
  [[nodiscard]] std::vector<Vacant> vacant(const std::vector<std::uint32_t>& elements, bool one_by_one) const;
  void pair_vacant(std::size_t pairing);
  void pair_by_distance(std::size_t pairing);
  bool connect(std::size_t pairing, const Vacant& axon, const Vacant& dendrite, std::uint64_t number);
  void lose_vacant();
  [[nodiscard]] std::int64_t vacancy(std::uint32_t element, std::size_t neuron) const;

  const StructureSpec* spec_;
  Network* network_;
  StructuralConstants constants_;
  std::uint64_t key_;
  double dt_;
  std::vector<Cells> cells_;
  std::vector<int> cells_of_;  ///< [population] -> cells, or -1
  std::vector<Element> elements_;
  std::vector<SynapseSet> synapses_;
  std::vector<Use> uses_;                         ///< [set]
  std::vector<std::vector<std::uint32_t>> sets_;  ///< [pairing]
  std::vector<std::vector<std::uint64_t>> gone_;  ///< [set] uids removed in this round, sorted
  std::uint64_t epoch_ = 0;
  double marked_at_ = 0.0;
};

}  // namespace burgeon
