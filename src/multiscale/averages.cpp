#include "multiscale/averages.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace burgeon {

std::vector<double> series_of(const Window& window, std::size_t m) {
  std::vector<double> series;
  for (const std::vector<double>& tick : window.tick) series.push_back(tick[m]);
  return series;
}

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

std::vector<BatchVariance> batch_variances(const std::vector<double>& series) {
  constexpr std::size_t fewest_samples = 10;
  std::vector<BatchVariance> result;
  for (const std::size_t batches : {2U, 4U, 8U}) {
    const std::size_t each = series.size() / batches;
    if (each == 0 || (batches > 2 && each < fewest_samples)) break;
    std::vector<double> mean(batches, 0.0);
    double all = 0.0;
    for (std::size_t b = 0; b < batches; ++b) {
      for (std::size_t i = 0; i < each; ++i) mean[b] += series[b * each + i] / static_cast<double>(each);
      all += mean[b] / static_cast<double>(batches);
    }
    BatchVariance found{static_cast<double>(each), static_cast<double>(batches), 0.0, false};
    for (const double m : mean) found.value += (m - all) * (m - all) / (found.batches - 1.0);
    result.push_back(found);
  }
  return result;
}

void AverageNoise::learn(const std::vector<BatchVariance>& batches, double sample, double scale) {
  for (const BatchVariance& b : batches) {
    const double length = b.samples * sample;
    const double edges = b.independent ? 1.0 : 1.0 + 1.0 / b.batches;
    add(edges / length, b.value * length / scale, b.batches - 1.0);
  }
}

void AverageNoise::start(double squared_error, double length, double freedom) {
  add(1.0 / length, squared_error * length, freedom);
}

void AverageNoise::add(double x, double y, double freedom) {
  // What was learnt long ago fades (assumed: beyond 400 degrees of freedom).
  constexpr double longest_memory = 400.0;
  const double keep = std::min(1.0, longest_memory / (weight_ + freedom));
  for (double* sum : {&weight_, &x_, &y_, &xx_, &xy_}) *sum *= keep;
  weight_ += freedom;
  x_ += freedom * x;
  y_ += freedom * y;
  xx_ += freedom * x * x;
  xy_ += freedom * x * y;
}

double AverageNoise::squared_error(double length) const {
  constexpr double prior_ms = 1000.0;
  const double x = x_ / weight_, y = y_ / weight_;
  // A variance y with one degree of freedom scatters by sqrt(2) y: so much does the prior of c weigh against the batches.
  const double spread = std::max(0.0, xx_ - weight_ * x * x) + 2.0 / (prior_ms * prior_ms);
  const double c = (xy_ - weight_ * x * y) / spread;
  // Noise may make the line too steep; it does not make nine tenths of a variance edges.
  const double S = std::max(0.1 * y, y - c * x);
  return std::max(0.5 * S, S + c / length) / length;
}

void AverageNoise::walk(Numbers& numbers) {
  for (double* sum : {&weight_, &x_, &y_, &xx_, &xy_}) numbers.one(*sum);
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

double largest(const std::vector<double>& values) {
  double result = 0.0;
  for (const double value : values) result = std::max(result, std::abs(value));
  return result;
}

}  // namespace burgeon
