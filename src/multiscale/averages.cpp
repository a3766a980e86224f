#include "multiscale/averages.h"

#include <algorithm>
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

LongRunVariance long_run_variance(const std::vector<double>& series) {
  const std::size_t batches = std::clamp<std::size_t>(series.size() / 20, 2, 8), each = series.size() / batches;
  if (each == 0) return {};
  std::vector<double> mean(batches, 0.0);
  double all = 0.0;
  for (std::size_t b = 0; b < batches; ++b) {
    for (std::size_t i = 0; i < each; ++i) mean[b] += series[b * each + i] / static_cast<double>(each);
    all += mean[b] / static_cast<double>(batches);
  }
  LongRunVariance result{0.0, static_cast<double>(batches - 1)};
  for (const double m : mean) result.value += (m - all) * (m - all) * static_cast<double>(each) / result.freedom;
  return result;
}

double scale_reduction(const std::vector<double>& a, const std::vector<double>& b) {
  const double n = static_cast<double>(a.size());
  const auto mean = [&](const std::vector<double>& x) { return std::accumulate(x.begin(), x.end(), 0.0) / n; };
  const double ma = mean(a), mb = mean(b);
  double within = 0.0;
  for (const double x : a) within += (x - ma) * (x - ma) / (n - 1.0) / 2.0;
  for (const double x : b) within += (x - mb) * (x - mb) / (n - 1.0) / 2.0;
  const double between = 0.5 * (ma - mb) * (ma - mb);  // variance of the two means
  if (between == 0.0) return 1.0;
  return within > 0.0 ? std::sqrt((n - 1.0) / n + between / within) : INFINITY;
}

}  // namespace burgeon
