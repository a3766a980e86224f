#pragma once
// What is known of the errors of a run with leaps: the covariance of sampling errors of slow variables x and of the averages F
// that drive them, carried from step to step by the linearised slow equations, and a bound on the bias of the steps.
//
//   burst    F <- (1 - g) F_before + g F_burst           e_F <- (1 - g)(e_F + drift) + g e_burst
//   leap     x <- flow(x, F)                             e_x <- A e_x + B e_F
//
// Errors of F that bursts share because they are pooled stay correlated in it; averaging them away would be self-deception.
// How errors of x act back on F through the network is not known and not in it (docs/multiscale.md, limits).

#include <Eigen/Dense>
#include <vector>

#include "multiscale/numbers.h"

namespace burgeon {

/// How the end of a step answers to its beginning, everything in units of ranges: slow variables, and what was measured at its
/// beginning and at its end.
struct Response {
  Eigen::MatrixXd state;  ///< [slow][slow]
  Eigen::MatrixXd begin;  ///< [slow][measured], per unit of the measured signal
  Eigen::MatrixXd end;    ///< the same, of what is measured at the end
};

class ErrorBudget {
 public:
  ErrorBudget(std::size_t slow, std::size_t measured);

  /// A burst measured anew: `gain` on it, its standard error, and what the past may have drifted by; per measured signal.
  void measure(const std::vector<double>& gain, const std::vector<double>& error, const std::vector<double>& drift);
  /// A leap. What is measured at its end comes in by `settle`.
  void leap(const Response& response);
  void settle(const Eigen::MatrixXd& end);
  /// Error that a step made by itself, in units of ranges.
  void add_bias(const std::vector<double>& bias);
  /// Takes note of the present total.
  void note();

  [[nodiscard]] double noise(std::size_t slow) const;  ///< standard error now
  [[nodiscard]] double bias(std::size_t slow) const { return bias_[slow]; }
  /// Standard error of a measured signal now.
  [[nodiscard]] double measured(std::size_t signal) const;
  /// Largest bias + 2 standard errors so far, per slow variable.
  [[nodiscard]] const std::vector<double>& worst() const { return worst_; }
  /// Sampling error that this step alone adds: the part of F's errors in its end.
  [[nodiscard]] std::vector<double> of_step(const Response& response, const std::vector<double>& error) const;

  void walk(Numbers& numbers);

 private:
  void add_lag(const Eigen::MatrixXd& part);

  Eigen::Index slow_, measured_;
  Eigen::MatrixXd covariance_;  ///< slow variables, then measured signals
  std::vector<double> lag_;     ///< [measured]: how far averages may be behind what moves
  std::vector<double> bias_, worst_;
};

}  // namespace burgeon
