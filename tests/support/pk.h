#pragma once
// A drug row with named parameters and doses, as the tests of pharmacokinetics use it: minutes and row units.

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "base/units.h"
#include "catalogue/rows.h"

namespace burgeon::models::v2 {
extern const DrugModel ketamine, memantine;
}

namespace burgeon::test {

class Pk {
 public:
  explicit Pk(const DrugModel& model, std::string_view preset = "default") : model_(&model) {
    const PresetRow* row = nullptr;
    for (const PresetRow& candidate : model.presets)
      if (candidate.name == preset) row = &candidate;
    if (row == nullptr) throw std::invalid_argument("no such preset");
    for (std::size_t k = 0; k < model.parameters.size(); ++k) {
      const double value = std::isnan(row->values[k]) ? model.parameters[k].value : row->values[k];
      parameters_.push_back(value * unit_factor(model.parameters[k].unit));
    }
    // The simulation passes the body mass; here it is the one the preset was made for.
    parameters_[index("body_mass")] = parameters_[index("reference_mass")];
  }

  /// Sets a parameter, in the unit of its row.
  Pk& set(std::string_view name, double value) {
    const std::size_t k = index(name);
    parameters_[k] = value * unit_factor(model_->parameters[k].unit);
    return *this;
  }
  [[nodiscard]] double get(std::string_view name) const {
    const std::size_t k = index(name);
    return parameters_[k] / unit_factor(model_->parameters[k].unit);
  }

  /// Adds a dose: mg (clamp: uM), minutes.
  Pk& dose(Route route, double amount, double start, double duration = 0.0) {
    doses_.push_back({route, amount, start * minute, duration * minute});
    return *this;
  }
  Pk& clear() {
    doses_.clear();
    return *this;
  }

  /// All signals at a time [min], internal units, in row order.
  [[nodiscard]] std::vector<double> all(double t) const {
    std::vector<double> values(model_->signals.size(), std::nan(""));
    model_->evaluate(parameters_.data(), doses_, t * minute, values.data());
    return values;
  }
  /// One signal at a time [min], in the unit of its row.
  [[nodiscard]] double at(double t, std::string_view name) const {
    const std::vector<double> values = all(t);
    for (std::size_t k = 0; k < values.size(); ++k)
      if (model_->signals[k].name == name) return values[k] / unit_factor(model_->signals[k].unit);
    throw std::invalid_argument("no such signal");
  }

  /// Time [min] of the maximum of a signal on a grid.
  [[nodiscard]] double time_of_peak(std::string_view name, double from, double to, double step = 0.1) const {
    double best = -1.0, when = from;
    for (double t = from; t <= to; t += step)
      if (const double value = at(t, name); value > best) best = value, when = t;
    return when;
  }

  [[nodiscard]] const DrugModel& model() const { return *model_; }
  [[nodiscard]] const std::vector<Dose>& doses() const { return doses_; }
  static constexpr double minute = 60000.0;  // ms

 private:
  [[nodiscard]] std::size_t index(std::string_view name) const {
    for (std::size_t k = 0; k < model_->parameters.size(); ++k)
      if (model_->parameters[k].name == name) return k;
    throw std::invalid_argument("no such parameter");
  }

  const DrugModel* model_;
  std::vector<double> parameters_;
  std::vector<Dose> doses_;
};

}  // namespace burgeon::test
