#include "network/rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <span>
#include <vector>

#include "base/errors.h"
#include "base/math.h"

namespace burgeon {
namespace {

/// Draws weights and delays of one row after the other and appends them to the arrays of `rows`.
class RowValues {
 public:
  RowValues(const Wiring& wiring, const SynapseValues& values, Range owned, BuiltRows& built)
      : wiring_(wiring), values_(values), owned_(owned), built_(built) {}

  /// `targets`: ascending; put into order of (delay, target).
  template <class Target>
  void append(std::uint32_t source, std::span<Target> targets) {
    if (values_.shared_weight && values_.shared_delay) return;
    // Plastic synapses start alike, and each has its own weight from then on.
    if (values_.weight.constant() && !wiring_.spec.profile && values_.shared_delay) {
      weight_.assign(targets.size(), static_cast<float>(values_.weight.value()));
      store_weights();
      return;
    }
    weight_.resize(targets.size());
    delay_.resize(targets.size());
    repeat_.fill(0);
    for (std::size_t begin = 0; begin < targets.size(); begin += Sampler::batch)
      draw_batch(source, targets, begin, std::min(Sampler::batch, targets.size() - begin));
    if (!values_.shared_delay) {
      sort_by_delay(targets);
      built_.rows.delays.append(delay_);
    }
    if (!values_.shared_weight) store_weights();
  }

 private:
  /// Weights and delays of synapses begin ... begin + n - 1 of a row. The first attempt of both takes the same four words.
  template <class Target>
  void draw_batch(std::uint32_t source, std::span<Target> targets, std::size_t begin, std::size_t n) {
    std::uint32_t repeat = repeat_.back();  // of the last synapse of the batch before
    for (std::size_t i = 0; i < n; ++i) {
      repeat = begin + i > 0 && targets[begin + i] == targets[begin + i - 1] ? repeat + 1 : 0;
      repeat_[i] = repeat;
      target_[i] = static_cast<std::uint32_t>(owned_.begin + targets[begin + i]);
    }
    pair_words(values_.key, source, target_, repeat_, words_);
    if (!values_.shared_weight) {
      draw(values_.weight, values_.key, source, 0, n);
      if (const auto& profile = wiring_.spec.profile)
        for (std::size_t i = 0; i < n; ++i)
          drawn_[i] *= profile_factor(*profile, ring_distance(wiring_, source, target_[i]));
      for (std::size_t i = 0; i < n; ++i) weight_[begin + i] = static_cast<float>(drawn_[i]);
    }
    if (!values_.shared_delay) {
      if (values_.delay_key != values_.key) pair_words(values_.delay_key, source, target_, repeat_, words_);
      draw(values_.delay, values_.delay_key, source, 2, n);
      for (std::size_t i = 0; i < n; ++i) delay_[begin + i] = values_.delay_steps(drawn_[i]);
    }
  }

  /// Fills drawn_ from words number `word` and `word` + 1; further attempts where a bound was missed.
  void draw(const Sampler& sampler, std::uint64_t key, std::uint32_t source, std::size_t word, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) uniform_[i] = uniform_from_words(words_[word][i], words_[word + 1][i]);
    sampler.quantiles(std::span(uniform_).first(n), drawn_);
    if (sampler.constant()) return;
    for (std::size_t i = 0; i < n; ++i) {
      if (sampler.allows(drawn_[i])) continue;
      drawn_[i] = sampler.sample(
          [&](std::uint32_t attempt) {
            const auto more =
                random_words(key, target_[i], pair_step(source, repeat_[i]), pair_draw(repeat_[i]) + attempt);
            return uniform_from_words(more[word], more[word + 1]);
          },
          1);
    }
  }

  /// Stable, so that targets stay ascending within a delay. Counting where delays are dense, comparing where they are not.
  template <class Target>
  void sort_by_delay(std::span<Target> targets) {
    const std::size_t n = targets.size();
    if (n == 0) return;
    const auto [low, high] = std::minmax_element(delay_.begin(), delay_.end());
    const std::uint16_t first = *low, last = *high;
    order_.resize(n);
    const std::size_t span = static_cast<std::size_t>(last - first) + 1;
    if (span <= 8 * n) {
      place_.assign(span + 1, 0);
      for (const std::uint16_t d : delay_) ++place_[static_cast<std::size_t>(d - first) + 1];
      std::partial_sum(place_.begin(), place_.end(), place_.begin());
      for (std::uint32_t i = 0; i < n; ++i) order_[place_[static_cast<std::size_t>(delay_[i] - first)]++] = i;
    } else {
      std::iota(order_.begin(), order_.end(), 0U);
      std::stable_sort(order_.begin(), order_.end(),
                       [&](std::uint32_t a, std::uint32_t b) { return delay_[a] < delay_[b]; });
    }
    apply_order(targets, old_target_);
    if (!values_.shared_weight) apply_order(std::span(weight_), old_weight_);
    apply_order(std::span(delay_), old_delay_);
    built_.min_delay = built_.max_delay == 0 ? first : std::min(built_.min_delay, first);
    built_.max_delay = std::max(built_.max_delay, last);
  }

  template <class Value, class Old>
  void apply_order(std::span<Value> values, Old& old) {
    old.assign(values.begin(), values.end());
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<Value>(old[order_[i]]);
  }

  void store_weights() {
    Rows& rows = built_.rows;
    if (!values_.rounded_weight) {
      rows.weight.insert(rows.weight.end(), weight_.begin(), weight_.end());
      return;
    }
    for (const float w : weight_) rows.weight16.emplace_back(w);
  }

