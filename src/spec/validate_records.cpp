// Interventions and records: what is done to a run and what is kept of it.

#include <algorithm>

#include "base/nearest.h"
#include "spec/tables.h"
#include "spec/validate.h"

namespace burgeon {

namespace {

// ---------------------------------------------------------------------------------------------------------------------
// Interventions

void read_clamp(Build& build, Section& section, InterventionSpec& intervention) {
  intervention.signal = section.text("signal");
  if (intervention.signal.empty()) return;
  const auto signal = resolve_signal(build, section, "signal");
  if (!signal) return;
  intervention.value = section.quantity("value", signal->unit);
  build.clamps.push_back(
      {signal->name, intervention.start, intervention.stop, section.value_at("signal"), section.path_of("signal")});
}

// A projection written as a table is several, and all of them are meant.
void read_synapses(Build& build, Section& section, const InterventionSpec& intervention) {
  const std::string name = section.text("projection");
  if (name.empty()) return;
  const auto place = build.projections.find(name);
  if (place == build.projections.end()) {
    std::vector<std::string> names;
    for (const auto& [known, indices] : build.projections) names.push_back(known);
    unknown_name(build, section.value_at("projection"), section.path_of("projection"), "projection", name, names);
    return;
  }
  for (const std::uint32_t index : place->second) {
    if (!build.spend(1, section.at(), section.path())) return;
    // Deleting behind the back of those who keep pairs alike and books of every synapse would break both.
    if (intervention.kind == InterventionSpec::Kind::delete_synapses) {
      const auto& projections = build.spec.projections;
      const bool paired = !projections[index].like.empty() ||
                          std::any_of(projections.begin(), projections.end(),
                                      [&](const ProjectionSpec& p) { return p.like == projections[index].name; });
      if (projections[index].rewired || paired) {
        section.error("projection", {"the synapses of '" + projections[index].name + "' can't be deleted: " +
                                         (projections[index].rewired ? "a structural rule keeps books of them"
                                                                     : "another projection has the same pairs"),
                                     "stress, or rates, of the rule"});
        return;
      }
    }
    InterventionSpec one = intervention;
    one.projection = index;
    build.spec.interventions.push_back(std::move(one));
  }
}

void read_intervention(Build& build, const Node& node, std::size_t number) {
  using Kind = InterventionSpec::Kind;
  Section section(build.report, node, node.at, "interventions." + std::to_string(number), tables::intervention());
  const auto kind = section.variant("kind");
  if (!kind) return;
  InterventionSpec intervention;
  intervention.kind = static_cast<Kind>(*kind);
  intervention.name = std::string(tables::intervention_kinds[*kind]) + "." + std::to_string(number);
  const Interval interval = read_interval(build, section);
  intervention.start = interval.start;
  intervention.stop = interval.stop;
  switch (intervention.kind) {
    case Kind::clamp_signal:
      read_clamp(build, section, intervention);
      break;
    case Kind::block_receptor:
      intervention.value = section.quantity("fraction");
      break;
    case Kind::scale_weights:
      intervention.value = section.quantity("factor");
      break;
    case Kind::delete_synapses:
      intervention.value = section.quantity("fraction");
      break;
    case Kind::silence:
      break;
  }
  if (intervention.kind == Kind::scale_weights || intervention.kind == Kind::delete_synapses) {
    read_synapses(build, section, intervention);
    return;
  }
  if (intervention.kind != Kind::clamp_signal) {
    const std::string text = section.text("target");
    const auto target = text.empty()
                            ? std::nullopt
                            : resolve_selection(build, text, section.value_at("target"), section.path_of("target"));
    if (!target) return;
    intervention.target = *target;
    const std::string receptor = section.text("receptor");
    if (intervention.kind == Kind::block_receptor && !receptor.empty())
      intervention.receptor =
          resolve_receptor(build, *target, receptor, section.value_at("receptor"), section.path_of("receptor"))
              .value_or(0);
  }
  build.spec.interventions.push_back(std::move(intervention));
}

// Two clamps of one signal at one time would be two writers.
void check_clamps(Build& build) {
  auto clamps = build.clamps;
  std::stable_sort(clamps.begin(), clamps.end(), [](const auto& a, const auto& b) {
    return a.signal != b.signal ? a.signal < b.signal : a.start < b.start;
  });
  const Build::Clamp* latest = nullptr;
  for (const Build::Clamp& clamp : clamps) {
    if (latest && latest->signal == clamp.signal && clamp.start < latest->stop)
      build.report.error(clamp.at, clamp.path,
                         {"signal '" + clamp.signal + "' is clamped twice at " + number_text(clamp.start) + " ms",
                          "one writer at a time"});
    if (!latest || latest->signal != clamp.signal || clamp.stop > latest->stop) latest = &clamp;
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Records

/// States that can be recorded: "V_m", "ampa.g".
std::vector<std::string> variables_of(const PopulationSpec& population) {
  std::vector<std::string> names;
  if (population.model)
    for (const StateRow& row : population.model->state) names.emplace_back(row.name);
  for (const ReceptorSpec& receptor : population.receptors)
    if (receptor.model)
      for (const StateRow& row : receptor.model->state) names.push_back(receptor.name + "." + std::string(row.name));
  return names;
}

bool has_blockable(const PopulationSpec& population) {
  return std::any_of(population.receptors.begin(), population.receptors.end(),
                     [](const ReceptorSpec& receptor) { return !receptor.subunit.empty(); });
}

/// Whether a population has what the record asks for.
bool offers(const PopulationSpec& population, const RecordSpec& record) {
  if (record.kind == RecordSpec::Kind::block) return has_blockable(population);
  if (record.kind != RecordSpec::Kind::variable) return true;
  const auto names = variables_of(population);
  return std::find(names.begin(), names.end(), record.variable) != names.end();
}

void complain(Build& build, Section& section, const PopulationSpec& population, const RecordSpec& record) {
  if (record.kind == RecordSpec::Kind::block)
    section.error("target", {"'" + population.name + "' has no receptor that can be blocked"});
  else
    unknown_name(build, section.value_at("variable"), section.path_of("variable"),
                 "variable of '" + population.name + "'", record.variable, variables_of(population));
}

void add_records(Build& build, Section& section, const RecordSpec& record) {
  const auto targets = resolve_selections(build, section, "target", true);
  const Member* member = section.find("target");
  const bool star = member && member->value.is_text() && member->value.text == "*";
  const bool list = star || (member && member->value.is_array());
  std::size_t added = 0;
  for (const Selection& target : targets) {
    const PopulationSpec& population = build.spec.populations[target.population];
    if (!offers(population, record)) {
      // "*" means every population that has it.
      const bool known = population.model != nullptr;
      if (!star && known && (record.kind != RecordSpec::Kind::variable || !record.variable.empty()))
        complain(build, section, population, record);
      continue;
    }
    if (record.subset > target.count && target.count > 0 && !star)
      section.error("subset",
                    {"'subset' is larger than '" + target.name + "'", "at most " + std::to_string(target.count)});
    if (!build.spend(1, section.at(), section.path())) return;
    RecordSpec one = record;
    one.target = target;
    if (list) one.name += "." + target.name;
    build.spec.records.push_back(std::move(one));
    ++added;
  }
  if (star && added == 0 && !targets.empty())
    complain(build, section, build.spec.populations[targets.front().population], record);
}

/// Times of a list, ascending; those after the end of the run are errors.
std::vector<double> read_times(Build& build, Section& section, std::string_view name) {
  const Member* member = section.find(name);
  std::vector<double> times;
  if (member == nullptr) return times;
  const Field time{.name = name, .unit = "ms", .minimum = 0.0};
  ValueReader reader(build.report, section.path_of(name), time, {});
  const auto read = [&](const Node& node) {
    const auto t = reader.quantity(node);
    if (t && build.duration() > 0.0 && *t > build.duration() * (1.0 + 1e-9))
      reader.error(node.at, {"it is after the end of the run", "at most " + number_text(build.duration()) + " ms"});
    if (t) times.push_back(*t);
  };
  if (member->value.is_array())
    for (const Node& item : member->value.items) read(item);
  else
    read(member->value);
  if (times.empty() && member->value.is_array() && member->value.items.empty())
    section.error(name, {"a list without times records nothing"});
  std::sort(times.begin(), times.end());
  times.erase(std::unique(times.begin(), times.end()), times.end());
  return times;
}

/// Projections of a field: names, or "*" for all that the record can have.
std::vector<std::uint32_t> read_projections(Build& build, Section& section, bool within_population) {
  const std::vector<ProjectionSpec>& all = build.spec.projections;
  const auto fits = [&](std::uint32_t p) {
    return !within_population || all[p].source.population == all[p].target.population;
  };
  std::vector<std::uint32_t> result;
  for (const auto& [name, at] : section.names("projection")) {
    if (name == "*") {
      for (std::uint32_t p = 0; p < all.size(); ++p)
        if (fits(p)) result.push_back(p);
      continue;
    }
    const auto place = build.projections.find(name);
    if (place == build.projections.end()) {
      std::vector<std::string> names;
      for (const auto& [known, indices] : build.projections) names.push_back(known);
      unknown_name(build, at, section.path_of("projection"), "projection", name, names);
      continue;
    }
    for (const std::uint32_t p : place->second) {
      if (!build.spend(1, section.at(), section.path())) return result;
      if (fits(p))
        result.push_back(p);
      else
        build.report.error(at, section.path_of("projection"),
                           {"'" + name + "' goes from one population to another: it has no measures of a graph",
                            "projections within one population"});
    }
  }
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

std::optional<RecordSpec::Kind> read_kind(Build& build, Section& section, const Member& member) {
  if (section.has("kind")) {
    const auto kind = section.variant("kind");
    return kind ? std::optional(static_cast<RecordSpec::Kind>(*kind)) : std::nullopt;
  }
  const auto place = std::find(tables::record_kinds.begin(), tables::record_kinds.end(), member.name);
  if (place == tables::record_kinds.end()) {
    const std::vector<std::string> kinds(tables::record_kinds.begin(), tables::record_kinds.end());
    build.report.error(
        member.at, section.path_of("kind"),
        {section.path() + " needs 'kind': its name is none", list_names(kinds), nearest_name(member.name, kinds)});
    return std::nullopt;
  }
  const auto index = static_cast<unsigned>(place - tables::record_kinds.begin());
  section.assume("kind", index);
  return static_cast<RecordSpec::Kind>(index);
}

void read_record(Build& build, const Member& member) {
  using Kind = RecordSpec::Kind;
  Section section(build.report, member.value, member.at, "record." + member.name, tables::record());
  const auto kind = read_kind(build, section, member);
  if (!kind) return;
  RecordSpec record;
  record.name = member.name;
  record.kind = *kind;
  const Interval interval = read_interval(build, section);
  record.start = interval.start;
  record.stop = interval.stop;
  record.subset = section.integer("subset");
  record.reducer = static_cast<RecordSpec::Reducer>(section.choice("reducer").value_or(0));
  const RunSpec& run = build.spec.run;
  if (section.has("every"))
    record.every = static_cast<double>(section.steps("every", run.dt, 1)) * run.dt;
  else if (record.kind == Kind::signal)
    record.every = static_cast<double>(run.slow_tick) * run.dt;
  else if (record.kind != Kind::spikes && record.kind != Kind::edges)
    build.report.error(member.at, section.path_of("every"),
                       {section.path() + " needs 'every': the period of sampling"});

  if (record.kind == Kind::signal) {
    record.variable = section.text("variable", "*");
    if (record.variable != "*") static_cast<void>(resolve_signal(build, section, "variable"));
    build.spec.records.push_back(std::move(record));
    return;
  }
  if (record.kind == Kind::edges || record.kind == Kind::graph) {
    record.projections = read_projections(build, section, record.kind == Kind::graph);
    if (record.kind == Kind::edges) record.at = read_times(build, section, "at");
    if (record.projections.empty() && !build.report.failed())
      section.error("projection", {"no projection lies within one population"});
    build.spec.records.push_back(std::move(record));
    return;
  }
  if (record.kind == Kind::variable) {
    record.variable = section.text("variable");
    if (!section.has("variable"))
      build.report.error(member.at, section.path_of("variable"),
                         {section.path() + " needs 'variable': a state of the neuron, or receptor.state"});
  }
  add_records(build, section, record);
}

}  // namespace

void validate_interventions(Build& build, const Node& root) {
  std::size_t number = 0;
  for (const Node* node : listed_tables(build, root, "interventions")) read_intervention(build, *node, number++);
  check_clamps(build);
}

void validate_records(Build& build, const Node& root) {
  for (const Member* member : named_tables(build, root, "record")) {
    if (root.find("multiscale") != nullptr && (member->name == "multiscale" || member->name == "errors"))
      build.report.error(member->at, "record." + member->name,
                         {"bursts and leaps write a table '" + member->name + "' of their own", "another name"});
    else
      read_record(build, *member);
  }
}

}  // namespace burgeon
