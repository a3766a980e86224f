#include "sim/deliver.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace burgeon {
namespace {

// Spikes of one step and population that go through a projection together, so that what belongs to the projection is looked up
// once. Rows of the chunk to come are fetched before, and of the one behind it where they begin.
constexpr std::size_t chunk = 8;

// Synapses for which the next row is fetched at a time: a cache line of 16-bit targets.
constexpr std::size_t stretch = 32;

// Where a row and the one to come next begin, among the synapses of a projection.
struct Place {
  std::uint64_t at, next;
};

// A column of the rows of one projection: all of it, and from the current row on and from the next one on.
template <class T>
struct Column {
  const T* row;
  const T* next;
  T operator[](std::size_t j) const { return row[j]; }
  void fetch_next(std::size_t j) const {
    for (std::size_t k = 0; k < stretch; k += 64 / sizeof(T)) __builtin_prefetch(next + j + k);
  }
};
template <class T>
struct Columns {
  const T* all;
  Column<T> of(Place place) const { return {all + place.at, all + place.next}; }
};
template <class T>
struct Shared {
  T value;
  T operator[](std::size_t) const { return value; }
  void fetch_next(std::size_t) const {}
  Shared of(Place) const { return *this; }
};

// One row: add(j) for all its synapses, while the next row comes in from memory. The inner loop is short enough for
// compilers to unroll it.
template <class Fetch, class Add>
void walk_row(std::size_t n, const Fetch& fetch, const Add& add) {
  constexpr std::size_t unrolled = 16;
  std::size_t j = 0;
  for (; j + stretch <= n; j += stretch) {
    fetch(j);
    for (std::size_t part = j; part < j + stretch; part += unrolled)
      for (std::size_t k = 0; k < unrolled; ++k) add(part + k);
  }
  fetch(j);
  for (; j < n; ++j) add(j);
}

// Scalar scatter-add (gather and scatter instructions are slower). `place` in the ring belongs to the step of the spike.
template <class Target, class Weight, class Delay>
void add_row(Target target, Weight weight, Delay delay, float gain, std::size_t n, Ring& ring, std::size_t place) {
  const auto fetch = [&](std::size_t j) {
    target.fetch_next(j);
    weight.fetch_next(j);
    delay.fetch_next(j);
  };
  walk_row(n, fetch, [&](std::size_t j) { ring.slot(place, delay[j])[target[j]] += gain * weight[j]; });
}

// Shared delay: the slot is the same for the whole row.
template <class Target, class Weight>
void add_row(Target target, Weight weight, Shared<std::uint16_t> delay, float gain, std::size_t n, Ring& ring,
             std::size_t place) {
  float* const slot = ring.slot(place, delay.value);
  const auto fetch = [&](std::size_t j) {
    target.fetch_next(j);
    weight.fetch_next(j);
  };
  walk_row(n, fetch, [&](std::size_t j) { slot[target[j]] += gain * weight[j]; });
}

// f(targets, weights, delays) with the columns that the rows have.
template <class F>
void with_columns(const Projection& p, const Rows& rows, const F& f) {
  const auto with_delay = [&](auto targets, auto weights) {
    if (p.shared_delay) return f(targets, weights, Shared<std::uint16_t>{p.delay});
    if (!rows.delay8.empty()) return f(targets, weights, Columns<std::uint8_t>{rows.delay8.data()});
    f(targets, weights, Columns<std::uint16_t>{rows.delay16.data()});
  };
  const auto with_weight = [&](auto targets) {
    if (p.shared_weight) return with_delay(targets, Shared<float>{p.weight});
    if (!rows.weight16.empty()) return with_delay(targets, Columns<BFloat16>{rows.weight16.data()});
    with_delay(targets, Columns<float>{rows.weight.data()});
  };
  if (!rows.target16.empty()) return with_weight(Columns<std::uint16_t>{rows.target16.data()});
  with_weight(Columns<std::uint32_t>{rows.target32.data()});
}

// The end of the chunk of spikes that begins at `begin`.
std::size_t end_of_chunk(const Emissions& spikes, std::size_t begin) {
  std::size_t end = begin;
  while (end < spikes.size() && end < begin + chunk && spikes[end].offset == spikes[begin].offset &&
         spikes[end].population == spikes[begin].population)
    ++end;
  return end;
}

}  // namespace

