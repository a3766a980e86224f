#include "cli/model_arguments.h"

#include <fmt/format.h>

#include "base/errors.h"

namespace burgeon::cli {

void print_diagnostics(const Context& context, const std::vector<Diagnostic>& diagnostics) {
  std::size_t errors = 0;
  for (const Diagnostic& diagnostic : diagnostics) {
    errors += diagnostic.severity == Diagnostic::Severity::error ? 1 : 0;
    context.console.note(context.console.json() ? diagnostic_json(diagnostic)
                                                : format_diagnostic(diagnostic, context.console.live()));
  }
  if (errors > 0 && !context.console.json())
    context.console.note(fmt::format("{} error{} found.", errors, errors == 1 ? "" : "s"));
}

std::optional<ModelSpec> load_model(const Context& context, const ModelArguments& arguments) {
  ReadOptions options;
  for (const std::string& item : arguments.set) {
    const std::size_t equals = item.find('=');
    expect(equals != std::string::npos, "--set has a value");
    options.overrides.emplace_back(item.substr(0, equals), item.substr(equals + 1));
  }
  if (arguments.seed) options.overrides.emplace_back("simulation.seed", std::to_string(*arguments.seed));

  ReadResult result = read_model(arguments.file, context.catalogue, options);
  print_diagnostics(context, result.diagnostics);
  return std::move(result.spec);
}

}  // namespace burgeon::cli
