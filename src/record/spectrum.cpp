#include "record/spectrum.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "base/errors.h"

namespace burgeon {

void fourier_transform(std::span<std::complex<double>> x) {
  const std::size_t n = x.size();
  expect(std::has_single_bit(n), "length of a Fourier transform is a power of two");

  // Bit-reversed order, so that the butterflies below can work in place.
  for (std::size_t i = 1, j = 0; i < n; ++i) {
    std::size_t bit = n >> 1;
    for (; (j & bit) != 0; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) std::swap(x[i], x[j]);
  }

  // Twiddle factors are computed one by one, not by recurrence: errors do not add up.
  for (std::size_t half = 1; half < n; half *= 2) {
    for (std::size_t k = 0; k < half; ++k) {
      const auto twiddle = std::polar(1.0, -std::numbers::pi * static_cast<double>(k) / static_cast<double>(half));
      for (std::size_t start = k; start < n; start += 2 * half) {
        const std::complex<double> b = x[start + half];
        const std::complex<double> odd{b.real() * twiddle.real() - b.imag() * twiddle.imag(),
                                       b.real() * twiddle.imag() + b.imag() * twiddle.real()};
        x[start + half] = x[start] - odd;
        x[start] += odd;
      }
    }
  }
}

WelchSpectrum::WelchSpectrum(std::size_t segment, double interval)
    : resolution_(1.0 / (static_cast<double>(segment) * interval)),
      samples_(segment),
      window_(segment),
      sum_(segment / 2 + 1),
      work_(segment) {
  expect(segment >= 4 && std::has_single_bit(segment), "segment length is a power of two, at least 4");
  // Periodic Hann window; its mean square makes the density independent of the window.
  double squares = 0.0;
  for (std::size_t i = 0; i < segment; ++i) {
    const double phase = 2.0 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(segment);
    window_[i] = 0.5 - 0.5 * std::cos(phase);
    squares += window_[i] * window_[i];
  }
  scale_ = 2.0 * interval / squares;
}

void WelchSpectrum::transform_segment() {
  const std::size_t n = samples_.size();
  double mean = 0.0;
  for (const double sample : samples_) mean += sample;
  mean /= static_cast<double>(n);
  for (std::size_t i = 0; i < n; ++i) work_[i] = (samples_[i] - mean) * window_[i];
  fourier_transform(work_);

  // Frequency 0 and the highest one have no mirror image, so they count once.
  for (std::size_t k = 0; k < sum_.size(); ++k) {
    const double sides = k == 0 || k == n / 2 ? 0.5 : 1.0;
    sum_[k] += sides * scale_ * std::norm(work_[k]);
  }
  ++segments_;
  std::copy(samples_.begin() + static_cast<std::ptrdiff_t>(n / 2), samples_.end(), samples_.begin());
  filled_ = n / 2;
}

std::vector<double> WelchSpectrum::density() const {
  if (segments_ == 0) return {};
  std::vector<double> mean = sum_;
  for (double& value : mean) value /= static_cast<double>(segments_);
  return mean;
}

double WelchSpectrum::band_power(double low, double high) const {
  if (segments_ == 0) return std::numeric_limits<double>::quiet_NaN();
  double power = 0.0;
  for (std::size_t k = 0; k < sum_.size(); ++k) {
    const double from = (static_cast<double>(k) - 0.5) * resolution_;
    const double width = std::min(high, from + resolution_) - std::max(low, from);
    if (width > 0.0) power += width * sum_[k];
  }
  return power / static_cast<double>(segments_);
}

double WelchSpectrum::peak_frequency(double low, double high) const {
  double best = 0.0;
  double frequency = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t k = 0; k < sum_.size(); ++k) {
    const double f = static_cast<double>(k) * resolution_;
    if (f < low || f > high || sum_[k] <= best) continue;
    best = sum_[k];
    frequency = f;
  }
  return frequency;
}

void WelchSpectrum::save(std::vector<double>& values) const {
  values.push_back(static_cast<double>(filled_));
  values.push_back(static_cast<double>(segments_));
  values.insert(values.end(), samples_.begin(), samples_.end());
  values.insert(values.end(), sum_.begin(), sum_.end());
}

void WelchSpectrum::load(std::span<const double> values) {
  expect(values.size() >= saved_size(), "saved spectrum is long enough");
  // A damaged count must not become an index.
  const double filled = values[0];
  if (!(filled >= 0.0 && filled < static_cast<double>(samples_.size()) && values[1] >= 0.0 && values[1] < 1e15))
    throw EnvironmentError("the saved state of a power spectrum is damaged");
  filled_ = static_cast<std::size_t>(filled);
  segments_ = static_cast<std::size_t>(values[1]);
  const auto samples = values.subspan(2, samples_.size());
  const auto sums = values.subspan(2 + samples_.size(), sum_.size());
  std::copy(samples.begin(), samples.end(), samples_.begin());
  std::copy(sums.begin(), sums.end(), sum_.begin());
}

}  // namespace burgeon
