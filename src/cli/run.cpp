// burgeon run: a model file -> a folder of results.

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "base/errors.h"
#include "cli/model_arguments.h"
#include "cli/session.h"
#include "io/hdf5_sink.h"
#include "network/graph.h"

namespace burgeon::cli {
namespace {

namespace fs = std::filesystem;

// The steps of a run with their periods: the same list as the comment above the loop in sim/simulation.cpp.
void print_schedule(const Console& console, const ModelSpec& spec, double checkpoint_s) {
  const double dt = spec.run.dt;
  TextTable table({"what", "how often"});
  table.add({"inputs, receptors, neurons", fmt::format("every {} (dt)", human_time(dt))});
  table.add({"exchange and delivery of spikes", "every minimum delay of the network"});
  table.add({"drugs, signals, interventions", "every " + human_time(static_cast<double>(spec.run.slow_tick) * dt)});
  for (const RecordSpec& record : spec.records)
    table.add({"record " + record.name, record.every > 0    ? "every " + human_time(record.every)
                                        : record.at.empty() ? "every spike"
                                                            : "at its times"});
  table.add({"segment and checkpoint", fmt::format("every {} of wall time", human_wall(checkpoint_s))});
  table.print(console);
}

void print_warnings(const Context& context, const ModelSpec& spec) {
  std::vector<Diagnostic> warnings;
  for (const Finding& finding : check_circuit(spec)) {
    if (finding.severity != Finding::Severity::warning) continue;
    Diagnostic warning;
    warning.severity = Diagnostic::Severity::warning;
    warning.path = finding.subject;
    warning.message = finding.subject + ": " + finding.message;
    warnings.push_back(std::move(warning));
  }
  print_diagnostics(context, warnings);
}

// A folder that can't be written must not cost the time to build the network.
void prepare_folder(const fs::path& folder) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (!failure && ::access(folder.c_str(), W_OK | X_OK) != 0) failure = {errno, std::generic_category()};
  if (failure)
    throw EnvironmentError(fmt::format("cannot write to folder '{}': {}", folder.string(), failure.message()));
}

}  // namespace

int run(const Context& context, const RunArguments& arguments) {
  if (!arguments.schedule) context.ranks.join();
  const auto spec = load_model(context, arguments.model);
  if (!spec) return exit_config;
  if (arguments.schedule) {
    print_schedule(context.console, *spec, arguments.checkpoint_s);
    return exit_ok;
  }
  print_warnings(context, *spec);

  const fs::path folder = arguments.out.empty() ? "results" / arguments.model.file.stem() : arguments.out;
  if (context.ranks.first()) prepare_folder(folder);
  const bool taken = context.ranks.first() && !arguments.force && !fs::is_empty(folder);
  if (taken) {
    context.console.error(fmt::format("{} is not empty", folder.string()),
                          "Choose another --out, replace what is there with --force, or go on with 'burgeon resume'.");
  }
  if (context.ranks.any(taken)) return exit_usage;

  const SessionResult result = run_session(context, *spec,
                                           {folder, arguments.threads, arguments.progress, arguments.force,
                                            arguments.checkpoint_s, std::nullopt, arguments.direct});
  return finish(context, folder, result);
}

}  // namespace burgeon::cli
