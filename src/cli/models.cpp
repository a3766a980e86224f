// burgeon models, burgeon schema: what the catalogue holds.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/nearest.h"
#include "cli/commands.h"
#include "cli/quantities.h"
#include "spec/read.h"

namespace burgeon::cli {
namespace {

/// One row of any kind, reduced to what is printed.
struct Entry {
  std::string_view kind, name, title, source;
  std::span<const ParameterRow> parameters;
  std::span<const StateRow> state;
  const ReceptorModel* receptor = nullptr;
  const DrugModel* drug = nullptr;
  const SlowModel* slow = nullptr;
  std::span<const ParameterRow> element = {};  ///< of structural rules: parameters of each synaptic element
};

std::vector<Entry> entries(const Catalogue& catalogue) {
  std::vector<Entry> out;
  for (const auto* row : catalogue.neurons)
    out.push_back({"neuron", row->name, row->title, row->source, row->parameters, row->state, nullptr, nullptr});
  for (const auto* row : catalogue.receptors)
    out.push_back({"receptor", row->name, row->title, row->source, row->parameters, row->state, row, nullptr});
  for (const auto* row : catalogue.gates)
    out.push_back({"gate", row->name, row->title, row->source, row->parameters, row->state, nullptr, nullptr});
  for (const auto* row : catalogue.synapses)
    out.push_back({"plasticity", row->name, row->title, row->source, row->parameters, {}, nullptr, nullptr});
  for (const auto* row : catalogue.drugs)
    out.push_back({"drug", row->name, row->title, row->source, row->parameters, {}, nullptr, row});
  for (const auto* row : catalogue.slow)
    out.push_back({"slow", row->name, row->title, row->source, row->parameters, {}, nullptr, nullptr, row});
  for (const auto* row : catalogue.structures)
    out.push_back({"structure",
                   row->name,
                   row->title,
                   row->source,
                   row->parameters,
                   {},
                   nullptr,
                   nullptr,
                   nullptr,
                   row->element_parameters});
  return out;
}

nlohmann::ordered_json number(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}

nlohmann::ordered_json to_json(const ParameterRow& row) {
  return {{"name", row.name},
          {"unit", row.unit},
          {"default", number(row.value)},
          {"minimum", number(row.minimum)},
          {"maximum", number(row.maximum)},
          {"meaning", row.meaning},
          {"source", row.source}};
}

nlohmann::ordered_json to_json(const Entry& entry) {
  nlohmann::ordered_json object = {
      {"kind", entry.kind}, {"name", entry.name}, {"title", entry.title}, {"source", entry.source}};
  object["parameters"] = nlohmann::ordered_json::array();
  for (const ParameterRow& row : entry.parameters) object["parameters"].push_back(to_json(row));
  object["state"] = nlohmann::ordered_json::array();
  for (const StateRow& row : entry.state)
    object["state"].push_back(
        {{"name", row.name}, {"unit", row.unit}, {"initial", number(row.initial)}, {"meaning", row.meaning}});
  if (!entry.element.empty()) {
    object["element_parameters"] = nlohmann::ordered_json::array();
    for (const ParameterRow& row : entry.element) object["element_parameters"].push_back(to_json(row));
  }
  if (entry.receptor != nullptr) object["weight_unit"] = entry.receptor->weight_unit;
  if (entry.drug != nullptr) {
    object["signals"] = nlohmann::ordered_json::array();
    for (const SignalRow& row : entry.drug->signals)
      object["signals"].push_back({{"name", row.name}, {"unit", row.unit}, {"meaning", row.meaning}});
    object["presets"] = nlohmann::ordered_json::array();
    for (const PresetRow& row : entry.drug->presets)
      object["presets"].push_back({{"name", row.name}, {"species", row.species}, {"source", row.source}});
  }
  if (entry.slow != nullptr) {
    for (const char* part : {"inputs", "state", "signals"}) object[part] = nlohmann::ordered_json::array();
    for (const SlowInputRow& row : entry.slow->inputs)
      object["inputs"].push_back(
          {{"name", row.name}, {"unit", row.unit}, {"default", number(row.value)}, {"meaning", row.meaning}});
    for (const SlowStateRow& row : entry.slow->state)
      object["state"].push_back({{"name", row.name},
                                 {"unit", row.unit},
                                 {"initial", number(row.initial)},
                                 {"range", number(row.range)},
                                 {"tau", row.tau},
                                 {"meaning", row.meaning}});
    for (const SignalRow& row : entry.slow->signals)
      object["signals"].push_back({{"name", row.name}, {"unit", row.unit}, {"meaning", row.meaning}});
  }
  return object;
}

void print_slow(const Console& console, const SlowModel& slow) {
  console.heading("Signals it reads");
  TextTable inputs({"key", "unit", "without it", "meaning"});
  for (const SlowInputRow& row : slow.inputs)
    inputs.add({std::string(row.name), std::string(row.unit),
                std::isnan(row.value) ? "required" : format_number(row.value), std::string(row.meaning)});
  inputs.print(console);
  if (!slow.state.empty()) {
    console.heading("State");
    TextTable state({"name", "unit", "initial", "time constant", "range that matters", "meaning"});
    for (const SlowStateRow& row : slow.state)
      state.add({std::string(row.name), std::string(row.unit), format_number(row.initial), std::string(row.tau),
                 format_number(row.range), std::string(row.meaning)});
    state.print(console);
  }
  console.heading("Signals it writes");
  TextTable signals({"name", "unit", "meaning"});
  for (const SignalRow& row : slow.signals)
    signals.add({std::string(row.name), std::string(row.unit), std::string(row.meaning)});
  signals.print(console);
}

void print_drug(const Console& console, const DrugModel& drug) {
  console.heading("Signals it writes");
  TextTable signals({"name", "unit", "meaning"});
  for (const SignalRow& row : drug.signals)
    signals.add({std::string(row.name), std::string(row.unit), std::string(row.meaning)});
  signals.print(console);
  if (!drug.block.empty()) {
    console.heading("Block of NMDA receptors");
    TextTable block({"moiety", "kon 1/(uM s)", "delta", "trapped", "IC50 2A uM", "2B", "2C", "2D", "human", "source"});
    for (const BlockKinetics& row : drug.block)
      block.add({std::string(row.moiety), format_number(row.kon), format_number(row.delta), format_number(row.trapped),
                 format_number(row.ic50_2A), format_number(row.ic50_2B), format_number(row.ic50_2C),
                 format_number(row.ic50_2D), format_number(row.ic50_human), std::string(row.source)});
    block.print(console);
  }
  if (drug.presets.empty()) return;
  console.heading("Presets");
  TextTable presets({"name", "species", "source"});
  for (const PresetRow& row : drug.presets)
    presets.add({std::string(row.name), std::string(row.species), std::string(row.source)});
  presets.print(console);
}

void print_page(const Console& console, const Entry& entry) {
  console.out(fmt::format("{} ({})", console.paint(entry.name, Ink::bold), entry.kind));
  console.out(entry.title);
  console.out(fmt::format("Source: {}", entry.source));
  if (entry.receptor != nullptr) console.out(fmt::format("Weights are in {}.", entry.receptor->weight_unit));
  const auto print_parameters = [&](std::string_view heading, std::span<const ParameterRow> rows) {
    console.heading(heading);
    TextTable table({"name", "unit", "default", "permitted", "meaning", "source"});
    for (const ParameterRow& row : rows)
      table.add({std::string(row.name), std::string(row.unit), format_number(row.value),
                 fmt::format("{} ... {}", format_number(row.minimum), format_number(row.maximum)),
                 std::string(row.meaning), std::string(row.source)});
    table.print(console);
  };
  if (!entry.element.empty()) print_parameters("Parameters of each synaptic element", entry.element);
  if (!entry.parameters.empty()) {
    print_parameters("Parameters", entry.parameters);
    if (entry.kind == "plasticity") console.out("\nUnit *: that of the weights, which the receptor has.");
  }
  if (!entry.state.empty()) {
    // Recorders see neurons and receptors.
    console.heading(entry.kind == "gate" ? "State" : "State (can be recorded)");
    TextTable table({"name", "unit", "initial", "meaning"});
    for (const StateRow& row : entry.state)
      table.add({std::string(row.name), std::string(row.unit),
                 std::isnan(row.initial) ? "= " + std::string(row.initial_from) : format_number(row.initial),
                 std::string(row.meaning)});
    table.print(console);
  }
  if (entry.drug != nullptr) print_drug(console, *entry.drug);
  if (entry.slow != nullptr) print_slow(console, *entry.slow);
}

}  // namespace

int models(const Context& context, const ModelsArguments& arguments) {
  const Console& console = context.console;
  const auto all = entries(context.catalogue);
  if (arguments.name.empty()) {
    if (console.json()) {
      auto list = nlohmann::ordered_json::array();
      for (const Entry& entry : all) list.push_back(to_json(entry));
      console.out(list.dump(2));
      return exit_ok;
    }
    TextTable table({"kind", "name", "what"});
    for (const Entry& entry : all)
      table.add({std::string(entry.kind), std::string(entry.name), std::string(entry.title)});
    table.print(console);
    console.out("\n'burgeon models NAME' shows one with its parameters.");
    return exit_ok;
  }

  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Entry& entry) { return entry.name == arguments.name; });
  if (found == all.end()) {
    std::vector<std::string> names;
    for (const Entry& entry : all) names.emplace_back(entry.name);
    const std::string near = nearest_name(arguments.name, names);
    console.error(fmt::format("there is no model '{}'", arguments.name),
                  near.empty() ? "'burgeon models' lists them." : fmt::format("Did you mean '{}'?", near));
    return exit_usage;
  }
  if (console.json())
    console.out(to_json(*found).dump(2));
  else
    print_page(console, *found);
  return exit_ok;
}

int schema(const Context& context) {
  context.console.out(model_schema(context.catalogue));
  return exit_ok;
}

}  // namespace burgeon::cli
