#pragma once
// The slow side of a run: all slow processes as one system of ordinary differential equations in time, driven by drugs and
// courses in closed form and by what was measured of the network. Network-wide processes are integrated together by an adaptive
// Rosenbrock method, those of single neurons one by one by the midpoint rule.

#include <span>
#include <vector>

#include "sim/meter.h"
#include "sim/signals.h"

namespace burgeon {

/// All slow state of a run.
struct SlowState {
  std::vector<double> common;             ///< network-wide processes, in config order
  std::vector<std::vector<double>> each;  ///< [slow process][state row * neurons], empty where network-wide
};

class SlowSystem {
 public:
  /// Spec and signals outlive this.
  SlowSystem(const ModelSpec& spec, Signals& signals);

  [[nodiscard]] bool empty() const { return spec_->slow.empty(); }
  [[nodiscard]] SlowState initial() const;
  /// What errors are stated of: states of network-wide processes, then means over neurons of the others. Internal units.
  [[nodiscard]] std::vector<double> tracked(const SlowState& state) const;
  /// Moves one of these by `change`; all neurons alike.
  void shift(SlowState& state, std::size_t entry, double change) const;
  /// Span of values that matters, per tracked entry (internal units).
  [[nodiscard]] const std::vector<double>& ranges() const { return range_; }
  /// Time constant per tracked entry [ms].
  [[nodiscard]] const std::vector<double>& time_constants() const { return tau_; }
  /// Name per tracked entry: "bdnf.level".
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

  /// State at t1 [ms], when what is measured goes in a straight line from `from` at t0 to `to` at t1. Restarts at every
  /// breakpoint in between. `local_error`: of a step of the integration, as a part of each range; the default is far below what
  /// bursts can tell. Throws NumericalError when a state does not stay finite.
  void advance(SlowState& state, double t0, double t1, const Measured& from, const Measured& to,
               double local_error = 1e-6);
  /// Index of the first signal of structural rules.
  [[nodiscard]] std::size_t first_structure() const { return first_structure_; }
  /// Writes all signals as they are at time t.
  void publish(const SlowState& state, double t, const Measured& measured);

 private:
  struct Process {
    const SlowSpec* spec;
    std::size_t state = 0;           ///< first entry in SlowState::common
    std::size_t signal = 0;          ///< first of its signals
    std::vector<std::size_t> input;  ///< signal index, or none
    std::vector<double> constant;    ///< where there is no signal
    std::vector<double> tau;         ///< [state rows], ms
  };
  static constexpr std::size_t none = ~std::size_t{0};

  [[nodiscard]] bool reads_drugs() const;
  void gather(const Process& process, double* input) const;
  void write_common(const double* state, bool readouts);
  void write_each(const SlowState& state);
  /// Both kinds over a smooth piece.
  void advance_piece(SlowState& state, double t0, double t1, const Measured& from, const Measured& to);
  [[nodiscard]] double longest_piece() const;
  void set_measured(const Measured& measured);
  void set_measured(const Measured& from, const Measured& to, double part);
  /// All signals at t for a common state, then its derivative.
  void derivative(const double* state, double t, double* rate);
  void advance_common(SlowState& state, double t0, double t1, const Measured& from, const Measured& to);
  void advance_each(const Process& process, std::vector<double>& values, double t0, double t1, const Measured& from,
                    const Measured& to);
  void read_each(const Process& process, std::size_t neuron, double* input) const;

  const ModelSpec* spec_;
  Signals* signals_;
  std::vector<Process> processes_;
  std::size_t first_measured_ = 0, first_structure_ = 0;
  bool reads_drugs_ = true;
  double local_error_ = 0.0;  ///< of the integration under way
  struct Each {
    std::size_t process, row;
  };
  std::vector<Each> each_;  ///< tracked means over neurons, after the common states
  std::vector<double> range_, tau_;
  std::vector<std::string> names_;
};

}  // namespace burgeon
