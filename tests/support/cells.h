#pragma once
// A few neurons with receptors, stepped kernel by kernel without a network: what the simulation does for one block, small
// enough to test the kernels alone.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/catalogue.h"

namespace burgeon::test {

/// Parameter values by name, internal units; the rest are defaults.
using Values = std::map<std::string, double, std::less<>>;

/// Parameters of a row in row order, internal units (the rows used in kernel tests are all in internal units).
template <class Row>
std::vector<double> parameters_of(const Row& row, const Values& values) {
  std::vector<double> result;
  for (const ParameterRow& parameter : row.parameters) {
    const auto found = values.find(parameter.name);
    result.push_back(found == values.end() ? parameter.value : found->second);
  }
  for (const auto& entry : values)
    if (std::none_of(row.parameters.begin(), row.parameters.end(),
                     [&](const auto& p) { return p.name == entry.first; }))
      throw std::invalid_argument(std::string(row.name) + " has no parameter " + entry.first);
  return result;
}

/// Columns of doubles that start on cache lines and whose distance is no multiple of 4096 bytes (stores and loads that agree
/// in the lower 12 bits of the address wait for each other).
class Columns {
 public:
  double* add(std::size_t n, double value) {
    constexpr std::size_t line = 8;
    auto& storage = storage_.emplace_back(n + line * (2 + 3 * storage_.size()));
    const auto address = reinterpret_cast<std::uintptr_t>(storage.data());
    const std::size_t shift = (64 - address % 64) % 64 / sizeof(double) + line * 3 * (storage_.size() - 1);
    std::fill_n(storage.data() + shift, n, value);
    return storage.data() + shift;
  }

 private:
  std::deque<std::vector<double>> storage_;
};

/// Coefficient columns of one row: one value each, or the same value for each of n.
struct Coefficients {
  std::vector<double*> shared, each;
  Coefficients(Columns& columns, const std::vector<double>& values, std::size_t n) {
    for (const double value : values) {
      shared.push_back(columns.add(1, value));
      each.push_back(columns.add(n, value));
    }
  }
  /// Pointers for a block that begins at `begin`.
  [[nodiscard]] std::vector<const double*> block(bool uniform, std::size_t begin) const {
    std::vector<const double*> result;
    for (std::size_t k = 0; k < shared.size(); ++k) result.push_back(uniform ? shared[k] : each[k] + begin);
    return result;
  }
};

inline std::vector<double*> shifted(const std::vector<double*>& columns, std::size_t begin) {
  std::vector<double*> result;
  for (double* column : columns) result.push_back(column + begin);
  return result;
}

class Cells {
 public:
  struct SpikeTime {
    std::size_t index;
    double time;  ///< ms
  };

  Cells(const Catalogue& catalogue, std::string_view neuron, std::size_t n, double dt, const Values& values = {})
      : catalogue_(catalogue), model_(*find(catalogue.neurons, neuron)), n_(n), dt_(dt) {
    const std::vector<double> p = parameters_of(model_, values);
    if (model_.membrane) membrane_ = model_.membrane(p.data());
    std::vector<double> c(model_.coefficients.size());
    model_.prepare(p.data(), dt, c.data());
    coefficients_ = std::make_unique<Coefficients>(columns_, c, n);
    for (const StateRow& row : model_.state) {
      double initial = row.initial;
      for (std::size_t k = 0; k < p.size(); ++k)
        if (model_.parameters[k].name == row.initial_from) initial = p[k];
      state_.push_back(columns_.add(n, initial));
    }
    for (double** column : {&current_, &slope_, &increment_, &current_end_, &jump_}) *column = columns_.add(n, 0.0);
    spike_index_.resize(n);
    spike_before_.resize(n);
    sizes_ = {n};
  }

  /// Adds a receptor with `blocker_count` columns pairs of channel block; returns its number.
  std::size_t add_receptor(std::string_view name, const Values& values = {},
                           const std::vector<Blocker>& blockers = {}) {
    const ReceptorModel& model = *find(catalogue_.receptors, name);
    const std::vector<double> p = parameters_of(model, values);
    const ReceptorContext context{dt_, model_.kind == NeuronKind::linear, membrane_};
    std::vector<double> c(model.coefficients.size());
    model.prepare(p.data(), context, c.data());
    Receptor& receptor = receptors_.emplace_back(Receptor{
        &model, Coefficients(columns_, c, n_), {}, std::vector<float>(n_), blockers, {}, columns_.add(n_, 1.0)});
    for (const StateRow& row : model.state) receptor.state.push_back(columns_.add(n_, row.initial));
    for (std::size_t k = 0; k < 2 * blockers.size(); ++k) receptor.blocked.push_back(columns_.add(n_, 0.0));
    return receptors_.size() - 1;
  }

