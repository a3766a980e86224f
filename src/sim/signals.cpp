#include "sim/signals.h"

#include "base/errors.h"
#include "base/units.h"

namespace burgeon {

Signals::Signals(const ModelSpec& spec) : spec_(&spec) {
  for (const DrugSpec& drug : spec.drugs) {
    first_of_drug_.push_back(values_.size());
    for (const SignalRow& row : drug.model->signals)
      values_.push_back({drug.name + "." + std::string(row.name), std::string(row.unit), std::string(row.meaning), 0.0,
                         1.0 / unit_factor(row.unit)});
  }
  for (const BlockerSpec& blocker : spec.blockers) blocker_signal_.push_back(index(blocker.signal));
  blocker_levels_.assign(spec.blockers.size(), 0.0);
}

std::size_t Signals::index(const std::string& name) const {
  for (std::size_t k = 0; k < values_.size(); ++k)
    if (values_[k].name == name) return k;
  throw InternalError("no signal " + name);
}

void Signals::evaluate(double t) {
  for (std::size_t d = 0; d < spec_->drugs.size(); ++d) {
    const DrugSpec& drug = spec_->drugs[d];
    scratch_.assign(drug.model->signals.size(), 0.0);
    drug.model->evaluate(drug.parameters.data(), drug.doses, t, scratch_.data());
    for (std::size_t k = 0; k < scratch_.size(); ++k) values_[first_of_drug_[d] + k].value = scratch_[k];
  }

  // A clamped signal is a knock-out (or a knock-in): it replaces what the writer says.
  for (const InterventionSpec& intervention : spec_->interventions)
    if (intervention.kind == InterventionSpec::Kind::clamp_signal && t >= intervention.start - 1e-9 &&
        t < intervention.stop - 1e-9)
      values_[index(intervention.signal)].value = intervention.value;

  for (std::size_t b = 0; b < blocker_signal_.size(); ++b) blocker_levels_[b] = values_[blocker_signal_[b]].value;
}

}  // namespace burgeon
