#include "multiscale/multiscale.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/errors.h"
#include "multiscale/averages.h"

namespace burgeon {
namespace {

constexpr double growth = 2.0, shrink = 0.25;  // of H from one step to the next

std::vector<double> difference(const std::vector<double>& a, const std::vector<double>& b,
                               const std::vector<double>& range) {
  std::vector<double> result(a.size());
  for (std::size_t k = 0; k < a.size(); ++k) result[k] = std::abs(a[k] - b[k]) / range[k];
  return result;
}

double largest(const std::vector<double>& values) {
  return values.empty() ? 0.0 : *std::max_element(values.begin(), values.end());
}

}  // namespace

std::string doubt_text(std::uint32_t doubts) {
  constexpr const char* names[] = {"few spikes",    "short burst",    "drift within bursts",
                                   "bursts differ", "stiff feedback", "bistable"};
  std::string text;
  for (std::size_t k = 0; k < std::size(names); ++k)
    if ((doubts >> k & 1U) != 0) text += (text.empty() ? "" : ", ") + std::string(names[k]);
  return text;
}

Multiscale::Multiscale(const ModelSpec& spec, Simulation& simulation, Sink& sink, MultiscaleOptions options)
    : spec_(&spec),
      simulation_(&simulation),
      sink_(&sink),
      options_(std::move(options)),
      tick_(static_cast<double>(spec.run.slow_tick) * spec.run.dt),
      span_(spec.multiscale.first_leap) {
  const auto f64 = [](const char* name, const char* unit, const char* meaning) {
    return Column{name, unit, meaning, Column::Type::f64, 1};
  };
  table_ = sink.declare(
      {Table::Kind::series,
       "multiscale",
       {f64("time", "ms", "beginning of the macro step"), f64("span", "ms", "length of the macro step"),
        f64("burst", "ms", "spiking in it"), f64("e_H", "1", "error of the step, largest part of a range"),
        f64("e_S", "1", "sampling error, largest part of a range"),
        f64("e_R", "1", "difference between the halves of the burst, in standard errors"),
        f64("doubt", "1", "sum of 1 few spikes, 2 short burst, 4 drift, 8 bursts differ, 16 stiff, 32 bistable")},
       {}});
  const std::size_t n = simulation.slow().ranges().size();
  bias_.assign(n, 0.0);
  noise_.assign(n, 0.0);
  worst_.assign(n, 0.0);
}

double Multiscale::now() const { return static_cast<double>(simulation_->step()) * spec_->run.dt; }
Step Multiscale::steps_of(double ms) const { return std::llround(ms / spec_->run.dt); }
double Multiscale::whole_ticks(double ms) const { return std::floor(ms / tick_ + 1e-9) * tick_; }

bool Multiscale::run() {
  const double end = static_cast<double>(spec_->run.steps) * spec_->run.dt;
  // The reference of everything comes first; nothing slow happens before it is over.
  run_direct(std::min(end, spec_->run.discard + spec_->run.baseline));
  while (now() < end - 1e-6) {
    if (options_.stop != nullptr && options_.stop->load()) return false;
    const std::vector<double> events = breakpoints(*spec_, now() + 1e-6, end);
    macro_step(events.empty() ? end : std::min(end, events.front()));
    if (options_.segment) options_.segment();
  }
  return true;
}

void Multiscale::run_direct(double until) {
  const double from = now();
  if (until <= from) return;
  simulation_->run_until(std::min(spec_->run.steps, static_cast<Step>(std::ceil(until / spec_->run.dt - 1e-9))));
  simulated_ms_ += now() - from;
}

void Multiscale::macro_step(double limit) {
  const MultiscaleSpec& how = spec_->multiscale;
  const double start = now();
  // Too near to an event for a burst, or asked not to leap at all: direct simulation up to it.
  if (whole_ticks(limit) - start < 2.0 * how.burst || how.longest_leap < 2.0 * how.burst) {
    run_direct(how.longest_leap < 2.0 * how.burst ? std::min(limit, start + how.burst) : limit);
    pending_.reset();
    past_.clear();
    pooled_.clear();
    span_ = how.first_leap;
    log_step({start, now() - start, now() - start, 0.0, 0.0, 0.0, 0});
    return;
  }

  Burst average = burst(how.burst);
  const Burst alone = average;
  pool(average);
  if (pending_) correct(average);

  // How far to go: to the last burst before the event at most.
  const double room = whole_ticks(limit) - how.burst - start;
  double span = choose_span(room);
  // The network must see what grows and goes: at most 2 % of its synapses per leap.
  span = std::min(span, whole_ticks(simulation_->largest_structure_span()));
  std::vector<double> noise = sampling_error(average, span);
  // Noise makes bursts longer, never steps shorter: selecting on noise would bias the mean.
  while (largest(noise) > how.tolerance && burst_ms_ < how.longest_burst && burst_ms_ < 0.5 * span) {
    const double wanted = (burst_ms_ - how.burn_in) * std::pow(largest(noise) / how.tolerance, 2);
    const double more =
        whole_ticks(std::clamp(wanted - (burst_ms_ - how.burn_in), tick_, how.longest_burst - burst_ms_));
    if (more < tick_) break;
    const double from = now();
    simulation_->hold_slow(true);
    simulation_->run_until(steps_of(from + more));
    simulation_->hold_slow(false);
    simulated_ms_ += more;
    burst_ms_ += more;
    read_window(average);
    pool(average);
    noise = sampling_error(average, span);
  }
  keep_pool(average);
  if (dispersed(alone)) average.doubts |= static_cast<std::uint32_t>(Doubt::dispersed);

  const double spent = now() - start;
  span = std::max(span, spent);
  MacroStep step{start, span, spent, last_e_H_, largest(noise), average.e_R, average.doubts | last_doubts_};

  // Leap, or catch up with the burst when there is no room for more.
  SlowSystem& slow = simulation_->slow();
  Pending next{start, simulation_->slow_state(), average.mean, {}, noise};
  SlowState predicted = next.state;
  slow.advance(predicted, start, start + span, average.mean, average.mean);
  next.predicted = predicted.common;
  simulation_->set_slow_state(predicted);
  if (span > spent) {
    simulation_->leap_to(steps_of(start + span));
    pending_ = std::move(next);
  } else {
    accumulate(span, std::vector<double>(noise.size(), 0.0), noise);
    pending_.reset();
    past_.clear();
    pooled_.clear();
    span_ = how.first_leap;
  }
  last_e_H_ = 0.0;
  last_doubts_ = 0;
  log_step(step);
}

Multiscale::Burst Multiscale::burst(double span) {
  Burst result;
  result.start = now();
  simulation_->hold_slow(true);
  simulation_->run_until(steps_of(result.start + spec_->multiscale.burn_in));
  simulation_->open_window();
  simulation_->run_until(steps_of(result.start + span));
  simulation_->hold_slow(false);
  burst_ms_ = span;
  simulated_ms_ += span;
  read_window(result);
  return result;
}

void Multiscale::read_window(Burst& burst) const {
  const Window& window = simulation_->window();
  burst.mean = window.mean;
  burst.doubts = window.spikes < 30 ? static_cast<std::uint32_t>(Doubt::few_spikes) : 0;
  burst.error.clear();
  burst.e_R = 0.0;
  const double length = static_cast<double>(window.tick.size()) * tick_;
  for (std::size_t m = 0; m < window.mean.mean.size(); ++m) {
    std::vector<double> series;
    for (const std::vector<double>& tick : window.tick) series.push_back(tick[m]);
    const SeriesStatistics s = series_statistics(series);
    burst.error.push_back(s.standard_error);
    burst.e_R = std::max(burst.e_R, s.halves);
    if (length < 20.0 * s.autocorrelation * tick_) burst.doubts |= static_cast<std::uint32_t>(Doubt::short_burst);
  }
  // Beyond noise: with a dozen numbers per burst, and thousands of bursts, four standard errors are still chance.
  if (burst.e_R > 5.0) burst.doubts |= static_cast<std::uint32_t>(Doubt::drift);
}

void Multiscale::correct(const Burst& at) {
  SlowSystem& slow = simulation_->slow();
  SlowState state = pending_->state;
  slow.advance(state, pending_->start, at.start, pending_->flux, at.mean);
  const std::vector<double> change = difference(state.common, pending_->predicted, slow.ranges());

  // What noise alone would change is no error of the step.
  std::vector<double> bias(change.size());
  for (std::size_t k = 0; k < change.size(); ++k)
    bias[k] = std::sqrt(std::max(0.0, change[k] * change[k] - 4.0 * pending_->sampling[k] * pending_->sampling[k]));
  const double span = at.start - pending_->start;
  accumulate(span, bias, pending_->sampling);
  last_e_H_ = largest(bias);

  // Feedback of the slow side on what is averaged: change of flux per change of state, over a step.
  double flux = 0.0, moved = 0.0, noise = 0.0;
  for (std::size_t m = 0; m < at.mean.mean.size(); ++m) {
    const double scale = std::max(std::abs(at.mean.mean[m]), 1e-12);
    flux = std::max(flux, std::abs(at.mean.mean[m] - pending_->flux.mean[m]) / scale);
    noise = std::max(noise, 4.0 * at.error[m] / scale);
  }
  for (std::size_t k = 0; k < change.size(); ++k)
    moved = std::max(moved, std::abs(pending_->predicted[k] - pending_->state.common[k]) / slow.ranges()[k]);
  if (flux > noise && moved > 0.0 && last_e_H_ > 0.5 * moved && last_e_H_ > spec_->multiscale.tolerance)
    last_doubts_ |= static_cast<std::uint32_t>(Doubt::stiff);

  const double factor = last_e_H_ > 0.0 ? 0.9 * std::sqrt(spec_->multiscale.tolerance / last_e_H_) : growth;
  span_ = span * std::clamp(factor, shrink, growth);
  simulation_->set_slow_state(state);
}

// Powers of two of the first leap, so that neighbouring runs take the same steps; whole slow ticks.
double Multiscale::choose_span(double room) const {
  const MultiscaleSpec& how = spec_->multiscale;
  const double power = std::floor(std::log2(span_ / how.first_leap) + 1e-9);
  double span = std::min(how.first_leap * std::exp2(power), how.longest_leap);
  span = std::min(whole_ticks(span), room);
  return span < 2.0 * how.burst ? 0.0 : span;
}

// Standard errors of what was averaged, propagated through the leap one by one.
std::vector<double> Multiscale::sampling_error(const Burst& average, double span) {
  SlowSystem& slow = simulation_->slow();
  const SlowState start = simulation_->slow_state();
  const double until = average.start + std::max(span, now() - average.start);
  SlowState plain = start;
  slow.advance(plain, average.start, until, average.mean, average.mean);
  std::vector<double> squares(start.common.size(), 0.0);
  for (std::size_t m = 0; m < average.error.size(); ++m) {
    if (average.error[m] == 0.0) continue;
    Measured moved = average.mean;
    moved.mean[m] += average.error[m];
    SlowState other = start;
    slow.advance(other, average.start, until, moved, moved);
    const std::vector<double> d = difference(other.common, plain.common, slow.ranges());
    for (std::size_t k = 0; k < d.size(); ++k) squares[k] += d[k] * d[k];
  }
  for (double& value : squares) value = std::sqrt(value);
  simulation_->set_slow_state(start);
  return squares;
}

// The burst before this one against a straight line between its neighbours: what slow processes drive bends little from
// burst to burst; switching and slow oscillation do not.
bool Multiscale::dispersed(const Burst& average) {
  past_.push_back({average.start, average.mean.mean, average.error});
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

// Signals that act on the network: coupled ones as they are, blockers in units of what blocks half of the receptors (assumed:
// 1 uM).
std::vector<double> Multiscale::drivers() const {
  std::vector<double> values;
  for (const CouplingSpec& coupling : spec_->couplings) values.push_back(simulation_->signal(coupling.signal));
  for (const BlockerSpec& blocker : spec_->blockers) values.push_back(simulation_->signal(blocker.signal));
  return values;
}

// The best estimate from this burst and from those before it (scalar Kalman filter per measured signal): what was known stays
// known as long as nothing that acts on the network moves. Assumed: rates change by three times as large a part as what acts
// on them. A burst that differs from what was expected by more than three standard errors starts afresh.
void Multiscale::pool(Burst& burst) {
  if (pooled_.empty()) return;
  const std::vector<double> present = drivers();
  double moved = 0.0;
  for (std::size_t k = 0; k < present.size(); ++k) moved += std::abs(present[k] - pooled_drivers_[k]);
  for (std::size_t m = 0; m < pooled_.size(); ++m) {
    const double own = burst.error[m] * burst.error[m];
    const double drift = 3.0 * moved * std::abs(pooled_[m]);
    const double before = pooled_variance_[m] + drift * drift;
    const double surprise = burst.mean.mean[m] - pooled_[m];
    if (own + before <= 0.0 || surprise * surprise > 9.0 * (own + before)) continue;
    const double weight = own / (own + before);
    burst.mean.mean[m] -= weight * surprise;
    burst.error[m] = std::sqrt(own * (1.0 - weight));
  }
}

void Multiscale::keep_pool(const Burst& burst) {
  pooled_ = burst.mean.mean;
  pooled_variance_ = burst.error;
  for (double& value : pooled_variance_) value *= value;
  pooled_drivers_ = drivers();
}

void Multiscale::accumulate(double span, const std::vector<double>& bias, const std::vector<double>& noise) {
  const std::vector<double>& tau = simulation_->slow().time_constants();
  for (std::size_t k = 0; k < bias_.size(); ++k) {
    // Errors fade as the variable forgets.
    const double keep = std::exp(-span / tau[k]);
    bias_[k] = bias_[k] * keep + bias[k];
    noise_[k] = std::hypot(noise_[k] * keep, noise[k]);
    worst_[k] = std::max(worst_[k], bias_[k] + 2.0 * noise_[k]);
  }
}

void Multiscale::log_step(const MacroStep& step) {
  log_.push_back(step);
  ++totals_.steps;
  if (step.doubts != 0) ++totals_.doubtful;
  totals_.doubts |= step.doubts;
  const double row[] = {
      step.time, step.span, step.burst, step.e_H, step.e_S, step.e_R, static_cast<double>(step.doubts)};
  std::vector<ColumnData> columns;
  for (const double& value : row) columns.emplace_back(std::span<const double>(&value, 1));
  sink_->append(table_, columns);
}

namespace {

// Everything between two macro steps as plain numbers; the same code writes and reads.
struct Numbers {
  std::vector<double> values;
  std::size_t at = 0;
  bool reading = false;

  void one(double& value) {
    if (!reading) {
      values.push_back(value);
    } else if (at < values.size()) {
      value = values[at++];
    } else {
      throw EnvironmentError("checkpoint: the state of bursts and leaps does not fit the model");
    }
  }
  template <class T>
  void whole(T& value) {
    double number = static_cast<double>(value);
    one(number);
    value = static_cast<T>(number);
  }
  void list(std::vector<double>& list) {
    std::size_t n = list.size();
    whole(n);
    if (reading) list.resize(std::min<std::size_t>(n, values.size()));
    for (double& value : list) one(value);
  }
  void lists(std::vector<std::vector<double>>& all) {
    std::size_t n = all.size();
    whole(n);
    if (reading) all.resize(std::min<std::size_t>(n, values.size()));
    for (auto& one : all) list(one);
  }
};

}  // namespace

template <class Walk>
void Multiscale::walk(Walk& n) {
  n.one(span_);
  n.one(simulated_ms_);
  n.one(last_e_H_);
  n.whole(last_doubts_);
  n.list(bias_);
  n.list(noise_);
  n.list(worst_);
  n.list(dispersion_);
  n.list(pooled_);
  n.list(pooled_variance_);
  n.list(pooled_drivers_);
  std::size_t past = past_.size();
  n.whole(past);
  past_.resize(std::min<std::size_t>(past, 3));
  for (Past& one : past_) {
    n.one(one.time);
    n.list(one.mean);
    n.list(one.error);
  }
  n.whole(totals_.steps);
  n.whole(totals_.doubtful);
  n.whole(totals_.doubts);
  double is_pending = pending_ ? 1.0 : 0.0;
  n.one(is_pending);
  if (is_pending == 0.0) return pending_.reset();
  if (!pending_) pending_.emplace();
  n.one(pending_->start);
  n.list(pending_->state.common);
  n.lists(pending_->state.each);
  n.list(pending_->flux.mean);
  n.lists(pending_->flux.each);
  n.list(pending_->predicted);
  n.list(pending_->sampling);
}

void Multiscale::save(Checkpoint& checkpoint) {
  Numbers numbers;
  walk(numbers);
  std::vector<std::byte>& bytes = checkpoint.arrays["multiscale"];
  bytes.resize(numbers.values.size() * sizeof(double));
  if (!bytes.empty()) std::memcpy(bytes.data(), numbers.values.data(), bytes.size());
}

void Multiscale::load(const Checkpoint& checkpoint) {
  const auto found = checkpoint.arrays.find("multiscale");
  if (found == checkpoint.arrays.end()) throw EnvironmentError("the checkpoint is of a run without bursts and leaps");
  Numbers numbers;
  numbers.reading = true;
  numbers.values.resize(found->second.size() / sizeof(double));
  if (!numbers.values.empty())
    std::memcpy(numbers.values.data(), found->second.data(), numbers.values.size() * sizeof(double));
  walk(numbers);
}

MultiscaleReport Multiscale::report() const {
  MultiscaleReport report = totals_;
  report.simulated_ms = simulated_ms_;
  report.total_ms = now();
  const auto worst = std::max_element(worst_.begin(), worst_.end());
  if (worst != worst_.end()) {
    report.error = *worst;
    report.worst = simulation_->slow().names()[static_cast<std::size_t>(worst - worst_.begin())];
  }
  return report;
}

std::vector<Measure> Multiscale::measures() const {
  const MultiscaleReport r = report();
  return {{"multiscale.simulated", r.total_ms > 0.0 ? r.simulated_ms / r.total_ms : 1.0, "1",
           "part of the time that spiked"},
          {"multiscale.error", r.error, "1", "largest accumulated error of a slow variable, part of its range"},
          {"multiscale.steps", static_cast<double>(r.steps), "1", "macro steps"},
          {"multiscale.doubtful", static_cast<double>(r.doubtful), "1", "macro steps with a doubt"}};
}

}  // namespace burgeon
