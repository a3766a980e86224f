// Checkpoints: every array in global neuron order, so that a run may continue on another number of threads.

#include <cstring>

#include "base/errors.h"
#include "sim/impl.h"
#include "sim/weights.h"

namespace burgeon {
namespace {

// Walks over all state in one fixed order; the same code writes and reads.
class Archive {
 public:
  explicit Archive(Checkpoint& checkpoint, bool writing) : checkpoint_(&checkpoint), writing_(writing) {}

  [[nodiscard]] bool reading() const { return !writing_; }

  /// A piece of an array: entries begin ... begin + n of `total` belong to `data`.
  template <class T>
  void piece(const std::string& name, std::size_t total, std::size_t begin, std::size_t n, T* data) {
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
    piece(name, 1, 0, 1, &v);
  }

  void columns(const std::string& name, ColumnSet& set, Range range, std::uint64_t total) {
    for (std::size_t k = 0; k < set.rows(); ++k)
      piece(name + "/" + std::to_string(k), total, range.begin, range.size(), set.row(k));
  }

  /// A list whose length is part of the state.
  void list(const std::string& name, std::vector<std::uint32_t>& v) {
    if (!writing_) v.resize(checkpoint_->arrays[name].size() / sizeof(std::uint32_t));
    piece(name, v.size(), 0, v.size(), v.data());
  }

  // Slots in the order of arrival, from the current step on.
  void ring(const std::string& name, Ring& ring, Step now, Range range, std::uint64_t total) {
    for (std::uint64_t k = 0; k <= ring.mask; ++k)
      piece(name + "/" + std::to_string(k), total, range.begin, range.size(), ring.slot(now + static_cast<Step>(k)));
  }

 private:
  Checkpoint* checkpoint_;
  bool writing_;
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

// Slow processes, and what has been measured for them.
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
  if (!s.slow.empty() || !s.meter.empty()) archive_slow(archive, s);
  archive.value("spikes", s.statistics.spikes);
}

// Weights in (source, target) order; traces; spikes that have not arrived. Sources look alike from every slice.
void archive_plastic(Archive& archive, Simulation::Impl& s) {
  for (std::size_t p = 0; p < s.slices[0].plastic.size(); ++p) {
    Projection& projection = s.network.projections[s.slices[0].plastic[p].projection()];
    const std::string name = "plastic/" + projection.spec->name;
    std::uint64_t total = 0, done = 0;
    for (const Rows& rows : projection.slice) total += rows.row_begin(projection.source.size());
    archive.piece(name + "/weight", total, 0, 0, static_cast<float*>(nullptr));
    in_global_order(projection, [&](unsigned slice, std::uint64_t at, std::uint64_t n) {
      archive.piece(name + "/weight", total, done, n, projection.slice[slice].weight.data() + at);
      done += n;
    });

    const std::uint64_t sources = projection.source.size();
    const std::uint64_t targets = s.network.populations[projection.target_population].size;
    for (unsigned rank = 0; rank < s.slices.size(); ++rank) {
      PlasticSlice& synapses = s.slices[rank].plastic[p];
      archive.columns(name + "/pre", synapses.pre().state(), {0, sources}, sources);
      archive.columns(name + "/post", synapses.post().state(),
                      s.slices[rank].populations[projection.target_population].range, targets);
      std::vector<std::uint32_t> spikes = synapses.under_way(s.now);
      archive.list(name + "/under_way", spikes);
      if (archive.reading()) synapses.set_under_way(s.now, spikes);
    }
  }
}

}  // namespace

Checkpoint Simulation::checkpoint() const {
  // Weights may lag behind what their targets have fired; in the middle of a run nobody else brings them up to date.
  for (SliceWork& slice : impl_->slices)
    for (PlasticSlice& plastic : slice.plastic) plastic.settle();

  Checkpoint result;
  result.spec_hash = impl_->spec->hash;
  result.step = impl_->now;
  Archive archive(result, true);
  archive_all(archive, *impl_);
  archive_plastic(archive, *impl_);
  result.arrays["summary"] = impl_->summary.save();
  result.arrays["recording"] = impl_->recording->save();
  return result;
}

void Simulation::restore(const Checkpoint& checkpoint) {
  Impl& s = *impl_;
  if (checkpoint.spec_hash != s.spec->hash)
    throw EnvironmentError("the checkpoint belongs to another model: its configuration hash differs");
  s.now = checkpoint.step;
  Checkpoint copy = checkpoint;
  Archive archive(copy, false);
  archive_all(archive, s);
  s.summary.load(copy.arrays["summary"]);
  s.recording->load(copy.arrays["recording"]);

  // What follows from time alone: signals, and interventions that are in force.
  if (s.last_tick >= 0) {
    s.slow.publish(s.slow_state, static_cast<double>(s.last_tick) * s.spec->run.dt, s.meter.last());
    for (unsigned rank = 0; rank < s.slices.size(); ++rank) s.follow_tick(rank, s.last_tick);
    s.count_fan_out();
  }
  // Last: the weights belong to the synapses that interventions have left.
  archive_plastic(archive, s);
}

}  // namespace burgeon
