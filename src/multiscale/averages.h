#pragma once
// Statistics of a short series of batch means.

#include <cstddef>
#include <vector>

#include "multiscale/numbers.h"
#include "sim/meter.h"

namespace burgeon {

/// Slow ticks of one measured signal.
[[nodiscard]] std::vector<double> series_of(const Window& window, std::size_t measured);

struct SeriesStatistics {
  double standard_error = 0.0;   ///< of the mean, with the autocorrelation taken into account
  double autocorrelation = 0.5;  ///< integrated autocorrelation time, in samples; 0.5 when independent
  double halves = 0.0;           ///< |mean of the first half - mean of the second|, in standard errors
};

/// Of at least 4 samples. Correlations count while they exceed what chance gives independent samples (2 / sqrt n).
[[nodiscard]] SeriesStatistics series_statistics(const std::vector<double>& series);

/// Variance of the means of equal batches of a series. Unlike the error above it knows correlations of either sign.
struct BatchVariance {
  double samples = 0.0;  ///< in a batch
  double batches = 0.0;
  double value = 0.0;        ///< unbiased, about the mean of all batches
  bool independent = false;  ///< they do not follow each other: one of each replica
};
/// For 2, 4 and 8 batches, as long as these have at least ten samples; at least for 2.
[[nodiscard]] std::vector<BatchVariance> batch_variances(const std::vector<double>& series);

/// Squared error of an average over T, learnt from the batches of many series:
///
///   V(T) = (S + c / T) / T      S long-run variance, c = -2 integral of s times the autocovariance(s) ds
///
/// for T beyond the correlations: the double integral of the autocovariance over the average, without its tails. S alone would be wrong for
/// what corrects itself: its averages over a second know less than an eighth of what those over eight seconds know. B batches of
/// length L have (S + (1 + 1 / B) c / L) / L, a straight line that is fitted by least squares; c starts at 0 +- S times a second (assumed).
/// Batches that do not follow each other share no edges: without 1 / B.
class AverageNoise {
 public:
  /// `sample`: its length [ms]; `scale`: what variances are divided by.
  void learn(const std::vector<BatchVariance>& batches, double sample, double scale);
  /// Squared error of an average over `length` ms, over the scale, which counts as much as `freedom` degrees of it.
  void start(double squared_error, double length, double freedom);
  [[nodiscard]] bool known() const { return weight_ > 0.0; }
  /// V(T) over the scale. Precondition: known.
  [[nodiscard]] double squared_error(double length) const;

  void walk(Numbers& numbers);

 private:
  void add(double x, double y, double freedom);
  // Sums over batches, each with its degrees of freedom: of one, of x = (1 + 1 / B) / L, of y = L times the variance, of products.
  double weight_ = 0.0, x_ = 0.0, y_ = 0.0, xx_ = 0.0, xy_ = 0.0;
};

/// Scale reduction factor of two series of equal length (Gelman & Rubin 1992, doi:10.1214/ss/1177011136): 1 when they agree,
/// infinite when they differ and neither varies.
[[nodiscard]] double scale_reduction(const std::vector<double>& a, const std::vector<double>& b);

/// Largest absolute value, 0 of none.
[[nodiscard]] double largest(const std::vector<double>& values);

}  // namespace burgeon
