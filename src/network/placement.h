#pragma once
// Where neurons are in space.

#include <array>
#include <cstdint>
#include <vector>

#include "spec/model_spec.h"

namespace burgeon {

/// Position of every neuron [um]; empty when the population is not placed. Random placements are uniform in the box, disc
/// (in the x-y plane) or cylinder (axis z), a pure function of (seed, population name, index). A grid has equal spacing as
/// far as possible along its non-zero sides, filled x first; a ring lies in the x-y plane, neuron 0 on the x axis.
[[nodiscard]] std::vector<std::array<float, 3>> place_neurons(const PopulationSpec& population, std::uint64_t seed);

}  // namespace burgeon
