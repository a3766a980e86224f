#pragma once
// The noise kernels as compiled for each instruction-set level; noise_kernels() in base/noise.h chooses.

#include "base/noise.h"

#define BURGEON_DECLARE_NOISE_KERNELS(isa)                                                            \
  namespace burgeon::kernels::isa {                                                                   \
  void add_poisson(std::uint64_t key, std::uint64_t first, std::size_t n, std::int64_t step,          \
                   const PoissonTable& table, float weight, float* input);                            \
  void normal(std::uint64_t key, std::uint64_t first, std::size_t n, std::int64_t step, double* out); \
  }

BURGEON_DECLARE_NOISE_KERNELS(v2)
BURGEON_DECLARE_NOISE_KERNELS(v3)
BURGEON_DECLARE_NOISE_KERNELS(v4)

#undef BURGEON_DECLARE_NOISE_KERNELS
