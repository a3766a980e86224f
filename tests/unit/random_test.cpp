// Philox words, the addressing, and the moments and tails of every distribution.

#include "base/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <set>

namespace burgeon {
namespace {

// Known answers of philox4x32-10 (Random123 1.14, kat_vectors): counter and key zero.
TEST(RandomWords, KnownAnswer) {
  const auto words = random_words(0, 0, 0, 0);
  EXPECT_EQ(words, (std::array<std::uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
}

TEST(RandomWords, EveryPartOfTheAddressMatters) {
  std::set<std::array<std::uint32_t, 4>> seen;
  std::size_t count = 0;
  const auto add = [&](auto... address) {
    seen.insert(random_words(address...));
    ++count;
  };
  for (int bit = 0; bit < 64; ++bit) add(1ULL << bit, 0ULL, 0LL, 0U);
  for (int bit = 0; bit < 43; ++bit) add(0ULL, 1ULL << bit, 0LL, 0U);
  for (int bit = 0; bit < 53; ++bit) add(0ULL, 0ULL, 1LL << bit, 0U);
  for (int bit = 0; bit < 32; ++bit) add(0ULL, 0ULL, 0LL, 1U << bit);
  add(0ULL, 0ULL, -1LL, 0U);
  add(0ULL, 0ULL, 0LL, 0U);
  EXPECT_EQ(seen.size(), count);
}

TEST(RandomKey, DependsOnSeedAndPurpose) {
  std::set<std::uint64_t> keys;
  for (std::uint64_t seed = 0; seed < 100; ++seed)
    for (const char* purpose : {"a", "b", "projection a", ""}) keys.insert(random_key(seed, purpose));
  EXPECT_EQ(keys.size(), 400U);
  EXPECT_EQ(random_key(1, "a"), random_key(1, "a"));
}

TEST(RandomStream, RepeatsItself) {
  RandomStream a(1, 2, 3), b(1, 2, 3), c(1, 2, 4);
  for (int k = 0; k < 50; ++k) EXPECT_EQ(a.word(), b.word());
  EXPECT_NE(a.word(), c.word());
}

/// Mean and variance over many draws must lie within five standard errors of the exact values.
void expect_moments(const char* what, const std::function<double(RandomStream&)>& draw, double mean, double variance,
                    double kurtosis_excess = 3.0) {
  constexpr int n = 200000;
  RandomStream stream(random_key(1, what), 0);
  double sum = 0, squares = 0;
  for (int k = 0; k < n; ++k) {
    const double x = draw(stream) - mean;
    sum += x;
    squares += x * x;
  }
  EXPECT_NEAR(sum / n, 0.0, 5 * std::sqrt(variance / n)) << what;
  EXPECT_NEAR(squares / n / variance, 1.0, 5 * std::sqrt((2.0 + kurtosis_excess) / n)) << what;
}

TEST(RandomStream, MomentsOfTheDistributions) {
  expect_moments(
      "uniform", [](auto& s) { return s.uniform(); }, 0.5, 1.0 / 12);
  expect_moments(
      "normal", [](auto& s) { return s.normal(); }, 0, 1);
  expect_moments(
      "exponential", [](auto& s) { return s.exponential(); }, 1, 1, 6);
  for (const double mean : {0.01, 0.7, 5.0, 9.99, 10.0, 12.0, 60.0, 1000.0, 1e6})
    expect_moments(
        "poisson", [=](auto& s) { return static_cast<double>(s.poisson(mean)); }, mean, mean, 3.0 + 1 / mean);
  const std::pair<std::uint64_t, double> cases[] = {{1, 0.3},    {20, 0.5},      {100, 0.02},       {100, 0.3},
                                                    {100, 0.97}, {1000000, 0.4}, {1000000000, 1e-9}};
  for (const auto& [n, p] : cases) {
    const double count = static_cast<double>(n);
    const double variance = count * p * (1 - p);
    expect_moments(
        "binomial", [n = n, p = p](auto& s) { return static_cast<double>(s.binomial(n, p)); }, count * p, variance,
        3.0 + 1 / variance);
  }
}

/// Largest distance of the empirical from the exact cumulative distribution.
template <class Draw, class Probability>
double distance(int n, Draw draw, Probability probability, int last) {
  std::vector<int> histogram(static_cast<std::size_t>(last) + 1);
  for (int k = 0; k < n; ++k)
    ++histogram[static_cast<std::size_t>(std::min<std::uint64_t>(draw(), static_cast<std::uint64_t>(last)))];
  double empirical = 0, exact = 0, worst = 0;
  for (int k = 0; k < last; ++k) {
    empirical += static_cast<double>(histogram[static_cast<std::size_t>(k)]) / n;
    exact += probability(k);
    worst = std::max(worst, std::fabs(empirical - exact));
  }
  return worst;
}

TEST(RandomStream, ShapesOfPoissonAndBinomial) {
  constexpr int n = 200000;
  const double limit = 1.95 / std::sqrt(n);  // Kolmogorov, p = 0.001
  for (const double mean : {3.0, 11.0, 40.0}) {
    RandomStream s(9, static_cast<std::uint64_t>(mean));
    EXPECT_LT(distance(
                  n, [&] { return s.poisson(mean); },
                  [=](int k) { return std::exp(k * std::log(mean) - mean - std::lgamma(k + 1.0)); }, 120),
              limit);
  }
  for (const double p : {0.05, 0.3, 0.8}) {
    RandomStream s(10, static_cast<std::uint64_t>(100 * p));
    const auto probability = [=](int k) {
      return std::exp(std::lgamma(101.0) - std::lgamma(k + 1.0) - std::lgamma(101.0 - k) + k * std::log(p) +
                      (100 - k) * std::log1p(-p));
    };
    EXPECT_LT(distance(
                  n, [&] { return s.binomial(100, p); }, probability, 100),
              limit);
  }
}

TEST(RandomStream, BelowIsUnbiased) {
  RandomStream s(3, 4);
  // With n = 3/4 of 2^32 a plain modulus would favour the first third two to one.
  const std::uint64_t n = 3ULL << 30;
  int first_third = 0;
  for (int k = 0; k < 30000; ++k) first_third += s.below(n) < n / 3;
  EXPECT_NEAR(first_third, 10000, 5 * std::sqrt(30000 * 2.0 / 9));
  for (const std::uint64_t m : {1ULL, 2ULL, 7ULL, 1ULL << 32, (1ULL << 63) + 1}) EXPECT_LT(s.below(m), m);
  EXPECT_ANY_THROW((void)s.below(0));
}

TEST(RandomStream, EdgesOfTheParameters) {
  RandomStream s(1, 1);
  EXPECT_EQ(s.poisson(0.0), 0U);
  EXPECT_EQ(s.binomial(10, 0.0), 0U);
  EXPECT_EQ(s.binomial(10, 1.0), 10U);
  EXPECT_EQ(s.binomial(0, 0.5), 0U);
  EXPECT_ANY_THROW((void)s.poisson(-1.0));
  EXPECT_ANY_THROW((void)s.binomial(1, 1.5));
}

TEST(NormalQuantile, KnownValues) {
  // Table 1 of Wichura 1988 and standard tables to 16 digits.
  EXPECT_NEAR(normal_quantile(0.25), -0.6744897501960817, 1e-15);
  EXPECT_NEAR(normal_quantile(0.001), -3.090232306167813, 1e-14);
  EXPECT_NEAR(normal_quantile(1e-20), -9.262340089798408, 1e-13);
  EXPECT_EQ(normal_quantile(0.5), 0.0);
  for (double p = 1e-12; p < 0.5; p *= 1.7)
    EXPECT_NEAR(0.5 * std::erfc(-normal_quantile(p) / std::sqrt(2.0)) / p, 1.0, 1e-12) << p;
}

}  // namespace
}  // namespace burgeon
