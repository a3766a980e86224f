#include "multiscale/response_surface.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"

namespace burgeon {

using Eigen::Index;
using Eigen::VectorXd;

namespace {

// Prior, in parts of the first mean; all assumed.
constexpr double offset = 1.0;               // the mean itself
constexpr double elasticity = 3.0;           // per unit of a driver
constexpr double curvature = 10.0;           // per unit squared
constexpr double rest = 0.005;               // what is neither: wiring that has turned over, hysteresis
constexpr double rest_span = 0.1;            // of drivers, over which the rest is forgotten
constexpr double rest_time = 604'800'000.0;  // ms: a week, likewise
constexpr double jitter = 1e-10;             // keeps the prior's factor real
constexpr double surprise = 5.0;             // standard errors
constexpr std::size_t most_bursts = 512;     // a longer memory costs more than it tells

}  // namespace

double ResponseSurface::covariance(const Burst& a, const Burst& b) const {
  const Burst& first = bursts_.front();
  double dot = 0.0, apart = 0.0;
  for (std::size_t d = 0; d < a.drivers.size(); ++d) {
    dot += (a.drivers[d] - first.drivers[d]) * (b.drivers[d] - first.drivers[d]);
    apart += std::abs(a.drivers[d] - b.drivers[d]);
  }
  const double rough = std::exp(-apart / rest_span - std::abs(a.time - b.time) / rest_time);
  const double part = offset * offset + elasticity * elasticity * dot + curvature * curvature * dot * dot +
                      rest * rest * rough + (&a == &b ? jitter : 0.0);
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
  prior_.resize(0, 0);
  noisy_.resize(0, 0);
}

// One more row of both factors, for the last burst.
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

ResponseSurface::Estimate ResponseSurface::estimate() const {
  const Index n = static_cast<Index>(bursts_.size());
  const Burst &first = bursts_.front(), &here = bursts_.back();
  Estimate result;
  result.shadow.assign(shadows_, 0.0);
  result.slope.assign(here.drivers.size(), 0.0);
  result.mean = here.mean;
  if (first.mean == 0.0) return result;

  const auto solve = [&](VectorXd x) {
    noisy_.triangularView<Eigen::Lower>().solveInPlace(x);
    noisy_.triangularView<Eigen::Lower>().adjoint().solveInPlace(x);
    return x;
  };
  VectorXd data(n);
  for (Index i = 0; i < n; ++i) data[i] = bursts_[static_cast<std::size_t>(i)].mean - first.mean;
  const VectorXd k = against(here), weight = solve(k), alpha = solve(data);
  result.mean = first.mean + k.dot(alpha);
  result.error = std::sqrt(std::max(0.0, k[n - 1] - k.dot(weight)));
  const double noise = here.error * here.error;
  result.known = std::sqrt(std::max(0.0, noisy_(n - 1, n - 1) * noisy_(n - 1, n - 1) - noise));

  // Slopes of the smooth part of the covariance.
  for (std::size_t d = 0; d < result.slope.size(); ++d)
    for (Index i = 0; i < n; ++i) {
      const Burst& burst = bursts_[static_cast<std::size_t>(i)];
      double dot = 0.0;
      for (std::size_t e = 0; e < here.drivers.size(); ++e)
        dot += (here.drivers[e] - first.drivers[e]) * (burst.drivers[e] - first.drivers[e]);
      const double part = elasticity * elasticity + 2.0 * curvature * curvature * dot;
      result.slope[d] += alpha[i] * part * (burst.drivers[d] - first.drivers[d]) * first.mean * first.mean;
    }

  VectorXd z(n);
  for (std::size_t j = 0; j < shadows_; ++j) {
    for (Index i = 0; i < n; ++i) z[i] = normal(bursts_[static_cast<std::size_t>(i)], j, 0);
    const VectorXd drawn = prior_.triangularView<Eigen::Lower>() * z;
    double error = -drawn[n - 1];
    for (Index i = 0; i < n; ++i) {
      const Burst& burst = bursts_[static_cast<std::size_t>(i)];
      error += weight[i] * (drawn[i] + burst.error * normal(burst, j, 1));
    }
    result.shadow[j] = error;
  }
  return result;
}

// Noise of counts goes with the mean; a burst is too short to know its own.
double ResponseSurface::burst_error(double mean, double counted, double own) const {
  return learnt_ > 0.0 ? std::sqrt(noise_ * std::abs(mean) / counted) : own;
}

// The first burst's own error, which knows no correlation below zero, stands for a few degrees of freedom (assumed: 4).
void ResponseSurface::learn(double mean, double counted, double own, double spread, double freedom) {
  if (mean == 0.0) return;
  if (learnt_ == 0.0) {
    learnt_ = 4.0;
    noise_ = own * own * counted / std::abs(mean);
  }
  learnt_ = std::min(learnt_ + freedom, 400.0);
  noise_ += (spread / std::abs(mean) - noise_) * freedom / learnt_;
}

void ResponseSurface::walk(Numbers& numbers) {
  numbers.one(count_);
  numbers.one(noise_);
  numbers.one(learnt_);
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
