#include "cli/session.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/errors.h"
#include "build_info.h"
#include "cli/machine.h"
#include "cli/progress.h"
#include "io/hdf5_sink.h"
#include "network/graph.h"

namespace burgeon::cli {
namespace {

using Clock = std::chrono::steady_clock;

// Set by the handler of SIGINT, SIGTERM and SIGUSR1; a second signal ends the process at once.
std::atomic<bool> stop_requested{false};
std::atomic<bool> on_terminal{false};

extern "C" void on_stop_signal(int number) {
  if (stop_requested.exchange(true)) {
    std::signal(number, SIG_DFL);
    std::raise(number);
    return;
  }
  // The slow tick, where a run can stop, may be some way off.
  constexpr std::string_view text = "\nStopping at the next checkpoint; press again to stop without.\n";
  if (on_terminal) [[maybe_unused]]
    const auto written = ::write(STDERR_FILENO, text.data(), text.size());
}

// Puts the handlers in place for the length of a run. A file that grows beyond its limit (ulimit -f) is a write error like
// any other, and no reason to be killed.
class RunSignals {
 public:
  explicit RunSignals(bool terminal) {
    stop_requested = false;
    on_terminal = terminal;
    interrupt_ = std::signal(SIGINT, on_stop_signal);
    // What mpirun passes on, and what batch systems can be told to send before the time is up.
    std::signal(SIGUSR1, on_stop_signal);
    terminate_ = std::signal(SIGTERM, on_stop_signal);
    file_size_ = std::signal(SIGXFSZ, SIG_IGN);
  }
  ~RunSignals() {
    std::signal(SIGINT, interrupt_);
    std::signal(SIGTERM, terminate_);
    std::signal(SIGXFSZ, file_size_);
    // A request to stop that comes late, while the last rank still ends its run, is granted already.
    std::signal(SIGUSR1, SIG_IGN);
  }
  RunSignals(const RunSignals&) = delete;
  RunSignals& operator=(const RunSignals&) = delete;

 private:
  void (*interrupt_)(int);
  void (*terminate_)(int);
  void (*file_size_)(int);
};

std::string build_json() {
  return nlohmann::json{{"version", build_info::version},       {"git_commit", build_info::git_commit},
                        {"git_dirty", build_info::git_dirty},   {"compiler", build_info::compiler},
                        {"build_type", build_info::build_type}, {"flags", build_info::flags}}
      .dump();
}

RunMetadata metadata(const Context& context, const ModelSpec& spec, const Network& network, unsigned threads) {
  RunMetadata meta;
  meta.config_source = spec.source_text;
  meta.config_resolved_json = spec.canonical_json;
  meta.spec_hash = spec.hash;
  meta.argv = {context.command_line};
  meta.build_json = build_json();
  meta.host_json = host_json();
  meta.engine_version = build_info::version;
  meta.git_commit = build_info::git_commit;
  meta.git_dirty = build_info::git_dirty;
  meta.seed = spec.run.seed;
  meta.threads = threads;
  meta.simd = context.catalogue.simd;
  meta.dt_ms = spec.run.dt;
  meta.duration_ms = static_cast<double>(spec.run.steps) * spec.run.dt;
  for (const Population& population : network.populations)
    meta.populations.push_back({population.spec->name,
                                population.size,
                                std::string(population.spec->model->name),
                                population.first,
                                population.position,
                                {}});
  return meta;
}

// The simulation needs its sink to be made, and the file needs the simulation: the first thing it stores is the network's
// positions. This one stands in until the file is open; on ranks other than 0, which have none, for good.
class LateSink final : public Sink {
 public:
  void attach(Sink* target) { target_ = target; }
  std::size_t declare(const Table& table) override {
    tables_.push_back(table);
    return tables_.size() - 1;
  }
  void declare_all() {
    for (const Table& table : tables_) handles_.push_back(target_->declare(table));
  }
  void append(std::size_t table, std::span<const ColumnData> columns) override {
    if (target_ != nullptr) target_->append(handles_[table], columns);
  }
  void snapshot(const EdgeSnapshot& edges) override {
    if (target_ != nullptr) target_->snapshot(edges);
  }
  void close(const RunEnd& end) override { target_->close(end); }

