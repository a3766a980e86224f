#pragma once
// Mean and standard deviation of what repeated runs give.

#include <cmath>
#include <numeric>
#include <vector>

namespace burgeon::test {

inline double mean_of(const std::vector<double>& x) {
  return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}
inline double sd_of(const std::vector<double>& x) {
  const double m = mean_of(x);
  double sum = 0.0;
  for (const double v : x) sum += (v - m) * (v - m);
  return std::sqrt(sum / (static_cast<double>(x.size()) - 1.0));
}

}  // namespace burgeon::test
