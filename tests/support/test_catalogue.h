#pragma once
// A small catalogue of rows without kernels: enough for everything that only reads rows.

#include "catalogue/catalogue.h"

namespace burgeon::test {

/// Neurons lif_linear (linear), lif_cond (conductance); receptors exp_current, delta, exp_conductance, nmda (blockable),
/// nmda_gated (gated by its source); gate wang_gate; drugs ketamine (moieties ketamine, norketamine; preset domino) and
/// memantine (a required parameter).
[[nodiscard]] const Catalogue& catalogue();

}  // namespace burgeon::test
