#pragma once
// Which neurons are connected: one small enumerator per rule. A pure function of (seed, projection name, target id), or of
// the source id for fixed out-degrees, so it is the same for any number of slices.

#include <array>
#include <cstdint>
#include <functional>
#include <span>

#include "base/random.h"
#include "network/network.h"
#include "spec/model_spec.h"

namespace burgeon {

/// All that the wiring of one projection depends on.
struct Wiring {
  /// Positions are needed for the rule `distance` only (um, one per neuron of the population).
  Wiring(const ProjectionSpec& projection, std::uint64_t seed,
         std::span<const std::array<float, 3>> source_positions = {},
         std::span<const std::array<float, 3>> target_positions = {});

  const ProjectionSpec& spec;
  Range source;             ///< selected neurons of the source population
  Range target;             ///< selected neurons of the target population
  std::uint64_t key;        ///< of the sources of a target
  std::uint64_t total_key;  ///< of the splitting of a fixed total among targets
  bool skip_self;           ///< autapses are off and could occur
  std::span<const std::array<float, 3>> source_position;
  std::span<const std::array<float, 3>> target_position;

  /// Is neuron `target` of the target population also a source that it must not connect to?
  [[nodiscard]] bool excludes_self(std::uint64_t t) const { return skip_self && t >= source.begin && t < source.end; }
};

/// Receives sources (relative to source.begin) of one target (index in its population).
using TakeSources = std::function<void(std::uint64_t target, std::span<const std::uint32_t> sources)>;

/// Enumerates all synapses onto the targets within `targets` (a part of the target population; only selected ones count).
/// Targets come in ascending order, except for fixed_out_degree, where sources do.
void for_each_target(const Wiring& wiring, Range targets, const TakeSources& take);

/// Distance on the ring between source and target, rad in [0, pi]: angles by index within the two selections.
[[nodiscard]] double ring_distance(const Wiring& wiring, std::uint32_t source, std::uint64_t target);

}  // namespace burgeon
