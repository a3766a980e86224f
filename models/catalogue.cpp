// One line per model: the only registration.

#include "models/catalogue.h"

namespace burgeon::models::BURGEON_ISA {

// neurons
extern const NeuronModel lif_psc_exp, lif_cond, aeif_cond;
// receptors
extern const ReceptorModel exp_current, alpha_current, delta, exp_conductance, dual_exp_conductance, nmda, nmda_gated;
// presynaptic gates
extern const GateModel wang_gate;
// plasticity
extern const SynapseModel stdp_pair, stdp_triplet, stdp_triplet_nearest, stdp_inhibitory;
// drugs
extern const DrugModel ketamine, memantine;
// slow processes
extern const SlowModel glutamate, bdnf, mtorc1, protein, ampa_gain, delay, stress, spine_pools, homeostatic_gain,
    synaptic_scaling, disinhibition, dissociation, ssri, expectancy, mood;
// structural plasticity
extern const StructuralModel growth_linear, growth_gaussian, growth_sigmoid, spine_turnover;

#define BURGEON_STRING_(x) #x
#define BURGEON_STRING(x) BURGEON_STRING_(x)

const Catalogue& catalogue() {
  static const Catalogue rows{
      .neurons = {&lif_psc_exp, &lif_cond, &aeif_cond},
      .receptors = {&exp_current, &alpha_current, &delta, &exp_conductance, &dual_exp_conductance, &nmda, &nmda_gated},
      .gates = {&wang_gate},
      .synapses = {&stdp_pair, &stdp_triplet, &stdp_triplet_nearest, &stdp_inhibitory},
      .drugs = {&ketamine, &memantine},
      .slow = {&glutamate, &bdnf, &mtorc1, &protein, &ampa_gain, &delay, &stress, &spine_pools, &homeostatic_gain,
               &synaptic_scaling, &disinhibition, &dissociation, &ssri, &expectancy, &mood},
      .structures = {&growth_linear, &growth_gaussian, &growth_sigmoid, &spine_turnover},
      .simd = BURGEON_STRING(BURGEON_ISA),
  };
  return rows;
}

}  // namespace burgeon::models::BURGEON_ISA
