// What the parts of validation have in common: names, references, intervals.

#include <algorithm>
#include <set>

#include "base/nearest.h"
#include "spec/structure_signals.h"
#include "spec/tables.h"
#include "spec/validate.h"

namespace burgeon {

namespace {

// Names end up in file names and HDF5 paths.
bool is_plain_word(const std::string& name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= 64 && name[0] != '-' && std::all_of(name.begin(), name.end(), plain);
}

std::vector<std::string> population_names(const ModelSpec& spec) {
  std::vector<std::string> names;
  for (const PopulationSpec& population : spec.populations) names.push_back(population.name);
  return names;
}

}  // namespace

bool Build::spend(std::uint64_t items, Position at, const std::string& path) {
  constexpr std::uint64_t most = 5'000'000;
  if (spent + items <= most && items <= most) {
    spent += items;
    return true;
  }
  report.error(at, path, {"lists of the file expand to more than " + std::to_string(most) + " items"});
  return false;
}

std::vector<const Member*> named_tables(Build& build, const Node& root, std::string_view name) {
  std::vector<const Member*> result;
  const Member* parent = root.find(name);
  if (!parent) return result;
  const std::string path(name);
  if (!parent->value.is_table()) {
    build.report.error(parent->value.at, path,
                       {"'" + path + "' is a table, not " + std::string(kind_name(parent->value.kind)),
                        "[" + path + ".name] and keys below it"});
    return result;
  }
  for (const Member& member : parent->value.members) {
    const std::string full = path + "." + member.name;
    if (!is_plain_word(member.name))
      build.report.error(member.at, full, {"'" + member.name + "' is not a name", "up to 64 letters, digits, _ and -"});
    else if (!member.value.is_table())
      build.report.error(member.at, full,
                         {"'" + full + "' is a table, not " + std::string(kind_name(member.value.kind))});
    else
      result.push_back(&member);
  }
  return result;
}

std::vector<const Node*> listed_tables(Build& build, const Node& root, std::string_view name) {
  std::vector<const Node*> result;
  const Member* parent = root.find(name);
  if (!parent) return result;
  const std::string path(name);
  const auto complain = [&](Position at) {
    build.report.error(at, path, {"'" + path + "' is a list of tables", "[[" + path + "]]"});
  };
  if (!parent->value.is_array()) {
    complain(parent->value.at);
    return result;
  }
  for (const Node& item : parent->value.items) {
    if (item.is_table())
      result.push_back(&item);
    else
      complain(item.at);
  }
  return result;
}

void unknown_name(Build& build, Position at, const std::string& path, const std::string& what, const std::string& name,
                  const std::vector<std::string>& names) {
  if (build.report.full()) return;
  const std::string message = "unknown " + what + " '" + name + "'" + (names.empty() ? ": there is none" : "");
  build.report.error(at, path, {message, list_names(names), nearest_name(name, names)});
}

std::optional<Selection> resolve_selection(Build& build, const std::string& text, Position at,
                                           const std::string& path) {
  const std::size_t dot = text.find('.');
  const std::string name = text.substr(0, dot);
  const auto& populations = build.spec.populations;
  const auto place = std::lower_bound(populations.begin(), populations.end(), name,
                                      [](const PopulationSpec& p, const std::string& value) { return p.name < value; });
  if (place == populations.end() || place->name != name) {
    unknown_name(build, at, path, "population", name, population_names(build.spec));
    return std::nullopt;
  }
  Selection selection{static_cast<std::uint32_t>(place - populations.begin()), 0, place->size, text};
  if (dot == std::string::npos) return selection;
  const std::string group = text.substr(dot + 1);
  std::vector<std::string> names;
  for (const GroupSpec& g : place->groups) {
    names.push_back(name + "." + g.name);
    if (g.name != group) continue;
    selection.first = g.first;
    selection.count = g.count;
    return selection;
  }
  unknown_name(build, at, path, "group", text, names);
  return std::nullopt;
}

std::vector<Selection> resolve_selections(Build& build, Section& section, std::string_view name, bool star) {
  std::vector<Selection> result;
  std::set<std::string> seen;
  for (const auto& [text, at] : section.names(name)) {
    if (text == "*" && star) {
      if (!build.spend(build.spec.populations.size(), at, section.path_of(name))) continue;
      for (const std::string& population : population_names(build.spec))
        result.push_back(*resolve_selection(build, population, at, section.path_of(name)));
    } else if (const auto selection = resolve_selection(build, text, at, section.path_of(name))) {
      // The same neurons twice would be counted twice.
      if (!seen.insert(text).second)
        build.report.error(at, section.path_of(name), {"'" + text + "' is there twice"});
      else
        result.push_back(*selection);
    }
  }
  return result;
}

std::optional<std::uint32_t> resolve_receptor(Build& build, const Selection& target, const std::string& name,
                                              Position at, const std::string& path) {
  const PopulationSpec& population = build.spec.populations[target.population];
  std::vector<std::string> names;
  for (std::size_t k = 0; k < population.receptors.size(); ++k) {
    if (population.receptors[k].name == name) return static_cast<std::uint32_t>(k);
    names.push_back(population.receptors[k].name);
  }
  unknown_name(build, at, path, "receptor of '" + population.name + "'", name, names);
  return std::nullopt;
}

std::vector<Draw> read_draws(Section& section, std::span<const ParameterRow> rows) {
  std::vector<Draw> draws;
  for (const ParameterRow& row : rows) draws.push_back(section.draw(row.name));
  return draws;
}

std::vector<double> typical(const std::vector<Draw>& draws) {
  std::vector<double> values;
  for (const Draw& draw : draws) values.push_back(draw.kind == Draw::Kind::uniform ? 0.5 * (draw.a + draw.b) : draw.a);
  return values;
}

Interval read_interval(Build& build, Section& section) {
  Interval interval{section.quantity("start"), section.written("stop").value_or(unbounded)};
  if (interval.stop <= interval.start) section.error("stop", {"'stop' is not after 'start'"});
  if (build.duration() > 0.0 && interval.start >= build.duration() && section.has("start"))
    build.report.warning(section.value_at("start"), section.path_of("start"),
                         {"'start' is not before the end of the run, so " + section.path() + " has no effect"});
  return interval;
}

std::vector<SignalName> all_signals(const ModelSpec& spec) {
  std::vector<SignalName> signals;
  for (const DrugSpec& drug : spec.drugs) {
    if (!drug.model) continue;
    for (const SignalRow& row : drug.model->signals)
      signals.push_back({drug.name + "." + std::string(row.name), std::string(row.unit)});
  }
  for (const CourseSpec& course : spec.courses) signals.push_back({course.name + ".level", course.unit});
  for (const MeasuredSpec& measured : spec.measured)
    signals.push_back(
        {measured.name, measured.unit, measured.kind == MeasuredSpec::Kind::rate ? measured.target.count : 1});
  for (const SlowSpec& slow : spec.slow) {
    if (!slow.model) continue;
    for (const SignalRow& row : slow.model->signals)
      signals.push_back({slow.name + "." + std::string(row.name), std::string(row.unit),
                         slow.model->per_neuron ? slow.target.count : 1});
  }
  for (const StructureSpec& rule : spec.structures)
    for (StructureSignal& signal : structure_signals(spec, rule)) signals.push_back({std::move(signal.name), "1"});
  return signals;
}

namespace {

/// What "pyr.rate", "pyr.nmda.block", "pyr.ampa.g" or "pyr.rate.relative" ask to be measured; nullopt when it is none of these.
std::optional<MeasuredSpec> measured_signal(const ModelSpec& spec, std::string name) {
  MeasuredSpec measured;
  measured.name = name;
  constexpr std::string_view relative = ".relative";
  if (name.ends_with(relative)) {
    measured.relative = true;
    name.resize(name.size() - relative.size());
  }
  for (std::size_t p = 0; p < spec.populations.size(); ++p) {
    const PopulationSpec& population = spec.populations[p];
    if (!name.starts_with(population.name + ".")) continue;
    measured.target = {static_cast<std::uint32_t>(p), 0, population.size, population.name};
    const std::string rest = name.substr(population.name.size() + 1);
    if (rest == "rate") {
      measured.unit = measured.relative ? "" : "Hz";
      return measured;
    }
    for (std::size_t r = 0; r < population.receptors.size(); ++r) {
      const ReceptorSpec& receptor = population.receptors[r];
      if (!receptor.model || !rest.starts_with(receptor.name + ".")) continue;
      measured.receptor = static_cast<std::uint32_t>(r);
      const std::string what = rest.substr(receptor.name.size() + 1);
      if (what == "block" && receptor.model->blockable) {
        measured.kind = MeasuredSpec::Kind::block;
        return measured;
      }
      for (std::size_t k = 0; k < receptor.model->state.size(); ++k) {
        if (receptor.model->state[k].name != what) continue;
        measured.kind = MeasuredSpec::Kind::state;
        measured.state = static_cast<std::uint32_t>(k);
        measured.unit = measured.relative ? "" : std::string(receptor.model->state[k].unit);
        return measured;
      }
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<SignalName> resolve_signal(Build& build, Section& section, std::string_view key) {
  if (!section.find(key)->value.is_text()) {
    static_cast<void>(section.text(key));
    return std::nullopt;
  }
  const std::string& name = section.find(key)->value.text;
  std::vector<std::string> names;
  for (const SignalName& signal : all_signals(build.spec)) {
    if (signal.name == name) return signal;
    names.push_back(signal.name);
  }
  if (auto measured = measured_signal(build.spec, name)) {
    if (measured->relative && build.spec.run.baseline <= 0.0) {
      section.error(key, {"'" + name + "' is relative to a baseline, and simulation.baseline is not given"});
      return std::nullopt;
    }
    const SignalName signal{name, measured->unit,
                            measured->kind == MeasuredSpec::Kind::rate ? measured->target.count : 1};
    build.spec.measured.push_back(std::move(*measured));
    return signal;
  }
  const std::string rate = name.ends_with(".relative") ? ".rate.relative" : ".rate";
  for (const PopulationSpec& population : build.spec.populations) names.push_back(population.name + rate);
  // Signals of a model that is unknown can't be judged.
  const auto broken = [&](const auto& part) { return !part.model && name.starts_with(part.name + "."); };
  if (std::none_of(build.spec.drugs.begin(), build.spec.drugs.end(), broken) &&
      std::none_of(build.spec.slow.begin(), build.spec.slow.end(), broken))
    unknown_name(build, section.value_at(key), section.path_of(key), "signal", name, names);
  return std::nullopt;
}

}  // namespace burgeon
