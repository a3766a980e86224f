// The JSON files beside run.h5.

#include <nlohmann/json.hpp>

#include "io/merge.h"
#include "io/posix.h"

namespace burgeon {

namespace {

using Json = nlohmann::ordered_json;

void write_json(const std::filesystem::path& path, const Json& json) {
  posix::write_file(path, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

/// A report as SONATA describes it; the attributes are those of docs/file_format.md.
Json report_json(const Table& table, double duration_ms) {
  Json json = {{"type", "compartment"},
               {"sections", "soma"},
               {"variable_name", table.name},
               {"unit", table.columns.back().unit},
               {"start_time", 0.0},
               {"end_time", duration_ms},
               {"file_name", "reports/" + table.name + ".h5"},
               {"enabled", true}};
  for (const auto& a : table.attributes) {
    if (a.name == "population") json["cells"] = std::get<std::string>(a.value);
    if (a.name == "variable") json["variable_name"] = std::get<std::string>(a.value);
    if (a.name == "dt") json["dt"] = std::get<double>(a.value);
  }
  return json;
}

}  // namespace

void write_sonata_configs(const std::filesystem::path& folder, const Head& head) {
  Json populations = Json::object();
  Json node_sets = Json::object();
  for (const auto& population : head.populations) {
    populations[population.name] = {{"type", "point_neuron"}};
    node_sets[population.name] = {{"population", population.name}};
  }
  const Json nodes = {{"nodes_file", "$BASE_DIR/run.h5"}, {"node_types_file", nullptr}, {"populations", populations}};
  const Json manifest = {{"$BASE_DIR", "."}};
  write_json(folder / "circuit_config.json",
             {{"version", 2},
              {"manifest", manifest},
              {"node_sets_file", "$BASE_DIR/node_sets.json"},
              {"networks", {{"nodes", Json::array({nodes})}, {"edges", Json::array()}}}});
  write_json(folder / "node_sets.json", node_sets);

  Json reports = Json::object();
  for (const auto& table : head.tables) {
    if (table.kind == Table::Kind::report) reports[table.name] = report_json(table, head.duration_ms);
  }
  // Readers expect a 32-bit seed; the full one is in /run/provenance.
  const Json run = {{"tstop", head.duration_ms}, {"dt", head.dt_ms}, {"random_seed", head.seed & 0x7FFFFFFF}};
  const Json output = {{"output_dir", "$BASE_DIR"}, {"spikes_file", "run.h5"}, {"spikes_sort_order", "by_time"}};
  write_json(folder / "simulation_config.json", {{"version", 2},
                                                 {"manifest", manifest},
                                                 {"network", "$BASE_DIR/circuit_config.json"},
                                                 {"node_sets_file", "$BASE_DIR/node_sets.json"},
                                                 {"run", run},
                                                 {"output", output},
                                                 {"reports", reports}});
}

void write_summary(const std::filesystem::path& folder, const Head& head, const RunEnd& end) {
  Json measures = Json::object();
  for (const auto& m : end.summary) measures[m.name] = {{"value", m.value}, {"unit", m.unit}, {"meaning", m.meaning}};
  Json provenance = Json::object();
  for (const auto& a : end.provenance) provenance[a.name] = std::visit([](const auto& v) { return Json(v); }, a.value);
  write_json(folder / "summary.json", {{"format", "burgeon summary"},
                                       {"complete", end.complete},
                                       {"spec_hash", head.spec_hash},
                                       {"duration_ms", head.duration_ms},
                                       {"measures", measures},
                                       {"provenance", provenance}});
}

}  // namespace burgeon
