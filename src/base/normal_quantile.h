#pragma once
// Inverse of the standard normal cumulative distribution: Wichura 1988, algorithm AS241 (PPND16), doi:10.2307/2347330.
// One text for the scalar function and the vectorised kernel, so both give the same bits.

#include <array>
#include <cmath>

#include "base/math.h"

namespace burgeon::as241 {

/// Numerator and denominator of degree 7, lowest power first.
using Coefficients = std::array<double, 8>;

[[gnu::always_inline]] inline double polynomial(const Coefficients& c, double r) {
  return ((((((c[7] * r + c[6]) * r + c[5]) * r + c[4]) * r + c[3]) * r + c[2]) * r + c[1]) * r + c[0];
}

/// |p - 0.5| <= 0.425.
[[gnu::always_inline]] inline double central(double q) {
  constexpr Coefficients a{3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
                           1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
                           3.3430575583588128105e4, 2.5090809287301226727e3};
  constexpr Coefficients b{1.0,
                           4.2313330701600911252e1,
                           6.8718700749205790830e2,
                           5.3941960214247511077e3,
                           2.1213794301586595867e4,
                           3.9307895800092710610e4,
                           2.8729085735721942674e4,
                           5.2264952788528545610e3};
  const double r = 0.180625 - q * q;
  return q * polynomial(a, r) / polynomial(b, r);
}

/// Size of the deviate in the tails, r = sqrt(-log(min(p, 1 - p))) <= 5, i.e. min(p, 1 - p) >= 1.4e-11.
[[gnu::always_inline]] inline double tail(double r) {
  constexpr Coefficients c{1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                           3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                           2.27238449892691845833e-2, 7.74545014278341407640e-4};
  constexpr Coefficients d{1.0,
                           2.05319162663775882187e0,
                           1.67638483018380384940e0,
                           6.89767334985100004550e-1,
                           1.48103976427480074590e-1,
                           1.51986665636164571966e-2,
                           5.47593808499534494600e-4,
                           1.05075007164441684324e-9};
  return polynomial(c, r - 1.6) / polynomial(d, r - 1.6);
}

/// The same for r > 5.
inline double far_tail(double r) {
  constexpr Coefficients e{6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                           2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                           2.71155556874348757815e-5, 2.01033439929228813265e-7};
  constexpr Coefficients f{1.0,
                           5.99832206555887937690e-1,
                           1.36929880922735805310e-1,
                           1.48753612908506148525e-2,
                           7.86869131145613259100e-4,
                           1.84631831751005468180e-5,
                           1.42151175831644588870e-7,
                           2.04426310338993978564e-15};
  return polynomial(e, r - 5.0) / polynomial(f, r - 5.0);
}

/// Branch-free form for 1.4e-11 <= p <= 1 - 1.4e-11, which every 32-bit uniform satisfies.
[[gnu::always_inline]] inline double quantile_32bit(double p) {
  const double q = p - 0.5;
  const double smaller = q < 0.0 ? p : 1.0 - p;
  const double outer = tail(std::sqrt(-fast_log(smaller)));
  const double inner = central(q);
  const double outer_signed = q < 0.0 ? -outer : outer;
  return std::fabs(q) <= 0.425 ? inner : outer_signed;
}

}  // namespace burgeon::as241
