// Inhibitory plasticity that holds the targets at a rate (Vogels, Sprekeler, Zenke, Clopath & Gerstner 2011,
// doi:10.1126/science.1211095, eqs 1-2 of the supporting material).
//
//   x_pre, x_post decay with tau, + 1 when a presynaptic spike arrives, when the target fires
//   arrival:      w <- w + eta (x_post - 2 rho_0 tau)
//   target fires: w <- w + eta x_pre                            0 <= w <= w_max
//
// Mean drift for independent trains: eta rate_pre 2 tau (rate_post - rho_0), zero at rho_0 whatever the input does.

#include "models/synapses/stdp.h"

namespace burgeon::models::BURGEON_ISA {
namespace {

constexpr std::string_view paper = "doi:10.1126/science.1211095, supporting eqs 1-2";
constexpr double required = std::numeric_limits<double>::quiet_NaN();
constexpr ParameterRow parameters[] = {
    {"eta", weight_unit, required, 0.0, 1e9, "change of weight by a pair without delay", paper},
    {"rho_0", "Hz", 5.0, 0.0, 1e3, "rate of the targets at which the weights rest",
     "doi:10.1126/science.1211095, supporting table: 3-5 Hz"},
    {"tau", "ms", 20.0, 0.1, 1e4, "time constant of both traces", paper},
    {"w_max", weight_unit, required, 1e-9, 1e9, "largest weight", "assumed: depends on the circuit"},
};
constexpr TraceRow pre[] = {{"x_pre", "tau", "presynaptic spikes"}};
constexpr TraceRow post[] = {{"x_post", "tau", "postsynaptic spikes"}};

constexpr std::string_view coefficients[] = {"eta", "alpha", "w_max"};
enum Coefficient { eta, alpha, w_max };

void prepare(const double* p, double* c) {
  c[eta] = p[0];
  c[alpha] = 2.0 * p[1] * p[2];
  c[w_max] = p[3];
}

[[gnu::noinline]] void change(std::size_t n, float rate, float offset, float top, const float* __restrict x,
                              float* __restrict weight) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) weight[i] = bounded(weight[i] + rate * (x[i] - offset), top);
}

void on_pre(SynapseBlock& b) {
  const double* c = b.coefficient;
  change(b.n, static_cast<float>(c[eta]), static_cast<float>(c[alpha]), static_cast<float>(c[w_max]), b.trace[0],
         b.weight);
}

void on_post(SynapseBlock& b) {
  const double* c = b.coefficient;
  change(b.n, static_cast<float>(c[eta]), 0.0F, static_cast<float>(c[w_max]), b.trace[0], b.weight);
}

}  // namespace

extern const SynapseModel stdp_inhibitory;
constinit const SynapseModel stdp_inhibitory{
    .name = "stdp_inhibitory",
    .title = "inhibitory STDP towards a target rate",
    .source = paper,
    .parameters = parameters,
    .pre = pre,
    .post = post,
    .nearest = false,
    .reads_own = false,
    .coefficients = coefficients,
    .prepare = prepare,
    .check = nullptr,
    .on_pre = on_pre,
    .on_post = on_post,
};

}  // namespace burgeon::models::BURGEON_ISA
