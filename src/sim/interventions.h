#pragma once
// Interventions on neurons and synapses: block a receptor, silence neurons, scale or delete synapses. Applied at slow ticks.

#include <vector>

#include "sim/deliver.h"
#include "sim/update.h"
#include "spec/model_spec.h"

namespace burgeon {

/// Applies what is due at time t [ms] to one slice. Deleted synapses stay deleted; the rest ends with its intervention.
/// `deleted[i]` remembers whether intervention i has deleted its synapses on this slice. `renew_silence` is false when state
/// was restored in between two ticks, where the silence of the last tick is part of the state.
void apply_interventions(const ModelSpec& spec, double t, Network& network, unsigned slice, SliceWork& work,
                         Delivery& delivery, std::vector<char>& deleted, bool renew_silence);

}  // namespace burgeon
