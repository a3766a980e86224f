// Leaky integrate-and-fire neuron with conductance-based synapses.
//
//   C_m dV/dt = g_L (E_L - V) + I_e + I_syn(V, t)          spike when V reaches V_th; then V = V_reset for t_ref
//
// Method: exponential Rosenbrock-Euler, V(t + h) = V + h phi1(h J) f with f = dV/dt and J = df/dV at V(t) and the
// conductances' means over the step: second order, and exact for constant conductances (Hochbruck & Ostermann 2010,
// doi:10.1017/S0962492910000048). Threshold crossing, reset and end of refractoriness fall between grid points: crossing
// time from the same linearised solution.
// Limits: at most one spike per step; a spike that a second crossing within the step would cause comes at the start of the
// next step.
// Symbols, defaults: Vogels & Abbott 2005, doi:10.1523/JNEUROSCI.3508-05.2005.

#include <cmath>
#include <cstdint>
#include <limits>

#include "base/math.h"
#include "models/columns.h"

namespace burgeon::models::BURGEON_ISA {
namespace {

constexpr std::string_view paper = "doi:10.1523/JNEUROSCI.3508-05.2005, Methods";
constexpr ParameterRow parameters[] = {
    {"C_m", "pF", 200.0, 1.0, 1e5, "membrane capacitance", paper},
    {"g_L", "nS", 10.0, 1e-3, 1e4, "leak conductance", paper},
    {"E_L", "mV", -60.0, -150.0, 50.0, "leak reversal potential", paper},
    {"V_th", "mV", -50.0, -150.0, 100.0, "threshold", paper},
    {"V_reset", "mV", -60.0, -150.0, 100.0, "potential after a spike", paper},
    {"t_ref", "ms", 5.0, 0.0, 1e3, "refractory period", paper},
    {"I_e", "pA", 0.0, -1e6, 1e6, "constant injected current", "assumed: no current unless asked for"},
};
enum Parameter { C_m, g_L, E_L, V_th, V_reset, t_ref, I_e };

constexpr StateRow state[] = {
    {.name = "V_m",
     .unit = "mV",
     .initial = std::numeric_limits<double>::quiet_NaN(),
     .meaning = "membrane potential",
     .initial_from = "E_L"},
    {.name = "refractory", .unit = "ms", .initial = 0.0, .meaning = "refractory time left (none when <= 0)"},
};

constexpr std::string_view coefficients[] = {"g_L", "rest", "1/C_m", "V_th", "V_reset", "t_ref"};
enum Coefficient { leak, rest, inverse_C, threshold, reset, t_refractory };

void prepare(const double* p, double, double* c) {
  c[leak] = p[g_L];
  c[rest] = p[g_L] * p[E_L] + p[I_e];
  c[inverse_C] = 1.0 / p[C_m];
  c[threshold] = p[V_th];
  c[reset] = p[V_reset];
  c[t_refractory] = p[t_ref];
}

std::string_view check(const double* p, double) { return p[V_reset] < p[V_th] ? "" : "V_reset must be below V_th"; }

/// A whole step of all neurons, threshold ignored. `start` receives V just after the jump at t. Marked are those that need a
/// second look: they reached threshold, have a long step for phi1_short, or refractoriness that ends inside the step.
template <bool uniform, bool jumps>
[[gnu::noinline]] void advance(std::size_t n, double dt, const double* __restrict g, const double* __restrict r0,
                               const double* __restrict inv_C, const double* __restrict V_threshold,
                               const double* __restrict current, const double* __restrict slope,
                               const double* __restrict jump, double* __restrict V, double* __restrict refractory,
                               double* __restrict start, Marks& marks) {
  const Column<uniform> leak_of(g), rest_of(r0), inverse_C_of(inv_C), threshold_of(V_threshold);
  for (std::size_t first = 0; first < n; first += piece) {
    const std::size_t end = first + piece < n ? first + piece : n;
    std::uint64_t marked = 0;
#pragma omp simd reduction(| : marked)
    for (std::size_t i = first; i < end; ++i) {
      // Refractory time left at t + dt, bounded below so that its negative is the part of the step to integrate.
      const double left = larger(refractory[i] - dt, -dt);
      const bool free = left <= -dt;
      const double kick = jumps && free ? jump[i] : 0.0;
      const double v = jumps ? V[i] + kick : V[i];
      const double synaptic = jumps ? current[i] - slope[i] * kick : current[i];
      const double h_over_C = dt * inverse_C_of[i];
      const double hJ = -h_over_C * (leak_of[i] + slope[i]);
      const double hf = h_over_C * ((rest_of[i] + synaptic) - leak_of[i] * v);
      const double moved = v + phi1_short(hJ) * hf;
      start[i] = v;
      V[i] = free ? moved : v;
      refractory[i] = left;
      const std::uint64_t bit = bits.bit[i - first];
      const std::uint64_t reached = larger(v, moved) < threshold_of[i] ? 0 : bit;
      const std::uint64_t steep = hJ > phi1_short_low ? 0 : bit;
      const std::uint64_t runaway = hJ < phi1_short_high ? 0 : bit;
      const std::uint64_t wakes = left < 0.0 ? bit : 0;
      marked |= free ? reached | steep | runaway : wakes;
    }
    marks.word[first / piece] = marked;
  }
}

/// Time after which v + s phi1(s J) f reaches v + gap.
double crossing_time(double gap, double f, double J) {
  const double straight = gap / f;
  return straight * log1p_ratio(straight * J);
}

/// The step of one neuron in full: any length, threshold, reset and what is left of the step.
template <bool uniform>
void look(NeuronBlock& b, std::size_t i, double v) {
  const auto c = [&b, i](Coefficient k) { return at<uniform>(b.coefficient[k], i); };
  const double h = -b.state[1][i];
  const double at_grid = v - (b.jump && h >= b.dt ? b.jump[i] : 0.0);  // where the receptors took their current
  const double J = -(c(leak) + b.slope[i]) * c(inverse_C);
  const auto derivative = [&](double x) {
    return (c(rest) - c(leak) * x + (b.current[i] - b.slope[i] * (x - at_grid))) * c(inverse_C);
  };
  double& V = b.state[0][i];
  const double f = derivative(v);
  V = v + h * phi1_scalar(h * J) * f;
  const double V_threshold = c(threshold);
  if (!(larger(v, V) >= V_threshold)) return;
  const double s = v >= V_threshold ? 0.0 : smaller(crossing_time(V_threshold - v, f, J), h);

  // Refractoriness that ends within this very step leaves a rest to integrate.
  const double before = h - s;
  const double left = c(t_refractory) - before;
  const double tail = larger(-left, 0.0);
  V = c(reset) + tail * phi1_scalar(tail * J) * derivative(c(reset));
  b.state[1][i] = left;
  b.spike_index[b.spike_count] = static_cast<std::uint32_t>(i);
  b.spike_before[b.spike_count++] = static_cast<float>(before);
}

template <bool uniform>
void update(NeuronBlock& b) {
  alignas(64) double start[max_block];
  Marks marks;
  const double* const* c = b.coefficient;
  const auto step = b.jump ? advance<uniform, true> : advance<uniform, false>;
  step(b.n, b.dt, c[leak], c[rest], c[inverse_C], c[threshold], b.current, b.slope, b.jump, b.state[0], b.state[1],
       start, marks);
  b.spike_count = 0;
  marks.each(b.n, [&](std::size_t i) { look<uniform>(b, i, start[i]); });
}

void update(NeuronBlock& block) { block.uniform ? update<true>(block) : update<false>(block); }

}  // namespace

extern const NeuronModel lif_cond;
constinit const NeuronModel lif_cond{
    .name = "lif_cond",
    .title = "leaky integrate-and-fire, conductance-based synapses",
    .source = "doi:10.1523/JNEUROSCI.3508-05.2005; method doi:10.1017/S0962492910000048",
    .kind = NeuronKind::conductance,
    .parameters = parameters,
    .state = state,
    .coefficients = coefficients,
    .prepare = prepare,
    .membrane = nullptr,
    .check = check,
    .update = update,
};

}  // namespace burgeon::models::BURGEON_ISA
