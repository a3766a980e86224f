#include "sim/synapse_set.h"

#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "base/errors.h"

namespace burgeon {
namespace {

double size_of(float weight) { return std::abs(static_cast<double>(weight)); }

}  // namespace

SynapseSet::SynapseSet(Network& network, std::vector<std::uint32_t> projections, double new_weight, Ranks& ranks)
    : network_(&network), ranks_(&ranks), projections_(std::move(projections)), new_weight_(new_weight) {
  ensure(!projections_.empty() && projections_.size() <= most_receptors, "a synapse has few receptors");
  for (const std::uint32_t p : projections_) values_.emplace_back(*network.projections[p].spec, network.spec->run);
  next_uid_ = books_.initial = open_rows(network, projections_, ranks);
}

Range SynapseSet::owned(unsigned slice) const { return network_->owned(first().target_population, slice); }

void SynapseSet::make_new(unsigned slice, std::uint64_t k) {
  const std::uint64_t target = owned(slice).begin + rows(slice).target(k);
  for (const std::uint32_t p : projections_) {
    Projection& projection = network_->projections[p];
    float& weight = projection.slice.edit(slice).weight[k];
    const auto smaller = static_cast<float>(new_weight_ * static_cast<double>(weight));
    std::vector<double>& total = network_->populations[projection.target_population].total_weight[projection.receptor];
    if (!total.empty()) total[target] += size_of(smaller) - size_of(weight);
    weight = smaller;
  }
  network_->projections[projections_[0]].slice.edit(slice).stage[k] = 1;
  ++books_.new_synapses;
}

Edit SynapseSet::pruned(unsigned slice, std::uint32_t row, std::uint64_t k, Cause cause) const {
  const RowEntry e = entry(slice, k);
  Edit edit;
  edit.kind = Edit::Kind::prune;
  edit.stage = e.stage;
  edit.cause = static_cast<std::uint8_t>(cause);
  edit.delay = e.delay;
  edit.source = row;
  edit.target = static_cast<std::uint32_t>(owned(slice).begin + e.target);
  edit.uid = e.uid;
  edit.weight = e.weight;
  return edit;
}

Edit SynapseSet::matured(unsigned slice, std::uint32_t row, std::uint64_t k) const {
  Edit edit = pruned(slice, row, k, Cause::turnover);
  edit.kind = Edit::Kind::mature;
  edit.before = edit.weight;
  for (float& weight : edit.weight) weight = static_cast<float>(static_cast<double>(weight) / new_weight_);
  return edit;
}

void SynapseSet::create(std::uint32_t row, std::uint32_t target, std::uint64_t uid, std::uint8_t stage, Cause cause) {
  Edit edit;
  edit.stage = stage;
  edit.cause = static_cast<std::uint8_t>(cause);
  edit.source = row;
  edit.target = target;
  edit.uid = uid;
  edits_.push_back(edit);
}

// A new synapse: identity, delay of its pair, weights of its own.
void SynapseSet::complete(Edit& edit) {
  edit.uid = next_uid_++;
  edit.delay = first().shared_delay ? first().delay : values_[0].delay_of_pair(edit.source, edit.target);
  for (std::size_t p = 0; p < projections_.size(); ++p) {
    const Projection& projection = network_->projections[projections_[p]];
    const float weight = projection.shared_weight ? projection.weight : values_[p].weight_of(edit.uid);
    edit.weight[p] = edit.stage == 0 ? weight : static_cast<float>(new_weight_ * static_cast<double>(weight));
  }
}

void SynapseSet::share_edits() { edits_ = all_lists(*ranks_, std::move(edits_)); }

void SynapseSet::share_new() {
  std::uint64_t sum = 0;
  for (const std::uint64_t n : all_lists(*ranks_, std::vector{books_.new_synapses})) sum += n;
  books_.new_synapses = sum;
}

void SynapseSet::agree(double t, FanOut& fan_out) {
  // New synapses last, so that uids ascend with the order of creation.
  std::sort(edits_.begin(), edits_.end(), [](const Edit& a, const Edit& b) {
    const bool new_a = a.kind == Edit::Kind::create, new_b = b.kind == Edit::Kind::create;
    return std::tuple(a.source, a.target, new_a, a.uid) < std::tuple(b.source, b.target, new_b, b.uid);
  });
  for (Edit& e : edits_) {
    if (e.kind == Edit::Kind::create) complete(e);
    const int change = e.kind == Edit::Kind::create ? 1 : e.kind == Edit::Kind::prune ? -1 : 0;
    for (const std::uint32_t p : projections_) {
      fan_out[p][e.source] += static_cast<std::uint32_t>(change);
      network_->projections[p].synapses += static_cast<std::uint64_t>(change);
    }
    if (change > 0) {
      ++books_.births;
      books_.new_synapses += e.stage;
    } else if (change < 0) {
      ++books_.deaths;
      books_.new_synapses -= e.stage;
    } else {
      --books_.new_synapses;
    }
    struct Packed {
      double time;
      std::uint64_t uid;
      std::uint32_t source, target;
      std::uint32_t kind, cause;
      std::array<float, most_receptors> weight;
    };
    const Packed packed{t, e.uid, e.source, e.target, static_cast<std::uint32_t>(e.kind), e.cause, e.weight};
    books_.hash = XXH64(&packed, sizeof packed, books_.hash);
    events_.push_back({t, e});
  }
}

void SynapseSet::apply(unsigned slice, SliceWork& work) {
  if (edits_.empty()) return;
  const Range range = owned(slice);
  for (std::size_t p = 0; p < projections_.size(); ++p) {
    const Projection& projection = network_->projections[projections_[p]];
    std::vector<double>& total =
        work.populations[projection.target_population].receptors[projection.receptor].total_weight;
    if (total.empty()) continue;
    for (const Edit& e : edits_) {
      if (e.target < range.begin || e.target >= range.end) continue;
      double& sum = total[e.target - range.begin];
      if (e.kind == Edit::Kind::create) sum += size_of(e.weight[p]);
      if (e.kind == Edit::Kind::prune) sum = std::max(0.0, sum - size_of(e.weight[p]));
      if (e.kind == Edit::Kind::mature) sum += size_of(e.weight[p]) - size_of(e.before[p]);
    }
  }
  rewire(*network_, projections_, slice, edits_);
}

}  // namespace burgeon
