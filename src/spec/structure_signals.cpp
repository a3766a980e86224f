#include "spec/structure_signals.h"

#include <algorithm>

namespace burgeon {

std::vector<StructureSignal> structure_signals(const ModelSpec& spec, const StructureSpec& rule) {
  std::vector<StructureSignal> signals;
  const auto add = [&](const std::string& what, const std::string& meaning) {
    signals.push_back({rule.name + "." + what, "1", meaning});
  };
  add("synapses", "number of synapses");
  if (rule.model == nullptr) return signals;
  if (rule.model->kind == StructuralKind::turnover) {
    add("new", "number of new synapses");
    add("mature", "number of mature synapses");
    add("lost", "number of lost sites");
    add("density", "synapses relative to those at the start");
    return signals;
  }
  for (const StructureSpec::Pairing& pairing : rule.pairings)
    for (const auto& projections : pairing.projections)
      if (!projections.empty()) {
        const std::string& name = spec.projections[projections[0]].name;
        add("synapses_" + name, "number of synapses of " + name);
      }
  std::vector<std::uint32_t> seen;
  for (const StructureSpec::Element& element : rule.elements) {
    if (std::find(seen.begin(), seen.end(), element.population) != seen.end()) continue;
    seen.push_back(element.population);
    const std::string& name = spec.populations[element.population].name;
    add("calcium_" + name, "mean calcium of " + name + " at the last update");
  }
  return signals;
}

}  // namespace burgeon
