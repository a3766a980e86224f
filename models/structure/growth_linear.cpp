// Linear growth of synaptic elements:  dz/dt = nu (1 - C / eps)
//
// Method: exact between spikes, z(t) - z(0) = nu t - nu tau_Ca (C(0) - C(t)) / eps. Zero at C = eps, which is stable.
// Butz & van Ooyen 2013, doi:10.1371/journal.pcbi.1003259; Diaz-Pier et al. 2016, doi:10.3389/fnana.2016.00057.

#include "base/math.h"
#include "models/structure/growth.h"

namespace burgeon::models::BURGEON_ISA {
namespace {

constexpr ParameterRow element[] = {
    {"nu", "1/ms", growth::required, -1e3, 1e3, "growth without calcium", growth::paper},
    {"eps", "1", growth::required, 1e-12, 1e6, "calcium at which nothing grows: the set point", growth::paper},
};
enum Element { nu, eps };

double grow(const double* p, double calcium, double tau, double span) {
  const double x = span / tau;
  return p[nu] * (span - tau * calcium / p[eps] * (x * phi1(-x)));
}

}  // namespace

extern const StructuralModel growth_linear;
constinit const StructuralModel growth_linear{
    .name = "growth_linear",
    .title = "synaptic elements that grow linearly with the lack of calcium",
    .source = growth::paper,
    .kind = StructuralKind::growth,
    .parameters = growth::parameters,
    .element_parameters = element,
    .prepare = growth::prepare,
    .check = nullptr,
    .check_element = nullptr,
    .growth = grow,
    .rates = nullptr,
};

}  // namespace burgeon::models::BURGEON_ISA
