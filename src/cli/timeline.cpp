#include "cli/timeline.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/quantities.h"

namespace burgeon::cli {
namespace {

std::string describe_dose(const DrugSpec& drug, const Dose& dose, double body_mass) {
  if (dose.route == Route::clamp)
    return fmt::format("{}: clamped at {:.4g} uM at the effect site", drug.name, dose.amount);
  return fmt::format("{}: {:.4g} mg {} ({:.4g} mg/kg)", drug.name, dose.amount, route_name(dose.route),
                     dose.amount / body_mass);
}

std::string describe_intervention(const ModelSpec& spec, const InterventionSpec& item) {
  using Kind = InterventionSpec::Kind;
  const std::string name = item.name.empty() ? std::string() : item.name + ": ";
  switch (item.kind) {
    case Kind::clamp_signal:
      return fmt::format("{}{} held at {:.4g}", name, item.signal, item.value);
    case Kind::block_receptor: {
      const auto& receptors = spec.populations[item.target.population].receptors;
      return fmt::format("{}{:.3g} % of {} on {} blocked", name, 100.0 * item.value, receptors[item.receptor].name,
                         item.target.name);
    }
    case Kind::silence:
      return fmt::format("{}{} silenced", name, item.target.name);
    case Kind::scale_weights:
      return fmt::format("{}weights of {} times {:.4g}", name, spec.projections[item.projection].name, item.value);
    case Kind::delete_synapses:
      return fmt::format("{}{:.3g} % of the synapses of {} deleted", name, 100.0 * item.value,
                         spec.projections[item.projection].name);
  }
  return name;
}

/// Inputs that are switched during the run; a background that is always on is no happening.
void add_inputs(const ModelSpec& spec, std::vector<Happening>& out) {
  const double end = static_cast<double>(spec.run.steps) * spec.run.dt;
  for (const InputSpec& input : spec.inputs) {
    if (input.start > 0.0 || input.stop < end)
      out.push_back({input.start, input.stop,
                     fmt::format("input {}: {} onto {}", input.name, input_name(input.kind), input.target.name)});
    for (std::size_t i = 1; i < input.course.points.size(); ++i) {
      const auto& point = input.course.points[i];
      const bool rate = input.kind == InputSpec::Kind::poisson;
      out.push_back({point.t, point.t,
                     fmt::format("input {}: {} {:.4g} {}", input.name, input.course.ramp ? "reaches" : "steps to",
                                 point.value * (rate ? 1000.0 : 1.0), rate ? "Hz" : "pA")});
    }
  }
}

}  // namespace

std::vector<Happening> timeline(const ModelSpec& spec) {
  std::vector<Happening> out;
  for (const DrugSpec& drug : spec.drugs)
    for (const Dose& dose : drug.doses)
      out.push_back({dose.start, dose.start + dose.duration, describe_dose(drug, dose, spec.run.body_mass)});
  for (const InterventionSpec& item : spec.interventions)
    out.push_back({item.start, item.stop, describe_intervention(spec, item)});
  add_inputs(spec, out);
  std::stable_sort(out.begin(), out.end(), [](const Happening& a, const Happening& b) { return a.start < b.start; });
  return out;
}

}  // namespace burgeon::cli
