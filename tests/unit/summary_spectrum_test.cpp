// The Fourier transform against its definition, and the normalisation of Welch's density.

#include "record/spectrum.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

#include "base/errors.h"
#include "base/random.h"

namespace burgeon {
namespace {

std::vector<std::complex<double>> noise(std::size_t n) {
  RandomStream random(random_key(3, "spectrum test"), 0);
  std::vector<std::complex<double>> x(n);
  for (auto& value : x) value = {random.normal(), random.normal()};
  return x;
}

TEST(FourierTransform, EqualsItsDefinition) {
  for (const std::size_t n : {1U, 2U, 8U, 64U}) {
    const auto x = noise(n);
    auto fast = x;
    fourier_transform(fast);
    for (std::size_t k = 0; k < n; ++k) {
      std::complex<double> slow = 0.0;
      for (std::size_t i = 0; i < n; ++i)
        slow += x[i] * std::polar(1.0, -2.0 * std::numbers::pi * static_cast<double>(i * k) / static_cast<double>(n));
      EXPECT_NEAR(std::abs(fast[k] - slow), 0.0, 1e-11) << "n " << n << " k " << k;
    }
  }
}

TEST(FourierTransform, KeepsEnergy) {
  auto x = noise(1024);
  double before = 0.0;
  for (const auto& value : x) before += std::norm(value);
  fourier_transform(x);
  double after = 0.0;
  for (const auto& value : x) after += std::norm(value);
  EXPECT_NEAR(after / 1024.0, before, 1e-9 * before);
}

TEST(FourierTransform, RefusesOtherLengths) {
  std::vector<std::complex<double>> x(12);
  EXPECT_THROW(fourier_transform(x), InternalError);
}

TEST(WelchSpectrum, WhiteNoiseHasDensityTwiceVarianceTimesInterval) {
  RandomStream random(random_key(5, "spectrum test"), 0);
  WelchSpectrum spectrum(256, 1e-3);
  for (int i = 0; i < 256 * 400; ++i) spectrum.push(3.0 * random.normal());
  const double expected = 2.0 * 9.0 * 1e-3;
  // 799 half-overlapping segments and some 26 resolution cells: SD of the band mean is below 1 %.
  EXPECT_NEAR(spectrum.band_power(100.0, 200.0) / 100.0, expected, 0.04 * expected);
  // The whole density integrates to the variance.
  EXPECT_NEAR(spectrum.band_power(0.0, 500.0), 9.0, 0.04 * 9.0);
}

TEST(WelchSpectrum, SineHasItsPowerAtItsFrequencyAndTheMeanHasNone) {
  WelchSpectrum spectrum(1024, 1e-3);
  const double f = 40.0 * spectrum.resolution();
  for (int i = 0; i < 4096; ++i) spectrum.push(7.0 + 2.0 * std::sin(2.0 * std::numbers::pi * f * i * 1e-3));
  EXPECT_EQ(spectrum.segments(), 7U);  // half overlap
  EXPECT_DOUBLE_EQ(spectrum.peak_frequency(1.0, 100.0), f);
  EXPECT_NEAR(spectrum.band_power(f - 5.0, f + 5.0), 2.0, 1e-9);  // amplitude^2 / 2
  EXPECT_NEAR(spectrum.band_power(0.0, f - 5.0), 0.0, 1e-9);
}

TEST(WelchSpectrum, BandsShareAnEntryByItsWidth) {
  WelchSpectrum spectrum(64, 1e-3);
  RandomStream random(random_key(6, "spectrum test"), 0);
  for (int i = 0; i < 640; ++i) spectrum.push(random.normal());
  const double whole = spectrum.band_power(0.0, 500.0);
  const double parts =
      spectrum.band_power(0.0, 33.3) + spectrum.band_power(33.3, 101.7) + spectrum.band_power(101.7, 500.0);
  EXPECT_NEAR(parts, whole, 1e-12 * whole);
}

TEST(WelchSpectrum, WithoutASegmentThereIsNothing) {
  WelchSpectrum spectrum(64, 1e-3);
  for (int i = 0; i < 63; ++i) spectrum.push(1.0);
  EXPECT_TRUE(spectrum.density().empty());
  EXPECT_TRUE(std::isnan(spectrum.band_power(1.0, 4.0)));
  EXPECT_TRUE(std::isnan(spectrum.peak_frequency(1.0, 4.0)));
}

}  // namespace
}  // namespace burgeon
