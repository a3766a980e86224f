#include "network/partners.h"

#include "base/math.h"

namespace burgeon {
namespace {

// Attempts before all candidates are summed. assumed: the price of a sum over some thousand candidates.
constexpr int most_attempts = 64;

}  // namespace

std::uint32_t draw_partner(RandomStream& stream, std::uint64_t n, std::uint32_t without,
                           std::span<const Position> positions, const Position& centre, double sigma) {
  if (n == 0 || (n == 1 && without == 0)) return nobody;
  const bool left_out = without < n;
  const auto any = [&] {
    const auto i = static_cast<std::uint32_t>(stream.below(left_out ? n - 1 : n));
    return left_out && i >= without ? i + 1 : i;
  };
  if (sigma == 0.0) return any();

  const double rate = 1.0 / (sigma * sigma);
  const auto kernel = [&](std::uint32_t i) { return fast_exp(-rate * squared_distance(positions[i], centre)); };
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    const std::uint32_t i = any();
    if (stream.uniform() < kernel(i)) return i;
  }

  double sum = 0.0;
  for (std::uint32_t i = 0; i < n; ++i) sum += i == without ? 0.0 : kernel(i);
  // All are so far away that the kernel vanishes.
  if (!(sum > 0.0)) return any();
  double rest = stream.uniform() * sum;
  std::uint32_t last = nobody;
  for (std::uint32_t i = 0; i < n; ++i) {
    if (i == without) continue;
    last = i;
    rest -= kernel(i);
    if (rest <= 0.0) break;
  }
  return last;
}

}  // namespace burgeon
