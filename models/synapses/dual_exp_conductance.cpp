// Synaptic conductance that rises and decays exponentially; weight (nS) = peak of one event.
//
//   I = -g (V - E_rev),  g(t) = w (e^(-t / tau_decay) - e^(-t / tau_rise)) / peak of the difference
//
// Method: exact; the mean of g over the step drives the voltage.

#include "models/columns.h"
#include "models/synapses/dual_exponential.h"

namespace burgeon::models::BURGEON_ISA {
namespace {

constexpr std::string_view assumed = "assumed: typical fast excitatory synapse";
constexpr ParameterRow parameters[] = {
    {"tau_rise", "ms", 0.5, 0.001, 1e4, "rise time constant", assumed},
    {"tau_decay", "ms", 2.0, 0.01, 1e4, "decay time constant", assumed},
    {"E_rev", "mV", 0.0, -200.0, 200.0, "reversal potential", assumed},
};
constexpr StateRow state[] = {
    {.name = "g", .unit = "nS", .initial = 0.0, .meaning = "conductance"},
    {.name = "x", .unit = "nS", .initial = 0.0, .meaning = "auxiliary: weight that still flows into g"},
};

constexpr std::string_view coefficients[] = {"decay_g", "decay_x", "x_to_g", "mean_g", "mean_x", "E_rev"};
constexpr std::size_t reversal = dual_count;

void prepare(const double* p, const ReceptorContext& context, double* c) {
  prepare_dual_exponential(p[0], p[1], context.dt, c);
  c[reversal] = p[2];
}

std::string_view check(const double* p, double) { return check_dual_exponential(p[0], p[1]); }

template <bool uniform, bool first>
[[gnu::noinline]] void drive(std::size_t n, const double* __restrict E, const double* __restrict g,
                             const double* __restrict V, double* __restrict current, double* __restrict slope) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) {
    add<first>(current[i], g[i] * (at<uniform>(E, i) - V[i]));
    add<first>(slope[i], g[i]);
  }
}

template <bool uniform>
void advance(ReceptorBlock& b) {
  double mean[max_block];
  const double* const* c = b.coefficient;
  advance_dual_exponential<uniform>(b.n, c[dual_decay_g], c[dual_decay_x], c[dual_x_to_g], c[dual_mean_g],
                                    c[dual_mean_x], b.input, b.state[0], b.state[1], mean);
  const auto run = b.first ? drive<uniform, true> : drive<uniform, false>;
  run(b.n, c[reversal], mean, b.V_m, b.current, b.slope);
}

void advance(ReceptorBlock& block) { block.uniform ? advance<true>(block) : advance<false>(block); }

}  // namespace

extern const ReceptorModel dual_exp_conductance;
constinit const ReceptorModel dual_exp_conductance{
    .name = "dual_exp_conductance",
    .title = "synaptic conductance with rise and decay",
    .source = "Gerstner et al. 2014, doi:10.1017/CBO9781107447615, section 3.1",
    .kind = ReceptorKind::conductance,
    .weight_unit = "nS",
    .parameters = parameters,
    .state = state,
    .coefficients = coefficients,
    .blockable = false,
    .gated_by_source = false,
    .prepare = prepare,
    .check = check,
    .advance = advance,
};

}  // namespace burgeon::models::BURGEON_ISA
