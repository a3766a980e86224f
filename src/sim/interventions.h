#pragma once
// What acts on neurons and synapses from outside, at slow ticks: couplings (signals as factors) and interventions (block a
// receptor, silence neurons, scale or delete synapses).

#include <vector>

#include "sim/deliver.h"
#include "sim/signals.h"
#include "sim/update.h"
#include "spec/model_spec.h"

namespace burgeon {

/// Applies what is due at time t [ms] to one slice. Deleted synapses stay deleted; the rest ends with its intervention.
/// `deleted[i]` remembers whether intervention i has deleted its synapses on this slice. `renew_silence` is false when state
/// was restored in between two ticks, where the silence of the last tick is part of the state.
void apply_interventions(const ModelSpec& spec, double t, const Signals& signals, Network& network, unsigned slice,
                         SliceWork& work, Delivery& delivery, std::vector<char>& deleted, bool renew_silence);

}  // namespace burgeon
