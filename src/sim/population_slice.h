#pragma once
// The neurons of one population that one thread owns: columns of state and coefficients, receptors with their input rings.

#include <cstdint>
#include <string>
#include <vector>

#include "catalogue/rows.h"
#include "network/network.h"
#include "sim/columns.h"
#include "spec/model_spec.h"

namespace burgeon {

/// Input that is under way: ring[slot][neuron], slot = arrival step modulo the number of slots. No more slots than needed: with
/// many neurons the ring is most of what a step brings in from memory.
struct Ring {
  AlignedVector<float> data;
  std::size_t stride = 0;
  std::size_t slots = 1;

  Ring() = default;
  /// Room for arrivals up to `max_delay` steps ahead.
  Ring(std::size_t neurons, Step max_delay);
  /// What is under way arrives `steps` later.
  void delay_all(Step steps);
  [[nodiscard]] std::size_t place(Step arrival) const { return static_cast<std::uint64_t>(arrival) % slots; }
  [[nodiscard]] float* slot(Step arrival) { return data.data() + place(arrival) * stride; }
  /// The slot `delay` < slots steps behind `place`.
  [[nodiscard]] float* slot(std::size_t place, std::size_t delay) {
    const std::size_t sum = place + delay;
    return data.data() + (sum < slots ? sum : sum - slots) * stride;
  }
};

/// One receptor of these neurons.
struct ReceptorSlice {
  const ReceptorSpec* spec = nullptr;
  ColumnSet state;
  ColumnSet coefficient;
  bool uniform = false;
  ColumnSet blocked;                 ///< [2 * blockers][n]; see ReceptorBlock
  std::vector<Blocker> blockers;     ///< concentration is renewed at every slow tick
  ColumnSet exposure;                ///< [1 + 2 * blockers][n], summed over steps; see ReceptorBlock. Only for leaps
  std::vector<double> total_weight;  ///< blockable receptors only
  Ring ring;
  std::vector<float> gain;  ///< [n] when an intervention blocks part of the receptor, else empty
};

/// All columns of these neurons. Positions in the slice count from range.begin.
struct PopulationSlice {
  const Population* population = nullptr;
  std::uint32_t index = 0;  ///< of the population
  Range range;
  ColumnSet state;
  ColumnSet coefficient;
  bool uniform = false;
  std::vector<ReceptorSlice> receptors;
  std::vector<double> input_slope;  ///< mV/pA. linear models: change of V over a step per constant current

  [[nodiscard]] std::size_t size() const { return range.size(); }
  [[nodiscard]] const PopulationSpec& spec() const { return *population->spec; }
  /// Column of a state of the neuron ("V_m") or of a receptor ("ampa.g"), first entry of the slice; null when there is none.
  [[nodiscard]] double* variable(const std::string& name);
};

/// Draws parameters and initial values and computes coefficients.
[[nodiscard]] PopulationSlice make_population_slice(const ModelSpec& spec, const Network& network,
                                                    std::uint32_t population, unsigned slice);

/// Unit of a variable as in PopulationSlice::variable; empty when there is none.
[[nodiscard]] std::string variable_unit(const PopulationSpec& population, const std::string& name);

}  // namespace burgeon
