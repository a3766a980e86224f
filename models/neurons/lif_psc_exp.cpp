// Leaky integrate-and-fire neuron with current-based synapses.
//
//   C_m dV/dt = -C_m (V - E_L) / tau_m + I_e + I_syn(t)    spike when V reaches V_th; then V = V_reset for t_ref
//
// Method: exact integration (Rotter & Diesmann 1999, doi:10.1007/s004220050570); the receptors deliver their exact
// contribution to V over the step. Jumps (delta synapses) act at t, before the step. The crossing time is that of the cubic
// Hermite interpolant through V and dV/dt at both ends; after a reset or the end of refractoriness inside a step the rest is
// integrated exactly for a current that runs linearly between its values at t and t + dt.
// Limits: an excursion above threshold that begins and ends within one step is not seen; at most one spike per step.
// Defaults: Potjans & Diesmann 2014, doi:10.1093/cercor/bhs358, Table 5.

#include <cstdint>
#include <limits>

#include "base/math.h"
#include "models/columns.h"

namespace burgeon::models::BURGEON_ISA {
namespace {

constexpr std::string_view paper = "doi:10.1093/cercor/bhs358, Table 5";
constexpr ParameterRow parameters[] = {
    {"C_m", "pF", 250.0, 1.0, 1e5, "membrane capacitance", paper},
    {"tau_m", "ms", 10.0, 0.1, 1e4, "membrane time constant", paper},
    {"E_L", "mV", -65.0, -150.0, 50.0, "resting potential", paper},
    {"V_th", "mV", -50.0, -150.0, 100.0, "threshold", paper},
    {"V_reset", "mV", -65.0, -150.0, 100.0, "potential after a spike", paper},
    {"t_ref", "ms", 2.0, 0.0, 1e3, "refractory period", paper},
    {"I_e", "pA", 0.0, -1e6, 1e6, "constant injected current", "assumed: no current unless asked for"},
};
enum Parameter { C_m, tau_m, E_L, V_th, V_reset, t_ref, I_e };

constexpr StateRow state[] = {
    {.name = "V_m",
     .unit = "mV",
     .initial = std::numeric_limits<double>::quiet_NaN(),
     .meaning = "membrane potential",
     .initial_from = "E_L"},
    {.name = "refractory", .unit = "ms", .initial = 0.0, .meaning = "refractory time left (none when <= 0)"},
};

constexpr std::string_view coefficients[] = {"decay", "drift", "V_inf", "1/tau_m", "1/C_m", "V_th", "V_reset", "t_ref"};
enum Coefficient { decay, drift, V_inf, rate, inverse_C, threshold, reset, t_refractory };

void prepare(const double* p, double dt, double* c) {
  const double x = dt / p[tau_m];
  c[V_inf] = p[E_L] + p[I_e] * p[tau_m] / p[C_m];
  c[decay] = fast_exp(-x);
  c[drift] = x * phi1(-x) * c[V_inf];
  c[rate] = 1.0 / p[tau_m];
  c[inverse_C] = 1.0 / p[C_m];
  c[threshold] = p[V_th];
  c[reset] = p[V_reset];
  c[t_refractory] = p[t_ref];
}

Membrane membrane(const double* p) { return {.C_m = p[C_m], .tau_m = p[tau_m]}; }

std::string_view check(const double* p, double) { return p[V_reset] < p[V_th] ? "" : "V_reset must be below V_th"; }

/// A whole step of all neurons. `start` receives V just after the jump at t. Marked are those that need a second look: they
/// reached threshold, or their refractoriness ends inside the step.
template <bool uniform, bool jumps>
[[gnu::noinline]] void advance(std::size_t n, double dt, const double* __restrict P22,
                               const double* __restrict constant, const double* __restrict V_threshold,
                               const double* __restrict increment, const double* __restrict jump, double* __restrict V,
                               double* __restrict refractory, double* __restrict start, Marks& marks) {
  const Column<uniform> decay_of(P22), drift_of(constant), threshold_of(V_threshold);
  for (std::size_t first = 0; first < n; first += piece) {
    const std::size_t end = first + piece < n ? first + piece : n;
    std::uint64_t marked = 0;
#pragma omp simd reduction(| : marked)
    for (std::size_t i = first; i < end; ++i) {
      // Refractory time left at t + dt, bounded below so that its negative is the part of the step to integrate.
      const double left = larger(refractory[i] - dt, -dt);
      const bool free = left <= -dt;
      const double v = jumps ? V[i] + (free ? jump[i] : 0.0) : V[i];
      const double moved = decay_of[i] * v + (drift_of[i] + increment[i]);
      start[i] = v;
      V[i] = free ? moved : v;
      refractory[i] = left;
      const std::uint64_t bit = bits.bit[i - first];
      const std::uint64_t reached = larger(v, moved) >= threshold_of[i] ? bit : 0;
      const std::uint64_t wakes = left < 0.0 ? bit : 0;
      marked |= free ? reached : wakes;
    }
    marks.word[first / piece] = marked;
  }
}

/// The membrane of one neuron during one step, whose synaptic current runs linearly.
struct LinearMembrane {
  double V_inf, rate, inverse_C, dt, current, current_end;

