#include "sim/inputs.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/random.h"
#include "sim/signals.h"

namespace burgeon {
namespace {

// First grid point at or after t, forgiving the rounding of t / dt.
Step step_at(double t, double dt) {
  if (t >= 1e290) return std::int64_t{1} << 62;
  return static_cast<Step>(std::ceil(t / dt - 1e-6));
}

std::vector<double> reversal_potentials(const ModelSpec& spec, const InputSpec& input, const PopulationSlice& slice) {
  const ReceptorSpec& receptor = slice.spec().receptors[input.receptor];
  for (std::size_t k = 0; k < receptor.model->parameters.size(); ++k) {
    if (receptor.model->parameters[k].name != "E_rev") continue;
    if (receptor.parameters[k].kind == Draw::Kind::constant) return {receptor.parameters[k].a};
    return draw_values(receptor.parameters[k], spec.run.seed, slice.spec().name + "." + receptor.name + ".E_rev",
                       slice.range.begin, slice.size());
  }
  return {0.0};
}

// Of the noise of an input. Names have no spaces, so that no other key is the same.
std::uint64_t noise_key(const ModelSpec& spec, const std::string& what, std::uint64_t replica) {
  return random_key(spec.run.seed, replica == 0 ? what : what + " replica " + std::to_string(replica));
}

}  // namespace

InputSlice::InputSlice(const ModelSpec& spec, const InputSpec& input, const PopulationSlice& slice,
                       const NoiseKernels& noise, std::uint64_t replica)
    : input_(&input),
      noise_(&noise),
      dt_(spec.run.dt),
      key_(noise_key(spec, "input " + input.name, replica)),
      redraw_key_(noise_key(spec, "redraw " + input.name, replica)),
      slice_begin_(slice.range.begin),
      begin_(std::clamp<std::uint64_t>(input.target.first, slice.range.begin, slice.range.end) - slice.range.begin),
      end_(std::clamp<std::uint64_t>(input.target.first + input.target.count, slice.range.begin, slice.range.end) -
           slice.range.begin),
      start_(step_at(input.start, spec.run.dt)),
      stop_(step_at(input.stop, spec.run.dt)) {
  using Kind = InputSpec::Kind;

  if (input.ring) {
    ring_factor_.resize(slice.size());
    for (std::size_t i = begin_; i < end_; ++i) {
      const double theta = ring_angle(slice_begin_ + i - input.target.first, input.target.count) - input.ring_centre;
      const double d = std::remainder(theta, 2.0 * std::numbers::pi);
      ring_factor_[i] = std::exp(-d * d / (2.0 * input.ring_width * input.ring_width));
    }
  }

  // Ornstein-Uhlenbeck: exact update over dt, started from its stationary distribution.
  if (input.kind == Kind::ou_current || input.kind == Kind::ou_conductance) {
    ou_keep_ = std::exp(-dt_ / input.tau);
    ou_kick_ = input.sd * std::sqrt(1.0 - ou_keep_ * ou_keep_);
    state_ = ColumnSet(1, slice.size());
    for (std::size_t i = begin_; i < end_; ++i)
      state_.row(0)[i] =
          input.mean + input.sd * RandomStream(redraw_key_, input.shared ? 0 : slice_begin_ + i).normal();
    if (input.kind == Kind::ou_conductance) E_rev_ = reversal_potentials(spec, input, slice);
  }

  if (input.kind == Kind::spikes) {
    for (const InputSpec::Event& event : input.events) {
      const std::uint64_t neuron = input.target.first + event.index;
      if (neuron < slice.range.begin || neuron >= slice.range.end) continue;
      events_.emplace_back(static_cast<Step>(std::llround(event.t / dt_)),
                           static_cast<std::uint32_t>(neuron - slice.range.begin));
    }
    std::sort(events_.begin(), events_.end());
  }
}

double InputSlice::level_at(Step step) const {
  // Ramps take their value in the middle of the step, so that the integral over time is right to second order.
  const double t = static_cast<double>(step) * dt_ + (input_->course.ramp ? 0.5 * dt_ : 0.0);
  double level = course_value(input_->course, t);
  if (input_->redraw_every > 0.0) {
    const auto epoch = static_cast<std::int64_t>(std::floor((t - input_->start) / input_->redraw_every + 1e-9));
    level += input_->redraw_sd * RandomStream(redraw_key_, 0, epoch).normal();
  }
  return level;
}

void InputSlice::begin_interval(Step first, Step count) {
  first_ = first;
  if (begin_ == end_) return;
  using Kind = InputSpec::Kind;
  if (input_->kind == Kind::current || input_->kind == Kind::poisson) {
    level_.resize(static_cast<std::size_t>(count));
    for (Step k = 0; k < count; ++k) level_[static_cast<std::size_t>(k)] = level_at(first + k);
  }

  // One table per distinct rate, kept from one interval to the next while the rate stays.
  if (input_->kind == Kind::poisson && !input_->shared) {
    if (!tables_.empty()) tables_.erase(tables_.begin(), tables_.end() - 1);
    table_of_.resize(level_.size());
    for (std::size_t k = 0; k < level_.size(); ++k) {
      const double mean = std::max(0.0, level_[k]) * dt_;
      if (tables_.empty() || tables_.back().mean != mean) tables_.push_back(poisson_table(mean));
      table_of_[k] = static_cast<std::uint32_t>(tables_.size() - 1);
    }
  }
}

void InputSlice::add(Step k, const InputTarget& target) {
  const Step step = first_ + k;
  if (step < start_ || step >= stop_) return;
  const std::size_t from = std::max(begin_, target.begin);
  const std::size_t to = std::min(end_, target.begin + target.n);
  if (from >= to) return;

  using Kind = InputSpec::Kind;
  switch (input_->kind) {
    case Kind::poisson:
      return add_poisson(k, target, from, to);
    case Kind::spikes:
      return add_spikes(k, target, from, to);
    case Kind::ou_current:
    case Kind::ou_conductance:
      return add_ou(k, target, from, to);
    case Kind::current:
      break;
  }

  const double amplitude = level_[static_cast<std::size_t>(k)];
  for (std::size_t i = from; i < to; ++i) {
    const std::size_t b = i - target.begin;
    const double I = ring_factor_.empty() ? amplitude : amplitude * ring_factor_[i];
    target.current[b] += I;
    if (target.input_slope != nullptr) {
      target.increment[b] += target.input_slope[b] * I;
      target.current_end[b] += I;
    }
  }
}

void InputSlice::add_poisson(Step k, const InputTarget& target, std::size_t from, std::size_t to) {
  const Step step = first_ + k;
  const auto weight = static_cast<float>(input_->weight);
  if (input_->shared) {
    const double mean = std::max(0.0, level_[static_cast<std::size_t>(k)]) * dt_;
    const auto events = static_cast<float>(RandomStream(key_, 0, step).poisson(mean));
    for (std::size_t i = from; i < to; ++i) target.slot[i] += weight * events;
    return;
  }

  // The kernel serves neighbours in fours; where the selection does not start on a four, through a scratch block.
  const PoissonTable& table = tables_[table_of_[static_cast<std::size_t>(k)]];
  const std::size_t first = slice_begin_ + from;
  const std::size_t skip = first % 4;
  if (skip == 0) {
    noise_->add_poisson(key_, first, to - from, step, table, weight, target.slot + from);
    return;
  }
  float scratch[max_block + 4] = {};
  noise_->add_poisson(key_, first - skip, to - from + skip, step, table, weight, scratch);
  for (std::size_t i = from; i < to; ++i) target.slot[i] += scratch[i - from + skip];
}

void InputSlice::add_spikes(Step k, const InputTarget& target, std::size_t from, std::size_t to) const {
  const Step step = first_ + k;
  const auto weight = static_cast<float>(input_->weight);
  auto event = std::lower_bound(events_.begin(), events_.end(), std::pair{step, static_cast<std::uint32_t>(from)});
  for (; event != events_.end() && event->first == step && event->second < to; ++event)
    target.slot[event->second] += weight;
}

void InputSlice::add_ou(Step k, const InputTarget& target, std::size_t from, std::size_t to) {
  const Step step = first_ + k;
  double* x = state_.row(0);
  double noise[max_block + 4];
  const std::size_t skip = (slice_begin_ + from) % 4;
  if (input_->shared) {
    std::fill_n(noise, to - from + skip, RandomStream(key_, 0, step).normal());
  } else {
    noise_->normal(key_, slice_begin_ + from - skip, to - from + skip, step, noise);
  }
  for (std::size_t i = from; i < to; ++i) {
    const std::size_t b = i - target.begin;
    if (input_->kind == InputSpec::Kind::ou_current) {
      target.current[b] += x[i];
      if (target.input_slope != nullptr) {
        target.increment[b] += target.input_slope[b] * x[i];
        target.current_end[b] += x[i];
      }
    } else {
      const double g = std::max(0.0, x[i]);
      target.current[b] += g * (E_rev_[E_rev_.size() == 1 ? 0 : i] - target.V_m[b]);
      target.slope[b] += g;
    }
    x[i] = input_->mean + (x[i] - input_->mean) * ou_keep_ + ou_kick_ * noise[i - from + skip];
  }
}

}  // namespace burgeon
