#include "sim/simulation.h"

#include <xxhash.h>

#include <algorithm>

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

SliceWork make_slice(const ModelSpec& spec, Network& network, unsigned slice, const NoiseKernels& noise,
                     std::uint64_t replica) {
  SliceWork work;
  for (std::uint32_t p = 0; p < network.populations.size(); ++p)
    work.populations.push_back(make_population_slice(spec, network, p, slice));
  work.inputs.resize(work.populations.size());
  work.probes.resize(work.populations.size());
  for (const InputSpec& input : spec.inputs) {
    const std::uint32_t p = input.target.population;
    work.inputs[p].emplace_back(spec, input, work.populations[p], noise, replica);
  }
  for (std::uint32_t p = 0; p < network.projections.size(); ++p)
    if (network.projections[p].spec->plasticity != nullptr) work.plastic.emplace_back(network, p, slice, spec.run.dt);
  return work;
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
      meter(model, options.threads),
      slow(model, signals),
      slow_state(slow.initial()),
      summary(model, options.threads),
      barrier(options.threads) {
  const NoiseKernels& noise = noise_kernels(options.simd.empty() ? best_simd() : options.simd);

  // Without synapses nothing limits the interval but the wish to stay responsive.
  interval_limit = network.projections.empty() ? 16 : network.min_delay;
  if (options.chunk > 0) interval_limit = std::min(interval_limit, options.chunk);

  slices.resize(network.slices);
  run_team(options.threads,
           [&](unsigned rank) { slices[rank] = make_slice(model, network, rank, noise, options.replica); });
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
  merged.resize(options.threads);
  notes.resize(options.threads);
  for (Notes& part : notes) part.count.assign(network.populations.size(), 0);
  failure.resize(network.slices);
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

Simulation::Simulation(const ModelSpec& spec, const Catalogue&, Sink& sink, SimulationOptions options) {
  const auto begin = Clock::now();
  impl_ = std::make_unique<Impl>(spec, sink, std::move(options));
  impl_->recording =
      std::make_unique<Recording>(spec, impl_->network, impl_->signals, impl_->slices, impl_->options.threads, sink);
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
  const UpdateShares& shares = s.slices.front().shares;
  const double scale = shares.all > 0.0 ? s.statistics.update_s / shares.all : 0.0;
  s.statistics.noise_s = scale * shares.noise;
  s.statistics.plasticity_s = scale * shares.plasticity;
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
