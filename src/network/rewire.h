#pragma once
// Synapses made and removed while a run goes on. What changes is decided elsewhere and arrives as one list in the order
// (source, target, uid); every slice applies its own part. Rows have slack, so that a few changes do not move the rest.

#include <array>
#include <cstdint>
#include <span>
#include <tuple>

#include "network/network.h"

namespace burgeon {

/// Most projections that share their pairs: receptors of one synapse.
inline constexpr std::size_t most_receptors = 4;

/// A change of one synapse, of all projections that share its pair.
struct Edit {
  enum class Kind : std::uint8_t { create, prune, mature } kind = Kind::create;
  std::uint8_t stage = 0;  ///< create: of the new synapse (Rows::stage)
  std::uint8_t cause = 0;  ///< for the log
  std::uint16_t delay = 1;
  std::uint32_t source = 0;  ///< row of the projections
  std::uint32_t target = 0;  ///< index in its population
  std::uint64_t uid = 0;
  std::array<float, most_receptors> weight{};  ///< of each projection: from now on; prune: until now
  std::array<float, most_receptors> before{};  ///< mature: until now

  [[nodiscard]] auto order() const { return std::tuple(source, target, uid); }
};

/// One synapse of a group of projections with the same pairs, out of its arrays.
struct RowEntry {
  std::uint16_t delay = 1;
  std::uint8_t stage = 0;
  std::uint32_t target = 0;  ///< index in the slice's range
  std::uint64_t uid = 0;
  std::array<float, most_receptors> weight{};

  [[nodiscard]] auto order() const { return std::tuple(delay, target, uid); }
};

/// Gives slack to the rows of projections that share their pairs, and uids 0, 1, 2, ... in the order (source, target, order of
/// creation) to their synapses, which are all mature. uid and stage are kept with the first projection. Returns the number of
/// synapses over all ranks. Collective.
std::uint64_t open_rows(Network& network, std::span<const std::uint32_t> projections, Ranks& ranks);

/// Applies the edits whose target the slice owns. Precondition: edits in the order (source, target, uid), rows are open. Throws
/// InternalError when a synapse that is to be removed or to mature is not there.
void rewire(Network& network, std::span<const std::uint32_t> projections, unsigned slice, std::span<const Edit> edits);

/// Replaces all rows of the slice: `entries` row by row, `length[i]` of them in row i, each row in order.
void replace_rows(Network& network, std::span<const std::uint32_t> projections, unsigned slice,
                  std::span<const std::uint32_t> length, std::span<const RowEntry> entries);

/// Entry k of a slice's rows. Precondition: rows are open.
[[nodiscard]] RowEntry row_entry(const Network& network, std::span<const std::uint32_t> projections, unsigned slice,
                                 std::uint64_t k);

}  // namespace burgeon
