#pragma once
// Named values that couple slow to fast: drug levels, clamps. One writer each; kernels see them constant over a slow tick.

#include <string>
#include <vector>

#include "spec/model_spec.h"

namespace burgeon {

/// All signals of a run: those of its drugs, in config order.
class Signals {
 public:
  /// All values are 0 until `evaluate`. The spec outlives this.
  explicit Signals(const ModelSpec& spec);

  /// Values at time t [ms]: every drug's closed form, then clamps of interventions that are active.
  void evaluate(double t);

  struct Value {
    std::string name;  ///< "ketamine.effect_site"
    std::string unit;
    std::string meaning;
    double value = 0.0;    ///< internal units
    double to_unit = 1.0;  ///< value * to_unit is in `unit`
  };
  /// In the order of drugs and of the signal rows of each.
  [[nodiscard]] const std::vector<Value>& values() const { return values_; }
  /// Index by name; throws InternalError when there is none (validation has checked names).
  [[nodiscard]] std::size_t index(const std::string& name) const;
  /// Effect-site concentration of every blocker of the run, uM.
  [[nodiscard]] const std::vector<double>& blocker_levels() const { return blocker_levels_; }

 private:
  const ModelSpec* spec_;
  std::vector<Value> values_;
  std::vector<std::size_t> first_of_drug_;
  std::vector<std::size_t> blocker_signal_;
  std::vector<double> blocker_levels_;
  std::vector<double> scratch_;
};

}  // namespace burgeon
