// Triplet spike-timing-dependent plasticity (Pfister & Gerstner 2006, doi:10.1523/JNEUROSCI.1425-06.2006, eqs 2-4).
//
//   r1, r2 decay with tau_plus, tau_x;  counted when a presynaptic spike arrives
//   o1, o2 decay with tau_minus, tau_y; counted when the target fires
//   arrival:      w <- w - w_ref o1 (A2_minus + A3_minus r2)
//   target fires: w <- w + w_ref r1 (A2_plus  + A3_plus  o2)         0 <= w <= w_max
//
// r2 and o2 are taken just before the spike counts. Counting means + 1 when all spikes interact (stdp_triplet), and = 1 when only
// the nearest do (stdp_triplet_nearest). Amplitudes are changes relative to w_ref. Defaults: visual cortex, minimal models.

#include "models/synapses/stdp.h"

namespace burgeon::models::BURGEON_ISA {
namespace {

constexpr std::string_view paper = "doi:10.1523/JNEUROSCI.1425-06.2006, eqs 2-4";
constexpr std::string_view minimal = "doi:10.1523/JNEUROSCI.1425-06.2006, table 3 (visual cortex), minimal model";
constexpr std::string_view windows = "doi:10.1523/JNEUROSCI.1425-06.2006, table 3 (fixed from Bi & Poo 2001)";
constexpr std::string_view unused =
    "doi:10.1523/JNEUROSCI.1425-06.2006, table 3, full model, all-to-all; no effect while A3_minus = 0";
constexpr double required = std::numeric_limits<double>::quiet_NaN();
constexpr ParameterRow w_ref_row{"w_ref", weight_unit, required, 1e-9, 1e9, "weight that amplitudes are relative to",
                                 paper};
constexpr ParameterRow w_max_row{
    "w_max", weight_unit, required, 1e-9, 1e9, "largest weight", "assumed: the paper has no bound"};
constexpr ParameterRow A2_plus_row{"A2_plus", "1", 0.0, 0.0, 10.0, "pair potentiation", minimal};
constexpr ParameterRow A3_minus_row{"A3_minus", "1", 0.0, 0.0, 10.0, "triplet depression", minimal};
constexpr ParameterRow tau_plus_row{"tau_plus", "ms", 16.8, 0.1, 1e4, "time constant of r1", windows};
constexpr ParameterRow tau_minus_row{"tau_minus", "ms", 33.7, 0.1, 1e4, "time constant of o1", windows};
constexpr ParameterRow tau_x_row{"tau_x", "ms", 101.0, 0.1, 1e4, "time constant of r2", unused};
constexpr ParameterRow all_to_all[] = {
    w_ref_row,
    A2_plus_row,
    {"A3_plus", "1", 6.5e-3, 0.0, 10.0, "triplet potentiation", minimal},
    {"A2_minus", "1", 7.1e-3, 0.0, 10.0, "pair depression", minimal},
    A3_minus_row,
    w_max_row,
    tau_plus_row,
    tau_minus_row,
    tau_x_row,
    {"tau_y", "ms", 114.0, 0.1, 1e4, "time constant of o2", minimal},
};
constexpr ParameterRow nearest[] = {
    w_ref_row,
    A2_plus_row,
    {"A3_plus", "1", 5e-2, 0.0, 10.0, "triplet potentiation", minimal},
    {"A2_minus", "1", 8e-3, 0.0, 10.0, "pair depression", minimal},
    A3_minus_row,
    w_max_row,
    tau_plus_row,
    tau_minus_row,
    tau_x_row,
    {"tau_y", "ms", 40.0, 0.1, 1e4, "time constant of o2", minimal},
};
constexpr TraceRow pre[] = {{"r1", "tau_plus", "presynaptic spikes, fast"},
                            {"r2", "tau_x", "presynaptic spikes, slow"}};
constexpr TraceRow post[] = {{"o1", "tau_minus", "postsynaptic spikes, fast"},
                             {"o2", "tau_y", "postsynaptic spikes, slow"}};

constexpr std::string_view coefficients[] = {"A2_plus", "A3_plus", "A2_minus", "A3_minus", "w_max"};
enum Coefficient { A2_plus, A3_plus, A2_minus, A3_minus, w_max };

void prepare(const double* p, double* c) {
  for (int k = 0; k < 4; ++k) c[k] = p[0] * p[k + 1];
  c[w_max] = p[5];
}

[[gnu::noinline]] void change(std::size_t n, float pair, float triplet, float top, const float* __restrict fast,
                              const float* __restrict slow, float* __restrict weight) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) weight[i] = bounded(weight[i] + (pair + triplet * slow[i]) * fast[i], top);
}

void on_pre(SynapseBlock& b) {
  const double* c = b.coefficient;
  change(b.n, static_cast<float>(-c[A2_minus]), static_cast<float>(-c[A3_minus]), static_cast<float>(c[w_max]),
         b.trace[0], b.own[1], b.weight);
}

void on_post(SynapseBlock& b) {
  const double* c = b.coefficient;
  change(b.n, static_cast<float>(c[A2_plus]), static_cast<float>(c[A3_plus]), static_cast<float>(c[w_max]), b.trace[0],
         b.own[1], b.weight);
}

}  // namespace

extern const SynapseModel stdp_triplet, stdp_triplet_nearest;
constinit const SynapseModel stdp_triplet{
    .name = "stdp_triplet",
    .title = "triplet STDP, all spikes interact",
    .source = paper,
    .parameters = all_to_all,
    .pre = pre,
    .post = post,
    .nearest = false,
    .reads_own = true,
    .coefficients = coefficients,
    .prepare = prepare,
    .check = nullptr,
    .on_pre = on_pre,
    .on_post = on_post,
};
constinit const SynapseModel stdp_triplet_nearest{
    .name = "stdp_triplet_nearest",
    .title = "triplet STDP, nearest spikes interact",
    .source = paper,
    .parameters = nearest,
    .pre = pre,
    .post = post,
    .nearest = true,
    .reads_own = true,
    .coefficients = coefficients,
    .prepare = prepare,
    .check = nullptr,
    .on_pre = on_pre,
    .on_post = on_post,
};

}  // namespace burgeon::models::BURGEON_ISA
