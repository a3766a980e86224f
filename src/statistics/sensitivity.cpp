#include "statistics/sensitivity.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "base/errors.h"
#include "base/random.h"

namespace burgeon {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Blocks of `width` values without NaN, one after the other.
std::vector<std::size_t> complete_blocks(std::span<const double> y, std::size_t width) {
  std::vector<std::size_t> blocks;
  for (std::size_t b = 0; b < y.size() / width; ++b) {
    const auto block = y.subspan(b * width, width);
    if (std::all_of(block.begin(), block.end(), [](double value) { return std::isfinite(value); })) blocks.push_back(b);
  }
  return blocks;
}

/// Value at fraction p of a sorted sample, linear between ranks.
double quantile(const std::vector<double>& sorted, double p) {
  const double rank = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(rank);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (rank - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

/// Fills the intervals of `indices` from resamples of `blocks`; `estimate` gives one value per index.
void bootstrap(std::vector<Index*> indices, const std::vector<std::size_t>& blocks, std::uint64_t resamples,
               std::uint64_t seed,
               const std::function<std::vector<double>(const std::vector<std::size_t>&)>& estimate) {
  const std::uint64_t key = random_key(seed, "sweep bootstrap");
  std::vector<std::vector<double>> samples(indices.size());
  std::vector<std::size_t> drawn(blocks.size());
  for (std::uint64_t r = 0; r < resamples; ++r) {
    RandomStream stream(key, r);
    for (std::size_t& block : drawn) block = blocks[stream.below(blocks.size())];
    const auto values = estimate(drawn);
    for (std::size_t i = 0; i < values.size(); ++i)
      if (std::isfinite(values[i])) samples[i].push_back(values[i]);
  }
  for (std::size_t i = 0; i < indices.size(); ++i) {
    std::sort(samples[i].begin(), samples[i].end());
    indices[i]->low = samples[i].empty() ? nan : quantile(samples[i], 0.025);
    indices[i]->high = samples[i].empty() ? nan : quantile(samples[i], 0.975);
  }
}

/// First-order indices, then total ones, then the variance.
std::vector<double> sobol_values(std::span<const double> y, std::size_t k, const std::vector<std::size_t>& blocks) {
  const auto n = static_cast<double>(blocks.size());
  double mean = 0.0;
  for (const std::size_t b : blocks) mean += (y[b * (k + 2)] + y[b * (k + 2) + k + 1]) / (2.0 * n);
  double variance = 0.0;
  std::vector<double> result(2 * k + 1);
  for (const std::size_t b : blocks) {
    const double* block = y.data() + b * (k + 2);
    // Taking the mean off first makes the product of the first-order estimator far less noisy.
    const double fa = block[0] - mean;
    const double fb = block[k + 1] - mean;
    variance += (fa * fa + fb * fb) / (2.0 * n);
    for (std::size_t j = 0; j < k; ++j) {
      const double fab = block[1 + j] - mean;
      result[j] += fb * (fab - fa) / n;
      result[k + j] += (fa - fab) * (fa - fab) / (2.0 * n);
    }
  }
  for (std::size_t j = 0; j < 2 * k; ++j) result[j] = variance > 0.0 ? result[j] / variance : nan;
  result[2 * k] = variance;
  return result;
}

}  // namespace

SobolIndices sobol_indices(std::span<const double> y, std::size_t k, std::uint64_t resamples, std::uint64_t seed) {
  expect(k > 0 && y.size() % (k + 2) == 0, "whole blocks of a Saltelli design");
  SobolIndices result{std::vector<Index>(k), std::vector<Index>(k), 0, 0.0};
  const auto blocks = complete_blocks(y, k + 2);
  result.blocks = blocks.size();
  const auto values = blocks.empty() ? std::vector<double>(2 * k + 1, nan) : sobol_values(y, k, blocks);
  result.variance = values[2 * k];
  std::vector<Index*> all;
  for (std::size_t j = 0; j < 2 * k; ++j) {
    Index& index = j < k ? result.first[j] : result.total[j - k];
    index = {values[j], nan, nan};
    all.push_back(&index);
  }
  if (blocks.empty()) return result;
  bootstrap(all, blocks, resamples, seed, [&](const std::vector<std::size_t>& drawn) {
    auto sample = sobol_values(y, k, drawn);
    sample.pop_back();
    return sample;
  });
  return result;
}

MorrisIndices morris_indices(std::span<const double> u, std::span<const double> y, std::size_t k,
                             std::uint64_t resamples, std::uint64_t seed) {
  expect(k > 0 && y.size() % (k + 1) == 0 && u.size() == y.size() * k, "whole trajectories of a Morris design");
  const auto trajectories = complete_blocks(y, k + 1);
  const auto n = static_cast<double>(trajectories.size());

  // One effect per trajectory and axis: which axis a step moved stands in u.
  std::vector<double> effects(y.size() / (k + 1) * k, nan);
  for (const std::size_t t : trajectories)
    for (std::size_t s = 0; s < k; ++s) {
      const std::size_t i = t * (k + 1) + s;
      for (std::size_t j = 0; j < k; ++j)
        if (const double step = u[(i + 1) * k + j] - u[i * k + j]; step != 0.0)
          effects[t * k + j] = (y[i + 1] - y[i]) / step;
    }

  MorrisIndices result{std::vector<Index>(k), std::vector<double>(k), std::vector<double>(k), trajectories.size()};
  const auto mu_star = [&](const std::vector<std::size_t>& chosen) {
    std::vector<double> means(k);
    for (const std::size_t t : chosen)
      for (std::size_t j = 0; j < k; ++j) means[j] += std::abs(effects[t * k + j]) / n;
    return means;
  };
  if (trajectories.empty()) return result;
  const auto means = mu_star(trajectories);
  std::vector<Index*> all;
  for (std::size_t j = 0; j < k; ++j) {
    result.mu_star[j].value = means[j];
    all.push_back(&result.mu_star[j]);
    double squares = 0.0;
    for (const std::size_t t : trajectories) result.mu[j] += effects[t * k + j] / n;
    for (const std::size_t t : trajectories) squares += std::pow(effects[t * k + j] - result.mu[j], 2);
    result.sigma[j] = trajectories.size() > 1 ? std::sqrt(squares / (n - 1.0)) : nan;
  }
  bootstrap(all, trajectories, resamples, seed, mu_star);
  return result;
}

}  // namespace burgeon
