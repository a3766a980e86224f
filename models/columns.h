#pragma once
// Small things every kernel needs. Loops run over restrict-qualified parameters under '#pragma omp simd': compilers give up
// on restrict pointers that are locals unpacked from a struct, and on those of a function that was inlined, hence
// [[gnu::noinline]] on the functions that hold a loop.

#include <bit>
#include <cstddef>
#include <cstdint>

#include "catalogue/rows.h"

namespace burgeon::models::BURGEON_ISA {

/// Coefficient of neuron i. When all neurons share it, a loop constant.
template <bool uniform>
[[gnu::always_inline]] inline double at(const double* column, std::size_t i) {
  return column[uniform ? 0 : i];
}

/// The same for loops with conditions: the shared value is read once, before the loop, since compilers do not move a read out
/// of a condition.
template <bool uniform>
class Column {
 public:
  explicit Column(const double* values) : values_(values), shared_(values[0]) {}
  [[gnu::always_inline]] double operator[](std::size_t i) const { return uniform ? shared_ : values_[i]; }

 private:
  const double* values_;
  double shared_;
};

/// Coefficient column as seen from neuron `from` on.
template <bool uniform>
[[gnu::always_inline]] inline const double* from(const double* column, std::size_t first) {
  return uniform ? column : column + first;
}

/// Adds to an accumulator, or writes it when nothing is in it yet (see ReceptorBlock::first).
template <bool first>
[[gnu::always_inline]] inline void add(double& sum, double value) {
  sum = first ? value : sum + value;
}

/// Neurons of one word of marks.
inline constexpr std::size_t piece = 64;

/// Neurons that a vector loop marks for a scalar second look, one bit each. Whether a neuron is marked may depend on its own
/// values only, so that results do not depend on its neighbours. See docs/decisions/0009-second-look.md.
struct Marks {
  std::uint64_t word[max_block / piece];

  /// Calls look(i) for the marked among n neurons, in order.
  template <class Look>
  [[gnu::always_inline]] void each(std::size_t n, const Look& look) const {
    for (std::size_t w = 0; w * piece < n; ++w)
      for (std::uint64_t left = word[w]; left != 0; left &= left - 1)
        look(w * piece + static_cast<std::size_t>(std::countr_zero(left)));
  }
};

/// bit[k] = 2^k: a load where instruction sets have no shift by a different number in each lane.
struct Bits {
  alignas(64) std::uint64_t bit[64];
};
inline constexpr Bits bits = [] {
  Bits b{};
  for (std::size_t k = 0; k < 64; ++k) b.bit[k] = std::uint64_t{1} << k;
  return b;
}();

[[gnu::always_inline]] inline double smaller(double a, double b) { return a < b ? a : b; }
[[gnu::always_inline]] inline double larger(double a, double b) { return a > b ? a : b; }

}  // namespace burgeon::models::BURGEON_ISA
