#pragma once
// Statistics of a short series of batch means.

#include <vector>

namespace burgeon {

struct SeriesStatistics {
  double standard_error = 0.0;   ///< of the mean, with the autocorrelation taken into account
  double autocorrelation = 0.5;  ///< integrated autocorrelation time, in samples; 0.5 when independent
  double halves = 0.0;           ///< |mean of the first half - mean of the second|, in standard errors
};

/// Of at least 4 samples. Correlations count while they exceed what chance gives independent samples (2 / sqrt n).
[[nodiscard]] SeriesStatistics series_statistics(const std::vector<double>& series);

/// Long-run variance of a series per sample (n times the squared error of a mean of n), from means of 2 to 8 batches of at least ten
/// samples each where there are as many: unlike the error above it counts correlations of either sign that end within a batch.
struct LongRunVariance {
  double value = 0.0;
  double freedom = 0.0;  ///< degrees of freedom
};
[[nodiscard]] LongRunVariance long_run_variance(const std::vector<double>& series);

/// Scale reduction factor of two series of equal length (Gelman & Rubin 1992, doi:10.1214/ss/1177011136): 1 when they agree,
/// infinite when they differ and neither varies.
[[nodiscard]] double scale_reduction(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace burgeon
