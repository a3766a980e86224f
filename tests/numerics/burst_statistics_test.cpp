// Statistics of bursts: noise of averages, and the response surface that pools them.

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numeric>

#include "base/random.h"
#include "multiscale/averages.h"
#include "multiscale/response_surface.h"
#include "support/moments.h"

namespace burgeon::test {
namespace {

TEST(Averages, ErrorOfACorrelatedSeries) {
  // Alternating halves: no correlation at short lags is missed, and a constant has no error.
  EXPECT_EQ(series_statistics(std::vector<double>(20, 3.0)).standard_error, 0.0);
  std::vector<double> steps;
  for (int k = 0; k < 20; ++k) steps.push_back(k < 10 ? 0.0 : 1.0);
  EXPECT_GT(series_statistics(steps).autocorrelation, 2.0);
  EXPECT_DOUBLE_EQ(scale_reduction(steps, steps), 1.0);
  EXPECT_TRUE(std::isinf(scale_reduction({1.0, 1.0}, {2.0, 2.0})));
}

// Counts of a network that corrects itself vary less over seconds than over ticks. Batches see it, sums of positive correlations do
// not; and what short averages scatter by is not what long ones scatter by.
TEST(Averages, NoiseOfSeriesThatCorrectThemselves) {
  constexpr double correction = 0.8, S = (1 - correction) * (1 - correction),
                   c = 2 * correction;  // per sample, and its square
  constexpr double sample = 50.0, scale = 3.0;
  const auto exact = [&](double n) { return (S + c / n) / n / scale; };
  double own = 0.0, as_short = 0.0;
  std::map<double, double> ratio;  // of what is learnt to what is true, mean over learners
  constexpr int learners = 20, trials = 40;
  for (int learner = 0; learner < learners; ++learner) {
    AverageNoise noise, of_short;
    for (int trial = 0; trial < trials; ++trial) {
      RandomStream random(static_cast<std::uint64_t>(learner * trials + trial), 5);
      const bool is_long = trial % 4 == 0;
      std::vector<double> series;
      double before = random.normal();
      for (int k = 0; k < (is_long ? 320 : 40); ++k) {
        const double now = random.normal();
        series.push_back(now - correction * before);
        before = now;
      }
      noise.learn(batch_variances(series), sample, scale);
      if (is_long) continue;
      of_short.learn(batch_variances(series), sample, scale);
      own += std::pow(series_statistics(series).standard_error, 2) * 40.0 / (0.75 * trials * learners);
    }
    for (const double n : {20.0, 100.0, 400.0}) ratio[n] += noise.squared_error(n * sample) / exact(n) / learners;
    as_short += of_short.squared_error(20 * sample) * 20.0 / 400.0 / exact(400.0) / learners;
  }
  for (const auto& [n, of_truth] : ratio) EXPECT_NEAR(of_truth, 1.0, 0.2) << n;
  EXPECT_GT(own, 1.0) << "the planted mistake: without correlations below zero";
  EXPECT_GT(as_short, 2.0) << "the planted mistake: long averages like short ones";

  // One length only tells one number; independent samples have no edges.
  AverageNoise white;
  for (int trial = 0; trial < 400; ++trial) {
    RandomStream random(static_cast<std::uint64_t>(trial), 6);
    std::vector<double> series(160);
    for (double& value : series) value = random.normal();
    white.learn(batch_variances(series), sample, 1.0);
  }
  for (const double n : {20.0, 100.0, 400.0}) EXPECT_NEAR(white.squared_error(n * sample) * n, 1.0, 0.2) << n;
}

// Estimates that rest on the same bursts share their errors, and shadows know it: what integrates K of them has the spread that
// bursts taken one by one would have, not the smaller one of K independent estimates.
TEST(ResponseSurface, SharedErrorsStayCorrelated) {
  constexpr std::size_t shadows = 200;
  constexpr int K = 60;
  ResponseSurface surface(7, 0, shadows);
  std::vector<double> integral(shadows, 0.0), truth;
  double independent = 0.0;
  for (int k = 0; k < K; ++k) {
    surface.add({}, 1e3 * k, 10.0, 0.3);
    const ResponseSurface::Estimate estimate = surface.estimate();
    for (std::size_t j = 0; j < shadows; ++j) integral[j] += estimate.shadow[j];
    independent += estimate.error * estimate.error;
    // What shadows spread by is what the estimate claims.
    EXPECT_NEAR(sd_of(estimate.shadow) / estimate.error, 1.0, 0.25) << k;
  }
  const double shared = sd_of(integral);
  EXPECT_GT(shared, 2.0 * std::sqrt(independent)) << "the planted mistake: taken as independent";
  EXPECT_LT(shared, 3.0 * 0.3 * std::sqrt(1.0 * K));
}

// Between bursts, where nothing was measured, shadows spread by what is claimed there: more than at the bursts, and by what their own
// functions leave open.
TEST(ResponseSurface, ShadowsSpreadBetweenBursts) {
  constexpr std::size_t shadows = 400;
  ResponseSurface surface(7, 0, shadows);
  for (int k = 0; k < 6; ++k) surface.add({0.1 * k}, 6e5 * k, 10.0 + k, 0.01);
  const ResponseSurface::Estimate at = surface.estimate_at({0.4}, 24e5), between = surface.estimate_at({0.45}, 27e5),
                                  beyond = surface.estimate_at({0.8}, 48e5);
  EXPECT_NEAR(between.mean, 14.5, 0.1);
  EXPECT_NEAR(between.mean, surface.mean_at({0.45}, 27e5), 1e-12);
  EXPECT_GT(between.error, 1.2 * at.error) << "the planted mistake: what is known at bursts is known everywhere";
  EXPECT_GT(beyond.error, 5.0 * between.error);
  for (const ResponseSurface::Estimate& estimate : {at, between, beyond})
    EXPECT_NEAR(sd_of(estimate.shadow) / estimate.error, 1.0, 0.15);
  // At the newest burst both ways to ask say the same.
  EXPECT_NEAR(surface.estimate().mean, surface.estimate_at({0.5}, 30e5).mean, 1e-12);
}

// A mean that goes in a curve with what acts on the network: found from noisy bursts, with errors as claimed.
TEST(ResponseSurface, FollowsWhatActsOnTheNetwork) {
  std::vector<double> z;
  for (int trial = 0; trial < 60; ++trial) {
    ResponseSurface surface(11, 0, 8);
    RandomStream noise(static_cast<std::uint64_t>(trial), 3);
    double true_mean = 0.0;
    for (int k = 0; k <= 40; ++k) {
      const double u = 1.0 + 0.15 * std::sin(0.4 * k);
      true_mean = 5.0 * (1.0 + 1.5 * (u - 1.0) - 4.0 * (u - 1.0) * (u - 1.0));
      surface.add({u}, 6e5 * k, true_mean + 0.15 * noise.normal(), 0.15);
    }
    const ResponseSurface::Estimate estimate = surface.estimate();
    EXPECT_LT(estimate.error, 0.06);
    z.push_back((estimate.mean - true_mean) / estimate.error);
  }
  EXPECT_LT(std::abs(mean_of(z)), 0.5);
  EXPECT_GT(sd_of(z), 0.6);
  EXPECT_LT(sd_of(z), 1.3);
}

}  // namespace
}  // namespace burgeon::test
