// Published networks against the numbers an independent implementation found for them: Brunel 2000 (four regimes of its
// Figure 8), Brette et al. 2007 (CUBA, COBA), Wang 2002 (spontaneous state), Vogels & Abbott (workload A1).

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "support/run.h"

namespace burgeon::test {
namespace {

using Overrides = std::vector<std::pair<std::string, std::string>>;

struct Mean {
  double exc = 0, inh = 0, cv = 0;
};

// Mean over seeds of rates and ISI CV.
Mean over_seeds(const std::string& model, const std::string& exc, const std::string& inh, int first, int seeds,
                const Overrides& overrides = {}) {
  Mean mean;
  for (int seed = first; seed < first + seeds; ++seed) {
    Overrides all = overrides;
    all.emplace_back("simulation.seed", std::to_string(seed));
    const Outcome outcome = run(load(model, all), {.threads = 2});
    mean.exc += outcome.measure(exc + ".rate") / seeds;
    mean.inh += outcome.measure(inh + ".rate") / seeds;
    mean.cv += outcome.measure(exc + ".cv_isi") / seeds;
  }
  return mean;
}

Outcome brunel(const std::string& inhibition, const std::string& external) {
  return run(load("models/circuits/brunel_delta.toml", {{"simulation.duration", "\"0.7 s\""},
                                                        {"projections.inh_to_exc.weight", "\"" + inhibition + "\""},
                                                        {"projections.inh_to_inh.weight", "\"" + inhibition + "\""},
                                                        {"inputs.external.rate", "\"" + external + "\""}}),
             {.threads = 2});
}

// E and I cells have the same parameters and the same statistics of input.
void expect_equal_rates(const Outcome& outcome, double tolerance) {
  EXPECT_NEAR(outcome.measure("inh.rate") / outcome.measure("exc.rate"), 1.0, tolerance);
}

TEST(Brunel2000, SynchronousRegular) {
  const Outcome outcome = run(load("models/circuits/brunel_delta.toml",
                                   {{"simulation.duration", "\"250 ms\""}, {"simulation.discard", "\"100 ms\""}}),
                              {.threads = 2});
  EXPECT_NEAR(outcome.measure("exc.rate"), 333.3, 1.5);
  EXPECT_LT(outcome.measure("exc.cv_isi"), 0.01);
  expect_equal_rates(outcome, 0.01);
}

TEST(Brunel2000, FastOscillation) {
  const Outcome outcome = brunel("-0.6 mV", "40 kHz");
  EXPECT_NEAR(outcome.measure("exc.rate"), 58.3, 0.04 * 58.3);
  EXPECT_GT(outcome.measure("exc.cv_isi"), 0.7);
  expect_equal_rates(outcome, 0.03);
}

TEST(Brunel2000, AsynchronousIrregular) {
  const Outcome outcome = brunel("-0.5 mV", "20 kHz");
  EXPECT_NEAR(outcome.measure("exc.rate"), 37.6, 0.02 * 37.6);
  EXPECT_NEAR(outcome.measure("exc.cv_isi"), 0.42, 0.04);
  expect_equal_rates(outcome, 0.02);
}

TEST(Brunel2000, SlowOscillation) {
  const Outcome outcome =
      run(load("models/circuits/brunel_delta.toml", {{"simulation.duration", "\"2.2 s\""},
                                                     {"projections.inh_to_exc.weight", "\"-0.45 mV\""},
                                                     {"projections.inh_to_inh.weight", "\"-0.45 mV\""},
                                                     {"inputs.external.rate", "\"9 kHz\""}}),
          {.threads = 2});
  EXPECT_NEAR(outcome.measure("exc.rate"), 5.8, 0.12 * 5.8);
  EXPECT_NEAR(outcome.measure("exc.peak_frequency"), 20.5, 2.5);
}

// Seeds differ in wiring too, which alone spreads the rates by 7 %: bands are three standard errors of eight seeds.
TEST(Brette2007, Cuba) {
  const Mean mean = over_seeds("models/circuits/brette_cuba.toml", "exc", "inh", 1, 8);
  EXPECT_NEAR(mean.exc, 5.42, 0.45);
  EXPECT_NEAR(mean.inh, 5.52, 0.2);
  EXPECT_NEAR(mean.cv, 0.63, 0.04);
}

TEST(Brette2007, Coba) {
  const Mean mean =
      over_seeds("models/circuits/brette_coba.toml", "exc", "inh", 1, 8, {{"simulation.duration", "\"2 s\""}});
  EXPECT_NEAR(mean.exc, 18.4, 2.0);
  EXPECT_NEAR(mean.inh, 18.7, 1.0);
  EXPECT_NEAR(mean.cv, 1.68, 0.12);
}

TEST(VogelsAbbott, WorkloadA1) {
  const Mean mean =
      over_seeds("models/experiments/bench_a1.toml", "exc", "inh", 1, 8, {{"simulation.duration", "\"1.1 s\""}});
  // Brian 2.5.1 on the same model: 17.8 and 17.5 Hz at dt 0.1 ms (exponential Euler), 16.8 and 17.1 Hz at 0.02 ms.
  EXPECT_NEAR(mean.exc, 17.3, 1.8);
  EXPECT_NEAR(mean.inh, 17.3, 0.9);
}

TEST(Wang2002, SpontaneousState) {
  const int seeds = 30;
  Mean mean;
  double standard_error = 0;
  for (int seed = 1; seed <= seeds; ++seed) {
    const Outcome outcome =
        run(load("models/circuits/wang_decision.toml", {{"simulation.seed", std::to_string(seed)}}), {.threads = 2});
    mean.inh += outcome.measure("int.rate") / seeds;
    mean.exc += outcome.measure("pyr.rate") / seeds;
  }
  // Trial SD 0.37 (I) and about 0.25 Hz (E).
  standard_error = 0.37 / std::sqrt(seeds);
  EXPECT_NEAR(mean.inh, 8.2, 0.25 + 2 * standard_error);
  EXPECT_NEAR(mean.exc, 2.47, 0.15 + 2 * 0.25 / std::sqrt(seeds));
}

}  // namespace
}  // namespace burgeon::test
