// The run, interval by interval, as every thread sees it.

#include <xxhash.h>

#include <utility>

#include "base/denormals.h"
#include "base/errors.h"
#include "sim/impl.h"

namespace burgeon {
namespace {

// Hashes of spikes are added up: a sum does not depend on who adds, nor in what order.
std::uint64_t hash_of(const Spike& spike) {
  struct Packed {
    std::int64_t step;
    std::uint32_t population, index;
    float before;
    std::uint32_t zero;
  };
  const Packed packed{spike.step, spike.population, spike.index, spike.before, 0};
  return XXH64(&packed, sizeof packed, 0);
}

}  // namespace

std::uint32_t Simulation::Impl::interval(Step from, Step until) const {
  const Step tick_every = spec->run.slow_tick;
  const Step next_tick = (from / tick_every + 1) * tick_every;
  return static_cast<std::uint32_t>(std::min({interval_limit, next_tick - from, until - from}));
}

Simulation::Impl::Slices Simulation::Impl::slices_of(unsigned rank, bool solo) const {
  if (solo) return {0, rank == 0 ? network.slices : 0};
  return {rank, rank + 1};
}

// What must precede what:
//   update(k)  before exchange(k): spikes of the whole interval are known; their effects start after it (minimum delay).
//   exchange   is the barrier: after it everybody reads everybody's spikes. It is the only barrier of an interval: the next
//              update writes the other one of two buffers (spikes, probes, gates), and nobody is more than one interval ahead.
//              Over several ranks, the last thread to arrive fetches what the others have found before it opens the barrier.
//   record     after exchange: each thread notes the spikes of its own neurons, the leader the probes of this interval.
//   deliver(k) before update(k+1): input of interval k+1 is complete.
//   slow tick  between two barriers, after deliver, so that signals and interventions meet a network at rest.
// Where others hold up the team the leader does all of it alone (see Pace), ticks too, and the other threads wait to be called.
void Simulation::Impl::work(unsigned rank, Step until) {
  const FlushDenormals flush;
  const auto populations = static_cast<std::uint32_t>(network.populations.size());
  Step local = now;
  unsigned parity = 0;
  auto since = Clock::now();
  const auto lap = [&](double& phase) {
    const auto before = std::exchange(since, Clock::now());
    if (rank == 0) phase += seconds(before, since);
    return seconds(before, since);
  };
  bool solo = pace.solo();
  if (solo) barrier.wait();
  while (true) {
    const bool called = rank == 0 || !solo;
    if (called && local % spec->run.slow_tick == 0 && last_tick != local) solo = tick(rank, local);
    lap(statistics.slow_s);
    if (rank > 0 && solo) {
      barrier.wait();
      local = now;
      parity = 0;
      solo = pace.solo();
      if (solo) break;  // the run ends
    }
    if (leave || local >= until) break;
    const std::uint32_t steps = interval(local, until);
    const Slices own = slices_of(rank, solo);

    for (unsigned s = own.begin; s < own.end; ++s) integrate(s, local, steps, parity);
    lap(statistics.update_s);
    if (!meet_others(rank, local, steps, parity)) break;
    waited[rank].value += lap(statistics.exchange_s);
    merge_emissions(exchange->lists(parity), steps, populations, merged[rank]);
    lap(statistics.deliver_s);
    note(rank, local, steps, parity);
    lap(statistics.record_s);

    for (unsigned s = own.begin; s < own.end; ++s) deliver(s, merged[rank], local, steps, parity);
    lap(statistics.deliver_s);
    local += static_cast<Step>(steps);
    parity = local % spec->run.slow_tick == 0 ? 0 : parity ^ 1U;
  }
  if (rank == 0) {
    // At a tick `now` is right already, and threads that were just called may still be reading it.
    if (now != local) now = local;
    if (solo) barrier.wait();
  }
  barrier.wait();
  guarded(rank, [&] {
    for (PlasticSlice& plastic : slices[rank].plastic) plastic.settle();
  });
  barrier.wait();
}

void Simulation::Impl::integrate(unsigned s, Step from, std::uint32_t steps, unsigned parity) {
  guarded(s, [&] {
    SliceWork& slice = slices[s];
    update(slice, from, steps, spec->run.dt, parity);
    for (GateGroup& gate : gates) gate.advance(s, parity, steps, slice.found[parity], dt);

    // NaN watchdog, at least every 16 steps.
    if (from / 16 == (from + static_cast<Step>(steps)) / 16) return;
    const NotFinite bad = find_not_finite(slice);
    if (!bad.found) return;
    const double t = static_cast<double>(from + static_cast<Step>(steps)) * spec->run.dt;
    throw NumericalError(bad.variable + " of neuron " + std::to_string(bad.neuron) + " of population " +
                         spec->populations[bad.population].name + " is not finite at " + std::to_string(t) +
                         " ms; a smaller dt or weaker input may help");
  });
}

// False when a rank has failed.
bool Simulation::Impl::meet_others(unsigned rank, Step from, std::uint32_t steps, unsigned parity) {
  if (ranks.alone()) {
    if (!pace.solo()) barrier.wait();
    return true;
  }
  // A rank that failed cannot wait for the next tick, where its threads would end: the others wait for it.
  barrier.wait([&] {
    try {
      exchange->interval(parity, from, steps, failed());
    } catch (...) {
      failure[rank] = std::current_exception();
    }
  });
  return !exchange->failed(parity) && !ranks.apart();
}

// Bookkeeping of an interval: hash, measures, summary, recorders. Each thread takes the spikes of its own neurons, over several
// ranks a share of those of the others too.
void Simulation::Impl::note(unsigned rank, Step from, std::uint32_t steps, unsigned parity) {
  if (rank == 0) statistics.steps += static_cast<Step>(steps);
  // Slow processes run on every rank, from the same measures; all else is for rank 0.
  if (!ranks.first() && meter.empty()) return;
  Notes& own = notes[rank];
  own.lists.clear();
  const std::vector<const Emissions*>& lists = exchange->lists(parity);
  for (unsigned s = 0; s < lists.size(); ++s)
    if (pace.solo() || s % options.threads == rank) own.lists.push_back(lists[s]);
  merge_emissions(own.lists, steps, static_cast<std::uint32_t>(network.populations.size()), own.found);
  own.spikes.clear();
  for (const Emission& e : own.found) own.spikes.push_back(to_spike(e, from, dt));

  guarded(rank, [&] {
    meter.on_spikes(own.spikes, rank);
    if (!ranks.first()) return;
    for (const Spike& spike : own.spikes) {
      own.hash += hash_of(spike);
      ++own.count[spike.population];
    }
    summary.on_spikes(own.spikes, rank);
    recording->on_spikes(own.spikes, rank);
    if (rank == 0) recording->on_interval(from, steps, *exchange, parity);
  });
}

void Simulation::Impl::deliver(unsigned s, const Emissions& spikes, Step from, std::uint32_t steps, unsigned parity) {
  guarded(s, [&] {
    const Emissions& found = slices[s].found[parity];
    structure.count(s, found, from, dt);
    // Each slice owes what its own neurons have emitted, so that a spike lost on the way to another one is missed.
    expected[s].value += owed(found);
    delivered[s].value +=
        delivery[s].deliver(spikes, from, steps, slices[s].populations, slices[s].plastic, gates, parity);
  });
}

// Synaptic events that spikes must cause.
std::uint64_t Simulation::Impl::owed(const Emissions& spikes) const {
  const auto each = [&](const auto& f) {
    for (const Emission& e : spikes)
      for (const std::uint32_t p : network.outgoing[e.population]) {
        const Range& source = network.projections[p].source;
        if (e.neuron >= source.begin && e.neuron < source.end) f(fan_out[p][e.neuron - source.begin]);
      }
  };
  std::uint64_t sum = 0;
  each([](const std::uint32_t& events) { __builtin_prefetch(&events); });
  each([&](const std::uint32_t& events) { sum += events; });
  return sum;
}

// The leader brings together what all have noted.
void Simulation::Impl::collect(Step at) {
  if (!ranks.first()) return;
  for (Notes& part : notes) {
    hash += std::exchange(part.hash, 0);
    for (std::size_t p = 0; p < part.count.size(); ++p) {
      statistics.spikes += part.count[p];
      spike_count[p] += std::exchange(part.count[p], 0);
    }
  }
  summary.advance(at);
}

}  // namespace burgeon
