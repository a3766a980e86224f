#pragma once
// Who becomes the partner of a neuron: all candidates alike, or by the kernel exp(-d^2 / sigma^2) of their distance
// (Butz & van Ooyen 2013, doi:10.1371/journal.pcbi.1003259).

#include <array>
#include <cstdint>
#include <span>

#include "base/random.h"
#include "network/network.h"

namespace burgeon {

using Position = std::array<float, 3>;

/// Squared distance of two neurons, um^2.
[[nodiscard]] inline double squared_distance(const Position& a, const Position& b) {
  double sum = 0.0;
  for (std::size_t k = 0; k < 3; ++k) {
    const double d = static_cast<double>(a[k]) - static_cast<double>(b[k]);
    sum += d * d;
  }
  return sum;
}

inline constexpr std::uint32_t nobody = ~0U;

/// Draws one of the candidates 0 ... n - 1 with a probability proportional to the kernel; `without` (or nobody) is left out.
/// Exact: rejection, and after some attempts the cumulative distribution, which has the same law.
/// `positions` is not used with sigma = 0. Returns nobody when there is no candidate.
[[nodiscard]] std::uint32_t draw_partner(RandomStream& stream, std::uint64_t n, std::uint32_t without,
                                         std::span<const Position> positions, const Position& centre, double sigma);

}  // namespace burgeon
