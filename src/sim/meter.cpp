#include "sim/meter.h"

#include <algorithm>
#include <cstring>

#include "base/errors.h"

namespace burgeon {

using Kind = MeasuredSpec::Kind;

Meter::Meter(const ModelSpec& spec, std::size_t parts)
    : spec_(&spec), baseline_start_(spec.run.discard), baseline_stop_(spec.run.discard + spec.run.baseline) {
  const std::size_t n = spec.measured.size();
  of_.resize(spec.populations.size());
  single_.assign(n, 0);
  parts_.assign(parts, Part{std::vector<std::uint64_t>(n, 0)});
  counts_.resize(n);
  baseline_sum_.assign(n, 0.0);
  last_.mean.assign(n, 0.0);
  last_.each.resize(n);
  for (std::uint32_t m = 0; m < n; ++m) {
    const MeasuredSpec& what = spec.measured[m];
    if (what.kind != Kind::rate) continue;
    of_[what.target.population].push_back(m);
    for (const SlowSpec& slow : spec.slow)
      for (const SlowSpec::Input& input : slow.inputs)
        if (slow.model->per_neuron && input.signal == what.name) single_[m] = 1;
    if (single_[m] != 0) counts_[m].assign(what.target.count, 0);
  }
}

void Meter::on_spikes(std::span<const Spike> spikes, std::size_t part) {
  Part& own = parts_[part];
  own.spikes += spikes.size();
  for (std::size_t begin = 0, end = 0; begin < spikes.size(); begin = end) {
    const std::uint32_t population = spikes[begin].population;
    while (end < spikes.size() && spikes[end].population == population) ++end;
    for (const std::uint32_t m : of_[population]) {
      own.count[m] += end - begin;
      if (single_[m] == 0) continue;
      for (std::size_t i = begin; i < end; ++i) ++counts_[m][spikes[i].index];
    }
  }
}

std::uint64_t Meter::count(std::size_t measured) const {
  std::uint64_t sum = 0;
  for (const Part& part : parts_) sum += part.count[measured];
  return sum;
}

std::uint64_t Meter::spikes() const {
  std::uint64_t sum = 0;
  for (const Part& part : parts_) sum += part.spikes;
  return sum;
}

void Meter::clear() {
  for (Part& part : parts_) {
    std::fill(part.count.begin(), part.count.end(), 0U);
    part.spikes = 0;
  }
}

double Meter::state_mean(const MeasuredSpec& what, const std::vector<SliceWork>& slices, Ranks& ranks) {
  std::vector<double> values;
  for (const SliceWork& slice : slices) {
    const PopulationSlice& population = slice.populations[what.target.population];
    const ReceptorSlice& receptor = population.receptors[what.receptor];
    if (what.kind == Kind::state) {
      const double* column = receptor.state.row(what.state);
      values.insert(values.end(), column, column + population.size());
    } else {
      for (std::size_t i = 0; i < population.size(); ++i)
        for (std::size_t k = 0; k < receptor.blocked.rows(); ++k) values.push_back(receptor.blocked.row(k)[i]);
    }
  }
  // Slices and ranks are contiguous and in order, so this sum runs over the neurons in order on any layout.
  double sum = 0.0;
  for (const double value : all_lists(ranks, std::move(values))) sum += value;
  return sum / static_cast<double>(what.target.count);
}

const Measured& Meter::close_tick(double start, double length, const std::vector<SliceWork>& slices, Ranks& ranks) {
  const bool in_baseline = start >= baseline_start_ - 1e-9 && start + length <= baseline_stop_ + 1e-9;
  if (in_baseline) baseline_ticks_ += 1.0;
  std::vector<double> absolute;
  for (std::size_t m = 0; m < spec_->measured.size(); ++m) {
    const MeasuredSpec& what = spec_->measured[m];
    const double n = static_cast<double>(what.target.count);
    double value =
        what.kind == Kind::rate ? static_cast<double>(count(m)) / n / length : state_mean(what, slices, ranks);
    if (in_baseline) baseline_sum_[m] += value;
    absolute.push_back(value);
    const double reference =
        what.relative && baseline_ticks_ > 0.0 && baseline_sum_[m] > 0.0 ? baseline_sum_[m] / baseline_ticks_ : 0.0;
    const double factor = !what.relative ? 1.0 : (reference > 0.0 ? 1.0 / reference : 0.0);
    last_.mean[m] = value * factor;
    if (single_[m] != 0) {
      last_.each[m].resize(counts_[m].size());
      for (std::size_t i = 0; i < counts_[m].size(); ++i)
        last_.each[m][i] = static_cast<double>(counts_[m][i]) / length * factor;
      std::fill(counts_[m].begin(), counts_[m].end(), 0U);
    }
  }
  if (window_open_) {
    // A reference that is still being measured would follow its own noise.
    window_.tick.push_back(in_baseline ? absolute : last_.mean);
    window_.spikes += spikes();
    const double weight = 1.0 / static_cast<double>(window_.tick.size());
    for (std::size_t m = 0; m < last_.mean.size(); ++m) {
      window_.mean.mean[m] += weight * (window_.tick.back()[m] - window_.mean.mean[m]);
      for (std::size_t i = 0; i < last_.each[m].size(); ++i)
        window_.mean.each[m][i] += weight * (last_.each[m][i] - window_.mean.each[m][i]);
    }
  }
  clear();
  return last_;
}

bool Meter::ready(double now) const { return now > baseline_stop_ - 1e-9; }

void Meter::open_window() {
  window_ = {};
  window_.mean.mean.assign(last_.mean.size(), 0.0);
  window_.mean.each.resize(last_.each.size());
  for (std::size_t m = 0; m < counts_.size(); ++m) window_.mean.each[m].assign(counts_[m].size(), 0.0);
  window_open_ = true;
}

std::vector<double> Meter::save() const {
  std::vector<double> out = {baseline_ticks_, static_cast<double>(spikes())};
  for (std::size_t m = 0; m < counts_.size(); ++m) {
    out.push_back(static_cast<double>(count(m)));
    out.push_back(baseline_sum_[m]);
    out.push_back(last_.mean[m]);
    for (const std::uint32_t count : counts_[m]) out.push_back(static_cast<double>(count));
  }
  return out;
}

void Meter::load(std::span<const double> values) {
  std::size_t at = 0;
  const auto next = [&] {
    if (at >= values.size()) throw EnvironmentError("checkpoint: measured signals do not fit the model");
    return values[at++];
  };
  baseline_ticks_ = next();
  clear();
  parts_.front().spikes = static_cast<std::uint64_t>(next());
  for (std::size_t m = 0; m < counts_.size(); ++m) {
    parts_.front().count[m] = static_cast<std::uint64_t>(next());
    baseline_sum_[m] = next();
    last_.mean[m] = next();
    for (std::uint32_t& count : counts_[m]) count = static_cast<std::uint32_t>(next());
  }
  if (at != values.size()) throw EnvironmentError("checkpoint: measured signals do not fit the model");
}

}  // namespace burgeon
