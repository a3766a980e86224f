#include "multiscale/shadows.h"

#include <algorithm>
#include <cmath>

namespace burgeon {
namespace {

// Of the integration of a shadow and of the run beside it, whose difference is kept.
constexpr double coarse = 1e-4;

}  // namespace

void Stretch::advance(SlowSystem& slow, SlowState& moving, double local_error) const {
  for (std::size_t k = 1; k < path.size(); ++k)
    slow.advance(moving, time(k - 1), time(k), path[k - 1], path[k], local_error);
}

Shadows::Shadows(Simulation& simulation, std::size_t count) : simulation_(&simulation), count_(count) {
  Shadow none;
  const SlowState& state = simulation.slow_state();
  none.common.assign(state.common.size(), 0.0);
  for (const auto& values : state.each) none.each.emplace_back(values.size(), 0.0);
  const std::vector<TurnoverPools> pools = simulation.pools();
  none.pools.assign(3 * pools.size(), 0.0);
  for (const TurnoverPools& p : pools) synapses_.push_back(std::max(1.0, p.mature + p.fresh));
  all_.assign(count + 1, none);
  noise_.assign(simulation.slow().ranges().size() + pools.size(), 0.0);
  worst_ = noise_;
}

SlowState Shadows::moved(const SlowState& state, const Shadow& by) const {
  SlowState result = state;
  for (std::size_t k = 0; k < by.common.size(); ++k) result.common[k] += by.common[k];
  for (std::size_t p = 0; p < by.each.size(); ++p)
    for (std::size_t i = 0; i < by.each[p].size(); ++i) result.each[p][i] += by.each[p][i];
  return result;
}

std::vector<TurnoverPools> Shadows::moved(const std::vector<TurnoverPools>& pools, const Shadow& by) const {
  std::vector<TurnoverPools> result = pools;
  for (std::size_t r = 0; r < result.size(); ++r) {
    result[r].mature += by.pools[3 * r];
    result[r].fresh += by.pools[3 * r + 1];
    result[r].lost += by.pools[3 * r + 2];
  }
  return result;
}

// The last shadow has no errors of its own; its averages answer to where it is all the same.
Measured Shadows::averages(const Measured& run, const Errors& errors, std::size_t j,
                           const std::vector<double>& away) const {
  Measured result = run;
  for (std::size_t m = 0; m < errors.error.size(); ++m) {
    double change = j < count_ ? errors.error[m][j] : 0.0;
    for (std::size_t d = 0; d < std::min(away.size(), errors.slope[m].size()); ++d)
      change += errors.slope[m][d] * away[d];
    const double factor = run.mean[m] != 0.0 ? std::max(0.0, 1.0 + change / run.mean[m]) : 1.0;
    result.mean[m] *= factor;
    for (double& value : result.each[m]) value *= factor;
  }
  return result;
}

// Whether a shadow is where the run is, and stays there.
bool Shadows::follows_the_run(std::size_t j, const std::vector<Errors>& errors) const {
  const auto zero = [](const std::vector<double>& values) {
    return std::all_of(values.begin(), values.end(), [](double value) { return value == 0.0; });
  };
  const Shadow& shadow = all_[j];
  if (!zero(shadow.common) || !zero(shadow.pools) || !std::all_of(shadow.each.begin(), shadow.each.end(), zero))
    return false;
  return j == count_ || std::all_of(errors.begin(), errors.end(), [&](const Errors& node) {
           return std::all_of(node.error.begin(), node.error.end(), [&](const auto& of) { return of[j] == 0.0; });
         });
}

void Shadows::advance(const Stretch& s, const std::vector<Errors>& errors) {
  SlowSystem& slow = simulation_->slow();
  // The run beside its shadows: with the same coarse steps, and with synapses as they are expected.
  SlowState plain = s.state;
  s.advance(slow, plain, coarse);
  const auto expected = simulation_->expected_pools(s.pools, s.state, s.start, plain, s.stop);
  const std::vector<double> drivers = simulation_->drivers(s.state, s.start, s.pools, s.path.front());
  const std::vector<double> structure = simulation_->structure_signals(s.pools);
  for (std::size_t j = 0; j < all_.size(); ++j) {
    if (follows_the_run(j, errors)) continue;
    Shadow& shadow = all_[j];
    const SlowState before = moved(s.state, shadow);
    const std::vector<TurnoverPools> pools = moved(s.pools, shadow);
    std::vector<double> away = simulation_->drivers(before, s.start, pools, s.path.front());
    for (std::size_t d = 0; d < away.size(); ++d) away[d] -= drivers[d];
    const std::vector<double> own = simulation_->structure_signals(pools);
    Stretch other{s.start, s.stop, before, pools, {}};
    for (std::size_t k = 0; k < s.path.size(); ++k) {
      other.path.push_back(averages(s.path[k], errors[k], j, away));
      std::vector<double>& moved_with = other.path.back().structure;
      for (std::size_t i = 0; i < moved_with.size(); ++i) moved_with[i] += own[i] - structure[i];
    }
    SlowState after = before;
    other.advance(slow, after, coarse);
    const auto then = simulation_->expected_pools(pools, before, s.start, after, s.stop);
    for (std::size_t k = 0; k < shadow.common.size(); ++k) shadow.common[k] = after.common[k] - plain.common[k];
    for (std::size_t p = 0; p < shadow.each.size(); ++p)
      for (std::size_t i = 0; i < shadow.each[p].size(); ++i) shadow.each[p][i] = after.each[p][i] - plain.each[p][i];
    for (std::size_t r = 0; r < then.size(); ++r) {
      shadow.pools[3 * r] = then[r].mature - expected[r].mature;
      shadow.pools[3 * r + 1] = then[r].fresh - expected[r].fresh;
      shadow.pools[3 * r + 2] = then[r].lost - expected[r].lost;
    }
  }
  note();
}

// Differences of a shadow as parts of ranges: tracked entries, then densities.
std::vector<double> Shadows::parts(const Shadow& shadow) const {
  const SlowSystem& slow = simulation_->slow();
  std::vector<double> result = slow.tracked({shadow.common, shadow.each});
  for (std::size_t k = 0; k < result.size(); ++k) result[k] /= slow.ranges()[k];
  for (std::size_t r = 0; r < synapses_.size(); ++r)
    result.push_back((shadow.pools[3 * r] + shadow.pools[3 * r + 1]) / synapses_[r]);
  return result;
}

void Shadows::note() {
  std::fill(noise_.begin(), noise_.end(), 0.0);
  for (std::size_t j = 0; j < count_; ++j) {
    const std::vector<double> values = parts(all_[j]);
    for (std::size_t k = 0; k < values.size(); ++k) noise_[k] += values[k] * values[k] / static_cast<double>(count_);
  }
  for (double& value : noise_) value = std::sqrt(value);
  note_worst();
}

std::vector<double> Shadows::claimed() const {
  std::vector<double> result = parts(all_.back());
  for (std::size_t k = 0; k < result.size(); ++k) result[k] = std::abs(result[k]) + 2.0 * noise_[k];
  return result;
}

void Shadows::note_worst() {
  const std::vector<double> now = claimed();
  for (std::size_t k = 0; k < worst_.size(); ++k) worst_[k] = std::max(worst_[k], now[k]);
}

double Shadows::bias(std::size_t entry) const { return std::abs(parts(all_.back())[entry]); }

void Shadows::add_bias(const std::vector<double>& bias) {
  SlowState change{all_.back().common, all_.back().each};
  const SlowSystem& slow = simulation_->slow();
  for (std::size_t k = 0; k < bias.size(); ++k) slow.shift(change, k, bias[k] * slow.ranges()[k]);
  all_.back().common = change.common;
  all_.back().each = change.each;
  note_worst();
}

void Shadows::walk(Numbers& numbers) {
  for (Shadow& shadow : all_) {
    numbers.list(shadow.common);
    numbers.lists(shadow.each);
    numbers.list(shadow.pools);
  }
  numbers.list(noise_);
  numbers.list(worst_);
}

}  // namespace burgeon
