#pragma once
// The synapses that a structural rule makes and removes: one projection and those that are like it (receptors of the same
// synapses). Books are kept here: identities, births and deaths, fan-out, total weights, log and hash.

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "network/network.h"
#include "network/rewire.h"
#include "network/rows.h"
#include "sim/update.h"

namespace burgeon {

/// Why a synapse changed; numbers of the topology log.
enum class Cause : std::uint8_t {
  turnover,          ///< maturation, or loss at the rate of its stage
  old_partner,       ///< a lost site taken by the partner it had
  new_partner,       ///< a lost site taken by another
  vacant_elements,   ///< an axonal and a dendritic element met
  axonal_deficit,    ///< the source has fewer elements than synapses
  dendritic_deficit  ///< the target has
};
inline constexpr std::string_view causes =
    "turnover,old_partner,new_partner,vacant_elements,axonal_deficit,dendritic_deficit";
/// Names of Edit::Kind in the log.
inline constexpr std::string_view edit_kinds = "birth,death,maturation";

/// Edges that a source of a projection has, by projection and source.
using FanOut = std::vector<std::vector<std::uint32_t>>;

class SynapseSet {
 public:
  /// Opens the rows. Synapses made in stage 1 have `new_weight` of their weight. Network and ranks outlive this.
  SynapseSet(Network& network, std::vector<std::uint32_t> projections, double new_weight, Ranks& ranks);

  [[nodiscard]] const std::vector<std::uint32_t>& projections() const { return projections_; }
  [[nodiscard]] const Projection& first() const { return network_->projections[projections_[0]]; }
  [[nodiscard]] const Rows& rows(unsigned slice) const { return first().slice[slice]; }
  [[nodiscard]] Range owned(unsigned slice) const;
  [[nodiscard]] RowEntry entry(unsigned slice, std::uint64_t k) const {
    return row_entry(*network_, projections_, slice, k);
  }

  /// Makes a mature synapse new, before the run begins: with the weight that new ones have.
  void make_new(unsigned slice, std::uint64_t k);
  /// The first of `n` identities that were not used before.
  [[nodiscard]] std::uint64_t take_uids(std::uint64_t n) { return std::exchange(next_uid_, next_uid_ + n); }

  // The edits of a round, in any order; then `agree` once, then `apply` on every slice.
  void add(const Edit& edit) { edits_.push_back(edit); }
  /// uid: anything by which synapses born to the same pair in the same round are told apart.
  void create(std::uint32_t row, std::uint32_t target, std::uint64_t uid, std::uint8_t stage, Cause cause);
  [[nodiscard]] Edit pruned(unsigned slice, std::uint32_t row, std::uint64_t k, Cause cause) const;
  [[nodiscard]] Edit matured(unsigned slice, std::uint32_t row, std::uint64_t k) const;

  /// Adds the edits of the other ranks, where each has decided for its own targets. Collective.
  void share_edits();
  /// Sums over ranks what `make_new` has counted. Collective.
  void share_new();
  /// Sorts the edits, gives uids, delays and weights to new synapses, and enters all in the books at time t [ms].
  void agree(double t, FanOut& fan_out);
  /// Applies what was agreed to one slice: rows, and summed weights of blockable receptors.
  void apply(unsigned slice, SliceWork& work);
  [[nodiscard]] const std::vector<Edit>& edits() const { return edits_; }
  void clear() { edits_.clear(); }

  /// What happened since `forget`, for the log.
  struct Event {
    double time;
    Edit edit;
  };
  [[nodiscard]] const std::vector<Event>& events() const { return events_; }
  void forget() { events_.clear(); }

  struct Books {
    std::uint64_t initial = 0, births = 0, deaths = 0, new_synapses = 0;
    std::uint64_t hash = 0;  ///< chained over all edits; 0: none
  };
  [[nodiscard]] const Books& books() const { return books_; }
  [[nodiscard]] std::uint64_t synapses() const { return first().synapses; }

  /// For checkpoints.
  struct State {
    std::uint64_t next_uid;
    Books books;
  };
  [[nodiscard]] State state() const { return {next_uid_, books_}; }
  void set_state(const State& state) {
    next_uid_ = state.next_uid;
    books_ = state.books;
  }

 private:
  void complete(Edit& edit);

  Network* network_;
  Ranks* ranks_;
  std::vector<std::uint32_t> projections_;
  std::vector<SynapseValues> values_;  ///< [projection]
  double new_weight_;
  std::uint64_t next_uid_ = 0;
  Books books_;
  std::vector<Edit> edits_;
  std::vector<Event> events_;
};

}  // namespace burgeon
