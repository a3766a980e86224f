#include "statistics/response.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <sstream>

#include "base/errors.h"

namespace burgeon {

namespace {

MarginalBin bin_of(std::span<const std::size_t> members, std::span<const double> x, std::span<const double> y) {
  MarginalBin bin{.count = members.size()};
  const auto n = static_cast<double>(members.size());
  for (const std::size_t i : members) {
    bin.x += x[i] / n;
    bin.mean += y[i] / n;
  }
  double squares = 0.0;
  for (const std::size_t i : members) squares += (y[i] - bin.mean) * (y[i] - bin.mean);
  bin.sd = members.size() > 1 ? std::sqrt(squares / (n - 1.0)) : std::numeric_limits<double>::quiet_NaN();
  return bin;
}

}  // namespace

std::vector<double> point_means(std::span<const double> y, std::uint64_t replicates) {
  std::vector<double> means(y.size() / replicates);
  for (std::size_t p = 0; p < means.size(); ++p) {
    double sum = 0.0, count = 0.0;
    for (const double value : y.subspan(p * replicates, replicates)) {
      if (!std::isfinite(value)) continue;
      sum += value;
      count += 1.0;
    }
    means[p] = count > 0.0 ? sum / count : std::numeric_limits<double>::quiet_NaN();
  }
  return means;
}

std::vector<MarginalBin> marginal(std::span<const double> x, std::span<const double> y, std::size_t bins) {
  expect(x.size() == y.size() && bins > 0, "one x per y");
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < x.size(); ++i)
    if (std::isfinite(y[i])) order.push_back(i);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return x[a] < x[b]; });
  std::set<double> distinct;
  for (const std::size_t i : order) distinct.insert(x[i]);
  const bool listed = distinct.size() <= bins;

  std::vector<MarginalBin> result;
  for (std::size_t first = 0, number = 1; first < order.size(); ++number) {
    std::size_t last = listed ? first + 1 : std::max(first + 1, order.size() * number / bins);
    // Equal values are never torn apart.
    while (last < order.size() && x[order[last]] == x[order[last - 1]]) ++last;
    result.push_back(bin_of(std::span(order).subspan(first, last - first), x, y));
    if (listed) result.back().x = x[order[first]];
    first = last;
  }
  return result;
}

std::pair<std::vector<Target>, std::string> parse_targets(const std::string& csv) {
  std::vector<Target> targets;
  std::istringstream lines(csv);
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    std::erase_if(line, [](char c) { return c == ' ' || c == '\t' || c == '\r'; });
    if (line.empty()) continue;
    const std::string where = "line " + std::to_string(number) + ": ";
    if (number == 1) {
      if (line != "output,target,tolerance") return {{}, where + "the heading is output,target,tolerance"};
      continue;
    }
    const std::size_t first = line.find(',');
    const std::size_t second = line.find(',', first == std::string::npos ? first : first + 1);
    Target target{.output = line.substr(0, first)};
    const auto number_in = [&](std::size_t from, std::size_t to, double& value) {
      const char* end = line.data() + to;
      const auto [rest, code] = std::from_chars(line.data() + from, end, value);
      return code == std::errc() && rest == end && std::isfinite(value);
    };
    if (second == std::string::npos || !number_in(first + 1, second, target.value) ||
        !number_in(second + 1, line.size(), target.tolerance) || !(target.tolerance > 0.0))
      return {{}, where + "a name and two numbers are due, the tolerance above 0"};
    targets.push_back(std::move(target));
  }
  if (targets.empty()) return {{}, "no targets"};
  return {std::move(targets), ""};
}

std::vector<Candidate> best_points(const std::vector<std::vector<double>>& columns,
                                   const std::vector<Target>& targets) {
  expect(columns.size() == targets.size() && !columns.empty(), "one column per target");
  std::vector<Candidate> candidates;
  for (std::size_t p = 0; p < columns[0].size(); ++p) {
    double sum = 0.0;
    for (std::size_t t = 0; t < targets.size(); ++t)
      sum += std::pow((columns[t][p] - targets[t].value) / targets[t].tolerance, 2);
    if (std::isfinite(sum)) candidates.push_back({p, std::sqrt(sum / static_cast<double>(targets.size()))});
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const auto& a, const auto& b) { return a.distance < b.distance; });
  return candidates;
}

}  // namespace burgeon