  const Wiring& wiring_;
  const SynapseValues& values_;
  Range owned_;
  BuiltRows& built_;
  // One batch.
  std::array<std::uint32_t, Sampler::batch> target_{}, repeat_{};
  PairWords words_;
  std::array<double, Sampler::batch> uniform_, drawn_;
  // One row in the order of its targets, and what sorting needs.
  std::vector<float> weight_, old_weight_;
  std::vector<std::uint16_t> delay_, old_delay_;
  std::vector<std::uint32_t> order_, place_, old_target_;
};

template <class Target>
void fill_rows(const Wiring& wiring, const SynapseValues& values, Range owned, std::vector<std::uint64_t>& cursor,
               std::vector<Target>& target, BuiltRows& built) {
  // Second pass over the same streams: afterwards cursor[i] is the end of row i.
  target.resize(cursor.back());
  for_each_target(wiring, owned, [&](std::uint64_t t, std::span<const std::uint32_t> sources) {
    const auto local = static_cast<Target>(t - owned.begin);
    for (const std::uint32_t s : sources) target[cursor[s]++] = local;
  });

  // Targets come ascending, unless the wiring runs over sources.
  const bool sorted = wiring.spec.wiring.rule != WiringSpec::Rule::fixed_out_degree;
  if (!values.shared_weight)
    values.rounded_weight ? built.rows.weight16.reserve(target.size()) : built.rows.weight.reserve(target.size());
  RowValues row_values(wiring, values, owned, built);
  std::uint64_t begin = 0;
  for (std::size_t row = 0; row + 1 < cursor.size(); ++row) {
    const std::span<Target> targets(target.data() + begin, cursor[row] - begin);
    if (!sorted) std::sort(targets.begin(), targets.end());
    row_values.append(static_cast<std::uint32_t>(row), targets);
    begin = cursor[row];
  }
  built.rows.delays.shrink_to_fit();
}

}  // namespace

SynapseValues::SynapseValues(const ProjectionSpec& projection, const RunSpec& run)
    : weight(projection.weight, "weight of projection " + projection.name),
      delay(projection.delay, "delay of projection " + projection.name),
      key(random_key(run.seed, "synapses " + projection.name)),
      dt(run.dt),
      delay_key(random_key(run.seed, "synapses " + pairs_name(projection))),
      shared_weight(weight.constant() && !projection.profile && projection.plasticity == nullptr && !projection.staged),
      shared_delay(delay.constant()),
      rounded_weight(projection.weight_precision == ProjectionSpec::WeightPrecision::bfloat16),
      later_key_(random_key(run.seed, "later synapses " + projection.name)),
      delay_draw_(projection.delay) {}

std::pair<std::uint16_t, std::uint16_t> SynapseValues::delay_range() const {
  if (shared_delay) return {delay_steps(delay.value()), delay_steps(delay.value())};
  const bool uniform = delay_draw_.kind == Draw::Kind::uniform;
  const double low = uniform ? std::max(delay_draw_.a, delay_draw_.low) : delay_draw_.low;
  const double high = uniform ? std::min(delay_draw_.b, delay_draw_.high) : delay_draw_.high;
  return {delay_steps(std::max(low, 0.0)), delay_steps(high)};
}

std::uint16_t SynapseValues::delay_of_pair(std::uint32_t source_row, std::uint32_t target) const {
  if (shared_delay) return delay_steps(delay.value());
  // The same words as at the start of the run: the pair's first synapse.
  return delay_steps(delay.sample([&](std::uint32_t attempt) {
    const auto words = random_words(delay_key, target, pair_step(source_row, 0), pair_draw(0) + attempt);
    return uniform_from_words(words[2], words[3]);
  }));
}

float SynapseValues::weight_of(std::uint64_t uid) const {
  return static_cast<float>(weight.sample([&](std::uint32_t attempt) {
    const auto words = random_words(later_key_, uid, 0, attempt);
    return uniform_from_words(words[0], words[1]);
  }));
}

void SynapseValues::refuse_delay(double ms) const {
  throw EnvironmentError(
      fmt::format("{}: {:g} ms is more than 65535 steps of {:g} ms; bound it with 'max'", delay.subject(), ms, dt));
}

double profile_factor(const ProjectionSpec::Profile& profile, double theta) {
  const double x = theta / profile.width;
  return profile.floor + (profile.peak - profile.floor) * fast_exp(-0.5 * x * x);
}

BuiltRows build_rows(const Wiring& wiring, const SynapseValues& values, Range owned, std::uint64_t narrow_limit) {
  BuiltRows built;
  const std::size_t sources = wiring.source.size();

  // First pass: synapses per source; then cursor[i] = begin of row i, and the last entry their number.
  std::vector<std::uint64_t> cursor(sources + 1, 0);
  for_each_target(wiring, owned, [&](std::uint64_t, std::span<const std::uint32_t> row) {
    for (const std::uint32_t s : row) ++cursor[s];
  });
  std::exclusive_scan(cursor.begin(), cursor.end(), cursor.begin(), std::uint64_t{0});
  if (cursor.back() < narrow_limit)
    built.rows.begin.assign(cursor.begin(), cursor.end());
  else
    built.rows.begin64 = cursor;

  // 16 bits hold a target when the slice owns at most 2^16 neurons of the target population.
  if (owned.size() <= 65536)
    fill_rows(wiring, values, owned, cursor, built.rows.target16, built);
  else
    fill_rows(wiring, values, owned, cursor, built.rows.target32, built);

  if (values.shared_delay && built.rows.size() > 0)
    built.min_delay = built.max_delay = values.delay_steps(values.delay.value());
  return built;
}

}  // namespace burgeon
