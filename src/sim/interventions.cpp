#include "sim/interventions.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/random.h"

namespace burgeon {
namespace {

// Position of a selection inside a slice.
Range in_slice(const Selection& selection, const PopulationSlice& slice) {
  const auto clamp = [&](std::uint64_t i) {
    return std::clamp(i, slice.range.begin, slice.range.end) - slice.range.begin;
  };
  return {clamp(selection.first), clamp(selection.first + selection.count)};
}

std::vector<float>& gain_of(PopulationSlice& slice, std::uint32_t receptor) {
  std::vector<float>& gain = slice.receptors[receptor].gain;
  if (gain.empty()) gain.assign(slice.size(), 1.0F);
  return gain;
}

// A signal as a factor on all that a receptor receives, or on all weights of a projection.
void couple(const CouplingSpec& coupling, const Signals::Value& signal, SliceWork& work,
            std::vector<float>& weight_gain) {
  if (coupling.kind == CouplingSpec::Kind::projection) {
    for (const std::uint32_t p : coupling.projections) weight_gain[p] *= static_cast<float>(signal.value);
    return;
  }
  PopulationSlice& slice = work.populations[coupling.target.population];
  std::vector<float>& gain = gain_of(slice, coupling.receptor);
  const Range range = in_slice(coupling.target, slice);
  for (std::uint64_t i = range.begin; i < range.end; ++i)
    gain[i] *= static_cast<float>(signal.each.empty() ? signal.value : signal.each[slice.range.begin + i]);
}

void block_receptor(const InterventionSpec& what, PopulationSlice& slice) {
  std::vector<float>& gain = gain_of(slice, what.receptor);
  const Range range = in_slice(what.target, slice);
  for (std::uint64_t i = range.begin; i < range.end; ++i) gain[i] *= static_cast<float>(1.0 - what.value);
}

// A silenced neuron is one that stays refractory.
void silence(const InterventionSpec& what, double until_ms, PopulationSlice& slice) {
  double* refractory = slice.variable("refractory");
  const Range range = in_slice(what.target, slice);
  for (std::uint64_t i = range.begin; i < range.end; ++i) refractory[i] = std::max(refractory[i], until_ms);
}

// Removes each synapse with a probability that depends only on (seed, intervention, projection, source, target, order).
void delete_synapses(const InterventionSpec& what, const ModelSpec& spec, Projection& projection, unsigned slice,
                     const PopulationSlice& target) {
  Rows& rows = projection.slice.edit(slice);
  const std::uint64_t key = random_key(spec.run.seed, "delete " + what.name + " " + projection.spec->name);
  std::uint64_t kept = 0;
  std::uint64_t from = rows.row_begin(0);
  DelayRuns runs;
  // Of one row as it was: entries in front of `kept` are written over.
  std::vector<std::uint32_t> targets;
  std::vector<std::uint16_t> delays, left;
  for (std::uint64_t row = 0; row < projection.source.size(); ++row) {
    const std::uint64_t to = rows.row_begin(row + 1);
    if (!projection.shared_delay) rows.delays.expand(row, delays);
    left.clear();
    targets.clear();
    for (std::uint64_t j = from; j < to; ++j) {
      const std::uint32_t local = rows.target(j);
      // Multapses between the same pair are told apart by their order.
      const auto order = static_cast<std::uint32_t>(std::count(targets.begin(), targets.end(), local));
      targets.push_back(local);
      const auto words = random_words(key, row, static_cast<std::int64_t>(target.range.begin + local), order);
      if (static_cast<double>(words[0]) < what.value * 4294967296.0) continue;
      if (!rows.target16.empty()) rows.target16[kept] = rows.target16[j];
      if (!rows.target32.empty()) rows.target32[kept] = rows.target32[j];
      if (!rows.weight.empty()) rows.weight[kept] = rows.weight[j];
      if (!rows.weight16.empty()) rows.weight16[kept] = rows.weight16[j];
      if (!projection.shared_delay) left.push_back(delays[j - from]);
      ++kept;
    }
    from = to;
    if (!projection.shared_delay) runs.append(left);
    if (rows.begin64.empty()) {
      rows.begin[row + 1] = static_cast<std::uint32_t>(kept);
    } else {
      rows.begin64[row + 1] = kept;
    }
  }
  runs.shrink_to_fit();
  rows.delays = std::move(runs);
}

}  // namespace

void apply_interventions(const ModelSpec& spec, double t, const Signals& signals, Network& network, unsigned slice,
                         SliceWork& work, Delivery& delivery, std::vector<char>& deleted, bool renew_silence) {
  if (spec.interventions.empty() && spec.couplings.empty()) return;

  // Gains are set afresh at every tick from couplings and the interventions that are active.
  for (PopulationSlice& population : work.populations)
    for (ReceptorSlice& receptor : population.receptors) receptor.gain.clear();
  std::vector<float> weight_gain(network.projections.size(), 1.0F);
  for (const CouplingSpec& coupling : spec.couplings)
    couple(coupling, signals.values()[signals.index(coupling.signal)], work, weight_gain);

  using Kind = InterventionSpec::Kind;
  for (std::size_t i = 0; i < spec.interventions.size(); ++i) {
    const InterventionSpec& what = spec.interventions[i];
    if (t < what.start - 1e-9) continue;
    const bool active = t < what.stop - 1e-9;
    if (what.kind == Kind::block_receptor && active) block_receptor(what, work.populations[what.target.population]);
    if (what.kind == Kind::silence && active && renew_silence) {
      const double tick = static_cast<double>(spec.run.slow_tick) * spec.run.dt;
      silence(what, std::min(what.stop - t, tick), work.populations[what.target.population]);
    }
    if (what.kind == Kind::scale_weights && active) weight_gain[what.projection] *= static_cast<float>(what.value);
    if (what.kind == Kind::delete_synapses && deleted[i] == 0) {
      Projection& projection = network.projections[what.projection];
      for (PlasticSlice& plastic : work.plastic)
        if (plastic.projection() == what.projection) plastic.settle();
      delete_synapses(what, spec, projection, slice, work.populations[projection.target_population]);
      deleted[i] = 1;
    }
  }
  for (std::uint32_t p = 0; p < weight_gain.size(); ++p) delivery.set_gain(p, weight_gain[p]);
  for (PlasticSlice& plastic : work.plastic) plastic.set_gain(weight_gain[plastic.projection()]);
}

}  // namespace burgeon