 private:
  Sink* target_ = nullptr;
  std::vector<Table> tables_;
  std::vector<std::size_t> handles_;
};

// Over several ranks rank 0 needs the whole graph for this, so large ones go without measures of structure.
constexpr std::uint64_t largest_gathered_graph = 250'000'000;  // synapses, 2 bytes or 4 each

std::vector<Measure> full_summary(const Simulation& simulation, Ranks& ranks) {
  std::vector<Measure> summary = simulation.summary();
  const Network& network = simulation.network();
  std::vector<StructuralMeasure> structure;
  if (ranks.alone()) {
    structure = structural_measures(network);
  } else if (network.synapses() <= largest_gathered_graph) {
    const Network graph = gather_graph(network, ranks);
    if (ranks.first()) structure = structural_measures(graph);
  }
  for (const StructuralMeasure& m : structure) summary.push_back({"network." + m.name, m.value, m.unit, m.meaning});
  return summary;
}

// All ranks must run as many threads and go on from the same place.
unsigned agree(const Session& session, Ranks& ranks) {
  struct Plan {
    std::uint64_t threads;
    Step step;
  };
  const Plan mine{session.threads > 0 ? session.threads : default_threads(),
                  session.checkpoint ? session.checkpoint->step : -1};
  std::vector<std::span<const std::byte>> all;
  ranks.all_gather(bytes_of(mine), all);
  std::uint64_t threads = mine.threads;
  for (const auto& bytes : all) {
    Plan other{};
    std::memcpy(&other, bytes.data(), sizeof other);
    threads = std::min(threads, other.threads);
    if (other.step != mine.step)
      throw EnvironmentError(session.folder.string() + ": the ranks do not find the same checkpoint there");
  }
  return static_cast<unsigned>(threads);
}

RunEnd run_end(const SessionResult& result) {
  RunEnd end;
  end.complete = result.complete;
  end.summary = result.summary;
  end.provenance = {{"result_hash", hash_text(result.hash)},
                    {"wall_s", result.statistics.build_s + result.statistics.loop_s},
                    {"build_s", result.statistics.build_s},
                    {"loop_s", result.statistics.loop_s}};
  return end;
}

}  // namespace

std::string hash_text(std::uint64_t hash) { return fmt::format("{:016x}", hash); }

SessionResult run_session(const Context& context, const ModelSpec& spec, const Session& session) {
  Ranks& ranks = context.ranks;
  const unsigned threads = agree(session, ranks);
  ProgressDisplay display(context.console, session.progress);
  const RunSignals signals(context.console.live());
  LateSink late;
  std::unique_ptr<Hdf5Sink> file;  // of rank 0
  Simulation* running = nullptr;
  // A run that began without leaps goes on without.
  const bool leaps = spec.multiscale.enabled && !session.direct &&
                     (!session.checkpoint || session.checkpoint->arrays.contains("multiscale"));
  std::optional<Multiscale> multiscale;
  auto last_cut = Clock::now();

  SimulationOptions options;
  const ReplicaThreads share = leaps ? share_threads(spec, threads) : ReplicaThreads{threads, 1};
  if (leaps && spec.multiscale.replicas > 1 && !ranks.alone())
    throw EnvironmentError(
        "multiscale.replicas: replicas need the whole network in one process; run one, or set it to 1");
  options.threads = share.each;
  options.simd = std::string(context.catalogue.simd);
  // Bursts are not interrupted: a run with leaps stops between two macro steps.
  options.stop = leaps ? nullptr : &stop_requested;
  options.ranks = &ranks;
  options.progress = [&](Progress progress) {
    if (multiscale) progress.remaining_s = multiscale->remaining_s(progress.wall_s);
    display.show(progress);
  };
  // A segment and its checkpoint, now and then: what a crash may cost at most.
  const auto checkpoint = [&] {
    Checkpoint all = running->checkpoint();
    if (multiscale) multiscale->save(all);
    return all;
  };
  std::atomic<bool> all_stop{false};  // of leaps over several ranks, which must stop at the same one
  const auto segment = [&] {
    if (leaps) all_stop = ranks.any(stop_requested);
    const bool due = file && std::chrono::duration<double>(Clock::now() - last_cut).count() >= session.checkpoint_s;
    if (!ranks.any(due)) return;
    const Checkpoint all = checkpoint();
    if (file) file->cut_segment(all);
    last_cut = Clock::now();
  };
  if (!leaps) options.segment = segment;

  Simulation simulation(spec, context.catalogue, late, options);
  running = &simulation;
  if (leaps)
    multiscale.emplace(spec, simulation, late,
                       MultiscaleOptions{ranks.alone() ? &stop_requested : &all_stop, segment, share.at_once, false});
  Hdf5Options how;
  how.mode = session.checkpoint ? Hdf5Options::Mode::resume
                                : (session.overwrite ? Hdf5Options::Mode::overwrite : Hdf5Options::Mode::fresh);
  if (session.checkpoint) {
    how.resume_step = session.checkpoint->step;
    simulation.restore(*session.checkpoint);
    if (multiscale) multiscale->load(*session.checkpoint);
  }
  if (ranks.first()) {
    file = std::make_unique<Hdf5Sink>(session.folder,
                                      metadata(context, spec, simulation.network(), threads * ranks.count()), how);
    late.attach(file.get());
    late.declare_all();
  }

  SessionResult result;
  try {
    result.complete = multiscale ? multiscale->run() : simulation.run();
  } catch (const EnvironmentError&) {
    // The disk: what could be saved has been.
    display.end();
    throw;
  } catch (...) {
    // What was recorded before the failure stays; the first error is the one to report.
    display.end();
    try {
      if (file) file->cut_segment();
      if (file) file->wait();
    } catch (const EnvironmentError& error) {
      context.console.error(error.what());
    }
    throw;
  }
  display.end();

  result.hash = simulation.result_hash();
  result.statistics = simulation.statistics();
  result.biological_ms = static_cast<double>(simulation.step()) * spec.run.dt;
  result.simulated_ms = static_cast<double>(result.statistics.steps) * spec.run.dt;
  if (result.complete) {
    result.summary = full_summary(simulation, ranks);
    if (multiscale) {
      result.multiscale = multiscale->report();
      for (Measure& measure : multiscale->measures()) result.summary.push_back(std::move(measure));
    }
  } else {
    const Checkpoint all = checkpoint();
    if (file) file->cut_segment(all);
    if (file) file->wait();
  }
  if (file) file->close(run_end(result));
  return result;
}

void print_result(const Context& context, const std::filesystem::path& folder, const SessionResult& result) {
  const double simulated_s = result.simulated_ms * 1e-3;
  if (context.console.json()) {
    nlohmann::json object = {{"folder", folder.string()},
                             {"complete", result.complete},
                             {"wall_s", result.statistics.build_s + result.statistics.loop_s},
                             {"biological_s", result.biological_ms * 1e-3}};
    if (result.complete) object["result_hash"] = hash_text(result.hash);
    for (const Measure& m : result.summary) object["summary"][m.name] = m.value;
    return context.console.out(object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  }
  TextTable table({"population", "rate", "CV of intervals"});
  const auto find = [&](const std::string& name) -> const Measure* {
    for (const Measure& m : result.summary)
      if (m.name == name) return &m;
    return nullptr;
  };
  for (const Measure& m : result.summary) {
    if (!m.name.ends_with(".rate") || std::count(m.name.begin(), m.name.end(), '.') != 1) continue;
    const std::string population = m.name.substr(0, m.name.size() - 5);
    const Measure* cv = find(population + ".cv_isi");
    table.add({population, human_number(m.value) + " Hz", cv != nullptr ? human_number(cv->value) : "-"});
  }
  if (!table.empty()) table.print(context.console);
  const double wall = result.statistics.build_s + result.statistics.loop_s;
  context.console.out(fmt::format("{} in {} ({} to build, real-time factor {})", human_time(result.biological_ms),
                                  human_wall(wall), human_wall(result.statistics.build_s),
                                  human_number(simulated_s > 0 ? result.statistics.loop_s / simulated_s : 0.0)));
  if (result.multiscale) {
    const MultiscaleReport& r = *result.multiscale;
    context.console.out(
        fmt::format("bursts and leaps: simulated {:.2g} % of {} in {} steps; error {:.2g} % of range ({}); {} doubts{}",
                    100.0 * r.simulated_ms / r.total_ms, human_time(r.total_ms), r.steps, 100.0 * r.error, r.worst,
                    r.doubtful, r.doubts != 0 ? " (" + doubt_text(r.doubts) + ")" : ""));
  }
  context.console.out(fmt::format("result hash {}", hash_text(result.hash)));
  context.console.out(fmt::format("results     {}", (folder / "run.h5").string()));
  context.console.out(fmt::format("plot        burgeon plot {}", folder.string()));
}

int finish(const Context& context, const std::filesystem::path& folder, const SessionResult& result) {
  if (result.complete || context.console.json()) print_result(context, folder, result);
  if (result.complete) return exit_ok;
  if (!context.console.json())
    context.console.note(fmt::format("Interrupted at {}. Go on with: burgeon resume {}",
                                     human_time(result.biological_ms), folder.string()));
  return exit_interrupted;
}

}  // namespace burgeon::cli
