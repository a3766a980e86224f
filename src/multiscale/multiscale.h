#pragma once
// Bursts and leaps: weeks and months out of seconds of spiking, with an error estimate (docs/multiscale.md).
//
// One macro step of length H, from t to t + H:
//   burst    the network spikes on from its stored state with the slow side held; after the burn-in, what slow processes read
//            (rates, conductances, block) is averaged: F.
//   correct  the step before is repeated with F going in a straight line from its own beginning to now (Heun); what changes
//            is the error e_H of the step.
//   choose   H from e_H, events ahead, and the noise of F, which lengthens the burst but never shortens H.
//   leap     slow processes go on over H with F held; channel block follows its averaged equation; the clock jumps.
// Events (doses, points of courses, interventions) are never leapt over: the last burst before one ends at it, and the first
// step after it is short again. Now and then a probe looks for a second stable activity. Every decision is a row of the table
// `multiscale` of the result.

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "multiscale/error_budget.h"
#include "multiscale/two_starts.h"
#include "record/sink.h"
#include "sim/simulation.h"

namespace burgeon {

/// Why averages over a burst may not stand for the time that is leapt over. Bits of the column `doubt`.
enum class Doubt : std::uint32_t {
  few_spikes = 1,   ///< fewer than 30 in the burst
  short_burst = 2,  ///< shorter than 20 autocorrelation times of what is averaged
  drift = 4,        ///< first and second half of the burst differ beyond noise
  dispersed = 8,    ///< bursts differ from each other by more than their noise: slow oscillation, switching
  stiff = 16,       ///< the slow side feeds back faster than the step: |dF/dX| H > 1
  bistable = 32,    ///< started from high and from low activity, the network does not agree with itself
};
[[nodiscard]] std::string doubt_text(std::uint32_t doubts);

/// One macro step as it is logged.
struct MacroStep {
  double time = 0.0;   ///< ms, of its beginning
  double span = 0.0;   ///< ms: H
  double burst = 0.0;  ///< ms of spiking
  double e_H = 0.0;    ///< error of the step before it, as this burst shows it; largest part of a range
  double e_S = 0.0;    ///< sampling error, the same way
  double e_R = 0.0;    ///< difference between the halves of the burst, in standard errors
  std::uint32_t doubts = 0;
};

/// What the whole run amounts to.
struct MultiscaleReport {
  double simulated_ms = 0.0;  ///< spiking
  double total_ms = 0.0;      ///< biological time
  /// Largest accumulated error of a slow variable, part of its range: bias and two standard errors.
  double error = 0.0;
  std::string worst;  ///< which one
  std::uint64_t steps = 0;
  std::uint64_t doubtful = 0;  ///< macro steps with a doubt
  std::uint32_t doubts = 0;    ///< all doubts together
};

struct MultiscaleOptions {
  const std::atomic<bool>* stop = nullptr;  ///< return between two macro steps
  std::function<void()> segment;            ///< called between macro steps: a checkpoint may be taken
};

class Multiscale {
 public:
  /// Declares its table. All outlive this.
  Multiscale(const ModelSpec& spec, Simulation& simulation, Sink& sink, MultiscaleOptions options);

  /// Runs to the end of the run or until stopped; true when the end was reached.
  bool run();

  [[nodiscard]] const std::vector<MacroStep>& log() const { return log_; }
  [[nodiscard]] MultiscaleReport report() const;
  /// The report as summary measures.
  [[nodiscard]] std::vector<Measure> measures() const;
  /// Accumulated errors as they are now, per tracked entry of the slow system.
  [[nodiscard]] const ErrorBudget& errors() const { return errors_; }
  /// Wall time that is left when `wall_s` were needed so far: as many bursts as the rest of the run is expected to take [s].
  [[nodiscard]] double remaining_s(double wall_s) const;

  /// State between two macro steps, on top of the simulation's own.
  void save(Checkpoint& checkpoint);
  void load(const Checkpoint& checkpoint);

 private:
  struct Burst {
    double start = 0.0;  ///< ms
    double length = 0.0;
    Measured mean;
    std::vector<double> error;  ///< [measured]: standard error of the mean
    std::vector<double> own;    ///< [measured]: standard error before pooling, as recent bursts tell it
    std::vector<double> gain;   ///< [measured]: weight of this burst against those before it
    std::vector<double> drift;  ///< [measured]: what those before it may have drifted by
    std::uint32_t doubts = 0;
    double e_R = 0.0;
  };
  /// The step before, as long as it has not been repeated with what this burst measured.
  struct Pending {
    double start = 0.0;
    SlowState state;  ///< at start
    Measured flux;
    std::vector<double> predicted;  ///< tracked entries at the end
    std::vector<double> error;      ///< [measured]: standard error of flux
    Eigen::MatrixXd end;            ///< Response::end
  };
  struct Correction {
    SlowState state;
    std::vector<double> bias;
    double e_H = 0.0;
    double span = 0.0;  ///< what the next step may be
    bool stiff = false;
  };

  void macro_step(double limit);
  void run_direct(double until);
  [[nodiscard]] Burst burst(double span);
  void extend(Burst& burst, double more);
  void read_window(Burst& burst);
  [[nodiscard]] Burst pooled(const Burst& alone) const;
  void keep(const Burst& average, const Burst& alone);
  [[nodiscard]] Correction correct(const Burst& at);
  void finish_step(const Correction& correction);
  [[nodiscard]] double choose_span(double span, double room) const;
  [[nodiscard]] Response respond(const SlowState& start, const Burst& burst, double span, bool with_state);
  [[nodiscard]] bool dispersed(const Burst& burst);
  [[nodiscard]] bool probe_due() const;
  [[nodiscard]] std::vector<double> drivers() const;
  void start_afresh();
  void walk(Numbers& numbers);
  void log_step(const MacroStep& step);
  [[nodiscard]] double now() const;
  [[nodiscard]] Step steps_of(double ms) const;
  [[nodiscard]] double whole_ticks(double ms) const;
  [[nodiscard]] double next_tick(double ms) const;

  const ModelSpec* spec_;
  Simulation* simulation_;
  Sink* sink_;
  MultiscaleOptions options_;
  TwoStarts two_starts_;
  std::size_t table_ = 0;
  double tick_;  ///< ms
  double span_;  ///< ms: the next macro step, before limits
  std::optional<Pending> pending_;
  ErrorBudget errors_;
  // Recent bursts, for what is slower than one of them.
  struct Past {
    double time = 0.0;
    std::vector<double> mean, error;
  };
  std::vector<Past> past_;
  std::vector<double> dispersion_;       ///< recent squared deviations, in standard errors
  std::vector<double> autocorrelation_;  ///< [measured]: running mean over bursts, in ticks
  // What earlier bursts say about this one: mean per measured signal, as of what acted on the network then.
  std::vector<double> pooled_, pooled_drivers_;
  std::vector<double> spread_;  ///< [measured]: squared standard error times averaged ms, running mean over bursts
  std::vector<MacroStep> log_;
  double simulated_ms_ = 0.0;
  double last_burst_ = 0.0;  ///< ms
  MultiscaleReport totals_;
};

}  // namespace burgeon
