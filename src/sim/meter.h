#pragma once
// What slow processes learn of the network: averages over a slow tick, over a burst, and over the baseline.

#include <cstdint>
#include <span>
#include <vector>

#include "parallel/ranks.h"
#include "sim/update.h"
#include "spec/model_spec.h"

namespace burgeon {

/// Values of all measured signals of a run, internal units.
struct Measured {
  std::vector<double> mean;               ///< [measured]: over the neurons
  std::vector<std::vector<double>> each;  ///< [measured][neurons]; empty where nobody asks for single neurons
  std::vector<double> structure;          ///< signals of structural rules on the way; empty: as they are
};

/// Averages over the part of a burst that counts, or over the baseline: there relative signals are not yet relative.
struct Window {
  std::vector<std::vector<double>> tick;  ///< [slow tick][measured]: the batches
  Measured mean;                          ///< over the ticks
  std::uint64_t spikes = 0;               ///< of the network
};

class Meter {
 public:
  explicit Meter(const ModelSpec& spec, std::size_t parts = 1);
  [[nodiscard]] bool empty() const { return spec_->measured.empty(); }

  /// Spikes of one part of the network in any order, on every rank; parts may come at the same time.
  void on_spikes(std::span<const Spike> spikes, std::size_t part);
  /// Closes the tick of `length` ms that ends now and began at `start` ms: what was measured over it.
  /// Collective; the same on all ranks.
  const Measured& close_tick(double start, double length, const std::vector<SliceWork>& slices, Ranks& ranks);
  [[nodiscard]] const Measured& last() const { return last_; }
  /// True once something has been measured, and the baseline is over.
  [[nodiscard]] bool ready(double now) const;

  /// Averages from now on, until the next call; ticks that are closed enter it.
  void open_window();
  [[nodiscard]] const Window& window() const { return window_; }

  /// State for checkpoints: counts of the tick that is open, the baseline, the last values.
  [[nodiscard]] std::vector<double> save() const;
  void load(std::span<const double> values);

  /// Mean of a receptor's state, or of its blocked fraction, over the neurons now. Collective; the same on all ranks.
  [[nodiscard]] static double state_mean(const MeasuredSpec& what, const std::vector<SliceWork>& slices, Ranks& ranks);

 private:
  // Spikes of the open tick in one part of the network.
  struct Part {
    std::vector<std::uint64_t> count;  ///< [measured]
    std::uint64_t spikes = 0;          ///< all
  };
  [[nodiscard]] std::uint64_t count(std::size_t measured) const;
  [[nodiscard]] std::uint64_t spikes() const;
  void clear();

  const ModelSpec* spec_;
  double baseline_start_, baseline_stop_;       ///< ms
  std::vector<std::vector<std::uint32_t>> of_;  ///< [population] -> measured rates
  std::vector<char> single_;                    ///< [measured]: wanted per neuron
  std::vector<Part> parts_;
  std::vector<std::vector<std::uint32_t>> counts_;  ///< [measured][neurons] where single
  std::vector<double> baseline_sum_;                ///< [measured]
  double baseline_ticks_ = 0.0;
  Measured last_;
  Window window_;
  bool window_open_ = false;
};

}  // namespace burgeon
