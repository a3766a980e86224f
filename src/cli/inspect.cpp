// burgeon inspect: what is in a result. burgeon diff: what differs between two.

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/errors.h"
#include "cli/commands.h"
#include "io/hdf5_sink.h"
#include "io/run_reader.h"

namespace burgeon::cli {
namespace {

namespace fs = std::filesystem;

// The file of a run; of an interrupted one, what is there so far is merged first.
fs::path result_file(const Context& context, const fs::path& given) {
  if (!fs::exists(given)) throw EnvironmentError(fmt::format("{}: no such file or folder", given.string()));
  if (!fs::is_directory(given)) return given;
  const RunState state = read_run_state(given);
  if (!state.finished && !state.segments.empty()) {
    context.console.note(
        fmt::format("The run is not complete: showing what was saved up to {}.", human_time(state.until_ms)));
    merge_partial(given);
  }
  return given / "run.h5";
}

void print_json(const Context& context, const RunReader& reader) {
  nlohmann::json object = {{"complete", reader.complete()}};
  for (const PopulationInfo& p : reader.populations())
    object["populations"][p.name] = {{"size", p.size}, {"model", p.model}};
  for (const std::string& p : reader.spiking()) object["spikes"][p] = reader.spike_count(p);
  for (const Measure& m : reader.summary()) object["summary"][m.name] = m.value;
  for (const auto& [key, value] : reader.provenance())
    if (key != "config_source" && key != "config_resolved_json") object["provenance"][key] = value;
  context.console.out(object.dump());
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
  TextTable summary({"measure", "value", "unit"});
  for (const Measure& m : reader.summary()) summary.add({m.name, human_number(m.value), m.unit});
  if (!summary.empty()) summary.print(console);
  TextTable provenance({"provenance", ""});
  for (const auto& [key, value] : reader.provenance())
    if (value.size() < 120) provenance.add({key, value});
  provenance.print(console);
}

// Differences that are within the tolerance the user allows do not exist in the text of `diff`; compare summaries directly.
bool close_enough(const RunReader& a, const RunReader& b, double tolerance) {
  const auto left = a.summary(), right = b.summary();
  if (left.size() != right.size()) return false;
  for (std::size_t k = 0; k < left.size(); ++k) {
    const double x = left[k].value, y = right[k].value;
    if (left[k].name != right[k].name) return false;
    if (std::isnan(x) != std::isnan(y)) return false;
    if (!std::isnan(x) && std::abs(x - y) > tolerance * std::max(std::abs(x), std::abs(y))) return false;
  }
  return true;
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
  const RunDiff difference = burgeon::diff(a, b);
  bool same = difference.same_results();
  if (!same && arguments.tolerance > 0) same = close_enough(RunReader(a), RunReader(b), arguments.tolerance);
  if (context.console.json()) {
    nlohmann::json object = {
        {"same", same}, {"results", nlohmann::json::array()}, {"provenance", nlohmann::json::array()}};
    for (const Difference& d : difference.results) object["results"].push_back({{"where", d.where}, {"what", d.text}});
    for (const Difference& d : difference.provenance)
      object["provenance"].push_back({{"where", d.where}, {"what", d.text}});
    context.console.out(object.dump());
  } else {
    context.console.out(same ? "The results are the same." : "The results DIFFER:");
    for (const Difference& d : difference.results) context.console.out(fmt::format("  {}: {}", d.where, d.text));
    if (!difference.provenance.empty()) context.console.out("How they were made differs in:");
    for (const Difference& d : difference.provenance) context.console.out(fmt::format("  {}: {}", d.where, d.text));
  }
  return same ? exit_ok : exit_internal;
}

}  // namespace burgeon::cli
