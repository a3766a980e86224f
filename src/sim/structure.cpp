#include "sim/structure.h"

#include <xxhash.h>

#include <algorithm>

namespace burgeon {

Structure::Structure(const ModelSpec& spec, Network& network, Ranks& ranks) : spec_(&spec), dt_(spec.run.dt) {
  for (const StructureSpec& s : spec.structures) {
    if (s.model->kind == StructuralKind::turnover)
      turnover_.emplace_back(s, network, ranks);
    else
      growth_.emplace_back(s, network, ranks, dt_);
  }
  left_.assign(turnover_.size() + growth_.size(), 0.0);
  span_ = left_;
  done_.assign(left_.size(), 0);
  levels_.assign(3 * left_.size(), 0.0);
}

bool Structure::due(Step at) const {
  return at > 0 && std::any_of(spec_->structures.begin(), spec_->structures.end(),
                               [&](const StructureSpec& s) { return at % s.update == 0; });
}

void Structure::count(unsigned, const Emissions& own, Step first, float dt) {
  for (Growth& rule : growth_) rule.count(own, first, dt);
}

// A run over time: rates are those of the mean of the levels at its two ends.
void Structure::start(std::size_t k, Step until, const Signals& signals) {
  left_[k] = static_cast<double>(until - done_[k]) * dt_;
  done_[k] = until;
  const TurnoverLevels now = levels_now(k, signals);
  double* before = levels_.data() + 3 * k;
  if (k < turnover_.size())
    turnover_[k].set_levels(
        {0.5 * (before[0] + now.drive), 0.5 * (before[1] + now.stress), 0.5 * (before[2] + now.protein)});
  before[0] = now.drive;
  before[1] = now.stress;
  before[2] = now.protein;
}

TurnoverLevels Structure::levels_now(std::size_t k, const Signals& signals) const {
  const auto level = [&](const std::string& name) {
    return name.empty() ? 0.0 : std::max(0.0, signals.values()[signals.index(name)].value);
  };
  return {level(rule(k).drive), level(rule(k).stress), level(rule(k).protein)};
}

void Structure::begin(Step at, const Signals& signals) {
  end_ = now_ = static_cast<double>(at) * dt_;
  for (std::size_t k = 0; k < left_.size(); ++k)
    if (at % rule(k).update == 0) start(k, at, signals);
}

void Structure::begin_leap(Step now, Step to, const Signals& signals) {
  now_ = static_cast<double>(now) * dt_;
  end_ = static_cast<double>(to) * dt_;
  for (std::size_t k = 0; k < left_.size(); ++k) start(k, to, signals);
}

bool Structure::unfinished() const {
  return std::any_of(left_.begin(), left_.end(), [](double left) { return left > 0.0; });
}

void Structure::decide(unsigned slice) {
  // Every thread comes to the same spans; they depend on whole-network counts only.
  for (std::size_t i = 0; i < turnover_.size(); ++i)
    if (left_[i] > 0.0) turnover_[i].decide(slice, std::min(left_[i], turnover_[i].largest_span()));
  for (std::size_t i = 0; i < growth_.size(); ++i)
    if (left_[turnover_.size() + i] > 0.0) growth_[i].decide(slice, now_, end_ - now_);
}

void Structure::agree(FanOut& fan_out) {
  for (std::size_t i = 0; i < turnover_.size(); ++i) {
    span_[i] = left_[i] > 0.0 ? std::min(left_[i], turnover_[i].largest_span()) : 0.0;
    if (span_[i] == 0.0) continue;
    // A rest of rounding is no span of its own.
    left_[i] = left_[i] - span_[i] < 1e-9 * span_[i] ? 0.0 : left_[i] - span_[i];
    turnover_[i].agree(end_ - left_[i], fan_out);
  }
  for (std::size_t i = 0; i < growth_.size(); ++i) {
    const std::size_t k = turnover_.size() + i;
    span_[k] = left_[k];
    if (span_[k] == 0.0) continue;
    left_[k] = 0.0;
    growth_[i].agree(end_, fan_out);
  }
}

void Structure::apply(unsigned slice, SliceWork& work) {
  for (std::size_t i = 0; i < turnover_.size(); ++i)
    if (span_[i] > 0.0) turnover_[i].apply(slice, work);
  for (std::size_t i = 0; i < growth_.size(); ++i)
    if (span_[turnover_.size() + i] > 0.0) growth_[i].apply(slice, work);
}

double Structure::largest_span(Step now, const Signals& signals) {
  double span = 8.0 * 86'400'000.0;
  for (std::size_t k = 0; k < turnover_.size(); ++k) {
    turnover_[k].set_levels(levels_now(k, signals));
    span = std::min(span, turnover_[k].largest_leap());
  }
  for (Growth& growing : growth_) span = std::min(span, growing.largest_leap(static_cast<double>(now) * dt_));
  return span;
}

void Structure::mark(Step now) {
  for (Growth& rule : growth_) rule.mark(static_cast<double>(now) * dt_);
}

void Structure::forget() {
  for (SynapseSet* set : sets()) set->forget();
}

std::vector<TurnoverPools> Structure::pools() const {
  std::vector<TurnoverPools> result;
  for (const Turnover& rule : turnover_) result.push_back(rule.pools());
  return result;
}

std::vector<TurnoverLevels> Structure::levels_now(const Signals& signals) const {
  std::vector<TurnoverLevels> result;
  for (std::size_t k = 0; k < turnover_.size(); ++k) result.push_back(levels_now(k, signals));
  return result;
}

void Structure::expect(std::vector<TurnoverPools>& pools, const std::vector<TurnoverLevels>& from,
                       const std::vector<TurnoverLevels>& to, double span) const {
  for (std::size_t k = 0; k < turnover_.size(); ++k)
    turnover_[k].expect(pools[k],
                        {0.5 * (from[k].drive + to[k].drive), 0.5 * (from[k].stress + to[k].stress),
                         0.5 * (from[k].protein + to[k].protein)},
                        span);
}

// The names are those of spec/structure_signals.cpp.
void Structure::write(const std::vector<TurnoverPools>& pools, Signals& signals) const {
  for (std::size_t k = 0; k < turnover_.size(); ++k) {
    const auto set = [&](const std::string& what, double value) {
      signals.set(signals.index(rule(k).name + "." + what), value);
    };
    const double all = pools[k].mature + pools[k].fresh;
    set("synapses", all);
    set("new", pools[k].fresh);
    set("mature", pools[k].mature);
    set("lost", pools[k].lost);
    set("density", all / std::max(1.0, static_cast<double>(turnover_[k].synapses().books().initial)));
  }
}

void Structure::write(Signals& signals) const {
  const auto set = [&](const StructureSpec& rule, const std::string& what, double value) {
    signals.set(signals.index(rule.name + "." + what), value);
  };
  write(pools(), signals);
  for (const Growth& rule : growth_) {
    double sum = 0.0;
    for (const SynapseSet& synapses : rule.synapses()) {
      const auto n = static_cast<double>(synapses.synapses());
      sum += n;
      set(rule.spec(), "synapses_" + synapses.first().spec->name, n);
    }
    set(rule.spec(), "synapses", sum);
    const auto populations = rule.populations();
    for (std::size_t p = 0; p < populations.size(); ++p)
      set(rule.spec(), "calcium_" + spec_->populations[populations[p]].name, rule.mean_calcium(p));
  }
}

std::vector<SynapseSet*> Structure::sets() {
  std::vector<SynapseSet*> result;
  for (Turnover& rule : turnover_) result.push_back(&rule.synapses());
  for (Growth& rule : growth_)
    for (SynapseSet& set : rule.synapses()) result.push_back(&set);
  return result;
}

std::vector<const SynapseSet*> Structure::sets() const {
  std::vector<const SynapseSet*> result;
  for (const Turnover& rule : turnover_) result.push_back(&rule.synapses());
  for (const Growth& rule : growth_)
    for (const SynapseSet& set : rule.synapses()) result.push_back(&set);
  return result;
}

std::uint64_t Structure::hash(std::uint64_t seed) const {
  for (const SynapseSet* set : sets())
    if (const std::uint64_t h = set->books().hash; h != 0) seed = XXH64(&h, sizeof h, seed);
  return seed;
}

}  // namespace burgeon
