#include "sweep/fit.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <limits>

#include "base/errors.h"
#include "base/random.h"
#include "statistics/cma_es.h"

namespace burgeon {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
/// SD of the first generation: the range lies within 3 SDs and the start explores most of it (Hansen 2016, appendix A).
constexpr double first_step = 0.3;
/// Candidates that are run again: the last mean, the mean of the later half, the best point met.
constexpr std::uint64_t candidates = 3;
/// Distance over which slopes are taken, either way, in the unit cube (assumed: small against the range, large against noise).
constexpr double slope_step = 0.05;
/// Variance of a uniform distribution over the unit interval.
constexpr double range_variance = 1.0 / 12.0;
constexpr double normal_95 = 1.959963984540054;

/// The line, folded at the ends of the unit interval: the search needs no borders, and the model sees none crossed.
double folded(double u) {
  const double w = std::fmod(std::abs(u), 2.0);
  // Multiples of 2^-20, so that a last bit that compilers disagree about does not name another run.
  return std::round((w <= 1.0 ? w : 2.0 - w) * 0x1p20) * 0x1p-20;
}

/// Where a value lies in its range; the inverse of Axis::at.
double unit_of(const Axis& axis, double value) {
  if (axis.kind == Axis::Kind::log)
    return (std::log(value) - std::log(axis.from)) / (std::log(axis.to) - std::log(axis.from));
  return (value - axis.from) / (axis.to - axis.from);
}

class Fit {
 public:
  Fit(const SweepSpec& spec, const RunPlan& run, const std::function<void(const FitResult&)>& told)
      : spec_(spec), run_(run), told_(told), targets_(target_outputs(spec)) {}

  FitResult run() {
    if (search() && confirm()) find_slopes();
    return std::move(result_);
  }

 private:
  [[nodiscard]] std::size_t axes() const { return spec_.axes.size(); }

  /// Runs points of the unit cube and adds the trials; false when stopped.
  bool evaluate(const SweepSpec& spec, const std::vector<std::vector<double>>& points, FitTrial::Stage stage) {
    SweepPlan plan{spec, {}, {}};
    std::vector<std::size_t> allowed;  // trials that the plan holds
    for (const auto& point : points) {
      FitTrial trial{.stage = stage, .generation = result_.generations.size()};
      for (std::size_t a = 0; a < axes(); ++a) {
        trial.unit.push_back(folded(point[a]));
        trial.values.push_back(spec_.axes[a].at(trial.unit[a]));
      }
      trial.mean.assign(targets_.size(), nan);
      trial.error = trial.mean;
      trial.distance = nan;
      const auto holds = [&](const Expression& constraint) { return constraint.holds(trial.values); };
      if (std::all_of(spec_.constraints.begin(), spec_.constraints.end(), holds)) {
        allowed.push_back(result_.trials.size());
        plan.points.insert(plan.points.end(), trial.values.begin(), trial.values.end());
      }
      result_.trials.push_back(std::move(trial));
    }
    result_.runs += plan.runs();
    if (allowed.empty()) return true;
    const auto table = run_(plan);
    result_.stopped = !table;
    if (!table) return false;
    result_.failed += table->failed;
    for (std::size_t i = 0; i < allowed.size(); ++i) take(*table, i, spec.replicates, result_.trials[allowed[i]]);
    return true;
  }

  /// Means and standard errors over the seeds of point i. A point is as good as its worst seed: one failure spoils it.
  void take(const SweepTable& table, std::size_t i, std::uint64_t replicates, FitTrial& trial) const {
    const auto n = static_cast<double>(replicates);
    for (std::size_t t = 0; t < targets_.size(); ++t) {
      double sum = 0.0, squares = 0.0;
      const auto value = [&](std::uint64_t r) {
        return table.values[(i * replicates + r) * table.outputs.size() + targets_[t]];
      };
      for (std::uint64_t r = 0; r < replicates; ++r) sum += value(r);
      trial.mean[t] = sum / n;
      for (std::uint64_t r = 0; r < replicates; ++r) squares += std::pow(value(r) - trial.mean[t], 2);
      trial.error[t] = replicates > 1 ? std::sqrt(squares / (n - 1.0) / n) : nan;
    }
    trial.distance = fit_distance(spec_, trial.mean);
  }

