#include "io/table_stream.h"

#include <algorithm>
#include <cstring>

#include "base/errors.h"
#include "io/segment.h"

namespace burgeon {

namespace {

/// Reads any range of rows of one table, crossing segment borders; keeps the current segment open.
class SegmentRows {
 public:
  SegmentRows(const std::filesystem::path& folder, std::span<const ManifestEntry> entries, std::size_t index,
              const Table& table)
      : folder_(folder), entries_(entries), index_(index), table_(table) {}

  /// Rows first ... first + rows - 1 of every column, into blocks[column]. Ranges come in ascending order.
  void read(std::uint64_t first, std::uint64_t rows, std::vector<std::vector<std::byte>>& blocks) {
    std::uint64_t done = 0;
    while (done < rows) {
      while (first + done >= begin_ + entries_[current_].rows[index_]) advance();
      const std::uint64_t offset = first + done - begin_;
      const std::uint64_t n = std::min(rows - done, entries_[current_].rows[index_] - offset);
      read_part(offset, n, done, blocks);
      done += n;
    }
  }

 private:
  void advance() {
    begin_ += entries_[current_].rows[index_];
    ++current_;
    file_ = {};
    ensure(current_ < entries_.size(), "the segments hold all rows");
  }

  void read_part(std::uint64_t offset, std::uint64_t n, std::uint64_t done,
                 std::vector<std::vector<std::byte>>& blocks) {
    const std::filesystem::path path = segment_path(folder_, entries_[current_].number);
    if (!file_.open()) file_ = hdf5::open_file(path);
    const hdf5::Handle group = hdf5::open_group(file_, std::to_string(index_));
    for (std::size_t j = 0; j < table_.columns.size(); ++j) {
      const Column& column = table_.columns[j];
      const hdf5::Handle dataset(hdf5::check(H5Dopen2(group, column.name.c_str(), H5P_DEFAULT), "open", column.name),
                                 H5Dclose);
      std::byte* target = blocks[j].data() + done * row_bytes(column);
      hdf5::read_rows(dataset, hdf5::memory_type(column.type), offset, n, target, path.string());
    }
  }

  const std::filesystem::path& folder_;
  std::span<const ManifestEntry> entries_;
  std::size_t index_;
  const Table& table_;
  std::size_t current_ = 0;
  std::uint64_t begin_ = 0;  ///< first row of the current segment
  hdf5::Handle file_;
};

void observe(TimeRange& range, bool start, std::span<const std::byte> bytes) {
  for (std::size_t i = 0; i < bytes.size(); i += sizeof(double)) {
    double t = 0.0;
    std::memcpy(&t, bytes.data() + i, sizeof t);
    if (start && i == 0) range.first = range.last = t;
    range.ascending = range.ascending && t >= range.last;
    range.last = t;
  }
}

}  // namespace

ColumnTarget::ColumnTarget(hid_t group, const std::string& name, std::string path, const Column& column,
                           std::uint64_t rows, std::uint64_t chunk, hid_t type)
    : path_(std::move(path)),
      type_(hdf5::check(H5Tcopy(type == 0 ? hdf5::memory_type(column.type) : type), "copy the type of", name),
            H5Tclose),
      hash_(XXH64_createState(), XXH64_freeState) {
  const hdf5::Layout layout{.rows = rows, .width = column.width, .chunk_rows = chunk, .matrix = column.name == "data"};
  dataset_ = hdf5::create_dataset(group, name, type == 0 ? hdf5::stored_type(column.type) : type, layout);
  XXH64_reset(hash_.get(), 0);
}

void ColumnTarget::write(std::uint64_t first, std::uint64_t rows, std::span<const std::byte> bytes) {
  hdf5::write_rows(dataset_, type_, first, rows, bytes.data(), path_);
  XXH64_update(hash_.get(), bytes.data(), bytes.size());
}

std::uint64_t total_rows(std::span<const ManifestEntry> entries, std::size_t table) {
  std::uint64_t rows = 0;
  for (const auto& entry : entries) rows += entry.rows[table];
  return rows;
}

std::uint64_t chunk_rows(const Table& table) {
  std::size_t widest = 1;
  for (const auto& column : table.columns) widest = std::max(widest, row_bytes(column));
  const std::uint64_t most = table.kind == Table::Kind::series ? 4096 : 65536;
  return std::clamp<std::uint64_t>((512U << 10) / widest, 1, most);
}

TimeRange stream_table(const std::filesystem::path& folder, std::span<const ManifestEntry> entries, std::size_t index,
                       const Table& table, std::span<ColumnTarget> targets, Hashes& hashes) {
  ensure(targets.size() == table.columns.size(), "a target per column");
  const std::uint64_t rows = total_rows(entries, index);
  const std::uint64_t step = chunk_rows(table);
  std::vector<std::vector<std::byte>> blocks;
  for (const auto& column : table.columns) blocks.emplace_back(std::min(step, rows) * row_bytes(column));

  // Always whole chunks, all columns of one block after the other: the order of writes is the same for any cuts.
  TimeRange range;
  SegmentRows source(folder, entries, index, table);
  for (std::uint64_t first = 0; first < rows; first += step) {
    const std::uint64_t n = std::min(step, rows - first);
    source.read(first, n, blocks);
    for (std::size_t j = 0; j < targets.size(); ++j) {
      const auto bytes = std::span<const std::byte>(blocks[j]).first(n * row_bytes(table.columns[j]));
      targets[j].write(first, n, bytes);
      if (j == 0 && table.columns[0].type == Column::Type::f64) observe(range, first == 0, bytes);
    }
  }
  for (const auto& target : targets) hashes[target.path()] = target.hash();
  return range;
}

}  // namespace burgeon
