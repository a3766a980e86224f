#include "sim/growth.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "base/errors.h"
#include "base/math.h"
#include "network/partner_tree.h"

namespace burgeon {
namespace {

constexpr double largest_change = 0.02;
constexpr double day = 86'400'000.0;  // ms

}  // namespace

Growth::Growth(const StructureSpec& spec, Network& network, Ranks& ranks, double dt)
    : spec_(&spec),
      network_(&network),
      ranks_(&ranks),
      key_(random_key(network.spec->run.seed, "structure growth " + spec.name)),
      dt_(dt),
      cells_of_(network.populations.size(), -1) {
  spec.model->prepare(spec.parameters.data(), constants_);
  for (std::uint32_t e = 0; e < spec.elements.size(); ++e) {
    const std::uint32_t population = spec.elements[e].population;
    const std::size_t n = network.populations[population].size;
    if (cells_of_[population] < 0) {
      cells_of_[population] = static_cast<int>(cells_.size());
      cells_.push_back({population, {}, std::vector<double>(n, 0.0), std::vector<double>(n, 0.0)});
    }
    cells_[static_cast<std::size_t>(cells_of_[population])].elements.push_back(e);
    elements_.push_back({std::vector<double>(n, 0.0), std::vector<double>(n, 0.0), std::vector<std::uint32_t>(n, 0)});
  }

  // Which elements the synapses of a projection use follows from its populations.
  for (const StructureSpec::Pairing& pairing : spec.pairings) {
    sets_.emplace_back();
    for (const auto& projections : pairing.projections) {
      const auto of = [&](const std::vector<std::uint32_t>& list, std::uint32_t population) {
        return *std::find_if(list.begin(), list.end(),
                             [&](std::uint32_t e) { return spec.elements[e].population == population; });
      };
      const Projection& first = network.projections[projections[0]];
      const auto set = static_cast<std::uint32_t>(synapses_.size());
      uses_.push_back(
          {set, of(pairing.axons, first.source_population), of(pairing.dendrites, first.target_population)});
      sets_.back().push_back(set);
      synapses_.emplace_back(network, projections, 1.0, ranks);
    }
  }
  gone_.resize(synapses_.size());
  mean_calcium_.assign(cells_.size(), 0.0);

  // Synapses that are there from the start have used up elements.
  for (const Use& use : uses_) {
    const SynapseSet& set = synapses_[use.set];
    for (unsigned s = 0; s < network.slices; ++s)
      for (std::uint64_t row = 0; row < set.first().source.size(); ++row)
        for (std::uint64_t k = set.rows(s).row_begin(row); k < set.rows(s).row_end(row); ++k) {
          ++elements_[use.axon].connected[set.first().source.begin + row];
          ++elements_[use.dendrite].connected[set.owned(s).begin + set.rows(s).target(k)];
        }
  }
  for (Element& element : elements_) {
    ranks.sum(element.connected);
    element.z.assign(element.connected.begin(), element.connected.end());
    element.marked = element.z;
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// Calcium and elements, by the owner of the neuron

void Growth::grow(Cells& cells, std::size_t neuron, double until) {
  const double span = until - cells.last[neuron];
  if (span <= 0.0) return;
  for (const std::uint32_t e : cells.elements) {
    const double change =
        spec_->model->growth(spec_->elements[e].parameters.data(), cells.calcium[neuron], constants_.tau_Ca, span);
    elements_[e].z[neuron] = std::max(0.0, elements_[e].z[neuron] + change);
  }
  cells.calcium[neuron] *= fast_exp(-span / constants_.tau_Ca);
  cells.last[neuron] = until;
}

void Growth::count(const Emissions& own, Step first, float dt) {
  for (const Emission& e : own) {
    const int c = cells_of_[e.population];
    if (c < 0) continue;
    Cells& cells = cells_[static_cast<std::size_t>(c)];
    grow(cells, e.neuron, static_cast<double>(first + e.emitted(dt)) * dt_);
    cells.calcium[e.neuron] += constants_.beta_Ca;
  }
}

void Growth::decide(unsigned slice, double now, double leap) {
  const double measured = now - marked_at_;
  for (Cells& cells : cells_) {
    const Range owned = network_->owned(cells.population, slice);
    for (std::uint64_t i = owned.begin; i < owned.end; ++i) {
      grow(cells, i, now);
      if (leap <= 0.0) continue;
      // The clock of the neuron jumps; calcium stays what it was.
      cells.last[i] = now + leap;
      if (measured <= 0.0) continue;
      for (const std::uint32_t e : cells.elements) {
        Element& element = elements_[e];
        const double change = (element.z[i] - element.marked[i]) / measured * leap;
        element.z[i] = std::max(0.0, element.z[i] + change);
        // The measured growth stays what it was.
        element.marked[i] += change;
      }
    }
  }
}

void Growth::mark(double now) {
  for (unsigned s = 0; s < network_->slices; ++s) decide(s, now, 0.0);
  for (Element& element : elements_) element.marked = element.z;
  marked_at_ = now;
}

double Growth::largest_leap(double now) {
  const double measured = now - marked_at_;
  if (measured <= 0.0) return day;
  share();
  double change = 0.0, all = 0.0;
  for (const Element& element : elements_)
    for (std::size_t i = 0; i < element.z.size(); ++i) {
      change += std::abs(element.z[i] - element.marked[i]);
      all += element.z[i];
    }
  return change > 0.0 ? std::min(day, largest_change * std::max(all, 50.0) * measured / change) : day;
}

std::vector<std::uint32_t> Growth::populations() const {
  std::vector<std::uint32_t> result;
  for (const Cells& cells : cells_) result.push_back(cells.population);
  return result;
}

// ---------------------------------------------------------------------------------------------------------------------
// Connectivity, by the leader

std::int64_t Growth::vacancy(std::uint32_t element, std::size_t neuron) const {
  const Element& e = elements_[element];
  return static_cast<std::int64_t>(std::floor(e.z[neuron])) - static_cast<std::int64_t>(e.connected[neuron]);
}

// What every rank knows of its own neurons, brought to all: elements, calcium.
void Growth::share() {
  if (ranks_->alone()) return;
  std::vector<double> mine;
  const auto each_column = [&](const auto& f) {
    for (Cells& cells : cells_) {
      f(cells.population, cells.calcium);
      for (const std::uint32_t e : cells.elements) {
        f(cells.population, elements_[e].z);
        f(cells.population, elements_[e].marked);
      }
    }
  };
  each_column([&](std::uint32_t population, std::vector<double>& column) {
    const Range owned = network_->owned_by_rank(population, ranks_->rank());
    mine.insert(mine.end(), column.begin() + static_cast<std::ptrdiff_t>(owned.begin),
                column.begin() + static_cast<std::ptrdiff_t>(owned.end));
  });
  const std::vector<double> all = all_lists(*ranks_, std::move(mine));
  std::size_t at = 0;
  for (unsigned r = 0; r < ranks_->count(); ++r)
    each_column([&](std::uint32_t population, std::vector<double>& column) {
      const Range owned = network_->owned_by_rank(population, r);
      ensure(at + owned.size() <= all.size(), "every rank sends all of its elements");
      std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(at), owned.size(),
                  column.begin() + static_cast<std::ptrdiff_t>(owned.begin));
      at += owned.size();
    });
}

void Growth::agree(double t, FanOut& fan_out) {
  share();
  for (std::size_t c = 0; c < cells_.size(); ++c) {
    double sum = 0.0;
    for (const double calcium : cells_[c].calcium) sum += calcium;
    mean_calcium_[c] = sum / static_cast<double>(cells_[c].calcium.size());
  }
  for (SynapseSet& set : synapses_) set.clear();
  for (auto& gone : gone_) gone.clear();
  for (std::size_t pairing = 0; pairing < spec_->pairings.size(); ++pairing) {
    for (const std::uint32_t axon : spec_->pairings[pairing].axons) remove_surplus(pairing, axon, true);
    for (const std::uint32_t dendrite : spec_->pairings[pairing].dendrites) remove_surplus(pairing, dendrite, false);
    if (constants_.sigma > 0.0)
      pair_by_distance(pairing);
    else
      pair_vacant(pairing);
  }
  lose_vacant();
  for (SynapseSet& set : synapses_) set.agree(t, fan_out);
  ++epoch_;
}

void Growth::apply(unsigned slice, SliceWork& work) {
  for (SynapseSet& set : synapses_) set.apply(slice, work);
}

// `number` of the candidates, at random: both partners lose a connected element and keep it as a vacant one.
void Growth::remove_some(std::span<Found> candidates, std::uint64_t number, RandomStream stream) {
  number = std::min<std::uint64_t>(number, candidates.size());
  for (std::uint64_t i = 0; i < number; ++i) {
    std::swap(candidates[i], candidates[i + stream.below(candidates.size() - i)]);
    const auto& [place, set, edit] = candidates[i];
    synapses_[set].add(edit);
    --elements_[uses_[set].axon].connected[edit.source];
    --elements_[uses_[set].dendrite].connected[edit.target];
    auto& gone = gone_[set];
    gone.insert(std::lower_bound(gone.begin(), gone.end(), edit.uid), edit.uid);
  }
}

// Neurons with fewer elements of this kind than synapses. All slices and ranks tell which synapses those have.
void Growth::remove_surplus(std::size_t pairing, std::uint32_t element, bool axonal) {
  const std::size_t n = elements_[element].z.size();
  std::vector<std::int32_t> place(n, -1);
  std::vector<std::uint32_t> neurons;
  for (std::uint32_t neuron = 0; neuron < n; ++neuron)
    if (vacancy(element, neuron) < 0) {
      place[neuron] = static_cast<std::int32_t>(neurons.size());
      neurons.push_back(neuron);
    }
  if (neurons.empty()) return;

  // Rows are by source: one look at all synapses finds those of all targets in question.
  std::vector<Found> found;
  const Cause cause = axonal ? Cause::axonal_deficit : Cause::dendritic_deficit;
  for (const std::uint32_t s : sets_[pairing]) {
    if ((axonal ? uses_[s].axon : uses_[s].dendrite) != element) continue;
    const SynapseSet& set = synapses_[s];
    for (unsigned slice = 0; slice < network_->slices; ++slice) {
      const Rows& rows = set.rows(slice);
      const std::uint64_t first = set.owned(slice).begin;
      for (std::uint32_t row = 0; row < set.first().source.size(); ++row) {
        if (axonal && place[row] < 0) continue;
        for (std::uint64_t k = rows.row_begin(row); k < rows.row_end(row); ++k) {
          const std::int32_t at = place[axonal ? row : first + rows.target(k)];
          if (at < 0 || std::binary_search(gone_[s].begin(), gone_[s].end(), rows.uid[k])) continue;
          found.push_back({static_cast<std::uint32_t>(at), s, set.pruned(slice, row, k, cause)});
        }
      }
    }
  }
  found = all_lists(*ranks_, std::move(found));
  std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
    return std::tuple(a.place, a.set, a.edit.order()) < std::tuple(b.place, b.set, b.edit.order());
  });
  const std::uint64_t key = random_key(key_, axonal ? "axon" : "dendrite");
  for (auto begin = found.begin(); begin != found.end();) {
    const auto end = std::find_if(begin, found.end(), [&](const Found& f) { return f.place != begin->place; });
    const std::uint32_t neuron = neurons[begin->place];
    remove_some({begin, end}, static_cast<std::uint64_t>(-vacancy(element, neuron)),
                RandomStream(key, std::uint64_t{element} << 32 | neuron, static_cast<std::int64_t>(epoch_)));
    begin = end;
  }
}

