// Adaptive exponential integrate-and-fire neuron with conductance-based synapses (Brette & Gerstner 2005,
// doi:10.1152/jn.00686.2005).
//
//   C_m dV/dt = g_L (E_L - V) + g_L Delta_T exp((V - V_th) / Delta_T) - w + I_e + I_syn(V, t)
//   tau_w dw/dt = a (V - E_L) - w                    at V >= V_peak: V = V_reset for t_ref, w += b
//
// Method: away from the upstroke an exact half step of w, V(t + h) = V + h phi1(h J) f (exponential Rosenbrock-Euler, J = df/dV
// including the slopes of the synapses and of the spike current) and the next term of the spike current's bend, an exact half
// step of w: second order, third in the spike current, whose error grows where V lingers about threshold. Above V_th + 2
// Delta_T the step is redone for that neuron by classic Runge-Kutta sub-steps of (V, w) that move V by at most 0.4 Delta_T,
// with the synaptic current linear in V, and above V_th + 10 Delta_T in closed form; V is capped at V_peak before w sees it.
// Peak, reset and end of refractoriness fall between grid points.
// Limits: at most one spike per step.

#include <cmath>
#include <cstdint>
#include <limits>

#include "base/math.h"
#include "models/columns.h"

namespace burgeon::models::BURGEON_ISA {
namespace {

constexpr std::string_view paper = "doi:10.1152/jn.00686.2005, Table 1 and Methods";
constexpr ParameterRow parameters[] = {
    {"C_m", "pF", 281.0, 1.0, 1e5, "membrane capacitance", paper},
    {"g_L", "nS", 30.0, 1e-3, 1e4, "leak conductance", paper},
    {"E_L", "mV", -70.6, -150.0, 50.0, "leak reversal potential", paper},
    {"V_th", "mV", -50.4, -150.0, 100.0, "potential at which the spike current takes over (V_T)", paper},
    {"V_reset", "mV", -70.6, -150.0, 100.0, "potential after a spike", paper},
    {"t_ref", "ms", 0.0, 0.0, 1e3, "refractory period", paper},
    {"I_e", "pA", 0.0, -1e6, 1e6, "constant injected current", "assumed: no current unless asked for"},
    {"Delta_T", "mV", 2.0, 0.05, 50.0, "slope factor of the spike current", paper},
    {"V_peak", "mV", 20.0, -150.0, 200.0, "potential at which a spike is counted", paper},
    {"a", "nS", 4.0, -1e4, 1e4, "subthreshold adaptation", paper},
    {"b", "pA", 80.5, -1e5, 1e5, "adaptation added by a spike", paper},
    {"tau_w", "ms", 144.0, 0.1, 1e6, "time constant of adaptation", paper},
};
enum Parameter { C_m, g_L, E_L, V_th, V_reset, t_ref, I_e, Delta_T, V_peak, a_w, b_w, tau_w };

constexpr StateRow state[] = {
    {.name = "V_m",
     .unit = "mV",
     .initial = std::numeric_limits<double>::quiet_NaN(),
     .meaning = "membrane potential",
     .initial_from = "E_L"},
    {.name = "refractory", .unit = "ms", .initial = 0.0, .meaning = "refractory time left (none when <= 0)"},
    {.name = "w", .unit = "pA", .initial = 0.0, .meaning = "adaptation current"},
};

constexpr std::string_view coefficients[] = {"g_L",         "rest",    "1/C_m", "V_th",       "1/Delta_T",
                                             "g_L Delta_T", "a",       "E_L",   "half_decay", "near",
                                             "V_peak",      "V_reset", "t_ref", "b",          "1/tau_w"};
enum Coefficient {
  leak,
  rest,
  inverse_C,
  V_T,
  inverse_Delta,
  spike_scale,
  a,
  leak_reversal,
  half_decay,
  near,
  peak,
  reset,
  t_refractory,
  b,
  rate_w
};

void prepare(const double* p, double dt, double* c) {
  c[leak] = p[g_L];
  c[rest] = p[g_L] * p[E_L] + p[I_e];
  c[inverse_C] = 1.0 / p[C_m];
  c[V_T] = p[V_th];
  c[inverse_Delta] = 1.0 / p[Delta_T];
  c[spike_scale] = p[g_L] * p[Delta_T];
  c[a] = p[a_w];
  c[leak_reversal] = p[E_L];
  c[half_decay] = fast_exp(-0.5 * dt / p[tau_w]);
  c[near] = smaller(p[V_th] + 2.0 * p[Delta_T], p[V_peak]);
  c[peak] = p[V_peak];
  c[reset] = p[V_reset];
  c[t_refractory] = p[t_ref];
  c[b] = p[b_w];
  c[rate_w] = 1.0 / p[tau_w];
}

std::string_view check(const double* p, double) { return p[V_reset] < p[V_peak] ? "" : "V_reset must be below V_peak"; }

/// One step of all neurons as if none were near a spike. `start` and `start_w` receive V (just after the jump at t) and w at
/// t. Marked are those that need a second look: they are near a spike, or have a long step for phi1_short.
template <bool uniform, bool jumps>
[[gnu::noinline]] void advance(std::size_t n, double dt, const double* __restrict g, const double* __restrict r0,
                               const double* __restrict inv_C, const double* __restrict V_spike,
                               const double* __restrict inv_Delta, const double* __restrict scale,
                               const double* __restrict a_sub, const double* __restrict E,
                               const double* __restrict half, const double* __restrict V_near,
                               const double* __restrict current, const double* __restrict slope,
                               const double* __restrict jump, double* __restrict V, double* __restrict refractory,
                               double* __restrict w, double* __restrict start, double* __restrict start_w,
                               Marks& marks) {
  for (std::size_t first = 0; first < n; first += piece) {
    const std::size_t last = first + piece < n ? first + piece : n;
    std::uint64_t marked = 0;
#pragma omp simd reduction(| : marked)
    for (std::size_t i = first; i < last; ++i) {
      // Refractory time left at t + dt, bounded below so that its negative is the part of the step to integrate.
      const double left = larger(refractory[i] - dt, -dt);
      const double h = larger(-left, 0.0);
      const double kick = jumps && left <= -dt ? jump[i] : 0.0;
      const double v = jumps ? V[i] + kick : V[i];

      const double w_at_v = at<uniform>(a_sub, i) * (v - at<uniform>(E, i));
      const double w_half = w_at_v + (w[i] - w_at_v) * at<uniform>(half, i);

      // The exponent is capped for neurons that are redone or at rest anyway.
      const double exponent = smaller((v - at<uniform>(V_spike, i)) * at<uniform>(inv_Delta, i), 2.0);
      const double spike = at<uniform>(scale, i) * exp_short(exponent);
      const double synaptic = jumps ? current[i] - slope[i] * kick : current[i];
      const double f = (at<uniform>(r0, i) - at<uniform>(g, i) * v + spike - w_half + synaptic) * at<uniform>(inv_C, i);
      const double J = (spike * at<uniform>(inv_Delta, i) - at<uniform>(g, i) - slope[i]) * at<uniform>(inv_C, i);
      const double hJ = h * J;
      // What the bend of the spike current adds: h spike/C (mean of e^(x s) over 0 < s < 1, less its linear part).
      const double x = larger(smaller(h * f * at<uniform>(inv_Delta, i), 2.0), -2.0);
      const double bend = h * spike * at<uniform>(inv_C, i) * (x * x * (4.0 + x) * (1.0 / 24.0));
      const double end = v + h * phi1_short(hJ) * f + bend;

      const double w_at_end = at<uniform>(a_sub, i) * (end - at<uniform>(E, i));
      start[i] = v;
      start_w[i] = w[i];
      V[i] = end;
      refractory[i] = left;
      w[i] = w_at_end + (w_half - w_at_end) * at<uniform>(half, i);
      const std::uint64_t bit = bits.bit[i - first];
      const std::uint64_t upstroke = larger(v, end) >= at<uniform>(V_near, i) ? bit : 0;
      const std::uint64_t steep = hJ > phi1_short_low ? 0 : bit;
      const std::uint64_t runaway = hJ < phi1_short_high ? 0 : bit;
      marked |= h > 0.0 ? upstroke | steep | runaway : 0;
    }
    marks.word[first / piece] = marked;
  }
}

/// One neuron during one step: everything its equations need.
struct Cell {
  double leak, rest, inverse_C, V_T, inverse_Delta, spike_scale, a, E_L, peak, rate_w;
  static constexpr double steep = 10.0;

