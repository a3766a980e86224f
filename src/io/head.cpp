#include "io/head.h"

#include <ctime>
#include <nlohmann/json.hpp>
#include <system_error>

#include "base/errors.h"
#include "io/audit.h"
#include "io/hdf5.h"
#include "io/manifest.h"
#include "io/posix.h"

namespace burgeon {

namespace {

using Json = nlohmann::ordered_json;

Json to_json(const Table& table) {
  Json columns = Json::array();
  for (const auto& c : table.columns) {
    columns.push_back({{"name", c.name},
                       {"unit", c.unit},
                       {"meaning", c.meaning},
                       {"type", static_cast<int>(c.type)},
                       {"width", c.width}});
  }
  // The alternative is stored by number, since JSON doesn't keep integers and floats apart.
  Json attributes = Json::array();
  for (const auto& a : table.attributes) {
    const Json value = std::visit([](const auto& v) { return Json(v); }, a.value);
    attributes.push_back({{"name", a.name}, {"kind", a.value.index()}, {"value", value}});
  }
  return {
      {"kind", static_cast<int>(table.kind)}, {"name", table.name}, {"columns", columns}, {"attributes", attributes}};
}

Table to_table(const Json& json) {
  Table table;
  table.kind = static_cast<Table::Kind>(json.at("kind").get<int>());
  table.name = json.at("name").get<std::string>();
  for (const auto& c : json.at("columns")) {
    table.columns.push_back({c.at("name").get<std::string>(), c.at("unit").get<std::string>(),
                             c.at("meaning").get<std::string>(), static_cast<Column::Type>(c.at("type").get<int>()),
                             c.at("width").get<std::uint64_t>()});
  }
  for (const auto& a : json.at("attributes")) {
    Attribute attribute{a.at("name").get<std::string>(), {}};
    const Json& value = a.at("value");
    switch (a.at("kind").get<int>()) {
      case 0:
        attribute.value = value.get<std::string>();
        break;
      case 1:
        attribute.value = value.get<double>();
        break;
      case 2:
        attribute.value = value.get<std::uint64_t>();
        break;
      default:
        attribute.value = value.get<std::vector<std::uint64_t>>();
    }
    table.attributes.push_back(std::move(attribute));
  }
  return table;
}

/// SONATA nodes: one node group "0", the neuron model as its template.
void write_population(hid_t nodes, const PopulationMetadata& population) {
  const std::uint64_t n = population.size;
  std::vector<std::uint64_t> ids(n);
  for (std::uint64_t i = 0; i < n; ++i) ids[i] = i;
  const hdf5::Handle group = hdf5::create_group(nodes, population.name);
  hdf5::write_attribute(group, "model", population.model);
  hdf5::write_attribute(group, "first_id", population.first_id);
  hdf5::write_dataset(group, "node_type_id", std::vector<std::int64_t>(n, -1));
  hdf5::write_dataset(group, "node_id", ids);
  hdf5::write_dataset(group, "node_group_id", std::vector<std::uint64_t>(n, 0));
  hdf5::write_dataset(group, "node_group_index", ids);

  // Enumerated text: an index per neuron and a library of strings.
  const hdf5::Handle inner = hdf5::create_group(group, "0");
  const hdf5::Handle library = hdf5::create_group(inner, "@library");
  hdf5::write_texts(library, "model_type", std::vector<std::string>{"point_neuron"});
  hdf5::write_texts(library, "model_template", std::vector<std::string>{"burgeon:" + population.model});
  hdf5::write_dataset(inner, "model_type", std::vector<std::uint32_t>(n, 0));
  hdf5::write_dataset(inner, "model_template", std::vector<std::uint32_t>(n, 0));

  expect(population.positions.empty() || population.positions.size() == n, "a position per neuron");
  for (std::size_t axis = 0; axis < 3 && !population.positions.empty(); ++axis) {
    std::vector<float> values(n);
    for (std::uint64_t i = 0; i < n; ++i) values[i] = population.positions[i][axis];
    hdf5::write_dataset(inner, std::string(1, "xyz"[axis]), values, "um");
  }
  const hdf5::Handle parameters = hdf5::create_group(inner, "dynamics_params");
  for (const auto& parameter : population.parameters) {
    expect(parameter.values.size() == n, "a parameter value per neuron");
    hdf5::write_dataset(parameters, parameter.name, parameter.values, parameter.unit);
  }
}

void write_provenance(hid_t file, const RunMetadata& metadata) {
  const hdf5::Handle group = hdf5::create_group(file, "provenance");
  hdf5::write_text(group, "config_source", metadata.config_source);
  hdf5::write_text(group, "config_resolved_json", metadata.config_resolved_json);
  hdf5::write_texts(group, "argv", metadata.argv);
  hdf5::write_text(group, "build_json", metadata.build_json);
  hdf5::write_text(group, "host_json", metadata.host_json);
  hdf5::write_attribute(group, "engine_version", metadata.engine_version);
  hdf5::write_attribute(group, "git_commit", metadata.git_commit);
  hdf5::write_attribute(group, "git_dirty", static_cast<std::uint8_t>(metadata.git_dirty));
  hdf5::write_attribute(group, "seed", metadata.seed);
  hdf5::write_attribute(group, "rng", metadata.rng);
  hdf5::write_attribute(group, "threads", metadata.threads);
  hdf5::write_attribute(group, "simd", metadata.simd);
  hdf5::write_attribute(group, "started", metadata.started.empty() ? utc_now() : metadata.started);
  hdf5::write_attribute(group, "spec_hash", metadata.spec_hash);
}

/// Reads every dataset, so that a damaged one shows, and returns the head.
Head read_file(const std::filesystem::path& path) {
  const hdf5::Handle file = hdf5::open_file(path);
  audit(file, path);
  hdf5::for_each_dataset(file, "",
                         [](const std::string& name, hid_t dataset) { (void)hdf5::hash_dataset(dataset, name); });
  const auto texts = hdf5::read_texts(file, "head");
  if (texts.size() != 1) throw EnvironmentError("'" + path.string() + "' is damaged");
  return parse_head(texts[0]);
}

}  // namespace

std::string head_json(const Head& head) {
  Json populations = Json::array();
  for (const auto& p : head.populations) populations.push_back({{"name", p.name}, {"size", p.size}});
  Json tables = Json::array();
  for (const auto& table : head.tables) tables.push_back(to_json(table));
  const Json json = {{"spec_hash", head.spec_hash},     {"seed", head.seed},          {"dt_ms", head.dt_ms},
                     {"duration_ms", head.duration_ms}, {"populations", populations}, {"tables", tables}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Head parse_head(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    Head head;
    head.spec_hash = json.at("spec_hash").get<std::uint64_t>();
    head.seed = json.at("seed").get<std::uint64_t>();
    head.dt_ms = json.at("dt_ms").get<double>();
    head.duration_ms = json.at("duration_ms").get<double>();
    for (const auto& p : json.at("populations")) {
      head.populations.push_back({p.at("name").get<std::string>(), p.at("size").get<std::uint64_t>()});
    }
    for (const auto& table : json.at("tables")) head.tables.push_back(to_table(table));
    return head;
  } catch (const Json::exception& error) {
    throw EnvironmentError(std::string("the head of the segments is damaged: ") + error.what());
  }
}

void write_head(const std::filesystem::path& folder, const RunMetadata& metadata, const Head& head) {
  const hdf5::Lock lock;
  const std::filesystem::path path = head_path(folder);
  const std::filesystem::path temporary = path.string() + ".tmp";
  try {
    hdf5::Handle file = hdf5::create_file(temporary);
    {
      const hdf5::Handle nodes = hdf5::create_group(file, "nodes");
      for (const auto& population : metadata.populations) write_population(nodes, population);
      write_provenance(file, metadata);
      hdf5::write_text(file, "head", head_json(head));
    }
    file.close(temporary.string());
    // A close on a full disk can report success: what is on file decides.
    if (head_json(read_file(temporary)) != head_json(head)) {
      throw EnvironmentError("cannot write '" + path.string() + "': it reads back differently");
    }
    posix::publish(temporary, path);
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    throw;
  }
}

Head read_head(const std::filesystem::path& folder) {
  const hdf5::Lock lock;
  return read_file(head_path(folder));
}

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

}  // namespace burgeon
