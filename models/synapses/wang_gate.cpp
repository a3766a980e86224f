// Saturating NMDA gate of one presynaptic neuron (Wang 2002, doi:10.1016/S0896-6273(02)01092-9, Experimental Procedures).
//
//   dx/dt = -x / tau_rise, a spike adds 1 to x;   ds/dt = -s / tau_decay + alpha x (1 - s)
//
// Method: x exactly; s exactly for alpha x at its mean over the step, which keeps the saturating jump of a spike (the
// integral of alpha x is exact). The value handed on is the mean of s over the step. With r = h ds/dt at the start and z = -h (1 /
// tau_decay + alpha x), s changes by r phi1(z) and its mean is s + r phi2(z), where phi1 = 1 + z phi2.

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

constexpr std::string_view coefficients[] = {"decay_x", "dt alpha_mean_x", "dt/tau_decay"};
enum Coefficient { decay_x, opens, closes };

void prepare(const double* p, double dt, double* c) {
  c[decay_x] = fast_exp(-dt / p[0]);
  c[opens] = dt * p[2] * phi1(-dt / p[0]);
  c[closes] = dt / p[1];
}

/// One step of all gates. `start_s` and `start_x` receive the state at t. Marked are those whose step is too long for
/// phi2_short: several spikes have just come.
template <bool uniform>
[[gnu::noinline]] void advance(std::size_t n, const double* __restrict P, const double* __restrict opening_per_x,
                               const double* __restrict closing_of, const float* __restrict spikes,
                               double* __restrict s, double* __restrict x, double* __restrict value,
                               double* __restrict start_s, double* __restrict start_x, Marks& marks) {
  const Column<uniform> decay(P), open(opening_per_x), close(closing_of);
  for (std::size_t first = 0; first < n; first += piece) {
    const std::size_t end = first + piece < n ? first + piece : n;
    std::uint64_t marked = 0;
#pragma omp simd reduction(| : marked)
    for (std::size_t i = first; i < end; ++i) {
      const double now = x[i] + static_cast<double>(spikes[i]);
      const double opening = now * open[i];  // over the step, as are all rates here
      const double total = opening + close[i];
      const double phi2 = phi2_short(-total);
      const double r = opening - total * s[i];
      start_s[i] = s[i];
      start_x[i] = x[i];
      value[i] = s[i] + r * phi2;
      s[i] += r * (1.0 - total * phi2);
      x[i] = now * decay[i];
      marked |= -total > phi1_short_low ? 0 : bits.bit[i - first];
    }
    marks.word[first / piece] = marked;
  }
}

/// The step of one gate, of any length.
void look(double now, double decay, double open, double close, double& s, double& x, double& value) {
  const double total = now * open + close;
  const double target = now * open / total;
  const double phi = phi1(-total);
  value = target + (s - target) * phi;
  s += (target - s) * (total * phi);
  x = now * decay;
}

template <bool uniform>
void advance(GateBlock& b) {
  for (std::size_t i = 0; i < b.n; i += max_block) {
    const std::size_t n = b.n - i < max_block ? b.n - i : max_block;
    const auto c = [&b, i](Coefficient k) { return from<uniform>(b.coefficient[k], i); };
    double *const s = b.state[0] + i, *const x = b.state[1] + i;
    alignas(64) double start_s[max_block], start_x[max_block];
    Marks marks;
    advance<uniform>(n, c(decay_x), c(opens), c(closes), b.spikes + i, s, x, b.value + i, start_s, start_x, marks);
    marks.each(n, [&](std::size_t k) {
      s[k] = start_s[k];
      look(start_x[k] + static_cast<double>(b.spikes[i + k]), at<uniform>(c(decay_x), k), at<uniform>(c(opens), k),
           at<uniform>(c(closes), k), s[k], x[k], b.value[i + k]);
    });
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
