#pragma once
// Small models for tests, as TOML text.

#include <string>

namespace burgeon::test {

/// 120 adaptive and 50 conductance LIF neurons with AMPA, blockable NMDA and GABA, variable delays and weights, Poisson and OU
/// drive, and a ketamine dose: everything that could depend on layout, in 600 ms. Sizes are no multiples of 4 on purpose.
std::string small_circuit();

/// The same with weights in 16 bits.
std::string small_rounded();

/// All-to-all network with presynaptic NMDA gates, and a delta-synapse population pair.
std::string small_gated();
std::string small_delta();

/// Plastic synapses of all kinds: pair STDP between spiking neurons with unlike weights, triplets onto neurons that fire at the
/// very moment of arrival (delta synapses), inhibitory currents of negative weight.
std::string small_plastic();

/// Spines with AMPA and NMDA receptors that turn over by a kernel of distance, driven by the calcium of a growth rule that joins
/// pyramidal cells and interneurons. Rates are some 1e5 times those of biology.
std::string small_structure();

}  // namespace burgeon::test
