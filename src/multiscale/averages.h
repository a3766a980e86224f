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

/// Scale reduction factor of two series of equal length (Gelman & Rubin 1992, doi:10.1214/ss/1177011136): 1 when they agree,
/// infinite when they differ and neither varies.
[[nodiscard]] double scale_reduction(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace burgeon
