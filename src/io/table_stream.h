#pragma once
// Rows of one table, from all segments, into datasets: blocks of fixed size, whatever the segments' sizes were.

#include <xxhash.h>

#include <map>
#include <memory>
#include <string>

#include "io/hdf5.h"
#include "io/head.h"
#include "io/manifest.h"

namespace burgeon {

/// xxHash64 of every dataset written, by path.
using Hashes = std::map<std::string, std::uint64_t>;

/// One dataset being filled from one column.
class ColumnTarget {
 public:
  /// `type` is an enumeration to store the values as; 0 = the column's own type.
  ColumnTarget(hid_t group, const std::string& name, std::string path, const Column& column, std::uint64_t rows,
               std::uint64_t chunk_rows, hid_t type = 0);
  void write(std::uint64_t first, std::uint64_t rows, std::span<const std::byte> bytes);
  [[nodiscard]] hid_t dataset() const { return dataset_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::uint64_t hash() const { return XXH64_digest(hash_.get()); }

 private:
  hdf5::Handle dataset_;
  std::string path_;
  hdf5::Handle type_;  ///< in memory
  std::unique_ptr<XXH64_state_t, XXH_errorcode (*)(XXH64_state_t*)> hash_;
};

/// What is known about a time column after it passed by.
struct TimeRange {
  double first = 0.0, last = 0.0;
  bool ascending = true;
};

/// Rows of a table over all segments.
[[nodiscard]] std::uint64_t total_rows(std::span<const ManifestEntry> entries, std::size_t table);
/// Rows of a chunk: about 512 KB for the widest column; fewer for series, which have many columns.
[[nodiscard]] std::uint64_t chunk_rows(const Table& table);

/// Copies all rows of table number `index` to one target per column; adds the targets' hashes.
/// Returns the range of column 0 when it is f64.
TimeRange stream_table(const std::filesystem::path& folder, std::span<const ManifestEntry> entries, std::size_t index,
                       const Table& table, std::span<ColumnTarget> targets, Hashes& hashes);

}  // namespace burgeon
