#include "base/random.h"

#include <Random123/philox.h>
#include <xxhash.h>

#include <cmath>

#include "base/errors.h"
#include "base/math.h"
#include "base/normal_quantile.h"

namespace burgeon {
namespace {

/// log(1 - p) for 0 <= p < 1 without cancellation at small p.
double log_of_complement(double p) {
  if (p > 0.01) return fast_log(1.0 - p);
  // -p (1 + p/2 + p^2/3 + ...)
  double sum = 0.0;
  for (int k = 9; k >= 1; --k) sum = sum * p + 1.0 / k;
  return -p * sum;
}

/// log k!, error < 1e-13 relative: product for small k, Stirling's series (DLMF 5.11.1) else.
double log_factorial(double k) {
  if (k < 16.0) {
    double product = 1.0;
    for (double factor = 2.0; factor <= k; factor += 1.0) product *= factor;
    return fast_log(product);
  }
  constexpr double half_log_two_pi = 0.91893853320467274178;
  const double x = k + 1.0;
  const double y = 1.0 / (x * x);
  const double series = (1.0 / 12.0 - y * (1.0 / 360.0 - y * (1.0 / 1260.0 - y * (1.0 / 1680.0)))) / x;
  return (x - 0.5) * fast_log(x) - x + half_log_two_pi + series;
}

/// Smallest k whose cumulative probability exceeds u, given P(0) and the ratio P(k + 1) / P(k); at most `last`.
template <class Ratio>
std::uint64_t invert(double u, double p0, std::uint64_t last, Ratio ratio) {
  std::uint64_t k = 0;
  double p = p0;
  double cumulative = p0;
  while (u >= cumulative && k < last && p > 0.0) {
    p *= ratio(static_cast<double>(k));
    cumulative += p;
    ++k;
  }
  return k;
}

}  // namespace

std::uint64_t random_key(std::uint64_t seed, std::string_view purpose) {
  return XXH64(purpose.data(), purpose.size(), seed);
}

std::array<std::uint32_t, 4> random_words(std::uint64_t key, std::uint64_t entity, std::int64_t step,
                                          std::uint32_t draw) {
  // 43 bits of entity, 53 of step (two's complement), 32 of draw. base/kernels/philox.h does the same.
  const auto time = static_cast<std::uint64_t>(step);
  const r123::Philox4x32::ctr_type counter{
      {static_cast<std::uint32_t>(entity),
       static_cast<std::uint32_t>((entity >> 32) & 0x7ffU) | static_cast<std::uint32_t>(time << 11),
       static_cast<std::uint32_t>(time >> 21), draw}};
  const r123::Philox4x32::key_type words{{static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)}};
  const auto result = r123::Philox4x32{}(counter, words);
  return {result[0], result[1], result[2], result[3]};
}

std::uint32_t RandomStream::word() {
  if (used_ == 4) {
    words_ = random_words(key_, entity_, step_, draw_++);
    used_ = 0;
  }
  return words_[used_++];
}

double RandomStream::uniform() {
  // Odd multiples of 2^-53: 52 random bits and a half, exact in double.
  const std::uint64_t high = word();
  const std::uint64_t low = word();
  return (static_cast<double>(((high << 32) | low) >> 12) + 0.5) * 0x1p-52;
}

std::uint64_t RandomStream::below(std::uint64_t n) {
  expect(n > 0, "RandomStream::below needs n > 0");
  if (n <= 0xffffffffULL) {
    // Lemire 2019, doi:10.1145/3230636: multiply, and reject the few words that would be counted twice.
    std::uint64_t product = word() * n;
    const std::uint64_t rejected = (0x100000000ULL - n) % n;
    while ((product & 0xffffffffULL) < rejected) product = word() * n;
    return product >> 32;
  }
  const std::uint64_t excess = (0ULL - n) % n;  // 2^64 mod n
  while (true) {
    const std::uint64_t high = word();
    const std::uint64_t drawn = (high << 32) | word();
    if (drawn >= excess) return drawn % n;
  }
}

double RandomStream::normal() { return normal_quantile(uniform()); }

double RandomStream::exponential() { return -fast_log(uniform()); }

std::uint64_t RandomStream::poisson(double mean) {
  expect(mean >= 0.0 && mean < 1e15, "RandomStream::poisson needs 0 <= mean < 1e15");
  if (mean < 10.0) return invert(uniform(), fast_exp(-mean), 1000, [mean](double k) { return mean / (k + 1.0); });
  // Transformed rejection PTRS: Hoermann 1993, doi:10.1016/0167-6687(93)90997-4.
  const double log_mean = fast_log(mean);
  const double b = 0.931 + 2.53 * std::sqrt(mean);
  const double a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
  const double quick = 0.9277 - 3.6224 / (b - 2.0);
  while (true) {
    const double u = uniform() - 0.5;
    const double v = uniform();
    const double us = 0.5 - std::fabs(u);
    const double k = std::floor((2.0 * a / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= quick) return static_cast<std::uint64_t>(k);
    if (k < 0.0 || (us < 0.013 && v > us)) continue;
    if (fast_log(v * inverse_alpha / (a / (us * us) + b)) <= k * log_mean - mean - log_factorial(k))
      return static_cast<std::uint64_t>(k);
  }
}

std::uint64_t RandomStream::binomial(std::uint64_t n, double p) {
  expect(p >= 0.0 && p <= 1.0, "RandomStream::binomial needs 0 <= p <= 1");
  if (n == 0 || p == 0.0) return 0;
  if (p == 1.0) return n;
  if (p > 0.5) return n - binomial(n, 1.0 - p);
  const double count = static_cast<double>(n);
  const double odds = p / (1.0 - p);
  if (count * p < 10.0)
    return invert(uniform(), fast_exp(count * log_of_complement(p)), n,
                  [=](double k) { return odds * (count - k) / (k + 1.0); });
  // Transformed rejection BTRS: Hoermann 1993, doi:10.1080/00949659308811496.
  const double spread = std::sqrt(count * p * (1.0 - p));
  const double b = 1.15 + 2.53 * spread;
  const double a = -0.0873 + 0.0248 * b + 0.01 * p;
  const double c = count * p + 0.5;
  const double alpha = (2.83 + 5.1 / b) * spread;
  const double quick = 0.92 - 4.2 / b;
  const double log_odds = fast_log(odds);
  const double mode = std::floor((count + 1.0) * p);
  const double at_mode = log_factorial(mode) + log_factorial(count - mode);
  while (true) {
    const double u = uniform() - 0.5;
    const double v = uniform();
    const double us = 0.5 - std::fabs(u);
    const double k = std::floor((2.0 * a / us + b) * u + c);
    if (k < 0.0 || k > count) continue;
    if (us >= 0.07 && v <= quick) return static_cast<std::uint64_t>(k);
    const double bound = at_mode - log_factorial(k) - log_factorial(count - k) + (k - mode) * log_odds;
    if (fast_log(v * alpha / (a / (us * us) + b)) <= bound) return static_cast<std::uint64_t>(k);
  }
}

double normal_quantile(double p) {
  const double q = p - 0.5;
  if (std::fabs(q) <= 0.425) return as241::central(q);
  const double r = std::sqrt(-fast_log(q < 0.0 ? p : 1.0 - p));
  const double size = r <= 5.0 ? as241::tail(r) : as241::far_tail(r);
  return q < 0.0 ? -size : size;
}

}  // namespace burgeon
