#include "io/run_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/errors.h"
#include "io/audit.h"
#include "io/hdf5.h"

namespace burgeon {

namespace {

using hdf5::Handle;

Handle open_dataset(hid_t group, const std::string& name) {
  return {hdf5::check(H5Dopen2(group, name.c_str(), H5P_DEFAULT), "open", name), H5Dclose};
}

template <class T>
std::vector<T> read_column(hid_t group, const std::string& name, hid_t type) {
  const Handle dataset = open_dataset(group, name);
  const hdf5::Shape shape = hdf5::shape_of(dataset);
  const Handle stored(hdf5::check(H5Dget_type(dataset), "read the type of", name), H5Tclose);
  if (H5Tget_class(stored) == H5T_STRING || shape.dims.size() > 2)
    throw EnvironmentError("'" + name + "' is no column of numbers");
  // An enumeration is read as the integer it is stored as.
  if (H5Tget_class(stored) == H5T_ENUM) {
    std::vector<std::uint8_t> raw(shape.rows());
    if (H5Tget_size(stored) != 1 || shape.dims.size() != 1)
      throw EnvironmentError("'" + name + "' is an unusual enumeration");
    hdf5::read_rows(dataset, stored, 0, shape.rows(), raw.data(), name);
    return {raw.begin(), raw.end()};
  }
  std::vector<T> values(shape.rows() * (shape.row_bytes() / shape.item));
  if (shape.dims.empty()) {
    hdf5::check(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), "read", name);
  } else if (!values.empty()) {
    hdf5::read_rows(dataset, type, 0, shape.rows(), values.data(), name);
  }
  return values;
}

std::vector<Variable> read_variables(hid_t group) {
  std::vector<Variable> variables;
  for (const auto& name : hdf5::names(group)) {
    const Handle dataset = open_dataset(group, name);
    const hdf5::Shape shape = hdf5::shape_of(dataset);
    Variable variable{
        .name = name, .unit = {}, .meaning = {}, .width = shape.dims.size() > 1 ? shape.dims[1] : 1, .values = {}};
    variable.unit = hdf5::read_text_attribute(dataset, "units");
    variable.meaning = hdf5::read_text_attribute(dataset, "long_name");
    variable.values = read_column<double>(group, name, H5T_NATIVE_DOUBLE);
    variables.push_back(std::move(variable));
  }
  return variables;
}

/// Attribute of any plain type as text.
std::string attribute_text(hid_t object, const char* name) {
  const Handle attribute(hdf5::check(H5Aopen(object, name, H5P_DEFAULT), "open attribute", name), H5Aclose);
  const Handle type(hdf5::check(H5Aget_type(attribute), "read the type of attribute", name), H5Tclose);
  switch (H5Tget_class(type)) {
    case H5T_STRING:
      return hdf5::read_text_attribute(object, name);
    case H5T_INTEGER:
      return fmt::format("{}", fmt::join(hdf5::read_u64s_attribute(object, name), " "));
    case H5T_FLOAT: {
      const Handle space(hdf5::check(H5Aget_space(attribute), "read the shape of attribute", name), H5Sclose);
      if (H5Sget_simple_extent_npoints(space) != 1) return "(array)";
      double value = 0.0;
      hdf5::check(H5Aread(attribute, H5T_NATIVE_DOUBLE, &value), "read attribute", name);
      return fmt::format("{}", value);
    }
    default:
      return "(unusual type)";
  }
}

herr_t collect_attribute(hid_t, const char* name, const H5A_info_t*, void* out) {
  static_cast<std::vector<std::string>*>(out)->emplace_back(name);
  return 0;
}

}  // namespace

struct RunReader::Impl {
  Handle file;
  [[nodiscard]] Handle group(const std::string& path) const { return hdf5::open_group(file, path); }
};

