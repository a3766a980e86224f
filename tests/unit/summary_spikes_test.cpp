// Spike train measures on trains whose values are known.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <string>
#include <vector>

#include "base/errors.h"
#include "base/random.h"
#include "record/summary.h"

namespace burgeon {
namespace {

ModelSpec two_populations(std::uint64_t first, std::uint64_t second, double discard = 0.0) {
  ModelSpec spec;
  spec.run.dt = 0.1;
  spec.run.discard = discard;
  spec.populations.resize(2);
  spec.populations[0].name = "pyr";
  spec.populations[0].size = first;
  spec.populations[0].groups = {{"A", 0, first / 2}};
  spec.populations[1].name = "pv";
  spec.populations[1].size = second;
  return spec;
}

double value(const SpikeSummary& summary, const std::string& name) {
  for (const Measure& measure : summary.measures())
    if (measure.name == name) return measure.value;
  ADD_FAILURE() << "no measure " << name;
  return 0.0;
}

/// Every neuron of population 0 fires in each step with probability rate(t in s) * dt.
std::vector<Spike> random_trains(std::uint64_t neurons, Step steps, const std::function<double(double)>& rate) {
  RandomStream random(random_key(11, "summary test"), 0);
  std::vector<Spike> spikes;
  for (Step step = 1; step <= steps; ++step) {
    const double mean = rate(static_cast<double>(step) * 1e-4) * 1e-4 * static_cast<double>(neurons);
    std::vector<LocalIndex> who(random.poisson(mean));
    for (auto& index : who) index = static_cast<LocalIndex>(random.below(neurons));
    std::sort(who.begin(), who.end());
    for (const LocalIndex index : who)
      spikes.push_back({step, 0, index, static_cast<float>(0.0999 * random.uniform())});
  }
  return spikes;
}

TEST(SpikeSummary, PoissonTrains) {
  const ModelSpec spec = two_populations(200, 10);
  SpikeSummary summary(spec);
  const Step steps = 600'000;  // 60 s
  summary.on_spikes(random_trains(200, steps, [](double) { return 8.0; }));
  summary.advance(steps);
  // Standard errors: rate 8 / sqrt(96 000) = 0.026; CV about 1/sqrt(2 * 480 * 200); Fano sqrt(2 / 12 000) = 0.013.
  EXPECT_NEAR(value(summary, "pyr.rate"), 8.0, 0.12);
  EXPECT_NEAR(value(summary, "pyr.A.rate"), 8.0, 0.16);
  EXPECT_NEAR(value(summary, "pyr.rate_sd"), std::sqrt(8.0 / 60.0), 0.1);
  EXPECT_NEAR(value(summary, "pyr.cv_isi"), 1.0, 0.02);
  EXPECT_NEAR(value(summary, "pyr.fano"), 1.0, 0.06);
  EXPECT_EQ(value(summary, "pyr.silent"), 0.0);
  // Independent Poisson trains have the flat one-sided density 2 rate / N.
  EXPECT_NEAR(value(summary, "pyr.power_gamma"), 50.0 * 2.0 * 8.0 / 200.0, 0.3);
  // Nobody fired in the other population.
  EXPECT_EQ(value(summary, "pv.rate"), 0.0);
  EXPECT_EQ(value(summary, "pv.silent"), 1.0);
  EXPECT_TRUE(std::isnan(value(summary, "pv.cv_isi")));
  EXPECT_TRUE(std::isnan(value(summary, "pv.fano")));
}

TEST(SpikeSummary, RegularTrainsAndTheNeedForThreeIntervals) {
  const ModelSpec spec = two_populations(4, 2);
  SpikeSummary summary(spec);
  // pyr: neuron 0 every 20 ms, neuron 1 has three spikes only (two intervals, irregular): it must not count.
  std::vector<Spike> spikes;
  for (Step step = 200; step <= 10'000; step += 200) spikes.push_back({step, 0, 0, 0.05F});
  for (const Step step : {100, 110, 9000}) spikes.push_back({step, 0, 1, 0.0F});
  std::sort(spikes.begin(), spikes.end());
  summary.on_spikes(spikes);
  // pv: intervals 10, 20, 30 ms -> mean 20, SD 10.
  const std::vector<Spike> other = {{100, 1, 0, 0.0F}, {200, 1, 0, 0.0F}, {400, 1, 0, 0.0F}, {700, 1, 0, 0.0F}};
  summary.on_spikes(other);
  summary.advance(10'000);
  EXPECT_NEAR(value(summary, "pyr.cv_isi"), 0.0, 1e-6);
  EXPECT_DOUBLE_EQ(value(summary, "pyr.rate"), 53.0 / 4.0);
  EXPECT_DOUBLE_EQ(value(summary, "pyr.A.rate"), 53.0 / 2.0);
  EXPECT_DOUBLE_EQ(value(summary, "pyr.silent"), 0.5);
  EXPECT_DOUBLE_EQ(value(summary, "pv.cv_isi"), 0.5);
  EXPECT_DOUBLE_EQ(value(summary, "pv.rate_sd"), std::sqrt(8.0));
}

TEST(SpikeSummary, TimeWithinTheStepCounts) {
  const ModelSpec spec = two_populations(2, 2);
  SpikeSummary summary(spec);
  // Grid intervals 100 steps each, exact intervals 10.05, 9.95, 10.05 ms.
  summary.on_spikes(std::vector<Spike>{{100, 0, 0, 0.05F}, {200, 0, 0, 0.0F}, {300, 0, 0, 0.05F}, {400, 0, 0, 0.0F}});
  summary.advance(1000);
  EXPECT_NEAR(value(summary, "pyr.cv_isi"), std::sqrt(0.01 / 3.0) / (30.05 / 3.0), 1e-6);
}

TEST(SpikeSummary, SynchronousVolleysHaveLargeFano) {
  const ModelSpec spec = two_populations(100, 2);
  SpikeSummary summary(spec);
  std::vector<Spike> spikes;
  // Everyone fires together at the last step of every second 5 ms bin: counts 0, 100, 0, 100, ...
  for (Step step = 100; step <= 100'000; step += 100)
    for (LocalIndex index = 0; index < 100; ++index) spikes.push_back({step, 0, index, 0.0F});
  summary.on_spikes(spikes);
  summary.advance(100'000);
  EXPECT_NEAR(value(summary, "pyr.fano"), 50.0 * 2000.0 / 1999.0, 1e-9);
}

TEST(SpikeSummary, GammaModulationGivesAGammaPeak) {
  const ModelSpec spec = two_populations(400, 2);
  SpikeSummary summary(spec);
  const Step steps = 200'000;
  summary.on_spikes(random_trains(
      400, steps, [](double t) { return 10.0 * (1.0 + 0.8 * std::sin(2.0 * std::numbers::pi * 40.0 * t)); }));
  summary.advance(steps);
  EXPECT_NEAR(value(summary, "pyr.peak_frequency"), 40.0, 1.0);
  // Modulation 8 Hz: power 32 Hz^2, above a floor of 50 Hz * 2 * 10 / 400.
  EXPECT_NEAR(value(summary, "pyr.power_gamma"), 32.0 + 2.5, 2.5);
  EXPECT_LT(value(summary, "pyr.power_alpha"), 1.0);
}

TEST(SpikeSummary, DiscardedTimeIsLeftOut) {
  const ModelSpec spec = two_populations(2, 2, 500.0);
  SpikeSummary summary(spec);
  summary.on_spikes(std::vector<Spike>{{100, 0, 0, 0.0F}, {5000, 0, 0, 0.0F}});
  summary.advance(5000);
  EXPECT_TRUE(std::isnan(value(summary, "pyr.rate")));  // no time counted yet
  summary.on_spikes(std::vector<Spike>{{5001, 0, 0, 0.0F}, {6000, 0, 1, 0.0F}});
  summary.advance(15'000);
  EXPECT_DOUBLE_EQ(value(summary, "pyr.rate"), 1.0);
}

TEST(SpikeSummary, SavedAndLoadedGoesOnAsIfNothingHappened) {
  const ModelSpec spec = two_populations(50, 2, 33.3);
  const Step steps = 60'000;
  const auto spikes = random_trains(50, steps, [](double) { return 20.0; });
  SpikeSummary whole(spec);
  whole.on_spikes(spikes);
  whole.advance(steps);

  // The same spikes in portions of a prime number of steps, through a save in the middle of a bin.
  SpikeSummary first(spec);
  SpikeSummary second(spec);
  auto next = spikes.begin();
  const Step middle = 13 * 2311;
  for (Step step = 13; step < steps + 13; step += 13) {
    SpikeSummary& current = step <= middle ? first : second;
    const auto end = std::find_if(next, spikes.end(), [&](const Spike& spike) { return spike.step > step; });
    current.on_spikes(std::span(next, end));
    current.advance(std::min(step, steps));
    next = end;
    if (step == middle) second.load(first.save());
  }
  EXPECT_EQ(second.save(), whole.save());
  const auto a = whole.measures();
  const auto b = second.measures();
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].name, b[i].name);
    EXPECT_TRUE(a[i].value == b[i].value || (std::isnan(a[i].value) && std::isnan(b[i].value))) << a[i].name;
  }
}

TEST(SpikeSummary, PartsAddUp) {
  // Odd and even neurons come as two parts, ten milliseconds at a time, and all at once as one.
  const ModelSpec spec = two_populations(40, 2);
  const Step steps = 20'000;
  const std::vector<Spike> spikes = random_trains(40, steps, [](double) { return 12.0; });
  SpikeSummary whole(spec), parts(spec, 2), lost(spec, 2);
  whole.on_spikes(spikes);
  whole.advance(steps);
  for (Step step = 100; step <= steps; step += 100) {
    std::vector<Spike> odd, even;
    for (const Spike& spike : spikes)
      if (spike.step > step - 100 && spike.step <= step) (spike.index % 2 == 1 ? odd : even).push_back(spike);
    parts.on_spikes(even, 0);
    parts.on_spikes(odd, 1);
    lost.on_spikes(even, 0);
    parts.advance(step);
    lost.advance(step);
  }
  EXPECT_EQ(whole.save(), parts.save());
  // The planted fault: a part that is left out.
  EXPECT_NE(whole.save(), lost.save());
}

TEST(SpikeSummary, RefusesTheStateOfAnotherModel) {
  const auto bytes = SpikeSummary(two_populations(50, 2)).save();
  EXPECT_THROW(SpikeSummary(two_populations(51, 2)).load(bytes), EnvironmentError);
  EXPECT_THROW(SpikeSummary(two_populations(49, 2)).load(bytes), EnvironmentError);
}

}  // namespace
}  // namespace burgeon
