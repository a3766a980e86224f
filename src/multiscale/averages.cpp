#include "multiscale/averages.h"

#include <cmath>
#include <numeric>

namespace burgeon {

SeriesStatistics series_statistics(const std::vector<double>& series) {
  SeriesStatistics result;
  const std::size_t n = series.size();
  if (n < 4) return result;
  const double count = static_cast<double>(n);
  const double mean = std::accumulate(series.begin(), series.end(), 0.0) / count;
  const auto covariance = [&](std::size_t lag) {
    double sum = 0.0;
    for (std::size_t i = lag; i < n; ++i) sum += (series[i] - mean) * (series[i - lag] - mean);
    return sum / count;
  };
  const double variance = covariance(0);
  if (variance <= 0.0) return result;
  for (std::size_t lag = 1; lag < n / 2; ++lag) {
    const double r = covariance(lag) / variance;
    if (r < 2.0 / std::sqrt(count)) break;
    result.autocorrelation += r;
  }
  const double unbiased = variance * count / (count - 1.0);
  result.standard_error = std::sqrt(unbiased * 2.0 * result.autocorrelation / count);

  const auto half = static_cast<std::ptrdiff_t>(n / 2);
  const double first = std::accumulate(series.begin(), series.begin() + half, 0.0) / static_cast<double>(half);
  const double second = std::accumulate(series.end() - half, series.end(), 0.0) / static_cast<double>(half);
  result.halves = std::abs(first - second) / (2.0 * result.standard_error);
  return result;
}

}  // namespace burgeon
