#include "multiscale/error_budget.h"

#include <algorithm>
#include <cmath>

namespace burgeon {

using Eigen::Index;
using Eigen::MatrixXd;

ErrorBudget::ErrorBudget(std::size_t slow, std::size_t measured)
    : slow_(static_cast<Index>(slow)),
      measured_(static_cast<Index>(measured)),
      covariance_(MatrixXd::Zero(slow_ + measured_, slow_ + measured_)),
      lag_(measured, 0.0),
      bias_(slow, 0.0),
      worst_(slow, 0.0) {}

void ErrorBudget::measure(const std::vector<double>& gain, const std::vector<double>& error,
                          const std::vector<double>& drift) {
  for (Index m = 0; m < measured_; ++m) {
    const auto k = static_cast<std::size_t>(m);
    const double keep = 1.0 - gain[k];
    covariance_.row(slow_ + m) *= keep;
    covariance_.col(slow_ + m) *= keep;
    lag_[k] = keep * (lag_[k] + drift[k]);
    covariance_(slow_ + m, slow_ + m) += keep * keep * drift[k] * drift[k] + gain[k] * gain[k] * error[k] * error[k];
  }
}

void ErrorBudget::leap(const Response& response) {
  MatrixXd T = MatrixXd::Identity(slow_ + measured_, slow_ + measured_);
  T.topLeftCorner(slow_, slow_) = response.state;
  T.topRightCorner(slow_, measured_) = response.begin;
  covariance_ = (T * covariance_ * T.transpose()).eval();

  // Biases may all point the same way.
  std::vector<double> carried(bias_.size(), 0.0);
  for (Index i = 0; i < slow_; ++i)
    for (Index j = 0; j < slow_; ++j)
      carried[static_cast<std::size_t>(i)] += std::abs(response.state(i, j)) * bias_[static_cast<std::size_t>(j)];
  bias_ = std::move(carried);
  add_lag(response.begin);
}

void ErrorBudget::add_lag(const MatrixXd& part) {
  for (Index k = 0; k < slow_; ++k)
    for (Index m = 0; m < measured_; ++m)
      bias_[static_cast<std::size_t>(k)] += std::abs(part(k, m)) * lag_[static_cast<std::size_t>(m)];
}

void ErrorBudget::settle(const MatrixXd& end) {
  MatrixXd T = MatrixXd::Identity(slow_ + measured_, slow_ + measured_);
  T.topRightCorner(slow_, measured_) = end;
  covariance_ = (T * covariance_ * T.transpose()).eval();
  add_lag(end);
}

void ErrorBudget::add_bias(const std::vector<double>& bias) {
  for (std::size_t k = 0; k < bias_.size(); ++k) bias_[k] += bias[k];
}

void ErrorBudget::note() {
  for (std::size_t k = 0; k < worst_.size(); ++k) worst_[k] = std::max(worst_[k], bias_[k] + 2.0 * noise(k));
}

double ErrorBudget::noise(std::size_t slow) const {
  const auto k = static_cast<Index>(slow);
  return std::sqrt(std::max(0.0, covariance_(k, k)));
}

double ErrorBudget::measured(std::size_t signal) const {
  const Index k = slow_ + static_cast<Index>(signal);
  return std::sqrt(std::max(0.0, covariance_(k, k)));
}

std::vector<double> ErrorBudget::of_step(const Response& response, const std::vector<double>& error) const {
  std::vector<double> result;
  for (Index k = 0; k < slow_; ++k) {
    double squares = 0.0;
    for (Index m = 0; m < measured_; ++m) {
      const double moved = (response.begin(k, m) + response.end(k, m)) * error[static_cast<std::size_t>(m)];
      squares += moved * moved;
    }
    result.push_back(std::sqrt(squares));
  }
  return result;
}

void ErrorBudget::walk(Numbers& numbers) {
  numbers.matrix(covariance_);
  numbers.list(lag_);
  numbers.list(bias_);
  numbers.list(worst_);
}

}  // namespace burgeon
