// Exponentially decaying synaptic conductance.
//
//   I = -g (V - E_rev),  dg/dt = -g / tau; an event of weight w (nS) adds w to g
//
// Method: g decays exactly; its mean over the step drives the voltage (the value at mid-step up to (dt / tau)^2 / 24), so the
// charge of an event is w tau (E_rev - V) whatever dt.

#include "base/math.h"
#include "models/columns.h"

namespace burgeon::models::BURGEON_ISA {
namespace {

constexpr std::string_view paper = "doi:10.1523/JNEUROSCI.3508-05.2005, Methods";
constexpr ParameterRow parameters[] = {
    {"tau", "ms", 5.0, 0.01, 1e4, "decay time constant", paper},
    {"E_rev", "mV", 0.0, -200.0, 200.0, "reversal potential", paper},
};
constexpr StateRow state[] = {{.name = "g", .unit = "nS", .initial = 0.0, .meaning = "conductance"}};

constexpr std::string_view coefficients[] = {"decay", "mean", "E_rev"};
enum Coefficient { decay, mean, reversal };

void prepare(const double* p, const ReceptorContext& context, double* c) {
  const double x = context.dt / p[0];
  c[decay] = fast_exp(-x);
  c[mean] = phi1(-x);
  c[reversal] = p[1];
}

template <bool uniform, bool first>
[[gnu::noinline]] void advance(std::size_t n, const double* __restrict P, const double* __restrict m,
                               const double* __restrict E, const float* __restrict input, const double* __restrict V,
                               double* __restrict g, double* __restrict current, double* __restrict slope) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) {
    const double now = g[i] + static_cast<double>(input[i]);
    const double g_mean = now * at<uniform>(m, i);
    add<first>(current[i], g_mean * (at<uniform>(E, i) - V[i]));
    add<first>(slope[i], g_mean);
    g[i] = now * at<uniform>(P, i);
  }
}

template <bool uniform>
void advance(ReceptorBlock& b) {
  const auto run = b.first ? advance<uniform, true> : advance<uniform, false>;
  const double* const* c = b.coefficient;
  run(b.n, c[decay], c[mean], c[reversal], b.input, b.V_m, b.state[0], b.current, b.slope);
}

void advance(ReceptorBlock& block) { block.uniform ? advance<true>(block) : advance<false>(block); }

}  // namespace

extern const ReceptorModel exp_conductance;
constinit const ReceptorModel exp_conductance{
    .name = "exp_conductance",
    .title = "exponential synaptic conductance",
    .source = "doi:10.1523/JNEUROSCI.3508-05.2005",
    .kind = ReceptorKind::conductance,
    .weight_unit = "nS",
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
