#include "record/summary.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "base/errors.h"

namespace burgeon {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
/// Samples of one spectrum: 1.024 s at 1 ms, the power of two next to one second.
constexpr std::size_t segment_bins = 1024;

struct Band {
  const char* name;
  double low, high;  ///< Hz
};
/// Bands of the EEG glossary (Kane et al. 2017, doi:10.1016/j.cnp.2017.07.002), made adjacent; delta from 1 Hz, since a
/// segment of about 1 s sees nothing slower.
constexpr Band bands[] = {
    {"delta", 1.0, 4.0}, {"theta", 4.0, 8.0}, {"alpha", 8.0, 13.0}, {"beta", 13.0, 30.0}, {"gamma", 30.0, 80.0}};

template <class T>
void put(std::vector<std::byte>& out, std::span<const T> values) {
  static_assert(std::is_trivially_copyable_v<T>);
  const auto bytes = std::as_bytes(values);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

template <class T>
void take(std::span<const std::byte>& in, std::span<T> values) {
  if (in.size() < values.size_bytes()) throw EnvironmentError("the saved spike summary does not fit this model");
  if (!values.empty()) std::memcpy(values.data(), in.data(), values.size_bytes());
  in = in.subspan(values.size_bytes());
}

}  // namespace

SpikeSummary::SpikeSummary(const ModelSpec& spec, std::size_t parts)
    : dt_(spec.run.dt),
      start_(static_cast<Step>(std::llround(spec.run.discard / spec.run.dt))),
      now_(start_),
      bin_steps_(std::max<Step>(1, std::llround(1.0 / spec.run.dt))),
      bins_(parts, std::vector<Bins>(spec.populations.size())) {
  // Bins are whole steps; with a step that does not divide 1 ms they are as near to it as can be.
  const double bin_ms = static_cast<double>(bin_steps_) * dt_;
  wide_bins_ = static_cast<std::uint64_t>(std::max(1.0, std::round(5.0 / bin_ms)));
  for (const PopulationSpec& population : spec.populations) {
    tallies_.push_back({.name = population.name,
                        .groups = population.groups,
                        .trains = std::vector<Train>(population.size),
                        .spectrum = WelchSpectrum(segment_bins, bin_ms * 1e-3),
                        .bin_end = start_ + bin_steps_});
  }
}

void SpikeSummary::on_spikes(std::span<const Spike> spikes, std::size_t part) {
  for (const Spike& spike : spikes) __builtin_prefetch(&tallies_[spike.population].trains[spike.index]);
  for (std::size_t begin = 0, end = 0; begin < spikes.size(); begin = end) {
    // Spikes of one population at one step.
    const Spike& first = spikes[begin];
    while (end < spikes.size() && spikes[end].step == first.step && spikes[end].population == first.population) ++end;
    const Step step = first.step - skipped_;
    if (step <= start_) continue;
    Tally& tally = tallies_[first.population];
    count(bins_[part][first.population], step - 1 - (tally.bin_end - bin_steps_), end - begin);
    const double at = static_cast<double>(step) * dt_;
    for (std::size_t i = begin; i < end; ++i)
      follow(tally.trains[spikes[i].index], at - static_cast<double>(spikes[i].before));
  }
}

// `behind` steps behind the start of the bin that is filling; a jump at the very start of a step may come before it.
void SpikeSummary::count(Bins& bins, Step behind, std::size_t spikes) const {
  const std::size_t bin = behind > 0 ? static_cast<std::size_t>(behind / bin_steps_) : 0;
  if (bin >= bins.size()) bins.resize(bin + 1, 0);
  bins[bin] += static_cast<std::uint32_t>(spikes);
}

void SpikeSummary::follow(Train& train, double time) {
  if (train.spikes == 0) {
    train.first = time;
  } else {
    const double interval = time - train.last;
    train.interval_squares += interval * interval;
  }
  train.last = time;
  ++train.spikes;
}

void SpikeSummary::advance(Step step) {
  step -= skipped_;
  if (step <= now_) return;
  now_ = step;
  for (std::size_t p = 0; p < tallies_.size(); ++p) close_bins(p, step);
}

// Closes every bin that ends at or before `step`.
void SpikeSummary::close_bins(std::size_t population, Step step) {
  Tally& tally = tallies_[population];
  const double to_rate =
      1.0 / (static_cast<double>(tally.trains.size()) * static_cast<double>(bin_steps_) * dt_ * 1e-3);
  const auto add = [&](std::size_t bin) {
    for (const std::vector<Bins>& part : bins_)
      if (bin < part[population].size()) tally.bin_count += part[population][bin];
  };
  add(0);
  for (std::size_t bin = 1; tally.bin_end <= step; add(bin++)) {
    tally.spectrum.push(tally.bin_count * to_rate);
    tally.wide_count += tally.bin_count;
    tally.bin_count = 0.0;
    tally.bin_end += bin_steps_;
    if (++tally.wide_filled < wide_bins_) continue;
    tally.wide_bins += 1.0;
    tally.wide_sum += tally.wide_count;
    tally.wide_squares += tally.wide_count * tally.wide_count;
    tally.wide_count = 0.0;
    tally.wide_filled = 0;
  }
  for (std::vector<Bins>& part : bins_) part[population].clear();
}

std::vector<Measure> SpikeSummary::measures() const {
  std::vector<Measure> out;
  for (const Tally& tally : tallies_) {
    add_rates(out, tally.name, tally.trains);
    for (const GroupSpec& group : tally.groups) {
      if (group.name.empty()) continue;
      add_rates(out, tally.name + "." + group.name, std::span(tally.trains).subspan(group.first, group.count));
    }
    add_dynamics(out, tally);
  }
  return out;
}

void SpikeSummary::add_rates(std::vector<Measure>& out, const std::string& name, std::span<const Train> trains) const {
  const double seconds = static_cast<double>(now_ - start_) * dt_ * 1e-3;
  const double n = static_cast<double>(trains.size());
  double total = 0.0;
  double silent = 0.0;
  double cv_sum = 0.0;
  double cv_count = 0.0;
  for (const Train& train : trains) {
    total += static_cast<double>(train.spikes);
    if (train.spikes == 0) silent += 1.0;
    if (train.spikes < 4) continue;
    // Interval statistics from running sums; rounding may leave a tiny negative variance.
    const double intervals = static_cast<double>(train.spikes - 1);
    const double mean = (train.last - train.first) / intervals;
    const double variance = (train.interval_squares - intervals * mean * mean) / (intervals - 1.0);
    cv_sum += std::sqrt(std::max(0.0, variance)) / mean;
    cv_count += 1.0;
  }
  double squares = 0.0;
  for (const Train& train : trains) {
    const double deviation = static_cast<double>(train.spikes) - total / n;
    squares += deviation * deviation;
  }

  const bool any = seconds > 0.0 && n > 0.0;
  out.push_back({name + ".rate", any ? total / n / seconds : nan, "Hz", "mean firing rate"});
  out.push_back({name + ".rate_sd", any && n > 1.0 ? std::sqrt(squares / (n - 1.0)) / seconds : nan, "Hz",
                 "standard deviation of the firing rate over neurons"});
  out.push_back({name + ".silent", any ? silent / n : nan, "1", "fraction of neurons without a spike"});
  out.push_back({name + ".cv_isi", cv_count > 0.0 ? cv_sum / cv_count : nan, "1",
                 "coefficient of variation of interspike intervals, mean over neurons with at least 3"});
}

void SpikeSummary::add_dynamics(std::vector<Measure>& out, const Tally& tally) {
  double fano = nan;
  if (tally.wide_bins > 1.0 && tally.wide_sum > 0.0) {
    const double mean = tally.wide_sum / tally.wide_bins;
    fano = (tally.wide_squares - tally.wide_bins * mean * mean) / (tally.wide_bins - 1.0) / mean;
  }
  out.push_back({tally.name + ".fano", fano, "1", "variance / mean of the population spike count in 5 ms bins"});
  for (const Band& band : bands) {
    out.push_back({tally.name + ".power_" + band.name, tally.spectrum.band_power(band.low, band.high), "Hz^2",
                   std::string("power of the population rate in the ") + band.name + " band"});
  }
  out.push_back({tally.name + ".peak_frequency", tally.spectrum.peak_frequency(2.0, 100.0), "Hz",
                 "frequency of largest power of the population rate, 2 to 100 Hz"});
}

std::vector<std::byte> SpikeSummary::save() const {
  std::vector<std::byte> out;
  put<Step>(out, {{now_, skipped_}});
  for (const Tally& tally : tallies_) {
    std::vector<double> numbers = {static_cast<double>(tally.bin_end),
                                   tally.bin_count,
                                   static_cast<double>(tally.wide_filled),
                                   tally.wide_count,
                                   tally.wide_bins,
                                   tally.wide_sum,
                                   tally.wide_squares};
    tally.spectrum.save(numbers);
    put<double>(out, numbers);
    put<Train>(out, tally.trains);
  }
  return out;
}

void SpikeSummary::load(std::span<const std::byte> bytes) {
  take(bytes, std::span(&now_, 1));
  take(bytes, std::span(&skipped_, 1));
  for (Tally& tally : tallies_) {
    std::vector<double> numbers(7 + tally.spectrum.saved_size());
    take(bytes, std::span(numbers));
    tally.bin_end = static_cast<Step>(numbers[0]);
    tally.bin_count = numbers[1];
    tally.wide_filled = static_cast<std::uint64_t>(numbers[2]);
    tally.wide_count = numbers[3];
    tally.wide_bins = numbers[4];
    tally.wide_sum = numbers[5];
    tally.wide_squares = numbers[6];
    tally.spectrum.load(std::span(numbers).subspan(7));
    take(bytes, std::span(tally.trains));
  }
  if (!bytes.empty()) throw EnvironmentError("the saved spike summary does not fit this model");
}

}  // namespace burgeon
