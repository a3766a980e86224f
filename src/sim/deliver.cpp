#include "sim/deliver.h"

#include <algorithm>
#include <iterator>
#include <span>

namespace burgeon {
namespace {

// Spikes ahead of the current one whose row is fetched, and before that where its row begins.
constexpr std::size_t near = 4, far = 8;

// Synapses for which the next row is fetched at a time: a cache line of 16-bit targets.
constexpr std::size_t stretch = 32;

// A column of the rows of one projection, from the current row on and from the next one on.
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
struct Shared {
  T value;
  T operator[](std::size_t) const { return value; }
  void fetch_next(std::size_t) const {}
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

// Scalar scatter-add (gather and scatter instructions are slower).
template <class Target, class Weight>
void add_row(Target target, Weight weight, Column<std::uint16_t> delay, float gain, std::size_t n, Ring& ring,
             Step emitted) {
  const auto fetch = [&](std::size_t j) {
    target.fetch_next(j);
    weight.fetch_next(j);
    delay.fetch_next(j);
  };
  const std::size_t place = ring.place(emitted);
  walk_row(n, fetch, [&](std::size_t j) { ring.slot(place, delay[j])[target[j]] += gain * weight[j]; });
}

// Delays in runs: slot by slot. Short loops end in mispredicted branches, yet writing the slots out for a loop over the whole
// row takes as long or longer.
template <class Target, class Weight>
void add_row(Target target, Weight weight, std::span<const DelayRun> runs, float gain, Ring& ring, Step emitted) {
  std::size_t place = ring.place(emitted), j = 0, fetched = 0;
  for (const DelayRun run : runs) {
    place += run.after;
    if (place >= ring.slots) place -= ring.slots;
    float* const slot = ring.data.data() + place * ring.stride;
    for (const std::size_t end = j + run.count; j < end; ++j) slot[target[j]] += gain * weight[j];
    for (; fetched < j; fetched += stretch) {
      target.fetch_next(fetched);
      weight.fetch_next(fetched);
    }
  }
}

// Shared delay: the slot is the same for the whole row.
template <class Target, class Weight>
void add_row(Target target, Weight weight, Shared<std::uint16_t> delay, float gain, std::size_t n, Ring& ring,
             Step emitted) {
  float* const slot = ring.slot(emitted + delay.value);
  const auto fetch = [&](std::size_t j) {
    target.fetch_next(j);
    weight.fetch_next(j);
  };
  walk_row(n, fetch, [&](std::size_t j) { slot[target[j]] += gain * weight[j]; });
}

// A row and the one to come next, and where they begin among the synapses of a projection.
struct Place {
  std::uint64_t row, next_row;
  std::uint64_t at, next;
  template <class T>
  [[nodiscard]] Column<T> of(const std::vector<T>& column) const {
    return {column.data() + at, column.data() + next};
  }
};

// The first cache lines of as many runs as a row has.
void fetch_runs(const DelayRun* run, std::size_t n) {
  for (std::size_t k = 0; k < n; k += 64 / sizeof(DelayRun)) __builtin_prefetch(run + k);
}

template <class Target, class Weight>
void choose_delay(const Projection& p, const Rows& rows, Target target, Weight weight, Place place, std::size_t n,
                  float gain, Ring& ring, Step emitted) {
  if (p.shared_delay) return add_row(target, weight, Shared<std::uint16_t>{p.delay}, gain, n, ring, emitted);
  if (rows.delays.empty()) return add_row(target, weight, place.of(rows.delay16), gain, n, ring, emitted);
  const std::span<const DelayRun> runs = rows.delays.row(place.row);
  fetch_runs(rows.delays.row(place.next_row).data(), runs.size());
  add_row(target, weight, runs, gain, ring, emitted);
}

template <class Target>
void choose_weight(const Projection& p, const Rows& rows, Target target, Place place, std::size_t n, float gain,
                   Ring& ring, Step emitted) {
  if (p.shared_weight) return choose_delay(p, rows, target, Shared<float>{p.weight}, place, n, gain, ring, emitted);
  if (!rows.weight16.empty())
    return choose_delay(p, rows, target, place.of(rows.weight16), place, n, gain, ring, emitted);
  choose_delay(p, rows, target, place.of(rows.weight), place, n, gain, ring, emitted);
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
  std::size_t i = 0;
  for (std::uint32_t k = 0; k < steps; ++k) {
    for (; i < spikes.size() && spikes[i].offset == k; ++i) {
      if (i + far < spikes.size()) prefetch_begin(spikes[i + far]);
      if (i + near < spikes.size()) prefetch(spikes[i + near]);
      const bool followed = i + 1 < spikes.size() && spikes[i + 1].population == spikes[i].population;
      events += deliver_rows(spikes[i], spikes[followed ? i + 1 : i].neuron, first, populations, plastic);
    }
    if (!dense_list_.empty()) events += deliver_dense(first + k, populations);
    if (!gated_list_.empty()) deliver_gates(k, first + k, populations, gates, parity);
  }
  return events;
}

std::uint64_t Delivery::deliver_rows(const Emission& e, LocalIndex next, Step first,
                                     std::vector<PopulationSlice>& populations, std::vector<PlasticSlice>& plastic) {
  std::uint64_t events = 0;
  for (const std::uint32_t p : network_->outgoing[e.population]) {
    const Projection& projection = network_->projections[p];
    if (e.neuron < projection.source.begin || e.neuron >= projection.source.end) continue;
    if (projection.dense) {
      ++(e.before == dt_ ? dense_[p].at_start : dense_[p].at_end);
      continue;
    }
    const std::uint64_t row = e.neuron - projection.source.begin;
    if (projection.spec->plasticity != nullptr) {
      events += plastic[plastic_[p]].queue(static_cast<std::uint32_t>(row), first + e.emitted(dt_));
      continue;
    }
    const Rows& rows = projection.slice[slice_];
    const std::uint64_t at = rows.row_begin(row);
    const std::size_t n = rows.row_end(row) - at;
    if (n == 0) continue;
    Ring& ring = populations[projection.target_population].receptors[projection.receptor].ring;
    const Step emitted = first + e.emitted(dt_);
    const bool has_next = next >= projection.source.begin && next < projection.source.end;
    const std::uint64_t next_row = has_next ? next - projection.source.begin : row;
    const Place place{row, next_row, at, rows.row_begin(next_row)};
    if (!rows.target16.empty()) {
      choose_weight(projection, rows, place.of(rows.target16), place, n, gain_[p], ring, emitted);
    } else {
      choose_weight(projection, rows, place.of(rows.target32), place, n, gain_[p], ring, emitted);
    }
    events += n;
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
    if (!rows->delays.empty()) __builtin_prefetch(rows->delays.place_of(row));
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
    fetch(rows->delay16);
    if (!rows->delays.empty()) __builtin_prefetch(rows->delays.row(row).data());
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
