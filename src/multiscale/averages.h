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

}  // namespace burgeon
