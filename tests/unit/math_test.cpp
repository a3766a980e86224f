// fast_exp, fast_log and phi1 against the library in long double, and at the edges.

#include "base/math.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace burgeon {
namespace {

double relative_error(double value, long double exact) {
  return static_cast<double>(std::fabs((static_cast<long double>(value) - exact) / exact));
}

TEST(FastExp, AccurateOverItsRange) {
  double worst = 0.0;
  for (double x = -707.5; x < 709.0; x += 0.0137)
    worst = std::max(worst, relative_error(fast_exp(x), std::exp(static_cast<long double>(x))));
  EXPECT_LT(worst, 5e-16);
  EXPECT_EQ(fast_exp(0.0), 1.0);
}

TEST(FastExp, StaysFiniteAtTheEdges) {
  EXPECT_TRUE(std::isfinite(fast_exp(1e300)));
  EXPECT_GT(fast_exp(1e300), 1e307);
  EXPECT_LT(fast_exp(-1e300), 1e-300);
  EXPECT_GE(fast_exp(-1e300), 0.0);
}

TEST(FastLog, AccurateOverAllMagnitudes) {
  double worst = 0.0;
  for (int exponent = -1000; exponent <= 1000; exponent += 7)
    for (double m = 1.0; m < 2.0; m += 0.0171) {
      const double x = std::ldexp(m, exponent);
      if (x != 1.0) worst = std::max(worst, relative_error(fast_log(x), std::log(static_cast<long double>(x))));
    }
  EXPECT_LT(worst, 5e-16);
  EXPECT_EQ(fast_log(1.0), 0.0);
}

TEST(FastLog, AccurateNearOne) {
  for (double d = 1e-12; d < 0.5; d *= 1.3)
    for (const double x : {1.0 + d, 1.0 - d})
      EXPECT_LT(relative_error(fast_log(x), std::log(static_cast<long double>(x))), 5e-16) << x;
}

TEST(FastLog, InvertsExp) {
  for (double x = -700; x < 700; x += 3.1) EXPECT_NEAR(fast_log(fast_exp(x)), x, 1e-15 * std::max(1.0, std::fabs(x)));
}

TEST(Phi1, AccurateAndSmoothAcrossTheSwitch) {
  double worst = 0.0;
  for (double x = -700; x < 700; x += 0.0313) {
    const auto exact = static_cast<long double>(x);
    worst = std::max(worst, relative_error(phi1(x), std::expm1(exact) / exact));
  }
  for (double x = 1e-300; x < 1.0; x *= 1.1)
    for (const double signed_x : {x, -x}) {
      const auto exact = static_cast<long double>(signed_x);
      worst = std::max(worst, relative_error(phi1(signed_x), std::expm1(exact) / exact));
    }
  EXPECT_LT(worst, 3e-15);
  EXPECT_EQ(phi1(0.0), 1.0);
}

// Kernels call the series alone when they know it to be what phi1 would use.
TEST(Phi1, SeriesGivesTheSameBitsBelowTheLimit) {
  for (double x = -0.2499999; x < 0.25; x += 0.000913) EXPECT_EQ(phi1(x), phi1_series(x));
  EXPECT_NE(phi1(0.3), phi1_series(0.3));
}

TEST(Phi1, ShortPolynomialsKeepTheirErrorInTheirRangeAndNotBeyond) {
  const auto worst = [](double low, double high) {
    struct {
      double phi1 = 0, phi1_by_phi2 = 0, phi2 = 0;
    } w;
    for (double x = low; x < high; x += 0.000137) {
      const auto exact = static_cast<long double>(x);
      const long double one = std::expm1(exact) / exact;
      w.phi1 = std::max(w.phi1, relative_error(phi1_short(x), one));
      w.phi1_by_phi2 = std::max(w.phi1_by_phi2, relative_error(1.0 + x * phi2_short(x), one));
      if (std::fabs(x) > 0.01) w.phi2 = std::max(w.phi2, relative_error(phi2_short(x), (one - 1.0L) / exact));
    }
    return w;
  };
  const auto inside = worst(phi1_short_low, phi1_short_high);
  EXPECT_LT(inside.phi1, 9e-13);
  EXPECT_LT(inside.phi1_by_phi2, 3e-14);
  EXPECT_LT(inside.phi2, 2e-13);
  const auto below = worst(phi1_short_low - 0.1, phi1_short_low), above = worst(phi1_short_high, phi1_short_high + 0.1);
  EXPECT_GT(below.phi1, 1e-11);
  EXPECT_GT(above.phi1, 1e-11);
  EXPECT_GT(below.phi2, 1e-12);
}

TEST(Phi1, ScalarFormIsAccurateEverywhere) {
  for (double x = -30.0; x < 30.0; x += 0.00931) {
    const auto exact = static_cast<long double>(x);
    EXPECT_LT(relative_error(phi1_scalar(x), std::expm1(exact) / exact), 9e-13) << x;
  }
}

TEST(ExpShort, AccurateOverItsRange) {
  double worst = 0.0;
  for (double x = -707.5; x < 709.0; x += 0.0137)
    worst = std::max(worst, relative_error(exp_short(x), std::exp(static_cast<long double>(x))));
  EXPECT_LT(worst, 2e-14);
  EXPECT_TRUE(std::isfinite(exp_short(1e300)));
  EXPECT_LT(exp_short(-1e300), 1e-300);
}

TEST(Log1pRatio, AccurateOnBothSidesOfTheSwitch) {
  for (double y = -0.999; y < 5.0; y += 0.000731) {
    const auto exact = static_cast<long double>(y);
    EXPECT_LT(relative_error(log1p_ratio(y), std::log1p(exact) / exact), 2e-14) << y;
  }
  EXPECT_EQ(log1p_ratio(0.0), 1.0);
}

}  // namespace
}  // namespace burgeon
