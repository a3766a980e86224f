#pragma once
// Integration of one slice over one interval: block by block, so that a block's columns stay in the first-level cache, and
// inside a block step by step: inputs -> receptors -> neurons. Populations with plastic input go step by step as a whole:
// an arrival is delivered with the weight that the spikes of earlier steps have left.

#include <cstdint>
#include <vector>

#include "sim/emissions.h"
#include "sim/inputs.h"
#include "sim/plasticity.h"
#include "sim/population_slice.h"

namespace burgeon {

/// A value taken from every neuron at some steps of an interval (recorders). Filled by `update`, read after.
struct Probe {
  enum class What : std::uint8_t { column, lfp };
  What what = What::column;
  const double* column = nullptr;  ///< What::column: first entry of the slice
  std::size_t begin = 0, end = 0;  ///< recorded neurons, as positions in the slice
  Step every = 1;                  ///< sampled at steps that are multiples of this
  Step start = 0, stop = 0;        ///< and in [start, stop]
  /// [sample of the interval][neuron], sample by sample; of this and the previous interval, by parity.
  std::vector<double> samples[2];
};

/// Wall time of updates of a slice and of two parts of them [s], in one interval of `every`: reading clocks in all of them would cost
/// a part of what is measured.
struct UpdateShares {
  static constexpr std::uint32_t every = 8;
  double all = 0.0;
  double noise = 0.0;       ///< inputs: Poisson trains, Ornstein-Uhlenbeck, currents
  double plasticity = 0.0;  ///< arrivals and firing at plastic synapses
  std::uint32_t intervals = 0;
};

/// Everything one thread integrates, besides what it shares.
struct SliceWork {
  std::vector<PopulationSlice> populations;
  std::vector<std::vector<InputSlice>> inputs;  ///< [population]
  std::vector<std::vector<Probe>> probes;       ///< [population]
  std::vector<PlasticSlice> plastic;            ///< plastic projections, in config order
  Emissions found[2];                           ///< spikes of this and the previous interval, in delivery order
  Emissions scratch;
  UpdateShares shares;
};

/// First neuron that is not finite, if any.
struct NotFinite {
  bool found = false;
  std::uint32_t population = 0;
  std::uint64_t neuron = 0;
  std::string variable;
};

/// Integrates all populations of the slice from `first` through `steps` steps; spikes go to work.found[parity], ordered.
void update(SliceWork& work, Step first, std::uint32_t steps, double dt, unsigned parity);

/// Looks for NaN and infinity in the state columns of the slice.
[[nodiscard]] NotFinite find_not_finite(SliceWork& work);

}  // namespace burgeon
