#include "base/nearest.h"

#include <algorithm>
#include <array>

namespace burgeon {

namespace {

// Longer names are not compared: nobody mistypes them by a letter or two, and hostile input stays cheap.
constexpr std::size_t longest = 64;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  if (a.size() > longest || b.size() > longest) return a == b ? 0 : longest;
  // Three rows of the table of distances between prefixes: a swap of neighbours looks two rows back.
  std::array<std::array<std::size_t, longest + 1>, 3> row{};
  for (std::size_t j = 0; j <= b.size(); ++j) row[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto& now = row[i % 3];
    const auto& before = row[(i + 2) % 3];
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      now[j] = std::min({before[j] + 1, now[j - 1] + 1, before[j - 1] + (same ? 0U : 1U)});
      const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) now[j] = std::min(now[j], row[(i + 1) % 3][j - 2] + 1);
    }
  }
  return row[a.size() % 3][b.size()];
}

std::string nearest_name(std::string_view typed, std::span<const std::string> candidates) {
  std::size_t best = std::max<std::size_t>(1, typed.size() / 3) + 1;
  std::string name;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(typed, candidate);
    // A name that shares no letter with what was typed is no suggestion.
    if (distance >= best || distance >= std::max(typed.size(), candidate.size())) continue;
    best = distance;
    name = candidate;
  }
  return name;
}

}  // namespace burgeon
