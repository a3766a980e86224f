#pragma once
// Bursts and leaps: weeks and months out of seconds of spiking, with an error estimate (docs/multiscale.md).
//
// One macro step of length H, from t to t + H:
//   burst    the network spikes on from its stored state with the slow side held; after the burn-in, what slow processes read
//            (rates, conductances, block) is averaged: F. Replicas of it do the same with noise of their own (replicas.h).
//   estimate F from this burst and all before it, as a function of what acts on the network (response_surface.h).
//   correct  the step before is repeated with F as it is now known to follow what acted on the network on the way; what changes
//            is the error e_H of the step. Shadows of the slow side go the same way with F as wrong as it may be (shadows.h).
//   choose   H from e_H, events ahead, and the noise of F, which lengthens the burst but never shortens H.
//   leap     slow processes go on over H, and F with what will act on the network on the way; channel block follows its
//            averaged equation; the clock jumps.
// Events (doses, points of courses, interventions) are never leapt over: the last burst before one ends at it, and the first
// step after it is short again. Now and then a probe looks for a second stable activity. Every decision is a row of the table
// `multiscale` of the result.

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "multiscale/bursts.h"
#include "multiscale/estimates.h"
#include "multiscale/shadows.h"
#include "multiscale/two_starts.h"
#include "record/sink.h"
#include "sim/simulation.h"

namespace burgeon {

/// One macro step as it is logged.
struct MacroStep {
  double time = 0.0;   ///< ms, of its beginning
  double span = 0.0;   ///< ms: H
  double burst = 0.0;  ///< ms of spiking, of each replica
  double e_H = 0.0;    ///< error of the step before it, as this burst shows it; largest part of a range
  double e_S = 0.0;    ///< sampling error, the same way
  double e_R = 0.0;    ///< difference between the halves of the burst, in standard errors
  std::uint32_t doubts = 0;
};

/// What the whole run amounts to.
struct MultiscaleReport {
  double simulated_ms = 0.0;  ///< spiking, of all replicas together
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
  unsigned at_once = 1;                     ///< replicas that may spike at the same time, with the run's threads each
  bool same_noise = false;                  ///< of all replicas (tests: the planted mistake)
};

/// Threads of a run by bursts and leaps: what its simulation gets, and how many replicas may spike at once.
struct ReplicaThreads {
  unsigned each = 1, at_once = 1;
};
[[nodiscard]] ReplicaThreads share_threads(const ModelSpec& spec, unsigned threads);

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
  [[nodiscard]] const Shadows& errors() const { return shadows_; }
  /// What `Shadows::worst` is of.
  [[nodiscard]] std::vector<std::string> error_names() const;
  /// Wall time that is left when `wall_s` were needed so far: as many bursts as the rest of the run is expected to take [s].
  [[nodiscard]] double remaining_s(double wall_s) const;

  /// State between two macro steps, on top of the simulation's own.
  void save(Checkpoint& checkpoint);
  void load(const Checkpoint& checkpoint);

 private:
  /// A step, as long as it has not been repeated with what the burst at its end measured.
  struct Leap {
    Stretch stretch;
    std::vector<std::vector<double>> blocked, drivers;  ///< what acts on the network on the way, by node; part of it
    std::vector<double> predicted;                      ///< tracked entries at its end
  };
  struct Correction {
    SlowState state;
    Leap step;                 ///< as it is now known
    std::vector<double> bias;  ///< of averages that go straight between nodes, with its sign, parts of ranges
    double e_H = 0.0;
    double span = 0.0;  ///< what the next step may be
    bool stiff = false;
  };

  struct Noise {
    double e_S = 0.0, excess = 0.0;  ///< largest part of a range; largest over what is allowed
  };

  void macro_step(double limit);
  void run_direct(double until);
  void settle(const Leap& step);
  [[nodiscard]] Correction correct(const Average& at, double start);
  [[nodiscard]] std::vector<double> change_by_noise(const Stretch& stretch, const Average& at);
  [[nodiscard]] std::vector<double> sampling_error(const Stretch& stretch, const Average& average, bool grows);
  [[nodiscard]] std::vector<double> end_of(const Stretch& stretch, double local_error);
  [[nodiscard]] Leap leap(const SlowState& state, const Average& average, double start, double span);
  void follow(Leap& leap, const std::vector<TurnoverPools>* end);
  [[nodiscard]] double choose_span(double span, double room) const;
  [[nodiscard]] bool probe_due() const;
  /// `last`: this leap or the next one ends at an event.
  [[nodiscard]] Noise noise_of(const Correction& correction, const Average& average, const Leap& next, bool last);
  [[nodiscard]] double beyond_allowed(const std::vector<double>& noise, double span) const;
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
  std::size_t table_ = 0, errors_ = 0;
  double tick_;  ///< ms
  double span_;  ///< ms: the next macro step, before limits
  Bursts bursts_;
  Estimates estimates_;
  Shadows shadows_;
  std::optional<Leap> pending_;
  std::vector<MacroStep> log_;
  double simulated_ms_ = 0.0;  ///< spiking of the run, not of replicas beside it
  double beside_ms_ = 0.0;     ///< spiking of these
  double recent_burst_ = 0.0;  ///< ms, mean of the last few
  MultiscaleReport totals_;
};

}  // namespace burgeon
