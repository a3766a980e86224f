#pragma once
// Exact effect of exponential and alpha-shaped currents on a linear membrane over one step (Rotter & Diesmann 1999,
// doi:10.1007/s004220050570, section 3.1.2), written with phi functions so that tau = tau_m is no special case.

#include "base/math.h"
#include "catalogue/rows.h"

namespace burgeon::models::BURGEON_ISA {

/// Integral of u e^(x u) over u = 0 ... 1.
inline double first_moment(double x) {
  if (x > 1.0 || x < -1.0) return (fast_exp(x) * (x - 1.0) + 1.0) / (x * x);
  // Sum of x^k / (k! (k + 2)).
  double sum = 0.0;
  double term = 1.0;
  for (int k = 0; k < 20; ++k) {
    sum += term / (k + 2);
    term *= x / (k + 1);
  }
  return sum;
}

/// mV that a current e^(-s / tau) pA adds to V over the step.
inline double exponential_to_V(double tau, const Membrane& m, double dt) {
  const double x = dt / m.tau_m - dt / tau;
  return dt / m.C_m * fast_exp(-dt / m.tau_m) * phi1(x);
}

/// mV that a current s e^(-s / tau) pA adds to V over the step.
inline double alpha_to_V(double tau, const Membrane& m, double dt) {
  const double x = dt / m.tau_m - dt / tau;
  return dt * dt / m.C_m * fast_exp(-dt / m.tau_m) * first_moment(x);
}

}  // namespace burgeon::models::BURGEON_ISA
