// Checkpoints: every array in global neuron order, so that a run may continue on another number of threads and ranks. Ranks other
// than 0 send what they would have written to rank 0.

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <tuple>
#include <utility>

#include "base/errors.h"
#include "sim/impl.h"
#include "sim/weights.h"

namespace burgeon {
namespace {

// Walks over all state in one fixed order; the same code writes and reads.
class Archive {
 public:
  Archive(Checkpoint& checkpoint, bool writing, bool sending)
      : checkpoint_(&checkpoint), writing_(writing), sending_(sending) {}

  [[nodiscard]] bool reading() const { return !writing_; }
  [[nodiscard]] bool sending() const { return sending_; }

  /// A piece of an array: entries begin ... begin + n of `total` belong to `data`.
  template <class T>
  void piece(const std::string& name, std::size_t total, std::size_t begin, std::size_t n, T* data) {
    if (sending_) return send(name, begin * sizeof(T), {reinterpret_cast<const std::byte*>(data), n * sizeof(T)});
    std::vector<std::byte>& bytes = checkpoint_->arrays[name];
    if (writing_) bytes.resize(total * sizeof(T));
    if (bytes.size() != total * sizeof(T)) throw EnvironmentError("checkpoint: " + name + " does not fit the model");
    if (n == 0) return;
    std::byte* at = bytes.data() + begin * sizeof(T);
    if (writing_) {
      std::memcpy(at, data, n * sizeof(T));
    } else {
      std::memcpy(data, at, n * sizeof(T));
    }
  }

  template <class T>
  void value(const std::string& name, T& v) {
    if (!sending_) piece(name, 1, 0, 1, &v);
  }

  void columns(const std::string& name, ColumnSet& set, Range range, std::uint64_t total) {
    for (std::size_t k = 0; k < set.rows(); ++k)
      piece(name + "/" + std::to_string(k), total, range.begin, range.size(), set.row(k));
  }

  /// A list whose length is part of the state.
  template <class T>
  void list(const std::string& name, std::vector<T>& v) {
    if (sending_) return;
    if (!writing_) v.resize(checkpoint_->arrays[name].size() / sizeof(T));
    piece(name, v.size(), 0, v.size(), v.data());
  }

  // Slots in the order of arrival, from the current step on.
  void ring(const std::string& name, Ring& ring, Step now, Range range, std::uint64_t total) {
    for (std::size_t k = 0; k < ring.slots; ++k)
      piece(name + "/" + std::to_string(k), total, range.begin, range.size(), ring.slot(now + static_cast<Step>(k)));
  }

  /// Brings the pieces of all ranks together on rank 0.
  void collect(Ranks& ranks) {
    ranks.gather(sent_, [&](unsigned, std::span<const std::byte> bytes) {
      while (!bytes.empty()) {
        Head head{};
        std::memcpy(&head, bytes.data(), sizeof head);
        const std::string name(reinterpret_cast<const char*>(bytes.data() + sizeof head), head.name);
        bytes = bytes.subspan(sizeof head + head.name);
        std::vector<std::byte>& array = checkpoint_->arrays.at(name);
        ensure(head.begin + head.size <= array.size(), "pieces of a checkpoint lie in its arrays");
        std::memcpy(array.data() + head.begin, bytes.data(), head.size);
        bytes = bytes.subspan(head.size);
      }
    });
    sent_.clear();
  }

 private:
  struct Head {
    std::uint64_t name, begin, size;  ///< length of the name, place and length in the array [bytes]
  };
  void send(const std::string& name, std::size_t begin, std::span<const std::byte> bytes) {
    if (bytes.empty()) return;
    const Head head{name.size(), begin, bytes.size()};
    const auto parts = {std::as_bytes(std::span(&head, 1)), std::as_bytes(std::span(name)), bytes};
    for (const auto& part : parts) sent_.insert(sent_.end(), part.begin(), part.end());
  }

