#pragma once
// Synaptic elements that follow the calcium of their neuron, and the synapses they make. Calcium and elements advance from spike
// to spike with their owner; at every update the leader compares elements with synapses (in the order of NEST's structural
// plasticity: deletions from axons, deletions from dendrites, pairing of what is vacant, decay of what stays vacant).

#include <cstdint>
#include <span>
#include <vector>

#include "sim/emissions.h"
#include "sim/synapse_set.h"
#include "spec/model_spec.h"

namespace burgeon {

class Growth {
 public:
  /// Spec, network and ranks outlive this. `dt` in ms. Collective.
  Growth(const StructureSpec& spec, Network& network, Ranks& ranks, double dt);

  [[nodiscard]] const StructureSpec& spec() const { return *spec_; }
  [[nodiscard]] std::vector<SynapseSet>& synapses() { return synapses_; }
  [[nodiscard]] const std::vector<SynapseSet>& synapses() const { return synapses_; }

  /// Spikes of the slice's own neurons in an interval that starts at step `first`: elements grow up to each, calcium rises.
  void count(const Emissions& own, Step first, float dt);

  // One round: decide on every slice, agree once (collective), apply on every slice.
  /// Brings elements and calcium of the slice's neurons to time `now`, then adds `leap` ms at the growth that they had on
  /// average since `mark`.
  void decide(unsigned slice, double now, double leap);
  void agree(double t, FanOut& fan_out);
  void apply(unsigned slice, SliceWork& work);

  /// From here on mean growth is measured, for leaps.
  void mark(double now);
  /// Longest leap, ms, in which at most 2 % of the elements are expected to come or go; at most a day. Collective.
  [[nodiscard]] double largest_leap(double now);

  /// Populations that have elements, and the mean calcium of each at the last update.
  [[nodiscard]] std::vector<std::uint32_t> populations() const;
  [[nodiscard]] double mean_calcium(std::size_t population) const { return mean_calcium_[population]; }

  /// State of a population's neurons, [neuron]: up to date for those that this process owns, and for all in `agree`.
  struct Cells {
    std::uint32_t population = 0;
    std::vector<std::uint32_t> elements;  ///< that it has
    std::vector<double> calcium;
    std::vector<double> last;  ///< ms; calcium and elements are those of this time
  };
  struct Element {
    std::vector<double> z;                 ///< elements, connected or not
    std::vector<double> marked;            ///< z at the mark
    std::vector<std::uint32_t> connected;  ///< those in synapses; up to date for all neurons at all times
  };
  [[nodiscard]] std::vector<Cells>& cells() { return cells_; }
  [[nodiscard]] std::vector<Element>& elements() { return elements_; }
  [[nodiscard]] std::uint64_t& epoch() { return epoch_; }
  [[nodiscard]] double& marked_at() { return marked_at_; }
  [[nodiscard]] std::vector<double>& mean_calcium_of_cells() { return mean_calcium_; }

 private:
  /// A synapse that its neuron has no element for, and the neuron's place among those with a deficit.
  struct Found {
    std::uint32_t place, set;
    Edit edit;
  };
  /// A set with the elements that its synapses use.
  struct Use {
    std::uint32_t set, axon, dendrite;
  };
  void grow(Cells& cells, std::size_t neuron, double until);
  void share();
  void remove_surplus(std::size_t pairing, std::uint32_t element, bool axonal);
  void remove_some(std::span<Found> candidates, std::uint64_t number, RandomStream stream);
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
  Ranks* ranks_;
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
  std::vector<double> mean_calcium_;  ///< [cells]
};

}  // namespace burgeon
