#pragma once
// What rules of plasticity share: loops over the synapses of one spike, bounds.

#include <limits>

#include "models/columns.h"

namespace burgeon::models::BURGEON_ISA {

/// Keeps a weight within [0, w_max].
[[gnu::always_inline]] inline float bounded(float w, float w_max) {
  const float low = w < 0.0F ? 0.0F : w;
  return low > w_max ? w_max : low;
}

}  // namespace burgeon::models::BURGEON_ISA
