// Saturating NMDA gate of one presynaptic neuron (Wang 2002, doi:10.1016/S0896-6273(02)01092-9, Experimental Procedures).
//
//   dx/dt = -x / tau_rise, a spike adds 1 to x;   ds/dt = -s / tau_decay + alpha x (1 - s)
//
// Method: x exactly; s exactly for alpha x at its mean over the step, which keeps the saturating jump of a spike (the
// integral of alpha x is exact). The value handed on is the mean of s over the step.

#include "base/math.h"
#include "models/columns.h"

namespace burgeon::models::BURGEON_ISA {
namespace {

constexpr std::string_view paper = "doi:10.1016/S0896-6273(02)01092-9, Experimental Procedures";
constexpr ParameterRow parameters[] = {
    {"tau_rise", "ms", 2.0, 0.01, 1e3, "time constant of x", paper},
    {"tau_decay", "ms", 100.0, 0.1, 1e4, "time constant of s", paper},
    {"alpha", "1/ms", 0.5, 0.0, 1e3, "rate at which x opens the gate", paper},
};
constexpr StateRow state[] = {
    {.name = "s", .unit = "1", .initial = 0.0, .meaning = "fraction of channels open"},
    {.name = "x", .unit = "1", .initial = 0.0, .meaning = "transmitter"},
};

constexpr std::string_view coefficients[] = {"decay_x", "alpha_mean_x", "1/tau_decay"};
enum Coefficient { decay_x, alpha_mean_x, rate };

void prepare(const double* p, double dt, double* c) {
  c[decay_x] = fast_exp(-dt / p[0]);
  c[alpha_mean_x] = p[2] * phi1(-dt / p[0]);
  c[rate] = 1.0 / p[1];
}

/// Is total * dt small enough everywhere for the series of phi1? A gate opens at most at alpha times its spikes.
template <bool uniform>
[[gnu::noinline]] bool steps_are_small(std::size_t n, double dt, const double* __restrict alpha_mean,
                                       const double* __restrict decay_rate, const float* __restrict spikes,
                                       const double* __restrict x) {
  unsigned long long large = 0;
#pragma omp simd reduction(| : large)
  for (std::size_t i = 0; i < n; ++i) {
    const double opening = (x[i] + static_cast<double>(spikes[i])) * at<uniform>(alpha_mean, i);
    large |= dt * (opening + at<uniform>(decay_rate, i)) < phi1_series_limit ? 0ULL : 1ULL;
  }
  return large == 0;
}

template <bool uniform, bool series>
[[gnu::noinline]] void advance(std::size_t n, double dt, const double* __restrict P,
                               const double* __restrict alpha_mean, const double* __restrict decay_rate,
                               const float* __restrict spikes, double* __restrict s, double* __restrict x,
                               double* __restrict value) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) {
    const double now = x[i] + static_cast<double>(spikes[i]);
    const double opening = now * at<uniform>(alpha_mean, i);
    const double total = opening + at<uniform>(decay_rate, i);
    const double target = opening / total;
    const double phi = series ? phi1_series(-total * dt) : phi1(-total * dt);
    value[i] = target + (s[i] - target) * phi;
    s[i] += dt * phi * (opening - total * s[i]);
    x[i] = now * at<uniform>(P, i);
  }
}

/// Piece by piece, since in most pieces no neuron has just fired several times.
template <bool uniform>
void advance(GateBlock& b) {
  const double* const* c = b.coefficient;
  for (std::size_t i = 0; i < b.n; i += piece) {
    const std::size_t n = b.n - i < piece ? b.n - i : piece;
    const double* const alpha = from<uniform>(c[alpha_mean_x], i);
    const double* const decay = from<uniform>(c[rate], i);
    const auto run = steps_are_small<uniform>(n, b.dt, alpha, decay, b.spikes + i, b.state[1] + i)
                         ? advance<uniform, true>
                         : advance<uniform, false>;
    run(n, b.dt, from<uniform>(c[decay_x], i), alpha, decay, b.spikes + i, b.state[0] + i, b.state[1] + i, b.value + i);
  }
}

void advance(GateBlock& b) { b.uniform ? advance<true>(b) : advance<false>(b); }

}  // namespace

extern const GateModel wang_gate;
constinit const GateModel wang_gate{
    .name = "wang_gate",
    .title = "saturating presynaptic NMDA gate",
    .source = paper,
    .parameters = parameters,
    .state = state,
    .coefficients = coefficients,
    .prepare = prepare,
    .advance = advance,
};

}  // namespace burgeon::models::BURGEON_ISA
