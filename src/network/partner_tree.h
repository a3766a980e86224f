#pragma once
// Partners by a kernel of distance among many candidates: an octree in which a distant cell stands for all in it
// (Barnes & Hut 1986, doi:10.1038/324446a0; for synapses Rinke et al. 2018, doi:10.1016/j.jpdc.2017.12.010).

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/random.h"
#include "network/partners.h"

namespace burgeon {

/// Candidates with places and vacancies. A draw takes one with a probability proportional to vacancies * exp(-d^2 / sigma^2).
class PartnerTree {
 public:
  /// A cell is taken as one when its side is less than `theta` times the distance to the centroid of its vacancies; with
  /// theta = 0 every candidate counts by itself, and draws are exact. The order of candidates decides nothing but ties.
  PartnerTree(std::span<const Position> positions, std::span<const std::uint32_t> vacancies, double sigma,
              double theta);

  /// Vacancies left.
  [[nodiscard]] std::uint64_t vacancies() const { return cells_.empty() ? 0 : cells_[0].vacancies; }
  /// A candidate for a neuron at `centre`, but not `without`; nobody when there is none left.
  [[nodiscard]] std::uint32_t draw(RandomStream& stream, const Position& centre, std::uint32_t without) const;
  /// Uses up a vacancy of a candidate.
  void take(std::uint32_t candidate);

 private:
  struct Cell {
    std::array<double, 3> low{};
    double side = 0.0;
    std::uint64_t vacancies = 0;
    std::array<double, 3> sum{};            ///< of positions, by vacancy
    std::uint32_t first = 0, count = 0;     ///< leaf: its candidates, in order_
    std::uint32_t child = 0, children = 0;  ///< inner cell: children follow each other
    std::uint32_t parent = nobody;
  };
  struct Option {
    std::uint32_t index;
    bool cell;
    double weight;
  };
  void split(std::uint32_t cell, int depth);
  void collect(std::uint32_t cell, const Position& centre, std::uint32_t without, bool open, bool kernel,
               std::vector<Option>& options) const;

  std::span<const Position> positions_;
  std::vector<std::uint32_t> left_;   ///< [candidate]
  std::vector<std::uint32_t> order_;  ///< candidates, leaf by leaf
  std::vector<std::uint32_t> leaf_;   ///< [candidate]
  std::vector<Cell> cells_;
  double rate_, theta_;
};

}  // namespace burgeon
