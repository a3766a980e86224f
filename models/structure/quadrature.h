#pragma once
// Integral of a smooth function of decaying calcium, for growth curves without a closed form.

#include "base/math.h"

namespace burgeon::models::BURGEON_ISA {

/// Integral over `span` ms of f(C(t)), C(t) = calcium exp(-t / tau). Gauss-Legendre with three points (DLMF 3.5.v) on pieces in
/// which calcium changes by less than a quarter of `width`, the scale on which f varies, and that last half a tau at most: relative
/// error about 1e-7.
template <class F>
double integral_over_decay(double calcium, double tau, double width, double span, const F& f) {
  constexpr double node = 0.77459666924148337704;  // sqrt(3/5)
  constexpr double middle = 4.0 / 9.0, outer = 5.0 / 18.0;
  double sum = 0.0, t = 0.0, c = calcium;
  while (t < span) {
    const double slope = c / (width * tau);
    double h = span - t;
    if (h * slope > 0.25) h = 0.25 / slope;
    // What is left when calcium has all but gone is one piece.
    if (c > 1e-8 * width && h > 0.5 * tau) h = 0.5 * tau;
    const double x = h / tau;
    const double c1 = c * fast_exp(-0.5 * (1.0 - node) * x);
    const double c2 = c * fast_exp(-0.5 * x);
    const double c3 = c * fast_exp(-0.5 * (1.0 + node) * x);
    sum += h * (outer * f(c1) + middle * f(c2) + outer * f(c3));
    c *= fast_exp(-x);
    t += h;
  }
  return sum;
}

}  // namespace burgeon::models::BURGEON_ISA
