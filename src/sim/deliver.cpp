#include "sim/deliver.h"

#include <algorithm>

namespace burgeon {
namespace {

struct SharedWeight {
  float weight;
  float operator[](std::size_t) const { return weight; }
};
struct SharedDelay {
  std::uint16_t delay;
  std::uint16_t operator[](std::size_t) const { return delay; }
};

// One row: scalar scatter-add (gather and scatter instructions are slower).
template <class Target, class Weight, class Delay>
void add_row(const Target* target, Weight weight, Delay delay, float gain, std::size_t n, Ring& ring, Step emitted) {
  for (std::size_t j = 0; j < n; ++j) ring.slot(emitted + delay[j])[target[j]] += gain * weight[j];
}

// Shared delay: the slot is the same for the whole row.
template <class Target, class Weight>
void add_row(const Target* target, Weight weight, SharedDelay delay, float gain, std::size_t n, Ring& ring,
             Step emitted) {
  float* slot = ring.slot(emitted + delay.delay);
  for (std::size_t j = 0; j < n; ++j) slot[target[j]] += gain * weight[j];
}

template <class Target, class Weight>
void choose_delay(const Projection& p, const Rows& rows, const Target* target, Weight weight, std::uint64_t at,
                  std::size_t n, float gain, Ring& ring, Step emitted) {
  if (p.shared_delay) return add_row(target, weight, SharedDelay{p.delay}, gain, n, ring, emitted);
  if (!rows.delay8.empty()) return add_row(target, weight, rows.delay8.data() + at, gain, n, ring, emitted);
  add_row(target, weight, rows.delay16.data() + at, gain, n, ring, emitted);
}

template <class Target>
void choose_weight(const Projection& p, const Rows& rows, const Target* target, std::uint64_t at, std::size_t n,
                   float gain, Ring& ring, Step emitted) {
  if (p.shared_weight) return choose_delay(p, rows, target, SharedWeight{p.weight}, at, n, gain, ring, emitted);
  choose_delay(p, rows, target, rows.weight.data() + at, at, n, gain, ring, emitted);
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
  constexpr std::size_t ahead = 2;
  std::uint64_t events = 0;
  std::size_t i = 0;
  for (std::uint32_t k = 0; k < steps; ++k) {
    for (; i < spikes.size() && spikes[i].offset == k; ++i) {
      if (i + ahead < spikes.size()) prefetch(spikes[i + ahead]);
      events += deliver_rows(spikes[i], first, populations, plastic);
    }
    if (!dense_list_.empty()) events += deliver_dense(first + k, populations);
    if (!gated_list_.empty()) deliver_gates(k, first + k, populations, gates, parity);
  }
  return events;
}

std::uint64_t Delivery::deliver_rows(const Emission& e, Step first, std::vector<PopulationSlice>& populations,
                                     std::vector<PlasticSlice>& plastic) {
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
    if (!rows.target16.empty()) {
      choose_weight(projection, rows, rows.target16.data() + at, at, n, gain_[p], ring, emitted);
    } else {
      choose_weight(projection, rows, rows.target32.data() + at, at, n, gain_[p], ring, emitted);
    }
    events += n;
  }
  return events;
}

void Delivery::prefetch(const Emission& e) const {
  // The first lines of the rows to come; the hardware follows on its own from there.
  for (const std::uint32_t p : network_->outgoing[e.population]) {
    const Projection& projection = network_->projections[p];
    if (projection.dense || projection.spec->plasticity != nullptr) continue;
    if (e.neuron < projection.source.begin || e.neuron >= projection.source.end) continue;
    const Rows& rows = projection.slice[slice_];
    const std::uint64_t at = rows.row_begin(e.neuron - projection.source.begin);
    if (!rows.target16.empty()) __builtin_prefetch(rows.target16.data() + at);
    if (!rows.target32.empty()) __builtin_prefetch(rows.target32.data() + at);
    if (!rows.weight.empty()) __builtin_prefetch(rows.weight.data() + at);
    if (!rows.delay8.empty()) __builtin_prefetch(rows.delay8.data() + at);
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
  for (const GateGroup& gate : gates) {
    const double sum = gate.sum(parity, k);
    for (const std::uint32_t p : gated_list_) {
      const Projection& projection = network_->projections[p];
      if (!gate.serves(projection)) continue;
      add_to_all(projection, step + projection.delay,
                 static_cast<float>(static_cast<double>(gain_[p] * projection.weight) * sum), populations);
    }
  }
}

}  // namespace burgeon
