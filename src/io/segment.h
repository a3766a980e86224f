#pragma once
// A segment: the rows of all tables between two cuts, in one uncompressed HDF5 file that never changes once it has its name.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "io/manifest.h"
#include "record/sink.h"

namespace burgeon {

/// Rows waiting to be written.
class SegmentBuffer {
 public:
  explicit SegmentBuffer(std::span<const Table> tables);

  /// Copies rows in. Precondition: types and lengths fit the table.
  void append(const Table& table, std::size_t index, std::span<const ColumnData> columns);

  [[nodiscard]] std::uint64_t rows(std::size_t table) const { return tables_[table].rows; }
  [[nodiscard]] std::span<const std::byte> column(std::size_t table, std::size_t column) const {
    return tables_[table].columns[column];
  }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] double until_ms() const { return until_ms_; }

 private:
  struct Rows {
    std::uint64_t rows = 0;
    std::vector<std::vector<std::byte>> columns;
  };
  std::vector<Rows> tables_;
  std::size_t bytes_ = 0;
  double until_ms_ = 0.0;
};

/// Writes segment `number`, reads it back, publishes it. Returns its manifest entry (without checkpoint).
/// Throws EnvironmentError; then nothing is left behind.
[[nodiscard]] ManifestEntry write_segment(const std::filesystem::path& folder, std::uint64_t number,
                                          std::span<const Table> tables, const SegmentBuffer& buffer);

/// Throws EnvironmentError unless the segment is there with the size, rows and hash of its manifest entry.
void verify_segment(const std::filesystem::path& folder, const ManifestEntry& entry, std::span<const Table> tables);

/// Bytes of one row of a column.
[[nodiscard]] std::size_t row_bytes(const Column& column);

}  // namespace burgeon
