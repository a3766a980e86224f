#pragma once
// Values drawn from the distributions of a model file, by inverse cumulative distribution: one uniform per attempt.

#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>

#include "base/math.h"
#include "base/random.h"
#include "spec/model_spec.h"

namespace burgeon {

/// Uniform in (0, 1), never 0 or 1: 52 of the 64 bits, at the centre of their interval.
[[nodiscard]] inline double uniform_from_words(std::uint32_t high, std::uint32_t low) {
  const std::uint64_t bits = ((static_cast<std::uint64_t>(high) << 32) | low) >> 12;
  return (static_cast<double>(bits) + 0.5) * 0x1p-52;
}

/// Words of many synapses at once.
using PairWords = std::array<std::array<std::uint32_t, 64>, 4>;

/// Counter of synapse number `repeat` from `source` to `target`: random_words(key, target, pair_step(...), pair_draw(...)).
[[nodiscard]] inline std::int64_t pair_step(std::uint32_t source, std::uint32_t repeat) {
  return static_cast<std::int64_t>((static_cast<std::uint64_t>(repeat & 0xfffffU) << 32) | source);
}
[[nodiscard]] inline std::uint32_t pair_draw(std::uint32_t repeat) { return repeat >> 20 << 14; }

/// The words of 64 synapses of one source, words[k][i] for synapse i: what random_words gives, several times faster.
void pair_words(std::uint64_t key, std::uint32_t source, const std::array<std::uint32_t, 64>& target,
                const std::array<std::uint32_t, 64>& repeat, PairWords& words);

/// A Draw ready for sampling. Values outside [low, high] are drawn again, never clipped.
class Sampler {
 public:
  /// Attempts before a distribution counts as lying outside its own bounds. assumed: acceptance above 1e-3 needs fewer.
  static constexpr std::uint32_t max_attempts = 10'000;

  static constexpr std::size_t batch = 64;

  /// `subject` names the owner in errors, e.g. "delay of projection pyr_to_pv".
  Sampler(const Draw& draw, std::string subject);

  [[nodiscard]] bool constant() const { return kind_ == Draw::Kind::constant; }
  /// The value of a constant.
  [[nodiscard]] double value() const { return a_; }
  [[nodiscard]] const std::string& subject() const { return subject_; }

  /// Value below which a fraction u of all draws lie, bounds aside. 0 < u < 1.
  [[nodiscard]] double quantile(double u) const {
    switch (kind_) {
      case Draw::Kind::uniform:
        return a_ + (b_ - a_) * u;
      case Draw::Kind::normal:
        return a_ + b_ * normal_quantile(u);
      case Draw::Kind::lognormal:
        return fast_exp(a_ + b_ * normal_quantile(u));
      case Draw::Kind::exponential:
        return -a_ * fast_log(u);
      case Draw::Kind::constant:
        break;
    }
    return a_;
  }

  /// The same for at most `batch` at once: value[i] = quantile(u[i]), same bits.
  void quantiles(std::span<const double> u, std::span<double> value) const;

  [[nodiscard]] bool allows(double value) const { return value >= low_ && value <= high_; }

  /// First allowed value of quantile(uniform(first)), quantile(uniform(first + 1)), ... Throws EnvironmentError after
  /// max_attempts.
  template <class Uniform>
  [[nodiscard]] double sample(Uniform&& uniform, std::uint32_t first = 0) const {
    for (std::uint32_t attempt = first; attempt < max_attempts; ++attempt)
      if (const double value = quantile(uniform(attempt)); allows(value)) return value;
    refuse();
  }

 private:
  [[noreturn]] void refuse() const;

  Draw::Kind kind_;
  double a_, b_;  ///< lognormal: mean and SD of the logarithm
  double low_, high_;
  std::string subject_;
};

/// Number of marked balls among `drawn` taken without replacement from `balls`, of which `marked` are marked. Inversion
/// outward from the mode: exact to rounding, O(SD) operations.
[[nodiscard]] std::uint64_t draw_hypergeometric(RandomStream& stream, std::uint64_t balls, std::uint64_t marked,
                                                std::uint64_t drawn);

}  // namespace burgeon
