#pragma once
// The command line: every command and option, in one place.

#include <functional>
#include <string>
#include <vector>

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

/// A command as completion sees it.
struct CommandWords {
  std::string name;
  std::vector<std::string> options;  ///< "--out", ...
  std::vector<CommandWords> below;   ///< commands of a command: those of `sweep`
};

/// All commands with their options.
[[nodiscard]] std::vector<CommandWords> command_words();

}  // namespace burgeon::cli
