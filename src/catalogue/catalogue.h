#pragma once
// The list of all model rows, passed as an argument from the entry point down.

#include <span>
#include <string_view>
#include <vector>

#include "catalogue/rows.h"
#include "catalogue/slow_rows.h"
#include "catalogue/structural_rows.h"

namespace burgeon {

struct Catalogue {
  std::vector<const NeuronModel*> neurons;
  std::vector<const ReceptorModel*> receptors;
  std::vector<const GateModel*> gates;
  std::vector<const SynapseModel*> synapses = {};
  std::vector<const DrugModel*> drugs;
  std::vector<const SlowModel*> slow = {};
  std::vector<const StructuralModel*> structures = {};
  std::string_view simd;  ///< instruction-set level the kernels were compiled for: "v2", "v3", "v4"
};

/// Row with this name, or null.
template <class Row>
[[nodiscard]] const Row* find(const std::vector<const Row*>& rows, std::string_view name) {
  for (const Row* row : rows)
    if (row->name == name) return row;
  return nullptr;
}

}  // namespace burgeon
