#include "sim/update.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstring>

namespace burgeon {
namespace {

constexpr std::size_t max_rows = 24;  // columns of one neuron or receptor model

// Accumulators of one block during one step (see NeuronBlock), and what it reports. Columns are not a multiple of 4096 bytes
// apart: a load waits for an earlier store whose address has the same lower 12 bits.
constexpr std::size_t apart = max_block + 24;
struct Scratch {
  alignas(64) double current[apart];
  alignas(64) double slope[apart];
  alignas(64) double increment[apart];
  alignas(64) double current_end[apart];
  alignas(64) double jump[apart];
  double current_before[max_block];  // sum before a receptor added its own, for the LFP proxy
  double lfp[max_block];             // sum of |current| over receptors
  std::uint32_t spike_index[max_block];
  float spike_before[max_block];
};

// Column pointers of one receptor, from the block's first neuron on.
struct ReceptorColumns {
  std::array<double*, max_rows> state{};
  std::array<double*, max_rows> coefficient{};
  std::array<double*, 2 * max_blockers> blocked{};
  std::array<double*, 1 + 2 * max_blockers> exposure{};
};

// Runs f; where `share` is there, adds the time it took.
template <class F>
void timed(double* share, const F& f) {
  if (share == nullptr) return f();
  const auto begin = std::chrono::steady_clock::now();
  f();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  *share += took.count();
}

class BlockUpdate {
 public:
  /// `noise`: where to add the time that inputs take, or null.
  BlockUpdate(SliceWork& work, PopulationSlice& population, std::size_t begin, std::size_t n, Step first, double dt,
              unsigned parity, Scratch& scratch, double* noise)
      : noise_(noise),
        population_(population),
        inputs_(work.inputs[population.index]),
        probes_(work.probes[population.index]),
        begin_(begin),
        n_(n),
        first_(first),
        dt_(dt),
        parity_(parity),
        linear_(population.spec().model->kind == NeuronKind::linear),
        sum_(scratch) {
    population.state.pointers(begin, state_.data());
    population.coefficient.pointers(population.uniform ? 0 : begin, coefficient_.data());
    columns_.resize(population.receptors.size());
    for (std::size_t r = 0; r < columns_.size(); ++r) {
      ReceptorSlice& receptor = population.receptors[r];
      receptor.state.pointers(begin, columns_[r].state.data());
      receptor.coefficient.pointers(receptor.uniform ? 0 : begin, columns_[r].coefficient.data());
      receptor.blocked.pointers(begin, columns_[r].blocked.data());
      receptor.exposure.pointers(begin, columns_[r].exposure.data());
      delta_ = delta_ || receptor.spec->model->kind == ReceptorKind::delta;
    }
    // Only what the model's scheme uses; the rest is null.
    slope_ = linear_ ? nullptr : sum_.slope;
    increment_ = linear_ ? sum_.increment : nullptr;
    current_end_ = linear_ ? sum_.current_end : nullptr;
    jump_ = delta_ ? sum_.jump : nullptr;
    first_writes_ = !delta_ && !columns_.empty() && writes_all(*population.receptors[0].spec->model) &&
                    std::none_of(inputs_.begin(), inputs_.end(), [](InputSlice& input) { return adds_current(input); });
  }

  void step(std::uint32_t k, Emissions& spikes) {
    const Step now = first_ + k;
    const Probe* lfp = due_lfp(now);
    const bool overwrite = first_writes_ && lfp == nullptr;
    if (!overwrite) clear();
    timed(noise_, [&] {
      for (InputSlice& input : inputs_) add_input(input, k, now);
    });
    for (std::size_t r = 0; r < columns_.size(); ++r) {
      if (lfp != nullptr) std::copy_n(sum_.current, n_, sum_.current_before);
      advance_receptor(r, now, overwrite && r == 0);
      if (lfp != nullptr)
        for (std::size_t i = 0; i < n_; ++i) sum_.lfp[i] += std::abs(sum_.current[i] - sum_.current_before[i]);
    }
    advance_neurons(k, spikes);
    sample(now);
  }

 private:
  // Does the receptor reach all accumulators of its neuron, so that it can write instead of add?
  [[nodiscard]] bool writes_all(const ReceptorModel& model) const {
    return model.kind == (linear_ ? ReceptorKind::current : ReceptorKind::conductance);
  }

