// Growth of synaptic elements between spikes: closed forms, and a converged sum of small steps that shares no code.

#include <gtest/gtest.h>

#include <cmath>

#include "base/noise.h"
#include "models/catalogue.h"

namespace burgeon::test {
namespace {

const StructuralModel& rule(const char* name) { return *find(models::catalogue(best_simd()).structures, name); }

TEST(GrowthLinear, HasTheClosedForm) {
  // nu 1e-3/ms, eps 0.7, C0 1.4, tau 10 s: z(10 s) = 10 - 20 (1 - 1/e), z(50 s) = 50 - 20 (1 - e^-5).
  const double p[] = {1e-3, 0.7};
  EXPECT_NEAR(rule("growth_linear").growth(p, 1.4, 1e4, 1e4), -2.642411, 1e-6);
  EXPECT_NEAR(rule("growth_linear").growth(p, 1.4, 1e4, 5e4), 30.134759, 1e-6);
}

TEST(GrowthGaussian, HasItsZerosAndItsMaximum) {
  // eta 0, eps 0.05: nu at 0.025, 0 at 0 and 0.05, -0.875 nu at 0.075. A slow decay keeps calcium where it is.
  const double p[] = {1e-4, 0.05, 0.0};
  const auto rate = [&](double calcium) { return rule("growth_gaussian").growth(p, calcium, 1e12, 1.0) / 1e-4; };
  EXPECT_NEAR(rate(0.025), 1.0, 1e-9);
  EXPECT_NEAR(rate(0.0), 0.0, 1e-9);
  EXPECT_NEAR(rate(0.05), 0.0, 1e-9);
  EXPECT_NEAR(rate(0.075), -0.875, 1e-9);
}

double small_steps(const char* name, const double* p, double calcium, double tau, double span, int steps) {
  double sum = 0.0;
  const double h = span / steps;
  for (int k = 0; k < steps; ++k) {
    const double c = calcium * std::exp(-(k + 0.5) * h / tau);
    if (std::string(name) == "growth_gaussian") {
      const double x = (c - 0.5 * (p[2] + p[1])) / ((p[1] - p[2]) / (2.0 * std::sqrt(std::log(2.0))));
      sum += h * p[0] * (2.0 * std::exp(-x * x) - 1.0);
    } else {
      sum += h * p[0] * (2.0 / (1.0 + std::exp((c - p[1]) / p[2])) - 1.0);
    }
  }
  return sum;
}

TEST(GrowthCurves, EqualSmallSteps) {
  const double gaussian[] = {1e-3, 0.05, 0.01}, sigmoid[] = {1e-3, 0.05, 0.01};
  for (const auto& [name, p] : {std::pair("growth_gaussian", gaussian), std::pair("growth_sigmoid", sigmoid)})
    for (const double calcium : {0.0, 0.01, 0.05, 0.2, 2.0})
      for (const double span : {1.0, 200.0, 1e4, 1e5}) {
        const double expected = small_steps(name, p, calcium, 1e4, span, 200000);
        // 1e-6 of the largest change possible.
        EXPECT_NEAR(rule(name).growth(p, calcium, 1e4, span), expected, 1e-6 * p[0] * span) << name << calcium;
        // The planted fault: calcium held at its start is not good enough.
        if (calcium == 0.05 && span == 1e4) {
          EXPECT_GT(std::abs(small_steps(name, p, calcium, 1e12, span, 10) - expected), 1e-2 * p[0] * span);
        }
      }
}

TEST(GrowthCurves, DoNotDependOnHowTimeIsCut) {
  const double p[] = {1e-3, 0.05, 0.0};
  const double whole = rule("growth_gaussian").growth(p, 0.1, 1e4, 5000.0);
  double sum = 0.0;
  for (int k = 0; k < 50; ++k) sum += rule("growth_gaussian").growth(p, 0.1 * std::exp(-k * 100.0 / 1e4), 1e4, 100.0);
  EXPECT_NEAR(sum, whole, 1e-6 * std::abs(5.0));
}

}  // namespace
}  // namespace burgeon::test
