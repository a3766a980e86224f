#include <algorithm>
#include <cmath>
#include <numbers>

#include "spec/tables.h"
#include "spec/validate.h"

namespace burgeon {

namespace {

using Rule = WiringSpec::Rule;
constexpr double radians = std::numbers::pi / 180.0;
// Delays are kept in 16 bits.
constexpr double most_steps = 65535.0;

bool overlap(const Selection& a, const Selection& b) {
  return a.population == b.population && a.first < b.first + b.count && b.first < a.first + a.count;
}

// Synapse numbers that the chosen neurons can't hold, and places that are missing.
void check_wiring(Build& build, Section& section, const ProjectionSpec& projection) {
  const WiringSpec& wiring = projection.wiring;
  const double sources = static_cast<double>(projection.source.count);
  const double targets = static_cast<double>(projection.target.count);
  if (sources == 0.0 || targets == 0.0) return;
  const double self = !wiring.autapses && overlap(projection.source, projection.target) ? 1.0 : 0.0;
  double most = unbounded;
  if (!wiring.multapses && wiring.rule == Rule::fixed_in_degree) most = sources - self;
  if (!wiring.multapses && wiring.rule == Rule::fixed_out_degree) most = targets - self;
  if (!wiring.multapses && wiring.rule == Rule::fixed_total)
    most = sources * targets - self * std::min(sources, targets);
  // Even with repeats a neuron needs somebody to connect to.
  const double partners = wiring.rule == Rule::fixed_out_degree ? targets - self : sources - self;
  if (partners <= 0.0) most = 0.0;
  if (static_cast<double>(wiring.number) > most)
    section.error("number", {"more synapses than there are pairs", "at most " + number_text(most)});
  if (wiring.rule == Rule::one_to_one && sources != targets)
    section.error("rule", {"one_to_one needs as many sources as targets, not " + number_text(sources) + " and " +
                           number_text(targets)});
  if (wiring.rule != Rule::distance) return;
  for (const Selection* end : {&projection.source, &projection.target})
    if (build.spec.populations[end->population].placement.kind == PlacementSpec::Kind::none)
      section.error(
          "rule", {"distance needs a placement of population '" + build.spec.populations[end->population].name + "'"});
}

// Growing a network keeps in-degrees: probabilities shrink, totals grow.
void scale_wiring(Build& build, Section& section, WiringSpec& wiring) {
  const double p = wiring.p / build.scale;
  if (p > 1.0)
    section.error("p", {"simulation.scale = " + number_text(build.scale) + " makes the probability " + number_text(p),
                        "at most 1 after scaling"});
  else
    wiring.p = p;
  if (wiring.rule == Rule::fixed_total)
    wiring.number = static_cast<std::uint64_t>(std::llround(static_cast<double>(wiring.number) * build.scale));
}

void read_wiring(Build& build, Section& parent, ProjectionSpec& projection) {
  const Member* member = parent.table("wiring");
  if (!member) return;
  if (member->value.find("like")) {
    Section section(build.report, member->value, member->value.at, parent.path_of("wiring"), tables::like());
    section.require();
    projection.like = section.text("like");
    build.likes.push_back({projection.name, section.value_at("like"), section.path_of("like")});
    for (const char* key : {"delay", "profile", "gate", "plasticity", "table"})
      if (parent.has(key))
        parent.error_at_key(key, {"'" + std::string(key) + "' and wiring 'like' exclude each other",
                                  "write it at the projection '" + projection.like + "'"});
    return;
  }
  const std::size_t errors = build.report.errors();
  Section section(build.report, member->value, member->value.at, parent.path_of("wiring"), tables::wiring());
  const auto rule = section.variant("rule");
  if (!rule) return;
  WiringSpec& wiring = projection.wiring;
  wiring.rule = static_cast<Rule>(*rule);
  wiring.p = section.quantity("p");
  wiring.number = section.integer("number");
  wiring.kernel = static_cast<WiringSpec::Kernel>(section.choice("kernel").value_or(0));
  wiring.width = wiring.rule == Rule::ring ? section.quantity("width_deg") * radians : section.quantity("width");
  wiring.cutoff = section.quantity("cutoff");
  wiring.autapses = section.boolean("autapses", true);
  wiring.multapses = section.boolean("multapses", true);
  if (build.report.errors() > errors) return;
  scale_wiring(build, section, wiring);
  check_wiring(build, section, projection);
}

void read_delay(Build& build, Section& section, ProjectionSpec& projection) {
  if (!section.has("delay")) return;
  const std::size_t errors = build.report.errors();
  projection.delay = section.draw("delay");
  if (build.report.errors() > errors) return;
  const double dt = build.spec.run.dt;
  Draw& delay = projection.delay;
  if (delay.kind != Draw::Kind::constant) {
    delay.high = std::min(delay.high, most_steps * dt);
    if (delay.low >= delay.high) section.error("delay", {"delays are at most 65535 steps of dt"});
    return;
  }
  const auto steps = whole_steps(delay.a, dt);
  if (!steps || *steps < 1 || static_cast<double>(*steps) > most_steps)
    section.error("delay",
                  {"'delay' = " + number_text(delay.a) + " ms is not a multiple of dt = " + number_text(dt) + " ms",
                   "whole multiples of dt from " + number_text(dt) + " ms to " + number_text(most_steps * dt) + " ms"});
}

void read_profile(Build& build, Section& parent, ProjectionSpec& projection) {
  const Member* member = parent.table("profile");
  if (!member) return;
  Section section(build.report, member->value, member->value.at, parent.path_of("profile"), tables::profile());
  section.require();
  projection.profile = ProjectionSpec::Profile{section.quantity("peak"), section.quantity("floor"),
                                               section.quantity("width_deg") * radians};
}

// Weights in 16 bits are for synapses that have a weight each, and keep it.
void read_precision(Section& section, ProjectionSpec& projection) {
  using Precision = ProjectionSpec::WeightPrecision;
  projection.weight_precision = static_cast<Precision>(section.choice("weight_precision").value_or(0));
  if (projection.weight_precision == Precision::float32) return;
  if (projection.plasticity)
    section.error("weight_precision", {"weights that follow a rule of plasticity are float32: small changes would be "
                                       "lost in rounding"});
  else if (projection.weight.kind == Draw::Kind::constant && !projection.profile)
    section.error("weight_precision", {"'weight_precision' has no effect: all synapses share one weight"});
}

// A receptor that follows a gate of its source sees every source alike: all pairs, one weight, one delay.
void check_gated(Section& section, const ReceptorModel& receptor, const ProjectionSpec& projection) {
  const std::string name = "receptor '" + std::string(receptor.name) + "'";
  if (!receptor.gated_by_source) {
    if (section.has("gate"))
      section.error_at_key("gate", {"'gate' has no effect: " + name + " is not gated by its source"});
    return;
  }
  if (!section.has("gate")) section.error("receptor", {name + " needs a 'gate'", "gate = { model = \"...\" }"});
  if (projection.wiring.rule != Rule::all_to_all) section.error("wiring", {name + " needs wiring all_to_all"});
  if (projection.weight.kind != Draw::Kind::constant)
    section.error("weight", {name + " needs one weight, not a distribution"});
  if (projection.delay.kind != Draw::Kind::constant)
    section.error("delay", {name + " needs one delay, not a distribution"});
}

void read_gate(Build& build, Section& parent, ProjectionSpec& projection) {
  const Member* member = parent.table("gate");
  if (!member) return;
  const std::string path = parent.path_of("gate");
  const Member* written = member->value.find("model");
  if (written && written->value.is_text())
    projection.gate =
        find_row(build, written->value.at, path + ".model", "gate model", written->value.text, build.catalogue.gates);
  const GateModel* model = projection.gate;
  auto fields = model ? tables::with_parameters(tables::gate(), model->parameters, FieldKind::draw) : tables::gate();
  Section section(build.report, member->value, member->value.at, path, std::move(fields), model != nullptr);
  section.require();
  static_cast<void>(section.text("model"));
  if (model) projection.gate_parameters = read_draws(section, model->parameters);
}

// ---------------------------------------------------------------------------------------------------------------------
// Weight tables

/// The neurons of a population that are in none of the named groups, as contiguous ranges.
std::vector<Selection> rest_of(const PopulationSpec& population, std::uint32_t index, std::vector<GroupSpec> named) {
  std::sort(named.begin(), named.end(), [](const GroupSpec& a, const GroupSpec& b) { return a.first < b.first; });
  std::vector<Selection> result;
  std::uint64_t begin = 0;
  const auto add = [&](std::uint64_t end) {
    if (end > begin) result.push_back({index, begin, end - begin, population.name + ".rest"});
  };
  for (const GroupSpec& group : named) {
    add(group.first);
    begin = std::max(begin, group.first + group.count);
  }
  add(population.size);
  if (result.size() > 1)
    for (std::size_t k = 0; k < result.size(); ++k) result[k].name += std::to_string(k + 1);
  return result;
}

/// Selections for one side of a table: a group, or the rest.
using Side = std::map<std::string, std::vector<Selection>>;

std::optional<Side> read_side(Build& build, const Selection& whole, const std::vector<const Member*>& keys,
                              const std::string& path) {
  const PopulationSpec& population = build.spec.populations[whole.population];
  Side side;
  std::vector<GroupSpec> named;
  const std::size_t errors = build.report.errors();
  for (const Member* key : keys) {
    if (key->name == "rest" || side.contains(key->name)) continue;
    const auto selection = resolve_selection(build, population.name + "." + key->name, key->at, path + "." + key->name);
    if (!selection) continue;
    const GroupSpec group{key->name, selection->first, selection->count};
    for (const GroupSpec& other : named)
      if (group.first < other.first + other.count && other.first < group.first + group.count)
        build.report.error(key->at, path + "." + key->name,
                           {"groups '" + key->name + "' and '" + other.name + "' overlap"});
    named.push_back(group);
    side[key->name] = {*selection};
  }
  if (build.report.errors() > errors) return std::nullopt;
  side["rest"] = rest_of(population, whole.population, named);
  return side;
}

void scale_weight(Draw& weight, double factor) {
  weight.a *= factor;
  weight.b *= factor;
  if (std::abs(weight.low) < unbounded) weight.low *= factor;
  if (std::abs(weight.high) < unbounded) weight.high *= factor;
}

std::string group_name(const Selection& selection) { return selection.name.substr(selection.name.find('.') + 1); }

/// One row of the table: from one group to all groups.
void expand_row(Build& build, Section& row, const Member& key, const ProjectionSpec& whole, const Side& from,
                const Side& to) {
  for (const auto& [target_name, targets] : to) {
    if (!row.has(target_name)) {
      const bool needed = target_name != "rest" || !targets.empty();
      if (needed)
        row.report().error(
            key.at, row.path(),
            {"the row has no factor for '" + target_name + "'", "0 leaves a pair of groups unconnected"});
      continue;
    }
    const double factor = row.quantity(target_name);
    if (targets.empty()) row.error_at_key(target_name, {"no neuron of the target is outside the named groups"});
    if (factor == 0.0) continue;
    for (const Selection& source : from.at(key.name))
      for (const Selection& target : targets) {
        if (!build.spend(1, key.at, row.path())) return;
        ProjectionSpec pair = whole;
        pair.source = source;
        pair.target = target;
        pair.name += "[" + group_name(source) + "->" + group_name(target) + "]";
        scale_weight(pair.weight, factor);
        build.projections[whole.name].push_back(static_cast<std::uint32_t>(build.spec.projections.size()));
        build.spec.projections.push_back(std::move(pair));
      }
  }
}

void expand_table(Build& build, Section& section, const ProjectionSpec& whole) {
  const Member* member = section.table("table");
  if (!member) return;
  const std::string path = section.path_of("table");
  const Rule rule = whole.wiring.rule;
  if (rule != Rule::all_to_all && rule != Rule::bernoulli && rule != Rule::distance)
    section.error_at_key("table",
                         {"a table needs a rule that treats every pair alike", "all_to_all, bernoulli, distance"});
  for (const auto& [end, name] : {std::pair(&whole.source, "source"), std::pair(&whole.target, "target")})
    if (end->name.find('.') != std::string::npos)
      section.error(name, {"with a table, source and target are whole populations"});

  std::vector<const Member*> rows;
  std::vector<const Member*> columns;
  for (const Member& row : member->value.members) {
    if (!row.value.is_table()) {
      build.report.error(row.value.at, path + "." + row.name,
                         {"a row of the table is a table of factors", "{ A = 1.7, rest = 1.0 }"});
      return;
    }
    rows.push_back(&row);
    for (const Member& column : row.value.members) columns.push_back(&column);
  }
  const auto from = read_side(build, whole.source, rows, path);
  const auto to = read_side(build, whole.target, columns, path);
  if (!from || !to) return;
  if (!from->at("rest").empty() && !member->value.find("rest"))
    build.report.error(member->at, path, {"the table has no row 'rest' for the neurons in no named group"});

  std::vector<Field> fields;
  for (const auto& [name, selections] : *to)
    fields.push_back({.name = name, .unit = "", .minimum = 0, .maximum = 1e6, .meaning = "factor"});
  for (const Member* row : rows) {
    Section factors(build.report, row->value, row->at, path + "." + row->name, fields);
    if (from->at(row->name).empty())
      build.report.error(row->at, path + "." + row->name, {"no neuron of the source is outside the named groups"});
    expand_row(build, factors, *row, whole, *from, *to);
  }
}

// ---------------------------------------------------------------------------------------------------------------------

/// Delays are of the pair: a projection that is like another has its delays.
std::vector<Field> projection_fields(const Member& member) {
  std::vector<Field> fields = tables::projection();
  const Member* wiring = member.value.find("wiring");
  if (wiring && wiring->value.is_table() && wiring->value.find("like"))
    for (Field& field : fields)
      if (field.name == "delay") field.required = false;
  return fields;
}

void read_projection(Build& build, const Member& member) {
  Section section(build.report, member.value, member.at, "projections." + member.name, projection_fields(member));
  section.require();
  ProjectionSpec projection;
  projection.name = member.name;
  build.projections[member.name];

  const auto end = [&](std::string_view name) -> std::optional<Selection> {
    const std::string text = section.text(name);
    return text.empty() ? std::nullopt : resolve_selection(build, text, section.value_at(name), section.path_of(name));
  };
  const auto source = end("source");
  const auto target = end("target");
  projection.source = source.value_or(Selection{});
  projection.target = target.value_or(Selection{});
  const std::string receptor_name = section.text("receptor");
  const ReceptorModel* receptor = nullptr;
  if (target && !receptor_name.empty()) {
    const auto index =
        resolve_receptor(build, *target, receptor_name, section.value_at("receptor"), section.path_of("receptor"));
    if (index) receptor = build.spec.populations[target->population].receptors[*index].model;
    projection.receptor = index.value_or(0);
  }
  read_wiring(build, section, projection);
  read_delay(build, section, projection);
  read_profile(build, section, projection);
  read_gate(build, section, projection);
  // Conductances are never negative; the sign of currents is as written.
  if (receptor && section.has("weight")) {
    if (receptor->kind == ReceptorKind::conductance) section.narrow("weight", 0.0, unbounded);
    read_plasticity(build, section, *receptor, projection);
    projection.weight = section.draw("weight", receptor->weight_unit);
    if (projection.plasticity) check_plastic_weight(section, projection);
  }
  read_precision(section, projection);
  if (receptor && projection.like.empty()) check_gated(section, *receptor, projection);
  if (receptor && receptor->gated_by_source && !projection.like.empty())
    section.error("wiring", {"receptor '" + std::string(receptor->name) + "' needs wiring all_to_all"});
  if (section.has("table")) {
    if (source && target) expand_table(build, section, projection);
    return;
  }
  build.projections[member.name].push_back(static_cast<std::uint32_t>(build.spec.projections.size()));
  build.spec.projections.push_back(std::move(projection));
}

// Pairs and delays of projections that are like another, which may have been written later.
void resolve_likes(Build& build) {
  for (const Build::Like& like : build.likes) {
    if (build.projections[like.projection].size() != 1) continue;
    ProjectionSpec& projection = build.spec.projections[build.projections[like.projection][0]];
    const auto named = build.projections.find(projection.like);
    if (named == build.projections.end()) {
      std::vector<std::string> names;
      for (const auto& [name, indices] : build.projections) names.push_back(name);
      unknown_name(build, like.at, like.path, "projection", projection.like, names);
      continue;
    }
    const auto fail = [&](const std::string& message) { build.report.error(like.at, like.path, {message}); };
    if (named->second.size() != 1) {
      if (!named->second.empty())
        fail("'" + projection.like + "' has a table: its pairs are those of several projections");
      continue;
    }
    const ProjectionSpec& other = build.spec.projections[named->second[0]];
    const auto same = [](const Selection& a, const Selection& b) {
      return a.population == b.population && a.first == b.first && a.count == b.count;
    };
    if (!other.like.empty() || other.name == projection.name) {
      fail("'" + projection.like + "' is itself like another projection");
    } else if (!same(other.source, projection.source) || !same(other.target, projection.target)) {
      fail("'" + projection.like + "' does not connect the same neurons");
    } else {
      projection.wiring = other.wiring;
      projection.delay = other.delay;
    }
  }
}

}  // namespace

void validate_projections(Build& build, const Node& root) {
  for (const Member* member : named_tables(build, root, "projections")) read_projection(build, *member);
  resolve_likes(build);
}

}  // namespace burgeon
