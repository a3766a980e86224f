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

/// Can phi1 be evaluated as its series for every neuron of a piece?
template <bool uniform>
[[gnu::noinline]] bool steps_are_small(std::size_t n, double dt, const double* __restrict g,
                                       const double* __restrict inv_C, const double* __restrict slope) {
  unsigned long long large = 0;
#pragma omp simd reduction(| : large)
  for (std::size_t i = 0; i < n; ++i) {
    const double rate = (at<uniform>(g, i) + std::fabs(slope[i])) * at<uniform>(inv_C, i);
    large |= dt * rate < phi1_series_limit ? 0ULL : 1ULL;
  }
  return large == 0;
}

/// One step of all neurons, threshold ignored. `start` receives V just after the jump at t. True if any neuron reached
/// threshold.
template <bool uniform, bool series>
[[gnu::noinline]] bool advance(std::size_t n, double dt, const double* __restrict g, const double* __restrict r0,
                               const double* __restrict inv_C, const double* __restrict V_threshold,
                               const double* __restrict current, const double* __restrict slope,
                               const double* __restrict jump, double* __restrict V, double* __restrict refractory,
                               double* __restrict start) {
  unsigned long long crossed = 0;
#pragma omp simd reduction(| : crossed)
  for (std::size_t i = 0; i < n; ++i) {
    // Refractory time left at t + dt, bounded below so that its negative is the part of the step to integrate.
    const double left = larger(refractory[i] - dt, -dt);
    const double h = larger(-left, 0.0);
    const double kick = left <= -dt ? jump[i] : 0.0;
    const double v = V[i] + kick;
    const double f =
        (at<uniform>(r0, i) - at<uniform>(g, i) * v + (current[i] - slope[i] * kick)) * at<uniform>(inv_C, i);
    const double hJ = -h * (at<uniform>(g, i) + slope[i]) * at<uniform>(inv_C, i);
    const double end = v + h * (series ? phi1_series(hJ) : phi1(hJ)) * f;
    start[i] = v;
    V[i] = end;
    refractory[i] = left;
    const unsigned long long reached = larger(v, end) >= at<uniform>(V_threshold, i) ? 1ULL : 0ULL;
    crossed |= h > 0.0 ? reached : 0ULL;
  }
  return crossed != 0;
}

/// Time after which v + s phi1(s J) f reaches v + gap, 0 < s <= h: Newton from the secant, which converges quadratically.
double crossing_time(double gap, double rise, double f, double J, double h) {
  double s = h * gap / rise;
  for (int k = 0; k < 4; ++k) s -= (s * phi1(s * J) * f - gap) / (f * fast_exp(s * J));
  return larger(0.0, smaller(s, h));
}

/// Spike, reset and what is left of the step for the neurons that reached threshold.
template <bool uniform>
void fire(NeuronBlock& b, std::size_t begin, std::size_t end, const double* start, const double* jump) {
  const auto c = [&b](Coefficient k, std::size_t i) { return at<uniform>(b.coefficient[k], i); };
  double* const V = b.state[0];
  double* const refractory = b.state[1];
  for (std::size_t i = begin; i < end; ++i) {
    const double V_threshold = c(threshold, i);
    const double v = start[i];
    const double h = larger(-refractory[i], 0.0);
    if (!(larger(v, V[i]) >= V_threshold && h > 0.0)) continue;
    const double at_grid = v - (h >= b.dt ? jump[i] : 0.0);  // where the receptors took their current
    const double J = -(c(leak, i) + b.slope[i]) * c(inverse_C, i);
    const auto derivative = [&](double x) {
      return (c(rest, i) - c(leak, i) * x + (b.current[i] - b.slope[i] * (x - at_grid))) * c(inverse_C, i);
    };
    const double s = v >= V_threshold ? 0.0 : crossing_time(V_threshold - v, V[i] - v, derivative(v), J, h);

    // Refractoriness that ends within this very step leaves a rest to integrate.
    const double before = h - s;
    const double left = c(t_refractory, i) - before;
    const double tail = larger(-left, 0.0);
    V[i] = c(reset, i) + tail * phi1(tail * J) * derivative(c(reset, i));
    refractory[i] = left;
    b.spike_index[b.spike_count] = static_cast<std::uint32_t>(i);
    b.spike_before[b.spike_count++] = static_cast<float>(before);
  }
}

template <bool uniform>
void update(NeuronBlock& b) {
  double start[max_block];
  const double* const jump = b.jump ? b.jump : no_input;
  const double* const* c = b.coefficient;
  b.spike_count = 0;
  for (std::size_t i = 0; i < b.n; i += piece) {
    const std::size_t n = b.n - i < piece ? b.n - i : piece;
    const double* const g = from<uniform>(c[leak], i);
    const double* const inv_C = from<uniform>(c[inverse_C], i);
    const auto step =
        steps_are_small<uniform>(n, b.dt, g, inv_C, b.slope + i) ? advance<uniform, true> : advance<uniform, false>;
    if (step(n, b.dt, g, from<uniform>(c[rest], i), inv_C, from<uniform>(c[threshold], i), b.current + i, b.slope + i,
             jump + i, b.state[0] + i, b.state[1] + i, start + i))
      fire<uniform>(b, i, i + n, start, jump);
  }
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
