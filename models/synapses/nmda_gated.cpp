// NMDA receptors whose gating is a variable of the presynaptic neuron (Wang 2002, doi:10.1016/S0896-6273(02)01092-9):
//
//   I = -g U m(V) (V - E_rev),   g = sum over sources of weight (nS) * s,  s from a presynaptic gate row (wang_gate)
//
// Method: the input of a step is g averaged over that step; block as in models/synapses/nmda_block.h.

#include "models/columns.h"
#include "models/synapses/nmda_block.h"

namespace burgeon::models::BURGEON_ISA {
namespace {

constexpr ParameterRow parameters[] = {
    {"E_rev", "mV", 0.0, -200.0, 200.0, "reversal potential",
     "doi:10.1016/S0896-6273(02)01092-9, Experimental Procedures"},
    mg_parameter,
    k_mg_parameter,
};

constexpr std::string_view coefficients[] = {"E_rev", "Mg/K_Mg"};
enum Coefficient { reversal, mg_ratio };

void prepare(const double* p, const ReceptorContext&, double* c) {
  c[reversal] = p[0];
  c[mg_ratio] = p[1] / p[2];
}

template <bool uniform>
void advance(ReceptorBlock& b) {
  double g[max_block];
  for (std::size_t i = 0; i < b.n; ++i) g[i] = static_cast<double>(b.input[i]);
  nmda_current<uniform>(b, b.coefficient[mg_ratio], b.coefficient[reversal], g);
}

void advance(ReceptorBlock& block) { block.uniform ? advance<true>(block) : advance<false>(block); }

}  // namespace

extern const ReceptorModel nmda_gated;
constinit const ReceptorModel nmda_gated{
    .name = "nmda_gated",
    .title = "NMDA receptor gated by a presynaptic variable",
    .source = "doi:10.1016/S0896-6273(02)01092-9; block doi:10.1152/jn.1997.77.1.309",
    .kind = ReceptorKind::conductance,
    .weight_unit = "nS",
    .parameters = parameters,
    .state = {},
    .coefficients = coefficients,
    .blockable = true,
    .gated_by_source = true,
    .prepare = prepare,
    .check = nullptr,
    .advance = advance,
};

}  // namespace burgeon::models::BURGEON_ISA
