#pragma once
// Small functions that several slow processes share.

#include <cmath>

#include "catalogue/slow_rows.h"

namespace burgeon::models::BURGEON_ISA {

/// x^n / (x^n + K^n) for x >= 0.
inline double hill(double x, double K, double n) {
  if (x <= 0.0) return 0.0;
  return 1.0 / (1.0 + std::pow(K / x, n));
}

/// Hill function as a part of its value at x = 1, the baseline.
inline double relative_hill(double x, double K, double n) { return hill(x, K, n) / hill(1.0, K, n); }

inline double above_zero(double x) { return x > 0.0 ? x : 0.0; }

}  // namespace burgeon::models::BURGEON_ISA
