#pragma once
// Converged reference solutions of the conductance-based neuron models: the equations written down once more, integrated by
// classic Runge-Kutta with steps far below those under test. Shares no code with the kernels.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "base/random.h"

namespace burgeon::test {

/// Parameters of an AdEx neuron with two exponential conductances; with Delta_T = 0 a plain LIF neuron.
struct ReferenceParameters {
  double C = 200, g_L = 10, E_L = -65, V_T = -50, V_reset = -60, t_ref = 2, I_e = 0;
  double Delta_T = 0, V_peak = 0, a = 0, b = 0, tau_w = 100;
  double tau_e = 2, E_e = 0, tau_i = 8, E_i = -75;
};

/// Weights that arrive at grid points of `grid` ms.
struct InputTrain {
  double grid;
  std::vector<float> excitatory, inhibitory;  // nS, per grid point
};

inline InputTrain noisy_input(double duration, double grid, double rate_e, double w_e, double rate_i, double w_i) {
  InputTrain input{grid, {}, {}};
  const auto points = static_cast<std::int64_t>(std::llround(duration / grid));
  for (std::int64_t k = 0; k < points; ++k) {
    RandomStream random(random_key(11, "reference input"), 0, k);
    input.excitatory.push_back(static_cast<float>(w_e * static_cast<double>(random.poisson(rate_e * grid))));
    input.inhibitory.push_back(static_cast<float>(w_i * static_cast<double>(random.poisson(rate_i * grid))));
  }
  return input;
}

struct Trajectory {
  std::vector<double> V;       // after each grid interval
  std::vector<double> spikes;  // ms
};

/// Integrates with steps of at most `h` ms, shorter in the upstroke.
inline Trajectory reference_solution(const ReferenceParameters& p, const InputTrain& input, double h) {
  const bool exponential = p.Delta_T > 0.0;
  const double top = exponential ? p.V_peak : p.V_T;
  double V = p.E_L, w = 0.0, g_e = 0.0, g_i = 0.0, refractory = 0.0, t = 0.0;
  Trajectory result;

  const auto dV = [&](double v, double w_now, double ge, double gi) {
    double current = p.g_L * (p.E_L - v) + p.I_e - w_now + ge * (p.E_e - v) + gi * (p.E_i - v);
    if (exponential) current += p.g_L * p.Delta_T * std::exp((std::min(v, top) - p.V_T) / p.Delta_T);
    return current / p.C;
  };
  const auto dw = [&](double v, double w_now) { return (p.a * (v - p.E_L) - w_now) / p.tau_w; };

  for (std::size_t k = 0; k < input.excitatory.size(); ++k) {
    g_e += static_cast<double>(input.excitatory[k]);
    g_i += static_cast<double>(input.inhibitory[k]);
    double left = input.grid;
    while (left > 1e-13) {
      double s = std::min(h, left);
      if (refractory > 0.0) {
        s = std::min(s, refractory);
        w = p.a * (V - p.E_L) + (w - p.a * (V - p.E_L)) * std::exp(-s / p.tau_w);
        refractory -= s;
        if (refractory < 1e-13) refractory = 0.0;
      } else {
        const double f1 = dV(V, w, g_e, g_i);
        if (exponential && std::fabs(f1) * s > 0.01 * p.Delta_T) s = 0.01 * p.Delta_T / std::fabs(f1);
        const double me = g_e * std::exp(-0.5 * s / p.tau_e), mi = g_i * std::exp(-0.5 * s / p.tau_i);
        const double ee = g_e * std::exp(-s / p.tau_e), ei = g_i * std::exp(-s / p.tau_i);
        const double k1 = dw(V, w);
        const double f2 = dV(V + 0.5 * s * f1, w + 0.5 * s * k1, me, mi), k2 = dw(V + 0.5 * s * f1, w + 0.5 * s * k1);
        const double f3 = dV(V + 0.5 * s * f2, w + 0.5 * s * k2, me, mi), k3 = dw(V + 0.5 * s * f2, w + 0.5 * s * k2);
        const double f4 = dV(V + s * f3, w + s * k3, ee, ei), k4 = dw(V + s * f3, w + s * k3);
        const double rise = s * (f1 + 2 * f2 + 2 * f3 + f4) / 6.0;
        const double gain = s * (k1 + 2 * k2 + 2 * k3 + k4) / 6.0;
        if (V + rise >= top) {
          const double part = (top - V) / rise;
          s *= part;
          w += part * gain + p.b;
          V = p.V_reset;
          refractory = p.t_ref;
          result.spikes.push_back(t + (input.grid - left) + s);
        } else {
          V += rise;
          w += gain;
        }
      }
      g_e *= std::exp(-s / p.tau_e);
      g_i *= std::exp(-s / p.tau_i);
      left -= s;
    }
    t += input.grid;
    result.V.push_back(V);
  }
  return result;
}

}  // namespace burgeon::test
