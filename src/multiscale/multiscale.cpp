#include "multiscale/multiscale.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/errors.h"
#include "multiscale/averages.h"
#include "spec/read.h"

namespace burgeon {
namespace {

constexpr double growth = 2.0, shrink = 0.25;  // of H from one step to the next
// The newest burst counts for at least this part. Less, and errors of old bursts would stay in the averages for so long that
// what is integrated over them grows less certain, not more.
constexpr double least_gain = 0.25;
// A step is judged by what changes beyond this many standard errors: one of a dozen variables is often beyond two.
constexpr double beyond_noise = 3.0;
// How far an average may lag behind what moves, in standard errors of a burst. Small: noise averages out over steps, a lag
// does not.
constexpr double most_lag = 0.3;

double largest(const std::vector<double>& values) {
  return values.empty() ? 0.0 : *std::max_element(values.begin(), values.end());
}

std::uint32_t bit(Doubt doubt) { return static_cast<std::uint32_t>(doubt); }

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
      two_starts_(spec, simulation),
      tick_(static_cast<double>(spec.run.slow_tick) * spec.run.dt),
      span_(spec.multiscale.first_leap),
      errors_(simulation.slow().ranges().size(), spec.measured.size()),
      autocorrelation_(spec.measured.size(), 0.5),
      last_burst_(spec.multiscale.burst) {
  const auto f64 = [](const char* name, const char* unit, const char* meaning) {
    return Column{name, unit, meaning, Column::Type::f64, 1};
  };
  table_ = sink.declare(
      {Table::Kind::series,
       "multiscale",
       {f64("time", "ms", "beginning of the macro step"), f64("span", "ms", "length of the macro step"),
        f64("burst", "ms", "spiking in it"), f64("e_H", "1", "error of the step before, largest part of a range"),
        f64("e_S", "1", "sampling error, largest part of a range"),
        f64("e_R", "1", "difference between the halves of the burst, in standard errors"),
        f64("doubt", "1", "sum of 1 few spikes, 2 short burst, 4 drift, 8 bursts differ, 16 stiff, 32 bistable")},
       {}});
}

double Multiscale::now() const { return static_cast<double>(simulation_->step()) * spec_->run.dt; }
Step Multiscale::steps_of(double ms) const { return std::llround(ms / spec_->run.dt); }
double Multiscale::whole_ticks(double ms) const { return std::floor(ms / tick_ + 1e-9) * tick_; }
double Multiscale::next_tick(double ms) const { return std::ceil(ms / tick_ - 1e-9) * tick_; }

bool Multiscale::run() {
  const double end = static_cast<double>(spec_->run.steps) * spec_->run.dt;
  // The reference of everything comes first; nothing slow happens before it is over.
  run_direct(std::min(end, next_tick(spec_->run.discard + spec_->run.baseline)));
  while (now() < end - 1e-6) {
    if (options_.stop != nullptr && options_.stop->load()) return false;
    // What happens between two slow ticks takes effect at the later one.
    const std::vector<double> events = breakpoints(*spec_, now() + 1e-6, end);
    macro_step(events.empty() ? end : std::min(end, next_tick(events.front())));
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
  const bool never = how.longest_leap < 2.0 * how.burst;
  if (never || whole_ticks(limit) - start < how.burst) {
    run_direct(never ? std::min(limit, start + how.burst) : limit);
    if (pending_) errors_.settle(pending_->end);
    pending_.reset();
    start_afresh();
    return log_step({start, now() - start, now() - start, 0.0, 0.0, 0.0, 0});
  }

  const double looked = two_starts_.cost();
  std::uint32_t doubts = probe_due() && two_starts_.bistable() ? bit(Doubt::bistable) : 0U;
  simulated_ms_ += two_starts_.cost() - looked;

  Burst alone = burst(how.burst), average = pooled(alone);
  Correction correction = correct(average);
  // How far to go: to the last burst before the event at most.
  const double room = whole_ticks(limit) - how.burst - start;
  // The network must see what grows and goes: at most 2 % of its synapses per leap.
  double span = choose_span(correction.span, std::min(room, whole_ticks(simulation_->largest_structure_span())));

  // Noise makes bursts longer, never steps shorter: selecting on noise would bias the mean.
  Response response = respond(correction.state, average, std::max(span, alone.length), false);
  std::vector<double> noise = errors_.of_step(response, average.error);
  const double longest = std::min(how.longest_burst, whole_ticks(0.5 * span));
  while (largest(noise) > how.tolerance && alone.length < longest) {
    const double counted = alone.length - how.burn_in;
    const double wanted = counted * (std::pow(largest(noise) / how.tolerance, 2) - 1.0);
    extend(alone, whole_ticks(std::clamp(wanted, tick_, longest - alone.length)));
    average = pooled(alone);
    correction = correct(average);
    response = respond(correction.state, average, std::max(span, alone.length), false);
    noise = errors_.of_step(response, average.error);
  }
  doubts |=
      alone.doubts | (dispersed(alone) ? bit(Doubt::dispersed) : 0U) | (correction.stiff ? bit(Doubt::stiff) : 0U);

  // The step before is over; this one begins.
  errors_.measure(average.gain, average.own, average.drift);
  finish_step(correction);
  const bool leaps = span > alone.length;
  if (!leaps) span = alone.length;
  response = respond(correction.state, average, span, true);
  errors_.leap(response);
  // While what acts on the network still is as it was during this burst.
  keep(average, alone);
  Pending next{start, correction.state, average.mean, {}, average.error, response.end};
  SlowState predicted = correction.state;
  simulation_->slow().advance(predicted, start, start + span, average.mean, average.mean);
  next.predicted = simulation_->slow().tracked(predicted);
  simulation_->set_slow_state(predicted);
  span_ = correction.span;
  simulation_->leap_to(leaps ? steps_of(start + span) : simulation_->step());
  if (leaps) {
    pending_ = std::move(next);
  } else {
    // Caught up with the burst: there is no room for more, or the error allows none yet.
    errors_.settle(response.end);
    pending_.reset();
    span_ *= growth;
    if (room < 2.0 * how.burst) start_afresh();
  }
  errors_.note();
  last_burst_ = alone.length;
  log_step({start, span, alone.length, correction.e_H, largest(noise), alone.e_R, doubts});
}

// An event changes the network: what was learnt of it before is of no use.
void Multiscale::start_afresh() {
  past_.clear();
  pooled_.clear();
  span_ = spec_->multiscale.first_leap;
}

// ---------------------------------------------------------------------------------------------------------------------
// Bursts

Multiscale::Burst Multiscale::burst(double span) {
  Burst result;
  result.start = now();
  simulation_->hold_slow(true);
  simulation_->run_until(steps_of(result.start + spec_->multiscale.burn_in));
  simulation_->open_window();
  simulation_->hold_slow(false);
  extend(result, span - spec_->multiscale.burn_in);
  return result;
}

void Multiscale::extend(Burst& burst, double more) {
  simulation_->hold_slow(true);
  simulation_->run_until(simulation_->step() + steps_of(more));
  simulation_->hold_slow(false);
  simulated_ms_ += now() - burst.start - burst.length;
  burst.length = now() - burst.start;
  read_window(burst);
}

void Multiscale::read_window(Burst& burst) {
  const Window& window = simulation_->window();
  burst.mean = window.mean;
  burst.doubts = window.spikes < 30 ? bit(Doubt::few_spikes) : 0U;
  burst.error.clear();
  burst.e_R = 0.0;
  const double length = static_cast<double>(window.tick.size()) * tick_;
  for (std::size_t m = 0; m < window.mean.mean.size(); ++m) {
    std::vector<double> series;
    for (const std::vector<double>& tick : window.tick) series.push_back(tick[m]);
    const SeriesStatistics s = series_statistics(series);
    burst.error.push_back(s.standard_error);
    burst.e_R = std::max(burst.e_R, s.halves);
    // A burst is too short to tell its own autocorrelation time well: the mean over bursts does.
    autocorrelation_[m] += 0.2 * (s.autocorrelation - autocorrelation_[m]);
    if (length < 20.0 * autocorrelation_[m] * tick_) burst.doubts |= bit(Doubt::short_burst);
  }
  // Beyond noise: with a dozen numbers per burst, and thousands of bursts, four standard errors are still chance.
  if (burst.e_R > 5.0) burst.doubts |= bit(Doubt::drift);
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
// on them. While something moves the average lags behind; the gain is such that this stays below noise. A burst that differs
// from what was expected by more than three standard errors starts afresh.
Multiscale::Burst Multiscale::pooled(const Burst& alone) const {
  Burst result = alone;
  const std::size_t n = alone.mean.mean.size();
  result.own = alone.error;
  result.gain.assign(n, 1.0);
  result.drift.assign(n, 0.0);
  if (pooled_.empty()) return result;
  const std::vector<double> present = drivers();
  double moved = 0.0;
  for (std::size_t k = 0; k < present.size(); ++k) moved += std::abs(present[k] - pooled_drivers_[k]);
  for (std::size_t m = 0; m < n; ++m) {
    // Not this burst's own error: where noise grows with the mean, low bursts would count for more.
    const double own = std::sqrt(spread_[m] / (alone.length - spec_->multiscale.burn_in));
    const double known = errors_.measured(m), drift = 3.0 * moved * std::abs(pooled_[m]);
    const double before = known * known + drift * drift, all = own * own + before;
    const double surprise = alone.mean.mean[m] - pooled_[m];
    if (all <= 0.0 || surprise * surprise > 9.0 * all) continue;
    const double slow = drift > 0.0 ? 1.0 / (1.0 + most_lag * own / drift) : 0.0;
    const double gain = std::max({least_gain, before / all, slow});
    result.own[m] = own;
    result.gain[m] = gain;
    result.drift[m] = drift;
    result.mean.mean[m] = pooled_[m] + gain * surprise;
    result.error[m] = std::sqrt((1.0 - gain) * (1.0 - gain) * before + gain * gain * own * own);
    // Single neurons keep their differences.
    const double factor = alone.mean.mean[m] > 0.0 ? result.mean.mean[m] / alone.mean.mean[m] : 1.0;
    for (double& value : result.mean.each[m]) value *= factor;
  }
  return result;
}

void Multiscale::keep(const Burst& average, const Burst& alone) {
  const double counted = alone.length - spec_->multiscale.burn_in;
  const bool first = pooled_.empty();
  spread_.resize(average.gain.size(), 0.0);
  for (std::size_t m = 0; m < spread_.size(); ++m) {
    const double now = alone.error[m] * alone.error[m] * counted;
    spread_[m] += (first || average.gain[m] == 1.0 ? 1.0 : 0.2) * (now - spread_[m]);
  }
  pooled_ = average.mean.mean;
  pooled_drivers_ = drivers();
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

// A blocker that is bound depends on what was active: two activities then differ for long without being two stable ones.
bool Multiscale::probe_due() const {
  const std::uint64_t every = spec_->multiscale.probe_every;
  if (every == 0 || totals_.steps % every != 0) return false;
  return std::all_of(spec_->blockers.begin(), spec_->blockers.end(),
                     [&](const BlockerSpec& blocker) { return simulation_->signal(blocker.signal) == 0.0; });
}

// ---------------------------------------------------------------------------------------------------------------------
// Leaps

// The step before once more, with what is averaged going in a straight line from its beginning to now.
Multiscale::Correction Multiscale::correct(const Burst& at) {
  SlowSystem& slow = simulation_->slow();
  if (!pending_) return {simulation_->slow_state(), std::vector<double>(slow.ranges().size(), 0.0), 0.0, span_, false};
  Correction result{pending_->state, {}, 0.0, span_, false};
  const SlowState present = simulation_->slow_state();
  slow.advance(result.state, pending_->start, at.start, pending_->flux, at.mean);
  const std::vector<double> corrected = slow.tracked(result.state), before = slow.tracked(pending_->state);
  double moved = 0.0;
  for (std::size_t k = 0; k < corrected.size(); ++k) {
    const double change = (corrected[k] - pending_->predicted[k]) / slow.ranges()[k];
    // What noise alone would change is no error of the step.
    double noise = 0.0;
    for (std::size_t m = 0; m < at.error.size(); ++m) {
      const double part = pending_->end(static_cast<Eigen::Index>(k), static_cast<Eigen::Index>(m));
      noise += part * part * (at.error[m] * at.error[m] + pending_->error[m] * pending_->error[m]);
    }
    result.bias.push_back(std::sqrt(std::max(0.0, change * change - beyond_noise * beyond_noise * noise)));
    moved = std::max(moved, std::abs(pending_->predicted[k] - before[k]) / slow.ranges()[k]);
  }
  result.e_H = largest(result.bias);

  // The slow side feeds back on what is averaged faster than the step: half of the step was wrong.
  const double tolerance = spec_->multiscale.tolerance;
  result.stiff = moved > 0.0 && result.e_H > 0.5 * moved && result.e_H > tolerance;
  const double factor = result.e_H > 0.0 ? 0.9 * std::sqrt(tolerance / result.e_H) : growth;
  result.span = (at.start - pending_->start) * std::clamp(factor, shrink, growth);
  simulation_->set_slow_state(present);
  return result;
}

void Multiscale::finish_step(const Correction& correction) {
  if (!pending_) return;
  errors_.settle(pending_->end);
  errors_.add_bias(correction.bias);
  errors_.note();
}

// Powers of two of the first leap, so that neighbouring runs take the same steps; whole slow ticks. 0: no leap.
double Multiscale::choose_span(double wanted, double room) const {
  const MultiscaleSpec& how = spec_->multiscale;
  const double power = std::floor(std::log2(wanted / how.first_leap) + 1e-9);
  double span = std::min(how.first_leap * std::exp2(power), how.longest_leap);
  span = std::min(whole_ticks(span), room);
  return span < 2.0 * how.burst ? 0.0 : span;
}

// By differences: a standard error of what was measured, a thousandth of the range of what was there.
Response Multiscale::respond(const SlowState& start, const Burst& burst, double span, bool with_state) {
  SlowSystem& slow = simulation_->slow();
  const SlowState present = simulation_->slow_state();
  const std::vector<double>& range = slow.ranges();
  const double until = burst.start + span;
  const auto end_of = [&](SlowState state, const Measured& from, const Measured& to) {
    slow.advance(state, burst.start, until, from, to);
    return slow.tracked(state);
  };
  const auto n = static_cast<Eigen::Index>(range.size()), m = static_cast<Eigen::Index>(burst.error.size());
  Response result{Eigen::MatrixXd::Zero(n, n), Eigen::MatrixXd::Zero(n, m), Eigen::MatrixXd::Zero(n, m)};
  const std::vector<double> plain = end_of(start, burst.mean, burst.mean);
  const auto put = [&](Eigen::MatrixXd& into, Eigen::Index column, const std::vector<double>& moved, double by) {
    for (Eigen::Index k = 0; k < n; ++k) {
      const auto i = static_cast<std::size_t>(k);
      into(k, column) = (moved[i] - plain[i]) / (by * range[i]);
    }
  };
  for (Eigen::Index j = 0; j < m; ++j) {
    const auto i = static_cast<std::size_t>(j);
    const double by = burst.error[i];
    if (by <= 0.0) continue;
    Measured moved = burst.mean;
    moved.mean[i] += by;
    for (double& value : moved.each[i]) value += by;
    put(result.begin, j, end_of(start, moved, burst.mean), by);
    put(result.end, j, end_of(start, burst.mean, moved), by);
  }
  for (Eigen::Index j = 0; with_state && j < n; ++j) {
    const auto i = static_cast<std::size_t>(j);
    SlowState moved = start;
    slow.shift(moved, i, 1e-3 * range[i]);
    put(result.state, j, end_of(moved, burst.mean, burst.mean), 1e-3);
  }
  simulation_->set_slow_state(present);
  return result;
}

// ---------------------------------------------------------------------------------------------------------------------
// What is left behind

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

void Multiscale::walk(Numbers& n) {
  n.one(span_);
  n.one(simulated_ms_);
  n.one(last_burst_);
  errors_.walk(n);
  n.list(dispersion_);
  n.list(autocorrelation_);
  n.list(pooled_);
  n.list(pooled_drivers_);
  n.list(spread_);
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
  if (!pending_) pending_ = Pending{};
  n.one(pending_->start);
  n.list(pending_->state.common);
  n.lists(pending_->state.each);
  n.list(pending_->flux.mean);
  n.lists(pending_->flux.each);
  n.list(pending_->predicted);
  n.list(pending_->error);
  pending_->end.resize(static_cast<Eigen::Index>(simulation_->slow().ranges().size()),
                       static_cast<Eigen::Index>(spec_->measured.size()));
  n.matrix(pending_->end);
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

double Multiscale::remaining_s(double wall_s) const {
  // Of this process, as the wall time is.
  const double spiked = static_cast<double>(simulation_->statistics().steps) * spec_->run.dt;
  if (spiked <= 0.0) return 0.0;
  // What is left at best, and as much more as what is done took more than that.
  const double left = static_cast<double>(spec_->run.steps) * spec_->run.dt - now();
  const double fewest = expected_spiking(*spec_, now(), last_burst_);
  const double done = expected_spiking(*spec_, 0.0, last_burst_) - fewest;
  const double slower = done > 0.0 && !log_.empty() ? std::max(1.0, simulated_ms_ / done) : 1.0;
  return wall_s / spiked * std::min(left, slower * fewest);
}

MultiscaleReport Multiscale::report() const {
  MultiscaleReport report = totals_;
  report.simulated_ms = simulated_ms_;
  report.total_ms = now();
  const std::vector<double>& all = errors_.worst();
  const auto worst = std::max_element(all.begin(), all.end());
  if (worst != all.end()) {
    report.error = *worst;
    report.worst = simulation_->slow().names()[static_cast<std::size_t>(worst - all.begin())];
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