Delivery::Delivery(const Network& network, unsigned slice, float dt)
    : network_(&network),
      slice_(slice),
      dt_(dt),
      gain_(network.projections.size(), 1.0F),
      dense_(network.projections.size()),
      plastic_(network.projections.size(), 0) {
  std::uint32_t plastic = 0;
  for (std::uint32_t p = 0; p < network.projections.size(); ++p) {
    const Projection& projection = network.projections[p];
    if (projection.spec->plasticity != nullptr) plastic_[p] = plastic++;
    if (!projection.dense) continue;
    (projection.spec->gate != nullptr ? gated_list_ : dense_list_).push_back(p);
  }
}

std::uint64_t Delivery::deliver(const Emissions& spikes, Step first, std::uint32_t steps,
                                std::vector<PopulationSlice>& populations, std::vector<PlasticSlice>& plastic,
                                const std::vector<GateGroup>& gates, unsigned parity) {
  std::uint64_t events = 0;
  std::size_t i = 0, end = end_of_chunk(spikes, 0);
  for (std::uint32_t k = 0; k < steps; ++k) {
    while (i < spikes.size() && spikes[i].offset == k) {
      const std::size_t next_end = end_of_chunk(spikes, end);
      for (std::size_t s = end; s < next_end; ++s) prefetch(spikes[s]);
      for (std::size_t s = next_end; s < std::min(next_end + chunk, spikes.size()); ++s) prefetch_begin(spikes[s]);
      const std::span<const Emission> now(spikes.data() + i, end - i);
      const bool followed = end < spikes.size() && spikes[end].population == now[0].population;
      for (const std::uint32_t p : network_->outgoing[now[0].population])
        events += deliver_chunk(p, now, followed ? &spikes[end] : nullptr, first, populations, plastic);
      i = std::exchange(end, next_end);
    }
    if (!dense_list_.empty()) events += deliver_dense(first + k, populations);
    if (!gated_list_.empty()) deliver_gates(k, first + k, populations, gates, parity);
  }
  return events;
}

std::uint64_t Delivery::deliver_chunk(std::uint32_t p, std::span<const Emission> spikes, const Emission* next,
                                      Step first, std::vector<PopulationSlice>& populations,
                                      std::vector<PlasticSlice>& plastic) {
  const Projection& projection = network_->projections[p];
  const auto reaches = [&](const Emission& e) {
    return e.neuron >= projection.source.begin && e.neuron < projection.source.end;
  };
  std::uint64_t events = 0;
  if (projection.dense) {
    for (const Emission& e : spikes)
      if (reaches(e)) ++(e.before == dt_ ? dense_[p].at_start : dense_[p].at_end);
  } else if (projection.spec->plasticity != nullptr) {
    for (const Emission& e : spikes)
      if (reaches(e))
        events += plastic[plastic_[p]].queue(static_cast<std::uint32_t>(e.neuron - projection.source.begin),
                                             first + e.emitted(dt_));
  } else {
    const Rows& rows = projection.slice[slice_];
    Ring& ring = populations[projection.target_population].receptors[projection.receptor].ring;
    const float gain = gain_[p];
    const std::size_t at_start = ring.place(first + spikes[0].offset),
                      at_end = ring.place(first + spikes[0].offset + 1);
    with_columns(projection, rows, [&](auto targets, auto weights, auto delays) {
      for (std::size_t s = 0; s < spikes.size(); ++s) {
        const Emission& e = spikes[s];
        if (!reaches(e)) continue;
        const std::uint64_t row = e.neuron - projection.source.begin, begin = rows.row_begin(row);
        const std::size_t n = rows.row_end(row) - begin;
        const Emission* following = s + 1 < spikes.size() ? &spikes[s + 1] : next;
        const bool fetches = following != nullptr && reaches(*following);
        const Place place{begin, fetches ? rows.row_begin(following->neuron - projection.source.begin) : begin};
        add_row(targets.of(place), weights.of(place), delays.of(place), gain, n, ring,
                e.before == dt_ ? at_start : at_end);
        events += n;
      }
    });
  }
  return events;
}