  static bool adds_current(const InputSlice& input) {
    return input.spec().kind != InputSpec::Kind::poisson && input.spec().kind != InputSpec::Kind::spikes;
  }

  void clear() {
    for (double* column : {sum_.current, slope_, increment_, current_end_, jump_})
      if (column != nullptr) std::memset(column, 0, n_ * sizeof(double));
  }

  void add_input(InputSlice& input, std::uint32_t k, Step now) {
    const auto kind = input.spec().kind;
    const bool to_receptor = kind == InputSpec::Kind::poisson || kind == InputSpec::Kind::spikes;
    float* slot = to_receptor ? population_.receptors[input.spec().receptor].ring.slot(now) : nullptr;
    input.add(static_cast<Step>(k),
              {begin_, n_, slot, state_[0], linear_ ? population_.input_slope.data() + begin_ : nullptr, sum_.current,
               slope_, increment_, current_end_});
  }

  void advance_receptor(std::size_t r, Step now, bool first) {
    ReceptorSlice& receptor = population_.receptors[r];
    float* input = receptor.ring.slot(now) + begin_;
    if (!receptor.gain.empty())
      for (std::size_t i = 0; i < n_; ++i) input[i] *= receptor.gain[begin_ + i];
    ReceptorBlock block{n_,
                        dt_,
                        receptor.uniform,
                        columns_[r].state.data(),
                        columns_[r].coefficient.data(),
                        input,
                        state_[0],
                        sum_.current,
                        slope_,
                        increment_,
                        current_end_,
                        jump_,
                        receptor.blockers,
                        columns_[r].blocked.data(),
                        receptor.total_weight.empty() ? nullptr : receptor.total_weight.data() + begin_,
                        receptor.exposure.rows() == 0 ? nullptr : columns_[r].exposure.data(),
                        first};
    receptor.spec->model->advance(block);
    std::memset(input, 0, n_ * sizeof(float));
  }

  void advance_neurons(std::uint32_t k, Emissions& spikes) {
    NeuronBlock block{n_,     dt_,        population_.uniform, state_.data(), coefficient_.data(), sum_.current,
                      slope_, increment_, current_end_,        jump_,         sum_.spike_index,    sum_.spike_before,
                      0};
    population_.spec().model->update(block);
    for (std::size_t i = 0; i < block.spike_count; ++i)
      spikes.push_back({k, population_.index,
                        static_cast<LocalIndex>(population_.range.begin + begin_ + sum_.spike_index[i]),
                        sum_.spike_before[i]});
  }

  [[nodiscard]] static bool due(const Probe& probe, Step time) {
    return time % probe.every == 0 && time >= probe.start && time <= probe.stop;
  }

  // The LFP proxy is the sum of absolute receptor currents during the step that ends at a sampling point.
  Probe* due_lfp(Step now) {
    for (Probe& probe : probes_)
      if (probe.what == Probe::What::lfp && due(probe, now + 1)) {
        std::fill_n(sum_.lfp, n_, 0.0);
        return &probe;
      }
    return nullptr;
  }

  // Values at the end of the step.
  void sample(Step now) {
    for (Probe& probe : probes_) {
      if (!due(probe, now + 1)) continue;
      const std::size_t from = std::max(begin_, probe.begin), to = std::min(begin_ + n_, probe.end);
      if (from >= to) continue;
      const auto row = static_cast<std::size_t>((now + 1) / probe.every - first_ / probe.every - 1);
      double* out = probe.samples[parity_].data() + row * (probe.end - probe.begin) + (from - probe.begin);
      const double* in = probe.what == Probe::What::lfp ? sum_.lfp + (from - begin_) : probe.column + from;
      std::copy_n(in, to - from, out);
    }
  }

