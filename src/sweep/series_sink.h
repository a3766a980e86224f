#pragma once
// The sink of a sweep's runs: keeps one number per output and nothing else, however long the run.

#include <string>
#include <vector>

#include "record/sink.h"
#include "sweep/sweep_spec.h"

namespace burgeon {

class SeriesSink final : public Sink {
 public:
  /// Takes the outputs that come from series; the outputs outlive the sink.
  explicit SeriesSink(const std::vector<Output>& outputs);

  std::size_t declare(const Table& table) override;
  void append(std::size_t table, std::span<const ColumnData> columns) override;
  void close(const RunEnd&) override {}

  /// One measure per series output, in order; NaN when no sample fell into the window.
  [[nodiscard]] std::vector<Measure> measures() const;
  /// Series that no table of the run has; known after the tables were declared.
  [[nodiscard]] std::vector<std::string> missing() const;

 private:
  struct Reduction {
    const Output* output;
    std::size_t table = 0, column = 0;  ///< column 0 (time) = not found yet
    std::string unit;
    double count = 0.0, sum = 0.0, low = 0.0, high = 0.0, last = 0.0;
  };
  std::vector<Reduction> reductions_;
  std::size_t tables_ = 0;
};

}  // namespace burgeon
