#include "statistics/samples.h"

#include <boost/random/sobol.hpp>
#include <numeric>
#include <utility>

#include "base/random.h"

namespace burgeon {

namespace {

/// The top 53 bits as a number in [0, 1).
double unit(std::uint64_t bits) { return static_cast<double>(bits >> 11U) * 0x1p-53; }

std::vector<std::size_t> permutation(std::size_t n, RandomStream& stream) {
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = n; i > 1; --i) std::swap(order[i - 1], order[stream.below(i)]);
  return order;
}

}  // namespace

std::size_t most_sobol_axes() { return boost::random::default_sobol_table::max_dimension; }

std::vector<double> random_points(std::size_t n, std::size_t k, std::uint64_t seed) {
  const std::uint64_t key = random_key(seed, "sweep random");
  std::vector<double> u;
  u.reserve(n * k);
  for (std::size_t i = 0; i < n; ++i) {
    RandomStream stream(key, i);
    for (std::size_t j = 0; j < k; ++j) u.push_back(stream.uniform());
  }
  return u;
}

std::vector<double> latin_hypercube_points(std::size_t n, std::size_t k, std::uint64_t seed) {
  const std::uint64_t key = random_key(seed, "sweep latin hypercube");
  std::vector<double> u(n * k);
  for (std::size_t j = 0; j < k; ++j) {
    RandomStream stream(key, j);
    const auto order = permutation(n, stream);
    for (std::size_t i = 0; i < n; ++i)
      u[i * k + j] = (static_cast<double>(order[i]) + stream.uniform()) / static_cast<double>(n);
  }
  return u;
}

std::vector<double> sobol_points(std::size_t n, std::size_t k, std::uint64_t seed) {
  const std::uint64_t key = random_key(seed, "sweep sobol");
  std::vector<std::uint64_t> shift(k);
  for (std::size_t j = 0; j < k; ++j) {
    const auto words = random_words(key, j, 0, 0);
    shift[j] = static_cast<std::uint64_t>(words[0]) << 32U | words[1];
  }
  // The library leaves out the sequence's first point, the origin; with it, powers of two are balanced.
  boost::random::sobol sequence(k);
  std::vector<double> u;
  u.reserve(n * k);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < k; ++j) u.push_back(unit((i == 0 ? 0 : sequence()) ^ shift[j]));
  return u;
}

std::vector<double> saltelli_points(std::size_t n, std::size_t k, std::uint64_t seed) {
  const std::vector<double> ab = sobol_points(n, 2 * k, seed);
  std::vector<double> u;
  u.reserve(n * (k + 2) * k);
  for (std::size_t i = 0; i < n; ++i) {
    const double* a = ab.data() + i * 2 * k;
    const double* b = a + k;
    u.insert(u.end(), a, a + k);
    for (std::size_t j = 0; j < k; ++j)
      for (std::size_t l = 0; l < k; ++l) u.push_back(l == j ? b[l] : a[l]);
    u.insert(u.end(), b, b + k);
  }
  return u;
}

std::vector<double> morris_points(std::size_t n, std::size_t k, std::uint64_t levels, std::uint64_t seed) {
  const std::uint64_t key = random_key(seed, "sweep morris");
  const double grid = static_cast<double>(levels - 1);
  std::vector<double> u;
  u.reserve(n * (k + 1) * k);
  for (std::size_t i = 0; i < n; ++i) {
    RandomStream stream(key, i);
    // Whole levels: the same place reached on two ways is the same number, and so the same run.
    std::vector<std::uint64_t> x(k);
    const auto add = [&] {
      for (const std::uint64_t level : x) u.push_back(static_cast<double>(level) / grid);
    };
    for (std::uint64_t& level : x) level = stream.below(levels);
    add();
    // With an even number of levels exactly one of the two directions stays in the cube.
    for (const std::size_t j : permutation(k, stream)) {
      x[j] = x[j] < levels / 2 ? x[j] + levels / 2 : x[j] - levels / 2;
      add();
    }
  }
  return u;
}

}  // namespace burgeon
