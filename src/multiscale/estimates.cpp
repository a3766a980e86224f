#include "multiscale/estimates.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"

namespace burgeon {

Estimates::Estimates(const ModelSpec& spec, Simulation& simulation, std::size_t shadows)
    : spec_(&spec), simulation_(&simulation) {
  const std::uint64_t key = random_key(spec.run.seed, "shadows of leaps");
  for (std::size_t m = 0; m < spec.measured.size(); ++m) surfaces_.emplace_back(key, m, shadows);
  expected_.assign(surfaces_.size(), 0.0);
}

Average Estimates::average(const Burst& burst, bool goes_on) {
  Average result;
  result.mean = burst.mean;
  std::vector<double> drivers =
      simulation_->drivers(simulation_->slow_state(), burst.start + burst.length, simulation_->pools(), burst.mean);
  const std::vector<double> blocked = simulation_->blocked();
  drivers.insert(drivers.end(), blocked.begin(), blocked.end());
  for (std::size_t m = 0; m < surfaces_.size(); ++m) {
    ResponseSurface& surface = surfaces_[m];
    // The noise of what was expected: by their own means, bursts that happen to be low would count for more.
    if (!goes_on) expected_[m] = surface.forecast(drivers, burst.start).value_or(burst.mean.mean[m]);
    const double alone = burst.mean.mean[m],
                 own = surface.burst_error(expected_[m], counted(burst), burst.error[m], burst.replicas);
    if (goes_on)
      surface.replace(alone, own);
    else
      surface.add(drivers, burst.start, alone, own);
    ResponseSurface::Estimate estimate = surface.estimate();
    result.mean.mean[m] = estimate.mean;
    // Single neurons keep their differences.
    const double factor = alone > 0.0 ? estimate.mean / alone : 1.0;
    for (double& value : result.mean.each[m]) value *= factor;
    result.error.push_back(estimate.error);
    result.known.push_back(estimate.known);
    result.shadows.error.push_back(std::move(estimate.shadow));
    result.shadows.slope.push_back(std::move(estimate.slope));
  }
  return result;
}

Measured Estimates::mean_at(const Measured& like, const std::vector<double>& drivers, double time) const {
  Measured result = like;
  for (std::size_t m = 0; m < surfaces_.size(); ++m) {
    result.mean[m] = std::max(0.0, surfaces_[m].mean_at(drivers, time));
    const double factor = like.mean[m] > 0.0 ? result.mean[m] / like.mean[m] : 1.0;
    for (double& value : result.each[m]) value *= factor;
  }
  return result;
}

Shadows::Errors Estimates::errors_at(const std::vector<double>& drivers, double time) const {
  Shadows::Errors result;
  for (const ResponseSurface& surface : surfaces_) {
    ResponseSurface::Estimate estimate = surface.estimate_at(drivers, time);
    result.error.push_back(std::move(estimate.shadow));
    result.slope.push_back(std::move(estimate.slope));
  }
  return result;
}

double Estimates::averaged_for(const Average& average, const Burst& burst, double factor) const {
  // What is known adds up as one over squared errors, of which the burst's own part grows with its length.
  double longest = counted(burst);
  for (std::size_t m = 0; m < surfaces_.size(); ++m) {
    const double error = average.error[m], before = average.known[m];
    if (error <= 0.0 || before <= error) continue;
    const double known = 1.0 / (before * before), own = 1.0 / (error * error) - known;
    longest = std::max(longest, counted(burst) * (1.0 / (factor * factor * error * error) - known) / own);
  }
  return longest;
}

void Estimates::learn(const Burst& burst) {
  const double tick = static_cast<double>(spec_->run.slow_tick) * spec_->run.dt;
  for (std::size_t m = 0; m < surfaces_.size(); ++m)
    surfaces_[m].learn(burst.mean.mean[m], counted(burst), burst.error[m], burst.batches[m], tick, burst.replicas);
}

void Estimates::forget() {
  for (ResponseSurface& surface : surfaces_) surface.clear();
}

void Estimates::walk(Numbers& numbers) {
  for (ResponseSurface& surface : surfaces_) surface.walk(numbers);
}

}  // namespace burgeon
