// burgeon resume: go on from the last checkpoint. burgeon reproduce: run again and compare.

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "base/errors.h"
#include "cli/model_arguments.h"
#include "cli/session.h"
#include "io/hdf5_sink.h"
#include "io/run_reader.h"
#include "spec/read.h"

namespace burgeon::cli {
namespace {

namespace fs = std::filesystem;

// The model as the run stored it: one file that needs no other.
std::optional<ModelSpec> stored_model(const Context& context, const std::string& text, const std::string& name) {
  ReadResult result = read_model_text(text, name, context.catalogue);
  print_diagnostics(context, result.diagnostics);
  return std::move(result.spec);
}

}  // namespace

int resume(const Context& context, const ContinueArguments& arguments) {
  const fs::path config = arguments.folder / "config.toml";
  std::ifstream file(config);
  if (!file) throw EnvironmentError(fmt::format("open {}: no run in this folder", config.string()));
  std::stringstream text;
  text << file.rdbuf();

  if (read_run_state(arguments.folder).finished) {
    context.console.note(fmt::format("{} is complete; nothing to do.", arguments.folder.string()));
    return exit_ok;
  }
  const auto spec = stored_model(context, text.str(), config.string());
  if (!spec) return exit_config;

  Session session{arguments.folder, arguments.threads, arguments.progress, false, newest_checkpoint(arguments.folder)};
  if (!session.checkpoint) {
    context.console.note("No checkpoint yet: starting from the beginning.");
    session.overwrite = true;
  } else if (!context.console.json()) {
    context.console.note(
        fmt::format("Going on at {}.", human_time(static_cast<double>(session.checkpoint->step) * spec->run.dt)));
  }
  return finish(context, arguments.folder, run_session(context, *spec, session));
}

int reproduce(const Context& context, const ContinueArguments& arguments) {
  const fs::path stored = fs::is_directory(arguments.folder) ? arguments.folder / "run.h5" : arguments.folder;
  const RunReader reader(stored);
  if (!reader.complete()) throw EnvironmentError(fmt::format("{}: the run is not complete", stored.string()));
  const auto provenance = reader.provenance();
  const auto spec = stored_model(context, provenance.at("config_source"), stored.string());
  if (!spec) return exit_config;

  const fs::path again = stored.parent_path() / "reproduced";
  fs::create_directories(again);
  const SessionResult result = run_session(context, *spec, {again, arguments.threads, arguments.progress, true, {}});
  if (!result.complete) return finish(context, again, result);
  const std::string then = provenance.at("result_hash"), now = hash_text(result.hash);
  const bool same = then == now && burgeon::diff(stored, again / "run.h5").same_results();
  if (context.console.json()) {
    context.console.out(fmt::format(R"({{"same": {}, "then": "{}", "now": "{}"}})", same, then, now));
  } else {
    context.console.out(same ? fmt::format("Same result: {}", now)
                             : fmt::format("DIFFERENT: {} then, {} now. 'burgeon diff {} {}' shows where.", then, now,
                                           stored.string(), (again / "run.h5").string()));
  }
  if (same) fs::remove_all(again);
  return same ? exit_ok : exit_numerical;
}

}  // namespace burgeon::cli
