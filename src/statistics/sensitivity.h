#pragma once
// Sensitivity of one output to the axes, from plain arrays.

#include <cstdint>
#include <span>
#include <vector>

namespace burgeon {

/// A value with the 2.5 % and 97.5 % points of its bootstrap distribution.
struct Index {
  double value = 0.0, low = 0.0, high = 0.0;
};

struct SobolIndices {
  std::vector<Index> first;  ///< share of the variance that goes when axis j is known
  std::vector<Index> total;  ///< share that stays when all but axis j are known
  std::size_t blocks = 0;    ///< used; blocks with NaN are left out
  double variance = 0.0;     ///< of the output; the indices are NaN when it is 0
};

/// `y` of n blocks of k + 2 values f(A), f(AB_1) ... f(AB_k), f(B), as saltelli_points makes them. First order after Saltelli
/// et al. 2010, doi:10.1016/j.cpc.2009.09.018, table 2 (b); total after Jansen 1999, doi:10.1016/S0010-4655(98)00154-4.
/// Intervals from resampling whole blocks.
[[nodiscard]] SobolIndices sobol_indices(std::span<const double> y, std::size_t k, std::uint64_t resamples,
                                         std::uint64_t seed);

struct MorrisIndices {
  std::vector<Index>
      mu_star;  ///< mean absolute elementary effect (Campolongo et al. 2007, doi:10.1016/j.envsoft.2006.10.004)
  std::vector<double> mu, sigma;  ///< mean; SD: interaction or curvature
  std::size_t trajectories = 0;   ///< used; trajectories with NaN are left out
};

/// `u` [n (k + 1), k] and `y` [n (k + 1)] of n trajectories as morris_points makes them. Effects are per unit of u, that is per
/// range of the axis. Intervals from resampling trajectories.
[[nodiscard]] MorrisIndices morris_indices(std::span<const double> u, std::span<const double> y, std::size_t k,
                                           std::uint64_t resamples, std::uint64_t seed);

}  // namespace burgeon