  Checkpoint* checkpoint_;
  bool writing_, sending_;
  std::vector<std::byte> sent_;
};

void archive_population(Archive& archive, PopulationSlice& population, Step now) {
  const std::string name = "population/" + population.spec().name;
  const std::uint64_t total = population.population->size;
  archive.columns(name + "/state", population.state, population.range, total);
  for (ReceptorSlice& receptor : population.receptors) {
    const std::string of = name + "/" + receptor.spec->name;
    archive.columns(of + "/state", receptor.state, population.range, total);
    archive.columns(of + "/blocked", receptor.blocked, population.range, total);
    archive.ring(of + "/ring", receptor.ring, now, population.range, total);
  }
}

// Slow processes, and what has been measured for them: the same on all ranks.
void archive_slow(Archive& archive, Simulation::Impl& s) {
  archive.piece("slow/common", s.slow_state.common.size(), 0, s.slow_state.common.size(), s.slow_state.common.data());
  for (std::size_t p = 0; p < s.slow_state.each.size(); ++p) {
    std::vector<double>& each = s.slow_state.each[p];
    archive.piece("slow/" + s.spec->slow[p].name, each.size(), 0, each.size(), each.data());
  }
  std::vector<double> measured = s.meter.save();
  archive.piece("measured", measured.size(), 0, measured.size(), measured.data());
  if (archive.reading()) s.meter.load(measured);
}

void archive_all(Archive& archive, Simulation::Impl& s) {
  for (unsigned rank = 0; rank < s.slices.size(); ++rank) {
    SliceWork& slice = s.slices[rank];
    for (std::size_t p = 0; p < slice.populations.size(); ++p) {
      PopulationSlice& population = slice.populations[p];
      archive_population(archive, population, s.now);
      for (InputSlice& input : slice.inputs[p])
        archive.columns("input/" + input.spec().name, input.state(), population.range, population.population->size);
    }
    for (std::size_t g = 0; g < s.gates.size(); ++g) {
      GateGroup& gate = s.gates[g];
      const Range part = gate.part(rank), whole = gate.source();
      const Range in_group{part.begin - whole.begin, part.end - whole.begin};
      archive.columns("gate/" + std::to_string(g), gate.state(rank), in_group, whole.size());
      archive.piece("gate/" + std::to_string(g) + "/pending", whole.size(), in_group.begin, in_group.size(),
                    gate.pending(rank).data());
    }
  }
  archive.value("hash", s.hash);
  archive.value("last_tick", s.last_tick);
  archive.value("tick_start", s.tick_start);
  if (!archive.sending() && (!s.slow.empty() || !s.meter.empty())) archive_slow(archive, s);
  archive.value("spikes", s.statistics.spikes);
}

// Weights in (source, target) order, over the rows of all ranks.
void archive_weights(Archive& archive, Projection& projection, Checkpoint& checkpoint, Ranks& ranks) {
  const std::string name = "plastic/" + projection.spec->name + "/weight";
  if (!archive.reading()) {
    std::vector<std::byte>& array = checkpoint.arrays[name];
    if (!archive.sending()) array.reserve(projection.synapses * sizeof(float));
    for_each_weights(projection, ranks, [&](std::span<const float> weights) {
      const auto bytes = std::as_bytes(weights);
      array.insert(array.end(), bytes.begin(), bytes.end());
    });
    return;
  }

  // Our part of a row begins behind what lower ranks have of it.
  const std::vector<std::uint32_t> mine = row_sizes(projection);
  std::vector<std::span<const std::byte>> all;
  ranks.all_gather(std::as_bytes(std::span(mine)), all);
  std::vector<std::uint64_t> before(mine.size(), 0), behind(mine.size(), 0);
  std::uint64_t total = 0;
  for (unsigned r = 0; r < all.size(); ++r)
    for (std::uint64_t row = 0; row < mine.size(); ++row) {
      std::uint32_t n = 0;
      std::memcpy(&n, all[r].data() + row * sizeof n, sizeof n);
      total += n;
      if (r < ranks.rank()) before[row] += n;
      if (r > ranks.rank()) behind[row] += n;
    }
  std::uint64_t done = 0;
  for (std::uint64_t row = 0; row < mine.size(); ++row) {
    done += before[row];
    for (std::size_t s = 0; s < projection.slice.size(); ++s) {
      Rows& rows = projection.slice.edit(s);
      const std::uint64_t at = rows.row_begin(row), n = rows.row_end(row) - at;
      archive.piece(name, total, done, n, rows.weight.data() + at);
      done += n;
    }
    done += behind[row];
  }
}

// Weights; traces; spikes that have not arrived. Sources look alike from every slice.
void archive_plastic(Archive& archive, Simulation::Impl& s, Checkpoint& checkpoint) {
  for (std::size_t p = 0; p < s.slices[0].plastic.size(); ++p) {
    Projection& projection = s.network.projections[s.slices[0].plastic[p].projection()];
    const std::string name = "plastic/" + projection.spec->name;
    archive_weights(archive, projection, checkpoint, s.ranks);

    const std::uint64_t sources = projection.source.size();
    const std::uint64_t targets = s.network.populations[projection.target_population].size;
    for (unsigned rank = 0; rank < s.slices.size(); ++rank) {
      PlasticSlice& synapses = s.slices[rank].plastic[p];
      if (!archive.sending()) archive.columns(name + "/pre", synapses.pre().state(), {0, sources}, sources);
      archive.columns(name + "/post", synapses.post().state(),
                      s.slices[rank].populations[projection.target_population].range, targets);
      std::vector<std::uint32_t> spikes = synapses.under_way(s.now);
      archive.list(name + "/under_way", spikes);
      if (archive.reading()) synapses.set_under_way(s.now, spikes);
    }
  }
}

// A synapse of a set with the neurons it joins.
struct Joined {
  std::uint32_t row, target;
  RowEntry entry;
};

// All synapses of a set, over all ranks, in the order (source, target, order of creation); on rank 0.
std::vector<Joined> joined(const Simulation::Impl& s, const SynapseSet& set, Ranks& ranks) {
  std::vector<Joined> mine;
  for (unsigned slice = 0; slice < s.slices.size(); ++slice)
    for (std::uint32_t row = 0; row < set.first().source.size(); ++row)
      for (std::uint64_t k = set.rows(slice).row_begin(row); k < set.rows(slice).row_end(row); ++k) {
        const RowEntry e = set.entry(slice, k);
        mine.push_back({row, static_cast<std::uint32_t>(set.owned(slice).begin + e.target), e});
      }
  std::vector<Joined> all = lists_on_first(ranks, std::move(mine));
  std::sort(all.begin(), all.end(), [](const Joined& a, const Joined& b) {
    return std::tuple(a.row, a.target, a.entry.uid) < std::tuple(b.row, b.target, b.entry.uid);
  });
  return all;
}

// Synapses of a set as lists of columns.
void archive_synapses(Archive& archive, Simulation::Impl& s, SynapseSet& set) {
  const std::string name = "structure/" + set.first().spec->name;
  auto state = set.state();
  archive.value(name + "/state", state);
  const std::uint64_t rows = set.first().source.size();
  std::vector<std::uint32_t> length, target;
  std::vector<std::uint64_t> uid;
  std::vector<std::uint8_t> stage;
  std::vector<std::uint16_t> delay;
  std::vector<std::array<float, most_receptors>> weight;
  if (!archive.reading()) {
    length.assign(rows, 0);
    for (const auto& [row, neuron, e] : joined(s, set, s.ranks)) {
      ++length[row];
      target.push_back(neuron);
      uid.push_back(e.uid);
      stage.push_back(e.stage);
      delay.push_back(e.delay);
      weight.push_back(e.weight);
    }
  }
  archive.list(name + "/length", length);
  archive.list(name + "/target", target);
  archive.list(name + "/uid", uid);
  archive.list(name + "/stage", stage);
  archive.list(name + "/delay", delay);
  archive.list(name + "/weight", weight);
  if (archive.reading()) {
    const std::size_t n = target.size();
    if (length.size() != rows || uid.size() != n || stage.size() != n || delay.size() != n || weight.size() != n)
      throw EnvironmentError("checkpoint: synapses of " + name + " do not fit the model");
    set.set_state(state);
    for (unsigned slice = 0; slice < s.slices.size(); ++slice) {
      const Range owned = set.owned(slice);
      std::vector<std::uint32_t> own_length(rows, 0);
      std::vector<RowEntry> own;
      std::size_t k = 0;
      for (std::uint64_t row = 0; row < rows; ++row) {
        const std::size_t begin = own.size();
        for (std::uint32_t i = 0; i < length[row] && k < n; ++i, ++k)
          if (target[k] >= owned.begin && target[k] < owned.end)
            own.push_back({delay[k], stage[k], static_cast<std::uint32_t>(target[k] - owned.begin), uid[k], weight[k]});
        std::sort(own.begin() + static_cast<std::ptrdiff_t>(begin), own.end(),
                  [](const RowEntry& a, const RowEntry& b) { return a.order() < b.order(); });
        own_length[row] = static_cast<std::uint32_t>(own.size() - begin);
      }
      replace_rows(s.network, set.projections(), slice, own_length, own);
    }
    for (const std::uint32_t p : set.projections()) s.network.projections[p].synapses = n;
  }

  // Summed weights have seen every change in its order.
  for (const std::uint32_t p : set.projections()) {
    const Projection& projection = s.network.projections[p];
    const std::uint64_t neurons = s.network.populations[projection.target_population].size;
    for (unsigned slice = 0; slice < s.slices.size(); ++slice) {
      PopulationSlice& population = s.slices[slice].populations[projection.target_population];
      std::vector<double>& total = population.receptors[projection.receptor].total_weight;
      if (!total.empty())
        archive.piece("structure/" + projection.spec->name + "/total_weight", neurons, population.range.begin,
                      population.range.size(), total.data());
    }
  }
}

// Elements of the neurons that this process owns; those in synapses are known to all.
void archive_growth(Archive& archive, Simulation::Impl& s, Growth& rule) {
  const std::string name = "structure/" + rule.spec().name;
  archive.value(name + "/epoch", rule.epoch());
  archive.value(name + "/marked_at", rule.marked_at());
  archive.list(name + "/mean_calcium", rule.mean_calcium_of_cells());
  const auto own = [&](const std::string& array, std::uint32_t population, std::vector<double>& column) {
    const Range owned = s.network.owned_by_rank(population, s.ranks.rank());
    archive.piece(array, column.size(), owned.begin, owned.size(), column.data() + owned.begin);
  };
  for (Growth::Cells& cells : rule.cells()) {
    const std::string of = name + "/" + s.spec->populations[cells.population].name;
    own(of + "/calcium", cells.population, cells.calcium);
    own(of + "/last", cells.population, cells.last);
  }
  for (std::size_t e = 0; e < rule.elements().size(); ++e) {
    const StructureSpec::Element& spec = rule.spec().elements[e];
    const std::string of = name + "/element/" + spec.name;
    Growth::Element& element = rule.elements()[e];
    own(of + "/z", spec.population, element.z);
    own(of + "/marked", spec.population, element.marked);
    archive.list(of + "/connected", element.connected);
  }
}

void archive_structure(Archive& archive, Simulation::Impl& s) {
  if (s.structure.empty()) return;
  archive.list("structure/done", s.structure.done());
  archive.list("structure/levels", s.structure.levels());
  for (SynapseSet* set : s.structure.sets()) archive_synapses(archive, s, *set);
  for (Turnover& rule : s.structure.turnover()) {
    const std::string name = "structure/" + rule.spec().name;
    archive.value(name + "/epoch", rule.epoch());
    std::vector<Turnover::Site> sites;
    if (!archive.reading()) sites = rule.all_sites();
    archive.list(name + "/sites", sites);
    if (archive.reading()) rule.set_sites(sites);
  }
  for (Growth& rule : s.structure.growth()) archive_growth(archive, s, rule);
}

// Signals as they were left at the last tick: those of structural rules come after what is read out of them.
void archive_signals(Archive& archive, Simulation::Impl& s) {
  if (s.structure.empty()) return;
  std::vector<double> values;
  for (const Signals::Value& signal : s.signals.values()) values.push_back(signal.value);
  if (!archive.sending()) archive.piece("structure/signals", values.size(), 0, values.size(), values.data());
  if (archive.reading())
    for (std::size_t k = 0; k < values.size(); ++k) s.signals.set(k, values[k]);
}

}  // namespace

Checkpoint Simulation::checkpoint() const {
  // Weights may lag behind what their targets have fired; in the middle of a run nobody else brings them up to date.
  for (SliceWork& slice : impl_->slices)
    for (PlasticSlice& plastic : slice.plastic) plastic.settle();

  Checkpoint result;
  result.spec_hash = impl_->spec->hash;
  result.step = impl_->now;
  Archive archive(result, true, !impl_->ranks.first());
  impl_->ranks.together([&] {
    archive_all(archive, *impl_);
    archive_plastic(archive, *impl_, result);
    archive_structure(archive, *impl_);
    archive_signals(archive, *impl_);
    archive.collect(impl_->ranks);
  });
  result.arrays["summary"] = impl_->summary.save();
  result.arrays["recording"] = impl_->recording->save();
  if (!impl_->snapshots->empty()) result.arrays["snapshots"] = impl_->snapshots->save();
  return result;
}

void Simulation::restore(const Checkpoint& checkpoint) {
  Impl& s = *impl_;
  if (checkpoint.spec_hash != s.spec->hash)
    throw EnvironmentError("the checkpoint belongs to another model: its configuration hash differs");
  s.now = checkpoint.step;
  Checkpoint copy = checkpoint;
  Archive archive(copy, false, false);
  archive_all(archive, s);
  s.summary.load(copy.arrays["summary"]);
  s.recording->load(copy.arrays["recording"], checkpoint.step);
  if (!s.snapshots->empty()) s.snapshots->load(copy.arrays["snapshots"], checkpoint.step);

  // What follows from time alone: signals, and interventions that are in force.
  if (s.last_tick >= 0) {
    s.slow.publish(s.slow_state, static_cast<double>(s.last_tick) * s.spec->run.dt, s.meter.last());
    archive_signals(archive, s);
    for (unsigned slice = 0; slice < s.slices.size(); ++slice) s.follow_tick(slice, s.last_tick);
    s.count_fan_out();
  }
  // Last: the weights belong to the synapses that interventions have left.
  archive_plastic(archive, s, copy);
  archive_structure(archive, s);
  if (!s.structure.empty()) s.count_fan_out();
}

}  // namespace burgeon
