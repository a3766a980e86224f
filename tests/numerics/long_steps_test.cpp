// Steps too long for the short polynomials of the vector loops: a second look takes them in full, neuron by neuron.

#include <gtest/gtest.h>

#include <cmath>

#include "base/math.h"
#include "base/noise.h"
#include "models/catalogue.h"
#include "support/cells.h"

namespace burgeon::test {
namespace {

constexpr double dt = 0.1;

class LongSteps : public testing::TestWithParam<const char*> {};

// A membrane with h J from -0.05 to -30 follows its exponential exactly; phi1_short alone would not.
TEST_P(LongSteps, PassiveMembraneIsExact) {
  for (const double C : {60.0, 10.0, 3.0, 0.5, 0.1}) {
    const Values values{{"C_m", C}, {"g_L", 30.0}, {"E_L", -70.0}, {"I_e", 90.0}, {"V_th", 100.0}};
    Values all = values;
    if (std::string_view(GetParam()) == "aeif_cond") all.insert({{"a", 0.0}, {"V_peak", 120.0}});
    Cells cells(models::catalogue(best_simd()), GetParam(), 1, dt, all);
    for (int k = 1; k <= 50; ++k) {
      cells.step();
      const double exact = -67.0 - 3.0 * std::exp(-30.0 / C * dt * k);
      EXPECT_NEAR(cells.V()[0], exact, 1e-11) << "C_m " << C << ", step " << k;
    }
  }
  constexpr double x = -3.0;  // the planted error: the short polynomial out of its range
  EXPECT_GT(std::fabs(phi1_short(x) - phi1(x)), 1e-3);
}

// What one neuron needs does not change the bits of its neighbours.
TEST_P(LongSteps, NeighboursDoNotNotice) {
  constexpr std::size_t n = 130, busy = 70;
  const auto after = [&](float weight) {
    Cells cells(models::catalogue(best_simd()), GetParam(), n, dt, {{"I_e", 150.0}});
    const std::size_t r = cells.add_receptor("exp_conductance", {{"tau", 5.0}, {"E_rev", -65.0}});
    for (int k = 0; k < 200; ++k) {
      for (std::size_t i = 0; i < n; ++i) cells.input(r)[i] = i == busy ? weight : 0.01F * static_cast<float>(i);
      cells.step();
    }
    return std::vector<double>(cells.V(), cells.V() + n);
  };
  const std::vector<double> calm = after(1.0F), steep = after(500.0F);
  for (std::size_t i = 0; i < n; ++i) {
    if (i == busy)
      EXPECT_NE(calm[i], steep[i]);
    else
      EXPECT_EQ(calm[i], steep[i]) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Models, LongSteps, testing::Values("lif_cond", "aeif_cond"));

}  // namespace
}  // namespace burgeon::test
