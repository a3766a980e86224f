#pragma once
// The command line: every command and option, in one place.

#include <functional>
#include <string>

#include "cli/commands.h"

namespace burgeon::cli {

/// What was asked for.
struct Request {
  std::function<int(const Context&)> action;  ///< empty: nothing to do (help, version, or a usage error)
  int exit_code = exit_ok;                    ///< when there is no action
  std::string simd;                           ///< empty: the best this processor has
  bool json = false;
  std::string command_line;
};

/// Parses; prints help, the version or usage errors itself.
[[nodiscard]] Request parse_command_line(int argc, char** argv);

/// The commands with their options, for completion: {"run", {"--out", ...}}.
[[nodiscard]] std::vector<std::pair<std::string, std::vector<std::string>>> command_words();

}  // namespace burgeon::cli