  double* noise_;
  PopulationSlice& population_;
  std::vector<InputSlice>& inputs_;
  std::vector<Probe>& probes_;
  std::size_t begin_, n_;
  Step first_;
  double dt_;
  unsigned parity_;
  bool linear_, delta_ = false;
  bool first_writes_;  // the first receptor writes the accumulators, nothing comes before it
  std::array<double*, max_rows> state_{}, coefficient_{};
  std::vector<ReceptorColumns> columns_;
  Scratch& sum_;
  double *slope_ = nullptr, *increment_ = nullptr, *current_end_ = nullptr, *jump_ = nullptr;
};

// Arrivals change weights and become input; all blocks advance by the step; those that fired change weights.
void update_plastic(std::vector<BlockUpdate>& blocks, PopulationSlice& population,
                    const std::vector<PlasticSlice*>& plastic, Step first, std::uint32_t steps, float dt,
                    Emissions& spikes, double* share) {
  for (std::uint32_t k = 0; k < steps; ++k) {
    const Step now = first + static_cast<Step>(k);
    timed(share, [&] {
      for (PlasticSlice* synapses : plastic)
        synapses->arrive(now, population.receptors[synapses->of().receptor].ring.slot(now));
    });
    const std::size_t before = spikes.size();
    for (BlockUpdate& block : blocks) block.step(k, spikes);
    timed(share, [&] {
      for (PlasticSlice* synapses : plastic)
        for (std::size_t i = before; i < spikes.size(); ++i)
          synapses->fire(spikes[i].neuron - population.range.begin, first + spikes[i].emitted(dt));
    });
  }
}

bool all_finite(const double* column, std::size_t n) {
  // NaN and infinity both make x * 0 differ from 0, and the difference survives the sum. Eight sums, so that it vectorises.
  double sum[8] = {};
  const std::size_t whole = n / 8 * 8;
  for (std::size_t i = 0; i < whole; i += 8)
    for (std::size_t l = 0; l < 8; ++l) sum[l] += column[i + l] * 0.0;
  for (std::size_t i = whole; i < n; ++i) sum[0] += column[i] * 0.0;
  return std::all_of(std::begin(sum), std::end(sum), [](double s) { return s == 0.0; });
}

}  // namespace

namespace {

void update_all(SliceWork& work, Step first, std::uint32_t steps, double dt, unsigned parity, UpdateShares* shares) {
  Emissions& spikes = work.found[parity];
  spikes.clear();
  Scratch scratch;
  std::vector<BlockUpdate> blocks;
  std::vector<PlasticSlice*> plastic;
  for (PopulationSlice& population : work.populations) {
    for (InputSlice& input : work.inputs[population.index]) input.begin_interval(first, static_cast<Step>(steps));
    for (Probe& probe : work.probes[population.index]) {
      const Step last = first + static_cast<Step>(steps);
      const auto rows = static_cast<std::size_t>(last / probe.every - first / probe.every);
      probe.samples[parity].resize(rows * (probe.end - probe.begin));
    }
    blocks.clear();
    for (std::size_t begin = 0; begin < population.size(); begin += max_block)
      blocks.emplace_back(work, population, begin, std::min(max_block, population.size() - begin), first, dt, parity,
                          scratch, shares == nullptr ? nullptr : &shares->noise);
    plastic.clear();
    for (PlasticSlice& synapses : work.plastic)
      if (synapses.of().target_population == population.index) plastic.push_back(&synapses);
    if (!plastic.empty()) {
      update_plastic(blocks, population, plastic, first, steps, static_cast<float>(dt), spikes,
                     shares == nullptr ? nullptr : &shares->plasticity);
      continue;
    }
    for (BlockUpdate& block : blocks)
      for (std::uint32_t k = 0; k < steps; ++k) block.step(k, spikes);
  }
  sort_emissions(spikes, steps, work.scratch);
}

}  // namespace

void update(SliceWork& work, Step first, std::uint32_t steps, double dt, unsigned parity) {
  const bool sampled = work.shares.intervals++ % UpdateShares::every == 0;
  timed(sampled ? &work.shares.all : nullptr,
        [&] { update_all(work, first, steps, dt, parity, sampled ? &work.shares : nullptr); });
}

NotFinite find_not_finite(SliceWork& work) {
  for (PopulationSlice& population : work.populations) {
    const auto rows = population.spec().model->state;
    for (std::size_t k = 0; k < population.state.rows(); ++k) {
      const double* column = population.state.row(k);
      if (all_finite(column, population.size())) continue;
      for (std::size_t i = 0; i < population.size(); ++i)
        if (!std::isfinite(column[i]))
          return {true, population.index, population.range.begin + i, std::string(rows[k].name)};
    }
  }
  return {};
}

}  // namespace burgeon
