#pragma once
// Points of a list design from a CSV file: a heading with the names of the axes in any order, a row per point.

#include <string>
#include <utility>
#include <vector>

#include "sweep/sweep_spec.h"

namespace burgeon {

/// Rows with one value per axis, in the order of the axes; words of choice axes stand as in their `values`. The second value
/// says what is wrong and in which line, and is empty when nothing is.
[[nodiscard]] std::pair<std::vector<std::vector<double>>, std::string> parse_points(const std::string& csv,
                                                                                    const std::vector<Axis>& axes);

}  // namespace burgeon
