#pragma once
// Weights read back in (source, target) order, the same for any number of slices.

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "network/network.h"
#include "record/sink.h"

namespace burgeon {

/// Pieces of the rows of this process of a projection in (source, target, order of creation) order: f(slice, first synapse, count).
/// Precondition: rows exist and the delay is shared.
template <class F>
void in_global_order(const Projection& projection, F&& f) {
  for (std::uint64_t row = 0; row < projection.source.size(); ++row)
    for (unsigned s = 0; s < projection.slice.size(); ++s) {
      const Rows& rows = projection.slice[s];
      const std::uint64_t at = rows.row_begin(row);
      f(s, at, rows.row_end(row) - at);
    }
}

/// Weights of a plastic projection in that order, portion by portion: over several ranks those of all, on rank 0. Collective.
void for_each_weights(const Projection& projection, Ranks& ranks, const std::function<void(std::span<const float>)>& f);

/// Number of synapses in every row of a projection, in this process.
[[nodiscard]] std::vector<std::uint32_t> row_sizes(const Projection& projection);

/// Mean and SD (over synapses, n) of the weights of every plastic projection: weights.<projection>.mean and .sd. Collective.
[[nodiscard]] std::vector<Measure> weight_measures(const Network& network, Ranks& ranks);

/// xxHash64 of the weights of all plastic projections, chained to `seed`. Collective.
[[nodiscard]] std::uint64_t hash_weights(const Network& network, Ranks& ranks, std::uint64_t seed);

}  // namespace burgeon
