// Errors of a single step: its own, e_H, and what the noise of its averages does to it, e_S.

#include <algorithm>
#include <cmath>

#include "multiscale/multiscale.h"

namespace burgeon {
namespace {

constexpr double growth = 2.0, shrink = 0.25;  // of H from one step to the next
// A step is judged by what changes beyond this many standard errors: one of a dozen variables is often beyond two.
constexpr double beyond_noise = 3.0;
// Of integrations whose difference is wanted, not more: parts of ranges.
constexpr double coarse = 1e-4;

}  // namespace

// A leap with averages held, and synapses on their expected way.
Stretch Multiscale::stretch(const SlowState& state, const Average& average, double start, double span) {
  Stretch result{start, start + span, state, simulation_->pools(), average.mean, average.mean};
  result.from.structure = simulation_->structure_signals(result.pools);
  const double stop = start + span;
  result.to.structure =
      simulation_->structure_signals(simulation_->expected_pools(result.pools, state, start, state, stop));
  simulation_->set_slow_state(SlowState(simulation_->slow_state()));
  return result;
}

std::vector<double> Multiscale::end_of(const Stretch& stretch, double local_error) {
  SlowState state = stretch.state;
  simulation_->slow().advance(state, stretch.start, stretch.stop, stretch.from, stretch.to, local_error);
  return simulation_->slow().tracked(state);
}

// By a standard error up and down: what lies behind a threshold on either side is seen.
std::vector<double> Multiscale::sampling_error(const Stretch& stretch, const Average& average) {
  const std::vector<double> plain = end_of(stretch, coarse), &range = simulation_->slow().ranges();
  std::vector<double> squares(plain.size(), 0.0);
  for (std::size_t m = 0; m < average.error.size(); ++m) {
    if (average.error[m] <= 0.0) continue;
    std::vector<double> most(plain.size(), 0.0);
    for (const double by : {average.error[m], -average.error[m]}) {
      Stretch moved = stretch;
      for (Measured* end : {&moved.from, &moved.to}) {
        end->mean[m] += by;
        for (double& value : end->each[m]) value += by;
      }
      const std::vector<double> other = end_of(moved, coarse);
      for (std::size_t k = 0; k < plain.size(); ++k)
        most[k] = std::max(most[k], std::abs(other[k] - plain[k]) / range[k]);
    }
    for (std::size_t k = 0; k < plain.size(); ++k) squares[k] += most[k] * most[k];
  }
  for (double& value : squares) value = std::sqrt(value);
  simulation_->set_slow_state(SlowState(simulation_->slow_state()));
  return squares;
}

// What noise alone would change when a step is repeated with its end's average: a standard error, from what shadows take for the
// difference of the averages at its two ends.
std::vector<double> Multiscale::change_by_noise(const Stretch& stretch, const Average& at) {
  const std::vector<double> plain = end_of(stretch, coarse), &range = simulation_->slow().ranges();
  std::vector<double> squares(plain.size(), 0.0);
  for (std::size_t m = 0; m < at.error.size(); ++m) {
    double sum = 0.0;
    for (std::size_t j = 0; j < shadows_.count(); ++j)
      sum += std::pow(at.shadows.error[m][j] - pending_->errors.error[m][j], 2);
    const double by = std::sqrt(sum / static_cast<double>(shadows_.count()));
    if (by <= 0.0) continue;
    Stretch moved = stretch;
    moved.to.mean[m] += by;
    for (double& value : moved.to.each[m]) value += by;
    const std::vector<double> other = end_of(moved, coarse);
    for (std::size_t k = 0; k < plain.size(); ++k) squares[k] += std::pow((other[k] - plain[k]) / range[k], 2);
  }
  for (double& value : squares) value = std::sqrt(value);
  return squares;
}

// The step before once more, with what is averaged, and synapses, going in a straight line from its beginning to now.
Multiscale::Correction Multiscale::correct(const Average& at, double start) {
  SlowSystem& slow = simulation_->slow();
  if (!pending_) return {simulation_->slow_state(), std::vector<double>(slow.ranges().size(), 0.0), 0.0, span_, false};
  const SlowState present = simulation_->slow_state();
  Stretch again = pending_->stretch;
  again.to = at.mean;
  again.to.structure = simulation_->structure_signals(simulation_->pools());
  Correction result{again.state, {}, 0.0, span_, false};
  slow.advance(result.state, again.start, start, again.from, again.to);
  const std::vector<double> corrected = slow.tracked(result.state), before = slow.tracked(again.state);
  const std::vector<double> noise = change_by_noise(again, at);
  double moved = 0.0;
  for (std::size_t k = 0; k < corrected.size(); ++k) {
    const double change = (corrected[k] - pending_->predicted[k]) / slow.ranges()[k],
                 by_noise = beyond_noise * noise[k];
    result.bias.push_back(std::copysign(std::sqrt(std::max(0.0, change * change - by_noise * by_noise)), change));
    result.e_H = std::max(result.e_H, std::abs(result.bias.back()));
    moved = std::max(moved, std::abs(pending_->predicted[k] - before[k]) / slow.ranges()[k]);
  }

  // The slow side feeds back on what is averaged faster than the step: half of the step was wrong.
  const double tolerance = spec_->multiscale.tolerance;
  result.stiff = moved > 0.0 && result.e_H > 0.5 * moved && result.e_H > tolerance;
  const double factor = result.e_H > 0.0 ? 0.9 * std::sqrt(tolerance / result.e_H) : growth;
  result.span = (start - again.start) * std::clamp(factor, shrink, growth);
  simulation_->set_slow_state(present);
  return result;
}

}  // namespace burgeon
