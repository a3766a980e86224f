#pragma once
// All structural rules of a run: what is due, in rounds that every thread takes part in, and the signals they write.

#include <cstdint>
#include <string>
#include <vector>

#include "sim/growth.h"
#include "sim/signals.h"
#include "sim/turnover.h"

namespace burgeon {

class Structure {
 public:
  /// Spec, network and ranks outlive this. Changes the network: rows get slack, synapses their stage. Collective.
  Structure(const ModelSpec& spec, Network& network, Ranks& ranks);

  [[nodiscard]] bool empty() const { return turnover_.empty() && growth_.empty(); }
  /// Is any rule due at this slow tick?
  [[nodiscard]] bool due(Step at) const;

  /// Spikes of the slice's own neurons in an interval.
  void count(unsigned slice, const Emissions& own, Step first, float dt);

  // A run over some time: the leader begins; then rounds of decide (all), agree (leader; over ranks the leaders together), apply
  // (all) while `unfinished`.
  /// Direct simulation: every rule that is due covers the time since it was last advanced, up to step `at`.
  void begin(Step at, const Signals& signals);
  /// The same for all rules up to step `to`, when the neurons stand at step `now` and leap from there.
  void begin_leap(Step now, Step to, const Signals& signals);
  [[nodiscard]] bool unfinished() const;
  void decide(unsigned slice);
  void agree(FanOut& fan_out);
  void apply(unsigned slice, SliceWork& work);

  /// Longest leap, ms, in which rates and growth may be taken as constant: at most 2 % of the synapses change. Collective.
  [[nodiscard]] double largest_span(Step now, const Signals& signals);
  /// Growth is measured from here on, for leaps.
  void mark(Step now);

  /// Drops what was noted for the log.
  void forget();
  /// Brings the signals of all rules up to date.
  void write(Signals& signals) const;

  // Turnover as its means, for what might have been: [turnover rule].
  [[nodiscard]] std::vector<TurnoverPools> pools() const;
  [[nodiscard]] std::vector<TurnoverLevels> levels_now(const Signals& signals) const;
  /// The expected course over `span` ms, with the mean of the levels at its two ends.
  void expect(std::vector<TurnoverPools>& pools, const std::vector<TurnoverLevels>& from,
              const std::vector<TurnoverLevels>& to, double span) const;
  /// Signals as if pools were these.
  void write(const std::vector<TurnoverPools>& pools, Signals& signals) const;
  /// Sets of synapses that share their pairs, in the order of rules and projections.
  [[nodiscard]] std::vector<SynapseSet*> sets();
  [[nodiscard]] std::vector<const SynapseSet*> sets() const;
  /// Chained over all births, deaths and maturations; `seed` when there was none.
  [[nodiscard]] std::uint64_t hash(std::uint64_t seed) const;

  [[nodiscard]] std::vector<Turnover>& turnover() { return turnover_; }
  [[nodiscard]] std::vector<Growth>& growth() { return growth_; }
  /// For checkpoints: up to which step every rule has been advanced, and the levels of drive, stress and protein then.
  [[nodiscard]] std::vector<Step>& done() { return done_; }
  [[nodiscard]] std::vector<double>& levels() { return levels_; }

 private:
  [[nodiscard]] const StructureSpec& rule(std::size_t k) const {
    return k < turnover_.size() ? turnover_[k].spec() : growth_[k - turnover_.size()].spec();
  }
  void start(std::size_t k, Step until, const Signals& signals);
  [[nodiscard]] TurnoverLevels levels_now(std::size_t k, const Signals& signals) const;

  const ModelSpec* spec_;
  double dt_;
  std::vector<Turnover> turnover_;
  std::vector<Growth> growth_;
  // Of every turnover rule, then of every growth rule.
  std::vector<Step> done_;
  std::vector<double> levels_;  ///< [3 * rule]: drive, stress, protein
  std::vector<double> left_;    ///< ms
  std::vector<double> span_;    ///< ms, of the round
  double end_ = 0.0;            ///< ms, of the run over time
  double now_ = 0.0;            ///< ms, clock of the neurons
};

}  // namespace burgeon
