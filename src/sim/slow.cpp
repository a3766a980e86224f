#include "sim/slow.h"

#include <Eigen/Dense>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/errors.h"
#include "base/units.h"
#include "spec/structure_signals.h"

namespace burgeon {
namespace {

constexpr std::size_t most_rows = 32;  // inputs, states or signals of one process

double time_constant(const SlowSpec& slow, std::string_view name) {
  for (std::size_t k = 0; k < slow.model->parameters.size(); ++k)
    if (slow.model->parameters[k].name == name) return slow.parameters[k];
  return std::numeric_limits<double>::infinity();
}

}  // namespace

SlowSystem::SlowSystem(const ModelSpec& spec, Signals& signals) : spec_(&spec), signals_(&signals) {
  if (!spec.measured.empty()) first_measured_ = signals.index(spec.measured.front().name);
  if (!spec.structures.empty())
    first_structure_ = signals.index(structure_signals(spec, spec.structures.front()).front().name);
  for (const SlowSpec& slow : spec.slow) {
    Process process{&slow, range_.size(), 0, {}, {}, {}};
    process.signal = slow.model->signals.empty()
                         ? 0
                         : signals.index(slow.name + "." + std::string(slow.model->signals.front().name));
    for (const SlowSpec::Input& input : slow.inputs) {
      process.input.push_back(input.signal.empty() ? none : signals.index(input.signal));
      process.constant.push_back(input.value);
    }
    for (const SlowStateRow& row : slow.model->state) {
      process.tau.push_back(time_constant(slow, row.tau));
      if (slow.model->per_neuron) continue;
      range_.push_back(row.range * unit_factor(row.unit));
      tau_.push_back(process.tau.back());
      names_.push_back(slow.name + "." + std::string(row.name));
    }
    processes_.push_back(std::move(process));
  }
  for (std::size_t p = 0; p < processes_.size(); ++p) {
    const SlowSpec& slow = *processes_[p].spec;
    if (!slow.model->per_neuron) continue;
    for (std::size_t k = 0; k < slow.model->state.size(); ++k) {
      const SlowStateRow& row = slow.model->state[k];
      each_.push_back({p, k});
      range_.push_back(row.range * unit_factor(row.unit));
      tau_.push_back(processes_[p].tau[k]);
      names_.push_back(slow.name + "." + std::string(row.name) + " (mean)");
    }
  }
  reads_drugs_ = reads_drugs();
}

// Whether a network-wide state reads a drug, by itself or through readouts.
bool SlowSystem::reads_drugs() const {
  std::vector<char> of_drugs(signals_->values().size(), 0);
  std::fill_n(of_drugs.begin(), signals_->drug_count(), char{1});
  bool result = false;
  for (const bool readouts : {true, false})
    for (const Process& process : processes_) {
      const SlowModel& model = *process.spec->model;
      const bool reads = std::any_of(process.input.begin(), process.input.end(),
                                     [&](std::size_t signal) { return signal != none && of_drugs[signal] != 0; });
      if (!reads) continue;
      if (readouts && model.readout) std::fill_n(&of_drugs[process.signal], model.signals.size(), char{1});
      if (!readouts && !model.per_neuron && !model.state.empty()) result = true;
    }
  return result;
}

std::vector<double> SlowSystem::tracked(const SlowState& state) const {
  std::vector<double> values = state.common;
  for (const Each& each : each_) {
    const std::size_t n = processes_[each.process].spec->target.count;
    const double* column = state.each[each.process].data() + each.row * n;
    values.push_back(std::accumulate(column, column + n, 0.0) / static_cast<double>(n));
  }
  return values;
}

void SlowSystem::shift(SlowState& state, std::size_t entry, double change) const {
  if (entry < state.common.size()) {
    state.common[entry] += change;
    return;
  }
  const Each& each = each_[entry - state.common.size()];
  const std::size_t n = processes_[each.process].spec->target.count;
  for (std::size_t i = 0; i < n; ++i) state.each[each.process][each.row * n + i] += change;
}

SlowState SlowSystem::initial() const {
  SlowState state;
  for (const Process& process : processes_) {
    state.each.emplace_back();
    for (const SlowStateRow& row : process.spec->model->state) {
      const double value = row.initial * unit_factor(row.unit);
      if (process.spec->model->per_neuron)
        state.each.back().insert(state.each.back().end(), process.spec->target.count, value);
      else
        state.common.push_back(value);
    }
  }
  return state;
}

void SlowSystem::gather(const Process& process, double* input) const {
  for (std::size_t k = 0; k < process.input.size(); ++k)
    input[k] = process.input[k] == none ? process.constant[k] : signals_->values()[process.input[k]].value;
}

// Outputs of network-wide processes: first those that depend on states alone, then readouts in the order of the spec.
void SlowSystem::write_common(const double* state, bool readouts) {
  std::array<double, most_rows> input{}, output{};
  for (const Process& process : processes_) {
    const SlowModel& model = *process.spec->model;
    if (model.per_neuron || model.readout != readouts || model.signals.empty()) continue;
    if (readouts) gather(process, input.data());
    model.output({process.spec->parameters.data(), input.data(), state + process.state}, output.data());
    for (std::size_t k = 0; k < model.signals.size(); ++k) signals_->set(process.signal + k, output[k]);
  }
}

void SlowSystem::set_measured(const Measured& measured) {
  for (std::size_t m = 0; m < measured.mean.size(); ++m) signals_->set(first_measured_ + m, measured.mean[m]);
  for (std::size_t s = 0; s < measured.structure.size(); ++s)
    signals_->set(first_structure_ + s, measured.structure[s]);
}

void SlowSystem::set_measured(const Measured& from, const Measured& to, double part) {
  for (std::size_t m = 0; m < from.mean.size(); ++m)
    signals_->set(first_measured_ + m, from.mean[m] + part * (to.mean[m] - from.mean[m]));
  for (std::size_t s = 0; s < std::min(from.structure.size(), to.structure.size()); ++s)
    signals_->set(first_structure_ + s, from.structure[s] + part * (to.structure[s] - from.structure[s]));
}

void SlowSystem::derivative(const double* state, double t, double* rate) {
  signals_->evaluate(t, reads_drugs_);
  write_common(state, false);
  write_common(state, true);
  std::array<double, most_rows> input{};
  for (const Process& process : processes_) {
    const SlowModel& model = *process.spec->model;
    if (model.per_neuron || model.state.empty()) continue;
    gather(process, input.data());
    model.derivative({process.spec->parameters.data(), input.data(), state + process.state}, rate + process.state);
  }
}

// Network-wide processes and those of single neurons take turns (Strang splitting, order 2): the pieces are short against
// what single neurons do when both are there.
double SlowSystem::longest_piece() const {
  double shortest = std::numeric_limits<double>::infinity();
  bool common = false;
  for (const Process& process : processes_) {
    const bool each = process.spec->model->per_neuron;
    common = common || (!each && !process.tau.empty());
    if (each)
      for (const double tau : process.tau) shortest = std::min(shortest, tau);
  }
  return common ? 0.2 * shortest : std::numeric_limits<double>::infinity();
}

void SlowSystem::advance(SlowState& state, double t0, double t1, const Measured& from, const Measured& to,
                         double local_error) {
  local_error_ = local_error;
  const auto between = [&](double t) {
    const double part = (t - t0) / (t1 - t0);
    Measured measured = from;
    for (std::size_t m = 0; m < from.mean.size(); ++m) measured.mean[m] += part * (to.mean[m] - from.mean[m]);
    for (std::size_t m = 0; m < std::min(from.each.size(), to.each.size()); ++m)
      for (std::size_t i = 0; i < std::min(from.each[m].size(), to.each[m].size()); ++i)
        measured.each[m][i] += part * (to.each[m][i] - from.each[m][i]);
    for (std::size_t s = 0; s < std::min(from.structure.size(), to.structure.size()); ++s)
      measured.structure[s] += part * (to.structure[s] - from.structure[s]);
    return measured;
  };

  // Smooth pieces: between two breakpoints.
  std::vector<double> stops = breakpoints(*spec_, t0, t1);
  if (stops.empty() || stops.back() < t1) stops.push_back(t1);
  const double longest = longest_piece();
  double at = t0;
  for (const double stop : stops) {
    const double pieces = std::max(1.0, std::ceil((stop - at) / longest)), length = (stop - at) / pieces;
    for (double k = 1.0; k <= pieces; k += 1.0) {
      const double end = k == pieces ? stop : at + length;
      advance_piece(state, at, end, between(at), between(end));
      at = end;
    }
  }
  for (const double value : state.common)
    if (!std::isfinite(value)) throw NumericalError("slow processes are not finite at " + std::to_string(t1) + " ms");
}

void SlowSystem::advance_piece(SlowState& state, double t0, double t1, const Measured& from, const Measured& to) {
  publish(state, t0, from);
  if (each_.empty()) return advance_common(state, t0, t1, from, to);
  const auto advance_all = [&](double begin, double end, const Measured& a, const Measured& b) {
    for (std::size_t p = 0; p < processes_.size(); ++p)
      if (processes_[p].spec->model->per_neuron) advance_each(processes_[p], state.each[p], begin, end, a, b);
  };
  if (state.common.empty()) return advance_all(t0, t1, from, to);

  const double half = 0.5 * (t0 + t1);
  Measured middle = from;
  for (std::size_t m = 0; m < from.mean.size(); ++m) middle.mean[m] = 0.5 * (from.mean[m] + to.mean[m]);
  for (std::size_t s = 0; s < std::min(from.structure.size(), to.structure.size()); ++s)
    middle.structure[s] = 0.5 * (from.structure[s] + to.structure[s]);
  for (std::size_t m = 0; m < std::min(from.each.size(), to.each.size()); ++m)
    for (std::size_t i = 0; i < std::min(from.each[m].size(), to.each[m].size()); ++i)
      middle.each[m][i] = 0.5 * (from.each[m][i] + to.each[m][i]);
  advance_all(t0, half, from, middle);
  publish(state, half, middle);
  advance_common(state, t0, t1, from, to);
  // The last instant of a piece is still before the breakpoint that ends it.
  publish(state, t1 - 1e-6, to);
  advance_all(half, t1, middle, to);
}

// Rosenbrock method of order 2 with an error estimate of order 3 (Shampine & Reichelt 1997, doi:10.1137/S1064827594276424,
// section 3): L-stable, so that seconds (glutamate) may stand next to weeks (spines).
void SlowSystem::advance_common(SlowState& state, double t0, double t1, const Measured& from, const Measured& to) {
  if (state.common.empty()) return;
  using Vector = Eigen::VectorXd;
  const auto n = static_cast<Eigen::Index>(state.common.size());
  const double d = 1.0 / (2.0 + std::sqrt(2.0)), e32 = 6.0 + std::sqrt(2.0);
  const auto f = [&](double t, const Vector& y) {
    Vector rate(n);
    set_measured(from, to, (t - t0) / (t1 - t0));
    // A breakpoint belongs to what follows it; the last instant of a piece is still before it.
    derivative(y.data(), t < t1 ? t : t1 - 1e-6, rate.data());
    return rate;
  };

  Vector y = Eigen::Map<const Vector>(state.common.data(), n);
  double t = t0, h = t1 - t0;
  Eigen::MatrixXd J(n, n);
  for (std::size_t tries = 0; t < t1; ++tries) {
    if (tries > 100000) throw NumericalError("slow processes do not advance beyond " + std::to_string(t) + " ms");
    h = std::min(h, t1 - t);
    const bool last = h >= t1 - t;

    // Jacobian and time derivative by differences that are small against the ranges that matter.
    const Vector f0 = f(t, y);
    Vector z = y;
    for (Eigen::Index k = 0; k < n; ++k) {
      const double step = 1e-6 * std::max(range_[static_cast<std::size_t>(k)], std::abs(y[k]));
      z[k] = y[k] + step;
      J.col(k) = (f(t, z) - f0) / step;
      z[k] = y[k];
    }
    const double moment = std::min(1.0, 1e-3 * h);
    const Vector T = (f(t + moment, y) - f0) / moment;

    const Eigen::PartialPivLU<Eigen::MatrixXd> W(Eigen::MatrixXd::Identity(n, n) - h * d * J);
    const Vector k1 = W.solve(f0 + h * d * T);
    const Vector f1 = f(t + 0.5 * h, y + 0.5 * h * k1);
    const Vector k2 = W.solve(f1 - k1) + k1;
    const Vector next = y + h * k2;
    const Vector f2 = f(t + h, next);
    const Vector k3 = W.solve(f2 - e32 * (k2 - f1) - 2.0 * (k1 - f0) + h * d * T);

    double error = 0.0;
    for (Eigen::Index k = 0; k < n; ++k)
      error = std::max(error, std::abs(h / 6.0 * (k1[k] - 2.0 * k2[k] + k3[k])) / range_[static_cast<std::size_t>(k)]);
    if (!std::isfinite(error)) throw NumericalError("slow processes are not finite at " + std::to_string(t) + " ms");
    if (error <= local_error_) {
      y = next;
      t = last ? t1 : t + h;
    }
    h *= std::clamp(0.9 * std::cbrt(local_error_ / std::max(error, 1e-300)), 0.2, 5.0);
  }
  Eigen::Map<Vector>(state.common.data(), n) = y;
}

void SlowSystem::read_each(const Process& process, std::size_t neuron, double* input) const {
  for (std::size_t k = 0; k < process.input.size(); ++k) {
    if (process.input[k] == none) {
      input[k] = process.constant[k];
      continue;
    }
    const Signals::Value& value = signals_->values()[process.input[k]];
    input[k] = value.each.empty() ? value.value : value.each[neuron];
  }
}

// Midpoint rule for every neuron, in steps of a tenth of the shortest time constant at most.
void SlowSystem::advance_each(const Process& process, std::vector<double>& values, double t0, double t1,
                              const Measured& from, const Measured& to) {
  const SlowModel& model = *process.spec->model;
  const std::size_t rows = model.state.size(), n = process.spec->target.count;
  const double shortest = *std::min_element(process.tau.begin(), process.tau.end());
  const double steps = std::max(1.0, std::ceil((t1 - t0) / (0.1 * shortest)));
  const double dt = (t1 - t0) / steps;
  std::array<double, most_rows> y{}, middle{}, rate{}, input{};
  // Measured inputs of this neuron at a part of the interval; everything else as published.
  const auto inputs_at = [&](std::size_t i, double part) {
    read_each(process, i, input.data());
    for (std::size_t k = 0; k < process.input.size(); ++k) {
      if (process.input[k] == none || process.input[k] < first_measured_) continue;
      const std::size_t m = process.input[k] - first_measured_;
      if (m >= from.mean.size()) continue;
      const bool single = !from.each[m].empty() && !to.each[m].empty();
      const double a = single ? from.each[m][i] : from.mean[m], b = single ? to.each[m][i] : to.mean[m];
      input[k] = a + part * (b - a);
    }
  };
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < rows; ++k) y[k] = values[k * n + i];
    for (double s = 0.0; s < steps; s += 1.0) {
      inputs_at(i, (s + 0.0) / steps);
      model.derivative({process.spec->parameters.data(), input.data(), y.data()}, rate.data());
      for (std::size_t k = 0; k < rows; ++k) middle[k] = y[k] + 0.5 * dt * rate[k];
      inputs_at(i, (s + 0.5) / steps);
      model.derivative({process.spec->parameters.data(), input.data(), middle.data()}, rate.data());
      for (std::size_t k = 0; k < rows; ++k) y[k] += dt * rate[k];
    }
    for (std::size_t k = 0; k < rows; ++k) values[k * n + i] = y[k];
  }
}

void SlowSystem::write_each(const SlowState& state) {
  std::array<double, most_rows> y{}, input{}, output{};
  std::vector<double> column;
  for (std::size_t p = 0; p < processes_.size(); ++p) {
    const Process& process = processes_[p];
    const SlowModel& model = *process.spec->model;
    if (!model.per_neuron) continue;
    const std::size_t n = process.spec->target.count;
    for (std::size_t s = 0; s < model.signals.size(); ++s) {
      column.resize(n);
      for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t k = 0; k < model.state.size(); ++k) y[k] = state.each[p][k * n + i];
        read_each(process, i, input.data());
        model.output({process.spec->parameters.data(), input.data(), y.data()}, output.data());
        column[i] = output[s];
      }
      signals_->set_each(process.signal + s, column);
    }
  }
}

void SlowSystem::publish(const SlowState& state, double t, const Measured& measured) {
  signals_->evaluate(t);
  set_measured(measured);
  write_common(state.common.data(), false);
  write_each(state);
  write_common(state.common.data(), true);
}

}  // namespace burgeon
