#pragma once
// As many 64-bit lanes as one register of the instruction set holds, and the one operation on them that compilers do not
// find by themselves: the product of the lower halves (GCC 12 turns it into a full 64-bit product, several times slower).

#include <cstddef>
#include <cstdint>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace burgeon::kernels::BURGEON_ISA {

#if defined(__AVX512F__)
inline constexpr std::size_t lane_count = 8;
#elif defined(__AVX2__)
inline constexpr std::size_t lane_count = 4;
#else
inline constexpr std::size_t lane_count = 2;
#endif

using Lanes [[gnu::vector_size(8 * lane_count)]] = std::uint64_t;

/// Product of the lower 32 bits of each lane with `factor` < 2^32; upper halves are ignored.
[[gnu::always_inline]] inline Lanes multiply_low(Lanes x, std::uint64_t factor) {
#if defined(__AVX512F__)
  // The zero-masked form is the same instruction; the plain one draws a false warning from GCC 12 (PR 105593).
  return reinterpret_cast<Lanes>(
      _mm512_maskz_mul_epu32(0xff, reinterpret_cast<__m512i>(x), _mm512_set1_epi64(static_cast<long long>(factor))));
#elif defined(__AVX2__)
  return reinterpret_cast<Lanes>(
      _mm256_mul_epu32(reinterpret_cast<__m256i>(x), _mm256_set1_epi64x(static_cast<long long>(factor))));
#elif defined(__SSE2__)
  return reinterpret_cast<Lanes>(
      _mm_mul_epu32(reinterpret_cast<__m128i>(x), _mm_set1_epi64x(static_cast<long long>(factor))));
#else
  return (x & 0xffffffffULL) * factor;
#endif
}

}  // namespace burgeon::kernels::BURGEON_ISA