  bool search() {
    std::vector<double> start;
    for (const Axis& axis : spec_.axes) start.push_back(axis.baseline ? unit_of(axis, *axis.baseline) : 0.5);
    CmaEs cma(start, first_step, fit_population(spec_), spec_.fit->seed);
    const std::uint64_t room = spec_.fit->budget - runs_after_search(spec_);
    // Generations that lie outside the constraints take no runs, and must not go on for ever.
    while (!result_.converged && result_.runs + cma.population() * spec_.replicates <= room &&
           result_.generations.size() < spec_.fit->budget) {
      const std::size_t first = result_.trials.size();
      FitGeneration generation{.best = nan, .step = cma.longest(), .mean = cma.mean(), .spread = {}};
      for (std::size_t a = 0; a < axes(); ++a) generation.spread.push_back(cma.spread(a));
      if (!evaluate(spec_, cma.ask(), FitTrial::Stage::search)) return false;
      std::vector<double> losses;
      for (std::size_t i = first; i < result_.trials.size(); ++i) losses.push_back(result_.trials[i].distance);
      for (const double loss : losses) generation.best = std::fmin(generation.best, loss);
      cma.tell(losses);
      generation.runs = result_.runs;
      result_.generations.push_back(std::move(generation));
      result_.converged = cma.longest() < spec_.fit->precision;
      if (told_) told_(result_);
    }
    last_mean_ = cma.mean();
    return true;
  }

  /// Runs with other seeds than the search: the point that was lucky with those must not be taken for good.
  [[nodiscard]] SweepSpec fresh() const {
    SweepSpec spec = spec_;
    spec.reseed = true;
    spec.independent = false;
    spec.seeds.clear();
    spec.replicates = spec_.fit->confirm;
    spec.replicate_seed = random_key(spec_.fit->seed, "confirm");
    return spec;
  }

  bool confirm() {
    std::vector<std::vector<double>> points = {last_mean_};
    // Over noise the distribution wanders about the optimum; its mean over time is steadier than any one of them.
    const std::size_t n = result_.generations.size();
    std::vector<double> average(axes(), 0.0);
    for (std::size_t g = n / 2; g < n; ++g)
      for (std::size_t a = 0; a < axes(); ++a)
        average[a] += result_.generations[g].mean[a] / static_cast<double>(n - n / 2);
    points.push_back(average);
    const FitTrial* met = nullptr;
    for (const FitTrial& trial : result_.trials)
      if (std::isfinite(trial.distance) && (!met || trial.distance < met->distance)) met = &trial;
    if (met) points.push_back(met->unit);
    const std::size_t first = result_.trials.size();
    if (!evaluate(fresh(), points, FitTrial::Stage::confirm)) return false;
    for (std::size_t i = first; i < result_.trials.size(); ++i) {
      const FitTrial& trial = result_.trials[i];
      if (std::isfinite(trial.distance) && (!result_.best || trial.distance < result_.best->distance))
        result_.best = trial;
    }
    return result_.best.has_value();
  }

  void find_slopes() {
    const FitTrial best = *result_.best;
    std::vector<std::vector<double>> points;
    for (std::size_t a = 0; a < axes(); ++a)
      for (const double side : {-1.0, 1.0}) {
        points.push_back(best.unit);
        points.back()[a] = std::clamp(best.unit[a] + side * slope_step, 0.0, 1.0);
      }
    const std::size_t first = result_.trials.size();
    if (!evaluate(fresh(), points, FitTrial::Stage::slope)) {
      result_.best.reset();
      return;
    }
    Eigen::MatrixXd slopes(static_cast<Eigen::Index>(targets_.size()), static_cast<Eigen::Index>(axes()));
    for (std::size_t a = 0; a < axes(); ++a)
      for (std::size_t t = 0; t < targets_.size(); ++t)
        slopes(static_cast<Eigen::Index>(t), static_cast<Eigen::Index>(a)) =
            slope(best, result_.trials[first + 2 * a], result_.trials[first + 2 * a + 1], a, t);
    add_intervals(best, slopes);
  }

