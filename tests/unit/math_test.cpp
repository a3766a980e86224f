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

}  // namespace
}  // namespace burgeon
