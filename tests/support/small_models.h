#pragma once
// Small models for tests, as TOML text.

#include <string>

namespace burgeon::test {

/// 120 adaptive and 50 conductance LIF neurons with AMPA, blockable NMDA and GABA, variable delays and weights, Poisson and OU
/// drive, and a ketamine dose: everything that could depend on layout, in 600 ms. Sizes are no multiples of 4 on purpose.
std::string small_circuit();

/// All-to-all network with presynaptic NMDA gates, and a delta-synapse population pair.
std::string small_gated();
std::string small_delta();

}  // namespace burgeon::test
