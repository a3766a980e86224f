#pragma once
// Turnover of spines: lost sites are filled, new synapses mature or go, mature ones go. Every transition is drawn by the owner of
// the target, keyed by (seed, rule, uid of the synapse or lost site, epoch); leaders only keep the books.

#include <cstdint>
#include <vector>

#include "sim/synapse_set.h"
#include "spec/model_spec.h"

namespace burgeon {

/// Synapses of a rule by their stage, as means: what the drawn ones are expected to be.
struct TurnoverPools {
  double mature = 0.0, fresh = 0.0, lost = 0.0;
};

class Turnover {
 public:
  /// Starts balanced if the rule asks for it. Changes weights of the network. Spec, network and ranks outlive this. Collective.
  Turnover(const StructureSpec& spec, Network& network, Ranks& ranks);

  [[nodiscard]] const StructureSpec& spec() const { return *spec_; }
  [[nodiscard]] SynapseSet& synapses() { return synapses_; }
  [[nodiscard]] const SynapseSet& synapses() const { return synapses_; }
  [[nodiscard]] std::uint64_t lost() const { return lost_; }

  /// Levels of the signals from now on.
  void set_levels(const TurnoverLevels& levels);
  /// Longest span, ms, in which at most 2 % of the synapses are expected to change at the current levels; at most a day.
  [[nodiscard]] double largest_span() const;
  /// Longest leap [ms], at most eight days: the number of synapses changes by 2 % at most, and a tenth of them at most is
  /// exchanged.
  [[nodiscard]] double largest_leap() const;

  [[nodiscard]] TurnoverPools pools() const;
  /// The expected course of pools over `span` ms at constant levels.
  void expect(TurnoverPools& pools, const TurnoverLevels& levels, double span) const;

  // One round over `span` ms: decide on every slice, agree once (collective), apply on every slice.
  void decide(unsigned slice, double span);
  void agree(double t, FanOut& fan_out);
  void apply(unsigned slice, SliceWork& work);

  /// A synapse that was lost: whose it was, and the uid it had.
  struct Site {
    std::uint32_t source = 0;  ///< row
    std::uint32_t target = 0;  ///< in its population
    std::uint64_t uid = 0;
  };
  /// For checkpoints: all sites in the order of their uids, on rank 0 (collective); the number of rounds so far.
  [[nodiscard]] std::vector<Site> all_sites() const;
  void set_sites(const std::vector<Site>& sites);
  [[nodiscard]] std::uint64_t& epoch() { return epoch_; }

 private:
  struct Part {
    Range owned;
    std::vector<Site> sites;
    std::vector<std::uint8_t> hit;  ///< [target] bears the stress-induced loss
    std::vector<Edit> found;
  };
  void start_balanced();
  void change_synapses(unsigned slice, double span);
  void fill_sites(unsigned slice, double span);
  [[nodiscard]] std::uint32_t partner(RandomStream& stream, std::uint32_t target) const;

  const StructureSpec* spec_;
  Network* network_;
  Ranks* ranks_;
  StructuralConstants constants_;
  SynapseSet synapses_;
  std::uint64_t key_change_, key_site_, key_start_;
  std::uint64_t epoch_ = 0;
  std::uint64_t lost_ = 0;  ///< sites of all slices of all ranks
  TurnoverRates rates_{};
  double loss_hit_ = 0.0, loss_spared_ = 0.0;  ///< of mature synapses, by target
  std::vector<Part> parts_;                    ///< [slice]
};

}  // namespace burgeon
