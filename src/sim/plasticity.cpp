#include "sim/plasticity.h"

#include <algorithm>
#include <bit>

#include "base/errors.h"

namespace burgeon {
namespace {

// Most traces of one kind that a rule can have.
constexpr std::size_t max_traces = 4;
// Synapses handed to a rule at a time: their weights and traces fit the first-level cache.
constexpr std::size_t chunk = 256;
// Spikes of one target that may wait for its synapses: what a byte counts. A note beyond settles all.
constexpr std::size_t most_notes = 255;

std::vector<double> time_constants(const ProjectionSpec& spec, std::span<const TraceRow> traces) {
  const auto rows = spec.plasticity->parameters;
  std::vector<double> result;
  for (const TraceRow& trace : traces) {
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const ParameterRow& p) { return p.name == trace.tau; });
    ensure(row != rows.end(), "a trace names the parameter of its time constant");
    result.push_back(spec.plasticity_parameters[static_cast<std::size_t>(row - rows.begin())]);
  }
  return result;
}

bool is_negative(const Draw& weight) {
  if (weight.kind == Draw::Kind::constant) return weight.a < 0.0;
  return std::min(weight.high, weight.kind == Draw::Kind::uniform ? weight.b : weight.high) <= 0.0;
}

}  // namespace

// Columns handed to a rule.
struct PlasticSlice::Buffers {
  alignas(64) float weight[chunk];
  alignas(64) float trace[max_traces][chunk];
  alignas(64) float own[max_traces][chunk];
  std::uint16_t waiting[chunk];
  const float* trace_pointer[max_traces];
  const float* own_pointer[max_traces];

  Buffers() {
    for (std::size_t k = 0; k < max_traces; ++k) {
      trace_pointer[k] = trace[k];
      own_pointer[k] = own[k];
    }
  }
};

PlasticSlice::PlasticSlice(Network& network, std::uint32_t projection, unsigned slice, double dt)
    : projection_(&network.projections[projection]),
      rows_(&projection_->slice.edit(slice)),
      index_(projection),
      owned_(network.owned(projection_->target_population, slice)) {
  const ProjectionSpec& spec = *projection_->spec;
  model_ = spec.plasticity;
  ensure(projection_->shared_delay && !projection_->dense, "plastic synapses have rows and one delay");
  ensure(model_->pre.size() <= max_traces && model_->post.size() <= max_traces, "a rule has few traces");
  negative_ = is_negative(spec.weight);
  coefficient_.resize(model_->coefficients.size());
  model_->prepare(spec.plasticity_parameters.data(), coefficient_.data());
  pre_ = Traces(model_->pre, time_constants(spec, model_->pre), model_->nearest, projection_->source.size(), dt);
  post_ = Traces(model_->post, time_constants(spec, model_->post), model_->nearest, owned_.size(), dt);
  // Arrivals of the steps now ... now + delay wait at the same time.
  arrivals_.resize(std::bit_ceil(static_cast<std::size_t>(projection_->delay) + 1));
  fired_.assign(owned_.size(), 0);
  seen_.assign(rows_->size(), 0);
  scale_.resize(pre_.size());
  own_.resize(model_->reads_own ? post_.size() : 0);
}

std::uint64_t PlasticSlice::queue(std::uint32_t row, Step emitted) {
  const auto arrival = static_cast<std::size_t>(emitted + projection_->delay);
  arrivals_[arrival & (arrivals_.size() - 1)].push_back(row);
  return rows_->row_begin(row + 1) - rows_->row_begin(row);
}

void PlasticSlice::arrive(Step step, float* slot) {
  // Notes refer to stored traces as they are now.
  if (pre_.renews(step)) settle();
  pre_.open(step);
  post_.open(step);
  std::vector<std::uint32_t>& arrivals = arrivals_[static_cast<std::size_t>(step) & (arrivals_.size() - 1)];
  for (std::size_t i = 0; i < arrivals.size(); ++i) {
    if (i + 1 < arrivals.size()) prefetch(arrivals[i + 1]);
    visit(arrivals[i], step, slot);
    pre_.count(arrivals[i], step);
  }
  arrivals.clear();
}

void PlasticSlice::fire(std::size_t target, Step t) {
  if (fired_[target] == most_notes) settle();
  const std::size_t note = fired_[target]++ * owned_.size() + target;
  // Neurons that fire alike share a level, so what is in use stays dense.
  if (fired_[target] > levels_) {
    ++levels_;
    for (auto& scale : scale_) scale.resize(levels_ * owned_.size());
    for (auto& own : own_) own.resize(levels_ * owned_.size());
  }
  for (std::size_t k = 0; k < scale_.size(); ++k) scale_[k][note] = pre_.scale(k, t);
  for (std::size_t k = 0; k < own_.size(); ++k)
    own_[k][note] = static_cast<float>(post_.stored(k)[target] * post_.scale(k, t));
  post_.count(target, t);
}

void PlasticSlice::settle() {
  for (std::uint32_t row = 0; row < projection_->source.size(); ++row) visit(row, 0, nullptr);
  std::fill(fired_.begin(), fired_.end(), std::uint8_t{0});
  std::fill(seen_.begin(), seen_.end(), std::uint8_t{0});
}

// A row catches up; without a slot that is all, else a spike of its source arrives.
void PlasticSlice::visit(std::uint32_t row, Step step, float* slot) {
  if (!rows_->target16.empty())
    use_row(row, rows_->target16.data(), step, slot);
  else
    use_row(row, rows_->target32.data(), step, slot);
}

