#include "sweep/runner.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <mutex>
#include <new>
#include <thread>

#include "base/errors.h"
#include "multiscale/multiscale.h"
#include "network/shared_rows.h"
#include "parallel/team.h"
#include "sim/simulation.h"
#include "spec/fields.h"
#include "spec/read.h"
#include "sweep/run_store.h"
#include "sweep/series_sink.h"
#include "sweep/series_store.h"

namespace burgeon {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Records shorter than this [s] are not waited for until they are on the disk: losing one to a power cut costs no more than
/// running it again, and the wait would cost more than the run.
constexpr double durable_from = 1.0;

/// What a record holds beyond the summary is part of the run's name.
std::string outputs_key(const SweepSpec& spec) {
  std::string key = spec.keep_series ? "series;" : "";
  for (const Output& o : spec.outputs)
    if (o.reduce != Output::Reduce::measure)
      key += o.name + "=" + std::to_string(static_cast<int>(o.reduce)) + "(" + o.source + "," + number_text(o.start) +
             "," + number_text(o.stop) + (o.reduce == Output::Reduce::time_above ? "," + number_text(o.above) : "") +
             (o.time_unit == "ms" ? "" : "," + o.time_unit) + ");";
  return key;
}

struct Prepared {
  RunIdentity identity;
  std::optional<ModelSpec> model;
};

Prepared prepare(const SweepPlan& plan, std::size_t run, const ModelFile& file, const std::string& engine) {
  Prepared prepared;
  const auto overrides = plan.overrides(run);
  ReadResult read = file.read({overrides, 0});
  if (read.spec) {
    prepared.identity.id = run_id(read.spec->canonical_json, engine, outputs_key(plan.spec));
    prepared.model = std::move(read.spec);
    return prepared;
  }
  // Without a resolved model the point itself is the name.
  std::string text = "invalid " + plan.spec.model.filename().string();
  for (const auto& [path, value] : overrides) text += "\n" + path + "=" + value;
  for (const Diagnostic& diagnostic : read.diagnostics) {
    if (diagnostic.severity != Diagnostic::Severity::error) continue;
    text += "\n" + diagnostic.message;
    prepared.identity.error += (prepared.identity.error.empty() ? "" : "; ") + diagnostic.message;
  }
  prepared.identity.id = run_id(text, engine, "");
  return prepared;
}

/// The state that the threads of one process share.
class Crew {
 public:
  Crew(const SweepPlan& plan, const Catalogue& catalogue, const SweepRunOptions& options)
      : plan_(plan),
        catalogue_(catalogue),
        options_(options),
        file_(plan.spec.model, catalogue),
        worker_(options.folder, std::chrono::duration<double>(options.lease_s)) {
    for (std::size_t run = options.shard; run < plan.runs(); run += options.shards) todo_.push_back(run);
    outcome_.planned = todo_.size();
    ids_.resize(plan.runs() / options.shards + 1);
    // Processes that start together begin at different places, and so seldom meet.
    if (!todo_.empty()) {
      const auto offset = std::hash<std::string>{}(worker_.token()) % todo_.size();
      std::rotate(todo_.begin(), todo_.begin() + static_cast<std::ptrdiff_t>(offset), todo_.end());
    }
  }

