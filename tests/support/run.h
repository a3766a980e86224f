#pragma once
// Runs a model from TOML text in memory, for tests.

#include <string>
#include <utility>
#include <vector>

#include "base/types.h"
#include "record/sink.h"
#include "sim/simulation.h"
#include "spec/read.h"

namespace burgeon::test {

/// The real catalogue, best instruction set of this CPU.
const Catalogue& real_catalogue();

/// Parses a model; fails the test (and throws) with all diagnostics when it is not valid.
ModelSpec parse(const std::string& text, const std::vector<std::pair<std::string, std::string>>& overrides = {});
/// Same for a file below the source folder, e.g. "models/circuits/wang_decision.toml".
ModelSpec load(const std::string& file, const std::vector<std::pair<std::string, std::string>>& overrides = {});

struct Outcome {
  std::uint64_t hash = 0;
  RunStatistics statistics;
  std::vector<Measure> summary;
  MemorySink sink;

  /// Measure by name; NaN (and a test failure) when there is none.
  [[nodiscard]] double measure(const std::string& name) const;
};

Outcome run(const ModelSpec& spec, SimulationOptions options = {});

}  // namespace burgeon::test