template <class Target>
void PlasticSlice::use_row(std::uint32_t row, const Target* target, Step step, float* slot) {
  Buffers buffer;
  const std::uint64_t end = rows_->row_begin(row + 1);
  for (std::uint64_t at = rows_->row_begin(row); at < end; at += chunk) {
    const std::size_t n = std::min<std::uint64_t>(chunk, end - at);
    catch_up(row, at, n, target + at, buffer);
    if (slot == nullptr) continue;
    on_arrival(row, at, n, target + at, step, buffer);
    const float* weight = rows_->weight.data() + at;
    for (std::size_t i = 0; i < n; ++i) slot[target[at + i]] += gain_ * weight[i];
  }
}

// Rounds: in each, every synapse that has notes left reads one, so that a synapse reads them in order.
template <class Target>
void PlasticSlice::catch_up(std::uint32_t row, std::uint64_t at, std::size_t n, const Target* target, Buffers& buffer) {
  float* weight = rows_->weight.data() + at;
  std::uint8_t* seen = seen_.data() + at;
  const std::uint8_t* fired = fired_.data();
  const std::size_t targets = owned_.size();
  std::size_t waiting = 0;
  for (std::size_t i = 0; i < n; ++i) {
    buffer.waiting[waiting] = static_cast<std::uint16_t>(i);
    waiting += seen[i] != fired[target[i]] ? 1U : 0U;
  }

  const float sign = negative_ ? -1.0F : 1.0F;
  while (waiting > 0) {
    std::size_t left = 0;
    std::uint32_t note[chunk];
    for (std::size_t e = 0; e < waiting; ++e) {
      const std::uint16_t i = buffer.waiting[e];
      note[e] = static_cast<std::uint32_t>(seen[i] * targets + target[i]);
      buffer.weight[e] = sign * weight[i];
    }
    for (std::size_t k = 0; k < scale_.size(); ++k) {
      const double stored = pre_.stored(k)[row];
      const double* scale = scale_[k].data();
      for (std::size_t e = 0; e < waiting; ++e) buffer.trace[k][e] = static_cast<float>(stored * scale[note[e]]);
    }
    for (std::size_t k = 0; k < own_.size(); ++k)
      for (std::size_t e = 0; e < waiting; ++e) buffer.own[k][e] = own_[k][note[e]];
    SynapseBlock block{waiting, buffer.weight, buffer.trace_pointer, buffer.own_pointer, coefficient_.data()};
    model_->on_post(block);
    for (std::size_t e = 0; e < waiting; ++e) {
      const std::uint16_t i = buffer.waiting[e];
      weight[i] = sign * buffer.weight[e];
      buffer.waiting[left] = i;
      left += ++seen[i] != fired[target[i]] ? 1U : 0U;
    }
    waiting = left;
  }
}

template <class Target>
void PlasticSlice::on_arrival(std::uint32_t row, std::uint64_t at, std::size_t n, const Target* target, Step step,
                              Buffers& buffer) {
  for (std::size_t k = 0; k < post_.size(); ++k) {
    const double* stored = post_.stored(k);
    const double scale = post_.scale(k, step);
    for (std::size_t i = 0; i < n; ++i) buffer.trace[k][i] = static_cast<float>(stored[target[i]] * scale);
  }
  if (model_->reads_own)
    for (std::size_t k = 0; k < pre_.size(); ++k)
      std::fill_n(buffer.own[k], n, static_cast<float>(pre_.stored(k)[row] * pre_.scale(k, step)));

  // In place; the rule sees magnitudes.
  float* weight = rows_->weight.data() + at;
  const auto flip = [&] {
    for (std::size_t i = 0; i < n; ++i) weight[i] = -weight[i];
  };
  if (negative_) flip();
  SynapseBlock block{n, weight, buffer.trace_pointer, buffer.own_pointer, coefficient_.data()};
  model_->on_pre(block);
  if (negative_) flip();
}

void PlasticSlice::prefetch(std::uint32_t row) const {
  // The first lines of the row to come; the hardware follows on its own from there.
  const std::uint64_t at = rows_->row_begin(row);
  if (!rows_->target16.empty()) __builtin_prefetch(rows_->target16.data() + at);
  if (!rows_->target32.empty()) __builtin_prefetch(rows_->target32.data() + at);
  __builtin_prefetch(rows_->weight.data() + at, 1);
  __builtin_prefetch(seen_.data() + at, 1);
}

std::vector<std::uint32_t> PlasticSlice::under_way(Step now) const {
  std::vector<std::uint32_t> result;
  for (std::size_t d = 0; d < arrivals_.size(); ++d)
    for (const std::uint32_t row : arrivals_[(static_cast<std::size_t>(now) + d) & (arrivals_.size() - 1)]) {
      result.push_back(static_cast<std::uint32_t>(d));
      result.push_back(row);
    }
  return result;
}

void PlasticSlice::set_under_way(Step now, const std::vector<std::uint32_t>& spikes) {
  for (auto& arrivals : arrivals_) arrivals.clear();
  for (std::size_t i = 0; i + 1 < spikes.size(); i += 2)
    arrivals_[(static_cast<std::size_t>(now) + spikes[i]) & (arrivals_.size() - 1)].push_back(spikes[i + 1]);
}

}  // namespace burgeon