  /// Change of target t per unit of axis a; 0 (nothing known) when there is no value beside the best point.
  [[nodiscard]] double slope(const FitTrial& best, const FitTrial& below, const FitTrial& above, std::size_t a,
                             std::size_t t) const {
    // Where one side has no value the best point stands in for it.
    const FitTrial& low = std::isfinite(below.mean[t]) ? below : best;
    const FitTrial& high = std::isfinite(above.mean[t]) ? above : best;
    const double run = unit_of(spec_.axes[a], high.values[a]) - unit_of(spec_.axes[a], low.values[a]);
    return run > 0.0 ? (high.mean[t] - low.mean[t]) / run : 0.0;
  }

  void add_intervals(const FitTrial& best, const Eigen::MatrixXd& slopes) {
    const auto n = static_cast<Eigen::Index>(axes());
    Eigen::MatrixXd information = Eigen::MatrixXd::Identity(n, n) / range_variance;
    for (std::size_t t = 0; t < targets_.size(); ++t) {
      const Output::Target& target = *spec_.outputs[targets_[t]].target;
      const double error = std::isfinite(best.error[t]) ? best.error[t] : 0.0;
      const auto row = slopes.row(static_cast<Eigen::Index>(t));
      information += target.weight / (target.tolerance * target.tolerance + error * error) * row.transpose() * row;
    }
    const Eigen::MatrixXd covariance = information.llt().solve(Eigen::MatrixXd::Identity(n, n));
    for (Eigen::Index a = 0; a < n; ++a) {
      const Axis& axis = spec_.axes[static_cast<std::size_t>(a)];
      const double sd = std::sqrt(covariance(a, a));
      const double u = best.unit[static_cast<std::size_t>(a)];
      result_.sd.push_back(sd);
      result_.low.push_back(axis.at(std::clamp(u - normal_95 * sd, 0.0, 1.0)));
      result_.high.push_back(axis.at(std::clamp(u + normal_95 * sd, 0.0, 1.0)));
      for (Eigen::Index b = 0; b < n; ++b)
        result_.correlation.push_back(covariance(a, b) / std::sqrt(covariance(a, a) * covariance(b, b)));
    }
  }

  const SweepSpec& spec_;
  const RunPlan& run_;
  const std::function<void(const FitResult&)>& told_;
  std::vector<std::size_t> targets_;
  std::vector<double> last_mean_;
  FitResult result_;
};

}  // namespace

std::vector<std::size_t> target_outputs(const SweepSpec& spec) {
  std::vector<std::size_t> found;
  for (std::size_t k = 0; k < spec.outputs.size(); ++k)
    if (spec.outputs[k].target) found.push_back(k);
  return found;
}

double fit_distance(const SweepSpec& spec, const std::vector<double>& means) {
  const auto targets = target_outputs(spec);
  expect(means.size() == targets.size(), "one mean per target");
  double sum = 0.0, weights = 0.0;
  for (std::size_t t = 0; t < targets.size(); ++t) {
    const Output::Target& target = *spec.outputs[targets[t]].target;
    sum += target.weight * std::pow((means[t] - target.value) / target.tolerance, 2);
    weights += target.weight;
  }
  return std::sqrt(sum / weights);
}

std::vector<double> fit_start(const SweepSpec& spec) {
  std::vector<double> values;
  for (const Axis& axis : spec.axes) values.push_back(axis.baseline.value_or(axis.at(0.5)));
  return values;
}

std::uint64_t runs_after_search(const SweepSpec& spec) {
  return (candidates + 2 * spec.axes.size()) * spec.fit->confirm;
}

std::size_t fit_population(const SweepSpec& spec) {
  return CmaEs(std::vector<double>(spec.axes.size(), 0.5), first_step, spec.fit->population, 0).population();
}

FitResult fit_sweep(const SweepSpec& spec, const RunPlan& run, const std::function<void(const FitResult&)>& told) {
  expect(spec.fit.has_value() && !target_outputs(spec).empty() && spec.fit->budget >= runs_after_search(spec),
         "a fit with targets and a budget");
  return Fit(spec, run, told).run();
}

}  // namespace burgeon
