#pragma once
// Wiring -> rows of synapses: count, then fill straight into the final arrays, then draw weights and delays row by row.
// Peak memory is the final size plus 16 bytes per source, one row, and the runs of delays (a small part) once or twice more.

#include <cstdint>
#include <utility>

#include "network/draw.h"
#include "network/network.h"
#include "network/wiring.h"

namespace burgeon {

/// How synapses of one projection get weight and delay. The values of the k-th synapse from source i to target j are a pure
/// function of (seed, projection name, i, j, k), whatever the order of drawing.
struct SynapseValues {
  SynapseValues(const ProjectionSpec& projection, const RunSpec& run);

  Sampler weight;
  Sampler delay;
  std::uint64_t key;
  double dt;
  /// Of the delays. Projections with the same pairs have the same delays too: they are of one axon.
  std::uint64_t delay_key;
  bool shared_weight;  ///< one weight for all: constant, no profile, no plasticity, no stages
  bool shared_delay;
  bool rounded_weight;  ///< kept in 16 bits

  /// ms -> steps: nearest, at least 1. Throws EnvironmentError above 65,535.
  [[nodiscard]] std::uint16_t delay_steps(double ms) const {
    const double rounded = ms / dt + 0.5;
    if (!(rounded < 65536.0)) refuse_delay(ms);
    return rounded < 1.0 ? std::uint16_t{1} : static_cast<std::uint16_t>(rounded);
  }
  /// Shortest and longest delay that may be drawn, in steps. Precondition: the delay is constant or has bounds.
  [[nodiscard]] std::pair<std::uint16_t, std::uint16_t> delay_range() const;
  /// Values of a synapse that is made in the course of a run: the delay belongs to the pair, the weight to the synapse.
  [[nodiscard]] std::uint16_t delay_of_pair(std::uint32_t source_row, std::uint32_t target) const;
  [[nodiscard]] float weight_of(std::uint64_t uid) const;

 private:
  std::uint64_t later_key_;
  Draw delay_draw_;
  [[noreturn]] void refuse_delay(double ms) const;
};

struct BuiltRows {
  Rows rows;
  std::uint16_t min_delay = 0, max_delay = 0;  ///< steps; 0 when there is no synapse
};

/// Rows onto the neurons `owned` of the target population. `narrow_limit`: number of synapses from which row offsets take
/// 64 bits (lowered by tests only).
[[nodiscard]] BuiltRows build_rows(const Wiring& wiring, const SynapseValues& values, Range owned,
                                   std::uint64_t narrow_limit = std::uint64_t{1} << 32);

/// Factor of a ring-shaped weight profile at distance theta [rad].
[[nodiscard]] double profile_factor(const ProjectionSpec::Profile& profile, double theta);

}  // namespace burgeon
