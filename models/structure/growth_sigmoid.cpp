// Sigmoid growth of synaptic elements:  dz/dt = nu (2 / (1 + exp((C - eps) / psi)) - 1)
//
// Zero at C = eps, which is stable. Method: Gauss-Legendre between spikes, relative error about 1e-7 of nu.
// Butz & van Ooyen 2013, doi:10.1371/journal.pcbi.1003259; the form of NEST's growth_curve_sigmoid.

#include "base/math.h"
#include "models/structure/growth.h"
#include "models/structure/quadrature.h"

namespace burgeon::models::BURGEON_ISA {
namespace {

constexpr ParameterRow element[] = {
    {"nu", "1/ms", growth::required, -1e3, 1e3, "largest growth", growth::paper},
    {"eps", "1", growth::required, 1e-12, 1e6, "calcium at which nothing grows: the set point", growth::paper},
    {"psi", "1", 0.1, 1e-12, 1e6, "width of the transition", "assumed: the default of NEST's growth_curve_sigmoid"},
};
enum Element { nu, eps, psi };

double grow(const double* p, double calcium, double tau, double span) {
  return p[nu] * integral_over_decay(calcium, tau, p[psi], span, [=](double c) {
           const double x = (c - p[eps]) / p[psi];
           return x > 700.0 ? -1.0 : 2.0 / (1.0 + fast_exp(x)) - 1.0;
         });
}

}  // namespace

extern const StructuralModel growth_sigmoid;
constinit const StructuralModel growth_sigmoid{
    .name = "growth_sigmoid",
    .title = "synaptic elements that grow below and shrink above a level of calcium",
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
