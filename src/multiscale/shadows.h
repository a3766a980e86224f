#pragma once
// Errors of a run with leaps, carried by copies of its slow side. Every shadow goes through the same steps with averages that are
// wrong as they may be wrong (response_surface.h): what ceilings, thresholds and damping make of an error, they make of it here.
// One more shadow is given the error of every step itself, e_H, and keeps what is left of it.
//
// Kept are differences from the run, of slow states and of expected numbers of synapses. A shadow whose slow side is elsewhere
// would have measured another network: its averages move with it, by the slopes of the response surface.

#include <vector>

#include "multiscale/numbers.h"
#include "sim/simulation.h"

namespace burgeon {

/// A stretch of the run: the slow side at its beginning, and what drives it.
struct Stretch {
  double start = 0.0, stop = 0.0;  ///< ms
  SlowState state;                 ///< at start
  std::vector<TurnoverPools> pools;
  std::vector<Measured>
      path;  ///< at two or more moments, equally far apart, first and last the two ends; straight in between

  [[nodiscard]] double time(std::size_t node) const {
    return start + (stop - start) * static_cast<double>(node) / static_cast<double>(path.size() - 1);
  }
  /// Takes a slow state from start to stop. `local_error` as in SlowSystem::advance.
  void advance(SlowSystem& slow, SlowState& state, double local_error = 1e-6) const;
};

class Shadows {
 public:
  /// The simulation outlives this.
  Shadows(Simulation& simulation, std::size_t count);

  /// Averages of shadow j at a node of a stretch's path: `error[m][j]` and `slope[m][driver]` of every measured signal; from where the
  /// shadow is now.
  struct Errors {
    std::vector<std::vector<double>> error, slope;
  };
  /// Takes all shadows over a stretch of the run, and notes the largest errors at its end. `errors` of the averages, [node].
  void advance(const Stretch& stretch, const std::vector<Errors>& errors);
  /// The step's own error, in units of ranges.
  void add_bias(const std::vector<double>& bias);

  /// Root mean square of the shadows about the run now, in units of ranges; by tracked entry.
  [[nodiscard]] double noise(std::size_t entry) const { return noise_[entry]; }
  /// What is left of the steps' own errors.
  [[nodiscard]] double bias(std::size_t entry) const;
  /// |bias| + 2 noise now, in units of ranges: by tracked entry, then of the density of every set of synapses that turns over.
  [[nodiscard]] std::vector<double> claimed() const;
  /// Largest of these so far, in the same order.
  [[nodiscard]] const std::vector<double>& worst() const { return worst_; }
  [[nodiscard]] std::size_t count() const { return count_; }

  void walk(Numbers& numbers);

 private:
  struct Shadow {
    std::vector<double> common;  ///< differences from the run
    std::vector<std::vector<double>> each;
    std::vector<double> pools;  ///< mature, new, lost by rule
  };
  [[nodiscard]] bool follows_the_run(std::size_t j, const std::vector<Errors>& errors) const;
  [[nodiscard]] SlowState moved(const SlowState& state, const Shadow& by) const;
  [[nodiscard]] std::vector<TurnoverPools> moved(const std::vector<TurnoverPools>& pools, const Shadow& by) const;
  [[nodiscard]] Measured averages(const Measured& run, const Errors& errors, std::size_t j,
                                  const std::vector<double>& away) const;
  void note();
  void note_worst();
  [[nodiscard]] std::vector<double> parts(const Shadow& shadow) const;

  Simulation* simulation_;
  std::size_t count_;
  std::vector<Shadow> all_;  ///< the last one carries e_H
  std::vector<double> noise_, worst_, synapses_;
};

}  // namespace burgeon
