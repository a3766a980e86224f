// burgeon plot: hands the result files to scripts/plot.py, which reads them without the core.

#include <fmt/format.h>

#include "base/errors.h"
#include "cli/commands.h"
#include "cli/process.h"

namespace burgeon::cli {

int plot(const Context& context, const PlotArguments& arguments) {
  // What the script would stumble over is told first, in fewer words.
  for (const auto& run : arguments.runs)
    if (!std::filesystem::exists(run)) throw EnvironmentError(fmt::format("{}: no such file or folder", run.string()));
  const auto script = find_script("plot.py");
  if (!script) throw EnvironmentError("plot.py not found: run from the source tree, or install burgeon");
  const auto python = find_python();
  if (!python) {
    context.console.error("no Python with numpy, h5py and matplotlib found",
                          "Install python3-numpy python3-h5py python3-matplotlib, or name one in BURGEON_PYTHON.");
    return exit_environment;
  }

  std::vector<std::string> words = {*python,        script->string(), "--kind",
                                    arguments.kind, "--dpi",          std::to_string(arguments.dpi)};
  if (!arguments.out.empty()) words.insert(words.end(), {"--out", arguments.out.string()});
  if (context.console.json()) words.emplace_back("--json");
  words.emplace_back("--");
  for (const auto& run : arguments.runs) words.push_back(run.string());
  // The script has said what was wrong; its exit codes are ours.
  const int code = run_process(words, false);
  return code == exit_ok || code == exit_usage || code == exit_environment ? code : exit_internal;
}

}  // namespace burgeon::cli
