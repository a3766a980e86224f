#pragma once
// Named values that couple slow to fast: drug levels, courses, what is measured of the network, slow processes, clamps. One
// writer each; kernels see them constant over a slow tick.

#include <limits>
#include <span>
#include <string>
#include <vector>

#include "spec/model_spec.h"

namespace burgeon {

/// All signals of a run, in the order: drugs, courses, measured, slow processes, structural rules; config order
/// within each.
class Signals {
 public:
  /// All values are 0 until `evaluate`. The spec outlives this.
  explicit Signals(const ModelSpec& spec);

  /// Values of all drugs and courses at time t [ms]; clamps that are active hold their signals from now on, whatever `set` says.
  /// Without `drugs` these stay as they were, for callers that read none of them.
  void evaluate(double t, bool drugs = true);
  /// For the one writer of a signal: what is measured, slow processes, structural rules. Does nothing to a clamped signal.
  void set(std::size_t index, double value) {
    if (held_[index] == 0) values_[index].value = value;
  }
  /// One value per neuron; `value` becomes their mean.
  void set_each(std::size_t index, std::span<const double> each);

  struct Value {
    std::string name;  ///< "ketamine.effect_site"
    std::string unit;
    std::string meaning;
    double value = 0.0;             ///< internal units
    double to_unit = 1.0;           ///< value * to_unit is in `unit`
    std::vector<double> each = {};  ///< [neurons] of signals with one value per neuron, else empty
  };
  [[nodiscard]] const std::vector<Value>& values() const { return values_; }
  /// Signals of drugs, the first ones.
  [[nodiscard]] std::size_t drug_count() const { return first_course_; }
  /// Index by name; throws InternalError when there is none (validation has checked names).
  [[nodiscard]] std::size_t index(const std::string& name) const;
  /// Effect-site concentration of every blocker of the run, uM.
  [[nodiscard]] const std::vector<double>& blocker_levels() const { return blocker_levels_; }

 private:
  void add(const std::string& name, std::string_view unit, std::string meaning);

  const ModelSpec* spec_;
  std::vector<Value> values_;
  std::vector<char> held_;  ///< clamped now
  std::vector<std::size_t> first_of_drug_;
  std::size_t first_course_ = 0;
  std::vector<std::size_t> blocker_signal_;
  std::vector<std::size_t> clamp_signal_;  ///< [intervention]
  std::vector<double> blocker_levels_;
  std::vector<double> scratch_;
  double evaluated_at_ = std::numeric_limits<double>::quiet_NaN(), drugs_at_ = evaluated_at_;  ///< ms
};

/// Value of a course at time t [ms].
[[nodiscard]] double course_value(const Course& course, double t);

}  // namespace burgeon
