#include "network/placement.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/random.h"
#include "network/network.h"

namespace burgeon {
namespace {

using Point = std::array<double, 3>;

/// Numbers of grid points along x, y, z: as few as hold `n` neurons with nearly equal spacing.
std::array<std::uint64_t, 3> grid_shape(const double (&size)[3], std::uint64_t n) {
  std::array<std::uint64_t, 3> shape{1, 1, 1};
  double volume = 1.0;
  int dimensions = 0;
  for (const double side : size)
    if (side > 0.0) {
      volume *= side;
      ++dimensions;
    }
  if (dimensions == 0) return {n, 1, 1};
  const double spacing = std::pow(volume / static_cast<double>(n), 1.0 / dimensions);
  for (std::size_t k = 0; k < 3; ++k)
    if (size[k] > 0.0) shape[k] = static_cast<std::uint64_t>(std::max(1.0, std::round(size[k] / spacing)));
  // Rounding may leave too few points: lengthen the side whose spacing is widest.
  while (shape[0] * shape[1] * shape[2] < n) {
    std::size_t widest = 0;
    for (std::size_t k = 1; k < 3; ++k)
      if (size[k] / static_cast<double>(shape[k]) > size[widest] / static_cast<double>(shape[widest])) widest = k;
    ++shape[widest];
  }
  return shape;
}

Point random_in_disc(RandomStream& stream, double radius) {
  const double r = radius * std::sqrt(stream.uniform());
  const double angle = 2.0 * std::numbers::pi * stream.uniform();
  return {r * std::cos(angle), r * std::sin(angle), 0.0};
}

}  // namespace

double ring_angle(std::uint64_t index, std::uint64_t size) {
  return 2.0 * std::numbers::pi * (static_cast<double>(index) / static_cast<double>(size));
}

std::vector<std::array<float, 3>> place_neurons(const PopulationSpec& population, std::uint64_t seed) {
  const PlacementSpec& placement = population.placement;
  if (placement.kind == PlacementSpec::Kind::none) return {};
  const auto& size = placement.size;
  const std::uint64_t key = random_key(seed, "placement " + population.name);
  const auto shape = grid_shape(size, std::max<std::uint64_t>(population.size, 1));

  // Offsets from the centre; boxes and cylinders extend half their size to either side.
  const auto offset = [&](std::uint64_t i) -> Point {
    RandomStream stream(key, i);
    switch (placement.kind) {
      case PlacementSpec::Kind::box: {
        Point p{};
        for (std::size_t k = 0; k < 3; ++k) p[k] = size[k] * (stream.uniform() - 0.5);
        return p;
      }
      case PlacementSpec::Kind::disc:
        return random_in_disc(stream, size[0]);
      case PlacementSpec::Kind::cylinder: {
        Point p = random_in_disc(stream, size[0]);
        p[2] = size[1] * (stream.uniform() - 0.5);
        return p;
      }
      case PlacementSpec::Kind::grid: {
        const std::array<std::uint64_t, 3> cell{i % shape[0], i / shape[0] % shape[1], i / (shape[0] * shape[1])};
        Point p{};
        for (std::size_t k = 0; k < 3; ++k)
          p[k] = size[k] * ((static_cast<double>(cell[k]) + 0.5) / static_cast<double>(shape[k]) - 0.5);
        return p;
      }
      case PlacementSpec::Kind::ring: {
        const double angle = ring_angle(i, population.size);
        return {size[0] * std::cos(angle), size[0] * std::sin(angle), 0.0};
      }
      case PlacementSpec::Kind::none:
        break;
    }
    return {};
  };

  std::vector<std::array<float, 3>> positions(population.size);
  for (std::uint64_t i = 0; i < population.size; ++i) {
    const Point p = offset(i);
    for (std::size_t k = 0; k < 3; ++k) positions[i][k] = static_cast<float>(placement.centre[k] + p[k]);
  }
  return positions;
}

}  // namespace burgeon
