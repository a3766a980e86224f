#pragma once
// Counter-based random numbers: every draw is a pure function of (seed, purpose, entity, step, draw), so results do not
// depend on threads, ranks, order or restarts. Philox4x32-10 (Salmon et al. 2011, doi:10.1145/2063384.2063405) from
// Random123. Our own distributions, since the standard ones differ between libraries.

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace burgeon {

/// Key of one purpose of one run, e.g. random_key(seed, "projection pyr_to_pv").
[[nodiscard]] std::uint64_t random_key(std::uint64_t seed, std::string_view purpose);

/// Four random words for (key, entity, step, draw). entity < 2^43, |step| < 2^53.
[[nodiscard]] std::array<std::uint32_t, 4> random_words(std::uint64_t key, std::uint64_t entity, std::int64_t step,
                                                        std::uint32_t draw);

/// Sequence of draws that belongs to one (key, entity, step): for wiring, initial values, slow processes.
class RandomStream {
 public:
  RandomStream(std::uint64_t key, std::uint64_t entity, std::int64_t step = 0)
      : key_(key), entity_(entity), step_(step) {}

  std::uint32_t word();                  ///< uniform on 0 ... 2^32 - 1
  double uniform();                      ///< uniform in (0, 1), 53 bits, never 0 or 1
  std::uint64_t below(std::uint64_t n);  ///< uniform on 0 ... n - 1, unbiased; n > 0
  double normal();                       ///< mean 0, SD 1 (inverse cumulative distribution, so one uniform each)
  double exponential();                  ///< mean 1
  std::uint64_t poisson(double mean);
  std::uint64_t binomial(std::uint64_t n, double p);

 private:
  std::uint64_t key_, entity_;
  std::int64_t step_;
  std::uint32_t draw_ = 0;
  std::uint32_t used_ = 4;
  std::array<std::uint32_t, 4> words_{};
};

/// Inverse of the standard normal cumulative distribution, |relative error| < 1e-9 (Acklam's form with one refinement is
/// not needed here: we use Wichura 1988, AS241, doi:10.2307/2347330).
[[nodiscard]] double normal_quantile(double p);

}  // namespace burgeon
