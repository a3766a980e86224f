// content_hash and diff: two files compared dataset by dataset, in blocks.

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <set>

#include "base/errors.h"
#include "io/audit.h"
#include "io/hdf5.h"
#include "io/run_reader.h"

namespace burgeon {

namespace {

using hdf5::Handle;
constexpr std::string_view provenance_path = "/run/provenance";

Handle open_audited(const std::filesystem::path& path) {
  Handle file = hdf5::open_file(path);
  audit(file, path);
  return file;
}

/// Paths of the datasets that hold results.
std::set<std::string> result_paths(hid_t file) {
  std::set<std::string> paths;
  hdf5::for_each_dataset(file, "", [&](const std::string& path, hid_t) {
    if (!path.starts_with(provenance_path)) paths.insert(path);
  });
  return paths;
}

Handle open_dataset(hid_t file, const std::string& path) {
  return {hdf5::check(H5Dopen2(file, path.c_str(), H5P_DEFAULT), "open", path), H5Dclose};
}

std::string shape_text(const hdf5::Shape& shape) { return fmt::format("[{}]", fmt::join(shape.dims, ", ")); }

/// Value number `index` of a dataset as text.
std::string value_text(hid_t dataset, const std::string& path, std::uint64_t row, std::uint64_t column) {
  const Handle type(hdf5::check(H5Dget_type(dataset), "read the type of", path), H5Tclose);
  const hdf5::Shape shape = hdf5::shape_of(dataset);
  std::vector<std::byte> bytes(shape.row_bytes());
  if (shape.dims.empty()) {
    hdf5::check(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()), "read", path);
  } else {
    hdf5::read_rows(dataset, type, row, 1, bytes.data(), path);
  }
  const std::byte* at = bytes.data() + column * shape.item;
  if (H5Tget_class(type) == H5T_FLOAT && shape.item == sizeof(double)) {
    double value = 0.0;
    std::memcpy(&value, at, sizeof value);
    return fmt::format("{}", value);
  }
  if (H5Tget_class(type) == H5T_FLOAT && shape.item == sizeof(float)) {
    float value = 0.0F;
    std::memcpy(&value, at, sizeof value);
    return fmt::format("{}", value);
  }
  if (H5Tget_class(type) == H5T_STRING) return "another text";
  std::uint64_t value = 0;
  std::memcpy(&value, at, shape.item);
  return fmt::format("{}", value);
}

/// Row and column of the first value that differs among the rows both have. Types are equal.
std::optional<std::pair<std::uint64_t, std::uint64_t>> first_difference(hid_t a, hid_t b, const std::string& path) {
  const hdf5::Shape shape = hdf5::shape_of(a);
  const Handle type(hdf5::check(H5Dget_type(b), "read the type of", path), H5Tclose);
  const std::uint64_t common = std::min(shape.rows(), hdf5::shape_of(b).rows());
  std::optional<std::pair<std::uint64_t, std::uint64_t>> found;
  std::vector<std::byte> other;
  hdf5::for_each_block(a, path, [&](std::uint64_t first, std::uint64_t rows, std::span<const std::byte> bytes) {
    if (found || first >= common) return;
    const std::uint64_t n = std::min(rows, common - first) * shape.row_bytes();
    other.resize(n);
    if (shape.dims.empty()) {
      hdf5::check(H5Dread(b, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, other.data()), "read", path);
    } else {
      hdf5::read_rows(b, type, first, std::min(rows, common - first), other.data(), path);
    }
    const auto place = std::mismatch(other.begin(), other.end(), bytes.begin());
    if (place.first == other.end()) return;
    const auto offset = static_cast<std::uint64_t>(place.first - other.begin());
    found = {first + offset / shape.row_bytes(), offset % shape.row_bytes() / shape.item};
  });
  return found;
}

/// What differs in one dataset that both files have.
std::optional<Difference> compare(hid_t file_a, hid_t file_b, const std::string& path) {
  const Handle a = open_dataset(file_a, path);
  const Handle b = open_dataset(file_b, path);
  const Handle type_a(H5Dget_type(a), H5Tclose);
  const Handle type_b(H5Dget_type(b), H5Tclose);
  if (H5Tequal(type_a, type_b) <= 0) return Difference{path, "stored with different types"};
  const hdf5::Shape shape_a = hdf5::shape_of(a);
  const hdf5::Shape shape_b = hdf5::shape_of(b);
  if (shape_a.dims.size() != shape_b.dims.size() || shape_a.row_bytes() != shape_b.row_bytes()) {
    return Difference{path, fmt::format("shape {} and {}", shape_text(shape_a), shape_text(shape_b))};
  }
  if (const auto place = first_difference(a, b, path)) {
    const auto [row, column] = *place;
    return Difference{path, fmt::format("first at row {}, column {}: {} and {}", row, column,
                                        value_text(a, path, row, column), value_text(b, path, row, column))};
  }
  if (shape_a.dims == shape_b.dims) return std::nullopt;
  return Difference{path, fmt::format("{} and {} rows, equal as far as both go", shape_a.rows(), shape_b.rows())};
}

struct SpikeDifference {
  double t;
  Difference difference;
};

/// The first spike of a population that one file has and the other has not.
std::optional<SpikeDifference> compare_spikes(hid_t file_a, hid_t file_b, const std::string& population) {
  const std::string path = "/spikes/" + population;
  const Handle t_a = open_dataset(file_a, path + "/timestamps");
  const Handle t_b = open_dataset(file_b, path + "/timestamps");
  const Handle id_a = open_dataset(file_a, path + "/node_ids");
  const Handle id_b = open_dataset(file_b, path + "/node_ids");
  const std::uint64_t rows_a = hdf5::shape_of(t_a).rows();
  const std::uint64_t rows_b = hdf5::shape_of(t_b).rows();

  // Earlier of the first differing time and the first differing neuron; else the end of the shorter list.
  std::uint64_t row = std::min(rows_a, rows_b);
  if (const auto place = first_difference(t_a, t_b, path)) row = std::min(row, place->first);
  if (const auto place = first_difference(id_a, id_b, path)) row = std::min(row, place->first);
  if (row == rows_a && row == rows_b) return std::nullopt;

  double earliest = std::numeric_limits<double>::infinity();
  const auto text = [&](hid_t t, hid_t id, std::uint64_t rows) -> std::string {
    if (row >= rows) return fmt::format("no more spikes ({} in all)", rows);
    double time = 0.0;
    hdf5::read_rows(t, H5T_NATIVE_DOUBLE, row, 1, &time, path);
    earliest = std::min(earliest, time);
    return fmt::format("{} ms neuron {}", time, value_text(id, path, row, 0));
  };
  const std::string left = text(t_a, id_a, rows_a);
  const std::string right = text(t_b, id_b, rows_b);
  return SpikeDifference{earliest, {path, fmt::format("spike {}: {} and {}", row, left, right)}};
}

void diff_spikes(hid_t a, hid_t b, const std::set<std::string>& common, RunDiff& result) {
  std::vector<SpikeDifference> found;
  constexpr std::string_view prefix = "/spikes/";
  constexpr std::string_view suffix = "/timestamps";
  for (const auto& path : common) {
    if (!path.starts_with(prefix) || !path.ends_with(suffix)) continue;
    const std::string population = path.substr(prefix.size(), path.size() - prefix.size() - suffix.size());
    if (auto difference = compare_spikes(a, b, population)) found.push_back(std::move(*difference));
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& x, const auto& y) { return x.t < y.t; });
  for (auto& item : found) result.results.push_back(std::move(item.difference));
}

}  // namespace

