#pragma once
// Vectorised counter-based noise: the count of Poisson events of every neuron of a block in one step.
//
// Word of neuron i at step t: Philox4x32-10(key; entity = i / 4, step = t, draw)[i % 4], the same words as random_words().
// The kernels in base/kernels/ are compiled for several instruction sets and give the same bits on each.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace burgeon {

/// Cumulative distribution of Poisson(mean) scaled to 2^32, for inversion by comparison: count = #{k : word >= threshold[k]}.
/// Means above 24 are split into `parts` independent draws of mean / parts. Truncation error of the tail < 2^-32.
struct PoissonTable {
  double mean = 0.0;
  std::uint32_t parts = 1;
  std::vector<std::uint32_t> threshold;
};
[[nodiscard]] PoissonTable poisson_table(double mean);

/// Adds weight * Poisson count to input[0 ... n-1], neurons first ... first + n - 1 at step `step`. `first` is a multiple of 4.
using PoissonKernel = void (*)(std::uint64_t key, std::uint64_t first, std::size_t n, std::int64_t step,
                               const PoissonTable& table, float weight, float* input);
/// Writes standard normal deviates to out[0 ... n-1], same addressing (inverse cumulative distribution, 32-bit uniform + 0.5).
using NormalKernel = void (*)(std::uint64_t key, std::uint64_t first, std::size_t n, std::int64_t step, double* out);

struct NoiseKernels {
  std::string_view simd;
  PoissonKernel add_poisson;
  NormalKernel normal;
};
/// Kernels for an instruction-set level, "v2", "v3" or "v4". Precondition: the CPU supports it.
[[nodiscard]] const NoiseKernels& noise_kernels(std::string_view simd);

/// Best level this CPU supports.
[[nodiscard]] std::string_view best_simd();

}  // namespace burgeon
