#include "sim/emissions.h"

namespace burgeon {

void sort_emissions(Emissions& emissions, std::uint32_t offsets, Emissions& scratch) {
  // Blocks come in (population, neuron) order, so a stable counting sort by offset is all it takes.
  std::vector<std::uint32_t> position(offsets + 1, 0);
  for (const Emission& e : emissions) ++position[e.offset + 1];
  for (std::uint32_t k = 0; k < offsets; ++k) position[k + 1] += position[k];
  scratch.resize(emissions.size());
  for (const Emission& e : emissions) scratch[position[e.offset]++] = e;
  emissions.swap(scratch);
}

void merge_emissions(const std::vector<const Emissions*>& lists, std::uint32_t offsets, std::uint32_t populations,
                     Emissions& merged) {
  merged.clear();
  std::size_t total = 0, busy = 0;
  for (const Emissions* list : lists) {
    total += list->size();
    busy += list->empty() ? 0 : 1;
  }
  merged.reserve(total);
  if (busy == 1) {
    for (const Emissions* list : lists) merged.insert(merged.end(), list->begin(), list->end());
    return;
  }

  // Slices follow each other within a population: append slice after slice for every (offset, population).
  std::vector<std::size_t> cursor(lists.size(), 0);
  for (std::uint32_t k = 0; k < offsets && merged.size() < total; ++k)
    for (std::uint32_t p = 0; p < populations; ++p)
      for (std::size_t t = 0; t < lists.size(); ++t) {
        const Emissions& list = *lists[t];
        std::size_t& i = cursor[t];
        while (i < list.size() && list[i].offset == k && list[i].population == p) merged.push_back(list[i++]);
      }
}

}  // namespace burgeon
