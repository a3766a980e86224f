#pragma once
// What all bursts together say of one measured signal: its mean as a smooth function of what acts on the network.
//
//   y_i = f(u_i, t_i) + noise_i,   f a Gaussian process: a constant, straight and quadratic in u, and a rough rest that forgets
//
// where u is what acts on the network (coupled signals, synapses, blocked fractions), t the time. Method: regression by the
// posterior mean (Rasmussen & Williams 2006, ISBN 026218253X, chapter 2). Its errors are carried by shadows: each draws a function
// from the prior and an error for every burst, once and for all, and makes the same estimate of them (Matheron's rule; Wilson et al.
// 2020, arXiv:2002.09309). So what estimates share because they rest on the same bursts is shared by the errors of a shadow too.

#include <Eigen/Dense>
#include <cstdint>
#include <optional>
#include <vector>

#include "multiscale/averages.h"
#include "multiscale/numbers.h"

namespace burgeon {

class ResponseSurface {
 public:
  /// `key` of its random numbers; `signal` tells measured signals apart.
  ResponseSurface(std::uint64_t key, std::uint64_t signal, std::size_t shadows)
      : key_(key), signal_(signal), shadows_(shadows) {}

  struct Estimate {
    double mean = 0.0;
    double error = 0.0;          ///< standard error
    double known = 0.0;          ///< standard error from the bursts before this one
    std::vector<double> slope;   ///< [driver]: change of the mean per unit
    std::vector<double> shadow;  ///< [shadow]: error of the estimate
  };

  /// A new burst: drivers, biological time [ms], mean and its standard error. Where it differs from what was expected by more than
  /// five standard errors, what was known counts for nothing.
  void add(const std::vector<double>& drivers, double time, double mean, double error);
  /// The newest burst went on.
  void replace(double mean, double error);
  /// Of the newest burst's moment.
  [[nodiscard]] Estimate estimate() const;
  /// The mean elsewhere: under other drivers, at another time [ms]. There must have been a burst.
  [[nodiscard]] double mean_at(const std::vector<double>& drivers, double time) const;
  /// The same, when there was a burst of an active network.
  [[nodiscard]] std::optional<double> forecast(const std::vector<double>& drivers, double time) const;
  /// `mean_at` with its errors; `known` is left at 0.
  [[nodiscard]] Estimate estimate_at(const std::vector<double>& drivers, double time) const;
  /// Standard error of a burst that averages `replicas` networks for `counted` ms near `mean`, as recent bursts tell it; `own` by
  /// default.
  [[nodiscard]] double burst_error(double mean, double counted, double own, double replicas = 1.0) const;
  /// What a burst tells of the noise: its own standard error, and variances of batches of one network, of samples of `sample` ms.
  void learn(double mean, double counted, double own, const std::vector<BatchVariance>& batches, double sample,
             double replicas = 1.0);
  /// Forgets what was measured.
  void clear();

  void walk(Numbers& numbers);

 private:
  struct Burst {
    std::vector<double> drivers;
    double time = 0.0, mean = 0.0, error = 0.0, number = 0.0;
  };
  [[nodiscard]] double covariance(const Burst& a, const Burst& b) const;
  [[nodiscard]] Eigen::VectorXd against(const Burst& burst) const;
  void append_row();
  void halve();
  [[nodiscard]] Eigen::VectorXd solve(Eigen::VectorXd x) const;
  [[nodiscard]] double mean_from(const Eigen::VectorXd& k) const;
  [[nodiscard]] std::vector<double> slope_at(const std::vector<double>& drivers) const;
  [[nodiscard]] double normal(const Burst& burst, std::size_t shadow, std::int64_t what) const;

  std::uint64_t key_, signal_;
  std::size_t shadows_;
  std::vector<Burst> bursts_;
  double count_ = 0.0;  ///< of bursts ever
  // Cholesky factors, grown by a row per burst: of the prior and of the prior with noise.
  Eigen::MatrixXd prior_, noisy_;
  Eigen::VectorXd alpha_;  ///< the second one's solution for the data
  // [burst][shadow]: what drew the functions of shadows, their values, and the errors of bursts.
  Eigen::MatrixXd normals_, drawn_, errors_;
  AverageNoise noise_;  ///< of one network, per unit of the mean
};

}  // namespace burgeon