  SweepOutcome run() {
    const unsigned workers = std::max(1U, options_.workers);
    while (!todo_.empty() && !stopped()) {
      next_ = 0;
      run_team(workers, [&](unsigned) {
        for (std::size_t i = next_++; i < todo_.size() && !stopped(); i = next_++) attempt(todo_[i]);
      });
      // What others hold is looked at again until they have finished it or gave no sign of life.
      todo_ = std::exchange(busy_, {});
      if (!todo_.empty() && !stopped()) std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    outcome_.stopped = stopped();
    outcome_.wall_s = seconds_since(start_);
    outcome_.pending = outcome_.planned - outcome_.done - outcome_.failed;
    report_progress(true);
    return outcome_;
  }

 private:
  [[nodiscard]] bool stopped() const { return options_.stop && options_.stop->load(); }

  void attempt(std::size_t run) {
    RunEvent event{.run = run};
    try {
      if (!attempt(run, event)) return;
    } catch (const EnvironmentError& error) {
      // One run that can't be written down must not stop the others.
      event.state = RunState::unrecorded;
      event.problem = "environment";
      event.message = error.what();
    }
    finish(event);
  }

  /// False when there is nothing to tell yet.
  bool attempt(std::size_t run, RunEvent& event) {
    const auto start = Clock::now();
    // The name is kept: a run that another process holds is not read again at every look.
    std::string& id = ids_[run / options_.shards];
    std::optional<Prepared> prepared;
    if (id.empty()) {
      prepared = prepare(plan_, run, file_, options_.engine);
      id = prepared->identity.id;
    }
    event.id = id;
    RunWorker::Claim claim;
    const auto verdict = worker_.claim(id, options_.retry && !ran_here(run), claim);
    if (verdict == RunWorker::Verdict::busy) {
      const std::lock_guard lock(mutex_);
      busy_.push_back(run);
      return false;
    }
    RunRecord record;
    if (verdict == RunWorker::Verdict::done) {
      const auto found = worker_.store().find(id);
      if (!found) throw EnvironmentError("the record of run " + id + " vanished");
      record = *found;
    } else {
      if (!prepared) prepared = prepare(plan_, run, file_, options_.engine);
      bool stop = false;
      MemorySink series;
      record = carry_out(*prepared, stop, series);
      if (stop) {
        worker_.release(claim);
        return false;
      }
      record.wall_s = seconds_since(start);
      const auto published = publish(claim, record, series);
      event.executed = true;
      event.duplicate = published == RunWorker::Publication::duplicate;
      // Whoever took the run over tells how it ended.
      if (event.duplicate) {
        const std::lock_guard lock(mutex_);
        busy_.push_back(run);
      }
    }
    event.state = record.failed() ? RunState::failed : RunState::done;
    event.problem = record.problem;
    event.message = record.message;
    event.wall_s = record.wall_s;
    const std::lock_guard lock(mutex_);
    if (event.executed) outcome_.simulation_s += record.build_s + record.loop_s;
    return true;
  }

  /// The series first, under a name of our own: a record must never promise what is not there.
  RunWorker::Publication publish(const RunWorker::Claim& claim, const RunRecord& record, const MemorySink& series) {
    const bool durable = record.wall_s >= durable_from;
    const bool keep = plan_.spec.keep_series && !record.failed();
    try {
      if (keep) keep_series(options_.folder, claim.id, claim.epoch, series, durable);
    } catch (const std::exception&) {
      worker_.release(claim);
      throw;
    }
    const auto published = worker_.publish(claim, record, durable);
    if (keep && published == RunWorker::Publication::published)
      settle_series(options_.folder, claim.id, claim.epoch);
    else if (keep)
      drop_series(options_.folder, claim.id, claim.epoch);
    return published;
  }

  RunRecord carry_out(Prepared& prepared, bool& stop, MemorySink& series) {
    RunRecord record;
    if (prepared.model) {
      MemorySink* kept = plan_.spec.keep_series ? &series : nullptr;
      record = execute(plan_, *prepared.model, catalogue_, options_.stop, stop, kept, &shared_rows_);
    } else {
      record.problem = "model";
      record.message = prepared.identity.error;
    }
    record.id = prepared.identity.id;
    return record;
  }

  // With `retry` a failure counts once it is a failure of now.
  bool ran_here(std::size_t run) {
    const std::lock_guard lock(mutex_);
    return std::find(retried_.begin(), retried_.end(), run) != retried_.end();
  }

  void finish(const RunEvent& event) {
    const std::lock_guard lock(mutex_);
    if (event.executed) {
      ++outcome_.executed;
      outcome_.duplicates += event.duplicate ? 1 : 0;
      executed_wall_s_ += event.wall_s;
      if (options_.retry && event.state == RunState::failed) retried_.push_back(event.run);
    }
    if (!event.duplicate) {
      outcome_.done += event.state == RunState::done ? 1 : 0;
      outcome_.failed += event.state == RunState::failed ? 1 : 0;
    }
    if (options_.event) options_.event(event);
    report_progress(false);
  }

  void report_progress(bool last) {
    if (!options_.progress || (!last && seconds_since(reported_) < 0.25)) return;
    reported_ = Clock::now();
    SweepProgress p{outcome_.planned, outcome_.done, outcome_.failed, outcome_.executed, seconds_since(start_), 0.0};
    const std::size_t left = p.planned - p.done - p.failed;
    // From what this process did: others only make it faster.
    p.remaining_s = p.executed > 0 ? static_cast<double>(left) * executed_wall_s_ / static_cast<double>(p.executed) /
                                         std::max(1U, options_.workers)
                                   : std::numeric_limits<double>::quiet_NaN();
    options_.progress(p);
  }

  const SweepPlan& plan_;
  const Catalogue& catalogue_;
  const SweepRunOptions& options_;
  const ModelFile file_;
  SharedRows shared_rows_;
  RunWorker worker_;
  std::vector<std::string> ids_;  ///< by position in the shard; written by the thread that has the run
  std::vector<std::size_t> todo_;
  std::atomic<std::size_t> next_{0};
  std::mutex mutex_;
  std::vector<std::size_t> busy_, retried_;
  SweepOutcome outcome_;
  double executed_wall_s_ = 0.0;
  Clock::time_point start_ = Clock::now(), reported_ = start_;
};

}  // namespace

RunRecord execute(const SweepPlan& plan, const ModelSpec& model, const Catalogue& catalogue,
                  const std::atomic<bool>* stop, bool& stopped, MemorySink* series, SharedRows* shared) {
  RunRecord record;
  const auto failed = [&](const char* problem, const std::string& message) {
    record.problem = problem;
    record.message = message;
    record.measures.clear();
  };
  try {
    SeriesSink sink(plan.spec.outputs, series);
    SimulationOptions options;
    // A model with bursts and leaps is run as 'burgeon run' does; it stops between two leaps.
    const bool leaps = model.multiscale.enabled;
    options.stop = leaps ? nullptr : stop;
    options.shared_rows = shared;
    Simulation simulation(model, catalogue, sink, options);
    std::optional<Multiscale> multiscale;
    if (leaps) multiscale.emplace(model, simulation, sink, MultiscaleOptions{stop, {}});
    const auto start = Clock::now();
    stopped = !(multiscale ? multiscale->run() : simulation.run());
    // With leaps the slow side counts as well, not the steps of bursts alone.
    const double loop_s = leaps ? seconds_since(start) : simulation.statistics().loop_s;
    sink.close({});
    record.measures = simulation.summary();
    if (multiscale)
      for (Measure& measure : multiscale->measures()) record.measures.push_back(std::move(measure));
    const auto reduced = sink.measures();
    record.measures.insert(record.measures.end(), reduced.begin(), reduced.end());
    record.result_hash = simulation.result_hash();
    record.build_s = simulation.statistics().build_s;
    record.loop_s = loop_s;
  } catch (const UnknownSeries& error) {
    failed("model", error.what());
  } catch (const NumericalError& error) {
    failed("numerical", error.what());
  } catch (const std::bad_alloc&) {
    failed("memory", "out of memory");
  } catch (const EnvironmentError& error) {
    failed("environment", error.what());
  } catch (const std::exception& error) {
    failed("internal", error.what());
  }
  return record;
}

std::vector<RunIdentity> identify_all(const SweepPlan& plan, const Catalogue& catalogue, const std::string& engine,
                                      unsigned threads) {
  const ModelFile file(plan.spec.model, catalogue);
  std::vector<RunIdentity> names(plan.runs());
  std::atomic<std::size_t> next{0};
  run_team(std::max(1U, threads), [&](unsigned) {
    for (std::size_t run = next++; run < names.size(); run = next++)
      names[run] = prepare(plan, run, file, engine).identity;
  });
  return names;
}

SweepOutcome run_sweep(const SweepPlan& plan, const Catalogue& catalogue, const SweepRunOptions& options) {
  expect(options.shards > 0 && options.shard < options.shards, "a shard of the plan");
  return Crew(plan, catalogue, options).run();
}

}  // namespace burgeon
