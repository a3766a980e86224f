// What might have been: signals, synapses and what acts on the network, for slow states that are not those of the run.

#include <algorithm>
#include <cmath>

#include "sim/impl.h"

namespace burgeon {

std::vector<TurnoverPools> Simulation::pools() const { return impl_->structure.pools(); }

std::vector<TurnoverPools> Simulation::expected_pools(std::vector<TurnoverPools> pools, const SlowState& from,
                                                      double t0, const SlowState& to, double t1) {
  Impl& s = *impl_;
  if (pools.empty()) return pools;
  s.slow.publish(from, t0, s.meter.last());
  const std::vector<TurnoverLevels> before = s.structure.levels_now(s.signals);
  s.slow.publish(to, t1, s.meter.last());
  s.structure.expect(pools, before, s.structure.levels_now(s.signals), t1 - t0);
  return pools;
}

std::vector<double> Simulation::structure_signals(const std::vector<TurnoverPools>& pools) {
  Impl& s = *impl_;
  s.structure.write(s.signals);
  s.structure.write(pools, s.signals);
  std::vector<double> result;
  // They are the last of all signals.
  if (!s.spec->structures.empty()) {
    const auto& values = s.signals.values();
    for (std::size_t k = s.slow.first_structure(); k < values.size(); ++k) result.push_back(values[k].value);
  }
  return result;
}

std::vector<double> Simulation::drivers(const SlowState& state, double t, const std::vector<TurnoverPools>& pools,
                                        const Measured& measured) {
  Impl& s = *impl_;
  s.slow.publish(state, t, measured);
  std::vector<double> values;
  for (const CouplingSpec& coupling : s.spec->couplings) values.push_back(signal(coupling.signal));
  std::size_t k = 0;
  for (const SynapseSet* set : s.structure.sets()) {
    const double initial = std::max(1.0, static_cast<double>(set->books().initial));
    // Sets of turnover rules come first, one each; of growth there are no expected pools.
    const bool turnover = k < pools.size();
    const double fresh = turnover ? pools[k].fresh : 0.0;
    values.push_back((turnover ? pools[k].mature + fresh : static_cast<double>(set->synapses())) / initial);
    if (turnover) values.push_back(fresh / initial);
    ++k;
  }
  return values;
}

std::vector<double> Simulation::blocked() const {
  const Impl& s = *impl_;
  std::vector<double> values;
  if (s.spec->blockers.empty()) return values;
  for (std::uint32_t p = 0; p < s.network.populations.size(); ++p) {
    const auto& receptors = s.slices.front().populations[p].receptors;
    for (std::uint32_t r = 0; r < receptors.size(); ++r) {
      if (receptors[r].blocked.rows() == 0) continue;
      MeasuredSpec what;
      what.kind = MeasuredSpec::Kind::block;
      what.receptor = r;
      what.target.population = p;
      what.target.count = s.network.populations[p].size;
      values.push_back(Meter::state_mean(what, s.slices, s.ranks));
    }
  }
  return values;
}

std::vector<std::vector<double>> Simulation::blocked_ahead(const std::vector<double>& times) {
  Impl& s = *impl_;
  std::vector<std::vector<double>> ahead;
  const auto receptors = [&](const auto& f) {
    for (SliceWork& slice : s.slices)
      for (PopulationSlice& population : slice.populations)
        for (ReceptorSlice& receptor : population.receptors) f(receptor);
  };
  std::vector<ColumnSet> kept;
  receptors([&](ReceptorSlice& receptor) { kept.push_back(receptor.blocked); });
  Step from = s.now;
  for (const double time : times) {
    const Step until = std::max(from, static_cast<Step>(std::llround(time / s.spec->run.dt)));
    if (until > from) s.leap_blocked(from, until);
    ahead.push_back(blocked());
    from = until;
  }
  auto back = kept.begin();
  receptors([&](ReceptorSlice& receptor) { receptor.blocked = *back++; });
  return ahead;
}

}  // namespace burgeon
