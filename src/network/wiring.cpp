#include "network/wiring.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

#include "base/errors.h"
#include "base/math.h"
#include "network/draw.h"

namespace burgeon {
namespace {

using Sources = std::vector<std::uint32_t>;

Range intersect(Range a, Range b) {
  const std::uint64_t begin = std::max(a.begin, b.begin);
  return {begin, std::max(begin, std::min(a.end, b.end))};
}

/// Number of neurons in both ranges.
std::uint64_t overlap(Range a, Range b) { return intersect(a, b).size(); }

/// Neurons of `others` that neuron `self` may connect with, and how to number them without a gap.
struct Candidates {
  std::uint64_t count;
  std::uint64_t gap;  ///< position left out; == count when none is

  Candidates(Range others, std::uint64_t self, bool without_self)
      : count(others.size() - (without_self ? 1 : 0)), gap(without_self ? self - others.begin : count) {}
  [[nodiscard]] std::uint32_t operator[](std::uint64_t i) const {
    return static_cast<std::uint32_t>(i + (i >= gap ? 1 : 0));
  }
};

/// Draws `number` candidates, with or without repetition.
class Chooser {
 public:
  Chooser(Range others, bool repeat) : taken_(repeat ? 0 : others.size(), false), repeat_(repeat) {}

  void choose(RandomStream& stream, const Candidates& candidates, std::uint64_t number, Sources& chosen) {
    chosen.clear();
    if (repeat_) {
      for (std::uint64_t i = 0; i < number; ++i) chosen.push_back(candidates[stream.below(candidates.count)]);
      return;
    }
    // Floyd's method (Bentley & Floyd 1987, doi:10.1145/30401.315746): every subset is equally likely, no draw is wasted.
    for (std::uint64_t last = candidates.count - number; last < candidates.count; ++last) {
      const std::uint64_t drawn = stream.below(last + 1);
      const std::uint64_t fresh = taken_[drawn] ? last : drawn;
      taken_[fresh] = true;
      chosen.push_back(static_cast<std::uint32_t>(fresh));
    }
    for (std::uint32_t& c : chosen) {
      taken_[c] = false;
      c = candidates[c];
    }
  }

