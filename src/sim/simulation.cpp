#include "sim/simulation.h"

#include <xxhash.h>

#include <algorithm>
#include <utility>

#include "base/denormals.h"
#include "base/errors.h"
#include "parallel/team.h"
#include "sim/impl.h"
#include "sim/weights.h"

namespace burgeon {
namespace {

Network build(const ModelSpec& spec, const SimulationOptions& options, Ranks& ranks) {
  return build_network(
      spec, options.threads, [&](const std::function<void(unsigned)>& f) { run_team(options.threads, f); }, &ranks,
      options.shared_rows);
}

SliceWork make_slice(const ModelSpec& spec, Network& network, unsigned slice, const NoiseKernels& noise) {
  SliceWork work;
  for (std::uint32_t p = 0; p < network.populations.size(); ++p)
    work.populations.push_back(make_population_slice(spec, network, p, slice));
  work.inputs.resize(work.populations.size());
  work.probes.resize(work.populations.size());
  for (const InputSpec& input : spec.inputs) {
    const std::uint32_t p = input.target.population;
    work.inputs[p].emplace_back(spec, input, work.populations[p], noise);
  }
  for (std::uint32_t p = 0; p < network.projections.size(); ++p)
    if (network.projections[p].spec->plasticity != nullptr) work.plastic.emplace_back(network, p, slice, spec.run.dt);
  return work;
}

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

Simulation::Impl::Impl(const ModelSpec& model, Sink& target, SimulationOptions how)
    : spec(&model),
      sink(&target),
      options(std::move(how)),
      dt(static_cast<float>(model.run.dt)),
      ranks(options.ranks != nullptr ? *options.ranks : alone),
      network(build(model, options, ranks)),
      structure(model, network, ranks),
      signals(model),
      meter(model, network.all_slices),
      slow(model, signals),
      slow_state(slow.initial()),
      summary(model, network.all_slices),
      barrier(options.threads) {
  const NoiseKernels& noise = noise_kernels(options.simd.empty() ? best_simd() : options.simd);

  // Without synapses nothing limits the interval but the wish to stay responsive.
  interval_limit = network.projections.empty() ? 16 : network.min_delay;
  if (options.chunk > 0) interval_limit = std::min(interval_limit, options.chunk);

  slices.resize(network.slices);
  run_team(options.threads, [&](unsigned rank) { slices[rank] = make_slice(model, network, rank, noise); });
  for (unsigned s = 0; s < network.slices; ++s) delivery.emplace_back(network, s, dt);
  for (const Projection& projection : network.projections) {
    if (projection.spec->gate == nullptr) continue;
    if (std::none_of(gates.begin(), gates.end(), [&](const GateGroup& g) { return g.serves(projection); }))
      gates.emplace_back(*projection.spec->gate, projection.spec->gate_parameters, network,
                         projection.source_population, projection.source, interval_limit);
  }
  exchange = std::make_unique<Exchange>(network, slices, gates, ranks);
  count_fan_out();
  deleted.assign(network.slices, std::vector<char>(model.interventions.size(), 0));
  expected.resize(network.slices);
  delivered.resize(network.slices);
  merged.resize(network.slices);
  notes.resize(network.all_slices);
  for (Notes& part : notes) part.count.assign(network.populations.size(), 0);
  failure.resize(options.threads);
  waited.resize(options.threads);
  now = tick_start = window_start = options.start;
  spike_count.resize(network.populations.size());
}

void Simulation::Impl::count_fan_out() {
  fan_out.resize(network.projections.size());
  for (std::size_t p = 0; p < network.projections.size(); ++p) {
    const Projection& projection = network.projections[p];
    const bool gated = projection.spec->gate != nullptr;
    fan_out[p].assign(projection.source.size(),
                      projection.dense && !gated ? static_cast<std::uint32_t>(projection.target.size()) : 0U);
    if (projection.dense) continue;
    for (const Rows& rows : projection.slice)
      for (std::uint64_t i = 0; i < projection.source.size(); ++i)
        fan_out[p][i] += static_cast<std::uint32_t>(rows.row_end(i) - rows.row_begin(i));
    ranks.sum(fan_out[p]);
  }
}

bool Simulation::Impl::failed() const {
  return std::any_of(failure.begin(), failure.end(), [](const auto& e) { return e != nullptr; });
}

std::uint32_t Simulation::Impl::interval(Step from, Step until) const {
  const Step tick_every = spec->run.slow_tick;
  const Step next_tick = (from / tick_every + 1) * tick_every;
  return static_cast<std::uint32_t>(std::min({interval_limit, next_tick - from, until - from}));
}

// The run, as every thread sees it. What must precede what:
//   update(k)  before exchange(k): spikes of the whole interval are known; their effects start after it (minimum delay).
//   exchange   is the barrier: after it everybody reads everybody's spikes. It is the only barrier of an interval: the next
//              update writes the other one of two buffers (spikes, probes, gates), and nobody is more than one interval ahead.
//              Over several ranks, the last thread to arrive fetches what the others have found before it opens the barrier.
//   deliver(k) before update(k+1): input of interval k+1 is complete.
//   slow tick  between two barriers, after deliver, so that signals and interventions meet a network at rest.
//   record     after exchange: each thread notes the spikes of its slice, the leader the probes of this interval.
// Where others hold up the team the leader does all of it alone (see Pace), and the other threads meet it at the next tick.
void Simulation::Impl::work(unsigned rank, Step until) {
  const FlushDenormals flush;
  Step local = now;
  unsigned parity = 0;
  while (true) {
    if (local % spec->run.slow_tick == 0 && last_tick != local) tick(rank, local);
    if (leave || local >= until) break;
    const std::uint32_t steps = interval(local, until);
    const auto t0 = Clock::now();

    // The slices this thread works on until the next tick; none when the leader works for all.
    const bool solo = pace.solo();
    const unsigned begin = solo && rank > 0 ? network.slices : solo ? 0 : rank;
    const unsigned end = solo ? network.slices : rank + 1;
    for (unsigned s = begin; s < end; ++s) guarded(s, [&] { integrate(s, local, steps, parity); });
    const auto t1 = Clock::now();
    if (ranks.alone()) {
      if (!solo) barrier.wait();
    } else {
      // A rank that failed cannot wait for the next tick, where its threads would end: the others wait for it.
      barrier.wait([&] {
        try {
          exchange->interval(parity, local, steps, failed());
        } catch (...) {
          failure[rank] = std::current_exception();
        }
      });
      if (exchange->failed(parity) || ranks.apart()) break;
    }
    const auto t2 = Clock::now();
    waited[rank].value += seconds(t1, t2);
    for (unsigned s = begin; s < end; ++s) guarded(s, [&] { deliver(s, local, steps, parity); });
    const auto t3 = Clock::now();
    for (unsigned s = begin; s < end; ++s)
      for (unsigned part = s; part < network.all_slices; part += network.slices)
        guarded(s, [&] { note(part, local, parity); });
    if (rank == 0) {
      statistics.steps += static_cast<Step>(steps);
      if (ranks.first()) guarded(rank, [&] { recording->on_interval(local, steps, *exchange, parity); });
      statistics.update_s += seconds(t0, t1);
      statistics.exchange_s += seconds(t1, t2);
      statistics.deliver_s += seconds(t2, t3);
      statistics.record_s += seconds(t3, Clock::now());
    }
    local += static_cast<Step>(steps);
    parity ^= 1U;
  }
  barrier.wait();
  guarded(rank, [&] {
    for (PlasticSlice& plastic : slices[rank].plastic) plastic.settle();
  });
  barrier.wait();
  if (rank == 0) now = local;
}

void Simulation::Impl::integrate(unsigned rank, Step from, std::uint32_t steps, unsigned parity) {
  SliceWork& slice = slices[rank];
  update(slice, from, steps, spec->run.dt, parity);
  for (GateGroup& gate : gates) gate.advance(rank, parity, steps, slice.found[parity], dt);

  // NaN watchdog, at least every 16 steps.
  if (from / 16 == (from + static_cast<Step>(steps)) / 16) return;
  const NotFinite bad = find_not_finite(slice);
  if (!bad.found) return;
  const double t = static_cast<double>(from + static_cast<Step>(steps)) * spec->run.dt;
  throw NumericalError(bad.variable + " of neuron " + std::to_string(bad.neuron) + " of population " +
                       spec->populations[bad.population].name + " is not finite at " + std::to_string(t) +
                       " ms; a smaller dt or weaker input may help");
}

void Simulation::Impl::deliver(unsigned rank, Step from, std::uint32_t steps, unsigned parity) {
  merge_emissions(exchange->lists(parity), steps, static_cast<std::uint32_t>(network.populations.size()), merged[rank]);
  structure.count(rank, slices[rank].found[parity], from, dt);
  // Each slice owes what its own neurons have emitted, so that a spike lost on the way to another one is missed.
  for (const Emission& e : slices[rank].found[parity])
    for (const std::uint32_t p : network.outgoing[e.population]) {
      const Range& source = network.projections[p].source;
      if (e.neuron >= source.begin && e.neuron < source.end)
        expected[rank].value += fan_out[p][e.neuron - source.begin];
    }
  delivered[rank].value +=
      delivery[rank].deliver(merged[rank], from, steps, slices[rank].populations, slices[rank].plastic, gates, parity);
}

// Bookkeeping of one slice's spikes in an interval: hash, measures, summary, recorders. Each thread does its own.
void Simulation::Impl::note(unsigned part, Step from, unsigned parity) {
  // Slow processes run on every rank, from the same measures; all else is for rank 0.
  if (!ranks.first() && meter.empty()) return;
  Notes& own = notes[part];
  own.spikes.clear();
  for (const Emission& e : *exchange->lists(parity)[part]) own.spikes.push_back(to_spike(e, from, dt));
  meter.on_spikes(own.spikes, part);
  if (!ranks.first()) return;

  for (const Spike& spike : own.spikes) {
    own.hash += hash_of(spike);
    ++own.count[spike.population];
  }
  summary.on_spikes(own.spikes, part);
  recording->on_spikes(own.spikes, part);
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

Simulation::Simulation(const ModelSpec& spec, const Catalogue&, Sink& sink, SimulationOptions options) {
  const auto begin = Clock::now();
  impl_ = std::make_unique<Impl>(spec, sink, std::move(options));
  impl_->recording = std::make_unique<Recording>(spec, impl_->network, impl_->signals, impl_->slices, sink);
  impl_->snapshots = std::make_unique<Snapshots>(spec, impl_->network, sink, impl_->ranks);
  impl_->statistics.build_s = seconds(begin, Clock::now());
}

Simulation::~Simulation() = default;

bool Simulation::run() { return run_until(impl_->spec->run.steps); }

bool Simulation::run_until(Step until) {
  Impl& s = *impl_;
  const auto begin = Clock::now();
  if (s.statistics.steps == 0) {
    s.started = s.reported = begin;
    s.started_at = s.reported_at = s.now;
  }
  s.leave = false;
  s.paced_since = begin;
  s.paced_from = s.now;
  run_team(s.options.threads, [&](unsigned rank) { s.work(rank, until); });
  s.meet();
  s.collect(s.now);
  s.statistics.events = s.standing.delivered;
  s.statistics.loop_s += seconds(begin, Clock::now());
  if (s.standing.failure) std::rethrow_exception(s.standing.failure);
  s.check_ledger();
  if (s.ranks.first()) s.recording->flush(s.now);
  return s.now >= until;
}

Step Simulation::step() const { return impl_->now; }
const Network& Simulation::network() const { return impl_->network; }
const RunStatistics& Simulation::statistics() const { return impl_->statistics; }

std::uint64_t Simulation::result_hash() const {
  // A drug that was never given leaves no trace: signals that are exactly zero do not count.
  std::uint64_t h = hash_weights(impl_->network, impl_->ranks, impl_->structure.hash(impl_->hash));
  for (const Signals::Value& signal : impl_->signals.values())
    if (signal.value != 0.0) {
      h = XXH64(signal.name.data(), signal.name.size(), h);
      h = XXH64(&signal.value, sizeof signal.value, h);
    }
  return h;
}

std::vector<Measure> Simulation::summary() const {
  std::vector<Measure> measures = impl_->summary.measures();
  for (Measure& measure : weight_measures(impl_->network, impl_->ranks)) measures.push_back(std::move(measure));
  for (const Signals::Value& signal : impl_->signals.values())
    measures.push_back(
        {"signal." + signal.name, signal.value * signal.to_unit, signal.unit, signal.meaning + ", at the end"});
  return measures;
}

std::vector<double> Simulation::values(const std::string& population, const std::string& variable) const {
  std::vector<double> result;
  for (SliceWork& slice : impl_->slices)
    for (PopulationSlice& p : slice.populations) {
      if (p.spec().name != population || p.size() == 0) continue;
      const double* column = p.variable(variable);
      if (column == nullptr) throw InternalError("population " + population + " has no variable " + variable);
      result.insert(result.end(), column, column + p.size());
    }
  return result;
}

double Simulation::signal(const std::string& name) const {
  return impl_->signals.values()[impl_->signals.index(name)].value;
}

}  // namespace burgeon