  double current, slope, at_grid;  // synaptic current at V = at_grid, and its slope
  double V, w;

  [[nodiscard]] double dV(double v, double w_now) const {
    const double x = smaller(v, peak);
    const double spike = spike_scale * exp_short((x - V_T) * inverse_Delta);
    return (rest - leak * x + spike - w_now + current - slope * (x - at_grid)) * inverse_C;
  }
  [[nodiscard]] double dw(double v, double w_now) const { return (a * (smaller(v, peak) - E_L) - w_now) * rate_w; }

  /// V after a step of any length as `advance` takes it, away from the upstroke.
  [[nodiscard]] double step(double h, double w_half) const {
    const double spike = spike_scale * exp_short(smaller((V - V_T) * inverse_Delta, 2.0));
    const double f = dV(V, w_half);
    const double J = (spike * inverse_Delta - leak - slope) * inverse_C;
    const double x = larger(smaller(h * f * inverse_Delta, 2.0), -2.0);
    return V + h * phi1(h * J) * f + h * spike * inverse_C * (x * x * (4.0 + x) * (1.0 / 24.0));
  }

  /// w during `h` ms at constant V.
  void hold(double h) {
    const double target = a * (V - E_L);
    w = target + (w - target) * fast_exp(-h * rate_w);
  }

