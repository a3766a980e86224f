// Pair-based spike-timing-dependent plasticity with weight dependence (Gütig, Aharonov, Rotter & Sompolinsky 2003,
// doi:10.1523/JNEUROSCI.23-09-03697.2003, eqs 1-4; written with traces as in Morrison, Diesmann & Gerstner 2008,
// doi:10.1007/s00422-008-0233-1, eqs 2 and 8).
//
//   x_pre  decays with tau_plus,  + 1 when a presynaptic spike arrives
//   x_post decays with tau_minus, + 1 when the target fires
//   arrival:      w <- w - lambda alpha w_max (w / w_max)^mu_minus      x_post
//   target fires: w <- w + lambda       w_max (1 - w / w_max)^mu_plus   x_pre        0 <= w <= w_max
//
// All pairs count. Exponents 0 (additive) and 1 (multiplicative) have loops of their own; others go through exp and log.

#include "base/math.h"
#include "models/synapses/stdp.h"

namespace burgeon::models::BURGEON_ISA {
namespace {

constexpr std::string_view paper = "doi:10.1523/JNEUROSCI.23-09-03697.2003, eqs 1-4";
constexpr std::string_view chosen =
    "assumed: multiplicative, as in Morrison et al. 2008, doi:10.1007/s00422-008-0233-1";
constexpr double required = std::numeric_limits<double>::quiet_NaN();
constexpr ParameterRow parameters[] = {
    {"lambda", "1", 0.01, 0.0, 1.0, "step of potentiation relative to w_max", "assumed: as in the benchmarks of NEST"},
    {"alpha", "1", 1.05, 0.0, 100.0, "depression over potentiation", "doi:10.1523/JNEUROSCI.23-09-03697.2003, fig. 2"},
    {"w_max", weight_unit, required, 1e-9, 1e9, "largest weight", paper},
    {"mu_plus", "1", 1.0, 0.0, 10.0, "exponent of the weight dependence of potentiation", chosen},
    {"mu_minus", "1", 1.0, 0.0, 10.0, "exponent of the weight dependence of depression", chosen},
    {"tau_plus", "ms", 20.0, 0.1, 1e4, "time constant of the presynaptic trace", paper},
    {"tau_minus", "ms", 20.0, 0.1, 1e4, "time constant of the postsynaptic trace", paper},
};
constexpr TraceRow pre[] = {{"x_pre", "tau_plus", "presynaptic spikes"}};
constexpr TraceRow post[] = {{"x_post", "tau_minus", "postsynaptic spikes"}};

constexpr std::string_view coefficients[] = {"up", "down", "w_max", "mu_plus", "mu_minus"};
enum Coefficient { up, down, w_max, mu_plus, mu_minus };

void prepare(const double* p, double* c) {
  c[up] = p[0];
  c[down] = p[0] * p[1];
  c[w_max] = p[2];
  c[mu_plus] = p[3];
  c[mu_minus] = p[4];
}

enum class Power { zero, one, any };

/// scale^(1 - mu) u^mu: the weight dependence of a step, in units of the weight; u in [0, scale].
template <Power power>
[[gnu::always_inline]] inline float dependence(float u, float scale, double mu) {
  if constexpr (power == Power::zero) return scale;
  if constexpr (power == Power::one) return u;
  const double relative = static_cast<double>(u) / static_cast<double>(scale);
  const double safe = relative < 1e-300 ? 1e-300 : relative;
  return static_cast<float>(static_cast<double>(scale) * fast_exp(mu * fast_log(safe)));
}

template <Power power>
[[gnu::noinline]] void depress(std::size_t n, float step, float top, double mu, const float* __restrict x_post,
                               float* __restrict weight) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i)
    weight[i] = bounded(weight[i] - step * dependence<power>(weight[i], top, mu) * x_post[i], top);
}

template <Power power>
[[gnu::noinline]] void potentiate(std::size_t n, float step, float top, double mu, const float* __restrict x_pre,
                                  float* __restrict weight) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i)
    weight[i] = bounded(weight[i] + step * dependence<power>(top - weight[i], top, mu) * x_pre[i], top);
}

void on_pre(SynapseBlock& b) {
  const double* c = b.coefficient;
  const auto run = c[mu_minus] == 0.0   ? depress<Power::zero>
                   : c[mu_minus] == 1.0 ? depress<Power::one>
                                        : depress<Power::any>;
  run(b.n, static_cast<float>(c[down]), static_cast<float>(c[w_max]), c[mu_minus], b.trace[0], b.weight);
}

void on_post(SynapseBlock& b) {
  const double* c = b.coefficient;
  const auto run = c[mu_plus] == 0.0   ? potentiate<Power::zero>
                   : c[mu_plus] == 1.0 ? potentiate<Power::one>
                                       : potentiate<Power::any>;
  run(b.n, static_cast<float>(c[up]), static_cast<float>(c[w_max]), c[mu_plus], b.trace[0], b.weight);
}

}  // namespace

extern const SynapseModel stdp_pair;
constinit const SynapseModel stdp_pair{
    .name = "stdp_pair",
    .title = "pair STDP, additive to multiplicative, all pairs",
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
