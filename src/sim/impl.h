#pragma once
// What a Simulation is made of. Private to sim/.

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <vector>

#include "base/noise.h"
#include "parallel/barrier.h"
#include "parallel/pace.h"
#include "record/summary.h"
#include "sim/deliver.h"
#include "sim/exchange.h"
#include "sim/gates.h"
#include "sim/interventions.h"
#include "sim/meter.h"
#include "sim/recording.h"
#include "sim/signals.h"
#include "sim/simulation.h"
#include "sim/slow.h"
#include "sim/snapshots.h"
#include "sim/structure.h"
#include "sim/update.h"

namespace burgeon {

using Clock = std::chrono::steady_clock;

inline double seconds(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

struct Simulation::Impl {
  Impl(const ModelSpec& model, Sink& target, SimulationOptions how);

  // One run of the team, and its phases. `rank` is the thread of this process.
  void work(unsigned rank, Step until);
  [[nodiscard]] std::uint32_t interval(Step from, Step until) const;
  void integrate(unsigned slice, Step from, std::uint32_t steps, unsigned parity);
  bool meet_others(unsigned rank, Step from, std::uint32_t steps, unsigned parity);
  void note(unsigned rank, Step from, std::uint32_t steps, unsigned parity);
  void deliver(unsigned slice, const Emissions& spikes, Step from, std::uint32_t steps, unsigned parity);
  void collect(Step at);
  /// True when the leader works alone from now on.
  bool tick(unsigned rank, Step at);
  void set_pace(Step at, Clock::time_point arrived);
  void lead_tick(Step at);
  /// Of a thread; `solo`: which works for all.
  void advance_structure(unsigned rank, bool solo);
  void leap_structure(Step to);
  void record_tick(Step at);
  void log_structure();
  void take_snapshots(Step at);
  void follow_tick(unsigned slice, Step at);
  [[nodiscard]] bool failed() const;
  void meet();
  void check_ledger() const;
  void report_progress();
  void advance_slow(Step at);
  void leap_blocked(Step from, Step to);
  template <class F>
  void guarded(unsigned slice, const F& f);

  // Slices that a thread works on: its own, or all of them where the leader works alone.
  struct Slices {
    unsigned begin, end;
  };
  [[nodiscard]] Slices slices_of(unsigned rank, bool solo) const;

  const ModelSpec* spec;
  Sink* sink;
  SimulationOptions options;
  float dt;
  Ranks alone;  ///< of a simulation in one process
  Ranks& ranks;
  Network network;
  Structure structure;
  std::vector<SliceWork> slices;
  std::vector<Delivery> delivery;
  std::vector<GateGroup> gates;
  std::unique_ptr<Exchange> exchange;
  std::vector<std::vector<char>> deleted;  ///< [slice][intervention]
  Signals signals;
  Meter meter;
  SlowSystem slow;
  SlowState slow_state;
  bool hold_slow = false;  ///< slow processes stand still
  SpikeSummary summary;
  std::unique_ptr<Recording> recording;
  std::unique_ptr<Snapshots> snapshots;

  // Progress of the run; written by the leader between barriers.
  Step now = 0;
  Step last_tick = -1;
  Step window_start = 0;  ///< where the averages of a burst began
  Step tick_start = 0;    ///< where the slow tick under way began
  Step interval_limit = 1;
  bool leave = false;
  bool structure_is_due = false;  ///< one more round
  std::uint64_t hash = 0;         ///< sum over all spikes until the last tick
  RunStatistics statistics;

  // Spike ledger: what the spikes emitted by every slice must cause on all ranks, and what every slice has delivered.
  FanOut fan_out;               ///< [projection][source of the projection]
  Exchange::Standing standing;  ///< of all ranks, when they last met
  struct alignas(64) Counter {
    std::uint64_t value = 0;
  };
  std::vector<Counter> expected, delivered;  ///< [slice]
  void count_fan_out();
  [[nodiscard]] std::uint64_t owed(const Emissions& spikes) const;

  // What a thread notes of the spikes of its neurons.
  struct alignas(64) Notes {
    std::vector<const Emissions*> lists;  ///< it takes spikes from these
    Emissions found;                      ///< of the interval, in delivery order
    std::vector<Spike> spikes;            ///< the same
    std::vector<std::uint64_t> count;     ///< [population] since the last tick
    std::uint64_t hash = 0;               ///< sum over spikes since the last tick
  };
  std::vector<Notes> notes;  ///< [thread]

  // Threads.
  Barrier barrier;
  std::vector<Emissions> merged;            ///< [thread]: each merges for itself
  std::vector<std::exception_ptr> failure;  ///< [slice]
  struct alignas(64) Waited {
    double value = 0.0;  ///< s, at barriers since the last tick
  };
  std::vector<Waited> waited;  ///< [thread]
  Pace pace;                   ///< written by the leader inside a tick
  Clock::time_point paced_since;
  Step paced_from = 0;

  // Progress display.
  Clock::time_point started, reported;
  Step started_at = 0, reported_at = 0;
  std::vector<std::uint64_t> spike_count;  ///< [population] since the last report
};

// A slice that failed is left alone, and its thread goes on through the barriers, so that nobody waits for it; the leader ends
// the run at the next tick.
template <class F>
void Simulation::Impl::guarded(unsigned slice, const F& f) {
  if (failure[slice]) return;
  try {
    f();
  } catch (...) {
    failure[slice] = std::current_exception();
  }
}

}  // namespace burgeon
