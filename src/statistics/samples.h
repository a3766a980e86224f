#pragma once
// Points in the unit cube for the designs that draw their points. Row-major, [points, k].

#include <cstdint>
#include <vector>

namespace burgeon {

/// Independent uniform points; the first n of n + m points are those of n.
[[nodiscard]] std::vector<double> random_points(std::size_t n, std::size_t k, std::uint64_t seed);
/// One point in each of n slices of every axis (McKay, Beckman and Conover 1979, doi:10.2307/1268522).
[[nodiscard]] std::vector<double> latin_hypercube_points(std::size_t n, std::size_t k, std::uint64_t seed);
/// Sobol sequence (Boost.Random, numbers of Joe and Kuo 2008, doi:10.1137/070709359) with a random digital shift, so
/// that seeds give independent sets of equal quality. Best with n a power of two; the first n points stay when n grows.
[[nodiscard]] std::vector<double> sobol_points(std::size_t n, std::size_t k, std::uint64_t seed);
/// n blocks of k + 2 points A, AB_1 ... AB_k, B, where AB_j is A with column j from B (Saltelli et al. 2010,
/// doi:10.1016/j.cpc.2009.09.018); A and B are halves of one Sobol sequence.
[[nodiscard]] std::vector<double> saltelli_points(std::size_t n, std::size_t k, std::uint64_t seed);
/// n trajectories of k + 1 points; each step moves one axis by levels / (2 (levels - 1)) (Morris 1991,
/// doi:10.2307/1269043).
[[nodiscard]] std::vector<double> morris_points(std::size_t n, std::size_t k, std::uint64_t levels, std::uint64_t seed);

/// Most axes of the Sobol designs.
[[nodiscard]] std::size_t most_sobol_axes();

}  // namespace burgeon
