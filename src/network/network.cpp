#include "network/network.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <exception>
#include <tuple>
#include <utility>

#include "base/errors.h"
#include "network/placement.h"
#include "network/rows.h"
#include "network/shared_rows.h"
#include "network/wiring.h"

namespace burgeon {
namespace {

Projection describe(const ProjectionSpec& spec, const SynapseValues& values, const Wiring& wiring, unsigned slices) {
  Projection p;
  p.spec = &spec;
  p.source_population = spec.source.population;
  p.target_population = spec.target.population;
  p.receptor = spec.receptor;
  p.source = wiring.source;
  p.target = wiring.target;
  p.shared_weight = values.shared_weight;
  p.shared_delay = values.shared_delay;
  if (p.shared_weight) p.weight = static_cast<float>(values.weight.value());
  if (p.shared_delay) p.delay = values.delay_steps(values.delay.value());
  p.dense = spec.wiring.rule == WiringSpec::Rule::all_to_all && p.shared_weight && p.shared_delay &&
            !wiring.skip_self && !spec.rewired;
  if (p.dense) {
    p.synapses = p.source.size() * p.target.size();
    if (p.synapses > 0) p.min_delay = p.max_delay = p.delay;
  }
  p.slice.resize(slices);
  return p;
}

std::vector<Population> place(const ModelSpec& spec) {
  std::vector<Population> populations;
  GlobalId first = 0;
  for (const PopulationSpec& s : spec.populations) {
    Population p;
    p.spec = &s;
    p.first = first;
    p.size = s.size;
    p.position = place_neurons(s, spec.run.seed);
    for (const ReceptorSpec& receptor : s.receptors)
      p.total_weight.emplace_back(receptor.model != nullptr && receptor.model->blockable ? s.size : 0, 0.0);
    first += s.size;
    populations.push_back(std::move(p));
  }
  return populations;
}

/// Adds |weight| of all synapses of one slice of a projection. Every target meets its sources in ascending order, so the
/// sums are the same bits for any number of slices.
void add_projection_weight(const Projection& projection, Range owned, unsigned slice, std::vector<double>& total) {
  if (projection.dense) {
    const double sum = std::abs(static_cast<double>(projection.weight)) * static_cast<double>(projection.source.size());
    const std::uint64_t end = std::min(owned.end, projection.target.end);
    for (std::uint64_t t = std::max(owned.begin, projection.target.begin); t < end; ++t) total[t] += sum;
    return;
  }
  const Rows& rows = projection.slice[slice];
  const auto add = [&](const auto& target) {
    for (std::size_t k = 0; k < target.size(); ++k)
      total[owned.begin + target[k]] += std::abs(static_cast<double>(projection.weight_at(rows, k)));
  };
  add(rows.target16);
  add(rows.target32);
}

/// An input counts with the weight of all the synapses it stands for: the open fraction of a receptor is its conductance over
/// the summed weight of its synapses.
void add_input_weight(const InputSpec& input, Range owned, std::vector<double>& total) {
  if (input.kind != InputSpec::Kind::poisson && input.kind != InputSpec::Kind::spikes) return;
  const std::uint64_t end = std::min(owned.end, input.target.first + input.target.count);
  for (std::uint64_t t = std::max(owned.begin, input.target.first); t < end; ++t)
    total[t] += std::abs(input.weight) * static_cast<double>(input.synapses);
}

void sum_weights(Network& network, unsigned slice) {
  for (std::uint32_t i = 0; i < network.populations.size(); ++i) {
    Population& population = network.populations[i];
    const Range owned = network.owned(i, slice);
    for (std::size_t r = 0; r < population.total_weight.size(); ++r) {
      std::vector<double>& total = population.total_weight[r];
      if (total.empty()) continue;
      for (const Projection& p : network.projections)
        if (p.target_population == i && p.receptor == r) add_projection_weight(p, owned, slice, total);
      for (const InputSpec& input : network.spec->inputs)
        if (input.target.population == i && input.receptor == r) add_input_weight(input, owned, total);
    }
  }
}

/// Takes the shortest and longest delay of one slice in; 0: it has no synapse.
template <class T>
void widen(T& all, std::pair<std::uint16_t, std::uint16_t> slice) {
  if (slice.second == 0) return;
  all.min_delay = all.min_delay == 0 ? slice.first : std::min(all.min_delay, slice.first);
  all.max_delay = std::max(all.max_delay, slice.second);
}

void collect_delays(Network& network) {
  Step low = 0, high = 0;
  for (const Projection& p : network.projections) {
    if (p.max_delay == 0) continue;
    low = low == 0 ? p.min_delay : std::min<Step>(low, p.min_delay);
    high = std::max<Step>(high, p.max_delay);
  }
  network.min_delay = std::max<Step>(1, low);
  network.max_delay = std::max<Step>(1, high);
}

// Synapses and delays over all ranks: the interval between two exchanges and the length of rings must be the same everywhere.
void agree_on_totals(Network& network, Ranks& ranks) {
  struct Totals {
    std::uint64_t synapses, min_delay, max_delay;
  };
  std::vector<Totals> mine;
  for (const Projection& p : network.projections) mine.push_back({p.synapses, p.min_delay, p.max_delay});
  std::vector<std::span<const std::byte>> all;
  ranks.all_gather(std::as_bytes(std::span(mine)), all);
  for (std::size_t i = 0; i < network.projections.size(); ++i) {
    Projection& p = network.projections[i];
    if (p.dense) continue;
    p.synapses = 0;
    p.min_delay = p.max_delay = 0;
    for (const auto& bytes : all) {
      Totals other{};
      std::memcpy(&other, bytes.data() + i * sizeof other, sizeof other);
      // Synapses that are yet to be made have delays too.
      if (other.max_delay == 0) continue;
      p.synapses += other.synapses;
      const auto low = static_cast<std::uint16_t>(other.min_delay);
      p.min_delay = p.min_delay == 0 ? low : std::min(p.min_delay, low);
      p.max_delay = std::max(p.max_delay, static_cast<std::uint16_t>(other.max_delay));
    }
  }
}

}  // namespace

Range slice_range(std::uint64_t size, unsigned slice, unsigned slices) {
  expect(slice < slices, "slice_range: slice < slices");
  const std::uint64_t blocks = (size + 3) / 4;
  const auto boundary = [&](unsigned s) {
    return std::min(size, 4 * (blocks / slices * s + blocks % slices * s / slices));
  };
  return {boundary(slice), boundary(slice + 1)};
}

std::uint64_t Network::neurons() const {
  std::uint64_t sum = 0;
  for (const Population& p : populations) sum += p.size;
  return sum;
}

std::uint64_t Network::synapses() const {
  std::uint64_t sum = 0;
  for (const Projection& p : projections) sum += p.synapses;
  return sum;
}

std::uint64_t Rows::bytes() const {
  std::uint64_t sum = 0;
  const auto add = [&](const auto&... array) { ((sum += array.capacity() * sizeof(array[0])), ...); };
  add(begin, begin64, target16, target32, weight, weight16, delays.run, delays.begin, delays.begin64, delay16, length,
      uid, stage);
  return sum;
}

void Projection::read_delays(const Rows& rows, std::uint64_t row, std::vector<std::uint16_t>& delays) const {
  if (!rows.delays.empty()) return rows.delays.expand(row, delays);
  const std::uint64_t begin = rows.row_begin(row), n = rows.row_end(row) - begin;
  if (shared_delay)
    delays.assign(n, delay);
  else
    delays.assign(rows.delay16.data() + begin, rows.delay16.data() + begin + n);
}

std::uint64_t CommonRows::bytes() const {
  std::uint64_t sum = 0;
  for (const Rows& rows : slice) sum += rows.bytes();
  return sum;
}

Rows& RowSlices::edit(std::size_t slice) {
  ensure(!shared(), "rows in common with other networks are never edited");
  return own_[slice];
}

std::uint64_t Network::bytes() const {
  std::uint64_t sum = 0;
  for (const Projection& p : projections)
    for (const Rows& rows : p.slice) sum += rows.bytes();
  return sum;
}

Network build_network(const ModelSpec& spec, unsigned slices, const ForEachSlice& for_each_slice, Ranks* ranks,
                      SharedRows* shared) {
  expect(slices > 0, "build_network: at least one slice");
  Network network;
  network.spec = &spec;
  network.slices = slices;
  network.first_slice = ranks != nullptr ? ranks->rank() * slices : 0;
  network.all_slices = ranks != nullptr ? ranks->count() * slices : slices;
  network.populations = place(spec);
  network.outgoing.resize(spec.populations.size());

  // What all slices share.
  std::vector<Wiring> wirings;
  std::vector<SynapseValues> values;
  wirings.reserve(spec.projections.size());
  values.reserve(spec.projections.size());
  for (std::uint32_t i = 0; i < spec.projections.size(); ++i) {
    const ProjectionSpec& s = spec.projections[i];
    wirings.emplace_back(s, spec.run.seed, network.populations[s.source.population].position,
                         network.populations[s.target.population].position);
    values.emplace_back(s, spec.run);
    network.projections.push_back(describe(s, values[i], wirings[i], slices));
    network.outgoing[s.source.population].push_back(i);
  }

  // Each slice builds the rows onto its own neurons. Errors must not leave a worker thread: the first slice's is rethrown.
  const auto on_each_slice = [&](const std::function<void(unsigned slice)>& work) {
    std::vector<std::exception_ptr> failure(slices);
    for_each_slice([&](unsigned slice) {
      try {
        work(slice);
      } catch (...) {
        failure[slice] = std::current_exception();
      }
    });
    for (const std::exception_ptr& f : failure)
      if (f) std::rethrow_exception(f);
  };
  const auto rows_of = [&](std::size_t i, unsigned slice) {
    return build_rows(wirings[i], values[i], network.owned(network.projections[i].target_population, slice));
  };
  // Shortest and longest delay, [slice][projection].
  std::vector<std::vector<std::pair<std::uint16_t, std::uint16_t>>> delays(slices);
  for (auto& of_slice : delays) of_slice.resize(network.projections.size());
  for (std::uint32_t i = 0; i < network.projections.size(); ++i) {
    Projection& p = network.projections[i];
    if (p.dense || shared == nullptr || network.all_slices != slices) continue;
    const std::string key = connectivity_key(spec, i);
    if (key.empty()) continue;
    const auto rows = shared->get(std::to_string(slices) + " slices of " + key, [&] {
      std::vector<BuiltRows> here(slices);
      on_each_slice([&](unsigned slice) { here[slice] = rows_of(i, slice); });
      CommonRows common;
      for (BuiltRows& b : here) {
        common.slice.push_back(std::move(b.rows));
        widen(common, {b.min_delay, b.max_delay});
      }
      return common;
    });
    p.min_delay = rows->min_delay;
    p.max_delay = rows->max_delay;
    p.slice.share(rows);
  }
  on_each_slice([&](unsigned slice) {
    for (std::size_t i = 0; i < network.projections.size(); ++i) {
      Projection& p = network.projections[i];
      if (p.dense || p.slice.shared()) continue;
      BuiltRows b = rows_of(i, slice);
      p.slice.edit(slice) = std::move(b.rows);
      delays[slice][i] = {b.min_delay, b.max_delay};
    }
    sum_weights(network, slice);
  });

  for (std::size_t i = 0; i < network.projections.size(); ++i) {
    Projection& p = network.projections[i];
    for (unsigned slice = 0; slice < slices && !p.dense; ++slice) {
      p.synapses += p.slice[slice].size();
      if (!p.slice.shared()) widen(p, delays[slice][i]);
    }
    // Synapses that are not there yet: input rings need room for any delay they may get.
    if (p.spec->rewired) std::tie(p.min_delay, p.max_delay) = values[i].delay_range();
  }
  if (ranks != nullptr && !ranks->alone()) agree_on_totals(network, *ranks);
  collect_delays(network);
  return network;
}

Network gather_graph(const Network& network, Ranks& ranks) {
  Network graph;
  graph.spec = network.spec;
  graph.slices = graph.all_slices = network.all_slices;
  graph.populations = network.populations;
  graph.outgoing = network.outgoing;
  graph.projections.reserve(network.projections.size());
  for (const Projection& p : network.projections) {
    graph.projections.push_back({.spec = p.spec,
                                 .source_population = p.source_population,
                                 .target_population = p.target_population,
                                 .source = p.source,
                                 .target = p.target,
                                 .dense = p.dense,
                                 .synapses = p.synapses});
    graph.projections.back().slice.resize(graph.all_slices);
  }

  // One projection and slice after the other: row starts, then targets.
  const auto fetch = [&]<class T>(const std::vector<T>& mine, unsigned slice, Projection& into,
                                  std::vector<T> Rows::*field) {
    ranks.gather(std::as_bytes(std::span(mine)), [&](unsigned r, std::span<const std::byte> bytes) {
      std::vector<T>& rows = into.slice.edit(r * network.slices + slice).*field;
      rows.resize(bytes.size() / sizeof(T));
      if (!bytes.empty()) std::memcpy(rows.data(), bytes.data(), bytes.size());
    });
  };
  for (std::size_t i = 0; i < network.projections.size(); ++i)
    for (unsigned s = 0; s < network.slices && !network.projections[i].dense; ++s) {
      const Rows& rows = network.projections[i].slice[s];
      fetch(rows.begin, s, graph.projections[i], &Rows::begin);
      fetch(rows.begin64, s, graph.projections[i], &Rows::begin64);
      fetch(rows.length, s, graph.projections[i], &Rows::length);
      fetch(rows.target16, s, graph.projections[i], &Rows::target16);
      fetch(rows.target32, s, graph.projections[i], &Rows::target32);
    }
  return graph;
}

}  // namespace burgeon
