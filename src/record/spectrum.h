#pragma once
// Power spectrum of an evenly sampled signal by Welch's method (Welch 1967, doi:10.1109/TAU.1967.1161901), fed one sample
// at a time with bounded memory.

#include <complex>
#include <cstddef>
#include <span>
#include <vector>

namespace burgeon {

/// Discrete Fourier transform X_k = sum_n x_n exp(-2 pi i k n / N), in place, radix 2.
/// Precondition: the length is a power of two.
void fourier_transform(std::span<std::complex<double>> x);

/// Average of the one-sided power spectral densities of half-overlapping segments, mean removed, Hann window.
/// White noise of variance s^2 has density 2 s^2 dt at every frequency between 0 and 1/(2 dt).
class WelchSpectrum {
 public:
  /// `segment` samples per segment, a power of two; `interval` between samples [s].
  WelchSpectrum(std::size_t segment, double interval);

  void push(double sample) {
    samples_[filled_++] = sample;
    if (filled_ == samples_.size()) transform_segment();
  }

  /// Segments averaged so far. With none, density() is empty and the numbers below are NaN.
  [[nodiscard]] std::size_t segments() const { return segments_; }
  /// Distance between frequencies [Hz]; entry k of density() belongs to k * resolution().
  [[nodiscard]] double resolution() const { return resolution_; }
  /// [segment / 2 + 1], in (unit of the samples)^2 / Hz.
  [[nodiscard]] std::vector<double> density() const;
  /// Integral of the density over [low, high] Hz, in (unit of the samples)^2; an entry counts by the part of its width
  /// that lies in the band.
  [[nodiscard]] double band_power(double low, double high) const;
  /// Frequency in [low, high] Hz with the largest density.
  [[nodiscard]] double peak_frequency(double low, double high) const;

  /// State as plain numbers, and back. `load` takes what it needs from the front of `values`; the caller has checked
  /// that there are at least saved_size() of them.
  [[nodiscard]] std::size_t saved_size() const { return samples_.size() + sum_.size() + 2; }
  void save(std::vector<double>& values) const;
  void load(std::span<const double> values);

 private:
  void transform_segment();

  double resolution_;
  double scale_;  ///< |X|^2 -> density
  std::size_t filled_ = 0;
  std::size_t segments_ = 0;
  std::vector<double> samples_;
  std::vector<double> window_;
  std::vector<double> sum_;  ///< of densities
  std::vector<std::complex<double>> work_;
};

}  // namespace burgeon