std::vector<Growth::Vacant> Growth::vacant(const std::vector<std::uint32_t>& elements, bool one_by_one) const {
  std::vector<Vacant> list;
  for (const std::uint32_t e : elements)
    for (std::uint32_t neuron = 0; neuron < elements_[e].z.size(); ++neuron) {
      const std::int64_t v = vacancy(e, neuron);
      if (v <= 0) continue;
      if (one_by_one)
        list.insert(list.end(), static_cast<std::size_t>(v), {e, neuron});
      else
        list.push_back({e, neuron, static_cast<std::uint32_t>(v)});
    }
  return list;
}

// Two vacant elements become a synapse, unless it would be a forbidden autapse.
bool Growth::connect(std::size_t pairing, const Vacant& axon, const Vacant& dendrite, std::uint64_t number) {
  for (const std::uint32_t s : sets_[pairing]) {
    const Use& use = uses_[s];
    if (use.axon != axon.element || use.dendrite != dendrite.element) continue;
    const Projection& projection = synapses_[s].first();
    const bool self = projection.source_population == projection.target_population && axon.neuron == dendrite.neuron;
    if (self && !projection.spec->wiring.autapses) return false;
    synapses_[s].create(axon.neuron, dendrite.neuron, number, 0, Cause::vacant_elements);
    ++elements_[use.axon].connected[axon.neuron];
    ++elements_[use.dendrite].connected[dendrite.neuron];
    return true;
  }
  return false;
}

