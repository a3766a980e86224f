#pragma once
// CMA-ES: minimisation without derivatives by a normal distribution that learns scale and direction from ranks (Hansen 2016,
// "The CMA Evolution Strategy: A Tutorial", arXiv:1604.00772; equation numbers in the code are of its version 2, and the
// constants those of its table 1 with positive weights only). Only the order of the losses counts, so that monotone
// distortions and outliers do no harm, and a population averages over noise.

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <vector>

namespace burgeon {

class CmaEs {
 public:
  /// Starts at `mean` with the same SD `step` in every direction. population 0: 4 + floor(3 ln n), table 1; at least 4.
  CmaEs(const std::vector<double>& mean, double step, std::size_t population, std::uint64_t seed);

  [[nodiscard]] std::size_t population() const { return population_; }
  [[nodiscard]] std::size_t generation() const { return generation_; }
  /// The points of this generation [population][n], a pure function of the seed and of what was told before.
  [[nodiscard]] std::vector<std::vector<double>> ask() const;
  /// Losses of these points; the lowest is best, and what is not finite comes last. Begins the next generation.
  void tell(std::span<const double> losses);

  [[nodiscard]] std::vector<double> mean() const;
  [[nodiscard]] double step() const { return step_; }
  /// SD along coordinate j.
  [[nodiscard]] double spread(std::size_t j) const;
  /// SD along the longest axis of the distribution.
  [[nodiscard]] double longest() const;

 private:
  [[nodiscard]] Eigen::VectorXd direction(std::size_t i) const;
  void decompose();

  std::size_t n_, population_, generation_ = 0;
  std::uint64_t key_;
  Eigen::VectorXd weights_;  ///< of the better half, best first; sum 1
  double mu_eff_, c_sigma_, d_sigma_, c_c_, c_1_, c_mu_, chi_n_;
  double step_;
  Eigen::VectorXd mean_, path_sigma_, path_c_;
  Eigen::MatrixXd C_, axes_;  ///< covariance without the step; its eigenvectors
  Eigen::VectorXd lengths_;   ///< square roots of its eigenvalues
};

}  // namespace burgeon
