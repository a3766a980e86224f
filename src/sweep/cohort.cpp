#include "sweep/cohort.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "base/errors.h"
#include "base/random.h"

namespace burgeon {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double lowest = 0.0, highest = 60.0;  // of the MADRS

using Subjects = std::vector<std::size_t>;

struct Moments {
  double n = 0.0, mean = nan, variance = nan;
};

template <class Value>
Moments moments(const Subjects& subjects, const Value& value) {
  Moments m{static_cast<double>(subjects.size())};
  if (subjects.empty()) return m;
  double sum = 0.0, squares = 0.0;
  for (const std::size_t s : subjects) sum += value(s);
  m.mean = sum / m.n;
  for (const std::size_t s : subjects) squares += (value(s) - m.mean) * (value(s) - m.mean);
  if (m.n > 1.0) m.variance = squares / (m.n - 1.0);
  return m;
}

double percentile(std::vector<double> sorted, double p) {
  if (sorted.empty()) return nan;
  std::sort(sorted.begin(), sorted.end());
  const double rank = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(rank);
  const double a = sorted[below], b = sorted[std::min(below + 1, sorted.size() - 1)];
  // Equal ends first: infinite times have no difference.
  return a == b ? a : a + (rank - static_cast<double>(below)) * (b - a);
}

/// One arm with its questions; a subject is an index.
class Arm {
 public:
  Arm(const CohortSpec& spec, const ArmRatings& ratings) : spec_(&spec), ratings_(&ratings) {
    const std::size_t n = ratings.rating.size() / ratings.visits;
    for (std::size_t s = 0; s < n; ++s) {
      bool complete = true;
      for (std::size_t v = 0; v < ratings.visits; ++v) complete = complete && std::isfinite(rating(s, v));
      enrolled_.push_back(complete && rating(s, 0) >= spec.entry);
    }
    if (spec.follow)
      for (std::size_t s = 0; s < n; ++s) relapse_.push_back(relapse_time(s));
  }

  [[nodiscard]] std::size_t population() const { return enrolled_.size(); }
  [[nodiscard]] const std::string& name() const { return ratings_->name; }
  [[nodiscard]] std::size_t visits() const { return ratings_->visits; }
  [[nodiscard]] double rating(std::size_t s, std::size_t visit) const {
    return ratings_->rating[s * ratings_->visits + visit];
  }
  [[nodiscard]] double change(std::size_t s, std::size_t visit) const { return rating(s, visit) - rating(s, 0); }
  [[nodiscard]] bool improved(std::size_t s, std::size_t visit, double part) const {
    return rating(s, 0) > 0.0 && -change(s, visit) >= part * rating(s, 0);
  }
  [[nodiscard]] Subjects enrolled_of(const Subjects& drawn) const {
    Subjects subjects;
    for (const std::size_t s : drawn)
      if (enrolled_[s]) subjects.push_back(s);
    return subjects;
  }
  [[nodiscard]] Subjects followed_of(const Subjects& enrolled) const {
    Subjects subjects;
    for (const std::size_t s : enrolled)
      if (improved(s, *spec_->follow + 1, spec_->response)) subjects.push_back(s);
    return subjects;
  }
  /// ms after the visit `follow`; infinite when it did not happen.
  [[nodiscard]] double relapse(std::size_t s) const { return relapse_[s]; }

 private:
  [[nodiscard]] double relapse_time(std::size_t s) const {
    std::uint64_t row = 0;
    for (std::size_t v = *spec_->follow + 1; v < spec_->visits.size(); ++v) {
      const bool lost = !improved(s, v + 1, spec_->relapse) && rating(s, v + 1) >= spec_->relapse_score;
      row = lost ? row + 1 : 0;
      // The first visit of the row is when it happened.
      if (row == spec_->relapse_visits) return spec_->visits[v + 1 - row] - spec_->visits[*spec_->follow];
    }
    return infinite;
  }

