// Exponentially decaying synaptic current.
//
//   dI/dt = -I / tau; an event of weight w (pA) adds w to I
//
// Method: exact. On a linear neuron the contribution to V over the step is exact too (Rotter & Diesmann 1999,
// doi:10.1007/s004220050570); on a conductance-based neuron the mean current over the step acts, so that the charge of an
// event is w tau whatever dt.

#include "base/math.h"
#include "models/columns.h"
#include "models/synapses/linear_filter.h"

namespace burgeon::models::BURGEON_ISA {
namespace {

constexpr ParameterRow parameters[] = {
    {"tau", "ms", 0.5, 0.01, 1e4, "decay time constant", "doi:10.1093/cercor/bhs358, Table 5"},
};
constexpr StateRow state[] = {{.name = "I", .unit = "pA", .initial = 0.0, .meaning = "synaptic current"}};

constexpr std::string_view coefficients[] = {"decay", "to_V", "to_current"};
enum Coefficient { decay, to_V, to_current };

void prepare(const double* p, const ReceptorContext& context, double* c) {
  const double tau = p[0];
  c[decay] = fast_exp(-context.dt / tau);
  c[to_V] = context.linear ? exponential_to_V(tau, context.membrane, context.dt) : 0.0;
  c[to_current] = context.linear ? 1.0 : phi1(-context.dt / tau);
}

template <bool uniform, bool first>
[[gnu::noinline]] void on_linear(std::size_t n, const double* __restrict P11, const double* __restrict P21,
                                 const double* __restrict factor, const float* __restrict input, double* __restrict I,
                                 double* __restrict current, double* __restrict increment,
                                 double* __restrict current_end) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) {
    const double now = I[i] + static_cast<double>(input[i]);
    const double end = now * at<uniform>(P11, i);
    add<first>(increment[i], now * at<uniform>(P21, i));
    add<first>(current[i], now * at<uniform>(factor, i));
    add<first>(current_end[i], end);
    I[i] = end;
  }
}

template <bool uniform>
[[gnu::noinline]] void on_conductance(std::size_t n, const double* __restrict P11, const double* __restrict factor,
                                      const float* __restrict input, double* __restrict I, double* __restrict current) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) {
    const double now = I[i] + static_cast<double>(input[i]);
    current[i] += now * at<uniform>(factor, i);
    I[i] = now * at<uniform>(P11, i);
  }
}

template <bool uniform>
void advance(ReceptorBlock& b) {
  const double* const* c = b.coefficient;
  const auto run = b.first ? on_linear<uniform, true> : on_linear<uniform, false>;
  if (b.increment)
    run(b.n, c[decay], c[to_V], c[to_current], b.input, b.state[0], b.current, b.increment, b.current_end);
  else
    on_conductance<uniform>(b.n, c[decay], c[to_current], b.input, b.state[0], b.current);
}

void advance(ReceptorBlock& block) { block.uniform ? advance<true>(block) : advance<false>(block); }

}  // namespace

extern const ReceptorModel exp_current;
constinit const ReceptorModel exp_current{
    .name = "exp_current",
    .title = "exponential synaptic current",
    .source = "doi:10.1007/s004220050570",
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
