#include "sim/turnover.h"

#include <cmath>

#include <algorithm>
#include <array>

#include "base/errors.h"
#include "base/math.h"
#include "network/draw.h"
#include "network/partners.h"

namespace burgeon {
namespace {

// Expected part of the synapses that may change in one span (biology is frozen in it), and the longest span.
constexpr double largest_change = 0.02;
constexpr double largest_exchange = 0.1;  // births and deaths together, in a leap
constexpr double day = 86'400'000.0;      // ms
constexpr double longest = 8.0 * day;     // of a leap

StructuralConstants constants_of(const StructureSpec& spec) {
  StructuralConstants constants;
  spec.model->prepare(spec.parameters.data(), constants);
  return constants;
}

/// Probability that something of rate `rate` happens within `span`.
double chance(double rate, double span) { return rate * span * phi1(-rate * span); }

}  // namespace

Turnover::Turnover(const StructureSpec& spec, Network& network, Ranks& ranks)
    : spec_(&spec),
      network_(&network),
      ranks_(&ranks),
      constants_(constants_of(spec)),
      synapses_(network, spec.projections, constants_.new_weight, ranks),
      key_change_(random_key(network.spec->run.seed, "structure change " + spec.name)),
      key_site_(random_key(network.spec->run.seed, "structure site " + spec.name)),
      key_start_(random_key(network.spec->run.seed, "structure start " + spec.name)),
      parts_(network.slices) {
  const std::uint64_t key = random_key(network.spec->run.seed, "structure hit " + spec.name);
  for (unsigned s = 0; s < network.slices; ++s) {
    Part& part = parts_[s];
    part.owned = synapses_.owned(s);
    for (std::uint64_t t = part.owned.begin; t < part.owned.end; ++t)
      part.hit.push_back(RandomStream(key, t).uniform() < constants_.stress_hit ? 1 : 0);
  }
  set_levels({});
  if (spec.balanced) start_balanced();
}

void Turnover::set_levels(const TurnoverLevels& levels) {
  const double* p = spec_->parameters.data();
  TurnoverLevels there = levels;
  TurnoverRates r{};
  there.stress = 0.0;
  spec_->model->rates(p, there, r);
  loss_spared_ = r.mature_loss;
  there.stress = levels.stress / constants_.stress_hit;
  spec_->model->rates(p, there, r);
  loss_hit_ = r.mature_loss;
  spec_->model->rates(p, levels, rates_);
}

double Turnover::largest_span() const {
  const auto fresh = static_cast<double>(synapses_.books().new_synapses);
  const double all = static_cast<double>(synapses_.synapses());
  const double flux = rates_.formation * static_cast<double>(lost()) + (rates_.new_loss + rates_.maturation) * fresh +
                      rates_.mature_loss * (all - fresh);
  return flux > 0.0 ? std::min(day, largest_change * std::max(all, 50.0) / flux) : day;
}

// What the network would notice is the change in number: transient synapses that come and go at the same neurons do not count.
// Yet no more than a tenth may be exchanged before the network is asked again.
double Turnover::largest_leap() const {
  const auto fresh = static_cast<double>(synapses_.books().new_synapses);
  const double all = static_cast<double>(synapses_.synapses());
  const double born = rates_.formation * static_cast<double>(lost());
  const double died = rates_.new_loss * fresh + rates_.mature_loss * (all - fresh);
  const double fastest = std::max(std::abs(born - died) / largest_change, (born + died) / largest_exchange);
  return fastest > 0.0 ? std::min(longest, std::max(all, 50.0) / fastest) : longest;
}

TurnoverPools Turnover::pools() const {
  const auto fresh = static_cast<double>(synapses_.books().new_synapses);
  return {static_cast<double>(synapses_.synapses()) - fresh, fresh, static_cast<double>(lost())};
}

// Three pools whose rates are constant over the span, by the classical method of order 4.
void Turnover::expect(TurnoverPools& pools, const TurnoverLevels& levels, double span) const {
  TurnoverRates r{};
  spec_->model->rates(spec_->parameters.data(), levels, r);
  const double fastest = r.formation + r.new_loss + r.maturation + r.mature_loss;
  const double steps = std::max(1.0, std::ceil(4.0 * fastest * span)), h = span / steps;
  const auto rate = [&](const TurnoverPools& p) {
    const double born = r.formation * p.lost, matured = r.maturation * p.fresh;
    const double gone = r.new_loss * p.fresh, died = r.mature_loss * p.mature;
    return TurnoverPools{matured - died, born - gone - matured, gone + died - born};
  };
  const auto moved = [](const TurnoverPools& p, const TurnoverPools& d, double by) {
    return TurnoverPools{p.mature + by * d.mature, p.fresh + by * d.fresh, p.lost + by * d.lost};
  };
  for (double s = 0.0; s < steps; s += 1.0) {
    const TurnoverPools a = rate(pools), b = rate(moved(pools, a, 0.5 * h)), c = rate(moved(pools, b, 0.5 * h));
    const TurnoverPools d = rate(moved(pools, c, h));
    pools = moved(moved(moved(moved(pools, a, h / 6.0), b, h / 3.0), c, h / 3.0), d, h / 6.0);
  }
}

// At rest a fixed part of the synapses is new, and there are so many lost sites per synapse (see the model's file).
void Turnover::start_balanced() {
  const double fresh = rates_.mature_loss / rates_.maturation;
  const double p_new = fresh / (1.0 + fresh);
  const double lost = (rates_.new_loss + rates_.maturation) / rates_.formation * p_new;
  std::vector<std::uint32_t> in_degree;
  for (unsigned s = 0; s < parts_.size(); ++s) {
    const Rows& rows = synapses_.rows(s);
    in_degree.assign(parts_[s].owned.size(), 0);
    for (std::uint64_t row = 0; row < synapses_.first().source.size(); ++row)
      for (std::uint64_t k = rows.row_begin(row); k < rows.row_end(row); ++k) {
        ++in_degree[rows.target(k)];
        if (RandomStream(key_start_, rows.uid[k]).uniform() < p_new) synapses_.make_new(s, k);
      }
    for (std::uint32_t i = 0; i < in_degree.size(); ++i) {
      const auto target = static_cast<std::uint32_t>(parts_[s].owned.begin + i);
      RandomStream stream(key_start_, target, 1);
      for (std::uint64_t n = stream.poisson(lost * in_degree[i]); n > 0; --n)
        if (const std::uint32_t source = partner(stream, target); source != nobody)
          parts_[s].sites.push_back({source, target, 0});
    }
  }
  synapses_.share_new();

  // Slices own ascending targets, and those of lower ranks come first: so the uids of sites are the same on any layout.
  std::uint64_t here = 0, before = 0;
  for (const Part& part : parts_) here += part.sites.size();
  const std::vector<std::uint64_t> numbers = all_lists(*ranks_, std::vector{here});
  for (std::size_t r = 0; r < numbers.size(); ++r) {
    if (r < ranks_->rank()) before += numbers[r];
    lost_ += numbers[r];
  }
  std::uint64_t uid = synapses_.take_uids(lost_) + before;
  for (Part& part : parts_)
    for (Site& site : part.sites) site.uid = uid++;
}

std::uint32_t Turnover::partner(RandomStream& stream, std::uint32_t target) const {
  const Projection& projection = synapses_.first();
  const auto& from = network_->populations[projection.source_population].position;
  const auto& to = network_->populations[projection.target_population].position;
  const bool space = constants_.sigma > 0.0;
  const bool skip_self =
      !projection.spec->wiring.autapses && projection.source_population == projection.target_population;
  const bool self = skip_self && target >= projection.source.begin && target < projection.source.end;
  return draw_partner(
      stream, projection.source.size(), self ? static_cast<std::uint32_t>(target - projection.source.begin) : nobody,
      space ? std::span(from).subspan(projection.source.begin, projection.source.size()) : std::span<const Position>{},
      space ? to[target] : Position{}, constants_.sigma);
}

void Turnover::decide(unsigned slice, double span) {
  parts_[slice].found.clear();
  fill_sites(slice, span);
  change_synapses(slice, span);
}

// New and mature synapses, 64 at a time.
void Turnover::change_synapses(unsigned slice, double span) {
  Part& part = parts_[slice];
  const Rows& rows = synapses_.rows(slice);
  const double p_hit = chance(loss_hit_, span), p_spared = chance(loss_spared_, span);
  // Two ways out of being new: whichever comes first.
  const double both = rates_.new_loss + rates_.maturation;
  const double p_leave = chance(both, span);
  const double p_gone = both > 0.0 ? p_leave * (rates_.new_loss / both) : 0.0;
  const double largest = std::max({p_hit, p_spared, p_leave});

  std::array<std::uint32_t, 64> low{}, zero{};
  PairWords words;
  for (std::uint32_t row = 0; row < synapses_.first().source.size(); ++row) {
    const std::uint64_t end = rows.row_end(row);
    for (std::uint64_t at = rows.row_begin(row); at < end; at += 64) {
      const std::size_t n = std::min<std::uint64_t>(64, end - at);
      // random_words(key, uid, epoch, 0); uids beyond 32 bits go one by one.
      std::uint64_t high = 0;
      for (std::size_t i = 0; i < n; ++i) {
        low[i] = static_cast<std::uint32_t>(rows.uid[at + i]);
        high |= rows.uid[at + i] >> 32;
      }
      pair_words(key_change_, static_cast<std::uint32_t>(epoch_), low, zero, words);
      for (std::size_t i = 0; i < n; ++i) {
        double u = uniform_from_words(words[0][i], words[1][i]);
        if (high != 0) {
          const auto own = random_words(key_change_, rows.uid[at + i], static_cast<std::int64_t>(epoch_), 0);
          u = uniform_from_words(own[0], own[1]);
        }
        if (u >= largest) continue;
        const std::uint64_t k = at + i;
        if (rows.stage[k] == 0) {
          if (u < (part.hit[rows.target(k)] != 0 ? p_hit : p_spared))
            part.found.push_back(synapses_.pruned(slice, row, k, Cause::turnover));
        } else if (u < p_leave) {
          part.found.push_back(u < p_gone ? synapses_.pruned(slice, row, k, Cause::turnover)
                                          : synapses_.matured(slice, row, k));
        }
      }
    }
  }
}

void Turnover::fill_sites(unsigned slice, double span) {
  Part& part = parts_[slice];
  const double p = chance(rates_.formation, span);
  std::erase_if(part.sites, [&](const Site& site) {
    RandomStream stream(key_site_, site.uid, static_cast<std::int64_t>(epoch_));
    if (stream.uniform() >= p) return false;
    const bool old = stream.uniform() < constants_.old_partner;
    const std::uint32_t source = old ? site.source : partner(stream, site.target);
    if (source == nobody) return false;
    Edit edit;
    edit.stage = 1;
    edit.cause = static_cast<std::uint8_t>(old ? Cause::old_partner : Cause::new_partner);
    edit.source = source;
    edit.target = site.target;
    edit.uid = site.uid;
    part.found.push_back(edit);
    return true;
  });
}

void Turnover::agree(double t, FanOut& fan_out) {
  synapses_.clear();
  for (const Part& part : parts_)
    for (const Edit& edit : part.found) synapses_.add(edit);
  synapses_.share_edits();
  synapses_.agree(t, fan_out);
  for (const Edit& e : synapses_.edits()) {
    if (e.kind == Edit::Kind::prune) ++lost_;
    if (e.kind == Edit::Kind::create) --lost_;
  }
  ++epoch_;
}

void Turnover::apply(unsigned slice, SliceWork& work) {
  synapses_.apply(slice, work);
  Part& part = parts_[slice];
  for (const Edit& e : synapses_.edits())
    if (e.kind == Edit::Kind::prune && e.target >= part.owned.begin && e.target < part.owned.end)
      part.sites.push_back({e.source, e.target, e.uid});
}

std::vector<Turnover::Site> Turnover::all_sites() const {
  std::vector<Site> all;
  for (const Part& part : parts_) all.insert(all.end(), part.sites.begin(), part.sites.end());
  all = lists_on_first(*ranks_, std::move(all));
  std::sort(all.begin(), all.end(), [](const Site& a, const Site& b) { return a.uid < b.uid; });
  return all;
}

void Turnover::set_sites(const std::vector<Site>& sites) {
  lost_ = sites.size();
  for (Part& part : parts_) {
    part.sites.clear();
    for (const Site& site : sites)
      if (site.target >= part.owned.begin && site.target < part.owned.end) part.sites.push_back(site);
  }
}

}  // namespace burgeon
