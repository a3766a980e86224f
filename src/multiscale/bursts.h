#pragma once
// Bursts: the network spikes on with the slow side held, and what is measured of it is averaged after a burn-in.

#include <cstdint>
#include <string>
#include <vector>

#include "multiscale/averages.h"
#include "multiscale/numbers.h"
#include "multiscale/replicas.h"
#include "sim/simulation.h"

namespace burgeon {

/// Why averages over a burst may not stand for the time that is leapt over. Bits of the column `doubt`.
enum class Doubt : std::uint32_t {
  few_spikes = 1,   ///< fewer than 30 in the burst
  short_burst = 2,  ///< shorter than 20 autocorrelation times of what is averaged
  drift = 4,        ///< first and second half of the burst differ beyond noise
  dispersed = 8,    ///< bursts differ from each other by more than their noise: slow oscillation, switching
  stiff = 16,       ///< the slow side feeds back faster than the step: |dF/dX| H > 1
  bistable = 32,    ///< started from high and from low activity, the network does not agree with itself
};
[[nodiscard]] inline std::uint32_t bit(Doubt doubt) { return static_cast<std::uint32_t>(doubt); }
[[nodiscard]] std::string doubt_text(std::uint32_t doubts);

struct Burst {
  double start = 0.0, length = 0.0;  ///< ms
  double replicas = 1.0;             ///< that it is the mean of
  Measured mean;
  std::vector<double> error;                        ///< [measured]: standard error of the mean, as this burst tells it
  std::vector<std::vector<BatchVariance>> batches;  ///< [measured]: of one replica's slow ticks
  std::uint32_t doubts = 0;
  double e_R = 0.0;  ///< difference between the halves, in standard errors
};

class Bursts {
 public:
  /// Spec and simulation outlive this; the rest as for Replicas.
  Bursts(const ModelSpec& spec, Simulation& simulation, unsigned at_once, bool same_noise);

  /// A burst of `length` ms, burn-in included.
  [[nodiscard]] Burst run(double length);
  void extend(Burst& burst, double more);
  /// The baseline that has just been measured, as a burst: means of relative signals are 1. Single neurons are left out.
  [[nodiscard]] Burst baseline();
  /// Takes note of a burst. True when bursts leave the straight line between their neighbours by more than their noise.
  [[nodiscard]] bool dispersed(const Burst& burst);
  /// The network has been changed: bursts before are no neighbours.
  void forget() { past_.clear(); }

  void walk(Numbers& numbers);

 private:
  void read_window(Burst& burst, const Window& window);
  void read_batches(Burst& burst);

  const ModelSpec* spec_;
  Simulation* simulation_;
  Replicas replicas_;
  double tick_;  ///< ms
  struct Past {
    double time = 0.0;
    std::vector<double> mean, error;
  };
  std::vector<Past> past_;
  std::vector<double> dispersion_;       ///< recent squared deviations, in standard errors
  std::vector<double> autocorrelation_;  ///< [measured]: running mean over bursts, in ticks
};

}  // namespace burgeon
