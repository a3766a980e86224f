#pragma once
// Dual-exponential conductance of unit peak, as a cascade: an event adds its weight to x,
//
//   dx/dt = -x / tau_rise,   dg/dt = kappa x - g / tau_decay
//
// with kappa such that g peaks at the weight. Shared by dual_exp_conductance and nmda. Exact; the mean of g over the step is
// what drives the neuron, so the charge of an event is exact for any dt.

#include <string_view>

#include "base/math.h"
#include "models/columns.h"

namespace burgeon::models::BURGEON_ISA {

enum DualExponential { dual_decay_g, dual_decay_x, dual_x_to_g, dual_mean_g, dual_mean_x, dual_count };

/// Coefficients for tau_rise < tau_decay, in the order of the enumeration.
inline void prepare_dual_exponential(double tau_rise, double tau_decay, double dt, double* c) {
  const double rate = 1.0 / tau_rise - 1.0 / tau_decay;
  const double t_peak = fast_log(tau_decay / tau_rise) / rate;
  const double scale = 1.0 / (fast_exp(-t_peak / tau_decay) - fast_exp(-t_peak / tau_rise));  // kappa / rate
  c[dual_decay_g] = fast_exp(-dt / tau_decay);
  c[dual_decay_x] = fast_exp(-dt / tau_rise);
  c[dual_x_to_g] = scale * (c[dual_decay_g] - c[dual_decay_x]);
  c[dual_mean_g] = phi1(-dt / tau_decay);
  c[dual_mean_x] = scale * (phi1(-dt / tau_decay) - phi1(-dt / tau_rise));
}

inline std::string_view check_dual_exponential(double tau_rise, double tau_decay) {
  return tau_rise <= 0.99 * tau_decay ? "" : "tau_rise must be below 0.99 tau_decay";
}

/// Adds the input, advances g and x by one step, writes the mean of g over the step.
template <bool uniform>
[[gnu::noinline]] void advance_dual_exponential(std::size_t n, const double* __restrict decay_g,
                                                const double* __restrict decay_x, const double* __restrict x_to_g,
                                                const double* __restrict mean_g, const double* __restrict mean_x,
                                                const float* __restrict input, double* __restrict g,
                                                double* __restrict x, double* __restrict mean) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) {
    const double x_now = x[i] + static_cast<double>(input[i]);
    const double g_now = g[i];
    mean[i] = g_now * at<uniform>(mean_g, i) + x_now * at<uniform>(mean_x, i);
    g[i] = g_now * at<uniform>(decay_g, i) + x_now * at<uniform>(x_to_g, i);
    x[i] = x_now * at<uniform>(decay_x, i);
  }
}

}  // namespace burgeon::models::BURGEON_ISA
