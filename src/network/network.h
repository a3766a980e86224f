#pragma once
// ModelSpec -> Network: placement, wiring, rows of synapses. Synapses are kept as rows by source, cut into slices: slice s
// of every projection holds exactly the synapses whose targets slice s owns, so one thread delivers to its own neurons only.
// A network over several processes has its slices dealt out to them in order; each holds the rows of its own only.
//
// The wiring is a pure function of (seed, projection name, target or source id): never of the number of slices.

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/bfloat16.h"
#include "base/types.h"
#include "network/delay_runs.h"
#include "parallel/ranks.h"
#include "spec/model_spec.h"

namespace burgeon {

/// Half-open range of neurons of one population.
struct Range {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  [[nodiscard]] std::uint64_t size() const { return end - begin; }
};

/// The part of a population of `size` neurons that slice `slice` of `slices` owns. Boundaries are multiples of 4 (a random
/// block serves four neighbours), contiguous, in order, and cover the population.
[[nodiscard]] Range slice_range(std::uint64_t size, unsigned slice, unsigned slices);

struct Population {
  const PopulationSpec* spec = nullptr;
  GlobalId first = 0;  ///< global id of neuron 0
  std::uint64_t size = 0;
  std::vector<std::array<float, 3>> position;  ///< um; empty when not placed
  /// total_weight[receptor][neuron]: summed |weight| of all synapses onto a blockable receptor; empty for other receptors.
  /// A Poisson or spike input onto it adds |weight| * synapses, so that the open fraction is defined without rows too.
  std::vector<std::vector<double>> total_weight;
};

/// Synapses of one projection onto one slice, by source neuron. Row i = entries row_begin(i) ... row_end(i) - 1, sorted by
/// (delay, target, order of creation). Rows that may grow have `length` and slack behind each row; the rest is packed.
struct Rows {
  std::vector<std::uint32_t> begin;     ///< [source count + 1], relative to base of the row set
  std::vector<std::uint64_t> begin64;   ///< used instead of `begin` when there are 2^32 synapses or more
  std::vector<std::uint16_t> target16;  ///< index within the slice's range of the target population; when it fits
  std::vector<std::uint32_t> target32;  ///< ... when it does not
  std::vector<float> weight;            ///< empty: in weight16, or Projection::weight holds for all
  std::vector<BFloat16> weight16;
  DelayRuns delays;  ///< of packed rows; empty: shared or in delay16
  // Of projections that a structural rule edits.
  std::vector<std::uint16_t> delay16;  ///< steps; empty: shared
  std::vector<std::uint32_t> length;   ///< synapses of each row; empty: rows are packed
  std::vector<std::uint64_t> uid;      ///< identity of a synapse over its life, ascending with its order of creation
  std::vector<std::uint8_t> stage;     ///< 0 mature, 1 new
  std::uint64_t count = 0;             ///< synapses, when not packed

  [[nodiscard]] std::uint64_t size() const { return length.empty() ? target16.size() + target32.size() : count; }
  [[nodiscard]] std::uint64_t row_begin(std::uint64_t row) const { return begin64.empty() ? begin[row] : begin64[row]; }
  [[nodiscard]] std::uint64_t row_end(std::uint64_t row) const {
    return length.empty() ? row_begin(row + 1) : row_begin(row) + length[row];
  }
  /// Target of entry k, an index within the slice's range.
  [[nodiscard]] std::uint32_t target(std::uint64_t k) const { return target16.empty() ? target32[k] : target16[k]; }
  [[nodiscard]] std::uint64_t bytes() const;  ///< of memory
};

/// Rows of one projection on every slice of this process, as they are when nothing may edit them.
struct CommonRows {
  std::vector<Rows> slice;
  std::uint16_t min_delay = 0, max_delay = 0;  ///< steps; 0 when there is no synapse
  [[nodiscard]] std::uint64_t bytes() const;
};

/// Rows by slice: a network's own, or in common with other networks and then never edited.
class RowSlices {
 public:
  [[nodiscard]] std::size_t size() const { return all().size(); }
  [[nodiscard]] const Rows& operator[](std::size_t slice) const { return all()[slice]; }
  [[nodiscard]] auto begin() const { return all().begin(); }
  [[nodiscard]] auto end() const { return all().end(); }
  /// Precondition: they are this network's own.
  [[nodiscard]] Rows& edit(std::size_t slice);
  void resize(std::size_t slices) { own_.resize(slices); }
  void share(std::shared_ptr<const CommonRows> rows) { common_ = std::move(rows); }
  [[nodiscard]] bool shared() const { return common_ != nullptr; }

