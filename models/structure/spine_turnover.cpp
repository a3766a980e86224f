// Turnover of spines: every synapse is new or mature, and every lost one leaves a site at its target.
//
//   lost site -> new      f0 (1 + gain drive) stress_formation^stress
//   new       -> lost     1 / tau_new
//   new       -> mature   maturation (1 + hold protein^2)
//   mature    -> lost     e0 (1 + stress_gain stress)
//
// A site remembers its partner: it is refilled by it with probability old_partner, else by a source drawn by the kernel. Drive
// and stress are signals. Loss does not depend on the drive: what lasts, lasts by maturation. At rest (drive 0, stress 0)
//   new / mature = e0 / maturation,   lost / mature = e0 (1 / tau_new + maturation) / (f0 maturation)
// where formation and loss balance.
//
// Method: every transition is drawn with its exact probability over a span in which the signals are constant.
// Limits: at most one transition per synapse and span; the engine cuts spans so that few synapses change in each.
// The form follows Moda-Sava et al. 2019, doi:10.1126/science.aat8078 (lost spines are restored, loss is unaffected by the drug)
// and Holtmaat et al. 2005, doi:10.1016/j.neuron.2005.01.003 (transient and persistent spines). Rates are assumed.

#include "base/math.h"
#include "catalogue/structural_rows.h"

namespace burgeon::models::BURGEON_ISA {
namespace {

constexpr ParameterRow parameters[] = {
    {"f0", "1/d", 0.2, 0.0, 1e6, "formation of a synapse at a lost site, at rest",
     "assumed: a third to a half back in weeks of rest (target F2)"},
    {"gain", "1", 37.0, 0.0, 1e6, "relative increase of formation per unit of drive",
     "assumed: calibrated on target F4, a third to a half of a loss back within two days"},
    {"stress_formation", "1", 0.7, 0.0, 1.0, "factor on formation at stress 1",
     "assumed: stress slows formation; studies report density only"},
    {"tau_new", "d", 10.0 / 3.0, 1e-6, 1e6, "lifetime of a new synapse that does not mature",
     "doi:10.1016/j.neuron.2005.01.003: transient spines live 1 to 4 days"},
    {"maturation", "1/d", 0.1, 0.0, 1e6, "new synapses that become mature",
     "assumed: a quarter of new synapses persist, doi:10.1016/j.neuron.2005.01.003"},
    {"hold", "1", 12.0, 0.0, 1e6, "relative increase of maturation at a protein pool of 1",
     "assumed: PSD95 and its kin hold new spines, the more the more infusions; targets G2 and G5 were in view"},
    {"e0", "1/d", 0.002, 0.0, 1e6, "loss of a mature synapse, at rest",
     "doi:10.1016/j.neuron.2005.04.001: 3 to 5 % in 2 weeks"},
    {"stress_gain", "1", 11.5, 0.0, 1e6, "relative increase of the loss per unit of stress",
     "assumed: loses about a fifth in 3 weeks of stress, as in Li et al. 2011, PMC3068225"},
    {"stress_hit", "1", 1.0, 1e-6, 1.0, "fraction of target neurons that bear the whole stress-induced loss",
     "assumed: 1 spreads it evenly; loss is clustered in doi:10.1126/science.aat8078"},
    {"old_partner", "1", 0.5, 0.0, 1.0, "probability that a site is refilled by the partner it lost",
     "assumed: about half of lost spines return at their place, doi:10.1126/science.aat8078"},
    {"new_weight", "1", 0.5, 1e-6, 1.0, "weight of a new synapse relative to a mature one",
     "assumed: new spines are smaller"},
    {"sigma", "um", 0.0, 0.0, 1e6,
     "width of the kernel exp(-d^2/sigma^2) by which other partners are drawn; 0: all sources alike",
     "assumed: no space"},
};
enum Parameter {
  f0,
  gain,
  stress_formation,
  tau_new,
  maturation,
  hold,
  e0,
  stress_gain,
  stress_hit,
  old_partner,
  new_weight,
  sigma
};

void prepare(const double* p, StructuralConstants& c) {
  c.old_partner = p[old_partner];
  c.new_weight = p[new_weight];
  c.stress_hit = p[stress_hit];
  c.sigma = p[sigma];
}

void rates(const double* p, const TurnoverLevels& levels, TurnoverRates& r) {
  // 0^0 = 1: without stress nothing slows formation.
  const double stress = levels.stress;
  const double slowed = stress <= 0.0               ? 1.0
                        : p[stress_formation] > 0.0 ? fast_exp(stress * fast_log(p[stress_formation]))
                                                    : 0.0;
  r.formation = p[f0] * (1.0 + p[gain] * levels.drive) * slowed;
  r.new_loss = 1.0 / p[tau_new];
  r.maturation = p[maturation] * (1.0 + p[hold] * levels.protein * levels.protein);
  r.mature_loss = p[e0] * (1.0 + p[stress_gain] * stress);
}

}  // namespace

extern const StructuralModel spine_turnover;
constinit const StructuralModel spine_turnover{
    .name = "spine_turnover",
    .title = "spines: lost, new and mature, with a memory of lost sites",
    .source = "assumed form after doi:10.1126/science.aat8078 and doi:10.1016/j.neuron.2005.01.003",
    .kind = StructuralKind::turnover,
    .parameters = parameters,
    .element_parameters = {},
    .prepare = prepare,
    .check = nullptr,
    .check_element = nullptr,
    .growth = nullptr,
    .rates = rates,
};

}  // namespace burgeon::models::BURGEON_ISA