  /// The last stretch, where the spike current is all that counts: dx/dt = r e^x for x = (V - V_th) / Delta_T, in closed form.
  /// What is left out is below 0.1 % of a stretch of less than e^-10 tau_m.
  double rush(double h) {
    const double r = spike_scale * inverse_Delta * inverse_C;
    const double here = fast_exp((V_T - V) * inverse_Delta);
    const double needed = (here - fast_exp((V_T - peak) * inverse_Delta)) / r;
    V = needed <= h ? peak : V_T - fast_log(here - r * h) / inverse_Delta;
    return needed <= h ? h - needed : -1.0;
  }

  /// Integrates at most `h` ms; stops where V reaches the peak. Returns the time left then, or -1 when the peak was not
  /// reached.
  double run(double h) {
    constexpr int most_steps = 100000;  // reached only by values that are no longer finite
    for (int k = 0; k < most_steps && h > 0.0; ++k) {
      if (V >= peak) return h;
      if ((V - V_T) * inverse_Delta > steep) return rush(h);
      const double f1 = dV(V, w), g1 = dw(V, w);
      const double limit = 0.4 / (inverse_Delta * std::fabs(f1));
      const double s = limit < h ? limit : h;
      const double f2 = dV(V + 0.5 * s * f1, w + 0.5 * s * g1), g2 = dw(V + 0.5 * s * f1, w + 0.5 * s * g1);
      const double f3 = dV(V + 0.5 * s * f2, w + 0.5 * s * g2), g3 = dw(V + 0.5 * s * f2, w + 0.5 * s * g2);
      const double f4 = dV(V + s * f3, w + s * g3), g4 = dw(V + s * f3, w + s * g3);
      const double rise = s * (f1 + 2.0 * f2 + 2.0 * f3 + f4) / 6.0;
      const double gain = s * (g1 + 2.0 * g2 + 2.0 * g3 + g4) / 6.0;
      const double part = V + rise >= peak ? (peak - V) / rise : 1.0;
      V = smaller(V + rise, peak);
      w += part * gain;
      h -= part * s;
    }
    return V >= peak ? larger(h, 0.0) : -1.0;
  }
};

/// Redoes the step of one neuron: with steps of its own where it is near a spike.
template <bool uniform>
void look(NeuronBlock& block, std::size_t i, double start, double start_w) {
  const auto c = [&block, i](Coefficient k) { return at<uniform>(block.coefficient[k], i); };
  double *const V = block.state[0] + i, *const refractory = block.state[1] + i, *const w = block.state[2] + i;
  const double h = -*refractory;
  Cell cell{c(leak),
            c(rest),
            c(inverse_C),
            c(V_T),
            c(inverse_Delta),
            c(spike_scale),
            c(a),
            c(leak_reversal),
            c(peak),
            c(rate_w),
            block.current[i],
            block.slope[i],
            start - (block.jump && h >= block.dt ? block.jump[i] : 0.0),
            start,
            start_w};
  if (!(start >= c(near))) {
    // What the vector loop says of a long step is no guide to where it ends.
    const double w_at_start = c(a) * (start - c(leak_reversal));
    const double w_half = w_at_start + (start_w - w_at_start) * c(half_decay);
    *V = cell.step(h, w_half);
    const double w_at_end = c(a) * (*V - c(leak_reversal));
    *w = w_at_end + (w_half - w_at_end) * c(half_decay);
    if (!(*V >= c(near))) return;
  }
  if (h < block.dt) cell.hold(block.dt - h);
  const double before = cell.run(h);
  if (before >= 0.0) {
    cell.V = c(reset);
    cell.w += c(b);
    const double left = c(t_refractory) - before;
    cell.hold(smaller(before, c(t_refractory)));
    if (left < 0.0) cell.run(-left);
    *refractory = left;
    block.spike_index[block.spike_count] = static_cast<std::uint32_t>(i);
    block.spike_before[block.spike_count++] = static_cast<float>(before);
  }
  *V = cell.V;
  *w = cell.w;
}

template <bool uniform>
void update(NeuronBlock& block) {
  alignas(64) double start[max_block];
  alignas(64) double start_w[max_block];
  Marks marks;
  const double* const* c = block.coefficient;
  const auto step = block.jump ? advance<uniform, true> : advance<uniform, false>;
  step(block.n, block.dt, c[leak], c[rest], c[inverse_C], c[V_T], c[inverse_Delta], c[spike_scale], c[a],
       c[leak_reversal], c[half_decay], c[near], block.current, block.slope, block.jump, block.state[0], block.state[1],
       block.state[2], start, start_w, marks);
  block.spike_count = 0;
  marks.each(block.n, [&](std::size_t i) { look<uniform>(block, i, start[i], start_w[i]); });
}

void update(NeuronBlock& block) { block.uniform ? update<true>(block) : update<false>(block); }

}  // namespace

extern const NeuronModel aeif_cond;
constinit const NeuronModel aeif_cond{
    .name = "aeif_cond",
    .title = "adaptive exponential integrate-and-fire, conductance-based synapses",
    .source = "doi:10.1152/jn.00686.2005",
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
