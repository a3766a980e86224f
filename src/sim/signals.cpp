#include "sim/signals.h"

#include <algorithm>
#include <numeric>

#include "base/errors.h"
#include "base/units.h"
#include "spec/structure_signals.h"

namespace burgeon {

Signals::Signals(const ModelSpec& spec) : spec_(&spec) {
  for (const DrugSpec& drug : spec.drugs) {
    first_of_drug_.push_back(values_.size());
    for (const SignalRow& row : drug.model->signals)
      add(drug.name + "." + std::string(row.name), row.unit, std::string(row.meaning));
  }
  first_course_ = values_.size();
  for (const CourseSpec& course : spec.courses) add(course.name + ".level", course.unit, "as the file says");
  for (const MeasuredSpec& measured : spec.measured)
    add(measured.name, measured.unit, "measured, mean over a slow tick");
  for (const SlowSpec& slow : spec.slow)
    for (const SignalRow& row : slow.model->signals) {
      add(slow.name + "." + std::string(row.name), row.unit, std::string(row.meaning));
      if (slow.model->per_neuron) values_.back().each.assign(slow.target.count, 0.0);
    }
  for (const StructureSpec& rule : spec.structures)
    for (const StructureSignal& signal : structure_signals(spec, rule)) add(signal.name, signal.unit, signal.meaning);

  held_.assign(values_.size(), 0);
  for (const BlockerSpec& blocker : spec.blockers) blocker_signal_.push_back(index(blocker.signal));
  for (const InterventionSpec& what : spec.interventions)
    clamp_signal_.push_back(what.kind == InterventionSpec::Kind::clamp_signal ? index(what.signal) : 0);
  blocker_levels_.assign(spec.blockers.size(), 0.0);
}

void Signals::add(const std::string& name, std::string_view unit, std::string meaning) {
  values_.push_back({name, std::string(unit), std::move(meaning), 0.0, 1.0 / unit_factor(unit), {}});
}

std::size_t Signals::index(const std::string& name) const {
  for (std::size_t k = 0; k < values_.size(); ++k)
    if (values_[k].name == name) return k;
  throw InternalError("no signal " + name);
}

void Signals::evaluate(double t, bool drugs) {
  // Functions of time alone; a Jacobian asks for them dozens of times at one instant.
  if (t == evaluated_at_ && (!drugs || t == drugs_at_)) return;
  evaluated_at_ = t;
  if (drugs) drugs_at_ = t;
  std::fill(held_.begin(), held_.end(), char{0});
  for (std::size_t d = 0; drugs && d < spec_->drugs.size(); ++d) {
    const DrugSpec& drug = spec_->drugs[d];
    scratch_.assign(drug.model->signals.size(), 0.0);
    drug.model->evaluate(drug.parameters.data(), drug.doses, t, scratch_.data());
    for (std::size_t k = 0; k < scratch_.size(); ++k) values_[first_of_drug_[d] + k].value = scratch_[k];
  }
  for (std::size_t c = 0; c < spec_->courses.size(); ++c)
    values_[first_course_ + c].value = course_value(spec_->courses[c].course, t);

  // A clamped signal is a knock-out (or a knock-in): it replaces what the writer says.
  for (std::size_t i = 0; i < spec_->interventions.size(); ++i) {
    const InterventionSpec& what = spec_->interventions[i];
    if (what.kind != InterventionSpec::Kind::clamp_signal || t < what.start - 1e-9 || t >= what.stop - 1e-9) continue;
    Value& value = values_[clamp_signal_[i]];
    value.value = what.value;
    std::fill(value.each.begin(), value.each.end(), what.value);
    held_[clamp_signal_[i]] = 1;
  }
  for (std::size_t b = 0; b < blocker_signal_.size(); ++b) blocker_levels_[b] = values_[blocker_signal_[b]].value;
}

void Signals::set_each(std::size_t index, std::span<const double> each) {
  if (held_[index] != 0 || each.empty()) return;
  Value& value = values_[index];
  value.each.assign(each.begin(), each.end());
  value.value = std::accumulate(each.begin(), each.end(), 0.0) / static_cast<double>(each.size());
}

double course_value(const Course& course, double t) {
  const auto& p = course.points;
  if (p.empty()) return 0.0;
  const auto next =
      std::upper_bound(p.begin(), p.end(), t + 1e-9, [](double x, const Course::Point& q) { return x < q.t; });
  if (next == p.begin()) return p.front().value;
  const auto& last = *(next - 1);
  if (!course.ramp || next == p.end()) return last.value;
  return last.value + (next->value - last.value) * (t - last.t) / (next->t - last.t);
}

}  // namespace burgeon