  const CohortSpec* spec_;
  const ArmRatings* ratings_;
  std::vector<char> enrolled_;
  std::vector<double> relapse_;
};

/// All numbers of one arm and one sample of subjects, in a fixed order: visits x 6, then free, then the median.
constexpr std::size_t per_visit = 6;

std::vector<double> numbers(const CohortSpec& spec, const Arm& arm, const Arm* control, const Subjects& drawn) {
  const Subjects own = arm.enrolled_of(drawn);
  const Subjects others = control ? control->enrolled_of(drawn) : Subjects{};
  std::vector<double> result;
  for (std::size_t v = 0; v < arm.visits(); ++v) {
    const auto share = [&](auto holds) {
      return moments(own, [&](std::size_t s) { return holds(s) ? 1.0 : 0.0; }).mean;
    };
    const Moments change = moments(own, [&](std::size_t s) { return arm.change(s, v); });
    result.push_back(moments(own, [&](std::size_t s) { return arm.rating(s, v); }).mean);
    result.push_back(change.mean);
    result.push_back(share([&](std::size_t s) { return arm.improved(s, v, spec.response); }));
    result.push_back(share([&](std::size_t s) { return arm.rating(s, v) <= spec.remission; }));
    const Moments other = control ? moments(others, [&](std::size_t s) { return control->change(s, v); }) : Moments{};
    const double pooled =
        std::sqrt(((change.n - 1.0) * change.variance + (other.n - 1.0) * other.variance) / (change.n + other.n - 2.0));
    result.push_back(change.mean - other.mean);
    result.push_back(v == 0 ? nan : (other.mean - change.mean) / pooled);
  }
  if (!spec.follow) return result;
  const Subjects followed = arm.followed_of(own);
  for (std::size_t v = *spec.follow + 1; v < spec.visits.size(); ++v) {
    const double time = spec.visits[v] - spec.visits[*spec.follow];
    result.push_back(moments(followed, [&](std::size_t s) { return arm.relapse(s) > time ? 1.0 : 0.0; }).mean);
  }
  std::vector<double> times;
  for (const std::size_t s : followed) times.push_back(arm.relapse(s));
  std::sort(times.begin(), times.end());
  // The first time at which half have relapsed.
  result.push_back(times.empty() ? nan : times[(times.size() - 1) / 2]);
  return result;
}

/// The numbers of the whole cohort with the intervals of its resamples.
std::vector<Index> with_intervals(std::size_t n, std::uint64_t resamples, std::uint64_t seed,
                                  const std::function<std::vector<double>(const Subjects&)>& estimate) {
  Subjects all(n);
  for (std::size_t s = 0; s < n; ++s) all[s] = s;
  const std::vector<double> values = estimate(all);
  std::vector<std::vector<double>> samples(values.size());
  const std::uint64_t key = random_key(seed, "cohort bootstrap");
  Subjects drawn(n);
  for (std::uint64_t r = 0; r < resamples; ++r) {
    RandomStream stream(key, r);
    for (std::size_t& s : drawn) s = stream.below(n);
    const std::vector<double> sample = estimate(drawn);
    for (std::size_t i = 0; i < sample.size(); ++i)
      if (!std::isnan(sample[i])) samples[i].push_back(sample[i]);
  }
  std::vector<Index> result;
  for (std::size_t i = 0; i < values.size(); ++i)
    result.push_back({values[i], percentile(samples[i], 0.025), percentile(samples[i], 0.975)});
  return result;
}

ArmResult assess_arm(const CohortSpec& spec, const Arm& arm, const Arm* control, std::uint64_t resamples) {
  ArmResult result{.name = arm.name()};
  const std::size_t n = arm.population();
  const auto all = with_intervals(n, resamples, spec.seed,
                                  [&](const Subjects& drawn) { return numbers(spec, arm, control, drawn); });
  Subjects everybody(n);
  for (std::size_t s = 0; s < n; ++s) everybody[s] = s;
  const Subjects enrolled = arm.enrolled_of(everybody);
  result.enrolled = enrolled.size();
  result.baseline_sd = std::sqrt(moments(enrolled, [&](std::size_t s) { return arm.rating(s, 0); }).variance);
  for (std::size_t v = 0; v < arm.visits(); ++v) {
    const Index* at = all.data() + v * per_visit;
    std::vector<double> ratings;
    for (const std::size_t s : enrolled) ratings.push_back(arm.rating(s, v));
    result.visits.push_back({.score = at[0],
                             .low10 = percentile(ratings, 0.1),
                             .high90 = percentile(ratings, 0.9),
                             .change = at[1],
                             .response = at[2],
                             .remission = at[3],
                             .difference = at[4],
                             .effect_size = at[5]});
  }
  if (!spec.follow) return result;
  result.relapse.followed = arm.followed_of(enrolled).size();
  std::size_t place = arm.visits() * per_visit;
  for (std::size_t v = *spec.follow + 1; v < spec.visits.size(); ++v) {
    result.relapse.time.push_back(spec.visits[v] - spec.visits[*spec.follow]);
    result.relapse.free.push_back(all[place++]);
  }
  result.relapse.median = all[place];
  return result;
}

}  // namespace

std::vector<ArmRatings> rate(const SweepPlan& plan, const SweepTable& table) {
  expect(plan.spec.cohort && !plan.spec.axes.back().arms.empty(), "a sweep with a cohort");
  const CohortSpec& spec = *plan.spec.cohort;
  const Axis& arm = plan.spec.axes.back();
  const std::size_t visits = spec.visits.size() + 1, arms = arm.arms.size();
  std::vector<std::size_t> columns;
  for (std::size_t v = 0; v < visits; ++v)
    for (std::size_t k = 0; k < table.outputs.size(); ++k)
      if (table.outputs[k].name == visit_output(v)) columns.push_back(k);
  expect(columns.size() == visits, "one output per visit");

  std::vector<ArmRatings> result;
  for (std::size_t a = 0; a < arms; ++a) {
    ArmRatings ratings{arm.text(static_cast<double>(a)), visits, {}};
    const std::uint64_t key = random_key(spec.seed, "cohort rating " + ratings.name);
    for (std::size_t subject = 0; subject * arms < plan.runs(); ++subject)
      for (std::size_t v = 0; v < visits; ++v) {
        const double score = table.values[(subject * arms + a) * table.outputs.size() + columns[v]];
        // By the time, not the number, of a visit: more visits leave the others as they were.
        const double time = v == 0 ? 0.0 : spec.visits[v - 1];
        const double noise = spec.rating_sd * RandomStream(key, subject, static_cast<std::int64_t>(time)).normal();
        ratings.rating.push_back(std::isnan(score) ? nan : std::clamp(score + noise, lowest, highest));
      }
    result.push_back(std::move(ratings));
  }
  return result;
}

std::vector<ArmResult> assess(const CohortSpec& spec, const std::vector<ArmRatings>& arms, std::uint64_t resamples) {
  std::vector<Arm> all;
  all.reserve(arms.size());
  for (const ArmRatings& ratings : arms) all.emplace_back(spec, ratings);
  const Arm* control = nullptr;
  for (const Arm& arm : all)
    if (arm.name() == spec.control) control = &arm;
  std::vector<ArmResult> results;
  for (const Arm& arm : all) results.push_back(assess_arm(spec, arm, &arm == control ? nullptr : control, resamples));
  return results;
}

}  // namespace burgeon
