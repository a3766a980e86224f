#include "sim/plasticity.h"

#include <algorithm>
#include <bit>

#include "base/errors.h"

namespace burgeon {
namespace {

// Most traces of one kind that a rule can have.
constexpr std::size_t max_traces = 4;
// Synapses handed to a rule at a time: their weights and traces fit the first-level cache.
constexpr std::size_t chunk = 128;

struct Buffers {
  alignas(64) float weight[chunk];
  alignas(64) float trace[max_traces][chunk];
};

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

PlasticSlice::PlasticSlice(Network& network, std::uint32_t projection, unsigned slice, double dt)
    : projection_(&network.projections[projection]),
      rows_(&projection_->slice[slice]),
      index_(projection),
      owned_(slice_range(network.populations[projection_->target_population].size, slice, network.slices)) {
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
  index_targets();
}

std::uint64_t PlasticSlice::queue(std::uint32_t row, Step emitted) {
  const auto arrival = static_cast<std::size_t>(emitted + projection_->delay);
  arrivals_[arrival & (arrivals_.size() - 1)].push_back(row);
  return rows_->row_begin(row + 1) - rows_->row_begin(row);
}

void PlasticSlice::arrive(Step step, float* slot) {
  pre_.open(step);
  post_.open(step);
  std::vector<std::uint32_t>& arrivals = arrivals_[static_cast<std::size_t>(step) & (arrivals_.size() - 1)];
  for (std::size_t i = 0; i < arrivals.size(); ++i) {
    if (i + 1 < arrivals.size()) prefetch(arrivals[i + 1]);
    if (!rows_->target16.empty())
      depress(arrivals[i], step, rows_->target16.data(), slot);
    else
      depress(arrivals[i], step, rows_->target32.data(), slot);
    pre_.count(arrivals[i], step);
  }
  arrivals.clear();
}

template <class Target>
void PlasticSlice::depress(std::uint32_t row, Step step, const Target* target, float* slot) {
  Buffers buffer;
  float own[max_traces];
  double scale[max_traces];
  const float* trace[max_traces];
  for (std::size_t k = 0; k < pre_.size(); ++k) own[k] = static_cast<float>(pre_.stored(k)[row] * pre_.scale(k, step));
  for (std::size_t k = 0; k < post_.size(); ++k) {
    scale[k] = post_.scale(k, step);
    trace[k] = buffer.trace[k];
  }

  const std::uint64_t end = rows_->row_begin(row + 1);
  for (std::uint64_t at = rows_->row_begin(row); at < end; at += chunk) {
    const std::size_t n = std::min<std::uint64_t>(chunk, end - at);
    const Target* to = target + at;
    float* weight = rows_->weight.data() + at;
    for (std::size_t k = 0; k < post_.size(); ++k) {
      const double* stored = post_.stored(k);
      for (std::size_t i = 0; i < n; ++i) buffer.trace[k][i] = static_cast<float>(stored[to[i]] * scale[k]);
    }
    if (negative_)
      for (std::size_t i = 0; i < n; ++i) weight[i] = -weight[i];
    SynapseBlock block{n, weight, trace, own, coefficient_.data()};
    model_->on_pre(block);
    if (negative_)
      for (std::size_t i = 0; i < n; ++i) weight[i] = -weight[i];
    for (std::size_t i = 0; i < n; ++i) slot[to[i]] += gain_ * weight[i];
  }
}

void PlasticSlice::prefetch(std::uint32_t row) const {
  // The first lines of the row to come; the hardware follows on its own from there.
  const std::uint64_t at = rows_->row_begin(row);
  if (!rows_->target16.empty()) __builtin_prefetch(rows_->target16.data() + at);
  if (!rows_->target32.empty()) __builtin_prefetch(rows_->target32.data() + at);
  __builtin_prefetch(rows_->weight.data() + at, 1);
}

void PlasticSlice::fire(std::size_t target, Step t) {
  float own[max_traces];
  for (std::size_t k = 0; k < post_.size(); ++k) own[k] = static_cast<float>(post_.stored(k)[target] * post_.scale(k, t));

  const std::uint64_t at = target_begin_[target];
  const std::size_t n = target_begin_[target + 1] - at;
  const auto with = [&](const auto* begin) {
    if (!narrow_.empty()) return potentiate(narrow_.data() + at, n, begin, own, t);
    if (!wide_.empty()) potentiate(wide_.data() + at, n, begin, own, t);
  };
  if (rows_->begin64.empty())
    with(rows_->begin.data());
  else
    with(rows_->begin64.data());
  post_.count(target, t);
}

// The weights of one target lie in as many rows as it has sources: addresses first, one chunk ahead, so that many reads are
// under way at once.
template <class Index, class Begin>
void PlasticSlice::potentiate(const Incoming<Index>* incoming, std::size_t n, const Begin* begin, const float* own, Step t) {
  Buffers buffer;
  float* place[2][chunk];
  double scale[max_traces];
  const float* trace[max_traces];
  for (std::size_t k = 0; k < pre_.size(); ++k) {
    scale[k] = pre_.scale(k, t);
    trace[k] = buffer.trace[k];
  }

  float* const weight = rows_->weight.data();
  const auto find = [&](std::size_t from, float** found) {
    const std::size_t m = std::min(chunk, n - from);
    for (std::size_t i = 0; i < m; ++i) {
      found[i] = weight + begin[incoming[from + i].row] + incoming[from + i].place;
      __builtin_prefetch(found[i], 1);
    }
  };
  const float sign = negative_ ? -1.0F : 1.0F;
  find(0, place[0]);
  for (std::size_t at = 0, side = 0; at < n; at += chunk, side ^= 1U) {
    if (at + chunk < n) find(at + chunk, place[side ^ 1U]);
    const std::size_t m = std::min(chunk, n - at);
    float* const* const here = place[side];
    for (std::size_t k = 0; k < pre_.size(); ++k) {
      const double* stored = pre_.stored(k);
      for (std::size_t i = 0; i < m; ++i)
        buffer.trace[k][i] = static_cast<float>(stored[incoming[at + i].row] * scale[k]);
    }
    for (std::size_t i = 0; i < m; ++i) buffer.weight[i] = sign * *here[i];
    SynapseBlock block{m, buffer.weight, trace, own, coefficient_.data()};
    model_->on_post(block);
    for (std::size_t i = 0; i < m; ++i) *here[i] = sign * buffer.weight[i];
  }
}

void PlasticSlice::index_targets() {
  std::uint64_t longest = 0;
  const std::uint64_t sources = projection_->source.size();
  for (std::uint64_t row = 0; row < sources; ++row)
    longest = std::max(longest, rows_->row_begin(row + 1) - rows_->row_begin(row));
  narrow_.clear();
  wide_.clear();
  if (sources <= 65536 && longest <= 65536)
    fill_index(narrow_);
  else
    fill_index(wide_);
}

template <class Index>
void PlasticSlice::fill_index(std::vector<Incoming<Index>>& incoming) {
  const auto for_each = [&](const auto& f) {
    for (std::uint64_t row = 0; row < projection_->source.size(); ++row) {
      const std::uint64_t begin = rows_->row_begin(row), end = rows_->row_begin(row + 1);
      for (std::uint64_t j = begin; j < end; ++j)
        f(rows_->target16.empty() ? rows_->target32[j] : rows_->target16[j], row, j - begin);
    }
  };
  // Count, then fill; a target meets its sources in ascending order.
  target_begin_.assign(owned_.size() + 1, 0);
  for_each([&](std::uint32_t target, std::uint64_t, std::uint64_t) { ++target_begin_[target + 1]; });
  for (std::size_t i = 0; i < owned_.size(); ++i) target_begin_[i + 1] += target_begin_[i];
  std::vector<std::uint64_t> cursor(target_begin_.begin(), target_begin_.end() - 1);
  incoming.resize(target_begin_.back());
  for_each([&](std::uint32_t target, std::uint64_t row, std::uint64_t place) {
    incoming[cursor[target]++] = {static_cast<Index>(row), static_cast<Index>(place)};
  });
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
