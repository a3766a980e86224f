#pragma once
// exp, log and phi1 that vectorise and give the same bits on every instruction set and compiler (no FMA contraction, no
// libm).

#include <bit>
#include <cmath>
#include <cstdint>

namespace burgeon {

/// e^x = p(r) 2^k for x = k ln2 + r with |r| <= ln2/2 (Cody & Waite); x is clamped to [-708, 709]. Branch-free, so that a loop
/// over a column vectorises.
template <class Polynomial>
[[gnu::always_inline]] inline double reduced_exp(double x, const Polynomial& p) {
  constexpr double log2_e = 1.4426950408889634074;
  constexpr double ln2_hi = 6.93147180369123816490e-01;
  constexpr double ln2_lo = 1.90821492927058770002e-10;
  constexpr double magic = 6755399441055744.0;  // 1.5 * 2^52: adding it rounds to the nearest integer
  const double floor_x = x < -708.0 ? -708.0 : x;
  const double bounded = floor_x > 709.0 ? 709.0 : floor_x;
  const double shifted = bounded * log2_e + magic;
  const double k = shifted - magic;
  const double r = (bounded - k * ln2_hi) - k * ln2_lo;
  const auto exponent = static_cast<std::uint64_t>(std::bit_cast<std::int64_t>(shifted) + 1023) << 52;
  return p(r) * std::bit_cast<double>(exponent);
}

/// e^x, relative error < 2e-16 + 1 ulp over [-708, 709]; 0 below, largest finite value's neighbourhood above (x is clamped).
/// Method: degree-12 Taylor polynomial.
[[gnu::always_inline]] inline double fast_exp(double x) {
  return reduced_exp(x, [](double r) {
    double p = 1.0 / 479001600.0;
    p = p * r + 1.0 / 39916800.0;
    p = p * r + 1.0 / 3628800.0;
    p = p * r + 1.0 / 362880.0;
    p = p * r + 1.0 / 40320.0;
    p = p * r + 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    p = p * r + 1.0;
    return p * r + 1.0;
  });
}

/// e^x for factors that depend on the voltage, relative error < 2e-14 over [-708, 709].
/// Method: polynomial of degree 9 of least relative error (Remez exchange), by Estrin's scheme: half as long a chain as Horner's,
/// which is what counts for one value at a time.
[[gnu::always_inline]] inline double exp_short(double x) {
  return reduced_exp(x, [](double r) {
    const double r2 = r * r;
    const double c01 = 1.0000000000000127 + 0.9999999999998928 * r;
    const double c23 = 0.4999999999945797 + 0.16666666667826954 * r;
    const double c45 = 0.04166666703246358 + 0.008333333002822447 * r;
    const double c67 = 0.001388880282878735 + 0.00019841596397164824 * r;
    const double c89 = 2.4884010031807915e-05 + 2.748218698692802e-06 * r;
    const double r4 = r2 * r2;
    return (c01 + c23 * r2) + ((c45 + c67 * r2) + c89 * r4) * r4;
  });
}

/// Natural logarithm of a positive normal number, error < 2 ulp. Branch-free.
/// Method: x = 2^k m with m in [sqrt(1/2), sqrt 2), log m = 2 artanh((m - 1)/(m + 1)) as a series.
[[gnu::always_inline]] inline double fast_log(double x) {
  constexpr double ln2_hi = 6.93147180369123816490e-01;
  constexpr double ln2_lo = 1.90821492927058770002e-10;
  constexpr std::uint64_t sqrt_half = 0x3fe6a09e667f3bcdULL;  // bits of sqrt(1/2)
  constexpr std::uint64_t two_to_52 = 0x4330000000000000ULL;  // bits of 2^52: or-ing an integer below converts it
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(x);
  // A bias of 2048 keeps the shifted exponent positive, so that it converts without a signed conversion instruction.
  const std::uint64_t biased = (bits - sqrt_half + (2048ULL << 52)) >> 52;
  const double k = std::bit_cast<double>(biased | two_to_52) - 4503599627372544.0;
  const double m = std::bit_cast<double>(bits - ((biased - 2048ULL) << 52));
  const double s = (m - 1.0) / (m + 1.0);
  const double s2 = s * s;
  double p = 1.0 / 23.0;
  p = p * s2 + 1.0 / 21.0;
  p = p * s2 + 1.0 / 19.0;
  p = p * s2 + 1.0 / 17.0;
  p = p * s2 + 1.0 / 15.0;
  p = p * s2 + 1.0 / 13.0;
  p = p * s2 + 1.0 / 11.0;
  p = p * s2 + 1.0 / 9.0;
  p = p * s2 + 1.0 / 7.0;
  p = p * s2 + 1.0 / 5.0;
  p = p * s2 + 1.0 / 3.0;
  return k * ln2_hi + (2.0 * s + (2.0 * s * s2 * p + k * ln2_lo));
}

/// Largest |x| at which phi1 is its Taylor series: a kernel that knows all its arguments to be smaller may call
/// phi1_series and get the same bits without an exponential.
inline constexpr double phi1_series_limit = 0.25;

/// Taylor series of phi1 for |x| < phi1_series_limit.
[[gnu::always_inline]] inline double phi1_series(double x) {
  double p = 1.0 / 39916800.0;
  p = p * x + 1.0 / 3628800.0;
  p = p * x + 1.0 / 362880.0;
  p = p * x + 1.0 / 40320.0;
  p = p * x + 1.0 / 5040.0;
  p = p * x + 1.0 / 720.0;
  p = p * x + 1.0 / 120.0;
  p = p * x + 1.0 / 24.0;
  p = p * x + 1.0 / 6.0;
  p = p * x + 0.5;
  return p * x + 1.0;
}

/// phi1(x) = (e^x - 1)/x, phi1(0) = 1, the exponential-integrator function. Relative error < 3e-15 for |x| <= 700.
/// Branch-free: a short Taylor series near 0 (where e^x - 1 cancels), the quotient elsewhere.
[[gnu::always_inline]] inline double phi1(double x) {
  const bool small = x > -phi1_series_limit && x < phi1_series_limit;
  const double safe = small ? 1.0 : x;
  const double series = phi1_series(x);
  return small ? series : (fast_exp(safe) - 1.0) / safe;
}

/// Where phi1_short holds. Steps of a membrane lie here: mostly J < 0, and an upstroke's J > 0 is small.
inline constexpr double phi1_short_low = -0.25, phi1_short_high = 0.0625;

/// phi1 for phi1_short_low < x < phi1_short_high. Relative error < 9e-13, far below that of a step of any second-order scheme, in
/// little more than half the operations.
/// Method: polynomial of degree 6 of least relative error over the range (Remez exchange).
[[gnu::always_inline]] inline double phi1_short(double x) {
  double p = 0.00018279817138589036;
  p = p * x + 0.0013855337398044091;
  p = p * x + 0.008333121128184646;
  p = p * x + 0.04166667871465507;
  p = p * x + 0.16666666794121499;
  p = p * x + 0.499999999992055;
  return p * x + 0.9999999999991619;
}

/// phi2(x) = (phi1(x) - 1)/x in the same range, relative error < 2e-13; phi1 = 1 + x phi2 with an error below 3e-14.
/// Method: as phi1_short.
[[gnu::always_inline]] inline double phi2_short(double x) {
  double p = 2.3063032362545236e-05;
  p = p * x + 0.0001980401607389741;
  p = p * x + 0.0013888655884686967;
  p = p * x + 0.008333334694606223;
  p = p * x + 0.04166666680723387;
  p = p * x + 0.16666666666570443;
  return p * x + 0.4999999999999078;
}

/// phi1 for one value at a time: phi1_short where it holds.
inline double phi1_scalar(double x) {
  if (x > phi1_short_low && x < phi1_short_high) return phi1_short(x);
  return phi1(x);
}

/// log(1 + y) / y for y > -1, 1 at y = 0; relative error < 2e-14. Not branch-free.
/// Method: Taylor series below 0.01, where 1 + y loses digits of y.
inline double log1p_ratio(double y) {
  if (!(y > -0.01 && y < 0.01)) return fast_log(1.0 + y) / y;
  double p = -1.0 / 8.0;
  p = p * y + 1.0 / 7.0;
  p = p * y - 1.0 / 6.0;
  p = p * y + 1.0 / 5.0;
  p = p * y - 1.0 / 4.0;
  p = p * y + 1.0 / 3.0;
  p = p * y - 0.5;
  return p * y + 1.0;
}

}  // namespace burgeon