 private:
  std::vector<bool> taken_;
  bool repeat_;
};

void require_possible(const Wiring& wiring, std::uint64_t number, std::uint64_t available) {
  if (number == 0 || (available > 0 && (wiring.spec.wiring.multapses || number <= available))) return;
  throw EnvironmentError(fmt::format("projection {}: {} connections are asked for where only {} different ones exist",
                                     wiring.spec.name, number, available));
}

// ---------------------------------------------------------------------------------------------------------------------
// One enumerator per rule

void all_to_all(const Wiring& wiring, Range targets, const TakeSources& take) {
  Sources all(wiring.source.size());
  std::iota(all.begin(), all.end(), 0U);
  for (std::uint64_t t = targets.begin; t < targets.end; ++t) {
    if (!wiring.excludes_self(t)) {
      take(t, all);
      continue;
    }
    const auto self = static_cast<std::size_t>(t - wiring.source.begin);
    take(t, std::span(all).first(self));
    take(t, std::span(all).subspan(self + 1));
  }
}

void one_to_one(const Wiring& wiring, Range targets, const TakeSources& take) {
  for (std::uint64_t t = targets.begin; t < targets.end; ++t) {
    const std::uint64_t source = t - wiring.target.begin;
    const bool self = wiring.excludes_self(t) && wiring.source.begin + source == t;
    if (source >= wiring.source.size() || self) continue;
    const auto row = static_cast<std::uint32_t>(source);
    take(t, {&row, 1});
  }
}

/// Bernoulli trials with probability p for every pair, then `keep(source, target, stream)`. Failures are skipped at once:
/// their number is geometric.
template <class Keep>
void bernoulli(const Wiring& wiring, Range targets, const TakeSources& take, Keep&& keep) {
  const double p = wiring.spec.wiring.p;
  if (p <= 0.0) return;
  const double per_log_failure = 1.0 / std::log1p(-p);  // 0 for p = 1: nothing is skipped
  Sources sources;
  for (std::uint64_t t = targets.begin; t < targets.end; ++t) {
    RandomStream stream(wiring.key, t);
    const Candidates candidates(wiring.source, t, wiring.excludes_self(t));
    sources.clear();
    std::uint64_t next = 0;
    while (true) {
      const double skip = std::floor(fast_log(stream.uniform()) * per_log_failure);
      if (skip >= static_cast<double>(candidates.count - next)) break;
      next += static_cast<std::uint64_t>(skip);
      const std::uint32_t source = candidates[next];
      if (keep(source, t, stream)) sources.push_back(source);
      ++next;
    }
    take(t, sources);
  }
}

void fixed_in_degree(const Wiring& wiring, Range targets, const TakeSources& take) {
  Chooser chooser(wiring.source, wiring.spec.wiring.multapses);
  Sources sources;
  for (std::uint64_t t = targets.begin; t < targets.end; ++t) {
    const Candidates candidates(wiring.source, t, wiring.excludes_self(t));
    require_possible(wiring, wiring.spec.wiring.number, candidates.count);
    RandomStream stream(wiring.key, t);
    chooser.choose(stream, candidates, wiring.spec.wiring.number, sources);
    take(t, sources);
  }
}

/// Every slice draws the targets of all sources and keeps its own.
void fixed_out_degree(const Wiring& wiring, Range targets, const TakeSources& take) {
  Chooser chooser(wiring.target, wiring.spec.wiring.multapses);
  Sources chosen;
  for (std::uint64_t s = wiring.source.begin; s < wiring.source.end; ++s) {
    const bool in_targets = wiring.skip_self && s >= wiring.target.begin && s < wiring.target.end;
    const Candidates candidates(wiring.target, s, in_targets);
    require_possible(wiring, wiring.spec.wiring.number, candidates.count);
    RandomStream stream(wiring.key, s);
    chooser.choose(stream, candidates, wiring.spec.wiring.number, chosen);
    const auto row = static_cast<std::uint32_t>(s - wiring.source.begin);
    for (const std::uint32_t c : chosen) {
      const std::uint64_t t = wiring.target.begin + c;
      if (t >= targets.begin && t < targets.end) take(t, {&row, 1});
    }
  }
}

/// A fixed total, shared out among targets by halving: the left half gets a binomial (with repetition) or hypergeometric
/// (without) part. Each node of this tree has a stream of its own, so a slice walks only to its targets.
class FixedTotal {
 public:
  FixedTotal(const Wiring& wiring, Range wanted, const TakeSources& take)
      : wiring_(wiring), wanted_(wanted), take_(take), chooser_(wiring.source, wiring.spec.wiring.multapses) {}

  void share_out(Range targets, std::uint64_t total, std::uint64_t node) {
    if (total == 0 || overlap(targets, wanted_) == 0) return;
    if (targets.size() == 1) {
      const std::uint64_t t = targets.begin;
      RandomStream stream(wiring_.key, t);
      chooser_.choose(stream, Candidates(wiring_.source, t, wiring_.excludes_self(t)), total, sources_);
      take_(t, sources_);
      return;
    }
    const std::uint64_t middle = targets.begin + targets.size() / 2;
    const Range left{targets.begin, middle}, right{middle, targets.end};
    RandomStream stream(wiring_.total_key, node);
    const std::uint64_t all = pairs(targets), in_left = pairs(left);
    const std::uint64_t part = wiring_.spec.wiring.multapses
                                   ? stream.binomial(total, static_cast<double>(in_left) / static_cast<double>(all))
                                   : draw_hypergeometric(stream, all, in_left, total);
    share_out(left, part, 2 * node);
    share_out(right, total - part, 2 * node + 1);
  }

