#pragma once
// From bursts to averages: one response surface per measured signal.

#include <vector>

#include "multiscale/bursts.h"
#include "multiscale/response_surface.h"
#include "multiscale/shadows.h"

namespace burgeon {

/// What drives a leap.
struct Average {
  Measured mean;
  std::vector<double> error, known;  ///< [measured]: standard error, with this burst and before it
  Shadows::Errors shadows;
};

class Estimates {
 public:
  /// Both outlive this.
  Estimates(const ModelSpec& spec, Simulation& simulation, std::size_t shadows);

  /// The best estimate from a new burst and from those before it; `goes_on`: from the newest one, which has become longer.
  [[nodiscard]] Average average(const Burst& burst, bool goes_on);
  /// What bursts so far say of another moment [ms] and of other drivers; structure, and differences of single neurons, as in `like`.
  [[nodiscard]] Measured mean_at(const Measured& like, const std::vector<double>& drivers, double time) const;
  [[nodiscard]] Shadows::Errors errors_at(const std::vector<double>& drivers, double time) const;
  /// How long the averaged part must be [ms] for errors that are `factor` times those of `average`, which came from this burst.
  [[nodiscard]] double averaged_for(const Average& average, const Burst& burst, double factor) const;
  /// The burst is over: what it tells of the noise of bursts.
  void learn(const Burst& burst);
  /// The network has been changed: what was measured is of no use.
  void forget();

  void walk(Numbers& numbers);

 private:
  [[nodiscard]] double counted(const Burst& burst) const { return burst.length - spec_->multiscale.burn_in; }

  const ModelSpec* spec_;
  Simulation* simulation_;
  std::vector<ResponseSurface> surfaces_;  ///< [measured]
  std::vector<double> expected_;           ///< [measured]: forecast of the newest burst
};

}  // namespace burgeon
