// burgeon sweep run: carries out what has no result yet, with progress and a log.

#include <fmt/format.h>

#include <charconv>
#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/errors.h"
#include "cli/machine.h"
#include "cli/sweep.h"
#include "sweep/runner.h"

namespace burgeon::cli {
namespace {

std::atomic<bool> stop_requested{false};

/// The second signal ends the process at once: what is published stays, the rest is run again.
extern "C" void on_sweep_signal(int number) {
  stop_requested.store(true);
  std::signal(number, SIG_DFL);
}

/// "2/8" -> {2, 8}.
std::optional<std::pair<std::uint64_t, std::uint64_t>> parse_shard(const std::string& text) {
  if (text.empty()) return std::pair{std::uint64_t{0}, std::uint64_t{1}};
  std::uint64_t i = 0, n = 0;
  const char* end = text.data() + text.size();
  const auto [slash, first] = std::from_chars(text.data(), end, i);
  if (first != std::errc() || slash == end || *slash != '/') return std::nullopt;
  const auto [rest, second] = std::from_chars(slash + 1, end, n);
  if (second != std::errc() || rest != end || i >= n) return std::nullopt;
  return std::pair{i, n};
}

/// What is happening, on standard error; what happened, in <folder>/logs/<time>-<process>.jsonl.
class RunLog {
 public:
  RunLog(const Context& context, const SweepRunArguments& arguments, const SweepPlan& plan)
      : console_(context.console),
        plan_(plan),
        style_(context.console.quiet() ? ProgressStyle::none : arguments.progress) {
    // Ours alone, so that processes which share the folder don't mix their lines.
    const auto folder = sweep_folder(arguments.sweep) / "logs";
    std::error_code code;
    std::filesystem::create_directories(folder, code);
    const auto name =
        fmt::format("{}-{}.jsonl", std::chrono::system_clock::now().time_since_epoch().count(), ::getpid());
    file_.open(folder / name);
  }

  void event(const RunEvent& event) {
    constexpr const char* states[] = {"pending", "done", "failed", "unrecorded"};
    const char* state = states[static_cast<std::size_t>(event.state)];
    if (!event.executed && event.state != RunState::unrecorded) return;
    nlohmann::ordered_json line = {{"run", event.run}, {"id", event.id}, {"state", state}, {"wall_s", event.wall_s}};
    const auto values = plan_.values(event.run);
    for (std::size_t a = 0; a < plan_.axes(); ++a)
      line["point"][plan_.spec.axes[a].name] = plan_.spec.axes[a].text(values[a]);
    line["replicate"] = plan_.replicate_of(event.run);
    if (event.duplicate) line["duplicate"] = true;
    if (!event.problem.empty()) {
      line["problem"] = event.problem;
      line["message"] = event.message;
    }
    const std::string text = line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    file_ << text << '\n' << std::flush;
    if (event.state == RunState::done || style_ == ProgressStyle::none) return;
    clear();
    console_.note(fmt::format("run {} {}: {}: {}", event.run, state, event.problem, event.message));
  }

  void progress(const SweepProgress& p) {
    if (style_ == ProgressStyle::none) return;
    const bool end = p.done + p.failed == p.planned;
    if (style_ == ProgressStyle::jsonl) {
      nlohmann::ordered_json line = {
          {"planned", p.planned}, {"done", p.done}, {"failed", p.failed}, {"wall_s", p.wall_s}};
      line["remaining_s"] = std::isfinite(p.remaining_s) ? nlohmann::ordered_json(p.remaining_s) : nullptr;
      console_.note(line.dump());
      return;
    }
    // A terminal line is rewritten; elsewhere a line every ten seconds.
    const bool live = console_.live() && style_ == ProgressStyle::automatic;
    if (!live && !end && p.wall_s - last_ < 10.0) return;
    last_ = p.wall_s;
    const std::string text = fmt::format("{} of {} runs done{}, {} elapsed, {} left", p.done, p.planned,
                                         p.failed > 0 ? fmt::format(", {} failed", p.failed) : "", human_wall(p.wall_s),
                                         human_wall(p.remaining_s));
    if (live) {
      fmt::print(stderr, "\r\x1b[K{}{}", text, end ? "\n" : "");
      drawn_ = !end;
    } else {
      console_.note(text);
    }
  }

  void clear() {
    if (drawn_) fmt::print(stderr, "\r\x1b[K");
    drawn_ = false;
  }

 private:
  const Console& console_;
  const SweepPlan& plan_;
  ProgressStyle style_;
  std::ofstream file_;
  double last_ = -1e9;
  bool drawn_ = false;
};

void report(const Context& context, const SweepOutcome& o, unsigned workers) {
  // What was not spent in a simulation: reading models, claims, records, waiting for the last run.
  const double offered = o.wall_s * workers;
  if (context.console.json()) {
    const nlohmann::ordered_json object = {
        {"planned", o.planned}, {"done", o.done},         {"failed", o.failed},
        {"pending", o.pending}, {"executed", o.executed}, {"duplicates", o.duplicates},
        {"wall_s", o.wall_s},   {"workers", workers},     {"simulation_s", o.simulation_s},
        {"stopped", o.stopped}};
    context.console.out(object.dump());
    return;
  }
  std::string line = fmt::format("{} planned = {} done + {} failed + {} pending; {} run now in {}", o.planned, o.done,
                                 o.failed, o.pending, o.executed, human_wall(o.wall_s));
  if (o.executed > 0)
    line += fmt::format(", {:.0f} % of the threads' time in simulations", 100.0 * o.simulation_s / offered);
  if (o.duplicates > 0) line += fmt::format("; {} of them twice", o.duplicates);
  context.console.out(line + ".");
}

}  // namespace

int sweep_run(const Context& context, const SweepRunArguments& arguments) {
  const auto shard = parse_shard(arguments.shard);
  if (!shard) {
    context.console.error("--shard " + arguments.shard + " is not of the form i/n with 0 <= i < n");
    return exit_usage;
  }
  const auto plan = load_sweep(context, arguments.sweep);
  if (!plan || !outputs_known(context, *plan)) return exit_config;

  SweepRunOptions options;
  options.folder = sweep_folder(arguments.sweep);
  // Under mpirun or srun every rank works on the same folder like any other process; no messages are needed.
  options.workers = arguments.sweep.workers > 0 ? arguments.sweep.workers : default_threads();
  options.lease_s = arguments.lease_s;
  options.shard = shard->first;
  options.shards = shard->second;
  options.retry = arguments.retry;
  options.engine = engine_generation();
  options.stop = &stop_requested;
  std::signal(SIGINT, on_sweep_signal);
  std::signal(SIGTERM, on_sweep_signal);
  RunLog log(context, arguments, *plan);
  options.event = [&](const RunEvent& event) { log.event(event); };
  options.progress = [&](const SweepProgress& progress) { log.progress(progress); };

  const SweepOutcome outcome = run_sweep(*plan, context.catalogue, options);
  log.clear();
  report(context, outcome, options.workers);
  if (outcome.stopped && outcome.pending > 0) return exit_interrupted;
  return outcome.failed + outcome.pending > 0 ? exit_sweep : exit_ok;
}

}  // namespace burgeon::cli
