#include "cli/bare_loop.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <vector>

#include "base/random.h"

namespace burgeon::cli {
namespace {

struct Shared {
  float value;
  float operator[](std::size_t) const { return value; }
};

/// Row number `row`, which begins at entry `at`, into the slots of a ring: slot 0 where the delay is shared.
template <class Target, class Weight>
void walk(const Rows& rows, std::uint64_t row, std::uint64_t at, std::size_t n, const Target* target, Weight weight,
          float* ring, std::size_t stride) {
  if (!rows.delays.empty()) {
    std::size_t j = 0;
    for (const DelayRun run : rows.delays.row(row)) {
      ring += run.after * stride;
      for (const std::size_t end = j + run.count; j < end; ++j) ring[target[j]] += weight[j];
    }
  } else if (!rows.delay16.empty()) {
    const std::uint16_t* delay = rows.delay16.data() + at;
    for (std::size_t j = 0; j < n; ++j) ring[delay[j] * stride + target[j]] += weight[j];
  } else {
    for (std::size_t j = 0; j < n; ++j) ring[target[j]] += weight[j];
  }
}

template <class Target>
void walk_row(const Projection& p, const Rows& rows, const Target* target, std::uint64_t row, std::uint64_t at,
              std::size_t n, float* ring, std::size_t stride) {
  const auto choose = [&](auto weight) { walk(rows, row, at, n, target, weight, ring, stride); };
  if (p.shared_weight) return choose(Shared{p.weight});
  if (!rows.weight16.empty()) return choose(rows.weight16.data() + at);
  choose(rows.weight.data() + at);
}

}  // namespace

double bare_loop_ns(const Network& network) {
  constexpr std::uint64_t enough = 20'000'000;  // events: some 0.1 s
  struct Walk {
    const Projection* projection;
    std::uint64_t row;
  };
  std::vector<Walk> walks;
  std::uint64_t synapses = 0;
  for (const Projection& p : network.projections) {
    if (p.dense) continue;
    synapses += p.slice[0].size();
    for (std::uint64_t row = 0; row < p.source.size(); ++row) walks.push_back({&p, row});
  }
  if (synapses == 0) return 0.0;
  RandomStream random(random_key(0, "bare loop"), 0);
  for (std::size_t i = walks.size() - 1; i > 0; --i) std::swap(walks[i], walks[random.below(i + 1)]);

  // One ring per target population.
  std::vector<std::vector<float>> ring(network.populations.size());
  std::vector<std::size_t> stride(ring.size());
  for (std::uint32_t p = 0; p < ring.size(); ++p) {
    stride[p] = (network.owned(p, 0).size() + 15) / 16 * 16;
    ring[p].assign(std::bit_ceil(static_cast<std::uint64_t>(network.max_delay) + 1) * stride[p], 0.0F);
  }

  std::uint64_t events = 0;
  const auto begin = std::chrono::steady_clock::now();
  for (std::size_t i = 0; events < std::max(enough / 4, std::min(enough, synapses)); i = (i + 1) % walks.size()) {
    const Projection& p = *walks[i].projection;
    const Rows& rows = p.slice[0];
    const std::uint64_t at = rows.row_begin(walks[i].row);
    const std::size_t n = rows.row_end(walks[i].row) - at;
    float* const slots = ring[p.target_population].data();
    if (!rows.target16.empty())
      walk_row(p, rows, rows.target16.data() + at, walks[i].row, at, n, slots, stride[p.target_population]);
    else
      walk_row(p, rows, rows.target32.data() + at, walks[i].row, at, n, slots, stride[p.target_population]);
    events += n;
  }
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count() /
         static_cast<double>(events);
}

}  // namespace burgeon::cli
