// Instantaneous synapse: an event of weight w (mV) moves V by w at once, unless the neuron is refractory.
//
// Method: exact. Source: Brunel 2000, doi:10.1023/A:1008925309027, eq. 2.

#include "models/columns.h"

namespace burgeon::models::BURGEON_ISA {
namespace {

void prepare(const double*, const ReceptorContext&, double*) {}

void add(std::size_t n, const float* __restrict input, double* __restrict jump) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) jump[i] += static_cast<double>(input[i]);
}

void advance(ReceptorBlock& b) { add(b.n, b.input, b.jump); }

}  // namespace

extern const ReceptorModel delta;
constinit const ReceptorModel delta{
    .name = "delta",
    .title = "instantaneous change of the membrane potential",
    .source = "doi:10.1023/A:1008925309027, eq. 2",
    .kind = ReceptorKind::delta,
    .weight_unit = "mV",
    .parameters = {},
    .state = {},
    .coefficients = {},
    .blockable = false,
    .gated_by_source = false,
    .prepare = prepare,
    .check = nullptr,
    .advance = advance,
};

}  // namespace burgeon::models::BURGEON_ISA
