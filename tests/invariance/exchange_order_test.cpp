// The order in which emissions of several slices are merged is the order of one slice, and it matters to the bit.

#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "base/random.h"
#include "sim/deliver.h"
#include "sim/emissions.h"
#include "support/run.h"
#include "support/small_models.h"

namespace burgeon::test {
namespace {

constexpr std::uint32_t steps = 3;

auto order(const Emission& e) { return std::tuple(e.offset, e.population, e.neuron); }

// Half of all neurons fire somewhere in the interval; as found by every one of so many slices.
std::vector<Emissions> found_by(const Network& network, unsigned slices) {
  std::vector<Emissions> found(slices);
  for (unsigned s = 0; s < slices; ++s)
    for (std::uint32_t k = 0; k < steps; ++k)
      for (std::uint32_t p = 0; p < network.populations.size(); ++p) {
        const Range range = slice_range(network.populations[p].size, s, slices);
        for (std::uint64_t i = range.begin; i < range.end; ++i)
          if (random_words(7, i, k, p)[0] % 6 == 0) found[s].push_back({k, p, static_cast<LocalIndex>(i), 0.05F});
      }
  return found;
}

Emissions merge(const std::vector<Emissions>& found, bool planted_swap = false) {
  std::vector<const Emissions*> lists;
  for (const Emissions& list : found) lists.push_back(&list);
  if (planted_swap) std::reverse(lists.begin(), lists.end());
  Emissions merged;
  merge_emissions(lists, steps, 2, merged);
  return merged;
}

// What lies in all rings after delivery.
std::vector<float> delivered(const ModelSpec& spec, const Network& network, const Emissions& spikes) {
  std::vector<PopulationSlice> populations;
  for (std::uint32_t p = 0; p < network.populations.size(); ++p)
    populations.push_back(make_population_slice(spec, network, p, 0));
  std::vector<PlasticSlice> plastic;
  Delivery(network, 0, 0.1F).deliver(spikes, 0, steps, populations, plastic, {}, 0);
  std::vector<float> input;
  for (const PopulationSlice& population : populations)
    for (const ReceptorSlice& receptor : population.receptors)
      input.insert(input.end(), receptor.ring.data.begin(), receptor.ring.data.end());
  return input;
}

TEST(ExchangeOrder, SlicesAreMergedInTheOrderOfOne) {
  const ModelSpec spec = parse(small_circuit());
  const Network network = build_network(spec, 1, [](const std::function<void(unsigned)>& f) { f(0); });
  const Emissions one = merge(found_by(network, 1));
  ASSERT_GT(one.size(), 50U);
  EXPECT_TRUE(std::is_sorted(one.begin(), one.end(), [](const auto& a, const auto& b) { return order(a) < order(b); }));
  const std::vector<float> input = delivered(spec, network, one);
  for (const unsigned slices : {2U, 5U, 16U, 64U}) {
    SCOPED_TRACE(slices);
    const std::vector<Emissions> found = found_by(network, slices);
    EXPECT_EQ(input, delivered(spec, network, merge(found)));
    // Planted: what the ranks have sent, in another order. The same spikes, the same sums but for rounding.
    EXPECT_NE(input, delivered(spec, network, merge(found, true)));
  }
}

}  // namespace
}  // namespace burgeon::test