 private:
  [[nodiscard]] const std::vector<Rows>& all() const { return common_ ? common_->slice : own_; }
  std::vector<Rows> own_;
  std::shared_ptr<const CommonRows> common_;
};

struct Projection {
  const ProjectionSpec* spec = nullptr;
  std::uint32_t source_population = 0;
  std::uint32_t target_population = 0;
  std::uint32_t receptor = 0;
  Range source;  ///< selected sources; row i belongs to neuron source.begin + i
  Range target;
  /// All pairs with one weight and one delay: no rows are stored, every target receives weight * (number of spikes).
  bool dense = false;
  float weight = 0.0F;      ///< when shared
  std::uint16_t delay = 0;  ///< steps, when shared
  bool shared_weight = false;
  bool shared_delay = false;
  std::uint16_t min_delay = 0, max_delay = 0;  ///< steps, over all synapses of all slices
  std::uint64_t synapses = 0;                  ///< over all slices, those of other processes included
  RowSlices slice;                             ///< [slices of this process]; empty (no `begin` either) when dense

  /// Weight of entry k of some rows of this projection.
  [[nodiscard]] float weight_at(const Rows& rows, std::uint64_t k) const {
    return shared_weight ? weight : rows.weight16.empty() ? rows.weight[k] : static_cast<float>(rows.weight16[k]);
  }
  /// Delays of one row of some rows of this projection, steps, one per synapse.
  void read_delays(const Rows& rows, std::uint64_t row, std::vector<std::uint16_t>& delays) const;
};

struct Network {
  const ModelSpec* spec = nullptr;
  unsigned slices = 1;       ///< of this process: all vectors by slice have this size
  unsigned first_slice = 0;  ///< of this process, among all
  unsigned all_slices = 1;   ///< over all processes
  std::vector<Population> populations;
  std::vector<Projection> projections;
  std::vector<std::vector<std::uint32_t>> outgoing;  ///< [population] -> projections that leave it, in config order
  Step min_delay = 1, max_delay = 1;                 ///< steps, over all projections (no projection: 1 and 1)
  /// Neurons of a population that slice `slice` of this process owns.
  [[nodiscard]] Range owned(std::uint32_t population, unsigned slice) const {
    return slice_range(populations[population].size, first_slice + slice, all_slices);
  }
  /// All neurons of a population that rank `rank` owns.
  [[nodiscard]] Range owned_by_rank(std::uint32_t population, unsigned rank) const {
    const std::uint64_t size = populations[population].size;
    return {slice_range(size, rank * slices, all_slices).begin,
            slice_range(size, (rank + 1) * slices - 1, all_slices).end};
  }
  [[nodiscard]] std::uint64_t neurons() const;
  [[nodiscard]] std::uint64_t synapses() const;
  [[nodiscard]] std::uint64_t bytes() const;  ///< memory of the rows of this process
};

/// Runs f(slice) for every slice, possibly in parallel.
using ForEachSlice = std::function<void(const std::function<void(unsigned slice)>& f)>;

class SharedRows;

/// Builds the network, or with `ranks` this process's part of it, `slices` slices on each. Rows that nothing may edit are taken
/// from `shared` when they are there, and kept in it. Collective. Precondition: the spec outlives it. Throws EnvironmentError, naming the projection, when a distribution never meets its bounds, a delay exceeds
/// 65,535 steps, or more different pairs are asked for than exist.
[[nodiscard]] Network build_network(const ModelSpec& spec, unsigned slices, const ForEachSlice& for_each_slice,
                                    Ranks* ranks = nullptr, SharedRows* shared = nullptr);

/// The network as a graph on rank 0: rows of all ranks with targets and nothing else. Elsewhere, and alone, it is not needed:
/// the network itself will do. Collective.
[[nodiscard]] Network gather_graph(const Network& network, Ranks& ranks);

/// Draws one value per neuron of a population: parameters and initial values. Pure function of (seed, what, index).
[[nodiscard]] std::vector<double> draw_values(const Draw& draw, std::uint64_t seed, const std::string& what,
                                              std::uint64_t first, std::uint64_t count);

/// Ring angle of neuron `index` of `size`, in [0, 2 pi).
[[nodiscard]] double ring_angle(std::uint64_t index, std::uint64_t size);

}  // namespace burgeon
