// NMDA receptors of one neuron and subunit class: dual-exponential conductance, magnesium block, use-dependent channel block.
//
//   I = -g U m(V) (V - E_rev); an event of weight w (nS) adds a dual exponential of peak w to g
//
// Equations of the block and numerical method: models/synapses/nmda_block.h.

#include "models/columns.h"
#include "models/synapses/dual_exponential.h"
#include "models/synapses/nmda_block.h"

namespace burgeon::models::BURGEON_ISA {
namespace {

constexpr ParameterRow parameters[] = {
    {"tau_rise", "ms", 2.0, 0.01, 1e3, "rise time constant",
     "doi:10.1016/S0896-6273(02)01092-9, Experimental Procedures"},
    {"tau_decay", "ms", 100.0, 1.0, 1e4, "decay time constant",
     "doi:10.1016/S0896-6273(02)01092-9, Experimental Procedures"},
    {"E_rev", "mV", 0.0, -200.0, 200.0, "reversal potential",
     "doi:10.1016/S0896-6273(02)01092-9, Experimental Procedures"},
    mg_parameter,
    k_mg_parameter,
};
enum Parameter { tau_rise, tau_decay, E_rev, Mg, K_Mg };

constexpr StateRow state[] = {
    {.name = "g", .unit = "nS", .initial = 0.0, .meaning = "conductance the agonist would open without any block"},
    {.name = "x", .unit = "nS", .initial = 0.0, .meaning = "auxiliary: weight that still flows into g"},
};

constexpr std::string_view coefficients[] = {"decay_g", "decay_x", "x_to_g", "mean_g", "mean_x", "E_rev", "Mg/K_Mg"};
constexpr std::size_t reversal = dual_count, mg_ratio = dual_count + 1;

void prepare(const double* p, const ReceptorContext& context, double* c) {
  prepare_dual_exponential(p[tau_rise], p[tau_decay], context.dt, c);
  c[reversal] = p[E_rev];
  c[mg_ratio] = p[Mg] / p[K_Mg];
}

std::string_view check(const double* p, double) { return check_dual_exponential(p[tau_rise], p[tau_decay]); }

template <bool uniform>
void advance(ReceptorBlock& b) {
  double g[max_block];
  const double* const* c = b.coefficient;
  advance_dual_exponential<uniform>(b.n, c[dual_decay_g], c[dual_decay_x], c[dual_x_to_g], c[dual_mean_g],
                                    c[dual_mean_x], b.input, b.state[0], b.state[1], g);
  nmda_current<uniform>(b, c[mg_ratio], c[reversal], g);
}

void advance(ReceptorBlock& block) { block.uniform ? advance<true>(block) : advance<false>(block); }

}  // namespace

extern const ReceptorModel nmda;
constinit const ReceptorModel nmda{
    .name = "nmda",
    .title = "NMDA receptor with magnesium and use-dependent channel block",
    .source = "doi:10.1523/JNEUROSCI.10-09-03178.1990; block doi:10.1152/jn.1997.77.1.309",
    .kind = ReceptorKind::conductance,
    .weight_unit = "nS",
    .parameters = parameters,
    .state = state,
    .coefficients = coefficients,
    .blockable = true,
    .gated_by_source = false,
    .prepare = prepare,
    .check = check,
    .advance = advance,
};

}  // namespace burgeon::models::BURGEON_ISA
