#include "network/draw.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numbers>
#include <utility>
#include <vector>

#include "base/errors.h"
#include "base/normal_quantile.h"
#include "network/network.h"

namespace burgeon {
namespace {

/// log(n!) by Stirling's series (relative error < 1e-15 from n = 32 on), exact product below.
double log_factorial(std::uint64_t n) {
  if (n < 32) {
    double product = 1.0;
    for (std::uint64_t k = 2; k <= n; ++k) product *= static_cast<double>(k);
    return fast_log(product);
  }
  const auto x = static_cast<double>(n);
  const double r = 1.0 / (x * x);
  const double series = (1.0 / 12.0 - r * (1.0 / 360.0 - r * (1.0 / 1260.0 - r / 1680.0))) / x;
  return x * fast_log(x) - x + 0.5 * fast_log(2.0 * std::numbers::pi * x) + series;
}

double log_choose(std::uint64_t n, std::uint64_t k) {
  return log_factorial(n) - log_factorial(k) - log_factorial(n - k);
}

}  // namespace

void pair_words(std::uint64_t key, std::uint32_t source, const std::array<std::uint32_t, 64>& target,
                const std::array<std::uint32_t, 64>& repeat, PairWords& words) {
  // Counter words as random_words() lays them out: entity, then step and draw.
  auto& [c0, c1, c2, c3] = words;
  for (std::size_t i = 0; i < target.size(); ++i) {
    c0[i] = target[i];
    c1[i] = source << 11;
    c2[i] = (source >> 21) | (repeat[i] & 0xfffffU) << 11;
    c3[i] = pair_draw(repeat[i]);
  }
  // Ten rounds of Philox4x32 (Salmon et al. 2011, doi:10.1145/2063384.2063405), each over all synapses.
  auto k0 = static_cast<std::uint32_t>(key), k1 = static_cast<std::uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
#pragma omp simd
    for (std::size_t i = 0; i < 64; ++i) {
      const std::uint64_t p0 = std::uint64_t{0xD2511F53U} * c0[i];
      const std::uint64_t p1 = std::uint64_t{0xCD9E8D57U} * c2[i];
      c0[i] = static_cast<std::uint32_t>(p1 >> 32) ^ c1[i] ^ k0;
      c1[i] = static_cast<std::uint32_t>(p1);
      c2[i] = static_cast<std::uint32_t>(p0 >> 32) ^ c3[i] ^ k1;
      c3[i] = static_cast<std::uint32_t>(p0);
    }
    k0 += 0x9E3779B9U;
    k1 += 0xBB67AE85U;
  }
}

Sampler::Sampler(const Draw& draw, std::string subject)
    : kind_(draw.kind), a_(draw.a), b_(draw.b), low_(draw.low), high_(draw.high), subject_(std::move(subject)) {
  // The file gives mean m and SD s of a lognormal value itself: ln x has variance ln(1 + s^2/m^2), mean ln m - variance/2.
  if (kind_ == Draw::Kind::lognormal) {
    const double ratio = draw.b / draw.a;
    const double variance = std::log1p(ratio * ratio);
    a_ = std::log(draw.a) - 0.5 * variance;
    b_ = std::sqrt(variance);
  }
}

void Sampler::quantiles(std::span<const double> u, std::span<double> value) const {
  if (kind_ != Draw::Kind::normal) {
    for (std::size_t i = 0; i < u.size(); ++i) value[i] = quantile(u[i]);
    return;
  }
  // The central 85 % of a normal distribution without a branch, so that the loop vectorises.
  for (std::size_t i = 0; i < u.size(); ++i) value[i] = a_ + b_ * as241::central(u[i] - 0.5);

  // Then the tails, picked out without a branch too. Beyond r = 5 (probability 3e-11) the scalar function takes over.
  std::array<std::size_t, batch> where;
  std::array<double, batch> r;
  std::size_t tails = 0;
  for (std::size_t i = 0; i < u.size(); ++i) {
    where[tails] = i;
    r[tails] = std::min(u[i], 1.0 - u[i]);
    tails += std::fabs(u[i] - 0.5) > 0.425 ? 1 : 0;
  }
  for (std::size_t k = 0; k < tails; ++k) r[k] = std::sqrt(-fast_log(r[k]));
  for (std::size_t k = 0; k < tails; ++k) {
    const double p = u[where[k]], size = as241::tail(r[k]);
    value[where[k]] = r[k] > 5.0 ? quantile(p) : a_ + b_ * (p < 0.5 ? -size : size);
  }
}

void Sampler::refuse() const {
  throw EnvironmentError(
      fmt::format("{}: none of {} draws lay within its bounds [{:g}, {:g}]; widen the bounds or move the "
                  "distribution",
                  subject_, max_attempts, low_, high_));
}

std::vector<double> draw_values(const Draw& draw, std::uint64_t seed, const std::string& what, std::uint64_t first,
                                std::uint64_t count) {
  const Sampler sampler(draw, what);
  if (sampler.constant()) return std::vector<double>(count, sampler.value());

  // Every neuron has a counter of its own; a further attempt is a further draw of that neuron only.
  const std::uint64_t key = random_key(seed, what);
  std::vector<double> values(count);
  for (std::uint64_t i = 0; i < count; ++i)
    values[i] = sampler.sample([&](std::uint32_t attempt) {
      const auto words = random_words(key, first + i, 0, attempt);
      return uniform_from_words(words[0], words[1]);
    });
  return values;
}

std::uint64_t draw_hypergeometric(RandomStream& stream, std::uint64_t balls, std::uint64_t marked,
                                  std::uint64_t drawn) {
  const std::uint64_t low = drawn + marked > balls ? drawn + marked - balls : 0;
  const std::uint64_t high = std::min(drawn, marked);
  const auto to_real = [](std::uint64_t n) { return static_cast<double>(n); };
  const double mean = (to_real(drawn) + 1.0) * (to_real(marked) + 1.0) / (to_real(balls) + 2.0);
  std::uint64_t up = std::clamp(static_cast<std::uint64_t>(mean), low, high);
  std::uint64_t down = up;
  double p_up = fast_exp(log_choose(marked, up) + log_choose(balls - marked, drawn - up) - log_choose(balls, drawn));
  double p_down = p_up;

  // Take probability off the uniform, mode first, then one value on either side in turn.
  double rest = stream.uniform() - p_up;
  while (rest > 0.0 && (up < high || down > low)) {
    if (up < high) {
      p_up *= to_real(marked - up) * to_real(drawn - up) / (to_real(up + 1) * to_real(balls - marked - drawn + up + 1));
      ++up;
      rest -= p_up;
      if (rest <= 0.0) return up;
    }
    if (down > low) {
      p_down *= to_real(down) * to_real(balls - marked - drawn + down) /
                (to_real(marked - down + 1) * to_real(drawn - down + 1));
      --down;
      rest -= p_down;
      if (rest <= 0.0) return down;
    }
  }
  return std::clamp(static_cast<std::uint64_t>(mean), low, high);
}

}  // namespace burgeon
