// burgeon sweep status, verify, collate: the books of a sweep.

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/errors.h"
#include "cli/machine.h"
#include "cli/sweep.h"
#include "cli/sweep_books.h"
#include "io/posix.h"
#include "sweep/fit.h"

namespace burgeon::cli {

std::optional<SweepBooks> open_books(const Context& context, const SweepArguments& arguments) {
  auto plan = load_sweep(context, arguments);
  if (!plan) return std::nullopt;
  const unsigned threads = arguments.workers > 0 ? arguments.workers : processors().usable();
  const auto names = identify_all(*plan, context.catalogue, engine_generation(), threads);
  RunStore store(sweep_folder(arguments));
  SweepTable table = collate(*plan, names, store);
  return SweepBooks{std::move(*plan), std::move(store), std::move(table)};
}

bool covers(const Context& context, const SweepBooks& books, bool partial) {
  const std::size_t missing = books.plan.runs() - books.table.done;
  if (missing == 0 || (partial && books.table.done > 0)) return true;
  context.console.error(fmt::format("{} of {} runs are not done ({} failed, {} pending)", missing, books.plan.runs(),
                                    books.table.failed, books.table.pending),
                        "Finish them with 'burgeon sweep run', or take what there is with --partial.");
  return false;
}

namespace {

int tell(const Context& context, const SweepTable& t, const std::vector<Alarm>* alarms) {
  if (context.console.json()) {
    nlohmann::ordered_json object = {
        {"planned", t.rows.size()}, {"done", t.done}, {"failed", t.failed}, {"pending", t.pending}};
    object["failures"] = nlohmann::json::array();
    for (std::size_t run = 0; run < t.rows.size(); ++run)
      if (t.rows[run].state == RunState::failed)
        object["failures"].push_back(
            {{"run", run}, {"problem", t.rows[run].problem}, {"message", t.rows[run].message}});
    if (alarms) {
      object["alarms"] = nlohmann::json::array();
      for (const Alarm& alarm : *alarms) object["alarms"].push_back({{"id", alarm.id}, {"what", alarm.what}});
    }
    context.console.out(object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  } else {
    context.console.out(
        fmt::format("{} planned = {} done + {} failed + {} pending", t.rows.size(), t.done, t.failed, t.pending));
    // One line per kind of failure, with a run to look at.
    std::map<std::string, std::pair<std::size_t, std::size_t>> kinds;
    for (std::size_t run = 0; run < t.rows.size(); ++run)
      if (t.rows[run].state == RunState::failed)
        ++kinds.try_emplace(t.rows[run].problem + ": " + t.rows[run].message, 0, run).first->second.first;
    for (const auto& [what, count] : kinds)
      context.console.out(fmt::format("  {} x {} (first: run {})", count.first, what, count.second));
    if (alarms)
      for (const Alarm& alarm : *alarms)
        context.console.error(alarm.what + (alarm.id.empty() ? "" : " (run " + alarm.id + ")"));
  }
  if (alarms && !alarms->empty()) return exit_environment;
  return t.done == t.rows.size() ? exit_ok : exit_sweep;
}

/// The runs of a fit: its search is followed through the records, up to the first generation that is not complete.
int tell_fit(const Context& context, const SweepArguments& arguments, const SweepSpec& spec, bool check) {
  const unsigned threads = arguments.workers > 0 ? arguments.workers : processors().usable();
  const RunStore store(sweep_folder(arguments));
  SweepTable all;
  std::vector<Alarm> alarms;
  std::set<std::string> known;
  const RunPlan look = [&](const SweepPlan& plan) -> std::optional<SweepTable> {
    SweepTable table = collate(plan, identify_all(plan, context.catalogue, engine_generation(), threads), store);
    all.rows.insert(all.rows.end(), table.rows.begin(), table.rows.end());
    all.done += table.done;
    all.failed += table.failed;
    all.pending += table.pending;
    if (check)
      for (const Alarm& alarm : verify(plan, table, store))
        if (known.insert(alarm.id + alarm.what).second) alarms.push_back(alarm);
    if (table.pending > 0) return std::nullopt;
    return table;
  };
  const FitResult fit = fit_sweep(spec, look);
  const int code = tell(context, all, check ? &alarms : nullptr);
  context.console.note(fmt::format("{} generations, at most {} runs; {}", fit.generations.size(), spec.fit->budget,
                                   fit.stopped ? "'burgeon sweep fit' goes on with it" : "the fit has ended"));
  // Points that fail come last in their generation: a fit that has ended is complete.
  return code == exit_sweep && !fit.stopped ? exit_ok : code;
}

/// The spec when the file has a [fit].
std::optional<SweepSpec> fit_of(const SweepArguments& arguments) {
  SweepReadResult read = read_sweep(arguments.file);
  return read.spec && read.spec->fit ? std::move(read.spec) : std::nullopt;
}

}  // namespace

int sweep_status(const Context& context, const SweepStatusArguments& arguments) {
  if (const auto fit = fit_of(arguments.sweep)) return tell_fit(context, arguments.sweep, *fit, false);
  const auto books = open_books(context, arguments.sweep);
  return books ? tell(context, books->table, nullptr) : exit_config;
}

int sweep_verify(const Context& context, const SweepStatusArguments& arguments) {
  if (const auto fit = fit_of(arguments.sweep)) return tell_fit(context, arguments.sweep, *fit, true);
  const auto books = open_books(context, arguments.sweep);
  if (!books) return exit_config;
  const auto alarms = verify(books->plan, books->table, books->store);
  return tell(context, books->table, &alarms);
}

int sweep_collate(const Context& context, const SweepCollateArguments& arguments) {
  const auto books = open_books(context, arguments.sweep);
  if (!books) return exit_config;
  const auto alarms = verify(books->plan, books->table, books->store);
  for (const Alarm& alarm : alarms)
    context.console.error(alarm.what + (alarm.id.empty() ? "" : " (run " + alarm.id + ")"));
  if (!alarms.empty()) return exit_environment;
  if (!covers(context, *books, arguments.partial)) return exit_sweep;

  const auto folder = sweep_folder(arguments.sweep);
  std::vector<std::string> written = {"sweep.h5"};
  write_sweep_h5(folder / "sweep.h5", books->plan, books->table, &books->store);
  if (arguments.csv) {
    posix::write_file(folder / "sweep.csv", to_csv(books->plan, books->table));
    written.emplace_back("sweep.csv");
  }
  if (arguments.arrays) {
    const TrainingSet set = training_set(books->plan, books->table);
    posix::write_file(folder / "theta.npy", to_npy(set.theta, set.rows, books->plan.axes()));
    posix::write_file(folder / "x.npy", to_npy(set.x, set.rows, books->table.outputs.size()));
    written.insert(written.end(), {"theta.npy", "x.npy"});
  }
  for (const std::string& name : written) context.console.out((folder / name).string());
  if (books->table.done < books->plan.runs())
    context.console.note(fmt::format("{} of {} runs", books->table.done, books->plan.runs()));
  return exit_ok;
}

}  // namespace burgeon::cli
