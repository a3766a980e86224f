#include "network/partner_tree.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/errors.h"
#include "base/math.h"

namespace burgeon {
namespace {

// Candidates of a cell that is not divided any more, and how often at most: neurons may share a place.
constexpr std::uint32_t small = 8;
constexpr int deepest = 40;

double squared(const std::array<double, 3>& a, const Position& b) {
  double sum = 0.0;
  for (std::size_t k = 0; k < 3; ++k) sum += (a[k] - static_cast<double>(b[k])) * (a[k] - static_cast<double>(b[k]));
  return sum;
}

}  // namespace

PartnerTree::PartnerTree(std::span<const Position> positions, std::span<const std::uint32_t> vacancies, double sigma,
                         double theta)
    : positions_(positions),
      left_(vacancies.begin(), vacancies.end()),
      order_(positions.size()),
      leaf_(positions.size(), 0),
      rate_(1.0 / (sigma * sigma)),
      theta_(theta) {
  expect(positions.size() == vacancies.size() && sigma > 0.0, "a place and a number for every candidate");
  if (positions.empty()) return;
  std::iota(order_.begin(), order_.end(), 0U);
  Cell root;
  root.count = static_cast<std::uint32_t>(positions.size());
  for (std::size_t k = 0; k < 3; ++k) {
    double low = std::numeric_limits<double>::max(), high = std::numeric_limits<double>::lowest();
    for (const Position& p : positions) {
      low = std::min(low, static_cast<double>(p[k]));
      high = std::max(high, static_cast<double>(p[k]));
    }
    root.low[k] = low;
    root.side = std::max(root.side, high - low);
  }
  cells_.push_back(root);
  split(0, 0);

  for (std::uint32_t i = 0; i < left_.size(); ++i)
    for (std::uint32_t c = leaf_[i]; c != nobody; c = cells_[c].parent) {
      cells_[c].vacancies += left_[i];
      for (std::size_t k = 0; k < 3; ++k) cells_[c].sum[k] += left_[i] * static_cast<double>(positions[i][k]);
    }
}

void PartnerTree::split(std::uint32_t index, int depth) {
  const Cell cell = cells_[index];
  const auto begin = order_.begin() + cell.first, end = begin + cell.count;
  if (cell.count <= small || depth == deepest || cell.side <= 0.0) {
    for (auto i = begin; i != end; ++i) leaf_[*i] = index;
    return;
  }
  // Candidates by octant; those that are empty make no cell.
  const double half = 0.5 * cell.side;
  const auto octant = [&](std::uint32_t i) {
    unsigned o = 0;
    for (std::size_t k = 0; k < 3; ++k) o |= static_cast<double>(positions_[i][k]) >= cell.low[k] + half ? 1U << k : 0U;
    return o;
  };
  std::stable_sort(begin, end, [&](std::uint32_t a, std::uint32_t b) { return octant(a) < octant(b); });
  cells_[index].child = static_cast<std::uint32_t>(cells_.size());
  for (std::uint32_t at = 0; at < cell.count;) {
    const unsigned o = octant(begin[at]);
    Cell child;
    child.side = half;
    child.parent = index;
    child.first = cell.first + at;
    for (std::size_t k = 0; k < 3; ++k) child.low[k] = cell.low[k] + ((o >> k & 1U) != 0 ? half : 0.0);
    while (at < cell.count && octant(begin[at]) == o) {
      ++child.count;
      ++at;
    }
    cells_.push_back(child);
    ++cells_[index].children;
  }
  for (std::uint32_t c = 0; c < cells_[index].children; ++c) split(cells_[index].child + c, depth + 1);
}

// What stands to choose at this level: distant cells as a whole, near candidates one by one.
void PartnerTree::collect(std::uint32_t index, const Position& centre, std::uint32_t without, bool open, bool kernel,
                          std::vector<Option>& options) const {
  const Cell& cell = cells_[index];
  if (cell.vacancies == 0) return;
  const auto weight = [&](double vacancies, double d2) {
    return kernel ? vacancies * fast_exp(-rate_ * d2) : vacancies;
  };
  if (cell.children == 0) {
    for (std::uint32_t k = cell.first; k < cell.first + cell.count; ++k) {
      const std::uint32_t i = order_[k];
      if (left_[i] > 0 && i != without)
        options.push_back({i, false, weight(left_[i], squared_distance(positions_[i], centre))});
    }
    return;
  }
  const double n = static_cast<double>(cell.vacancies);
  const double d2 = squared({cell.sum[0] / n, cell.sum[1] / n, cell.sum[2] / n}, centre);
  if (!open && cell.side * cell.side < theta_ * theta_ * d2) {
    options.push_back({index, true, weight(n, d2)});
    return;
  }
  for (std::uint32_t c = cell.child; c < cell.child + cell.children; ++c)
    collect(c, centre, without, false, kernel, options);
}

std::uint32_t PartnerTree::draw(RandomStream& stream, const Position& centre, std::uint32_t without) const {
  if (cells_.empty()) return nobody;
  std::vector<Option> options;
  std::uint32_t cell = 0;
  while (true) {
    options.clear();
    collect(cell, centre, without, true, true, options);
    double sum = 0.0;
    for (const Option& o : options) sum += o.weight;
    // All are so far away that the kernel vanishes: vacancies alone decide.
    if (!(sum > 0.0)) {
      options.clear();
      collect(cell, centre, without, true, false, options);
      for (const Option& o : options) sum += o.weight;
    }
    if (!(sum > 0.0)) return nobody;
    double rest = stream.uniform() * sum;
    const Option* chosen = &options.back();
    for (const Option& o : options) {
      rest -= o.weight;
      if (rest <= 0.0) {
        chosen = &o;
        break;
      }
    }
    if (!chosen->cell) return chosen->index;
    cell = chosen->index;
  }
}

void PartnerTree::take(std::uint32_t candidate) {
  ensure(left_[candidate] > 0, "a partner has a vacancy");
  --left_[candidate];
  for (std::uint32_t c = leaf_[candidate]; c != nobody; c = cells_[c].parent) {
    --cells_[c].vacancies;
    for (std::size_t k = 0; k < 3; ++k) cells_[c].sum[k] -= static_cast<double>(positions_[candidate][k]);
  }
}

}  // namespace burgeon
