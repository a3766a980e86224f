#pragma once
// The runs of a sweep as one table, and the books that must balance: planned = done + failed + pending.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "sweep/design.h"
#include "sweep/run_store.h"
#include "sweep/runner.h"

namespace burgeon {

struct SweepTable {
  struct Row {
    std::string id;
    RunState state = RunState::pending;
    std::string problem, message;
  };
  struct Output {
    std::string name, unit;
    bool known = true;  ///< some record has it
  };
  std::vector<Row> rows;        ///< in the order of the plan
  std::vector<Output> outputs;  ///< as the sweep file lists them, or every measure in alphabetical order
  std::vector<double> values;   ///< [runs, outputs], row-major; NaN where not done
  std::size_t done = 0, failed = 0, pending = 0;

  [[nodiscard]] std::vector<double> column(std::size_t output) const;
};

/// What is wrong with the folder beyond runs that are still to be done; each a sentence for people.
struct Alarm {
  std::string id;
  std::string what;
};

/// Reads every record. Two passes, so that memory holds the table and never all records.
[[nodiscard]] SweepTable collate(const SweepPlan& plan, const std::vector<RunIdentity>& names, const RunStore& store);

/// Looks for what must not be: different results of one run, an output that no run has, books that do not balance, record
/// files that do not prove themselves.
[[nodiscard]] std::vector<Alarm> verify(const SweepPlan& plan, const SweepTable& table, const RunStore& store);

/// One row per run: axes, replicate, seed, status, outputs. Numbers with all digits; empty cells where there is none.
[[nodiscard]] std::string to_csv(const SweepPlan& plan, const SweepTable& table);

/// NumPy array of doubles [rows, columns], format 1.0, as the bytes of a .npy file.
[[nodiscard]] std::string to_npy(const std::vector<double>& values, std::size_t rows, std::size_t columns);

/// The runs that are done, for simulation-based inference: theta [n, axes] (logarithms of log axes are left to the reader)
/// and x [n, outputs].
struct TrainingSet {
  std::size_t rows = 0;
  std::vector<double> theta, x;
};
[[nodiscard]] TrainingSet training_set(const SweepPlan& plan, const SweepTable& table);

/// sweep.h5; bytes depend on the plan and the results alone. Series, where they are kept, are referred to in the store.
/// Throws EnvironmentError.
void write_sweep_h5(const std::filesystem::path& file, const SweepPlan& plan, const SweepTable& table,
                    const RunStore* store = nullptr);

}  // namespace burgeon