const Rows* Delivery::rows_of(std::uint32_t projection, LocalIndex source) const {
  const Projection& p = network_->projections[projection];
  const bool has_row = !p.dense && p.spec->plasticity == nullptr && source >= p.source.begin && source < p.source.end;
  return has_row ? &p.slice[slice_] : nullptr;
}

void Delivery::prefetch_begin(const Emission& e) const {
  for (const std::uint32_t p : network_->outgoing[e.population]) {
    const Rows* rows = rows_of(p, e.neuron);
    if (rows == nullptr) continue;
    const std::uint64_t row = e.neuron - network_->projections[p].source.begin;
    rows->begin64.empty() ? __builtin_prefetch(&rows->begin[row]) : __builtin_prefetch(&rows->begin64[row]);
    if (!rows->length.empty()) __builtin_prefetch(&rows->length[row]);
  }
}

void Delivery::prefetch(const Emission& e) const {
  constexpr std::uint64_t enough = 96;  // synapses: longer rows are fetched while the one before is delivered
  for (const std::uint32_t p : network_->outgoing[e.population]) {
    const Rows* rows = rows_of(p, e.neuron);
    if (rows == nullptr) continue;
    const std::uint64_t row = e.neuron - network_->projections[p].source.begin;
    const std::uint64_t at = rows->row_begin(row), n = std::min<std::uint64_t>(rows->row_end(row) - at, enough);
    const auto fetch = [&](const auto& column) {
      if (column.empty()) return;
      for (std::uint64_t j = 0; j < n; j += 64 / sizeof(column[0])) __builtin_prefetch(&column[at + j]);
    };
    fetch(rows->target16);
    fetch(rows->target32);
    fetch(rows->weight);
    fetch(rows->weight16);
    fetch(rows->delay8);
    fetch(rows->delay16);
  }
}

void Delivery::add_to_all(const Projection& projection, Step arrival, float value,
                          std::vector<PopulationSlice>& populations) const {
  PopulationSlice& target = populations[projection.target_population];
  const std::uint64_t begin =
      std::clamp(projection.target.begin, target.range.begin, target.range.end) - target.range.begin;
  const std::uint64_t end =
      std::clamp(projection.target.end, target.range.begin, target.range.end) - target.range.begin;
  float* slot = target.receptors[projection.receptor].ring.slot(arrival);
  for (std::uint64_t i = begin; i < end; ++i) slot[i] += value;
}

std::uint64_t Delivery::deliver_dense(Step step, std::vector<PopulationSlice>& populations) {
  std::uint64_t events = 0;
  for (const std::uint32_t p : dense_list_) {
    DenseCount& count = dense_[p];
    if (count.at_start == 0 && count.at_end == 0) continue;
    const Projection& projection = network_->projections[p];
    const float weight = gain_[p] * projection.weight;
    if (count.at_start > 0)
      add_to_all(projection, step + projection.delay, weight * static_cast<float>(count.at_start), populations);
    if (count.at_end > 0)
      add_to_all(projection, step + 1 + projection.delay, weight * static_cast<float>(count.at_end), populations);

    // Events of this slice: every spike reaches every target it owns.
    const Range owned = populations[projection.target_population].range;
    const std::uint64_t targets = std::clamp(projection.target.end, owned.begin, owned.end) -
                                  std::clamp(projection.target.begin, owned.begin, owned.end);
    events += targets * (count.at_start + count.at_end);
    count = {};
  }
  return events;
}

void Delivery::deliver_gates(std::uint32_t k, Step step, std::vector<PopulationSlice>& populations,
                             const std::vector<GateGroup>& gates, unsigned parity) {
  if (served_.empty()) {
    for (const GateGroup& gate : gates) {
      std::vector<std::uint32_t>& served = served_.emplace_back();
      std::copy_if(gated_list_.begin(), gated_list_.end(), std::back_inserter(served),
                   [&](std::uint32_t p) { return gate.serves(network_->projections[p]); });
    }
  }
  for (std::size_t g = 0; g < gates.size(); ++g) {
    const double sum = gates[g].sum(parity, k);
    for (const std::uint32_t p : served_[g]) {
      const Projection& projection = network_->projections[p];
      add_to_all(projection, step + projection.delay,
                 static_cast<float>(static_cast<double>(gain_[p] * projection.weight) * sum), populations);
    }
  }
}

}  // namespace burgeon
