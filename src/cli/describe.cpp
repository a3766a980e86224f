// burgeon describe: a model file as a methods section would put it, from the validated spec.

#include <fmt/format.h>

#include <map>

#include "base/units.h"
#include "cli/commands.h"
#include "cli/model_arguments.h"
#include "cli/quantities.h"
#include "cli/timeline.h"
#include "network/graph.h"
#include "spec/structure_signals.h"

namespace burgeon::cli {
namespace {

double duration_ms(const ModelSpec& spec) { return static_cast<double>(spec.run.steps) * spec.run.dt; }

void print_run(const Console& console, const ModelSpec& spec) {
  console.out(console.paint(spec.title, Ink::bold));
  if (!spec.description.empty()) console.out(spec.description);
  const Estimate need = estimate(spec);
  console.out("");
  console.out(fmt::format("  {} of biological time, dt {:.4g} ms, seed {}, drugs and signals every {}",
                          human_time(duration_ms(spec)), spec.run.dt, spec.run.seed,
                          human_time(static_cast<double>(spec.run.slow_tick) * spec.run.dt)));
  console.out(fmt::format("  {} neurons, {} synapses, {} {:.4g} kg, spec hash {:016x}", human_count(need.neurons),
                          human_count(need.synapses), spec.run.species, spec.run.body_mass, spec.hash));
}

void print_populations(const Console& console, const ModelSpec& spec) {
  console.heading("Populations");
  TextTable table({"name", "class", "model", "neurons", "receptors", "groups"});
  for (const PopulationSpec& population : spec.populations) {
    std::string receptors;
    for (const ReceptorSpec& receptor : population.receptors) {
      receptors += (receptors.empty() ? "" : ", ") + receptor.name;
      if (!receptor.subunit.empty()) receptors += " (" + receptor.subunit + ")";
    }
    std::string groups;
    for (const GroupSpec& group : population.groups)
      groups +=
          fmt::format("{}{} {}-{}", groups.empty() ? "" : ", ", group.name, group.first, group.first + group.count - 1);
    table.add({population.name, population.cell_class, std::string(population.model->name),
               human_count(static_cast<double>(population.size)), receptors, groups});
  }
  table.print(console);

  // Only what differs from the row's default: the rest is in `burgeon models NAME`.
  TextTable changed({"parameter", "value", "default"});
  const auto add_changed = [&](const std::string& owner, std::span<const ParameterRow> rows,
                               const std::vector<Draw>& values) {
    for (std::size_t i = 0; i < rows.size() && i < values.size(); ++i) {
      const std::string value = format_draw(values[i], rows[i].unit);
      const std::string standard = format_draw({.a = rows[i].value * unit_factor(rows[i].unit)}, rows[i].unit);
      if (value != standard) changed.add({owner + "." + std::string(rows[i].name), value, standard});
    }
  };
  for (const PopulationSpec& population : spec.populations) {
    add_changed(population.name, population.model->parameters, population.parameters);
    for (const ReceptorSpec& receptor : population.receptors)
      add_changed(population.name + "." + receptor.name, receptor.model->parameters, receptor.parameters);
  }
  if (changed.empty()) return;
  console.heading("Parameters that differ from their model's default");
  changed.print(console);
}

void print_projections(const Console& console, const ModelSpec& spec) {
  if (spec.projections.empty()) return;
  console.heading("Projections");
  TextTable table({"name", "from", "to", "receptor", "wiring", "weight", "delay", "synapses"});
  for (const ProjectionSpec& projection : spec.projections) {
    const ReceptorSpec& receptor = spec.populations[projection.target.population].receptors[projection.receptor];
    const bool bound =
        projection.wiring.rule == WiringSpec::Rule::distance || projection.wiring.rule == WiringSpec::Rule::ring;
    std::string weight = format_draw(projection.weight, receptor.model->weight_unit);
    if (projection.profile) weight += " x ring profile";
    if (projection.plasticity != nullptr) weight += fmt::format(", {}", projection.plasticity->name);
    table.add({projection.name, projection.source.name, projection.target.name, receptor.name,
               format_wiring(projection.wiring), weight, format_draw(projection.delay, "ms"),
               (bound ? "< " : "") + human_count(expected_synapses(projection))});
  }
  table.print(console);
}

void print_structure(const Console& console, const ModelSpec& spec) {
  if (spec.structures.empty()) return;
  console.heading("Structural rules");
  TextTable table({"name", "model", "synapses of", "every", "drive", "stress"});
  TextTable elements({"element", "of", "parameters"});
  for (const StructureSpec& rule : spec.structures) {
    std::string names;
    const auto add = [&](const std::vector<std::uint32_t>& group) {
      for (const std::uint32_t p : group) names += (names.empty() ? "" : ", ") + spec.projections[p].name;
    };
    add(rule.projections);
    for (const auto& pairing : rule.pairings)
      for (const auto& group : pairing.projections) add(group);
    table.add({rule.name, std::string(rule.model->name), names,
               human_time(static_cast<double>(rule.update) * spec.run.dt), rule.drive, rule.stress});
    for (const auto& element : rule.elements) {
      std::string values;
      for (std::size_t k = 0; k < element.parameters.size(); ++k) {
        const ParameterRow& row = rule.model->element_parameters[k];
        values += fmt::format("{}{} {}", values.empty() ? "" : ", ", row.name,
                              format_draw({.a = element.parameters[k]}, row.unit));
      }
      elements.add({rule.name + "." + element.name, spec.populations[element.population].name, values});
    }
  }
  table.print(console);
  if (!elements.empty()) elements.print(console);
}

std::string describe_course(const InputSpec& input) {
  switch (input.kind) {
    case InputSpec::Kind::poisson:
      return fmt::format("{:.4g} Hz", input.course.points.front().value * 1000.0);
    case InputSpec::Kind::current:
      return fmt::format("{:.4g} pA", input.course.points.front().value);
    case InputSpec::Kind::ou_current:
      return fmt::format("{:.4g} ± {:.4g} pA, tau {:.4g} ms", input.mean, input.sd, input.tau);
    case InputSpec::Kind::ou_conductance:
      return fmt::format("{:.4g} ± {:.4g} nS, tau {:.4g} ms", input.mean, input.sd, input.tau);
    case InputSpec::Kind::spikes:
      return fmt::format("{} spikes", input.events.size());
  }
  return {};
}

void print_inputs(const Console& console, const ModelSpec& spec) {
  if (spec.inputs.empty()) return;
  console.heading("Inputs");
  TextTable table({"name", "kind", "onto", "receptor", "strength", "weight", "from", "until"});
  for (const InputSpec& input : spec.inputs) {
    const bool synaptic = input.kind == InputSpec::Kind::poisson || input.kind == InputSpec::Kind::spikes;
    const bool on_receptor = synaptic || input.kind == InputSpec::Kind::ou_conductance;
    const auto& receptors = spec.populations[input.target.population].receptors;
    const ReceptorSpec* receptor = on_receptor ? &receptors[input.receptor] : nullptr;
    table.add({input.name, std::string(input_name(input.kind)), input.target.name, receptor ? receptor->name : "",
               describe_course(input),
               synaptic ? fmt::format("{:.4g} {}", input.weight, receptor->model->weight_unit) : "",
               human_time(input.start), human_time(input.stop)});
  }
  table.print(console);
}

void print_timeline(const Console& console, const ModelSpec& spec) {
  const auto happenings = timeline(spec);
  if (happenings.empty()) return;
  console.heading("Timeline");
  TextTable table({"from", "until", "what"});
  for (const Happening& item : happenings)
    table.add({human_time(item.start), item.stop > item.start ? human_time(item.stop) : "", item.what});
  table.print(console);
}

void print_records(const Console& console, const ModelSpec& spec) {
  if (spec.records.empty()) return;
  console.heading("Recorded");
  TextTable table({"name", "kind", "of", "every"});
  for (const RecordSpec& record : spec.records) {
    const bool signal = record.kind == RecordSpec::Kind::signal;
    std::string of = signal ? record.variable : record.target.name;
    if (!signal && !record.variable.empty()) of += " " + record.variable;
    std::string when = record.every > 0.0 ? human_time(record.every) : "";
    for (std::size_t k = 0; k < record.projections.size(); ++k)
      of = (k > 0 ? of + ", " : "") + spec.projections[record.projections[k]].name;
    for (std::size_t k = 0; k < record.at.size(); ++k) when += (k > 0 ? ", " : "at ") + human_time(record.at[k]);
    table.add({record.name, std::string(record_name(record.kind)), of, when});
  }
  table.print(console);
}

/// Who writes each signal, who reads it, and when someone holds it.
void print_signals(const Console& console, const ModelSpec& spec) {
  std::map<std::string, std::string> readers;
  for (const BlockerSpec& blocker : spec.blockers)
    for (const PopulationSpec& population : spec.populations)
      for (const ReceptorSpec& receptor : population.receptors) {
        if (!receptor.model->blockable) continue;
        std::string& list = readers[blocker.signal];
        list += fmt::format("{}{}.{}", list.empty() ? "" : ", ", population.name, receptor.name);
      }
  const auto reads = [&](const std::string& signal, const std::string& who) {
    std::string& list = readers[signal];
    list += (list.empty() ? "" : ", ") + who;
  };
  for (const SlowSpec& slow : spec.slow)
    for (const SlowSpec::Input& input : slow.inputs)
      if (!input.signal.empty()) reads(input.signal, slow.name);
  for (const CouplingSpec& coupling : spec.couplings) reads(coupling.signal, "coupling " + coupling.name);
  for (const StructureSpec& rule : spec.structures)
    for (const std::string& signal : {rule.drive, rule.stress})
      if (!signal.empty()) readers[signal] += (readers[signal].empty() ? "structure " : ", structure ") + rule.name;
  std::map<std::string, std::string> clamps;
  for (const InterventionSpec& item : spec.interventions)
    if (item.kind == InterventionSpec::Kind::clamp_signal)
      clamps[item.signal] += fmt::format(" clamped {} to {}", human_time(item.start), human_time(item.stop));

  TextTable table({"written by", "signal", "unit", "read by", "meaning"});
  for (const DrugSpec& drug : spec.drugs)
    for (const SignalRow& row : drug.model->signals) {
      const std::string signal = drug.name + "." + std::string(row.name);
      table.add({"drug " + drug.name, signal, std::string(row.unit), readers[signal],
                 std::string(row.meaning) + clamps[signal]});
    }
  for (const CourseSpec& course : spec.courses)
    table.add({"course", course.name + ".level", course.unit, readers[course.name + ".level"],
               "as the file says" + clamps[course.name + ".level"]});
  for (const MeasuredSpec& measured : spec.measured)
    table.add({"network", measured.name, measured.unit, readers[measured.name], "measured, mean over a slow tick"});
  for (const SlowSpec& slow : spec.slow)
    for (const SignalRow& row : slow.model->signals) {
      const std::string signal = slow.name + "." + std::string(row.name);
      table.add({"slow " + slow.name, signal, std::string(row.unit), readers[signal],
                 std::string(row.meaning) + clamps[signal]});
    }
  for (const StructureSpec& rule : spec.structures)
    for (const StructureSignal& signal : structure_signals(spec, rule))
      table.add({"structure " + rule.name, signal.name, signal.unit, readers[signal.name],
                 signal.meaning + clamps[signal.name]});
  if (table.empty()) return;
  console.heading("Signals");
  table.print(console);
}

}  // namespace

int describe(const Context& context, const DescribeArguments& arguments) {
  const auto spec = load_model(context, arguments.model);
  if (!spec) return exit_config;
  const Console& console = context.console;
  if (arguments.dot) {
    console.out(write_dot(*spec));
    return exit_ok;
  }
  if (console.json()) {
    console.out(spec->canonical_json);
    return exit_ok;
  }
  if (arguments.signals) {
    print_signals(console, *spec);
    return exit_ok;
  }
  print_run(console, *spec);
  print_populations(console, *spec);
  print_projections(console, *spec);
  print_structure(console, *spec);
  print_inputs(console, *spec);
  print_signals(console, *spec);
  print_timeline(console, *spec);
  print_records(console, *spec);
  return exit_ok;
}

}  // namespace burgeon::cli
