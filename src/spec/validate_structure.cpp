// Rules that make and remove synapses.

#include <algorithm>
#include <cmath>

#include "spec/tables.h"
#include "spec/validate.h"

namespace burgeon {

namespace {

// As many as the engine keeps together (network/rewire.h).
constexpr std::size_t most_receptors = 4;

/// Does a delay keep away from the largest that can be represented, which is the bound of those that have none?
bool has_bounds(const Draw& draw, double dt) {
  return draw.kind == Draw::Kind::constant || draw.kind == Draw::Kind::uniform || draw.high < 65534.0 * dt;
}

/// The projection of that name and all that are like it, marked as rewired; empty (and an error) when it can't be.
std::vector<std::uint32_t> claim(Build& build, const std::string& name, Position at, const std::string& path,
                                 const StructuralModel& model) {
  const auto fail = [&](const std::string& message, const std::string& permitted = "") {
    build.report.error(at, path, {message, permitted});
    return std::vector<std::uint32_t>{};
  };
  const auto named = build.projections.find(name);
  if (named == build.projections.end()) {
    std::vector<std::string> names;
    for (const auto& [other, indices] : build.projections) names.push_back(other);
    unknown_name(build, at, path, "projection", name, names);
    return {};
  }
  if (named->second.empty()) return {};
  if (named->second.size() > 1) return fail("'" + name + "' has a table", "a projection per pair of groups");
  const std::uint32_t first = named->second[0];
  auto& projections = build.spec.projections;
  if (!projections[first].like.empty())
    return fail("'" + name + "' has the pairs of '" + projections[first].like + "'",
                "'" + projections[first].like + "': those that are like it follow");
  std::vector<std::uint32_t> group{first};
  for (std::uint32_t p = 0; p < projections.size(); ++p)
    if (projections[p].like == name) group.push_back(p);
  if (group.size() > most_receptors)
    return fail("more than " + std::to_string(most_receptors) + " projections share the pairs of '" + name + "'");
  for (const std::uint32_t p : group) {
    ProjectionSpec& projection = projections[p];
    const std::string who = "projection '" + projection.name + "'";
    if (projection.rewired) return fail(who + " has a structural rule already");
    if (projection.plasticity)
      return fail(who + " has a rule of plasticity: its weights can't be made and removed yet");
    if (projection.gate) return fail(who + " has a presynaptic gate: its synapses are not kept one by one");
    if (projection.profile) return fail(who + " has a ring profile", "a distribution of weights");
    if (projection.weight_precision != ProjectionSpec::WeightPrecision::float32)
      return fail(who + " has weights in 16 bits: those that come and go are float32");
    if (!has_bounds(projection.delay, build.spec.run.dt))
      return fail(who + " has delays without bounds: later synapses may need more than there is room for",
                  "max of the delay");
    projection.rewired = true;
    projection.staged = model.kind == StructuralKind::turnover;
  }
  return group;
}

bool placed(const Build& build, const ProjectionSpec& projection) {
  const auto& populations = build.spec.populations;
  return populations[projection.source.population].placement.kind != PlacementSpec::Kind::none &&
         populations[projection.target.population].placement.kind != PlacementSpec::Kind::none;
}

std::vector<double> read_parameters(Section& section, std::span<const ParameterRow> rows) {
  std::vector<double> values;
  for (const ParameterRow& row : rows) values.push_back(section.quantity(row.name));
  return values;
}

/// A signal without dimension, by the text of a field; empty when absent or wrong.
std::string read_level(Build& build, Section& section, std::string_view key) {
  if (!section.has(key) || section.text(key).empty()) return {};
  const auto signal = resolve_signal(build, section, key);
  if (!signal) return {};
  if (signal->unit != "1" && !signal->unit.empty())
    section.error(key, {"signal '" + signal->name + "' is in " + signal->unit, "a signal without unit"});
  return signal->name;
}

void read_turnover(Build& build, Section& section, StructureSpec& rule) {
  const std::string name = section.text("projection");
  if (!name.empty())
    rule.projections = claim(build, name, section.value_at("projection"), section.path_of("projection"), *rule.model);
  rule.balanced = section.choice("start").value_or(0) == 0;

  // Where nothing forms or matures there is no balance to start from.
  TurnoverRates rates{};
  rule.model->rates(rule.parameters.data(), {}, rates);
  if (rule.balanced && (rates.formation <= 0.0 || rates.maturation <= 0.0))
    section.error("start", {"without formation or maturation there is no balance to start from", "start = \"mature\""});
}

void read_elements(Build& build, Section& parent, StructureSpec& rule) {
  const Member* member = parent.table("elements");
  if (!member) return;
  for (const Member& item : member->value.members) {
    const std::string path = parent.path_of("elements") + "." + item.name;
    if (!item.value.is_table()) {
      build.report.error(item.value.at, path, {"an element is a table", "{ population = \"...\", ... }"});
      continue;
    }
    Section section(build.report, item.value, item.at, path,
                    tables::with_parameters(tables::element(), rule.model->element_parameters, FieldKind::quantity));
    const std::size_t errors = build.report.errors();
    section.require();
    StructureSpec::Element element;
    element.name = item.name;
    const std::string population = section.text("population");
    const auto selection = population.empty() ? std::nullopt
                                              : resolve_selection(build, population, section.value_at("population"),
                                                                  section.path_of("population"));
    if (selection && population.find('.') != std::string::npos)
      section.error("population", {"elements belong to whole populations"});
    element.population = selection ? selection->population : 0;
    element.parameters = read_parameters(section, rule.model->element_parameters);
    if (build.report.errors() == errors && rule.model->check_element) {
      const std::string_view wrong = rule.model->check_element(element.parameters.data());
      if (!wrong.empty()) build.report.error(item.at, path, {std::string(wrong)});
    }
    rule.elements.push_back(std::move(element));
  }
}

std::vector<std::uint32_t> read_element_names(Build& build, Section& section, std::string_view key,
                                              const StructureSpec& rule) {
  std::vector<std::uint32_t> result;
  for (const auto& [name, at] : section.names(key)) {
    const auto found = std::find_if(rule.elements.begin(), rule.elements.end(),
                                    [&, &n = name](const StructureSpec::Element& e) { return e.name == n; });
    if (found == rule.elements.end()) {
      std::vector<std::string> names;
      for (const auto& element : rule.elements) names.push_back(element.name);
      unknown_name(build, at, section.path_of(key), "element", name, names);
      continue;
    }
    for (const std::uint32_t other : result)
      if (rule.elements[other].population == found->population)
        build.report.error(at, section.path_of(key),
                           {"'" + name + "' and '" + rule.elements[other].name + "' belong to one population",
                            "one element per population"});
    result.push_back(static_cast<std::uint32_t>(found - rule.elements.begin()));
  }
  return result;
}

void read_pairing(Build& build, Section& section, StructureSpec& rule) {
  section.require();
  const std::size_t errors = build.report.errors();
  StructureSpec::Pairing pairing;
  pairing.axons = read_element_names(build, section, "axons", rule);
  pairing.dendrites = read_element_names(build, section, "dendrites", rule);
  const std::string path = section.path_of("projections");
  for (const auto& [name, at] : section.names("projections")) {
    auto group = claim(build, name, at, path, *rule.model);
    if (group.empty()) continue;
    const ProjectionSpec& projection = build.spec.projections[group[0]];
    const auto serves = [&](const std::vector<std::uint32_t>& elements, const Selection& end) {
      return std::any_of(elements.begin(), elements.end(),
                         [&](std::uint32_t e) { return rule.elements[e].population == end.population; });
    };
    for (const Selection* end : {&projection.source, &projection.target})
      if (end->count != build.spec.populations[end->population].size)
        build.report.error(at, path,
                           {"'" + name + "' connects a part of '" + end->name.substr(0, end->name.find('.')) +
                            "'; elements belong to whole populations"});
    if (!serves(pairing.axons, projection.source) || !serves(pairing.dendrites, projection.target))
      build.report.error(at, path, {"'" + name + "' connects populations that have none of these elements"});
    for (const auto& other : pairing.projections)
      if (build.spec.projections[other[0]].source.population == projection.source.population &&
          build.spec.projections[other[0]].target.population == projection.target.population)
        build.report.error(
            at, path,
            {"'" + name + "' and '" + build.spec.projections[other[0]].name + "' connect the same populations"});
    pairing.projections.push_back(std::move(group));
  }
  if (build.report.errors() == errors && pairing.projections.size() != pairing.axons.size() * pairing.dendrites.size())
    section.error("projections",
                  {std::to_string(pairing.axons.size()) + " axonal and " + std::to_string(pairing.dendrites.size()) +
                       " dendritic elements meet in " + std::to_string(pairing.projections.size()) + " projections",
                   "one projection for every pair of populations"});
  rule.pairings.push_back(std::move(pairing));
}

void read_growth(Build& build, Section& section, StructureSpec& rule) {
  const std::size_t errors = build.report.errors();
  read_elements(build, section, rule);
  const Member* list = section.find("pairings");
  if (!list || build.report.errors() > errors) return;
  const std::string path = section.path_of("pairings");
  if (!list->value.is_array()) {
    section.error("pairings", {"'pairings' is a list of tables", "[[" + path + "]]"});
    return;
  }
  for (const Node& item : list->value.items) {
    if (!item.is_table()) {
      build.report.error(item.at, path, {"'pairings' is a list of tables", "[[" + path + "]]"});
      continue;
    }
    Section pairing(build.report, item, item.at, path, tables::pairing());
    read_pairing(build, pairing, rule);
  }
}

void read_rule(Build& build, const Member& member) {
  const std::string path = "structure." + member.name;
  const Member* written = member.value.find("model");
  StructureSpec rule;
  rule.name = member.name;
  if (written && written->value.is_text())
    rule.model = find_row(build, written->value.at, path + ".model", "structural rule", written->value.text,
                          build.catalogue.structures);
  const bool grows = rule.model && rule.model->kind == StructuralKind::growth;
  auto fields = grows ? tables::growth() : tables::turnover();
  if (rule.model) fields = tables::with_parameters(std::move(fields), rule.model->parameters, FieldKind::quantity);
  Section section(build.report, member.value, member.at, path, std::move(fields), rule.model != nullptr);
  if (!rule.model) {
    if (!written) build.report.error(member.at, path + ".model", {path + " needs 'model'"});
    if (written && !written->value.is_text()) static_cast<void>(section.text("model"));
    return;
  }
  section.require();
  static_cast<void>(section.text("model"));
  const std::size_t errors = build.report.errors();
  const RunSpec& run = build.spec.run;
  if (section.has("update")) {
    rule.update = section.steps("update", run.dt, 1);
    if (rule.update > 0 && run.slow_tick > 0 && rule.update % run.slow_tick != 0)
      section.error("update", {"'update' is not a multiple of slow_tick = " +
                               number_text(static_cast<double>(run.slow_tick) * run.dt) + " ms"});
  }
  rule.parameters = read_parameters(section, rule.model->parameters);
  if (build.report.errors() == errors && rule.model->check) {
    const std::string_view wrong = rule.model->check(rule.parameters.data());
    if (!wrong.empty()) build.report.error(member.at, path, {std::string(wrong)});
  }
  if (grows)
    read_growth(build, section, rule);
  else
    read_turnover(build, section, rule);

  // A kernel of distance needs places.
  StructuralConstants constants;
  rule.model->prepare(rule.parameters.data(), constants);
  const auto check_placed = [&](const std::vector<std::uint32_t>& group) {
    if (constants.sigma > 0.0 && !group.empty() && !placed(build, build.spec.projections[group[0]]))
      section.error("sigma", {"a kernel of distance needs a placement of both populations of '" +
                              build.spec.projections[group[0]].name + "'"});
  };
  check_placed(rule.projections);
  for (const auto& pairing : rule.pairings)
    for (const auto& group : pairing.projections) check_placed(group);
  build.spec.structures.push_back(std::move(rule));
}

}  // namespace

void validate_structure(Build& build, const Node& root) {
  for (const Member* member : named_tables(build, root, "structure")) read_rule(build, *member);
}

void connect_structure(Build& build, const Node& root) {
  for (StructureSpec& rule : build.spec.structures) {
    // One writer per signal.
    const auto same = [&](const auto& other) { return other.name == rule.name; };
    const ModelSpec& spec = build.spec;
    if (std::any_of(spec.slow.begin(), spec.slow.end(), same) ||
        std::any_of(spec.drugs.begin(), spec.drugs.end(), same) ||
        std::any_of(spec.courses.begin(), spec.courses.end(), same))
      build.report.error(
          root.find("structure")->value.find(rule.name)->at, "structure." + rule.name,
          {"'" + rule.name + "' is also the name of a drug, a course or a slow process: two writers of one signal"});
    if (rule.model->kind != StructuralKind::turnover) continue;
    const Member* member = root.find("structure")->value.find(rule.name);
    Section section(build.report, member->value, member->at, "structure." + rule.name, tables::turnover(), false);
    rule.drive = read_level(build, section, "drive");
    rule.stress = read_level(build, section, "stress");
    rule.protein = read_level(build, section, "protein");
  }
}

}  // namespace burgeon
