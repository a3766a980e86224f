#pragma once
// A model file as the commands take it: read, with the changes of --set and --seed, and its diagnostics printed.

#include <optional>

#include "cli/commands.h"
#include "spec/read.h"

namespace burgeon::cli {

/// Reads the model; prints every diagnostic. Empty when there is an error (the command then returns exit_config).
[[nodiscard]] std::optional<ModelSpec> load_model(const Context& context, const ModelArguments& arguments);

/// Diagnostics to standard error, as text or as one JSON object a line.
void print_diagnostics(const Context& context, const std::vector<Diagnostic>& diagnostics);

}  // namespace burgeon::cli
