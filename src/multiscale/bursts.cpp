#include "multiscale/bursts.h"

#include <algorithm>
#include <cmath>

namespace burgeon {

std::string doubt_text(std::uint32_t doubts) {
  constexpr const char* names[] = {"few spikes",    "short burst",    "drift within bursts",
                                   "bursts differ", "stiff feedback", "bistable"};
  std::string text;
  for (std::size_t k = 0; k < std::size(names); ++k)
    if ((doubts >> k & 1U) != 0) text += (text.empty() ? "" : ", ") + std::string(names[k]);
  return text;
}

Bursts::Bursts(const ModelSpec& spec, Simulation& simulation, unsigned at_once, bool same_noise)
    : spec_(&spec),
      simulation_(&simulation),
      replicas_(simulation, spec.multiscale.replicas, at_once, same_noise),
      tick_(static_cast<double>(spec.run.slow_tick) * spec.run.dt),
      autocorrelation_(spec.measured.size(), 0.5) {}

Burst Bursts::run(double length) {
  Burst result;
  const double dt = spec_->run.dt, burn_in = spec_->multiscale.burn_in;
  result.start = static_cast<double>(simulation_->step()) * dt;
  const Step settled = std::llround((result.start + burn_in) / dt);
  replicas_.start([&](Simulation& one) {
    one.hold_slow(true);
    one.run_until(settled);
    one.open_window();
    one.hold_slow(false);
  });
  extend(result, length - burn_in);
  return result;
}

void Bursts::extend(Burst& burst, double more) {
  const double dt = spec_->run.dt;
  const Step end = simulation_->step() + std::llround(more / dt);
  replicas_.go_on([&](Simulation& one) {
    one.hold_slow(true);
    one.run_until(end);
    one.hold_slow(false);
  });
  burst.length = static_cast<double>(simulation_->step()) * dt - burst.start;
  burst.replicas = static_cast<double>(replicas_.count());
  read_window(burst, replicas_.mean_window());
  if (replicas_.count() > 1) read_batches(burst);
}

Burst Bursts::baseline() {
  Window window = simulation_->window();
  for (std::size_t m = 0; m < spec_->measured.size(); ++m) {
    const double mean = window.mean.mean[m];
    if (!spec_->measured[m].relative || mean <= 0.0) continue;
    for (std::vector<double>& tick : window.tick) tick[m] /= mean;
    window.mean.mean[m] = 1.0;
  }
  Burst burst;
  burst.start = spec_->run.discard - spec_->multiscale.burn_in;
  burst.length = spec_->run.baseline + spec_->multiscale.burn_in;
  read_window(burst, window);
  return burst;
}

void Bursts::read_window(Burst& burst, const Window& window) {
  burst.mean = window.mean;
  burst.doubts = window.spikes < 30 ? bit(Doubt::few_spikes) : 0U;
  burst.error.clear();
  burst.batches.clear();
  burst.e_R = 0.0;
  const double length = static_cast<double>(window.tick.size()) * tick_;
  for (std::size_t m = 0; m < window.mean.mean.size(); ++m) {
    const std::vector<double> series = series_of(window, m);
    const SeriesStatistics s = series_statistics(series);
    burst.error.push_back(s.standard_error);
    burst.batches.push_back(batch_variances(series));
    burst.e_R = std::max(burst.e_R, s.halves);
    // A burst is too short to tell its own autocorrelation time well: the mean over bursts does.
    autocorrelation_[m] += 0.2 * (s.autocorrelation - autocorrelation_[m]);
    if (length < 20.0 * autocorrelation_[m] * tick_) burst.doubts |= bit(Doubt::short_burst);
  }
  // Beyond noise: with a dozen numbers per burst, and thousands of bursts, four standard errors are still chance.
  if (burst.e_R > 5.0) burst.doubts |= bit(Doubt::drift);
}

// What one replica varies by: within each of them, and from one to the next, which share nothing but their beginning.
void Bursts::read_batches(Burst& burst) {
  const double replicas = burst.replicas;
  for (std::size_t m = 0; m < burst.batches.size(); ++m) {
    burst.batches[m].clear();
    BatchVariance between{0.0, replicas, 0.0, true};
    for (std::size_t r = 0; r < replicas_.count(); ++r) {
      const Window& window = replicas_.window(r);
      for (const BatchVariance& within : batch_variances(series_of(window, m))) burst.batches[m].push_back(within);
      between.samples = static_cast<double>(window.tick.size());
      between.value += std::pow(window.mean.mean[m] - burst.mean.mean[m], 2) / (replicas - 1.0);
    }
    burst.batches[m].push_back(between);
  }
}

// The burst before this one against a straight line between its neighbours: what slow processes drive bends little from
// burst to burst; switching and slow oscillation do not.
bool Bursts::dispersed(const Burst& burst) {
  past_.push_back({burst.start, burst.mean.mean, burst.error});
  if (past_.size() < 3) return false;
  const Past &a = past_[past_.size() - 3], &b = past_[past_.size() - 2], &c = past_.back();
  const double w = (b.time - a.time) / (c.time - a.time);
  double worst = 0.0;
  for (std::size_t m = 0; m < b.mean.size(); ++m) {
    const double line = a.mean[m] + w * (c.mean[m] - a.mean[m]);
    const double variance =
        b.error[m] * b.error[m] + (1 - w) * (1 - w) * a.error[m] * a.error[m] + w * w * c.error[m] * c.error[m];
    if (variance > 0.0) worst = std::max(worst, (b.mean[m] - line) * (b.mean[m] - line) / variance);
  }
  dispersion_.push_back(worst);
  if (dispersion_.size() > 8) dispersion_.erase(dispersion_.begin());
  if (past_.size() > 3) past_.erase(past_.begin());
  if (dispersion_.size() < 6) return false;
  std::vector<double> sorted = dispersion_;
  std::sort(sorted.begin(), sorted.end());
  // The median of what should be about one: robust against the bend at a dose.
  return sorted[sorted.size() / 2] > 8.0;
}

void Bursts::walk(Numbers& numbers) {
  numbers.list(dispersion_);
  numbers.list(autocorrelation_);
  std::size_t past = past_.size();
  numbers.whole(past);
  past_.resize(std::min<std::size_t>(past, 3));
  for (Past& one : past_) {
    numbers.one(one.time);
    numbers.list(one.mean);
    numbers.list(one.error);
  }
}

}  // namespace burgeon
