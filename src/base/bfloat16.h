#pragma once
// Numbers in 16 bits: the upper half of a float. Its range, and 8 significant bits.

#include <bit>
#include <cstdint>

namespace burgeon {

/// A finite float rounded to the nearest of 8 significant bits (ties to even): relative error at most 2^-8, unbiased.
/// Exact for numbers that have no more bits. Values beyond 3.39e38 become infinite.
class BFloat16 {
 public:
  BFloat16() = default;
  explicit BFloat16(float value) {
    const auto word = std::bit_cast<std::uint32_t>(value);
    bits_ = static_cast<std::uint16_t>((word + 0x7fffU + (word >> 16 & 1U)) >> 16);
  }
  operator float() const {  // NOLINT(google-explicit-constructor): a weight like any other
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits_) << 16);
  }

 private:
  std::uint16_t bits_ = 0;
};

}  // namespace burgeon
