// The slow tick: every thread meets the others, the leader brings signals, slow processes and records up to date, and every
// thread then brings its own neurons and synapses up to the new signals.

#include <algorithm>
#include <utility>

#include "base/errors.h"
#include "sim/impl.h"

namespace burgeon {

bool Simulation::Impl::tick(unsigned rank, Step at) {
  // Where the leader works alone nobody else comes here.
  const bool solo = pace.solo();
  const Slices own = slices_of(rank, solo);
  const auto meet_team = [&] {
    if (!solo) barrier.wait();
  };
  const auto arrived = Clock::now();
  meet_team();
  if (rank == 0) {
    // After a failure nothing adds up any more: end the run with the first error, not with what follows from it.
    now = last_tick = at;
    set_pace(at, arrived);
    meet();
    collect(at);
    if (!standing.failure) guarded(0, [&] { lead_tick(at); });
    structure_is_due = !standing.failure && !hold_slow && structure.due(at) && !ranks.any(failed());
    if (structure_is_due) structure.begin(at, signals);
  }
  meet_team();
  advance_structure(rank, solo);
  if (rank == 0) {
    if (!standing.failure && !failed()) guarded(0, [&] { record_tick(at); });
    leave = leave || standing.stop || standing.failure || (ranks.alone() && failed());
  }
  meet_team();
  for (unsigned s = own.begin; s < own.end; ++s) guarded(s, [&] { follow_tick(s, at); });

  // Interventions may have deleted synapses: the ledger must know before the next spike.
  if (!spec->interventions.empty()) {
    meet_team();
    if (rank == 0) count_fan_out();
    meet_team();
  }

  // A checkpoint holds the tick as a whole: what interventions do at it, all slices have done.
  if (options.segment) {
    meet_team();
    if (rank == 0 && !ranks.any(failed())) guarded(0, options.segment);
    meet_team();
  }
  // From the team to one thread and back: who works for others must find what they have brought up to date.
  const bool next = pace.solo();
  if (solo != next) barrier.wait();
  if (rank == 0) paced_since = Clock::now();
  return next;
}

// What the stretch since the last tick has cost decides who works on the next one.
void Simulation::Impl::set_pace(Step at, Clock::time_point arrived) {
  double longest = 0.0;
  for (Waited& w : waited) longest = std::max(longest, std::exchange(w.value, 0.0));
  const Step steps = at - std::exchange(paced_from, at);
  if (!ranks.alone() || options.threads == 1 || steps <= 0) return;
  if (options.alternate)
    pace.toggle();
  else
    pace.next(seconds(paced_since, arrived), longest, steps);
}

void Simulation::Impl::lead_tick(Step at) {
  check_ledger();
  advance_slow(at);
}

// Synapses are made and removed in rounds: every thread decides for its targets, the leader brings the decisions into one
// order (over ranks the leaders do so together), every thread applies its part. What `structure_is_due` says is written between the barriers of a round only.
void Simulation::Impl::advance_structure(unsigned rank, bool solo) {
  const Slices own = slices_of(rank, solo);
  const auto meet_team = [&] {
    if (!solo) barrier.wait();
  };
  while (structure_is_due) {
    for (unsigned s = own.begin; s < own.end; ++s) guarded(s, [&] { structure.decide(s); });
    meet_team();
    if (rank == 0) {
      const bool whole = !ranks.any(failed());
      if (whole) guarded(0, [&] { ranks.together([&] { structure.agree(fan_out); }); });
      structure_is_due = whole && !failed() && structure.unfinished();
    }
    meet_team();
    for (unsigned s = own.begin; s < own.end; ++s) guarded(s, [&] { structure.apply(s, slices[s]); });
    meet_team();
  }
}

void Simulation::Impl::record_tick(Step at) {
  structure.write(signals);
  ranks.together([&] { recording->on_tick(at, signals, slices, ranks); });
  log_structure();
  take_snapshots(at);
  if (!ranks.first()) return;
  recording->flush(at);
  report_progress();
}

void Simulation::Impl::log_structure() {
  if (!ranks.first()) return structure.forget();
  snapshots->on_structure(structure);
  recording->on_structure(structure);
}

void Simulation::Impl::take_snapshots(Step at) {
  if (snapshots->empty()) return;
  // Weights may lag behind what their targets have fired.
  for (SliceWork& slice : slices)
    for (PlasticSlice& plastic : slice.plastic) plastic.settle();
  ranks.together([&] { snapshots->take(at); });
}

// What was measured since the last tick closes; slow processes take it in over the same time.
void Simulation::Impl::advance_slow(Step at) {
  const double t = static_cast<double>(at) * spec->run.dt, start = static_cast<double>(tick_start) * spec->run.dt;
  if (at - tick_start == spec->run.slow_tick && !meter.empty()) {
    meter.close_tick(start, t - start, slices, ranks);
    if (!hold_slow && !slow.empty() && meter.ready(start))
      slow.advance(slow_state, start, t, meter.last(), meter.last());
  }
  tick_start = at;
  slow.publish(slow_state, t, meter.last());
}

// Every thread brings its own neurons and synapses up to the new signals.
void Simulation::Impl::follow_tick(unsigned slice, Step at) {
  for (PopulationSlice& population : slices[slice].populations)
    for (ReceptorSlice& receptor : population.receptors)
      for (std::size_t b = 0; b < receptor.blockers.size(); ++b)
        receptor.blockers[b].concentration = signals.blocker_levels()[b];
  apply_interventions(*spec, static_cast<double>(at) * spec->run.dt, signals, network, slice, slices[slice],
                      delivery[slice], deleted[slice], at == now);
}

// Ledger, wish to stop and failures of all ranks.
void Simulation::Impl::meet() {
  Exchange::Standing mine;
  for (const Counter& counter : expected) mine.expected += counter.value;
  for (const Counter& counter : delivered) mine.delivered += counter.value;
  mine.stop = options.stop != nullptr && options.stop->load();
  for (const std::exception_ptr& e : failure)
    if (e && !mine.failure) mine.failure = e;
  standing = exchange->meet(mine);
}

void Simulation::Impl::check_ledger() const {
  if (standing.delivered != standing.expected)
    throw NumericalError("the spike ledger does not balance: " + std::to_string(standing.expected) +
                         " synaptic events were due, " + std::to_string(standing.delivered) + " were delivered");
}

void Simulation::Impl::report_progress() {
  if (!options.progress) return;
  const auto time = Clock::now();
  if (seconds(reported, time) < 0.1 && now < spec->run.steps) return;
  Progress progress;
  const double done = static_cast<double>(now - started_at), window = static_cast<double>(now - reported_at);
  progress.biological_ms = static_cast<double>(now) * spec->run.dt;
  progress.total_ms = static_cast<double>(spec->run.steps) * spec->run.dt;
  progress.wall_s = seconds(started, time);
  if (done > 0) {
    progress.real_time_factor = progress.wall_s / (done * spec->run.dt * 1e-3);
    progress.remaining_s = progress.wall_s / done * static_cast<double>(spec->run.steps - now);
  }
  for (std::size_t p = 0; p < spike_count.size(); ++p) {
    const double neurons = static_cast<double>(network.populations[p].size);
    if (window > 0 && neurons > 0)
      progress.rates_hz.emplace_back(spec->populations[p].name,
                                     static_cast<double>(spike_count[p]) / neurons / (window * spec->run.dt * 1e-3));
    spike_count[p] = 0;
  }
  progress.synapses = network.synapses();
  for (std::size_t b = 0; b < spec->blockers.size(); ++b)
    progress.drug_levels.emplace_back(spec->blockers[b].signal, signals.blocker_levels()[b]);
  options.progress(progress);
  reported = time;
  reported_at = now;
}

}  // namespace burgeon
