#include "statistics/cma_es.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/errors.h"
#include "base/random.h"

namespace burgeon {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

CmaEs::CmaEs(const std::vector<double>& mean, double step, std::size_t population, std::uint64_t seed)
    : n_(mean.size()), key_(random_key(seed, "cma-es")), step_(step) {
  expect(n_ > 0 && step > 0.0, "a start with at least one coordinate, and a step");
  const auto n = static_cast<double>(n_);
  const auto usual = static_cast<std::size_t>(4.0 + std::floor(3.0 * std::log(n)));
  population_ = std::max<std::size_t>(4, population > 0 ? population : usual);

  // Weights of the better half, eq. 49 and 53.
  const std::size_t parents = population_ / 2;
  weights_.resize(static_cast<Index>(parents));
  for (std::size_t i = 0; i < parents; ++i)
    weights_[static_cast<Index>(i)] =
        std::log((static_cast<double>(population_) + 1.0) / 2.0) - std::log(static_cast<double>(i + 1));
  weights_ /= weights_.sum();
  mu_eff_ = 1.0 / weights_.squaredNorm();

  // Step control (eq. 55) and rates of the covariance (eq. 56 to 58, alpha_cov = 2).
  c_sigma_ = (mu_eff_ + 2.0) / (n + mu_eff_ + 5.0);
  d_sigma_ = 1.0 + 2.0 * std::max(0.0, std::sqrt((mu_eff_ - 1.0) / (n + 1.0)) - 1.0) + c_sigma_;
  c_c_ = (4.0 + mu_eff_ / n) / (n + 4.0 + 2.0 * mu_eff_ / n);
  c_1_ = 2.0 / ((n + 1.3) * (n + 1.3) + mu_eff_);
  c_mu_ = std::min(1.0 - c_1_, 2.0 * (0.25 + mu_eff_ + 1.0 / mu_eff_ - 2.0) / ((n + 2.0) * (n + 2.0) + mu_eff_));
  // Mean length of a standard normal vector, below eq. 44.
  chi_n_ = std::sqrt(n) * (1.0 - 1.0 / (4.0 * n) + 1.0 / (21.0 * n * n));

  const auto size = static_cast<Index>(n_);
  mean_ = Eigen::Map<const VectorXd>(mean.data(), size);
  path_sigma_ = path_c_ = VectorXd::Zero(size);
  C_ = MatrixXd::Identity(size, size);
  decompose();
}

void CmaEs::decompose() {
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(C_);
  axes_ = solver.eigenvectors();
  // Rounding can push an eigenvalue below 0; 1e-20 of the largest is beyond what double precision tells apart.
  const VectorXd values = solver.eigenvalues();
  lengths_ = values.cwiseMax(1e-20 * values.maxCoeff()).cwiseSqrt();
}

// y = B D z of eq. 39. One stream per point: what is asked twice is the same.
VectorXd CmaEs::direction(std::size_t i) const {
  RandomStream stream(key_, i, static_cast<std::int64_t>(generation_));
  VectorXd z(static_cast<Index>(n_));
  for (double& value : z) value = stream.normal();
  return axes_ * lengths_.cwiseProduct(z);
}

std::vector<std::vector<double>> CmaEs::ask() const {
  std::vector<std::vector<double>> points;
  for (std::size_t i = 0; i < population_; ++i) {
    const VectorXd x = mean_ + step_ * direction(i);
    points.emplace_back(x.begin(), x.end());
  }
  return points;
}

void CmaEs::tell(std::span<const double> losses) {
  expect(losses.size() == population_, "one loss per point");
  const auto rank = [&](std::size_t i) { return std::isfinite(losses[i]) ? losses[i] : HUGE_VAL; };
  std::vector<std::size_t> order(population_);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });

  // Selection and recombination, eq. 41 and 42.
  const Index parents = weights_.size();
  MatrixXd y(static_cast<Index>(n_), parents);
  for (Index i = 0; i < parents; ++i) y.col(i) = direction(order[static_cast<std::size_t>(i)]);
  const VectorXd shift = y * weights_;
  mean_ += step_ * shift;

  // Step size, eq. 43 and 44: a path longer than that of random steps lengthens the step.
  const VectorXd whitened = axes_ * (axes_.transpose() * shift).cwiseQuotient(lengths_);
  path_sigma_ = (1.0 - c_sigma_) * path_sigma_ + std::sqrt(c_sigma_ * (2.0 - c_sigma_) * mu_eff_) * whitened;
  const double length = path_sigma_.norm();
  ++generation_;
  const double warmed_up = std::sqrt(1.0 - std::pow(1.0 - c_sigma_, 2.0 * static_cast<double>(generation_)));
  const bool steady = length / warmed_up < (1.4 + 2.0 / (static_cast<double>(n_) + 1.0)) * chi_n_;

  // Covariance, eq. 45 to 47. While the path grows fast (not steady) its share is taken from the old covariance.
  path_c_ = (1.0 - c_c_) * path_c_;
  if (steady) path_c_ += std::sqrt(c_c_ * (2.0 - c_c_) * mu_eff_) * shift;
  const double kept = 1.0 - c_1_ - c_mu_ + (steady ? 0.0 : c_1_ * c_c_ * (2.0 - c_c_));
  C_ = kept * C_ + c_1_ * path_c_ * path_c_.transpose() + c_mu_ * y * weights_.asDiagonal() * y.transpose();
  C_ = 0.5 * (C_ + C_.transpose()).eval();
  // One generation changes the step by at most a factor e, so that a single lucky path can't blow it up.
  step_ *= std::exp(std::min(1.0, c_sigma_ / d_sigma_ * (length / chi_n_ - 1.0)));
  decompose();
}

std::vector<double> CmaEs::mean() const { return {mean_.begin(), mean_.end()}; }

double CmaEs::spread(std::size_t j) const {
  const auto index = static_cast<Index>(j);
  return step_ * std::sqrt(C_(index, index));
}

double CmaEs::longest() const { return step_ * lengths_.maxCoeff(); }

}  // namespace burgeon
