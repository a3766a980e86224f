// Drugs, what blocks, and doses.

#include <algorithm>
#include <cmath>

#include "base/units.h"
#include "spec/tables.h"
#include "spec/validate.h"

namespace burgeon {

namespace {

const PresetRow* read_preset(Build& build, Section& section, const DrugModel& model) {
  if (!section.has("preset")) return nullptr;
  const std::string name = section.text("preset");
  std::vector<std::string> names;
  for (const PresetRow& row : model.presets) {
    names.emplace_back(row.name);
    if (row.name != name) continue;
    if (!row.species.empty() && row.species != build.spec.run.species)
      build.report.warning(section.value_at("preset"), section.path_of("preset"),
                           {"preset '" + name + "' is for " + std::string(row.species) +
                            ", but simulation.species is " + build.spec.run.species});
    return &row;
  }
  if (section.find("preset")->value.is_text())
    unknown_name(build, section.value_at("preset"), section.path_of("preset"),
                 "preset of '" + std::string(model.name) + "'", name, names);
  return nullptr;
}

// One blocker per moiety that blocks, read at its own effect site.
void add_blockers(Build& build, const Member& member, std::uint32_t index) {
  const DrugSpec& drug = build.spec.drugs[index];
  for (const BlockKinetics& kinetics : drug.model->block) {
    const bool parent = kinetics.moiety == drug.model->name;
    const std::string row = (parent ? "" : std::string(kinetics.moiety) + ".") + "effect_site";
    const auto& signals = drug.model->signals;
    const bool found = std::any_of(signals.begin(), signals.end(), [&](const SignalRow& s) { return s.name == row; });
    const std::string path = "drugs." + drug.name;
    if (!found) {
      build.report.error(member.at, path,
                         {"drug model '" + std::string(drug.model->name) + "' blocks but has no signal '" + row + "'"});
    } else if (build.spec.blockers.size() == max_blockers) {
      build.report.error(member.at, path,
                         {"more than " + std::to_string(max_blockers) + " blockers (drugs and active metabolites)"});
      return;
    } else {
      build.spec.blockers.push_back({index, &kinetics, drug.name + "." + row});
    }
  }
}

void read_drug(Build& build, const Member& member) {
  const std::string path = "drugs." + member.name;
  DrugSpec drug;
  drug.name = member.name;
  const Member* written = member.value.find("model");
  const std::string model = written && written->value.is_text() ? written->value.text : member.name;
  drug.model = find_row(build, written ? written->value.at : member.at, path + ".model", "drug model", model,
                        build.catalogue.drugs);
  const auto index = static_cast<std::uint32_t>(build.spec.drugs.size());
  if (drug.model) {
    const std::size_t errors = build.report.errors();
    const auto rows = drug.model->parameters;
    auto fields = tables::with_parameters(tables::drug(), rows, FieldKind::quantity);
    const PresetRow* preset = nullptr;
    {
      // The preset comes first: what it gives is no longer required.
      Section words(build.report, member.value, member.at, path, tables::drug(), false);
      static_cast<void>(words.text("model"));
      preset = read_preset(build, words, *drug.model);
    }
    if (preset) {
      drug.preset = preset->name;
      const std::size_t given = std::min(rows.size(), preset->values.size());
      for (std::size_t k = 0; k < given; ++k) {
        if (std::isnan(preset->values[k])) continue;
        Field& field = fields[fields.size() - rows.size() + k];
        field.value = preset->values[k];
        field.required = false;
      }
    }
    // The body that the doses per kg are for is the body whose kinetics run, unless the drug says otherwise itself.
    for (std::size_t k = 0; k < rows.size(); ++k) {
      if (rows[k].name != "body_mass") continue;
      fields[fields.size() - rows.size() + k].value = build.spec.run.body_mass;
      fields[fields.size() - rows.size() + k].required = false;
    }
    Section section(build.report, member.value, member.at, path, std::move(fields));
    section.require();
    for (const ParameterRow& row : rows) drug.parameters.push_back(section.quantity(row.name));
    if (drug.model->check && build.report.errors() == errors)
      if (const auto wrong = drug.model->check(drug.parameters.data()); !wrong.empty())
        build.report.error(member.at, path, {std::string(wrong)});
  }
  build.spec.drugs.push_back(std::move(drug));
  if (build.spec.drugs.back().model) add_blockers(build, member, index);
}

double read_amount(Build& build, Section& section, Route route) {
  if (route == Route::clamp) return section.quantity("amount", "uM");
  // A plain mass is taken as such; everything else is measured against mg/kg.
  const Member* member = section.find("amount");
  const auto quantity = member && member->value.is_text() ? parse_quantity(member->value.text) : std::nullopt;
  const bool mass = quantity && quantity->dimension == parse_unit("mg")->dimension;
  return mass ? section.quantity("amount", "mg") : section.quantity("amount", "mg/kg") * build.spec.run.body_mass;
}

void read_dose(Build& build, const Node& node, std::size_t number) {
  Section section(build.report, node, node.at, "doses." + std::to_string(number), tables::dose());
  const auto chosen = section.variant("route");
  const std::string name = section.text("drug");
  auto& drugs = build.spec.drugs;
  const auto drug = std::find_if(drugs.begin(), drugs.end(), [&](const DrugSpec& d) { return d.name == name; });
  if (section.has("drug") && drug == drugs.end()) {
    std::vector<std::string> names;
    for (const DrugSpec& d : drugs) names.push_back(d.name);
    if (section.find("drug")->value.is_text())
      unknown_name(build, section.value_at("drug"), section.path_of("drug"), "drug", name, names);
  }
  Dose dose{static_cast<Route>(chosen.value_or(0)), 0.0, 0.0, 0.0};
  if (chosen) dose.amount = read_amount(build, section, dose.route);
  dose.start = section.quantity("start");
  dose.duration = section.quantity("over");
  if (build.duration() > 0.0 && dose.start >= build.duration())
    build.report.warning(section.value_at("start"), section.path_of("start"),
                         {"the dose is not given before the end of the run"});
  if (dose.route == Route::clamp && section.has("over") && dose.duration <= 0.0)
    section.error("over",
                  {"a clamp over no time has no effect", "a positive time; without 'over' it holds to the end"});
  // A clamp without an end holds until the run is over.
  if (dose.route == Route::clamp && !section.has("over")) dose.duration = std::max(0.0, build.duration() - dose.start);

  std::uint64_t count = 1;
  double every = 0.0;
  if (const Member* member = section.table("repeat")) {
    Section repeat(build.report, member->value, member->at, section.path_of("repeat"), tables::repeat());
    repeat.require();
    every = repeat.quantity("every");
    count = std::max<std::uint64_t>(1, repeat.integer("count"));
  }
  if (!build.spend(count, node.at, section.path())) return;
  for (std::uint64_t k = 0; k < count; ++k) {
    Dose one = dose;
    one.start += static_cast<double>(k) * every;
    if (drug != drugs.end()) drug->doses.push_back(one);
    if (dose.route == Route::clamp && chosen)
      build.clamps.push_back({name + ".effect_site", one.start, one.start + one.duration, node.at, section.path()});
  }
}

}  // namespace

void validate_drugs(Build& build, const Node& root) {
  for (const Member* member : named_tables(build, root, "drugs")) read_drug(build, *member);
}

void validate_doses(Build& build, const Node& root) {
  std::size_t number = 0;
  for (const Node* node : listed_tables(build, root, "doses")) read_dose(build, *node, number++);
  // Doses at the same time stay in the order of the file.
  for (DrugSpec& drug : build.spec.drugs)
    std::stable_sort(drug.doses.begin(), drug.doses.end(),
                     [](const Dose& a, const Dose& b) { return a.start < b.start; });
}

}  // namespace burgeon
