// Rules of plasticity.

#include <algorithm>

#include "spec/tables.h"
#include "spec/validate.h"

namespace burgeon {

namespace {

// What plastic synapses need besides their rule.
void check_plastic(Section& section, const ReceptorModel& receptor, const ProjectionSpec& projection) {
  const std::string name = "receptor '" + std::string(receptor.name) + "'";
  if (projection.delay.kind != Draw::Kind::constant)
    section.error("delay", {"plastic synapses need one delay, not a distribution",
                            "a delay without distribution; or several projections with a delay each"});
  if (receptor.gated_by_source)
    section.error_at_key("plasticity", {name + " is gated by its source: its synapses have no weights of their own"});
  if (receptor.blockable)
    section.error_at_key("plasticity", {name + " can be blocked: its open fraction rests on constant weights"});
  for (const char* key : {"profile", "table"})
    if (section.has(key))
      section.error_at_key(key, {"'" + std::string(key) + "' and 'plasticity' exclude each other",
                                 "a distribution of weights; or a projection per pair of groups"});
}

}  // namespace

void read_plasticity(Build& build, Section& parent, const ReceptorModel& receptor, ProjectionSpec& projection) {
  const Member* member = parent.table("plasticity");
  if (!member) return;
  const std::string path = parent.path_of("plasticity");
  const Member* written = member->value.find("model");
  const SynapseModel* model = nullptr;
  if (written && written->value.is_text())
    model = find_row(build, written->value.at, path + ".model", "rule of plasticity", written->value.text,
                     build.catalogue.synapses);
  auto fields = tables::plasticity();
  if (model) fields = tables::with_parameters(std::move(fields), model->parameters, FieldKind::quantity);
  const std::size_t errors = build.report.errors();
  Section section(build.report, member->value, member->value.at, path, std::move(fields), model != nullptr);
  section.require();
  static_cast<void>(section.text("model"));
  check_plastic(parent, receptor, projection);
  if (!model) return;

  projection.plasticity = model;
  std::vector<double>& values = projection.plasticity_parameters;
  for (const ParameterRow& row : model->parameters) values.push_back(section.quantity(row.name, receptor.weight_unit));
  if (build.report.errors() > errors) return;
  for (std::size_t k = 0; k < values.size(); ++k) {
    const ParameterRow& row = model->parameters[k];
    if (row.unit == "ms" && values[k] < build.spec.run.dt)
      section.error(row.name, {"'" + std::string(row.name) + "' is shorter than dt"});
    if (row.name == "w_max") parent.narrow("weight", -values[k], values[k]);
  }
  const std::string_view wrong = model->check ? model->check(values.data()) : std::string_view{};
  if (!wrong.empty()) build.report.error(member->at, path, {std::string(wrong)});
}

void check_plastic_weight(Section& section, const ProjectionSpec& projection) {
  const Draw& w = projection.weight;
  const bool constant = w.kind == Draw::Kind::constant;
  const bool positive = w.kind == Draw::Kind::lognormal || w.kind == Draw::Kind::exponential;
  const double low = w.kind == Draw::Kind::uniform ? std::max(w.a, w.low) : positive ? 0.0 : w.low;
  const double high = w.kind == Draw::Kind::uniform ? std::min(w.b, w.high) : w.high;
  if (!constant && low < 0.0 && high > 0.0)
    section.error("weight", {"plastic weights have one sign", "bound the distribution with min or max at 0"});
}

}  // namespace burgeon
