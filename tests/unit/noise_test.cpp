// The noise kernels: same words as the scalar generator, same bits on every instruction set and for every cut into blocks,
// right distributions.

#include "base/noise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "base/types.h"

namespace burgeon {
namespace {

std::vector<std::string_view> levels() {
  std::vector<std::string_view> result{"v2"};
  for (const std::string_view level : {"v3", "v4"})
    if (level <= best_simd()) result.push_back(level);
  return result;
}

std::vector<float> counts(std::string_view level, std::uint64_t first, std::size_t n, Step step, double mean) {
  std::vector<float> input(n, 0.0F);
  noise_kernels(level).add_poisson(77, first, n, step, poisson_table(mean), 1.0F, input.data());
  return input;
}

TEST(PoissonKernel, CountsTheWordsOfTheScalarGenerator) {
  const std::uint64_t far = (1ULL << 32) - 8;  // the group number crosses 2^32 within the block
  for (const std::string_view level : levels())
    for (const double mean : {0.0, 0.3, 1.33, 20.0, 100.0})
      for (const std::uint64_t first : {std::uint64_t{0}, std::uint64_t{4000}, 4 * far})
        for (const Step step : {Step{0}, Step{1} << 31, (Step{1} << 52) + 12345}) {
          const PoissonTable table = poisson_table(mean);
          const std::vector<float> found = counts(level, first, 133, step, mean);
          for (std::size_t i = 0; i < found.size(); ++i) {
            int exact = 0;
            for (std::uint32_t part = 0; part < table.parts; ++part) {
              const std::uint32_t word = random_words(77, (first + i) / 4, step, part)[(first + i) % 4];
              exact += static_cast<int>(std::count_if(table.threshold.begin(), table.threshold.end(),
                                                      [=](std::uint32_t t) { return word >= t; }));
            }
            ASSERT_EQ(static_cast<int>(found[i]), exact) << level << " mean " << mean << " neuron " << i;
          }
        }
}

TEST(PoissonKernel, CutsIntoBlocksDoNotMatter) {
  for (const std::string_view level : levels()) {
    const std::vector<float> whole = counts(level, 0, 500, 7, 2.5);
    for (const std::size_t cut : {4U, 64U, 252U}) {
      std::vector<float> parts = counts(level, 0, cut, 7, 2.5);
      const std::vector<float> rest = counts(level, cut, 500 - cut, 7, 2.5);
      parts.insert(parts.end(), rest.begin(), rest.end());
      EXPECT_EQ(parts, whole);
    }
  }
}

TEST(PoissonKernel, AddsWeights) {
  std::vector<float> input(64, 10.0F);
  noise_kernels("v2").add_poisson(1, 0, 64, 0, poisson_table(3.0), 0.5F, input.data());
  const std::vector<float> plain = [] {
    std::vector<float> c(64, 0.0F);
    noise_kernels("v2").add_poisson(1, 0, 64, 0, poisson_table(3.0), 1.0F, c.data());
    return c;
  }();
  for (std::size_t i = 0; i < 64; ++i) EXPECT_EQ(input[i], 10.0F + 0.5F * plain[i]);
}

TEST(PoissonTable, IsTheCumulativeDistribution) {
  for (const double mean : {1e-6, 0.5, 7.0, 24.0}) {
    const PoissonTable table = poisson_table(mean);
    EXPECT_EQ(table.parts, 1U);
    EXPECT_TRUE(std::is_sorted(table.threshold.begin(), table.threshold.end()));
    const auto probability = [=](std::size_t k) {
      const auto count = static_cast<long double>(k), m = static_cast<long double>(mean);
      return std::exp(count * std::log(m) - m - std::lgamma(count + 1));
    };
    long double cumulative = 0;
    for (std::size_t k = 0; k < table.threshold.size(); ++k) {
      cumulative += probability(k);
      EXPECT_NEAR(static_cast<double>(table.threshold[k]), static_cast<double>(cumulative * 0x1p32L), 1.0);
    }
    // Counts above the number of thresholds never come up.
    EXPECT_LT(1.0L - cumulative - probability(table.threshold.size()), 0x1p-32L);
  }
  EXPECT_TRUE(poisson_table(0.0).threshold.empty());
  EXPECT_EQ(poisson_table(25.0).parts, 2U);
  EXPECT_ANY_THROW((void)poisson_table(-1.0));
}

TEST(PoissonKernel, MeanAndVariance) {
  for (const double mean : {0.1, 1.33, 30.0}) {
    double sum = 0, squares = 0;
    constexpr int steps = 1000, n = 512;
    for (Step step = 0; step < steps; ++step)
      for (const float count : counts(best_simd(), 0, n, step, mean)) {
        const double d = static_cast<double>(count) - mean;
        sum += d;
        squares += d * d;
      }
    const double total = static_cast<double>(steps) * n;
    EXPECT_NEAR(sum / total, 0.0, 5 * std::sqrt(mean / total));
    EXPECT_NEAR(squares / total / mean, 1.0, 5 * std::sqrt((2 + 1 / mean) / total));
  }
}

TEST(NormalKernel, SameBitsEverywhereAndEqualToTheQuantile) {
  std::vector<double> reference(203);
  noise_kernels("v2").normal(5, 8, reference.size(), 99, reference.data());
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const double u = (static_cast<double>(random_words(5, (8 + i) / 4, 99, 0)[(8 + i) % 4]) + 0.5) * 0x1p-32;
    EXPECT_EQ(reference[i], normal_quantile(u));
  }
  for (const std::string_view level : levels()) {
    std::vector<double> out(reference.size());
    noise_kernels(level).normal(5, 8, out.size(), 99, out.data());
    EXPECT_EQ(out, reference) << level;
  }
}

TEST(NormalKernel, MomentsAndTails) {
  double sum = 0, squares = 0, fourth = 0;
  int beyond_three = 0;
  constexpr int steps = 1000, n = 512;
  std::vector<double> out(n);
  for (Step step = 0; step < steps; ++step) {
    noise_kernels(best_simd()).normal(6, 0, n, step, out.data());
    for (const double z : out) {
      sum += z;
      squares += z * z;
      fourth += z * z * z * z;
      beyond_three += std::fabs(z) > 3.0;
    }
  }
  const double total = static_cast<double>(steps) * n;
  EXPECT_NEAR(sum / total, 0.0, 5 / std::sqrt(total));
  EXPECT_NEAR(squares / total, 1.0, 5 * std::sqrt(2 / total));
  EXPECT_NEAR(fourth / total, 3.0, 5 * std::sqrt(96 / total));
  EXPECT_NEAR(beyond_three / total, 0.0026998, 5 * std::sqrt(0.0027 / total));
}

}  // namespace
}  // namespace burgeon
