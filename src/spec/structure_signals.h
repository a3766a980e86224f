#pragma once
// The signals that a structural rule writes.

#include <string>
#include <vector>

#include "spec/model_spec.h"

namespace burgeon {

struct StructureSignal {
  std::string name;  ///< "spines.density"
  std::string unit;
  std::string meaning;
};

/// turnover: synapses, new, mature, lost, density; growth: synapses, synapses_<projection>, calcium_<population>.
[[nodiscard]] std::vector<StructureSignal> structure_signals(const ModelSpec& spec, const StructureSpec& rule);

}  // namespace burgeon
