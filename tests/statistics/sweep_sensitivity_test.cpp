// Sensitivity indices against models whose indices are known in closed form.

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "statistics/response.h"
#include "statistics/samples.h"
#include "statistics/sensitivity.h"

namespace burgeon {
namespace {

constexpr double pi = std::numbers::pi;

/// Ishigami and Homma 1990, doi:10.1109/ISUMA.1990.151285, with a = 7, b = 0.1, on [-pi, pi]^3.
double ishigami(const double* u) {
  const double x1 = pi * (2.0 * u[0] - 1.0), x2 = pi * (2.0 * u[1] - 1.0), x3 = pi * (2.0 * u[2] - 1.0);
  return std::sin(x1) + 7.0 * std::pow(std::sin(x2), 2) + 0.1 * std::pow(x3, 4) * std::sin(x1);
}

template <class Model>
std::vector<double> evaluate(const std::vector<double>& u, std::size_t k, Model&& model) {
  std::vector<double> y;
  for (std::size_t i = 0; i < u.size(); i += k) y.push_back(model(u.data() + i));
  return y;
}

TEST(SobolIndices, IshigamiMatchesItsClosedForm) {
  // V = a^2/8 + b pi^4/5 + b^2 pi^8/18 + 1/2; V1 = (1 + b pi^4/5)^2 / 2; V2 = a^2/8; V13 = b^2 pi^8 (1/18 - 1/50).
  const double b = 0.1;
  const double v1 = 0.5 * std::pow(1.0 + b * std::pow(pi, 4) / 5.0, 2);
  const double v2 = 49.0 / 8.0;
  const double v13 = b * b * std::pow(pi, 8) * (1.0 / 18.0 - 1.0 / 50.0);
  const double v = v1 + v2 + v13;
  const double first[] = {v1 / v, v2 / v, 0.0};
  const double total[] = {(v1 + v13) / v, v2 / v, v13 / v};

  const std::size_t k = 3;
  const auto indices = sobol_indices(evaluate(saltelli_points(2048, k, 3), k, ishigami), k, 300, 1);
  EXPECT_EQ(indices.blocks, 2048U);
  EXPECT_NEAR(indices.variance, v, 0.03 * v);
  for (std::size_t j = 0; j < k; ++j) {
    EXPECT_NEAR(indices.first[j].value, first[j], 0.03) << j;
    EXPECT_NEAR(indices.total[j].value, total[j], 0.03) << j;
    // The interval holds the truth, and is neither a point nor everything.
    EXPECT_LE(indices.first[j].low, first[j] + 0.01) << j;
    EXPECT_GE(indices.first[j].high, first[j] - 0.01) << j;
    EXPECT_GT(indices.total[j].high - indices.total[j].low, 0.001);
    EXPECT_LT(indices.total[j].high - indices.total[j].low, 0.25);
  }
}

TEST(SobolIndices, IntervalsCoverTheTruthAsOftenAsTheySay) {
  // A linear model of three equal terms and independent sets of points: each first-order index is 1/3.
  const std::size_t k = 3;
  int covered = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const auto ab = random_points(128, 2 * k, seed);
    std::vector<double> y;
    for (std::size_t i = 0; i < 128; ++i) {
      const double* a = ab.data() + i * 2 * k;
      const double fa = a[0] + a[1] + a[2];
      y.push_back(fa);
      for (std::size_t j = 0; j < k; ++j) y.push_back(fa - a[j] + a[k + j]);
      y.push_back(a[k] + a[k + 1] + a[k + 2]);
    }
    for (const Index& index : sobol_indices(y, k, 200, seed).first)
      covered += index.low <= 1.0 / 3.0 && 1.0 / 3.0 <= index.high ? 1 : 0;
  }
  // 180 intervals of 95 %: 171 expected; sets of three share their points.
  EXPECT_GE(covered, 155);
  EXPECT_LE(covered, 180);
}

TEST(SobolIndices, LinearModelsSplitTheirVarianceBySquaredSlopes) {
  const std::size_t k = 4;
  const double slope[] = {4.0, 2.0, 1.0, 0.0};
  const auto linear = [&](const double* u) { return 100.0 + slope[0] * u[0] + slope[1] * u[1] + slope[2] * u[2]; };
  auto y = evaluate(saltelli_points(1024, k, 1), k, linear);
  auto indices = sobol_indices(y, k, 50, 1);
  for (std::size_t j = 0; j < k; ++j) {
    EXPECT_NEAR(indices.first[j].value, slope[j] * slope[j] / 21.0, 0.01) << j;
    EXPECT_NEAR(indices.total[j].value, slope[j] * slope[j] / 21.0, 0.01) << j;
  }
  // A failed run takes its block with it, and nothing else.
  y[7] = std::nan("");
  indices = sobol_indices(y, k, 50, 1);
  EXPECT_EQ(indices.blocks, 1023U);
  EXPECT_NEAR(indices.first[0].value, 16.0 / 21.0, 0.01);
}

TEST(SobolIndices, ConstantAndAbsentOutputsHaveNone) {
  EXPECT_TRUE(std::isnan(sobol_indices(std::vector<double>(16 * 4, 3.0), 2, 20, 1).first[0].value));
  EXPECT_EQ(sobol_indices(std::vector<double>(16 * 4, std::nan("")), 2, 20, 1).blocks, 0U);
}

TEST(MorrisIndices, LinearEffectsAreExactAndCurvatureShows) {
  const std::size_t k = 4;
  const auto u = morris_points(40, k, 4, 2);
  const auto y =
      evaluate(u, k, [](const double* x) { return 3.0 * x[0] - 5.0 * x[1] + 4.0 * (x[2] - 0.5) * (x[2] - 0.5); });
  const auto indices = morris_indices(u, y, k, 100, 1);
  EXPECT_NEAR(indices.mu_star[0].value, 3.0, 1e-9);
  EXPECT_NEAR(indices.mu[1], -5.0, 1e-9);
  EXPECT_NEAR(indices.mu_star[1].value, 5.0, 1e-9);
  EXPECT_NEAR(indices.sigma[1], 0.0, 1e-9);
  // Effects of opposite sign cancel in mu and not in mu*: with 4 levels they are +-4/3.
  EXPECT_NEAR(indices.mu_star[2].value, 4.0 / 3.0, 1e-9);
  EXPECT_LT(std::abs(indices.mu[2]), 0.8);
  EXPECT_GT(indices.sigma[2], 1.0);
  EXPECT_EQ(indices.mu_star[3].value, 0.0);
}

TEST(Response, MeansLeaveOutWhatIsMissing) {
  const double none = std::nan("");
  const auto means = point_means(std::vector<double>{1, 3, none, 5, none, none}, 2);
  EXPECT_EQ(means[0], 2.0);
  EXPECT_EQ(means[1], 5.0);
  EXPECT_TRUE(std::isnan(means[2]));
}

TEST(Response, MarginalsGroupListedValuesAndBinOthers) {
  const auto groups = marginal(std::vector<double>{2, 1, 2, 1, 1}, std::vector<double>{10, 1, 14, 3, std::nan("")});
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[0].x, 1.0);
  EXPECT_EQ(groups[0].mean, 2.0);
  EXPECT_EQ(groups[0].count, 2U);
  EXPECT_NEAR(groups[1].sd, std::sqrt(8.0), 1e-12);
  std::vector<double> x(100), y(100);
  for (std::size_t i = 0; i < 100; ++i) y[i] = x[i] = static_cast<double>(99 - i);
  const auto bins = marginal(x, y, 4);
  ASSERT_EQ(bins.size(), 4U);
  std::size_t count = 0;
  for (const auto& bin : bins) count += bin.count;
  EXPECT_EQ(count, 100U);
  EXPECT_NEAR(bins[0].mean, 12.0, 1e-9);
}

TEST(Response, BestPointsAreNearestInUnitsOfTheirTolerance) {
  const auto [targets, wrong] = parse_targets("output,target,tolerance\nrate, 5, 1\r\ncv,1,0.1\n");
  ASSERT_EQ(wrong, "");
  const auto best = best_points({{5, 4, 5, std::nan("")}, {1.2, 1.0, 1.05, 1.0}}, targets);
  ASSERT_EQ(best.size(), 3U);
  EXPECT_EQ(best[0].point, 2U);
  EXPECT_NEAR(best[0].distance, std::sqrt(0.125), 1e-9);
  EXPECT_EQ(best[1].point, 1U);
  EXPECT_NE(parse_targets("output,target,tolerance\nrate,5,0\n").second, "");
  EXPECT_NE(parse_targets("rate,5,1\n").second, "");
}

}  // namespace
}  // namespace burgeon
