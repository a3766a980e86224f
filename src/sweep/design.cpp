#include "sweep/design.h"

#include <algorithm>
#include <bit>

#include "base/errors.h"
#include "base/random.h"
#include "statistics/samples.h"

namespace burgeon {

namespace {

using Design = SweepSpec::Design;

std::vector<double> unit_points(const SweepSpec& spec) {
  const std::size_t n = spec.samples;
  const std::size_t k = spec.axes.size();
  switch (spec.design) {
    case Design::random:
      return random_points(n, k, spec.seed);
    case Design::latin_hypercube:
      return latin_hypercube_points(n, k, spec.seed);
    case Design::sobol:
      return sobol_points(n, k, spec.seed);
    case Design::saltelli:
      return saltelli_points(n, k, spec.seed);
    case Design::morris:
      return morris_points(n, k, spec.levels, spec.seed);
    default:
      return {};
  }
}

/// Every combination; the last axis runs fastest.
std::vector<double> grid_points(const std::vector<Axis>& axes) {
  std::vector<double> points;
  std::vector<std::size_t> index(axes.size(), 0);
  for (bool more = true; more;) {
    for (std::size_t a = 0; a < axes.size(); ++a) points.push_back(axes[a].values[index[a]]);
    more = false;
    for (std::size_t a = axes.size(); a-- > 0 && !more;) {
      more = ++index[a] < axes[a].values.size();
      if (!more) index[a] = 0;
    }
  }
  return points;
}

/// The baseline, then every value of every axis with the others at their baselines.
std::vector<double> one_at_a_time_points(const std::vector<Axis>& axes) {
  std::vector<double> base;
  for (const Axis& axis : axes) base.push_back(*axis.baseline);
  std::vector<double> points = base;
  for (std::size_t a = 0; a < axes.size(); ++a)
    for (const double value : axes[a].values) {
      if (value == base[a]) continue;
      points.insert(points.end(), base.begin(), base.end());
      points[points.size() - axes.size() + a] = value;
    }
  return points;
}

std::vector<double> list_points(const SweepSpec& spec) {
  std::vector<double> points;
  for (const auto& row : spec.rows) points.insert(points.end(), row.begin(), row.end());
  if (!spec.rows.empty()) return points;
  for (std::size_t i = 0; i < spec.axes[0].values.size(); ++i)
    for (const Axis& axis : spec.axes) points.push_back(axis.values[i]);
  return points;
}

std::vector<double> scaled(const SweepSpec& spec, const std::vector<double>& unit) {
  std::vector<double> points(unit.size());
  for (std::size_t i = 0; i < unit.size(); ++i) points[i] = spec.axes[i % spec.axes.size()].at(unit[i]);
  return points;
}

/// Every point in every arm; the arm runs fastest. The unit cube does not know arms.
void cross_with(SweepPlan& plan, Axis arm) {
  const std::size_t k = plan.axes();
  std::vector<double> points;
  for (std::size_t i = 0; i < plan.point_count(); ++i)
    for (const double value : arm.values) {
      points.insert(points.end(), plan.points.begin() + static_cast<std::ptrdiff_t>(i * k),
                    plan.points.begin() + static_cast<std::ptrdiff_t>((i + 1) * k));
      points.push_back(value);
    }
  plan.points = std::move(points);
  plan.unit.clear();
  plan.spec.axes.push_back(std::move(arm));
}

/// Leaves out the rows of both tables where a constraint does not hold.
void apply_constraints(SweepPlan& plan) {
  if (plan.spec.constraints.empty()) return;
  const std::size_t k = plan.axes();
  std::size_t kept = 0;
  for (std::size_t i = 0; i < plan.point_count(); ++i) {
    const auto row = std::span<const double>(plan.points).subspan(i * k, k);
    const auto holds = [&](const Expression& constraint) { return constraint.holds(row); };
    if (!std::all_of(plan.spec.constraints.begin(), plan.spec.constraints.end(), holds)) continue;
    for (std::size_t a = 0; a < k; ++a) {
      plan.points[kept * k + a] = plan.points[i * k + a];
      if (!plan.unit.empty()) plan.unit[kept * k + a] = plan.unit[i * k + a];
    }
    ++kept;
  }
  plan.points.resize(kept * k);
  if (!plan.unit.empty()) plan.unit.resize(kept * k);
}

}  // namespace

std::size_t arm_count(const SweepSpec& spec) {
  return spec.axes.empty() || spec.axes.back().arms.empty() ? 1 : spec.axes.back().arms.size();
}

double count_runs(const SweepSpec& spec) {
  double points = static_cast<double>(spec.samples);
  const auto arms = static_cast<double>(arm_count(spec));
  const auto k = static_cast<double>(spec.axes.size());
  if (spec.design == Design::saltelli) points *= k + 2.0;
  if (spec.design == Design::morris) points *= k + 1.0;
  if (spec.design == Design::list) points = static_cast<double>(std::max(spec.rows.size(), spec.axes[0].values.size()));
  if (spec.design == Design::grid || spec.design == Design::one_at_a_time) {
    points = 1.0;
    for (const Axis& axis : spec.axes) {
      if (!axis.arms.empty()) continue;
      const auto n = static_cast<double>(axis.values.size());
      points = spec.design == Design::grid ? points * n : points + n;
    }
  }
  return points * arms * static_cast<double>(spec.replicates);
}

SweepPlan make_plan(SweepSpec spec) {
  expect(!spec.axes.empty() && count_runs(spec) <= static_cast<double>(most_runs), "a sweep of a size that can be run");
  SweepPlan plan{std::move(spec), {}, {}};
  // Arms share the points, so the design does not see them.
  std::optional<Axis> arm;
  if (!plan.spec.axes.back().arms.empty()) {
    arm = std::move(plan.spec.axes.back());
    plan.spec.axes.pop_back();
  }
  switch (plan.spec.design) {
    case Design::grid:
      plan.points = grid_points(plan.spec.axes);
      break;
    case Design::list:
      plan.points = list_points(plan.spec);
      break;
    case Design::one_at_a_time:
      plan.points = one_at_a_time_points(plan.spec.axes);
      break;
    default:
      plan.unit = unit_points(plan.spec);
      plan.points = scaled(plan.spec, plan.unit);
  }
  apply_constraints(plan);
  if (arm) cross_with(plan, std::move(*arm));
  return plan;
}

std::uint64_t SweepPlan::seed(std::size_t run) const {
  if (!spec.seeds.empty()) return spec.seeds[replicate_of(run)];
  // Seeds are hashes of what they belong to, so that they stay when points or replicates are added.
  std::uint64_t key = random_key(spec.replicate_seed, "replicate " + std::to_string(replicate_of(run)));
  if (spec.independent) {
    // A subject is the same one in every arm.
    std::string point;
    const auto row = values(run);
    for (const double value : row.first(row.size() - (spec.axes.back().arms.empty() ? 0 : 1)))
      point += std::to_string(std::bit_cast<std::uint64_t>(value)) + " ";
    key = random_key(key, point);
  }
  return key >> 1U;
}

std::vector<std::pair<std::string, std::string>> SweepPlan::overrides(std::size_t run) const {
  auto changes = spec.set;
  const auto row = values(run);
  for (std::size_t a = 0; a < axes(); ++a) {
    if (!spec.axes[a].arms.empty()) {
      const Overrides& arm = spec.axes[a].arms[static_cast<std::size_t>(row[a])];
      changes.insert(changes.end(), arm.begin(), arm.end());
    }
    for (const std::string& path : spec.axes[a].paths) changes.emplace_back(path, spec.axes[a].toml(row[a]));
  }
  if (spec.reseed) changes.emplace_back("simulation.seed", std::to_string(seed(run)));
  return changes;
}

}  // namespace burgeon
