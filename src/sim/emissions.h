#pragma once
// Spikes of one interval as the threads exchange them.

#include <cstdint>
#include <vector>

#include "base/types.h"

namespace burgeon {

/// A spike found while step `first + offset` -> `first + offset + 1` of an interval was integrated. Deliveries happen in the
/// order (offset, population, neuron), which does not depend on threads or on how time is cut into intervals.
struct Emission {
  std::uint32_t offset;
  std::uint32_t population;
  LocalIndex neuron;  ///< in the population
  float before;       ///< ms before the end of the step, 0 ... dt; dt itself: a jump at the very start of the step

  /// Grid point, as an offset to the interval's first step, from which delays count.
  [[nodiscard]] std::uint32_t emitted(float dt) const { return before == dt ? offset : offset + 1; }
};

/// The spike with its absolute time.
[[nodiscard]] inline Spike to_spike(const Emission& e, Step first, float dt) {
  return Spike{first + e.emitted(dt), e.population, e.neuron, e.before == dt ? 0.0F : e.before};
}

/// What one thread found in one interval, in delivery order.
using Emissions = std::vector<Emission>;

/// Brings emissions found block by block (each block ordered by offset) into delivery order. `scratch` is reused.
void sort_emissions(Emissions& emissions, std::uint32_t offsets, Emissions& scratch);

/// Merges the ordered lists of all threads (their neurons follow each other) into `merged`.
void merge_emissions(const std::vector<const Emissions*>& lists, std::uint32_t offsets, std::uint32_t populations,
                     Emissions& merged);

}  // namespace burgeon
