#pragma once
// A small run with every kind of table, whose rows are a pure function of the step: any part can be written again.

#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "io/hdf5_sink.h"
#include "record/sink.h"
#include "sim/checkpoint.h"

namespace burgeon::io_run {

constexpr std::uint64_t report_size = 5;

/// Folder that is removed with all it holds.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "burgeon_io_XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::filesystem::path path;
};

inline std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

inline void write_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

inline RunMetadata metadata() {
  RunMetadata m;
  m.config_source = "name = \"tiny\"\n# \xC2\xB5 is two bytes\n";
  m.config_resolved_json = "{\"name\":\"tiny\"}";
  m.spec_hash = 0xFEDCBA9876543210U;
  m.argv = {"burgeon", "run", "tiny.toml"};
  m.build_json = "{}";
  m.host_json = "{\"cores\":2}";
  m.engine_version = "0.1.0";
  m.git_commit = "0123456789abcdef";
  m.seed = 42;
  m.simd = "v3";
  m.started = "2025-01-01T00:00:00Z";
  m.dt_ms = 0.1;
  m.duration_ms = 100.0;
  PopulationMetadata pyr{.name = "pyr", .size = 8, .model = "adex", .first_id = 0, .positions = {}, .parameters = {}};
  for (int i = 0; i < 8; ++i) pyr.positions.push_back({static_cast<float>(i), 2.0F * static_cast<float>(i), -1.0F});
  pyr.parameters.push_back({"C_m", "pF", std::vector<double>(8, 281.0)});
  m.populations = {pyr, {.name = "pv", .size = 2, .model = "lif", .first_id = 8, .positions = {}, .parameters = {}}};
  return m;
}

inline std::vector<Table> tables() {
  using Type = Column::Type;
  const Column time{"time", "ms", "time", Type::f64, 1};
  const std::vector<Column> spikes{{"timestamps", "ms", "spike time", Type::f64, 1},
                                   {"node_ids", "", "neuron", Type::u64, 1}};
  return {
      {Table::Kind::spikes, "pyr", spikes, {}},
      {Table::Kind::spikes, "pv", spikes, {}},
      {Table::Kind::series,
       "rates",
       {time, {"pyr", "Hz", "mean rate", Type::f64, 1}, {"pv", "Hz", "mean rate", Type::f64, 1}},
       {{"interval", 1.0}}},
      {Table::Kind::series,
       "drug",
       {time, {"ketamine.effect_site", "uM", "effect-site concentration", Type::f64, 1}},
       {}},
      {Table::Kind::report,
       "v",
       {time, {"data", "mV", "membrane potential", Type::f32, report_size}},
       {{"population", std::string("pyr")}, {"node_ids", std::vector<std::uint64_t>{0, 1, 3, 5, 7}}, {"dt", 0.5}}},
      {Table::Kind::topology,
       "pyr_to_pv",
       {time,
        {"kind", "", "what happened", Type::u8, 1},
        {"uid", "", "synapse", Type::u64, 1},
        {"source", "", "neuron", Type::u64, 1},
        {"target", "", "neuron", Type::u64, 1},
        {"weight", "nS", "weight", Type::f32, 1},
        {"cause", "", "why", Type::u8, 1}},
       {{"kind.names", std::string("create,prune")}, {"cause.names", std::string("random,activity,drug")}}},
  };
}

inline void declare(Sink& sink) {
  for (const auto& table : tables()) sink.declare(table);
}

template <class T>
ColumnData span_of(const std::vector<T>& values) {
  return std::span<const T>(values);
}

/// Rows of one step (0.5 ms): none, one or several per table.
inline void feed_step(Sink& sink, Step step) {
  const double t = 0.5 * static_cast<double>(step);
  const auto u = static_cast<std::uint64_t>(step);
  const auto many = [&](std::size_t n) {
    std::vector<double> times(n);
    for (std::size_t i = 0; i < n; ++i) times[i] = t + 0.01 * static_cast<double>(i);
    return times;
  };
  const auto spikes = [&](std::size_t table, std::size_t n, std::uint64_t size) {
    const auto times = many(n);
    std::vector<std::uint64_t> ids(n);
    for (std::size_t i = 0; i < n; ++i) ids[i] = (u * 7 + i) % size;
    const std::vector<ColumnData> columns{span_of(times), span_of(ids)};
    sink.append(table, columns);
  };
  spikes(0, u * 2654435761U % 5, 8);
  if (step % 3 == 0) spikes(1, 2, 2);

  const std::vector<double> now{t};
  const std::vector<double> a{std::sin(t)};
  const std::vector<double> b{std::cos(t)};
  if (step % 2 == 0) sink.append(2, std::vector<ColumnData>{span_of(now), span_of(a), span_of(b)});
  if (step % 10 == 0) sink.append(3, std::vector<ColumnData>{span_of(now), span_of(b)});

  std::vector<float> v(report_size);
  for (std::size_t i = 0; i < report_size; ++i) v[i] = static_cast<float>(-70.0 + t + static_cast<double>(i));
  sink.append(4, std::vector<ColumnData>{span_of(now), span_of(v)});

  if (step % 4 != 0) return;
  const std::vector<std::uint8_t> kind{static_cast<std::uint8_t>(u % 8 / 4)};
  const std::vector<std::uint64_t> uid{u};
  const std::vector<std::uint64_t> source{u % 8};
  const std::vector<std::uint64_t> target{u % 2};
  const std::vector<float> weight{1.5F};
  const std::vector<std::uint8_t> cause{static_cast<std::uint8_t>(u % 3)};
  sink.append(5, std::vector<ColumnData>{span_of(now), span_of(kind), span_of(uid), span_of(source), span_of(target),
                                         span_of(weight), span_of(cause)});
}

inline void feed(Sink& sink, Step from, Step to) {
  for (Step step = from; step < to; ++step) feed_step(sink, step);
}

inline Checkpoint checkpoint(Step step, std::size_t bytes = 1000) {
  Checkpoint c;
  c.spec_hash = metadata().spec_hash;
  c.step = step;
  c.arrays["pyr/V_m"].assign(bytes, static_cast<std::byte>(step % 251));
  c.arrays["empty"] = {};
  return c;
}

inline RunEnd ended(bool complete = true) {
  RunEnd end;
  end.complete = complete;
  end.summary = {{"rate.pyr", 4.25, "Hz", "mean rate"}, {"undefined", std::nan(""), "", "nothing to measure"}};
  end.provenance = {{"result_hash", std::string("00112233aabbccdd")},
                    {"wall_s", 1.5},
                    {"ended", std::string("2025-01-01T00:00:02Z")}};
  return end;
}

/// A whole run in one go.
inline void write_run(const std::filesystem::path& folder, Step steps) {
  Hdf5Sink sink(folder, metadata());
  declare(sink);
  feed(sink, 0, steps);
  sink.close(ended());
}

}  // namespace burgeon::io_run
