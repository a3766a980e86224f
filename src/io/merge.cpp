#include "io/merge.h"

#include <hdf5_hl.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "base/errors.h"
#include "io/audit.h"
#include "io/hdf5.h"
#include "io/posix.h"
#include "io/segment.h"
#include "io/table_stream.h"

namespace burgeon {

namespace {

using Path = std::filesystem::path;
using Kind = Table::Kind;

/// Where rows come from.
struct Source {
  const Path& folder;
  std::span<const ManifestEntry> entries;
};

template <class T>
const T* attribute(const Table& table, std::string_view name) {
  for (const auto& a : table.attributes) {
    if (a.name == name) return std::get_if<T>(&a.value);
  }
  return nullptr;
}

void describe(hid_t dataset, const Column& column) {
  hdf5::write_attribute(dataset, "units", column.unit.empty() ? "1" : column.unit);
  if (!column.meaning.empty()) hdf5::write_attribute(dataset, "long_name", column.meaning);
}

/// Names of the values of a u8 column from the table's attribute "<column>.names" = "create,prune"; empty: plain numbers.
std::vector<std::string> value_names(const Table& table, const Column& column) {
  const auto* text = attribute<std::string>(table, column.name + ".names");
  std::vector<std::string> result;
  if (column.type != Column::Type::u8 || text == nullptr) return result;
  for (std::size_t start = 0, end = 0; start <= text->size(); start = end + 1) {
    end = std::min(text->find(',', start), text->size());
    result.push_back(text->substr(start, end - start));
  }
  return result;
}

/// A dataset per column in `group`, filled from the segments.
TimeRange write_columns(const Source& source, std::size_t index, const Table& table, hid_t group,
                        const std::string& path, Hashes& hashes, std::vector<ColumnTarget>& targets) {
  const std::uint64_t rows = total_rows(source.entries, index);
  for (const auto& column : table.columns) {
    const auto named = value_names(table, column);
    const hdf5::Handle type = named.empty() ? hdf5::Handle() : hdf5::enum_type(named);
    ColumnTarget target(group, column.name, path + "/" + column.name, column, rows, chunk_rows(table),
                        named.empty() ? 0 : hid_t{type});
    describe(target.dataset(), column);
    targets.push_back(std::move(target));
  }
  const TimeRange range = stream_table(source.folder, source.entries, index, table, targets, hashes);
  return range;
}

void write_spikes(const Source& source, std::size_t index, const Table& table, hid_t spikes, Hashes& hashes) {
  const hdf5::Handle group = hdf5::create_group(spikes, table.name);
  std::vector<ColumnTarget> targets;
  const TimeRange range = write_columns(source, index, table, group, "/spikes/" + table.name, hashes, targets);
  const hdf5::Handle type = hdf5::enum_type(std::vector<std::string>{"none", "by_id", "by_time"});
  hdf5::write_enum_attribute(group, "sorting", type, range.ascending ? 2 : 0);
}

/// NXdata: time is the dimension scale of the first dimension of every variable.
void write_series(const Source& source, std::size_t index, const Table& table, hid_t parent, Hashes& hashes) {
  const hdf5::Handle group = hdf5::create_group(parent, table.name);
  hdf5::write_attribute(group, "NX_class", std::string("NXdata"));
  if (table.columns.size() > 1) hdf5::write_attribute(group, "signal", table.columns[1].name);
  hdf5::write_attribute(group, "axes", std::vector<std::string>{table.columns[0].name});
  for (const auto& a : table.attributes) hdf5::write_attribute(group, a);
  std::vector<ColumnTarget> targets;
  write_columns(source, index, table, group, "/run/series/" + table.name, hashes, targets);
  hdf5::check(H5DSset_scale(targets[0].dataset(), table.columns[0].name.c_str()), "make a scale of", table.name);
  for (std::size_t j = 1; j < targets.size(); ++j) {
    hdf5::check(H5DSattach_scale(targets[j].dataset(), targets[0].dataset(), 0), "attach the scale of", table.name);
  }
}

void write_topology(const Source& source, std::size_t index, const Table& table, hid_t parent, Hashes& hashes) {
  const hdf5::Handle group = hdf5::create_group(parent, table.name);
  for (const auto& a : table.attributes) hdf5::write_attribute(group, a);
  std::vector<ColumnTarget> targets;
  write_columns(source, index, table, group, "/run/topology/" + table.name, hashes, targets);
}

/// SONATA report file: data and mapping; exact times beside it, since SONATA only knows start, stop, dt.
void write_report(const Source& source, std::size_t index, const Table& table, hid_t file, Hashes& hashes) {
  const auto* population = attribute<std::string>(table, "population");
  const auto* node_ids = attribute<std::vector<std::uint64_t>>(table, "node_ids");
  const auto* dt = attribute<double>(table, "dt");
  expect(population != nullptr && node_ids != nullptr && dt != nullptr, "a report has population, node_ids and dt");
  expect(table.columns.size() == 2 && table.columns[1].name == "data" && table.columns[1].width == node_ids->size(),
         "a report has time and data");

  const hdf5::Handle report = hdf5::create_group(file, "report");
  const hdf5::Handle group = hdf5::create_group(report, *population);
  const std::uint64_t rows = total_rows(source.entries, index);
  std::vector<ColumnTarget> targets;
  targets.emplace_back(file, "time", "/time", table.columns[0], rows, chunk_rows(table));
  targets.emplace_back(group, "data", "/report/" + *population + "/data", table.columns[1], rows, chunk_rows(table));
  describe(targets[0].dataset(), table.columns[0]);
  describe(targets[1].dataset(), table.columns[1]);
  const TimeRange range = stream_table(source.folder, source.entries, index, table, targets, hashes);

  // One element per neuron: element k belongs to node k.
  const std::uint64_t n = node_ids->size();
  std::vector<std::uint64_t> pointers(n + 1);
  for (std::uint64_t i = 0; i <= n; ++i) pointers[i] = i;
  const hdf5::Handle mapping = hdf5::create_group(group, "mapping");
  const hdf5::Handle ids = hdf5::write_dataset(mapping, "node_ids", *node_ids);
  hdf5::write_attribute(ids, "sorted", static_cast<std::uint8_t>(std::is_sorted(node_ids->begin(), node_ids->end())));
  hdf5::write_dataset(mapping, "index_pointers", pointers);
  hdf5::check(H5Lcreate_hard(mapping, "index_pointers", mapping, "index_pointer", H5P_DEFAULT, H5P_DEFAULT), "link",
              "index_pointer");
  hdf5::write_dataset(mapping, "element_ids", std::vector<std::uint32_t>(n, 0));
  hdf5::write_dataset(mapping, "element_pos", std::vector<float>(n, 0.0F));
  const double stop = range.first + static_cast<double>(rows) * *dt;
  hdf5::write_dataset(mapping, "time", std::vector<double>{range.first, stop, *dt}, "ms");
}

void write_root(hid_t file) {
  hdf5::write_attribute(file, "magic", std::vector<std::uint32_t>{0x0A7A}, true);
  hdf5::write_attribute(file, "version", std::vector<std::uint32_t>{0, 1});
  hdf5::write_attribute(file, "format", std::string("burgeon"));
  hdf5::write_attribute(file, "format_version", std::vector<std::uint32_t>{1, 0, 0});
  hdf5::write_attribute(file, "default", std::string("run"));
  hdf5::write_attribute(file, "complete", std::uint8_t{0});
}

/// All tables of one kind below one group, in declaration order.
template <class Write>
void write_tables(const Head& head, Kind kind, Write write) {
  for (std::size_t i = 0; i < head.tables.size(); ++i) {
    if (head.tables[i].kind == kind) write(i, head.tables[i]);
  }
}

/// Copies a group of the head with all its hashes.
void copy_from_head(const Path& folder, const char* from, hid_t target, const std::string& name,
                    const std::string& path, Hashes& hashes) {
  const hdf5::Handle head = hdf5::open_file(head_path(folder));
  hdf5::check(H5Ocopy(head, from, target, name.c_str(), H5P_DEFAULT, H5P_DEFAULT), "copy", from);
  const hdf5::Handle group = hdf5::open_group(head, from);
  hdf5::for_each_dataset(group, path, [&](const std::string& p, hid_t d) { hashes[p] = hdf5::hash_dataset(d, p); });
}

/// Everything that may differ between two runs with equal results comes last, so that the bytes before stay the same.
void write_provenance(const Source& source, const RunEnd& end, hid_t run, Hashes& hashes) {
  copy_from_head(source.folder, "provenance", run, "provenance", "/run/provenance", hashes);
  const hdf5::Handle group = hdf5::open_group(run, "provenance");
  bool ended = false;
  for (const auto& a : end.provenance) {
    if (hdf5::has_attribute(group, a.name.c_str())) hdf5::check(H5Adelete(group, a.name.c_str()), "replace", a.name);
    hdf5::write_attribute(group, a);
    ended = ended || a.name == "ended";
  }
  if (!ended) hdf5::write_attribute(group, "ended", utc_now());
  hdf5::write_attribute(group, "resumes", source.entries.empty() ? std::uint64_t{0} : source.entries.back().resumes);
}

void write_run(const Source& source, const Head& head, const RunEnd& end, hid_t file, Hashes& hashes) {
  write_root(file);
  {
    const hdf5::Handle spikes = hdf5::create_group(file, "spikes");
    write_tables(head, Kind::spikes, [&](auto i, const Table& t) { write_spikes(source, i, t, spikes, hashes); });
  }
  copy_from_head(source.folder, "nodes", file, "nodes", "/nodes", hashes);

  const hdf5::Handle run = hdf5::create_group(file, "run");
  hdf5::write_attribute(run, "NX_class", std::string("NXentry"));
  hdf5::write_attribute(run, "default", std::string("series"));
  const hdf5::Handle series = hdf5::create_group(run, "series");
  hdf5::write_attribute(series, "NX_class", std::string("NXcollection"));
  bool first = true;
  write_tables(head, Kind::series, [&](auto i, const Table& t) {
    if (std::exchange(first, false)) hdf5::write_attribute(series, "default", t.name);
    write_series(source, i, t, series, hashes);
  });
  const hdf5::Handle topology = hdf5::create_group(run, "topology");
  write_tables(head, Kind::topology, [&](auto i, const Table& t) { write_topology(source, i, t, topology, hashes); });

  const hdf5::Handle summary = hdf5::create_group(run, "summary");
  for (const auto& measure : end.summary) {
    const auto dataset =
        hdf5::write_scalar(summary, measure.name, measure.value, measure.unit.empty() ? "1" : measure.unit);
    if (!measure.meaning.empty()) hdf5::write_attribute(dataset, "long_name", measure.meaning);
    hashes["/run/summary/" + measure.name] = XXH64(&measure.value, sizeof measure.value, 0);
  }
  write_provenance(source, end, run, hashes);
}

/// Reads everything back; what is on file has to be what was meant.
void verify(const Path& path, const Hashes& hashes) {
  const hdf5::Handle file = hdf5::open_file(path);
  audit(file, path);
  std::size_t found = 0;
  hdf5::for_each_dataset(file, "", [&](const std::string& name, hid_t dataset) {
    const std::uint64_t hash = hdf5::hash_dataset(dataset, name);
    const auto expected = hashes.find(name);
    if (expected == hashes.end()) return;
    ++found;
    if (hash != expected->second) throw EnvironmentError("'" + path.string() + "' reads back differently at " + name);
  });
  if (found != hashes.size()) throw EnvironmentError("'" + path.string() + "' lacks datasets that were written");
}

/// Writes a temporary file, verifies it and marks it; the caller publishes.
template <class Write>
void write_verified(const Path& path, bool complete, Write write) {
  Hashes hashes;
  hdf5::Handle file = hdf5::create_file(path);
  write(file, hashes);
  file.close(path.string());
  verify(path, hashes);
  if (!complete) return;
  hdf5::Handle again = hdf5::open_file(path, true);
  hdf5::Handle mark(hdf5::check(H5Aopen(again, "complete", H5P_DEFAULT), "open attribute", "complete"), H5Aclose);
  const std::uint8_t yes = 1;
  hdf5::check(H5Awrite(mark, H5T_NATIVE_UINT8, &yes), "write attribute", "complete");
  mark.close("complete");
  again.close(path.string());
  if (hdf5::read_u64_attribute(hdf5::open_file(path), "complete") != 1)
    throw EnvironmentError("cannot mark '" + path.string() + "'");
}

Path temporary_of(const Path& path) { return path.string() + ".tmp"; }

}  // namespace

void merge_segments(const Path& folder, const Head& head, std::span<const ManifestEntry> entries, const RunEnd& end) {
  const hdf5::Lock lock;
  for (const auto& entry : entries) verify_segment(folder, entry, head.tables);

  // Reports first, run.h5 last: its presence says that everything is there.
  const Source source{folder, entries};
  std::vector<Path> paths;
  try {
    write_tables(head, Kind::report, [&](auto i, const Table& t) {
      posix::make_folders(folder / "reports");
      paths.push_back(folder / "reports" / (t.name + ".h5"));
      write_verified(temporary_of(paths.back()), end.complete, [&](hid_t file, Hashes& hashes) {
        write_root(file);
        write_report(source, i, t, file, hashes);
      });
    });
    paths.push_back(folder / "run.h5");
    write_verified(temporary_of(paths.back()), end.complete,
                   [&](hid_t file, Hashes& hashes) { write_run(source, head, end, file, hashes); });
    write_sonata_configs(folder, head);
    write_summary(folder, head, end);
    for (const auto& path : paths) posix::publish(temporary_of(path), path);
  } catch (...) {
    std::error_code ignored;
    for (const auto& path : paths) std::filesystem::remove(temporary_of(path), ignored);
    throw;
  }
}

}  // namespace burgeon
