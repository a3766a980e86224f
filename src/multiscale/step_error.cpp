// Errors of a single step: its own, e_H, and what the noise of its averages does to it, e_S.

#include <algorithm>
#include <cmath>

#include "multiscale/averages.h"
#include "multiscale/multiscale.h"

namespace burgeon {
namespace {

constexpr double growth = 2.0, shrink = 0.25;  // of H from one step to the next
// A step is judged by what changes beyond this many standard errors: one of a dozen variables is often beyond two.
constexpr double beyond_noise = 3.0;
// Of integrations whose difference is wanted, not more: parts of ranges.
constexpr double coarse = 1e-4;
constexpr std::size_t pieces = 4;  // of a leap, assumed: averages go straight in each

}  // namespace

// A leap from a state, with averages as the bursts so far tell them on the way.
Multiscale::Leap Multiscale::leap(const SlowState& state, const Average& average, double start, double span) {
  Leap result{{start, start + span, state, simulation_->pools(), {}}, {}, {}, {}};
  result.stretch.path.assign(pieces + 1, average.mean);
  std::vector<double> times;
  for (std::size_t k = 0; k <= pieces; ++k) times.push_back(result.stretch.time(k));
  result.blocked = simulation_->blocked_ahead(times);
  follow(result, nullptr);
  return result;
}

// Slow states and synapses go on the way, and averages with them, by what acts on the network there. First the way is found with
// averages as they are: for order 2 that is enough. `end`: synapses as they have come.
void Multiscale::follow(Leap& leap, const std::vector<TurnoverPools>* end) {
  SlowSystem& slow = simulation_->slow();
  Stretch& s = leap.stretch;
  leap.drivers.resize(pieces + 1);
  for (int round = 0; round < 2; ++round) {
    std::vector<SlowState> at{s.state};
    std::vector<std::vector<TurnoverPools>> pools{s.pools};
    for (std::size_t k = 1; k <= pieces; ++k) {
      at.push_back(at.back());
      slow.advance(at[k], s.time(k - 1), s.time(k), s.path[k - 1], s.path[k], coarse);
      pools.push_back(simulation_->expected_pools(pools[k - 1], at[k - 1], s.time(k - 1), at[k], s.time(k)));
    }
    for (std::size_t r = 0; end != nullptr && r < end->size(); ++r) {
      const TurnoverPools &came = (*end)[r], expected = pools.back()[r];
      for (std::size_t k = 1; k <= pieces; ++k) {
        const double part = static_cast<double>(k) / static_cast<double>(pieces);
        pools[k][r].mature += part * (came.mature - expected.mature);
        pools[k][r].fresh += part * (came.fresh - expected.fresh);
        pools[k][r].lost += part * (came.lost - expected.lost);
      }
    }
    for (std::size_t k = 0; k <= pieces; ++k) {
      s.path[k].structure = simulation_->structure_signals(pools[k]);
      leap.drivers[k] = simulation_->drivers(at[k], s.time(k), pools[k], s.path[k]);
      leap.drivers[k].insert(leap.drivers[k].end(), leap.blocked[k].begin(), leap.blocked[k].end());
      s.path[k] = estimates_.mean_at(s.path[k], leap.drivers[k], s.time(k));
    }
  }
  simulation_->set_slow_state(SlowState(simulation_->slow_state()));
}

std::vector<double> Multiscale::end_of(const Stretch& stretch, double local_error) {
  SlowState state = stretch.state;
  stretch.advance(simulation_->slow(), state, local_error);
  return simulation_->slow().tracked(state);
}

// By a standard error up and down: what lies behind a threshold on either side is seen. All the way, or growing towards the end, as
// for the step that the burst ends.
std::vector<double> Multiscale::sampling_error(const Stretch& stretch, const Average& average, bool grows) {
  const std::vector<double>& range = simulation_->slow().ranges();
  std::vector<double> squares(range.size(), 0.0);
  if (largest(average.error) == 0.0) return squares;
  const std::vector<double> plain = end_of(stretch, coarse);
  for (std::size_t m = 0; m < average.error.size(); ++m) {
    if (average.error[m] <= 0.0) continue;
    std::vector<double> most(plain.size(), 0.0);
    for (const double by : {average.error[m], -average.error[m]}) {
      Stretch moved = stretch;
      for (std::size_t node = 0; node <= pieces; ++node) {
        const double part = grows ? by * static_cast<double>(node) / static_cast<double>(pieces) : by;
        moved.path[node].mean[m] += part;
        for (double& value : moved.path[node].each[m]) value += part;
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

// What the noise of the burst at its end changes of a step: a standard error. Of what an estimate learns from a burst, the part g
// is what it takes over of the burst's difference from the forecast.
std::vector<double> Multiscale::change_by_noise(const Stretch& stretch, const Average& at) {
  const std::vector<double>& range = simulation_->slow().ranges();
  std::vector<double> squares(range.size(), 0.0);
  if (largest(at.known) == 0.0) return squares;
  const std::vector<double> plain = end_of(stretch, coarse);
  for (std::size_t m = 0; m < at.error.size(); ++m) {
    if (at.known[m] <= 0.0) continue;
    const double g = std::max(0.0, 1.0 - std::pow(at.error[m] / at.known[m], 2)), by = at.error[m] * std::sqrt(g);
    if (by <= 0.0) continue;
    Stretch moved = stretch;
    for (std::size_t k = 0; k <= pieces; ++k) {
      const double part = by * static_cast<double>(k) / static_cast<double>(pieces);
      moved.path[k].mean[m] += part;
      for (double& value : moved.path[k].each[m]) value += part;
    }
    const std::vector<double> other = end_of(moved, coarse);
    for (std::size_t k = 0; k < plain.size(); ++k) squares[k] += std::pow((other[k] - plain[k]) / range[k], 2);
  }
  for (double& value : squares) value = std::sqrt(value);
  return squares;
}

// The step before once more, with averages on the way that the bursts up to this one tell.
Multiscale::Correction Multiscale::correct(const Average& at, double start) {
  SlowSystem& slow = simulation_->slow();
  if (!pending_)
    return {simulation_->slow_state(), {}, std::vector<double>(slow.ranges().size(), 0.0), 0.0, span_, false};
  const SlowState present = simulation_->slow_state();
  const std::vector<TurnoverPools> pools = simulation_->pools();
  Correction result{pending_->stretch.state, *pending_, {}, 0.0, span_, false};
  follow(result.step, &pools);
  const Stretch& again = result.step.stretch;
  again.advance(slow, result.state);
  const std::vector<double> corrected = slow.tracked(result.state), before = slow.tracked(again.state);
  // What half as many nodes would have made of it.
  Stretch rough = again;
  rough.path.clear();
  for (std::size_t k = 0; k <= pieces; k += 2) rough.path.push_back(again.path[k]);
  const std::vector<double> roughly = end_of(rough, 1e-6), noise = change_by_noise(again, at);
  double moved = 0.0;
  for (std::size_t k = 0; k < corrected.size(); ++k) {
    const double range = slow.ranges()[k], change = (corrected[k] - pending_->predicted[k]) / range,
                 by_noise = beyond_noise * noise[k];
    result.bias.push_back((corrected[k] - roughly[k]) / range);
    result.e_H = std::max(
        {result.e_H, std::abs(result.bias.back()), std::sqrt(std::max(0.0, change * change - by_noise * by_noise))});
    moved = std::max(moved, std::abs(pending_->predicted[k] - before[k]) / range);
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
