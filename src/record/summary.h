#pragma once
// Summary measures of spike trains, computed while the run goes on: rates, irregularity, synchrony, band power.
// Memory: 32 bytes per neuron and about 20 kB per population, however long the run.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/types.h"
#include "record/sink.h"
#include "record/spectrum.h"
#include "spec/model_spec.h"

namespace burgeon {

/// Fed with every spike of the network, part by part: each part has neurons of its own, and parts may be fed at the same time.
/// Spikes at or before `discard` are left out.
///
///   SpikeSummary summary(spec, parts);
///   summary.on_spikes(spikes, part);   // those of one neuron in order of time
///   summary.advance(step);             // every spike with a step <= `step` has been fed, and no other; by one thread
///   summary.measures();
///
/// Measures per population `pyr` (rates also per named group, `pyr.A.rate`):
///   pyr.rate             Hz, mean over neurons and time
///   pyr.rate_sd          Hz, SD over neurons (n - 1)
///   pyr.silent           fraction of neurons without a spike
///   pyr.cv_isi           SD / mean of interspike intervals, mean over neurons with >= 3 intervals
///   pyr.fano             variance / mean of the population spike count in 5 ms bins; 1 for independent Poisson trains
///   pyr.power_<band>     Hz^2, power of the population rate (per neuron, 1 ms bins): delta 1-4, theta 4-8, alpha 8-13,
///                        beta 13-30, gamma 30-80 Hz (Welch, 1024 bins, half overlap, Hann)
///   pyr.peak_frequency   Hz, of the spectrum between 2 and 100 Hz
/// NaN where there is not enough data.
class SpikeSummary {
 public:
  explicit SpikeSummary(const ModelSpec& spec, std::size_t parts = 1);

  void on_spikes(std::span<const Spike> spikes, std::size_t part = 0);
  void advance(Step step);
  /// The next `steps` steps are leapt over. Membranes stand still meanwhile, so trains go on as if there were no gap.
  void skip(Step steps) { skipped_ += steps; }
  [[nodiscard]] std::vector<Measure> measures() const;

  /// State for a checkpoint; the same bytes for the same spikes, whatever the portions they came in.
  [[nodiscard]] std::vector<std::byte> save() const;
  /// Throws EnvironmentError when the bytes do not belong to this spec.
  void load(std::span<const std::byte> bytes);

 private:
  struct Train {
    double first = 0.0;             ///< ms, time of the first spike
    double last = 0.0;              ///< ms
    double interval_squares = 0.0;  ///< ms^2; the sum of intervals is last - first
    std::uint64_t spikes = 0;
  };
  struct Tally {
    std::string name;
    std::vector<GroupSpec> groups;
    std::vector<Train> trains;
    WelchSpectrum spectrum;
    Step bin_end = 0;        ///< last step of the 1 ms bin that is filling
    double bin_count = 0.0;  ///< spikes in it
    // 5 ms bins.
    std::uint64_t wide_filled = 0;  ///< 1 ms bins in the one that is filling
    double wide_count = 0.0;
    double wide_bins = 0.0;
    double wide_sum = 0.0;
    double wide_squares = 0.0;
  };

  // Spikes of one part by 1 ms bin, the first of which is filling since the last `advance`.
  using Bins = std::vector<std::uint32_t>;

  void count(Bins& bins, Step behind, std::size_t spikes) const;
  static void follow(Train& train, double time);
  void close_bins(std::size_t population, Step step);
  void add_rates(std::vector<Measure>& out, const std::string& name, std::span<const Train> trains) const;
  static void add_dynamics(std::vector<Measure>& out, const Tally& tally);

  double dt_;
  Step start_;                           ///< spikes after this step count
  Step now_;                             ///< last step known to be complete, at least start_; leaps not counted
  Step skipped_ = 0;                     ///< steps leapt over so far
  Step bin_steps_;                       ///< whole steps in about 1 ms
  std::uint64_t wide_bins_;              ///< 1 ms bins in about 5 ms
  std::vector<Tally> tallies_;           ///< [population]
  std::vector<std::vector<Bins>> bins_;  ///< [part][population]
};

}  // namespace burgeon
