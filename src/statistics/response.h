#pragma once
// What a sweep says about its outputs, whatever the design: means over replicates, marginals, best points.

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace burgeon {

/// Mean over the replicates of each point; NaN where no replicate has a value. `y` [points, replicates].
[[nodiscard]] std::vector<double> point_means(std::span<const double> y, std::uint64_t replicates);

/// An output along one axis, over all values of the others.
struct MarginalBin {
  double x = 0.0;  ///< value of the axis; mean of the bin when values were binned
  double mean = 0.0, sd = 0.0;
  std::size_t count = 0;
};
/// One bin per value when there are at most `bins` different ones, else `bins` of about equal count. NaN outputs don't count.
[[nodiscard]] std::vector<MarginalBin> marginal(std::span<const double> x, std::span<const double> y,
                                                std::size_t bins = 20);

/// What an output should be.
struct Target {
  std::string output;
  double value = 0.0, tolerance = 1.0;
};
/// Parses a table with the heading output,target,tolerance; the second value says what is wrong with it.
[[nodiscard]] std::pair<std::vector<Target>, std::string> parse_targets(const std::string& csv);

struct Candidate {
  std::size_t point = 0;
  double distance = 0.0;  ///< root mean square of (output - target) / tolerance
};
/// Points by distance from the targets; `columns` holds point means of one output per target. Points with NaN are left out.
[[nodiscard]] std::vector<Candidate> best_points(const std::vector<std::vector<double>>& columns,
                                                 const std::vector<Target>& targets);

}  // namespace burgeon
