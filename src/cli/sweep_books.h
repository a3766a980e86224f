#pragma once
// What the commands that read a sweep's results begin with.

#include <optional>

#include "cli/sweep.h"
#include "sweep/collate.h"

namespace burgeon::cli {

struct SweepBooks {
  SweepPlan plan;
  RunStore store;
  SweepTable table;
};

/// Reads the sweep file and every record; empty (and diagnostics printed) when the file is not valid.
[[nodiscard]] std::optional<SweepBooks> open_books(const Context& context, const SweepArguments& arguments);
/// Whether the results may be used: all runs are done, or `partial` and at least one is. Prints why not.
[[nodiscard]] bool covers(const Context& context, const SweepBooks& books, bool partial);

}  // namespace burgeon::cli
