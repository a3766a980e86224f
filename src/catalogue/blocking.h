#pragma once
// From what a drug row states about channel block to what an NMDA receptor of one subunit class needs.

#include <string_view>

#include "catalogue/rows.h"

namespace burgeon {

/// Kinetics of a blocker at receptors of `subunit` ("2A" "2B" "2C" "2D" "human") at a free effect-site concentration [uM].
///
/// The rate of binding is the drug's; the rate of unbinding follows from the half-blocking concentration of the subunit without
/// magnesium, koff(-66 mV) = kon IC50, and is moved to -70 mV along the drug's voltage dependence. RT/F is that of 37 C.
/// An unknown subunit is a broken precondition (InternalError).
[[nodiscard]] Blocker blocker_from(const BlockKinetics& kinetics, std::string_view subunit, double concentration);

/// Half-blocking concentration [uM] of `subunit` at -66 mV without magnesium.
[[nodiscard]] double ic50_of(const BlockKinetics& kinetics, std::string_view subunit);

}  // namespace burgeon
