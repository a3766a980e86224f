#pragma once
// The part of a sweep file that says what is kept of a run, and what a fit makes of it.

#include "spec/fields.h"
#include "sweep/sweep_spec.h"

namespace burgeon {

/// Reads [outputs]; mistakes go into the report.
void read_outputs(Report& report, const Node& table, SweepSpec& spec);
/// Reads [fit], after axes, replicates and outputs; without one, targets of outputs are mistakes.
void read_fit(Report& report, Section& root, SweepSpec& spec);

}  // namespace burgeon
