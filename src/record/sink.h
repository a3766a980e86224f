#pragma once
// Where results go: tables of rows, and now and then all synapses. `io` writes HDF5; `MemorySink` keeps everything for tests and embedding.
//
// A Sink receives tables. Rows are appended in time order, by the leader thread only, once per interval or less often.

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "record/edges.h"

namespace burgeon {

/// One column of a table. A column of width > 1 is a matrix: one row of `width` values per time point.
struct Column {
  enum class Type : std::uint8_t { f32, f64, u32, u64, u8 };
  std::string name;
  std::string unit;
  std::string meaning;
  Type type = Type::f64;
  std::uint64_t width = 1;
};

struct Attribute {
  std::string name;
  std::variant<std::string, double, std::uint64_t, std::vector<std::uint64_t>> value;
};

/// What a table holds decides where it goes in the file (docs/file_format.md).
struct Table {
  enum class Kind : std::uint8_t {
    spikes,    ///< columns timestamps (f64, ms), node_ids (u64); name = population
    series,    ///< columns time (f64, ms) + variables (f64); name = sampling group, e.g. "rates", "drug"
    report,    ///< columns time + one matrix column `data` f32[n]; name = report; attributes population, node_ids, dt
    topology,  ///< columns time, kind, uid, source, target, weight, cause; name = projection
  };
  Kind kind;
  std::string name;
  std::vector<Column> columns;
  std::vector<Attribute> attributes;
};

/// Values for one append: one span per column of the table, in order, each rows * width long, of the column's type.
using ColumnData = std::variant<std::span<const float>, std::span<const double>, std::span<const std::uint32_t>,
                                std::span<const std::uint64_t>, std::span<const std::uint8_t>>;

/// A scalar that ends in /run/summary.
struct Measure {
  std::string name;
  double value;
  std::string unit;
  std::string meaning;
};

/// What is known when a run ends.
struct RunEnd {
  bool complete = false;  ///< ran to its end (false: interrupted, failed)
  std::vector<Measure> summary;
  std::vector<Attribute> provenance;  ///< result_hash, wall time, ...
};

class Sink {
 public:
  virtual ~Sink() = default;
  /// Adds a table; returns its handle. All tables are declared before the first append.
  virtual std::size_t declare(const Table& table) = 0;
  /// Appends rows. Throws EnvironmentError when the storage fails.
  virtual void append(std::size_t table, std::span<const ColumnData> columns) = 0;
  /// Takes the synapses of some projections. The same snapshot may come again after a run was resumed. Sinks that keep rows
  /// only do nothing.
  virtual void snapshot(const EdgeSnapshot&) {}
  /// Ends the run. Throws EnvironmentError.
  virtual void close(const RunEnd& end) = 0;
};

/// Keeps everything in memory.
class MemorySink final : public Sink {
 public:
  struct Stored {
    Table table;
    std::vector<std::vector<double>> columns;  ///< all types widened to double, row-major for matrices
  };
  std::size_t declare(const Table& table) override;
  void append(std::size_t table, std::span<const ColumnData> columns) override;
  void snapshot(const EdgeSnapshot& edges) override { snapshots_.push_back(edges); }
  void close(const RunEnd& end) override { end_ = end; }

  [[nodiscard]] const std::vector<Stored>& tables() const { return tables_; }
  /// Table by kind and name; throws std::out_of_range.
  [[nodiscard]] const Stored& table(Table::Kind kind, const std::string& name) const;
  [[nodiscard]] const std::vector<EdgeSnapshot>& snapshots() const { return snapshots_; }
  [[nodiscard]] const RunEnd& end() const { return end_; }

 private:
  std::vector<Stored> tables_;
  std::vector<EdgeSnapshot> snapshots_;
  RunEnd end_;
};

}  // namespace burgeon
