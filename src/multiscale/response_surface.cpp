#include "multiscale/response_surface.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"

namespace burgeon {

using Eigen::Index;
using Eigen::VectorXd;

namespace {

// Prior, in parts of the first mean; all assumed.
constexpr double offset = 1.0;                 // the mean itself
constexpr double elasticity = 1.4;             // per unit of a driver
constexpr double curvature = 2.5;              // per unit squared
constexpr double rest = 0.0012;                // what is neither: a bend, hysteresis
constexpr double rest_span = 0.1;              // of drivers, over which the rest is forgotten
constexpr double wiring = 0.001;               // partners that have turned over, at the same number of synapses
constexpr double wiring_time = 604'800'000.0;  // ms: a week, over which this is forgotten
constexpr double jitter = 1e-10;               // keeps the prior's factor real
constexpr double surprise = 5.0;               // standard errors
constexpr std::size_t most_bursts = 512;       // a longer memory costs more than it tells

}  // namespace

double ResponseSurface::covariance(const Burst& a, const Burst& b) const {
  const Burst& first = bursts_.front();
  double dot = 0.0, apart = 0.0;
  for (std::size_t d = 0; d < a.drivers.size(); ++d) {
    dot += (a.drivers[d] - first.drivers[d]) * (b.drivers[d] - first.drivers[d]);
    apart += std::abs(a.drivers[d] - b.drivers[d]);
  }
  const double part = offset * offset + elasticity * elasticity * dot + curvature * curvature * dot * dot +
                      rest * rest * std::exp(-apart / rest_span) +
                      wiring * wiring * std::exp(-std::abs(a.time - b.time) / wiring_time) + (&a == &b ? jitter : 0.0);
  return part * first.mean * first.mean;
}

// Covariances of a burst with all that are kept, in their order.
VectorXd ResponseSurface::against(const Burst& burst) const {
  VectorXd k(static_cast<Index>(bursts_.size()));
  for (std::size_t i = 0; i < bursts_.size(); ++i) k[static_cast<Index>(i)] = covariance(bursts_[i], burst);
  return k;
}

void ResponseSurface::clear() {
  bursts_.clear();
  for (Eigen::MatrixXd* matrix : {&prior_, &noisy_, &normals_, &drawn_, &errors_}) matrix->resize(0, 0);
}

VectorXd ResponseSurface::solve(VectorXd x) const {
  noisy_.triangularView<Eigen::Lower>().solveInPlace(x);
  noisy_.triangularView<Eigen::Lower>().adjoint().solveInPlace(x);
  return x;
}

// One more row of both factors and of what shadows have drawn, for the last burst.
void ResponseSurface::append_row() {
  const Index n = static_cast<Index>(bursts_.size()) - 1;
  const VectorXd k = against(bursts_.back());
  const double noise = bursts_.back().error * bursts_.back().error;
  const auto grow = [&](Eigen::MatrixXd& L, double diagonal) {
    L.conservativeResize(n + 1, n + 1);
    VectorXd row = k.head(n);
    if (n > 0) L.topLeftCorner(n, n).triangularView<Eigen::Lower>().solveInPlace(row);
    L.row(n).head(n) = row.transpose();
    L.col(n).head(n).setZero();
    L(n, n) =
        std::sqrt(std::max(diagonal - row.squaredNorm(), 0.1 * jitter * bursts_.front().mean * bursts_.front().mean));
  };
  grow(prior_, k[n]);
  grow(noisy_, k[n] + noise);

  const auto shadows = static_cast<Index>(shadows_);
  for (Eigen::MatrixXd* matrix : {&normals_, &drawn_, &errors_}) matrix->conservativeResize(n + 1, shadows);
  for (Index j = 0; j < shadows; ++j) {
    normals_(n, j) = normal(bursts_.back(), static_cast<std::size_t>(j), 0);
    errors_(n, j) = bursts_.back().error * normal(bursts_.back(), static_cast<std::size_t>(j), 1);
  }
  drawn_.row(n) = prior_.row(n) * normals_;

  VectorXd data(n + 1);
  for (Index i = 0; i <= n; ++i) data[i] = bursts_[static_cast<std::size_t>(i)].mean - bursts_.front().mean;
  alpha_ = solve(std::move(data));
}

// The older half is forgotten. Shadows draw their functions anew: what the two halves shared is lost to them, once in a while.
void ResponseSurface::halve() {
  std::vector<Burst> kept(bursts_.end() - static_cast<std::ptrdiff_t>(bursts_.size() / 2), bursts_.end());
  clear();
  for (Burst& burst : kept) {
    bursts_.push_back(std::move(burst));
    append_row();
  }
}

void ResponseSurface::add(const std::vector<double>& drivers, double time, double mean, double error) {
  if (bursts_.size() >= most_bursts) halve();
  // A silent network has no scale.
  if (!bursts_.empty() && bursts_.front().mean == 0.0) clear();
  bursts_.push_back({drivers, time, mean, error, count_++});
  append_row();
  if (bursts_.size() == 1) return;
  const Index n = static_cast<Index>(bursts_.size()) - 1;
  // The last row's solution against the data before is the forecast.
  VectorXd data(n);
  for (Index i = 0; i < n; ++i) data[i] = bursts_[static_cast<std::size_t>(i)].mean - bursts_.front().mean;
  noisy_.topLeftCorner(n, n).triangularView<Eigen::Lower>().solveInPlace(data);
  const double forecast = bursts_.front().mean + noisy_.row(n).head(n).dot(data);
  if (std::abs(mean - forecast) <= surprise * noisy_(n, n)) return;
  const Burst newest = bursts_.back();
  clear();
  bursts_.push_back(newest);
  append_row();
}

void ResponseSurface::replace(double mean, double error) {
  bursts_.back().mean = mean;
  bursts_.back().error = error;
  append_row();
}

double ResponseSurface::normal(const Burst& burst, std::size_t shadow, std::int64_t what) const {
  return RandomStream(key_, (signal_ << 16) + shadow, 2 * static_cast<std::int64_t>(burst.number) + what).normal();
}

double ResponseSurface::mean_from(const VectorXd& k) const { return bursts_.front().mean + k.dot(alpha_); }

double ResponseSurface::mean_at(const std::vector<double>& drivers, double time) const {
  if (bursts_.front().mean == 0.0) return bursts_.back().mean;
  return mean_from(against({drivers, time}));
}

std::optional<double> ResponseSurface::forecast(const std::vector<double>& drivers, double time) const {
  if (bursts_.empty() || bursts_.front().mean == 0.0) return std::nullopt;
  return std::max(0.0, mean_at(drivers, time));
}

// Slopes of the smooth part of the covariance.
std::vector<double> ResponseSurface::slope_at(const std::vector<double>& drivers) const {
  const Burst& first = bursts_.front();
  std::vector<double> slope(drivers.size(), 0.0);
  for (std::size_t i = 0; i < bursts_.size(); ++i) {
    const Burst& burst = bursts_[i];
    double dot = 0.0;
    for (std::size_t d = 0; d < drivers.size(); ++d)
      dot += (drivers[d] - first.drivers[d]) * (burst.drivers[d] - first.drivers[d]);
    const double part = alpha_[static_cast<Index>(i)] * first.mean * first.mean *
                        (elasticity * elasticity + 2.0 * curvature * curvature * dot);
    for (std::size_t d = 0; d < drivers.size(); ++d) slope[d] += part * (burst.drivers[d] - first.drivers[d]);
  }
  return slope;
}

ResponseSurface::Estimate ResponseSurface::estimate() const {
  const Burst& here = bursts_.back();
  Estimate result = estimate_at(here.drivers, here.time);
  const Index n = static_cast<Index>(bursts_.size());
  result.known = std::sqrt(std::max(0.0, noisy_(n - 1, n - 1) * noisy_(n - 1, n - 1) - here.error * here.error));
  return result;
}

ResponseSurface::Estimate ResponseSurface::estimate_at(const std::vector<double>& drivers, double time) const {
  Estimate result;
  result.shadow.assign(shadows_, 0.0);
  result.slope.assign(drivers.size(), 0.0);
  result.mean = bursts_.back().mean;
  if (bursts_.front().mean == 0.0) return result;

  const Burst here{drivers, time};
  const VectorXd k = against(here), weight = solve(k);
  const double own = covariance(here, here);
  result.mean = mean_from(k);
  result.error = std::sqrt(std::max(0.0, own - k.dot(weight)));
  result.slope = slope_at(drivers);

  // The function of a shadow here, as its values at the bursts leave it open; what is open is drawn once per newest burst.
  const VectorXd row = prior_.triangularView<Eigen::Lower>().solve(k);
  const double open = std::sqrt(std::max(0.0, own - row.squaredNorm()));
  for (std::size_t j = 0; j < shadows_; ++j) {
    const auto at = static_cast<Index>(j);
    const std::uint64_t stream = (signal_ << 16) + (1U << 15) + j;
    const double fresh = RandomStream(key_, stream, static_cast<std::int64_t>(bursts_.back().number)).normal();
    result.shadow[j] = weight.dot(drawn_.col(at) + errors_.col(at)) - row.dot(normals_.col(at)) - open * fresh;
  }
  return result;
}

// Noise of counts goes with the mean; a burst is too short to know its own.
double ResponseSurface::burst_error(double mean, double counted, double own, double replicas) const {
  return noise_.known() ? std::sqrt(noise_.squared_error(counted) * std::abs(mean) / replicas) : own;
}

// The first burst's own error, which knows no correlation below zero, stands for a few degrees of freedom (assumed: 4).
void ResponseSurface::learn(double mean, double counted, double own, const std::vector<BatchVariance>& batches,
                            double sample, double replicas) {
  if (mean == 0.0) return;
  if (!noise_.known()) noise_.start(replicas * own * own / std::abs(mean), counted, 4.0);
  noise_.learn(batches, sample, std::abs(mean));
}

void ResponseSurface::walk(Numbers& numbers) {
  numbers.one(count_);
  noise_.walk(numbers);
  std::size_t n = bursts_.size();
  numbers.whole(n);
  std::vector<Burst> kept = bursts_;
  kept.resize(std::min(n, most_bursts));
  for (Burst& burst : kept) {
    numbers.list(burst.drivers);
    for (double* value : {&burst.time, &burst.mean, &burst.error, &burst.number}) numbers.one(*value);
  }
  if (!numbers.reading) return;
  clear();
  for (Burst& burst : kept) {
    bursts_.push_back(std::move(burst));
    append_row();
  }
}

}  // namespace burgeon
