#pragma once
// The sink of a sweep's runs: keeps one number per output and nothing else, however long the run, unless the series
// themselves are wanted.

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "record/sink.h"
#include "sweep/sweep_spec.h"

namespace burgeon {

/// An output names a series that the run does not record.
class UnknownSeries : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class SeriesSink final : public Sink {
 public:
  /// Takes the outputs that come from series; the outputs outlive the sink. Tables of series also go to `series`, if any.
  explicit SeriesSink(const std::vector<Output>& outputs, Sink* series = nullptr);

  std::size_t declare(const Table& table) override;
  /// Throws UnknownSeries at the first call, when all tables are known: no need to wait for the end of the run.
  void append(std::size_t table, std::span<const ColumnData> columns) override;
  void close(const RunEnd&) override { check(); }

  /// One measure per series output, in order; NaN when no sample fell into the window.
  [[nodiscard]] std::vector<Measure> measures() const;

 private:
  struct Reduction {
    const Output* output;
    std::size_t table = 0, column = 0;  ///< column 0 (time) = not found yet
    std::string unit;
    double count = 0.0, sum = 0.0, low = 0.0, high = 0.0, last = 0.0;
    double last_time = 0.0, time_of_high = 0.0, time_above = 0.0;  ///< ms
    double after = 0.0, after_time = -1.0;                         ///< first sample behind the window
  };
  void check();

  std::vector<Reduction> reductions_;
  Sink* series_;
  std::vector<std::optional<std::size_t>> passed_on_;  ///< by table: its handle in the other sink
  bool checked_ = false;
  std::size_t tables_ = 0;
};

}  // namespace burgeon
