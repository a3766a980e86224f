// burgeon run: a model file -> a folder of results.

#include <fmt/format.h>

#include "base/errors.h"
#include "cli/model_arguments.h"
#include "cli/session.h"
#include "io/hdf5_sink.h"
#include "network/graph.h"

namespace burgeon::cli {
namespace {

// The steps of a run with their periods: the same list as the comment above the loop in sim/simulation.cpp.
void print_schedule(const Console& console, const ModelSpec& spec) {
  const double dt = spec.run.dt;
  TextTable table({"what", "how often"});
  table.add({"inputs, receptors, neurons", fmt::format("every {} (dt)", human_time(dt))});
  table.add({"exchange and delivery of spikes", "every minimum delay of the network"});
  table.add({"drugs, signals, interventions", "every " + human_time(static_cast<double>(spec.run.slow_tick) * dt)});
  for (const RecordSpec& record : spec.records)
    table.add({"record " + record.name, record.every > 0 ? "every " + human_time(record.every) : "every spike"});
  table.add({"segment and checkpoint", fmt::format("every {} of wall time", human_wall(spec.run.segment_wall_s))});
  table.print(console);
}

void print_findings(const Console& console, const ModelSpec& spec) {
  for (const Finding& finding : check_circuit(spec))
    if (finding.severity == Finding::Severity::warning)
      console.note(fmt::format("{} {}: {}", console.paint("warning:", Ink::yellow), finding.subject, finding.message));
}

}  // namespace

int run(const Context& context, const RunArguments& arguments) {
  const auto spec = load_model(context, arguments.model);
  if (!spec) return exit_config;
  if (arguments.schedule) {
    print_schedule(context.console, *spec);
    return exit_ok;
  }
  print_findings(context.console, *spec);

  // A folder that can't be written must not cost the time to build the network.
  const auto folder =
      arguments.out.empty() ? std::filesystem::path("results") / arguments.model.file.stem() : arguments.out;
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) throw EnvironmentError(fmt::format("create {}: {}", folder.string(), failure.message()));
  if (!arguments.force && !std::filesystem::is_empty(folder)) {
    context.console.error(fmt::format("{} is not empty", folder.string()),
                          "Choose another --out, replace what is there with --force, or go on with 'burgeon resume'.");
    return exit_usage;
  }

  const SessionResult result =
      run_session(context, *spec, {folder, arguments.threads, arguments.progress, arguments.force, {}});
  return finish(context, folder, result);
}

}  // namespace burgeon::cli
