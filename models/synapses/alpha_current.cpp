// Alpha-shaped synaptic current.
//
//   I(t) = w (t / tau) e^(1 - t / tau) after an event of weight w (pA, the peak):  dI/dt = y - I / tau,  dy/dt = -y / tau,
//   y += w e / tau
//
// Method: exact, also its contribution to V of a linear neuron (Rotter & Diesmann 1999, doi:10.1007/s004220050570, section
// 3.1.2); on a conductance-based neuron the mean current over the step acts (charge of an event: w e tau).

#include "base/math.h"
#include "models/columns.h"
#include "models/synapses/linear_filter.h"

namespace burgeon::models::BURGEON_ISA {
namespace {

constexpr ParameterRow parameters[] = {
    {"tau", "ms", 2.0, 0.01, 1e4, "time to the peak", "assumed: a typical fast excitatory synapse"},
};
constexpr StateRow state[] = {
    {.name = "I", .unit = "pA", .initial = 0.0, .meaning = "synaptic current"},
    {.name = "y", .unit = "pA/ms", .initial = 0.0, .meaning = "auxiliary: what still flows into I"},
};

constexpr std::string_view coefficients[] = {"decay",  "y_to_I",       "kick",        "I_to_V",
                                             "y_to_V", "I_to_current", "y_to_current"};
enum Coefficient { decay, y_to_I, kick, I_to_V, y_to_V, I_to_current, y_to_current };

void prepare(const double* p, const ReceptorContext& context, double* c) {
  constexpr double e = 2.718281828459045;
  const double tau = p[0], dt = context.dt, x = dt / tau;
  c[decay] = fast_exp(-x);
  c[y_to_I] = dt * c[decay];
  c[kick] = e / tau;
  c[I_to_V] = context.linear ? exponential_to_V(tau, context.membrane, dt) : 0.0;
  c[y_to_V] = context.linear ? alpha_to_V(tau, context.membrane, dt) : 0.0;
  // Mean over the step of e^(-s/tau) and of s e^(-s/tau).
  c[I_to_current] = context.linear ? 1.0 : phi1(-x);
  c[y_to_current] = context.linear ? 0.0 : dt * first_moment(-x);
}

template <bool uniform, bool first>
[[gnu::noinline]] void filter(std::size_t n, const double* __restrict P, const double* __restrict P_yI,
                              const double* __restrict per_weight, const double* __restrict mean_I,
                              const double* __restrict mean_y, const float* __restrict input, double* __restrict I,
                              double* __restrict y, double* __restrict start_y, double* __restrict start_I,
                              double* __restrict current) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) {
    const double y_now = y[i] + static_cast<double>(input[i]) * at<uniform>(per_weight, i);
    const double I_now = I[i];
    start_y[i] = y_now;
    start_I[i] = I_now;
    add<first>(current[i], I_now * at<uniform>(mean_I, i) + y_now * at<uniform>(mean_y, i));
    I[i] = I_now * at<uniform>(P, i) + y_now * at<uniform>(P_yI, i);
    y[i] = y_now * at<uniform>(P, i);
  }
}

template <bool uniform, bool first>
[[gnu::noinline]] void into_linear(std::size_t n, const double* __restrict P_IV, const double* __restrict P_yV,
                                   const double* __restrict start_I, const double* __restrict start_y,
                                   const double* __restrict I, double* __restrict increment,
                                   double* __restrict current_end) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) {
    add<first>(increment[i], start_I[i] * at<uniform>(P_IV, i) + start_y[i] * at<uniform>(P_yV, i));
    add<first>(current_end[i], I[i]);
  }
}

template <bool uniform, bool first>
void advance(ReceptorBlock& b) {
  double start_I[max_block], start_y[max_block];
  const double* const* c = b.coefficient;
  filter<uniform, first>(b.n, c[decay], c[y_to_I], c[kick], c[I_to_current], c[y_to_current], b.input, b.state[0],
                         b.state[1], start_y, start_I, b.current);
  if (b.increment)
    into_linear<uniform, first>(b.n, c[I_to_V], c[y_to_V], start_I, start_y, b.state[0], b.increment, b.current_end);
}

template <bool uniform>
void advance(ReceptorBlock& b) {
  b.first ? advance<uniform, true>(b) : advance<uniform, false>(b);
}

void advance(ReceptorBlock& block) { block.uniform ? advance<true>(block) : advance<false>(block); }

}  // namespace

extern const ReceptorModel alpha_current;
constinit const ReceptorModel alpha_current{
    .name = "alpha_current",
    .title = "alpha-shaped synaptic current",
    .source = "doi:10.1007/s004220050570, section 3.1.2",
    .kind = ReceptorKind::current,
    .weight_unit = "pA",
    .parameters = parameters,
    .state = state,
    .coefficients = coefficients,
    .blockable = false,
    .gated_by_source = false,
    .prepare = prepare,
    .check = nullptr,
    .advance = advance,
};

}  // namespace burgeon::models::BURGEON_ISA
