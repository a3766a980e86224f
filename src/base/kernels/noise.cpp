// Poisson counts and normal deviates for columns of neurons, a chunk of Philox words at a time.

#include <algorithm>
#include <array>
#include <bit>

#include "base/kernels/lanes.h"
#include "base/kernels/noise_kernels.h"
#include "base/normal_quantile.h"

namespace burgeon::kernels::BURGEON_ISA {
namespace {

constexpr std::size_t groups = 16;         // of four neurons, per chunk
constexpr std::size_t chunk = 4 * groups;  // neurons
using Words = std::array<std::uint32_t, chunk>;

/// Ten Philox4x32 rounds on the counters (first_group + j, step, draw), j = 0 ... groups - 1: the words that random_words()
/// gives, in order of neurons. The upper halves of the 64-bit lanes hold leftovers that no product reads.
[[gnu::always_inline]] inline Words philox(std::uint64_t key, std::uint64_t first_group, std::int64_t step,
                                           std::uint32_t draw) {
  constexpr std::uint64_t m0 = 0xD2511F53ULL, m1 = 0xCD9E8D57ULL;  // Salmon et al. 2011, section 3.3
  constexpr std::uint32_t w0 = 0x9E3779B9U, w1 = 0xBB67AE85U;
  constexpr std::size_t vectors = groups / lane_count;
  const auto time = static_cast<std::uint64_t>(step);
  Lanes number{};
  for (std::size_t lane = 0; lane < lane_count; ++lane) number[lane] = lane;
  std::array<Lanes, vectors> x0, x1, x2, x3;
  for (std::size_t v = 0; v < vectors; ++v) {
    x0[v] = number + (first_group + v * lane_count);
    x1[v] = ((x0[v] >> 32) & 0x7ffULL) | (time << 11);
    x2[v] = Lanes{} + (time >> 21);
    x3[v] = Lanes{} + std::uint64_t{draw};
  }
  auto k0 = static_cast<std::uint32_t>(key);
  auto k1 = static_cast<std::uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round, k0 += w0, k1 += w1)
    for (std::size_t v = 0; v < vectors; ++v) {
      const Lanes p0 = multiply_low(x0[v], m0);
      const Lanes p1 = multiply_low(x2[v], m1);
      x0[v] = (p1 >> 32) ^ x1[v] ^ std::uint64_t{k0};
      x1[v] = p1;
      x2[v] = (p0 >> 32) ^ x3[v] ^ std::uint64_t{k1};
      x3[v] = p0;
    }

  // Words 0 1 and 2 3 of a group side by side (the lower word first in memory), then the pairs in turn.
  static_assert(std::endian::native == std::endian::little);
  std::array<std::uint64_t, 2 * groups> pairs;
  for (std::size_t v = 0; v < vectors; ++v) {
    const Lanes first = (x0[v] & 0xffffffffULL) | (x1[v] << 32);
    const Lanes second = (x2[v] & 0xffffffffULL) | (x3[v] << 32);
    for (std::size_t lane = 0; lane < lane_count; ++lane) {
      pairs[2 * (v * lane_count + lane)] = first[lane];
      pairs[2 * (v * lane_count + lane) + 1] = second[lane];
    }
  }
  return std::bit_cast<Words>(pairs);
}

}  // namespace

void add_poisson(std::uint64_t key, std::uint64_t first, std::size_t n, std::int64_t step, const PoissonTable& table,
                 float weight, float* input) {
  Words count;
  for (std::size_t begin = 0; begin < n; begin += chunk) {
    count.fill(0);
    for (std::uint32_t part = 0; part < table.parts; ++part) {
      const Words words = philox(key, (first + begin) / 4, step, part);
      // Thresholds rise, so the largest word tells how many matter.
      std::uint32_t largest = 0;
#pragma omp simd reduction(max : largest)
      for (std::size_t i = 0; i < chunk; ++i) largest = words[i] > largest ? words[i] : largest;
      for (const std::uint32_t threshold : table.threshold) {
        if (threshold > largest) break;
#pragma omp simd
        for (std::size_t i = 0; i < chunk; ++i) count[i] += words[i] >= threshold ? 1U : 0U;
      }
    }
    const std::size_t here = std::min(chunk, n - begin);
#pragma omp simd
    for (std::size_t i = 0; i < here; ++i)
      input[begin + i] += weight * static_cast<float>(static_cast<std::int32_t>(count[i]));
  }
}

void normal(std::uint64_t key, std::uint64_t first, std::size_t n, std::int64_t step, double* out) {
  std::array<double, chunk> deviate;
  for (std::size_t begin = 0; begin < n; begin += chunk) {
    const Words words = philox(key, (first + begin) / 4, step, 0);
#pragma omp simd
    for (std::size_t i = 0; i < chunk; ++i)
      deviate[i] = as241::quantile_32bit((static_cast<double>(words[i]) + 0.5) * 0x1p-32);
    const std::size_t here = std::min(chunk, n - begin);
    for (std::size_t i = 0; i < here; ++i) out[begin + i] = deviate[i];
  }
}

}  // namespace burgeon::kernels::BURGEON_ISA
