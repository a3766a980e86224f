#pragma once
// Two results side by side: run.h5 and, when both are folders, the reports beside it.

#include <filesystem>
#include <set>
#include <string>

#include "cli/commands.h"
#include "io/run_reader.h"

namespace burgeon::cli {

/// The file of a run; of an interrupted one, what is there so far is merged first. Throws EnvironmentError when there is none.
[[nodiscard]] std::filesystem::path result_file(const Context& context, const std::filesystem::path& given);

/// Names of the report files beside a run's run.h5.
[[nodiscard]] std::set<std::string> report_names(const std::filesystem::path& folder);

/// What differs between two folders (their run.h5 has to be there) or two files.
[[nodiscard]] RunDiff compare_results(const std::filesystem::path& a, const std::filesystem::path& b);

/// Do the summary measures agree within a relative tolerance? False when there are none: the runs are not complete.
[[nodiscard]] bool summaries_agree(const RunReader& a, const RunReader& b, double tolerance);

/// Prints the verdict and every difference, as text or JSON.
void print_difference(const Context& context, const RunDiff& difference, bool same, double tolerance);

}  // namespace burgeon::cli