  [[nodiscard]] double current_at(double s) const { return current + (current_end - current) * (s / dt); }
  [[nodiscard]] double slope_at(double V, double s) const { return (V_inf - V) * rate + current_at(s) * inverse_C; }
  /// V at t + dt from V at t + dt - h.
  [[nodiscard]] double propagate(double V, double h) const {
    const double x = -h * rate;
    const double ramp = (current_end - current) / dt;
    const double from_constant = h * phi1(x);             // integral of e^((s - h)/tau) over 0 ... h
    const double from_ramp = (h - from_constant) / rate;  // the same with a factor s
    return V + h * phi1(x) * (V_inf - V) * rate + (current_at(dt - h) * from_constant + ramp * from_ramp) * inverse_C;
  }
};

/// Time after the start of an interval of length h at which the cubic through (V0, slope0) and (V1, slope1) first reaches
/// `level`, V0 < level <= V1: Newton's method kept inside a shrinking bracket.
double crossing_time(double level, double V0, double slope0, double V1, double slope1, double h) {
  const double b = h * slope0;
  const double d = V1 - V0;
  const double c2 = 3.0 * d - h * (2.0 * slope0 + slope1);
  const double c3 = h * (slope0 + slope1) - 2.0 * d;
  double low = 0.0, high = 1.0;
  double u = (level - V0) / d;
  for (int k = 0; k < 12; ++k) {
    const double value = V0 + u * (b + u * (c2 + u * c3)) - level;
    (value < 0.0 ? low : high) = u;
    const double derivative = b + u * (2.0 * c2 + u * 3.0 * c3);
    const double next = derivative > 0.0 ? u - value / derivative : -1.0;
    const double last = u;
    u = next >= low && next <= high ? next : 0.5 * (low + high);
    if (u == last) break;
  }
  return u * h;
}

/// What a whole step leaves out for one neuron: refractoriness that ends inside the step, threshold, reset and what is left of
/// the step.
template <bool uniform>
void look(NeuronBlock& b, std::size_t i, double start) {
  const auto c = [&b, i](Coefficient k) { return at<uniform>(b.coefficient[k], i); };
  double& V = b.state[0][i];
  const double h = -b.state[1][i];
  const LinearMembrane m{c(V_inf), c(rate), c(inverse_C), b.dt, b.current[i], b.current_end[i]};
  if (h < b.dt) V = m.propagate(start, h);
  const double V_threshold = c(threshold);
  if (!(larger(start, V) >= V_threshold)) return;

  double s = 0.0;
  if (start < V_threshold)
    s = crossing_time(V_threshold, start, m.slope_at(start, b.dt - h), V, m.slope_at(V, b.dt), h);
  const double before = h - s;
  const double left = c(t_refractory) - before;
  V = left < 0.0 ? m.propagate(c(reset), -left) : c(reset);
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
  step(b.n, b.dt, c[decay], c[drift], c[threshold], b.increment, b.jump, b.state[0], b.state[1], start, marks);
  b.spike_count = 0;
  marks.each(b.n, [&](std::size_t i) { look<uniform>(b, i, start[i]); });
}

void update(NeuronBlock& block) { block.uniform ? update<true>(block) : update<false>(block); }

}  // namespace

extern const NeuronModel lif_psc_exp;
constinit const NeuronModel lif_psc_exp{
    .name = "lif_psc_exp",
    .title = "leaky integrate-and-fire, current-based synapses, exact integration",
    .source = "doi:10.1007/s004220050570; defaults doi:10.1093/cercor/bhs358, Table 5",
    .kind = NeuronKind::linear,
    .parameters = parameters,
    .state = state,
    .coefficients = coefficients,
    .prepare = prepare,
    .membrane = membrane,
    .check = check,
    .update = update,
};

}  // namespace burgeon::models::BURGEON_ISA
