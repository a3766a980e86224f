// Gaussian growth of synaptic elements:
//
//   dz/dt = nu (2 exp(-((C - xi) / zeta)^2) - 1),   xi = (eta + eps) / 2,   zeta = (eps - eta) / (2 sqrt(ln 2))
//
// Zero at C = eps, which is stable, and at C = eta, which is not: a neuron below eta loses elements.
// Method: Gauss-Legendre between spikes, relative error about 1e-7 of nu.
// Butz & van Ooyen 2013, doi:10.1371/journal.pcbi.1003259; the form of NEST's growth_curve_gaussian.

#include "base/math.h"
#include "models/structure/growth.h"
#include "models/structure/quadrature.h"

namespace burgeon::models::BURGEON_ISA {
namespace {

constexpr ParameterRow element[] = {
    {"nu", "1/ms", growth::required, -1e3, 1e3, "largest growth", growth::paper},
    {"eps", "1", growth::required, 1e-12, 1e6, "calcium at which nothing grows: the set point", growth::paper},
    {"eta", "1", 0.0, 0.0, 1e6, "calcium below which elements are lost", growth::example},
};
enum Element { nu, eps, eta };

std::string_view check(const double* p) { return p[eta] < p[eps] ? "" : "eta must be below eps"; }

double grow(const double* p, double calcium, double tau, double span) {
  constexpr double two_sqrt_ln2 = 1.6651092223153955;
  const double xi = 0.5 * (p[eta] + p[eps]);
  const double zeta = (p[eps] - p[eta]) / two_sqrt_ln2;
  return p[nu] * integral_over_decay(calcium, tau, zeta, span, [=](double c) {
           const double x = (c - xi) / zeta;
           return 2.0 * fast_exp(-x * x) - 1.0;
         });
}

}  // namespace

extern const StructuralModel growth_gaussian;
constinit const StructuralModel growth_gaussian{
    .name = "growth_gaussian",
    .title = "synaptic elements that grow in a window of calcium",
    .source = growth::paper,
    .kind = StructuralKind::growth,
    .parameters = growth::parameters,
    .element_parameters = element,
    .prepare = growth::prepare,
    .check = nullptr,
    .check_element = check,
    .growth = grow,
    .rates = nullptr,
};

}  // namespace burgeon::models::BURGEON_ISA
