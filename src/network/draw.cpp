#include "network/draw.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "base/errors.h"
#include "base/normal_quantile.h"
#include "network/network.h"

namespace burgeon {

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
  // The central 85 % of a normal distribution without a branch, so that the loop vectorises; then the tails one by one.
  for (std::size_t i = 0; i < u.size(); ++i) value[i] = a_ + b_ * as241::central(u[i] - 0.5);
  for (std::size_t i = 0; i < u.size(); ++i)
    if (std::fabs(u[i] - 0.5) > 0.425) value[i] = quantile(u[i]);
}

void Sampler::refuse() const {
  throw EnvironmentError(fmt::format("{}: none of {} draws lay within its bounds [{:g}, {:g}]; widen the bounds or move the "
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

}  // namespace burgeon