  /// One step; the inputs are consumed.
  void step() {
    std::size_t begin = 0;
    for (const std::size_t size : sizes_) {
      step_block(begin, size);
      begin += size;
    }
    ++steps_;
    for (Receptor& receptor : receptors_) std::fill(receptor.input.begin(), receptor.input.end(), 0.0F);
  }

  std::vector<float>& input(std::size_t receptor) { return receptors_[receptor].input; }
  double* state(std::size_t k) { return state_[k]; }
  double* V() { return state_[0]; }
  double* receptor_state(std::size_t receptor, std::size_t k) { return receptors_[receptor].state[k]; }
  double* total_weight(std::size_t receptor) { return receptors_[receptor].total_weight; }
  double* blocked(std::size_t receptor, std::size_t k) { return receptors_[receptor].blocked[k]; }
  std::vector<Blocker>& blockers(std::size_t receptor) { return receptors_[receptor].blockers; }
  const double* current() const { return current_; }
  const double* slope() const { return slope_; }
  [[nodiscard]] double time() const { return static_cast<double>(steps_) * dt_; }
  [[nodiscard]] std::size_t size() const { return n_; }
  [[nodiscard]] const NeuronModel& model() const { return model_; }
  [[nodiscard]] std::size_t receptor_count() const { return receptors_.size(); }
  [[nodiscard]] const ReceptorModel& receptor_model(std::size_t r) const { return *receptors_[r].model; }

  void per_neuron_coefficients() { uniform_ = false; }
  /// Sizes of the blocks the cells are cut into.
  void cut(const std::vector<std::size_t>& sizes) { sizes_ = sizes; }

  /// Accumulators begin as NaN, and the first receptor writes them.
  bool first_writes = false;

  std::vector<SpikeTime> spikes;

 private:
  struct Receptor {
    const ReceptorModel* model;
    Coefficients coefficients;
    std::vector<double*> state;
    std::vector<float> input;
    std::vector<Blocker> blockers;
    std::vector<double*> blocked;
    double* total_weight;
  };

  void step_block(std::size_t begin, std::size_t size) {
    const bool linear = model_.kind == NeuronKind::linear;
    const double empty = first_writes ? std::numeric_limits<double>::quiet_NaN() : 0.0;
    for (double* column : {current_, slope_, increment_, current_end_}) std::fill_n(column + begin, size, empty);
    std::fill_n(jump_ + begin, size, 0.0);
    for (Receptor& r : receptors_) {
      const auto state = shifted(r.state, begin);
      const auto blocked = shifted(r.blocked, begin);
      const auto coefficient = r.coefficients.block(uniform_, begin);
      ReceptorBlock block{.n = size,
                          .dt = dt_,
                          .uniform = uniform_,
                          .state = state.data(),
                          .coefficient = coefficient.data(),
                          .input = r.input.data() + begin,
                          .V_m = state_[0] + begin,
                          .current = current_ + begin,
                          .slope = slope_ + begin,
                          .increment = linear ? increment_ + begin : nullptr,
                          .current_end = linear ? current_end_ + begin : nullptr,
                          .jump = jump_ + begin,
                          .blockers = r.blockers,
                          .blocked = blocked.data(),
                          .total_weight = r.total_weight + begin,
                          .first = first_writes && &r == receptors_.data()};
      r.model->advance(block);
    }
    const auto state = shifted(state_, begin);
    const auto coefficient = coefficients_->block(uniform_, begin);
    NeuronBlock block{.n = size,
                      .dt = dt_,
                      .uniform = uniform_,
                      .state = state.data(),
                      .coefficient = coefficient.data(),
                      .current = current_ + begin,
                      .slope = slope_ + begin,
                      .increment = increment_ + begin,
                      .current_end = current_end_ + begin,
                      .jump = jump_ + begin,
                      .spike_index = spike_index_.data(),
                      .spike_before = spike_before_.data(),
                      .spike_count = 0};
    model_.update(block);
    const double end = static_cast<double>(steps_ + 1) * dt_;
    for (std::size_t k = 0; k < block.spike_count; ++k)
      spikes.push_back({begin + spike_index_[k], end - static_cast<double>(spike_before_[k])});
  }

  const Catalogue& catalogue_;
  const NeuronModel& model_;
  std::size_t n_;
  double dt_;
  Membrane membrane_{};
  Columns columns_;
  std::unique_ptr<Coefficients> coefficients_;
  std::vector<double*> state_;
  std::vector<Receptor> receptors_;
  double *current_ = nullptr, *slope_ = nullptr, *increment_ = nullptr, *current_end_ = nullptr, *jump_ = nullptr;
  std::vector<std::uint32_t> spike_index_;
  std::vector<float> spike_before_;
  std::vector<std::size_t> sizes_;
  std::int64_t steps_ = 0;
  bool uniform_ = true;
};

}  // namespace burgeon::test
