// burgeon resume: go on from the last checkpoint. burgeon reproduce: run again and compare.

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/errors.h"
#include "cli/compare.h"
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
  context.ranks.join();
  const fs::path config = arguments.folder / "config.toml";
  std::ifstream file(config);
  if (!file) throw EnvironmentError(fmt::format("open {}: no run in this folder", config.string()));
  std::stringstream text;
  text << file.rdbuf();

  if (read_run_state(arguments.folder).finished) {
    // A run that died right after its end may have left files that only a resume needs.
    std::error_code ignored;
    for (const char* name : {"checkpoints", "segments"})
      if (context.ranks.first()) fs::remove_all(arguments.folder / name, ignored);
    if (!context.console.json())
      context.console.note(fmt::format("{} is complete; nothing to do.", arguments.folder.string()));
    return exit_ok;
  }
  const auto spec = stored_model(context, text.str(), config.string());
  if (!spec) return exit_config;

  Session session{arguments.folder,       arguments.threads,
                  arguments.progress,     false,
                  arguments.checkpoint_s, newest_checkpoint(arguments.folder)};
  session.overwrite = !session.checkpoint;
  if (!context.console.json())
    context.console.note(
        session.checkpoint
            ? fmt::format("Going on at {}.", human_time(static_cast<double>(session.checkpoint->step) * spec->run.dt))
            : "No checkpoint yet: starting from the beginning.");
  return finish(context, arguments.folder, run_session(context, *spec, session));
}

int reproduce(const Context& context, const ContinueArguments& arguments) {
  context.ranks.join();
  const fs::path stored = fs::is_directory(arguments.folder) ? arguments.folder / "run.h5" : arguments.folder;
  const RunReader reader(stored);
  if (!reader.complete()) throw EnvironmentError(fmt::format("{}: the run is not complete", stored.string()));
  const auto provenance = reader.provenance();
  if (!provenance.contains("config_source") || !provenance.contains("result_hash"))
    throw EnvironmentError(fmt::format("{}: model or result hash is missing in it", stored.string()));
  const auto spec = stored_model(context, provenance.at("config_source"), stored.string());
  if (!spec) return exit_config;

  // Nothing is kept of a run that came to the same, nor of one that did not come to its end.
  const fs::path again = stored.parent_path() / "reproduced";
  const SessionResult result = run_session(
      context, *spec, {again, arguments.threads, arguments.progress, true, arguments.checkpoint_s, std::nullopt});
  if (!context.ranks.first()) return exit_ok;
  if (!result.complete) {
    fs::remove_all(again);
    context.console.error("interrupted; nothing was compared");
    return exit_interrupted;
  }
  const std::string then = provenance.at("result_hash"), now = hash_text(result.hash);
  const bool same = then == now && compare_results(arguments.folder, again).same_results();
  if (context.console.json()) {
    const nlohmann::json object = {{"same", same}, {"then", then}, {"now", now}};
    context.console.out(object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  } else {
    context.console.out(same ? fmt::format("Same result: {}", now)
                             : fmt::format("DIFFERENT: {} then, {} now. 'burgeon diff {} {}' shows where.", then, now,
                                           stored.string(), (again / "run.h5").string()));
  }
  if (same) fs::remove_all(again);
  return same ? exit_ok : exit_different;
}

}  // namespace burgeon::cli
