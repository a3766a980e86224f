#include "base/noise.h"

#include <cmath>

#include "base/errors.h"
#include "base/kernels/noise_kernels.h"
#include "base/math.h"

namespace burgeon {

PoissonTable poisson_table(double mean) {
  expect(mean >= 0.0 && mean <= 1e6, "poisson_table needs 0 <= mean <= 1e6");
  PoissonTable table;
  table.mean = mean;
  table.parts = mean > 24.0 ? static_cast<std::uint32_t>(std::ceil(mean / 24.0)) : 1U;
  const double part = mean / table.parts;

  // Probabilities up to far into the tail, then tail sums from the small end so that none is lost to rounding.
  std::vector<double> probability{fast_exp(-part)};
  for (double k = 1.0; k < part || probability.back() > 1e-18; k += 1.0)
    probability.push_back(probability.back() * part / k);
  std::vector<double> above(probability.size(), 0.0);
  for (std::size_t k = probability.size() - 1; k > 0; --k) above[k - 1] = above[k] + probability[k];

  // P(count > k) = P(word >= threshold[k]) = above[k]; ends where no word reaches.
  for (const double tail : above) {
    const double words = std::floor(tail * 0x1p32 + 0.5);
    if (words < 1.0) break;
    table.threshold.push_back(words >= 0x1p32 ? 0U : static_cast<std::uint32_t>(0x1p32 - words));
  }
  return table;
}

namespace {

constexpr NoiseKernels v2_kernels{"v2", kernels::v2::add_poisson, kernels::v2::normal};
#ifndef BURGEON_SINGLE_ISA
constexpr NoiseKernels v3_kernels{"v3", kernels::v3::add_poisson, kernels::v3::normal};
constexpr NoiseKernels v4_kernels{"v4", kernels::v4::add_poisson, kernels::v4::normal};
#endif

}  // namespace

const NoiseKernels& noise_kernels(std::string_view simd) {
#ifndef BURGEON_SINGLE_ISA
  if (simd == "v4") return v4_kernels;
  if (simd == "v3") return v3_kernels;
#endif
  expect(simd == "v2", "noise_kernels: unknown instruction-set level");
  return v2_kernels;
}

std::string_view best_simd() {
#if defined(__x86_64__) && !defined(BURGEON_SINGLE_ISA)
  const bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
                  __builtin_cpu_supports("bmi2");
  const bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                  __builtin_cpu_supports("avx512vl");
  if (v4) return "v4";
  if (v3) return "v3";
#endif
  return "v2";
}

}  // namespace burgeon
