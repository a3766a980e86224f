#pragma once
// "did you mean ...?": the permitted name nearest to what was typed.

#include <span>
#include <string>
#include <string_view>

namespace burgeon {

/// Number of single-character insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`; letters
/// that differ only in case count as equal.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate with the smallest edit distance, or "" when none is within a third of the typed length (at least 1).
[[nodiscard]] std::string nearest_name(std::string_view typed, std::span<const std::string> candidates);

}  // namespace burgeon
