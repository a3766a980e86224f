#include "multiscale/multiscale.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/errors.h"
#include "spec/read.h"

namespace burgeon {
namespace {

// Copies that carry errors. assumed: a spread of 64 is known to 9 %.
constexpr std::size_t shadow_count = 64;
constexpr double growth = 2.0;  // of H from one step to the next, at most
// Bursts' time that leaps leave before an event, assumed: what is true then is known from the last burst alone.
constexpr double kept_before_events = 4.0;
// How much more errors count in the last two leaps before an event, assumed.
constexpr double before_events = 3.0;
// ... where even the longest burst is a hundredth of the leap.
constexpr double worth_most = 100.0;

}  // namespace

ReplicaThreads share_threads(const ModelSpec& spec, unsigned threads) {
  const auto replicas = static_cast<unsigned>(spec.multiscale.replicas);
  return {std::max(1U, threads / replicas), std::min(threads, replicas)};
}

Multiscale::Multiscale(const ModelSpec& spec, Simulation& simulation, Sink& sink, MultiscaleOptions options)
    : spec_(&spec),
      simulation_(&simulation),
      sink_(&sink),
      options_(std::move(options)),
      two_starts_(spec, simulation),
      tick_(static_cast<double>(spec.run.slow_tick) * spec.run.dt),
      span_(spec.multiscale.first_leap),
      bursts_(spec, simulation, options_.at_once, options_.same_noise),
      estimates_(spec, simulation, shadow_count),
      shadows_(simulation, shadow_count),
      recent_burst_(spec.multiscale.burst) {
  const auto f64 = [](const char* name, const char* unit, const char* meaning) {
    return Column{name, unit, meaning, Column::Type::f64, 1};
  };
  table_ = sink.declare(
      {Table::Kind::series,
       "multiscale",
       {f64("time", "ms", "beginning of the macro step"), f64("span", "ms", "length of the macro step"),
        f64("burst", "ms", "spiking in it, of each replica"),
        f64("e_H", "1", "error of the step before, largest part of a range"),
        f64("e_S", "1", "sampling error, largest part of a range"),
        f64("e_R", "1", "difference between the halves of the burst, in standard errors"),
        f64("doubt", "1", "sum of 1 few spikes, 2 short burst, 4 drift, 8 bursts differ, 16 stiff, 32 bistable")},
       {}});
  std::vector<Column> errors{f64("time", "ms", "beginning of the macro step")};
  for (const std::string& name : error_names())
    errors.push_back(
        {name, "1", "error claimed of " + name + " at this moment, part of its range", Column::Type::f64, 1});
  errors_ = sink.declare({Table::Kind::series, "errors", std::move(errors), {}});
}

double Multiscale::now() const { return static_cast<double>(simulation_->step()) * spec_->run.dt; }
Step Multiscale::steps_of(double ms) const { return std::llround(ms / spec_->run.dt); }
double Multiscale::whole_ticks(double ms) const { return std::floor(ms / tick_ + 1e-9) * tick_; }
double Multiscale::next_tick(double ms) const { return std::ceil(ms / tick_ - 1e-9) * tick_; }

bool Multiscale::run() {
  const double end = static_cast<double>(spec_->run.steps) * spec_->run.dt;
  // The reference of everything comes first; nothing slow happens before it is over. It is the first burst, too.
  if (now() < spec_->run.discard + spec_->run.baseline - 1e-6) {
    run_direct(std::min(end, next_tick(spec_->run.discard)));
    simulation_->open_window();
    run_direct(std::min(end, next_tick(spec_->run.discard + spec_->run.baseline)));
    if (spec_->run.baseline >= spec_->multiscale.burst && now() < end - 1e-6) {
      const Burst baseline = bursts_.baseline();
      (void)estimates_.average(baseline, false);
      estimates_.learn(baseline);
    }
  }
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
  const double end = static_cast<double>(spec_->run.steps) * spec_->run.dt;
  const double start = now();
  // Too near to an event for a burst, or asked not to leap at all: direct simulation up to it.
  const bool never = how.longest_leap < 2.0 * how.burst;
  if (never || whole_ticks(limit) - start < how.burst) {
    if (pending_) settle(*pending_);
    run_direct(never ? std::min(limit, start + how.burst) : limit);
    start_afresh();
    return log_step({start, now() - start, now() - start, 0.0, 0.0, 0.0, 0});
  }

  const double looked = two_starts_.cost();
  std::uint32_t doubts = probe_due() && two_starts_.bistable() ? bit(Doubt::bistable) : 0U;
  simulated_ms_ += two_starts_.cost() - looked;

  // Nearer to an event than a leap may begin, one burst goes up to it.
  const double left = whole_ticks(limit) - start, kept = kept_before_events * how.burst;
  Burst burst = bursts_.run(left < kept + how.burst ? left : how.burst);
  Average average = estimates_.average(burst, false);
  Correction correction = correct(average, start);
  // How far to go: to the last burst before the event at most.
  const double room = left - kept;
  // The network must see what grows and goes: at most 2 % of its synapses per leap.
  double span = choose_span(correction.span, std::min(room, whole_ticks(simulation_->largest_structure_span())));

  // Noise makes bursts longer, never steps shorter: selecting on noise would bias the mean.
  const bool last = limit < end && left < 2.0 * span + kept && span > worth_most * how.longest_burst;
  const auto ahead = [&] { return leap(correction.state, average, start, std::max(span, burst.length)); };
  Leap next = ahead();
  Noise noise = noise_of(correction, average, next, last);
  const double longest = std::min(how.longest_burst, whole_ticks(span > 0.0 ? 0.5 * span : limit - start));
  while (noise.excess > 1.0 && burst.length + 0.5 * tick_ < longest) {
    const double wanted = how.burn_in + estimates_.averaged_for(average, burst, 1.0 / noise.excess);
    bursts_.extend(burst, std::max(tick_, whole_ticks(std::min(wanted, longest) - burst.length)));
    average = estimates_.average(burst, true);
    correction = correct(average, start);
    next = ahead();
    noise = noise_of(correction, average, next, last);
  }
  simulated_ms_ += burst.length;
  beside_ms_ += (burst.replicas - 1.0) * burst.length;
  estimates_.learn(burst);
  doubts |= burst.doubts | (bursts_.dispersed(burst) ? bit(Doubt::dispersed) : 0U) |
            (correction.stiff ? bit(Doubt::stiff) : 0U);

  // The step before is over; this one begins.
  if (pending_) {
    settle(correction.step);
    shadows_.add_bias(correction.bias);
  }
  const bool leaps = span > burst.length;
  if (!leaps) span = burst.length;
  SlowState predicted = correction.state;
  next.stretch.advance(simulation_->slow(), predicted);
  next.predicted = simulation_->slow().tracked(predicted);
  pending_ = std::move(next);
  span_ = correction.span;
  if (!leaps) {
    // Caught up with the burst: there is no room for more, or the error allows none yet.
    settle(*pending_);
    span_ *= growth;
    if (room < 2.0 * how.burst) start_afresh();
  }
  simulation_->set_slow_state(predicted);
  simulation_->leap_to(leaps ? steps_of(start + span) : simulation_->step());
  // About the last five (assumed), for the time that is left.
  recent_burst_ += 0.2 * (burst.length - recent_burst_);
  log_step({start, span, burst.length, correction.e_H, noise.e_S, burst.e_R, doubts});
}

// What the noise of a burst does to the leap that it begins, and to the step that it ends.
Multiscale::Noise Multiscale::noise_of(const Correction& correction, const Average& average, const Leap& next,
                                       bool last) {
  const Stretch& begins = next.stretch;
  const std::vector<double> ahead = sampling_error(begins, average, false);
  Noise noise{largest(ahead), beyond_allowed(ahead, begins.stop - begins.start)};
  if (pending_) {
    const Stretch& behind = correction.step.stretch;
    noise.excess =
        std::max(noise.excess, beyond_allowed(sampling_error(behind, average, true), behind.stop - behind.start));
  }
  // Thresholds make much of a small error later than this step can tell.
  for (std::size_t m = 0; spec_->multiscale.precision > 0.0 && m < average.error.size(); ++m)
    if (average.mean.mean[m] != 0.0)
      noise.excess =
          std::max(noise.excess, average.error[m] / std::abs(average.mean.mean[m]) / spec_->multiscale.precision);
  // An event meets thresholds as errors have left them: what precedes it must be known better.
  if (last) noise.excess *= before_events;
  return noise;
}

// Sampling errors of a leap over what they may be, the largest: errors of leap after leap, each forgotten with the variable's time
// constant, come to the tolerance. Seldom do they matter for longer than forty leaps (assumed).
double Multiscale::beyond_allowed(const std::vector<double>& noise, double span) const {
  double result = 0.0;
  for (std::size_t k = 0; k < noise.size(); ++k) {
    const double forgets = -std::expm1(-2.0 * span / simulation_->slow().time_constants()[k]);
    result = std::max(result, noise[k] / (spec_->multiscale.tolerance * std::sqrt(std::max(1.0 / 40.0, forgets))));
  }
  return result;
}

// The step that is pending is over: shadows go over it.
void Multiscale::settle(const Leap& step) {
  const SlowState present = simulation_->slow_state();
  std::vector<Shadows::Errors> errors;
  for (std::size_t k = 0; k < step.drivers.size(); ++k)
    errors.push_back(estimates_.errors_at(step.drivers[k], step.stretch.time(k)));
  shadows_.advance(step.stretch, errors);
  pending_.reset();
  simulation_->set_slow_state(present);
}

// After an event steps are short again. What bursts have told of the network stays true unless the network itself was changed.
void Multiscale::start_afresh() {
  bursts_.forget();
  span_ = spec_->multiscale.first_leap;
  for (const InterventionSpec& what : spec_->interventions)
    if (std::abs(what.start - now()) < 2.0 * tick_ || std::abs(what.stop - now()) < 2.0 * tick_) estimates_.forget();
}

// A blocker that is bound depends on what was active: two activities then differ for long without being two stable ones.
bool Multiscale::probe_due() const {
  const std::uint64_t every = spec_->multiscale.probe_every;
  if (every == 0 || totals_.steps % every != 0) return false;
  return std::all_of(spec_->blockers.begin(), spec_->blockers.end(),
                     [&](const BlockerSpec& blocker) { return simulation_->signal(blocker.signal) == 0.0; });
}

// Powers of two of the first leap, so that neighbouring runs take the same steps; whole slow ticks. 0: no leap.
double Multiscale::choose_span(double wanted, double room) const {
  const MultiscaleSpec& how = spec_->multiscale;
  const double power = std::floor(std::log2(wanted / how.first_leap) + 1e-9);
  double span = std::min(how.first_leap * std::exp2(power), how.longest_leap);
  span = std::min(whole_ticks(span), room);
  return span < 2.0 * how.burst ? 0.0 : span;
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
  std::vector<double> errors{step.time};
  const std::vector<double> claimed = shadows_.claimed();
  errors.insert(errors.end(), claimed.begin(), claimed.end());
  columns.clear();
  for (const double& value : errors) columns.emplace_back(std::span<const double>(&value, 1));
  sink_->append(errors_, columns);
}

void Multiscale::walk(Numbers& n) {
  n.one(span_);
  n.one(simulated_ms_);
  if (spec_->multiscale.replicas > 1) n.one(beside_ms_);
  n.one(recent_burst_);
  bursts_.walk(n);
  estimates_.walk(n);
  shadows_.walk(n);
  n.whole(totals_.steps);
  n.whole(totals_.doubtful);
  n.whole(totals_.doubts);
  double is_pending = pending_ ? 1.0 : 0.0;
  n.one(is_pending);
  if (is_pending == 0.0) return pending_.reset();
  if (!pending_) pending_ = Leap{};
  Stretch& stretch = pending_->stretch;
  n.one(stretch.start);
  n.one(stretch.stop);
  n.list(stretch.state.common);
  n.lists(stretch.state.each);
  std::size_t pools = stretch.pools.size();
  n.whole(pools);
  stretch.pools.resize(std::min(pools, spec_->structures.size()));
  for (TurnoverPools& p : stretch.pools)
    for (double* value : {&p.mature, &p.fresh, &p.lost}) n.one(*value);
  std::size_t nodes = stretch.path.size();
  n.whole(nodes);
  stretch.path.resize(std::min<std::size_t>(nodes, 64));
  for (Measured& measured : stretch.path) {
    n.list(measured.mean);
    n.lists(measured.each);
    n.list(measured.structure);
  }
  n.lists(pending_->blocked);
  n.lists(pending_->drivers);
  n.list(pending_->predicted);
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
  // Of this process, as the wall time is; replicas go on while the run does.
  const double spiked = static_cast<double>(simulation_->statistics().steps) * spec_->run.dt;
  if (spiked <= 0.0) return 0.0;
  // What is left at best, and as much more as what is done took more than that.
  const double left = static_cast<double>(spec_->run.steps) * spec_->run.dt - now();
  const double fewest = expected_spiking(*spec_, now(), recent_burst_);
  const double done = expected_spiking(*spec_, 0.0, recent_burst_) - fewest;
  const double slower = done > 0.0 && !log_.empty() ? std::max(1.0, simulated_ms_ / done) : 1.0;
  return wall_s / spiked * std::min(left, slower * fewest);
}

std::vector<std::string> Multiscale::error_names() const {
  std::vector<std::string> names = simulation_->slow().names();
  for (const StructureSpec& rule : spec_->structures)
    if (rule.model->kind == StructuralKind::turnover) names.push_back(rule.name + ".density");
  return names;
}

MultiscaleReport Multiscale::report() const {
  MultiscaleReport report = totals_;
  report.simulated_ms = simulated_ms_ + beside_ms_;
  report.total_ms = now();
  const std::vector<double>& all = shadows_.worst();
  const auto worst = std::max_element(all.begin(), all.end());
  if (worst != all.end()) {
    report.error = *worst;
    report.worst = error_names()[static_cast<std::size_t>(worst - all.begin())];
  }
  return report;
}

std::vector<Measure> Multiscale::measures() const {
  const MultiscaleReport r = report();
  std::vector<Measure> measures = {
      {"multiscale.simulated", r.total_ms > 0.0 ? r.simulated_ms / r.total_ms : 1.0, "1",
       "part of the time that spiked"},
      {"multiscale.error", r.error, "1", "largest error of a slow variable at any time, part of its range"},
      {"multiscale.steps", static_cast<double>(r.steps), "1", "macro steps"},
      {"multiscale.doubtful", static_cast<double>(r.doubtful), "1", "macro steps with a doubt"}};
  const std::vector<std::string> names = error_names();
  for (std::size_t k = 0; k < names.size(); ++k)
    measures.push_back({"multiscale.error." + names[k], shadows_.worst()[k], "1",
                        "largest error of " + names[k] + " at any time, part of its range"});
  return measures;
}

}  // namespace burgeon