// Every vacant element is in a list once; the longer list is shuffled, and the two are paired up as far as the shorter goes.
void Growth::pair_vacant(std::size_t pairing) {
  std::vector<Vacant> axons = vacant(spec_->pairings[pairing].axons, true);
  std::vector<Vacant> dendrites = vacant(spec_->pairings[pairing].dendrites, true);
  const std::size_t pairs = std::min(axons.size(), dendrites.size());
  std::vector<Vacant>& longer = axons.size() > dendrites.size() ? axons : dendrites;
  RandomStream stream(random_key(key_, "pairs"), pairing, static_cast<std::int64_t>(epoch_));
  for (std::size_t i = 0; i < pairs; ++i) std::swap(longer[i], longer[i + stream.below(longer.size() - i)]);
  for (std::size_t i = 0; i < pairs; ++i) connect(pairing, axons[i], dendrites[i], i);
}

// Axonal elements in random order choose among what dendritic vacancies are left, by vacancies and distance.
void Growth::pair_by_distance(std::size_t pairing) {
  std::vector<Vacant> axons = vacant(spec_->pairings[pairing].axons, true);
  const std::vector<Vacant> dendrites = vacant(spec_->pairings[pairing].dendrites, false);
  const auto place = [&](const Vacant& v) {
    return network_->populations[spec_->elements[v.element].population].position[v.neuron];
  };
  std::vector<Position> positions;
  std::vector<std::uint32_t> numbers;
  for (const Vacant& d : dendrites) {
    positions.push_back(place(d));
    numbers.push_back(d.number);
  }
  // Few candidates are weighed one by one, exactly. assumed: below this a tree saves nothing.
  constexpr std::size_t few = 1000;
  PartnerTree tree(positions, numbers, constants_.sigma, dendrites.size() <= few ? 0.0 : constants_.theta);
  // Where autapses are forbidden a neuron is no candidate of its own.
  const auto place_of_self = [&](const Vacant& axon) {
    for (const std::uint32_t s : sets_[pairing]) {
      const Projection& p = synapses_[s].first();
      if (uses_[s].axon != axon.element || p.spec->wiring.autapses || p.source_population != p.target_population)
        continue;
      // Candidates are element by element, and ascend within each.
      const auto begin = std::find_if(dendrites.begin(), dendrites.end(),
                                      [&](const Vacant& d) { return d.element == uses_[s].dendrite; });
      const auto end =
          std::find_if(begin, dendrites.end(), [&](const Vacant& d) { return d.element != uses_[s].dendrite; });
      const auto found = std::lower_bound(begin, end, axon.neuron,
                                          [](const Vacant& d, std::uint32_t neuron) { return d.neuron < neuron; });
      if (found != end && found->neuron == axon.neuron) return static_cast<std::uint32_t>(found - dendrites.begin());
    }
    return nobody;
  };
  RandomStream stream(random_key(key_, "pairs"), pairing, static_cast<std::int64_t>(epoch_));
  for (std::size_t i = 0; i < axons.size() && tree.vacancies() > 0; ++i) {
    std::swap(axons[i], axons[i + stream.below(axons.size() - i)]);
    const std::uint32_t self = place_of_self(axons[i]);
    const std::uint32_t chosen = tree.draw(stream, place(axons[i]), self);
    if (chosen == nobody) continue;
    tree.take(chosen);
    connect(pairing, axons[i], dendrites[chosen], i);
  }
}

void Growth::lose_vacant() {
  for (std::uint32_t e = 0; e < elements_.size(); ++e)
    for (std::size_t neuron = 0; neuron < elements_[e].z.size(); ++neuron)
      if (const std::int64_t v = vacancy(e, neuron); v > 0) {
        const double loss = constants_.vacant_loss * static_cast<double>(v);
        elements_[e].z[neuron] -= loss;
        elements_[e].marked[neuron] -= loss;
      }
}

}  // namespace burgeon
