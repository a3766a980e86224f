// What bursts and leaps are made of: holding the slow side, averaging the fast one, moving the clock without spiking.

#include <algorithm>
#include <cmath>

#include "base/errors.h"
#include "base/math.h"
#include "parallel/team.h"
#include "sim/impl.h"

namespace burgeon {
namespace {

// Averaged equation of channel block, every pool relaxing towards its own steady state (models/synapses/nmda_block.h), with
// drug levels taken in the middle of `pieces` equal parts of the leap.
void relax_blocked(ReceptorSlice& receptor, std::size_t n, double exposed, double piece_ms,
                   const std::vector<std::vector<double>>& levels) {
  const std::size_t blockers = receptor.blockers.size();
  for (const std::vector<double>& level : levels)
    for (std::size_t i = 0; i < n; ++i) {
      double sum = 0.0;
      for (std::size_t k = 0; k < 2 * blockers; ++k) sum += receptor.blocked.row(k)[i];
      const double open = receptor.exposure.row(0)[i] / exposed;
      for (std::size_t k = 0; k < blockers; ++k) {
        const Blocker& blocker = receptor.blockers[k];
        for (std::size_t pool = 0; pool < 2; ++pool) {
          const double share = pool == 0 ? blocker.trapped : 1.0 - blocker.trapped;
          double& B = receptor.blocked.row(2 * k + pool)[i];
          const double binds = blocker.kon * level[k] * share * open;
          const double rate = binds + receptor.exposure.row(1 + 2 * k + pool)[i] / exposed;
          if (rate <= 0.0) continue;
          const double change = (1.0 - std::exp(-rate * piece_ms)) * (binds * (1.0 - (sum - B)) / rate - B);
          B += change;
          sum += change;
        }
      }
    }
}

// A potential at which any neuron of a population fires within a step: above its threshold, or just below its peak, which
// a spike reaches by itself.
double firing_level(const PopulationSpec& population) {
  const auto highest = [](const Draw& draw) {
    if (draw.kind == Draw::Kind::constant) return draw.a;
    return std::min(draw.high, draw.kind == Draw::Kind::uniform ? draw.b : draw.a + 4.0 * draw.b);
  };
  double level = 0.0;
  for (std::size_t k = 0; k < population.parameters.size(); ++k) {
    const std::string_view name = population.model->parameters[k].name;
    if (name == "V_th") level = highest(population.parameters[k]) + 1.0;
    if (name == "V_peak") return population.parameters[k].a - 0.1;
  }
  return level;
}

}  // namespace

void Simulation::hold_slow(bool held) { impl_->hold_slow = held; }

void Simulation::open_window() {
  Impl& s = *impl_;
  s.meter.open_window();
  s.structure.mark(s.now);
  s.window_start = s.now;
  for (SliceWork& slice : s.slices)
    for (PopulationSlice& population : slice.populations)
      for (ReceptorSlice& receptor : population.receptors)
        for (std::size_t k = 0; k < receptor.exposure.rows(); ++k)
          std::fill_n(receptor.exposure.row(k), population.size(), 0.0);
}

const Window& Simulation::window() const { return impl_->meter.window(); }
bool Simulation::measured() const { return impl_->meter.ready(static_cast<double>(impl_->now) * impl_->spec->run.dt); }
SlowSystem& Simulation::slow() { return impl_->slow; }
const SlowState& Simulation::slow_state() const { return impl_->slow_state; }

void Simulation::set_slow_state(const SlowState& state) {
  Impl& s = *impl_;
  s.slow_state = state;
  s.structure.write(s.signals);
  s.slow.publish(state, static_cast<double>(s.now) * s.spec->run.dt, s.meter.last());
}

std::unique_ptr<Simulation> Simulation::twin(Sink& sink, std::uint64_t replica) const {
  if (!impl_->ranks.alone()) return nullptr;
  SimulationOptions options;
  options.threads = impl_->options.threads;
  options.simd = impl_->options.simd;
  options.chunk = impl_->options.chunk;
  options.replica = replica;
  return std::make_unique<Simulation>(*impl_->spec, Catalogue{}, sink, options);
}

void Simulation::silence(double ms) {
  for (SliceWork& slice : impl_->slices)
    for (PopulationSlice& population : slice.populations) {
      double* refractory = population.variable("refractory");
      for (std::size_t i = 0; i < population.size(); ++i) refractory[i] = std::max(refractory[i], ms);
    }
}

void Simulation::excite() {
  for (SliceWork& slice : impl_->slices)
    for (PopulationSlice& population : slice.populations) {
      const double level = firing_level(population.spec());
      double* V = population.variable("V_m");
      for (std::size_t i = 0; i < population.size(); ++i) V[i] = std::max(V[i], level);
    }
}

void Simulation::leap_to(Step to) {
  Impl& s = *impl_;
  ensure(to >= s.now && to % s.spec->run.slow_tick == 0, "leaps end at slow ticks");
  if (to == s.now) {
    // The tick of this moment is over: the network must not wait for the next one to see the slow state as it is now.
    for (unsigned slice = 0; slice < s.slices.size(); ++slice) s.follow_tick(slice, to);
    return;
  }
  s.leap_blocked(s.now, to);
  for (SliceWork& slice : s.slices)
    for (PopulationSlice& population : slice.populations)
      for (ReceptorSlice& receptor : population.receptors) receptor.ring.delay_all(to - s.now);
  s.leap_structure(to);
  s.summary.skip(to - s.now);
  s.recording->skip(to);
  s.now = s.tick_start = to;
  s.slow.publish(s.slow_state, static_cast<double>(to) * s.spec->run.dt, s.meter.last());
  s.take_snapshots(to);
}

double Simulation::largest_structure_span() const { return impl_->structure.largest_span(impl_->now, impl_->signals); }

void Simulation::Impl::leap_structure(Step to) {
  if (structure.empty()) return;
  slow.publish(slow_state, static_cast<double>(to) * spec->run.dt, meter.last());
  structure.begin_leap(now, to, signals);
  structure_is_due = structure.unfinished();
  run_team(options.threads, [&](unsigned rank) { advance_structure(rank, false); });
  for (const std::exception_ptr& e : failure)
    if (e) std::rethrow_exception(e);
  structure.write(signals);
  log_structure();
}

void Simulation::Impl::leap_blocked(Step from, Step to) {
  if (spec->blockers.empty() || now == window_start) return;
  // Drug levels change over minutes; sixteen parts resolve the fastest leap that the error control lets through.
  constexpr std::size_t pieces = 16;
  const double dt_ms = spec->run.dt, start = static_cast<double>(from) * dt_ms;
  const double piece = static_cast<double>(to - from) * dt_ms / static_cast<double>(pieces);
  std::vector<std::vector<double>> levels;
  double highest = 0.0;
  for (std::size_t k = 0; k < pieces; ++k) {
    signals.evaluate(start + (static_cast<double>(k) + 0.5) * piece);
    levels.push_back(signals.blocker_levels());
    for (const double level : levels.back()) highest = std::max(highest, level);
  }
  const double exposed = static_cast<double>(now - window_start);
  run_team(options.threads, [&](unsigned rank) {
    for (PopulationSlice& population : slices[rank].populations)
      for (ReceptorSlice& receptor : population.receptors)
        if (receptor.exposure.rows() > 0) relax_blocked(receptor, population.size(), exposed, piece, levels);
  });
}

}  // namespace burgeon