  /// Number of allowed (source, target) pairs.
  [[nodiscard]] std::uint64_t pairs(Range targets) const {
    return targets.size() * wiring_.source.size() - (wiring_.skip_self ? overlap(targets, wiring_.source) : 0);
  }

 private:
  const Wiring& wiring_;
  Range wanted_;
  const TakeSources& take_;
  Chooser chooser_;
  Sources sources_;
};

void fixed_total(const Wiring& wiring, Range targets, const TakeSources& take) {
  FixedTotal tree(wiring, targets, take);
  require_possible(wiring, wiring.spec.wiring.number, tree.pairs(wiring.target));
  tree.share_out(wiring.target, wiring.spec.wiring.number, 1);
}

/// p(d) / p(0); d in um (distance) or rad (ring).
double kernel_value(const WiringSpec& rule, double d) {
  if (rule.cutoff > 0.0 && d > rule.cutoff) return 0.0;
  const double x = d / rule.width;
  return rule.kernel == WiringSpec::Kernel::gaussian ? fast_exp(-0.5 * x * x) : fast_exp(-x);
}

double euclidean_distance(const std::array<float, 3>& a, const std::array<float, 3>& b) {
  double sum = 0.0;
  for (std::size_t k = 0; k < 3; ++k) {
    const double d = static_cast<double>(a[k]) - static_cast<double>(b[k]);
    sum += d * d;
  }
  return std::sqrt(sum);
}

}  // namespace

Wiring::Wiring(const ProjectionSpec& projection, std::uint64_t seed,
               std::span<const std::array<float, 3>> source_positions,
               std::span<const std::array<float, 3>> target_positions)
    : spec(projection),
      source{projection.source.first, projection.source.first + projection.source.count},
      target{projection.target.first, projection.target.first + projection.target.count},
      key(random_key(seed, "wiring " + pairs_name(projection))),
      total_key(random_key(seed, "wiring total " + pairs_name(projection))),
      skip_self(!projection.wiring.autapses && projection.source.population == projection.target.population),
      source_position(source_positions),
      target_position(target_positions) {}

double ring_distance(const Wiring& wiring, std::uint32_t source, std::uint64_t target) {
  const double difference = std::abs(ring_angle(source, wiring.source.size()) -
                                     ring_angle(target - wiring.target.begin, wiring.target.size()));
  return std::min(difference, 2.0 * std::numbers::pi - difference);
}

void for_each_target(const Wiring& wiring, Range targets, const TakeSources& take) {
  const Range wanted = intersect(targets, wiring.target);
  if (wanted.size() == 0 || wiring.source.size() == 0) return;
  const WiringSpec& rule = wiring.spec.wiring;
  switch (rule.rule) {
    case WiringSpec::Rule::all_to_all:
      return all_to_all(wiring, wanted, take);
    case WiringSpec::Rule::one_to_one:
      return one_to_one(wiring, wanted, take);
    case WiringSpec::Rule::bernoulli:
      return bernoulli(wiring, wanted, take, [](std::uint32_t, std::uint64_t, RandomStream&) { return true; });
    case WiringSpec::Rule::fixed_in_degree:
      return fixed_in_degree(wiring, wanted, take);
    case WiringSpec::Rule::fixed_out_degree:
      return fixed_out_degree(wiring, wanted, take);
    case WiringSpec::Rule::fixed_total:
      return fixed_total(wiring, wanted, take);
    case WiringSpec::Rule::distance:
      return bernoulli(wiring, wanted, take, [&](std::uint32_t source, std::uint64_t t, RandomStream& stream) {
        const double d =
            euclidean_distance(wiring.source_position[wiring.source.begin + source], wiring.target_position[t]);
        return stream.uniform() < kernel_value(rule, d);
      });
    case WiringSpec::Rule::ring:
      return bernoulli(wiring, wanted, take, [&](std::uint32_t source, std::uint64_t t, RandomStream& stream) {
        return stream.uniform() < kernel_value(rule, ring_distance(wiring, source, t));
      });
  }
}

}  // namespace burgeon
