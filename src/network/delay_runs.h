#pragma once
// Delays of rows that nothing edits. A row is sorted by delay, so each delay is kept once for all the synapses that have it.

#include <cstdint>
#include <span>
#include <vector>

namespace burgeon {

/// Synapses of a row that follow each other and have one delay.
struct DelayRun {
  std::uint8_t after = 0;  ///< steps beyond the run before it, beyond 0 for the first of a row
  std::uint8_t count = 0;  ///< synapses: more of them, and longer steps, take further runs
};

/// Delays of the rows of one projection on one slice.
struct DelayRuns {
  std::vector<DelayRun> run;           ///< row after row
  std::vector<std::uint32_t> begin;    ///< [rows + 1]: where the runs of a row begin; empty: no row was appended
  std::vector<std::uint64_t> begin64;  ///< used instead of `begin` when there are 2^32 runs or more

  [[nodiscard]] bool empty() const { return begin.empty() && begin64.empty(); }
  [[nodiscard]] std::span<const DelayRun> row(std::uint64_t i) const {
    return begin64.empty() ? std::span(run.data() + begin[i], run.data() + begin[i + 1])
                           : std::span(run.data() + begin64[i], run.data() + begin64[i + 1]);
  }
  /// Where begin of row i is kept.
  [[nodiscard]] const void* place_of(std::uint64_t i) const {
    return begin64.empty() ? static_cast<const void*>(begin.data() + i) : begin64.data() + i;
  }
  /// Appends a row: its delays in steps, ascending. `narrow_limit`: number of runs from which offsets take 64 bits (lowered by
  /// tests only).
  void append(std::span<const std::uint16_t> delays, std::uint64_t narrow_limit = std::uint64_t{1} << 32);
  /// Delays of row i, one per synapse.
  void expand(std::uint64_t i, std::vector<std::uint16_t>& delays) const;
  void shrink_to_fit();
};

}  // namespace burgeon
