#pragma once
// Other programs, and files that belong to burgeon but not to its executable.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace burgeon::cli {

/// Runs a program found in PATH and waits. Returns its exit code; 127 when it can't be started, 128 + n when killed by
/// signal n. `quiet`: its output is thrown away.
[[nodiscard]] int run_process(const std::vector<std::string>& words, bool quiet);

/// A Python with numpy, h5py and matplotlib: $BURGEON_PYTHON, then the system's own, then the first in PATH.
[[nodiscard]] std::optional<std::string> find_python();

/// A script such as "plot.py": in scripts/ of the source tree around the executable or the current folder, or in
/// share/burgeon/ beside bin/.
[[nodiscard]] std::optional<std::filesystem::path> find_script(const std::string& name);

}  // namespace burgeon::cli
