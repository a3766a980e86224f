#include "network/delay_runs.h"

#include <algorithm>
#include <limits>

namespace burgeon {
namespace {

constexpr std::size_t most = std::numeric_limits<std::uint8_t>::max();

}  // namespace

void DelayRuns::append(std::span<const std::uint16_t> delays, std::uint64_t narrow_limit) {
  if (empty()) begin.push_back(0);
  std::size_t before = 0;
  for (std::size_t k = 0; k < delays.size();) {
    const auto same = std::find_if(delays.begin() + static_cast<std::ptrdiff_t>(k), delays.end(),
                                   [&](std::uint16_t d) { return d != delays[k]; });
    std::size_t after = delays[k] - before, count = static_cast<std::size_t>(same - delays.begin()) - k;
    before = delays[k];
    k += count;
    for (; after > most; after -= most) run.push_back({most, 0});
    for (; count > most; count -= most, after = 0) run.push_back({static_cast<std::uint8_t>(after), most});
    run.push_back({static_cast<std::uint8_t>(after), static_cast<std::uint8_t>(count)});
  }
  if (begin64.empty() && run.size() >= narrow_limit) {
    begin64.assign(begin.begin(), begin.end());
    begin = {};
  }
  begin64.empty() ? begin.push_back(static_cast<std::uint32_t>(run.size())) : begin64.push_back(run.size());
}

void DelayRuns::expand(std::uint64_t i, std::vector<std::uint16_t>& delays) const {
  delays.clear();
  std::size_t delay = 0;
  for (const DelayRun r : row(i)) {
    delay += r.after;
    delays.insert(delays.end(), r.count, static_cast<std::uint16_t>(delay));
  }
}

void DelayRuns::shrink_to_fit() {
  run.shrink_to_fit();
  begin.shrink_to_fit();
  begin64.shrink_to_fit();
}

}  // namespace burgeon
