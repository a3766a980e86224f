#pragma once
// The part of a sweep file that makes its points a population and its runs a trial.

#include "spec/fields.h"
#include "sweep/sweep_spec.h"

namespace burgeon {

/// Reads the distribution of an axis: normal or lognormal, min, max. Mistakes go into the report.
void read_population(Report& report, Section& section, Axis& axis);
/// Reads how frequent each listed value is.
void read_weights(Report& report, Section& section, Axis& axis);
/// Reads [cohort], after arms, and adds one output per visit.
void read_cohort(Report& report, Section& root, SweepSpec& spec);

}  // namespace burgeon