std::uint64_t content_hash(const std::filesystem::path& path) {
  const hdf5::Lock lock;
  const Handle file = open_audited(path);
  const std::unique_ptr<XXH64_state_t, XXH_errorcode (*)(XXH64_state_t*)> state(XXH64_createState(), XXH64_freeState);
  XXH64_reset(state.get(), 0);
  for (const auto& name : result_paths(file)) {
    const Handle dataset = open_dataset(file, name);
    const hdf5::Shape shape = hdf5::shape_of(dataset);
    const std::uint64_t hash = hdf5::hash_dataset(dataset, name);
    XXH64_update(state.get(), name.c_str(), name.size() + 1);
    XXH64_update(state.get(), shape.dims.data(), shape.dims.size() * sizeof(std::uint64_t));
    XXH64_update(state.get(), &hash, sizeof hash);
  }
  return XXH64_digest(state.get());
}

RunDiff diff(const std::filesystem::path& a, const std::filesystem::path& b) {
  const hdf5::Lock lock;
  RunDiff result;
  {
    const Handle file_a = open_audited(a);
    const Handle file_b = open_audited(b);
    const auto paths_a = result_paths(file_a);
    const auto paths_b = result_paths(file_b);
    std::set<std::string> common;
    std::set_intersection(paths_a.begin(), paths_a.end(), paths_b.begin(), paths_b.end(),
                          std::inserter(common, common.end()));
    diff_spikes(file_a, file_b, common, result);
    for (const auto& path : paths_a) {
      if (!common.contains(path)) result.results.push_back({path, "only in the first file"});
    }
    for (const auto& path : paths_b) {
      if (!common.contains(path)) result.results.push_back({path, "only in the second file"});
    }
    for (const auto& path : common) {
      if (path.starts_with("/spikes/")) continue;
      if (auto difference = compare(file_a, file_b, path)) result.results.push_back(std::move(*difference));
    }
  }

  auto of_a = RunReader(a).provenance();
  auto of_b = RunReader(b).provenance();
  for (const auto& [name, text] : of_b) of_a.try_emplace(name);
  for (const auto& [name, text] : of_a) {
    if (text == of_b[name]) continue;
    const bool brief = text.size() + of_b[name].size() < 200;
    result.provenance.push_back({name, brief ? fmt::format("'{}' and '{}'", text, of_b[name]) : "different texts"});
  }
  return result;
}

}  // namespace burgeon
