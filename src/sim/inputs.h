#pragma once
// External input to one slice: Poisson trains, currents, Ornstein-Uhlenbeck processes, spike lists. Every random number is
// keyed by (seed, input name, replica, neuron, step), so that it is the same on any layout.

#include <cstdint>
#include <vector>

#include "base/noise.h"
#include "sim/columns.h"
#include "sim/population_slice.h"
#include "spec/model_spec.h"

namespace burgeon {

/// Where an input adds its current: accumulators of one block at one step (see NeuronBlock).
struct InputTarget {
  std::size_t begin, n;  ///< block, as positions in the slice
  float* slot;        ///< ring slot of the input's receptor, from the first neuron of the slice; null without receptor
  const double* V_m;  ///< of the block, as are the following
  const double* input_slope;  ///< linear models; null for conductance models
  double* current;
  double* slope;
  double* increment;
  double* current_end;
};

/// One input of the config, for the neurons of one slice.
class InputSlice {
 public:
  /// `slice`: the neurons that the input may reach; `replica`: whose noise it is. Spec, input and kernels outlive this.
  InputSlice(const ModelSpec& spec, const InputSpec& input, const PopulationSlice& slice, const NoiseKernels& noise,
             std::uint64_t replica);

  /// Prepares the steps first ... first + count - 1: rates of every step.
  void begin_interval(Step first, Step count);
  /// Adds the input of step `first + k` to one block. Blocks are visited once per step.
  void add(Step k, const InputTarget& target);

  [[nodiscard]] const InputSpec& spec() const { return *input_; }
  /// State of Ornstein-Uhlenbeck processes, for checkpoints: [n], in slice order.
  [[nodiscard]] ColumnSet& state() { return state_; }

 private:
  [[nodiscard]] double level_at(Step step) const;
  void add_poisson(Step k, const InputTarget& target, std::size_t from, std::size_t to);
  void add_ou(Step k, const InputTarget& target, std::size_t from, std::size_t to);
  void add_spikes(Step k, const InputTarget& target, std::size_t from, std::size_t to) const;

  const InputSpec* input_;
  const NoiseKernels* noise_;
  double dt_;
  std::uint64_t key_, redraw_key_;
  std::size_t slice_begin_;  ///< index of the slice's first neuron in the population
  std::size_t begin_, end_;  ///< targets, as positions in the slice
  Step start_, stop_;        ///< active steps
  Step first_ = 0;
  std::vector<double> level_;            ///< of every step of the interval
  std::vector<PoissonTable> tables_;     ///< of the interval, one per change of level
  std::vector<std::uint32_t> table_of_;  ///< [step of the interval]
  ColumnSet state_;                      ///< OU value
  double ou_keep_ = 0.0, ou_kick_ = 0.0;
  std::vector<double> E_rev_;                           ///< OU conductance: reversal, one or n
  std::vector<double> ring_factor_;                     ///< ring-shaped current, [n] or empty
  std::vector<std::pair<Step, std::uint32_t>> events_;  ///< spike list: (step, position in the slice), sorted
};

}  // namespace burgeon
