#include "io/segment.h"

#include <xxhash.h>

#include <algorithm>
#include <system_error>

#include "base/errors.h"
#include "io/audit.h"
#include "io/hdf5.h"
#include "io/posix.h"

namespace burgeon {

namespace {

std::span<const std::byte> bytes_of(const ColumnData& data) {
  return std::visit([](const auto& values) { return std::as_bytes(values); }, data);
}

template <class T>
bool holds(const ColumnData& data) {
  return std::holds_alternative<std::span<const T>>(data);
}

bool fits(Column::Type type, const ColumnData& data) {
  switch (type) {
    case Column::Type::f32:
      return holds<float>(data);
    case Column::Type::f64:
      return holds<double>(data);
    case Column::Type::u32:
      return holds<std::uint32_t>(data);
    case Column::Type::u64:
      return holds<std::uint64_t>(data);
    case Column::Type::u8:
      return holds<std::uint8_t>(data);
  }
  return false;
}

void write_file(const std::filesystem::path& path, std::span<const Table> tables, const SegmentBuffer& buffer) {
  hdf5::Handle file = hdf5::create_file(path);
  for (std::size_t i = 0; i < tables.size(); ++i) {
    hdf5::Handle group = hdf5::create_group(file, std::to_string(i));
    hdf5::write_attribute(group, "name", tables[i].name);
    for (std::size_t j = 0; j < tables[i].columns.size(); ++j) {
      const Column& column = tables[i].columns[j];
      const hdf5::Layout layout{.rows = buffer.rows(i), .width = column.width};
      hdf5::Handle dataset = hdf5::create_dataset(group, column.name, hdf5::stored_type(column.type), layout);
      hdf5::write_rows(dataset, hdf5::memory_type(column.type), 0, layout.rows, buffer.column(i, j).data(),
                       path.string());
      dataset.close(path.string());
    }
    group.close(path.string());
  }
  file.close(path.string());
}

std::uint64_t hash_of(std::span<const std::uint64_t> hashes) { return XXH64(hashes.data(), hashes.size_bytes(), 0); }

std::uint64_t hash_of(std::span<const Table> tables, const SegmentBuffer& buffer) {
  std::vector<std::uint64_t> hashes;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    for (std::size_t j = 0; j < tables[i].columns.size(); ++j) {
      const auto bytes = buffer.column(i, j);
      hashes.push_back(XXH64(bytes.data(), bytes.size(), 0));
    }
  }
  return hash_of(hashes);
}

void verify_file(const std::filesystem::path& path, const ManifestEntry& entry, std::span<const Table> tables) {
  const auto refuse = [&](const char* why) {
    throw EnvironmentError("segment '" + path.string() + "' is damaged: " + why);
  };
  const hdf5::Handle file = hdf5::open_file(path);
  audit(file, path);
  if (std::filesystem::file_size(path) != entry.bytes) refuse("it has another size");
  if (entry.rows.size() != tables.size()) refuse("it has other tables");

  std::vector<std::uint64_t> hashes;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    const hdf5::Handle group = hdf5::open_group(file, std::to_string(i));
    for (const Column& column : tables[i].columns) {
      const hdf5::Handle dataset(hdf5::check(H5Dopen2(group, column.name.c_str(), H5P_DEFAULT), "open", column.name),
                                 H5Dclose);
      if (hdf5::shape_of(dataset).rows() != entry.rows[i]) refuse("it has another number of rows");
      hashes.push_back(hdf5::hash_dataset(dataset, path.string()));
    }
  }
  if (hash_of(hashes) != entry.hash) refuse("it has another hash");
}

}  // namespace

std::size_t row_bytes(const Column& column) { return hdf5::size_of(column.type) * column.width; }

SegmentBuffer::SegmentBuffer(std::span<const Table> tables) {
  for (const auto& table : tables) tables_.push_back({0, std::vector<std::vector<std::byte>>(table.columns.size())});
}

void SegmentBuffer::append(const Table& table, std::size_t index, std::span<const ColumnData> columns) {
  expect(columns.size() == table.columns.size(), "one span per column");
  Rows& rows = tables_[index];
  const std::size_t added = bytes_of(columns[0]).size() / row_bytes(table.columns[0]);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    expect(fits(table.columns[i].type, columns[i]), "values have the column's type");
    expect(bytes_of(columns[i]).size() == added * row_bytes(table.columns[i]), "columns have equally many rows");
  }

  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto bytes = bytes_of(columns[i]);
    rows.columns[i].insert(rows.columns[i].end(), bytes.begin(), bytes.end());
    bytes_ += bytes.size();
  }
  rows.rows += added;
  // The first column of every kind is time.
  if (added > 0 && holds<double>(columns[0]))
    until_ms_ = std::max(until_ms_, std::get<std::span<const double>>(columns[0]).back());
}

ManifestEntry write_segment(const std::filesystem::path& folder, std::uint64_t number, std::span<const Table> tables,
                            const SegmentBuffer& buffer) {
  const hdf5::Lock lock;
  const std::filesystem::path path = segment_path(folder, number);
  const std::filesystem::path temporary = path.string() + ".tmp";
  posix::require_room(path.parent_path(), buffer.bytes());
  try {
    write_file(temporary, tables, buffer);
    ManifestEntry entry;
    entry.number = number;
    entry.bytes = std::filesystem::file_size(temporary);
    entry.hash = hash_of(tables, buffer);
    for (std::size_t i = 0; i < tables.size(); ++i) entry.rows.push_back(buffer.rows(i));
    entry.until_ms = buffer.until_ms();
    // A close on a full disk can report success: what is on file decides.
    verify_file(temporary, entry, tables);
    posix::publish(temporary, path);
    return entry;
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    throw;
  }
}

void verify_segment(const std::filesystem::path& folder, const ManifestEntry& entry, std::span<const Table> tables) {
  const hdf5::Lock lock;
  verify_file(segment_path(folder, entry.number), entry, tables);
}

}  // namespace burgeon
