#pragma once
// Index, id, time and spike types shared by every layer.

#include <compare>
#include <cstdint>

namespace burgeon {

/// Position of a neuron inside one population or one thread's slice of it.
using LocalIndex = std::uint32_t;
/// Identity of a neuron in the whole network: first id of its population + index in it.
using GlobalId = std::uint64_t;
/// Integer time in units of the simulation step dt. Never compare float times.
using Step = std::int64_t;

/// One spike of one neuron.
/// The exact time is `step * dt - before` [ms]; `step` is the first grid point at or after it, and it is from this grid
/// point that delays count.
struct Spike {
  Step step;
  std::uint32_t population;
  LocalIndex index;  ///< in the population
  float before;      ///< ms, 0 <= before < dt

  friend auto operator<=>(const Spike& a, const Spike& b) {
    if (const auto c = a.step <=> b.step; c != 0) return c;
    if (const auto c = a.population <=> b.population; c != 0) return c;
    return a.index <=> b.index;
  }
  friend bool operator==(const Spike&, const Spike&) = default;
};

}  // namespace burgeon
