#include <algorithm>
#include <cmath>

#include "spec/tables.h"
#include "spec/validate.h"

namespace burgeon {

namespace {

std::uint64_t scaled(std::uint64_t n, double scale) {
  return static_cast<std::uint64_t>(std::llround(static_cast<double>(n) * scale));
}

void read_size(Build& build, Section& section, PopulationSpec& population) {
  population.size = scaled(section.integer("n"), build.scale);
  if (population.size > 4294967295ULL) {
    section.error("n", {"'n' times simulation.scale is too large", "at most 4294967295 neurons in a population"});
    population.size = 0;
  } else if (population.size == 0 && section.integer("n") > 0) {
    section.error("n", {"'n' times simulation.scale leaves no neuron"});
  }
}

// States start at their row's value, at a parameter's, or at what is written.
void read_initial(Build& build, Section& section, PopulationSpec& population) {
  const NeuronModel& model = *population.model;
  const Member* member = section.table("initial");
  static const Node empty;
  std::vector<Field> fields;
  for (const StateRow& row : model.state) {
    // No membrane survives a volt (assumed).
    const bool voltage = row.unit == "mV";
    fields.push_back({.name = row.name,
                      .kind = FieldKind::draw,
                      .unit = row.unit,
                      .minimum = voltage ? -1000 : -unbounded,
                      .maximum = voltage ? 1000 : unbounded,
                      .meaning = row.meaning});
  }
  Section initial(build.report, member ? member->value : empty, member ? member->at : section.at(),
                  section.path_of("initial"), fields);
  for (const StateRow& row : model.state) {
    Draw draw{.a = std::isnan(row.initial) ? 0.0 : to_internal(row.initial, row.unit)};
    for (std::size_t k = 0; k < model.parameters.size(); ++k)
      if (model.parameters[k].name == row.initial_from) draw = population.parameters[k];
    if (initial.has(row.name)) draw = initial.draw(row.name);
    population.initial.push_back(draw);
  }
}

void read_groups(Build& build, Section& section, PopulationSpec& population) {
  const Member* member = section.table("groups");
  if (!member) return;
  const std::string path = section.path_of("groups");
  for (const Member& item : member->value.members) {
    const std::string name = path + "." + item.name;
    if (item.name == "rest" || item.name.find('.') != std::string::npos || item.name.empty()) {
      build.report.error(item.at, name, {"'" + item.name + "' can't be the name of a group"});
      continue;
    }
    if (!item.value.is_table()) {
      build.report.error(item.at, name, {"a group is a table", "{ first = 0, count = 240 }"});
      continue;
    }
    Section group(build.report, item.value, item.at, name, tables::group());
    group.require();
    const std::uint64_t begin = group.integer("first");
    const std::uint64_t end = begin + group.integer("count");
    // Both ends are scaled, so neighbours stay neighbours.
    const GroupSpec spec{item.name, scaled(begin, build.scale), scaled(end, build.scale) - scaled(begin, build.scale)};
    if (population.size > 0 && end > section.integer("n"))
      group.error("count", {"the group reaches beyond the population",
                            "first + count at most " + std::to_string(section.integer("n"))});
    else if (spec.count == 0 && end > begin)
      group.error("count", {"simulation.scale leaves no neuron in the group"});
    population.groups.push_back(spec);
  }
}

void read_lengths(Build& build, Section& section, const Field& field, std::size_t count, double* out) {
  const Member* member = section.find(field.name);
  Field length = field;
  length.kind = FieldKind::quantity;
  const bool centre = field.name == "centre";
  length.minimum = centre ? -1e7 : 1e-3;
  length.maximum = 1e7;
  ValueReader reader(build.report, section.path_of(field.name), length, {});
  if (!member->value.is_array() || member->value.items.size() != count) {
    section.error(field.name, {"'" + std::string(field.name) + "' is a list of " + std::to_string(count) +
                                   (count == 1 ? " length" : " lengths"),
                               std::string(field.meaning)});
    return;
  }
  for (std::size_t k = 0; k < count; ++k) out[k] = reader.quantity(member->value.items[k]).value_or(1.0);
}

void read_placement(Build& build, Section& section, PopulationSpec& population) {
  const Member* member = section.table("placement");
  if (!member) return;
  struct Shape {
    std::string_view name;
    PlacementSpec::Kind kind;
    std::size_t lengths;
  };
  using Kind = PlacementSpec::Kind;
  constexpr Shape shapes[] = {{"box", Kind::box, 3},
                              {"disc", Kind::disc, 1},
                              {"cylinder", Kind::cylinder, 2},
                              {"grid", Kind::grid, 3},
                              {"ring", Kind::ring, 1}};
  const auto fields = tables::placement();
  Section placement(build.report, member->value, member->at, section.path_of("placement"), fields);
  for (const Field& field : fields) {
    if (!placement.has(field.name)) continue;
    if (field.name == "centre") {
      read_lengths(build, placement, field, 3, population.placement.centre);
      continue;
    }
    if (population.placement.kind != Kind::none) {
      placement.error_at_key(field.name, {"a second shape: a population is placed once"});
      continue;
    }
    const Shape& shape =
        *std::find_if(std::begin(shapes), std::end(shapes), [&](const Shape& s) { return s.name == field.name; });
    population.placement.kind = shape.kind;
    read_lengths(build, placement, field, shape.lengths, population.placement.size);
  }
  if (population.placement.kind == Kind::none)
    build.report.error(member->at, placement.path(), {"a placement needs a shape", "box, disc, cylinder, grid, ring"});
}

bool accepts(NeuronKind neuron, ReceptorKind receptor) {
  if (neuron == NeuronKind::linear) return receptor != ReceptorKind::conductance;
  return receptor != ReceptorKind::delta;
}

ReceptorSpec read_receptor(Build& build, const PopulationSpec& population, const Member& member,
                           const std::string& path) {
  ReceptorSpec receptor;
  receptor.name = member.name;
  const Member* written = member.value.find("model");
  const std::string model = written && written->value.is_text() ? written->value.text : member.name;
  const Position at = written ? written->value.at : member.at;
  receptor.model = find_row(build, at, path + ".model", "receptor model", model, build.catalogue.receptors);
  if (!receptor.model) return receptor;
  const ReceptorModel& row = *receptor.model;

  const std::size_t errors = build.report.errors();
  Section section(build.report, member.value, member.at, path,
                  tables::with_parameters(tables::receptor(), row.parameters, FieldKind::draw));
  section.require();
  // A model that is not a text was taken for absent above.
  static_cast<void>(section.text("model"));
  receptor.parameters = read_draws(section, row.parameters);
  if (population.model && !accepts(population.model->kind, row.kind)) {
    const bool linear = population.model->kind == NeuronKind::linear;
    build.report.error(
        at, path + ".model",
        {"receptor '" + std::string(row.name) + "' does not fit neuron '" + std::string(population.model->name) + "'",
         linear ? "current and delta receptors" : "conductance and current receptors"});
  }
  const auto subunit = section.choice("subunit");
  if (row.blockable)
    receptor.subunit = tables::subunits[subunit.value_or(0)];
  else if (section.has("subunit"))
    section.error_at_key("subunit",
                         {"'subunit' has no effect: receptor '" + std::string(row.name) + "' can't be blocked"});
  if (row.check && build.report.errors() == errors)
    if (const auto wrong = row.check(typical(receptor.parameters).data(), build.spec.run.dt); !wrong.empty())
      build.report.error(member.at, path, {std::string(wrong)});
  return receptor;
}

void read_population(Build& build, const Member& member) {
  const std::string path = "populations." + member.name;
  PopulationSpec population;
  population.name = member.name;
  const Member* written = member.value.find("model");
  if (written && written->value.is_text())
    population.model = find_row(build, written->value.at, path + ".model", "neuron model", written->value.text,
                                build.catalogue.neurons);

  const std::size_t errors = build.report.errors();
  const NeuronModel* model = population.model;
  auto fields =
      model ? tables::with_parameters(tables::population(), model->parameters, FieldKind::draw) : tables::population();
  Section section(build.report, member.value, member.at, path, std::move(fields), model != nullptr);
  section.require();
  static_cast<void>(section.text("model"));
  population.cell_class = section.text("class");
  read_size(build, section, population);
  read_groups(build, section, population);
  read_placement(build, section, population);
  if (model) {
    population.parameters = read_draws(section, model->parameters);
    read_initial(build, section, population);
    if (model->check && build.report.errors() == errors)
      if (const auto wrong = model->check(typical(population.parameters).data(), build.spec.run.dt); !wrong.empty())
        build.report.error(member.at, path, {std::string(wrong)});
  }
  if (const Member* receptors = section.table("receptors"))
    for (const Member& item : receptors->value.members) {
      const std::string name = path + ".receptors." + item.name;
      if (!item.value.is_table())
        build.report.error(item.at, name, {"a receptor is a table"});
      else if (item.name.find_first_of("./") != std::string::npos)
        build.report.error(item.at, name, {"'" + item.name + "' is not a name"});
      else
        population.receptors.push_back(read_receptor(build, population, item, name));
    }
  build.spec.populations.push_back(std::move(population));
  build.population_at.push_back(member.at);
}

}  // namespace

void validate_populations(Build& build, const Node& root) {
  const auto members = named_tables(build, root, "populations");
  for (const Member* member : members) read_population(build, *member);
  const Member* table = root.find("populations");
  if (table && table->value.is_table() && table->value.members.empty())
    build.report.error(table->at, "populations", {"there is no population"});
}

}  // namespace burgeon
