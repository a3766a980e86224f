// burgeon inspect: what is in a result. burgeon diff: what differs between two.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/errors.h"
#include "cli/compare.h"

namespace burgeon::cli {
namespace {

namespace fs = std::filesystem;

void print_json(const Context& context, const RunReader& reader) {
  nlohmann::json object = {{"complete", reader.complete()}};
  for (const PopulationInfo& p : reader.populations())
    object["populations"][p.name] = {{"size", p.size}, {"model", p.model}};
  for (const std::string& p : reader.spiking()) object["spikes"][p] = reader.spike_count(p);
  for (const Measure& m : reader.summary()) object["summary"][m.name] = m.value;
  for (const auto& [key, value] : reader.provenance())
    if (key != "config_source" && key != "config_resolved_json") object["provenance"][key] = value;
  context.console.out(object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void print_text(const Context& context, const RunReader& reader, const fs::path& file) {
  const Console& console = context.console;
  console.heading(fmt::format("{} ({})", file.string(), reader.complete() ? "complete" : "NOT complete"));
  TextTable populations({"population", "neurons", "model", "spikes"});
  for (const PopulationInfo& p : reader.populations()) {
    std::string spikes = "-";
    for (const std::string& name : reader.spiking())
      if (name == p.name) spikes = human_count(static_cast<double>(reader.spike_count(name)));
    populations.add({p.name, human_count(static_cast<double>(p.size)), p.model, spikes});
  }
  populations.print(console);
  for (const std::string& group : reader.series_groups()) {
    const auto variables = reader.series(group);
    std::string names;
    for (const Variable& v : variables)
      if (v.name != "time") names += (names.empty() ? "" : ", ") + v.name;
    console.out(
        fmt::format("series {}: {} rows of {}", group, variables.empty() ? 0 : variables[0].values.size(), names));
  }
  if (file.filename() == "run.h5")
    for (const std::string& name : report_names(file.parent_path())) console.out("report reports/" + name);
  TextTable summary({"measure", "value", "unit"});
  for (const Measure& m : reader.summary()) summary.add({m.name, human_number(m.value), m.unit});
  if (!summary.empty()) summary.print(console);
  TextTable provenance({"provenance", ""});
  for (const auto& [key, value] : reader.provenance())
    if (value.size() < 120) provenance.add({key, value});
  provenance.print(console);
}

}  // namespace

int inspect(const Context& context, const InspectArguments& arguments) {
  const fs::path file = result_file(context, arguments.file);
  const RunReader reader(file);
  if (arguments.hash) {
    const auto provenance = reader.provenance();
    const auto hash = provenance.find("result_hash");
    if (hash == provenance.end())
      throw EnvironmentError(fmt::format("{}: an incomplete run has no result hash", file.string()));
    context.console.out(hash->second);
  } else if (context.console.json()) {
    print_json(context, reader);
  } else {
    print_text(context, reader, file);
  }
  return exit_ok;
}

int diff(const Context& context, const DiffArguments& arguments) {
  const fs::path a = result_file(context, arguments.a), b = result_file(context, arguments.b);
  const RunDiff difference = compare_results(arguments.a, arguments.b);
  const bool same = difference.same_results() ||
                    (arguments.tolerance > 0.0 && summaries_agree(RunReader(a), RunReader(b), arguments.tolerance));
  print_difference(context, difference, same, arguments.tolerance);
  return same ? exit_ok : exit_different;
}

}  // namespace burgeon::cli
