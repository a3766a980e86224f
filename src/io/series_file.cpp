#include "io/series_file.h"

#include <algorithm>

#include "base/errors.h"
#include "io/audit.h"
#include "io/hdf5.h"
#include "io/posix.h"

namespace burgeon {

std::vector<SeriesGroup> series_of(const MemorySink& recorded) {
  std::vector<SeriesGroup> groups;
  for (const MemorySink::Stored& stored : recorded.tables()) {
    if (stored.table.kind != Table::Kind::series) continue;
    SeriesGroup group{stored.table.name, stored.columns[0], {}};
    for (std::size_t c = 1; c < stored.columns.size(); ++c)
      if (const Column& column = stored.table.columns[c]; column.width == 1)
        group.variables.push_back({column.name, column.unit.empty() ? "1" : column.unit, stored.columns[c]});
    groups.push_back(std::move(group));
  }
  return groups;
}

void write_series_file(const std::filesystem::path& path, const std::vector<SeriesGroup>& groups, bool durable) {
  const std::filesystem::path temporary = path.string() + ".tmp";
  {
    const hdf5::Lock lock;
    hdf5::Handle file = hdf5::create_file(temporary);
    hdf5::write_attribute(file, "format", std::string("burgeon-series"));
    const hdf5::Handle run = hdf5::create_group(file, "run");
    const hdf5::Handle series = hdf5::create_group(run, "series");
    for (const SeriesGroup& content : groups) {
      const hdf5::Handle group = hdf5::create_group(series, content.name);
      (void)hdf5::write_dataset(group, "time", std::span<const double>(content.time), "ms");
      for (const auto& variable : content.variables)
        (void)hdf5::write_dataset(group, variable.name, std::span<const double>(variable.values), variable.units);
    }
    file.close(temporary.string());
  }
  if (durable) return posix::publish(temporary, path);
  std::filesystem::rename(temporary, path);
}

std::vector<SeriesGroup> read_series_index(const std::filesystem::path& path) {
  const hdf5::Lock lock;
  const hdf5::Handle file = hdf5::open_file(path);
  audit(file, path);
  const hdf5::Handle run = hdf5::open_group(file, "run");
  const hdf5::Handle series = hdf5::open_group(run, "series");
  std::vector<SeriesGroup> groups;
  for (const std::string& name : hdf5::names(series)) {
    const hdf5::Handle group = hdf5::open_group(series, name);
    SeriesGroup content{name, {}, {}};
    hdf5::for_each_dataset(group, "", [&](const std::string& where, hid_t dataset) {
      const std::string variable = where.substr(where.rfind('/') + 1);
      const hdf5::Shape shape = hdf5::shape_of(dataset);
      if (shape.dims.size() != 1) throw EnvironmentError("'" + path.string() + "': " + where + " is no series");
      if (variable != "time") {
        content.variables.push_back({variable, hdf5::read_text_attribute(dataset, "units"), {}});
        return;
      }
      content.time.resize(shape.rows());
      hdf5::read_rows(dataset, hdf5::memory_type(Column::Type::f64), 0, shape.rows(), content.time.data(),
                      path.string());
    });
    groups.push_back(std::move(content));
  }
  return groups;
}

}  // namespace burgeon