RunReader::RunReader(const std::filesystem::path& path) : impl_(std::make_unique<Impl>()) {
  const hdf5::Lock lock;
  Handle file = hdf5::open_file(path);
  audit(file, path);
  if (hdf5::read_text_attribute(file, "format") != "burgeon") {
    throw EnvironmentError("'" + path.string() + "' is not a result file of burgeon");
  }
  impl_->file = std::move(file);
  const auto version = format_version();
  if (version.size() != 3 || version[0] != 1) {
    throw EnvironmentError("'" + path.string() + "' has a format version this program doesn't know");
  }
}

RunReader::~RunReader() {
  const hdf5::Lock lock;
  impl_.reset();
}

bool RunReader::complete() const {
  const hdf5::Lock lock;
  return hdf5::read_u64_attribute(impl_->file, "complete") == 1;
}

std::vector<std::uint64_t> RunReader::format_version() const {
  const hdf5::Lock lock;
  return hdf5::read_u64s_attribute(impl_->file, "format_version");
}

std::vector<PopulationInfo> RunReader::populations() const {
  const hdf5::Lock lock;
  std::vector<PopulationInfo> result;
  const Handle nodes = impl_->group("nodes");
  for (const auto& name : hdf5::names(nodes)) {
    const Handle group = hdf5::open_group(nodes, name);
    const Handle ids = open_dataset(group, "node_id");
    result.push_back({.name = name,
                      .model = hdf5::read_text_attribute(group, "model"),
                      .size = hdf5::shape_of(ids).rows(),
                      .first_id = hdf5::read_u64_attribute(group, "first_id")});
  }
  // In the order of their ids, as the network has them.
  std::sort(result.begin(), result.end(), [](const auto& a, const auto& b) { return a.first_id < b.first_id; });
  return result;
}

std::vector<std::string> RunReader::spiking() const {
  const hdf5::Lock lock;
  return hdf5::names(impl_->group("spikes"));
}

std::uint64_t RunReader::spike_count(const std::string& population) const {
  const hdf5::Lock lock;
  return hdf5::shape_of(open_dataset(impl_->group("spikes/" + population), "timestamps")).rows();
}

SpikeData RunReader::spikes(const std::string& population) const {
  const hdf5::Lock lock;
  const Handle group = impl_->group("spikes/" + population);
  SpikeData data{read_column<double>(group, "timestamps", H5T_NATIVE_DOUBLE),
                 read_column<std::uint64_t>(group, "node_ids", H5T_NATIVE_UINT64)};
  if (data.timestamps.size() != data.node_ids.size())
    throw EnvironmentError("spikes of '" + population + "': columns differ in length");
  return data;
}

std::vector<std::string> RunReader::series_groups() const {
  const hdf5::Lock lock;
  return hdf5::names(impl_->group("run/series"));
}

std::vector<Variable> RunReader::series(const std::string& group) const {
  const hdf5::Lock lock;
  return read_variables(impl_->group("run/series/" + group));
}

std::vector<std::string> RunReader::topologies() const {
  const hdf5::Lock lock;
  return hdf5::names(impl_->group("run/topology"));
}

std::vector<Variable> RunReader::topology(const std::string& projection) const {
  const hdf5::Lock lock;
  return read_variables(impl_->group("run/topology/" + projection));
}

std::vector<Measure> RunReader::summary() const {
  const hdf5::Lock lock;
  std::vector<Measure> measures;
  for (auto& variable : read_variables(impl_->group("run/summary"))) {
    if (variable.values.size() != 1) throw EnvironmentError("measure '" + variable.name + "' is not one number");
    measures.push_back({variable.name, variable.values[0], variable.unit, variable.meaning});
  }
  return measures;
}

std::map<std::string, std::string> RunReader::provenance() const {
  const hdf5::Lock lock;
  const Handle group = impl_->group("run/provenance");
  std::map<std::string, std::string> result;
  for (const auto& name : hdf5::names(group))
    result[name] = fmt::format("{}", fmt::join(hdf5::read_texts(group, name), " "));

  std::vector<std::string> attributes;
  hdf5::check(H5Aiterate2(group, H5_INDEX_NAME, H5_ITER_INC, nullptr, collect_attribute, &attributes), "list",
              "attributes");
  for (const auto& name : attributes) result[name] = attribute_text(group, name.c_str());
  return result;
}

}  // namespace burgeon
