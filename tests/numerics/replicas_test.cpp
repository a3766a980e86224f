// Bursts made by several networks side by side: noise falls with their number, claims follow, bits depend on nothing else.

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cmath>
#include <numeric>

#include "base/random.h"
#include "multiscale/averages.h"
#include "support/moments.h"
#include "support/slow_models.h"

namespace burgeon::test {
namespace {

std::string every(int seconds, int replicas) {
  const std::string H = std::to_string(seconds);
  return "first_leap = \"" + H + " s\"\nlongest_leap = \"" + H +
         " s\"\ntolerance = 1.0\nprobe_every = 0\nreplicas = " + std::to_string(replicas) + "\n";
}

// Ends of runs over seeds. With noise of a fresh burst in every leap: T8's model.
std::vector<double> ends(int replicas, bool same_noise) {
  Linear model{.k = 10.0, .tau = 1.0 / 90.0, .rate = 500.0, .neurons = 2, .hours = 0.05};
  model.multiscale = every(18, replicas);
  std::vector<double> y;
  for (model.seed = 1; model.seed <= 60; ++model.seed)
    y.push_back(leap(parse_slow(model.text()), 1, {.segment = {}, .same_noise = same_noise}).slow[0]);
  return y;
}

// T8: lambda / R. The planted mistake: replicas that all draw the noise of the run.
TEST(Replicas, NoiseFallsWithTheirNumber) {
  const double one = sd_of(ends(1, false)), four = sd_of(ends(4, false)), same = sd_of(ends(4, true));
  EXPECT_NEAR(one / four, 2.0, 0.6) << one << " " << four;
  EXPECT_NEAR(one / same, 1.0, 0.3) << one << " " << same;
  EXPECT_GT(same, 1.4 * four) << "the planted mistake: the same noise";
}

// T4 with replicas: what is claimed is what is, for a straight answer and behind a threshold.
TEST(Replicas, SamplingErrorIsAsClaimed) {
  const double lambda = 600.0 * 0.04 + 10.0, gated = 600.0 * 0.04 / lambda * (1.0 - std::exp(-0.25 * lambda));
  for (const bool threshold : {false, true}) {
    std::vector<double> z, size;
    for (int seed = 1; seed <= 40; ++seed) {
      Linear model{.rate = 500.0, .neurons = 2, .seed = seed, .hours = 0.25};
      if (!threshold) model.k = 1.0;
      model.multiscale = every(60, 4);
      std::string text = model.text();
      if (threshold) text = text.substr(0, text.find("[slow.linear]")) + "[slow.gated]\nx = \"cell.ampa.g\"\n";
      const Leaps result = leap(parse_slow(text));
      z.push_back((result.slow[0] - (threshold ? gated : model.exact())) / result.noise[0]);
      size.push_back(result.noise[0]);
    }
    EXPECT_GT(sd_of(z), 0.7) << threshold << " claimed " << mean_of(size);
    EXPECT_LT(sd_of(z), 1.3) << threshold << " mean " << mean_of(z) << ", claimed " << mean_of(size);
    EXPECT_LT(std::abs(mean_of(z)), 0.5) << threshold;
  }
}

// The noise of one network, learnt from several: of a series that corrects itself.
TEST(Replicas, NoiseIsLearntWithinAndBetween) {
  constexpr int n = 40, bursts = 30;
  constexpr std::size_t replicas = 4;
  const double exact = ((1.0 + 0.36) * n - 2.0 * 0.6 * (n - 1)) / (n * n);
  std::vector<double> ratio;
  for (int trial = 0; trial < 20; ++trial) {
    AverageNoise noise;
    for (int burst = 0; burst < bursts; ++burst) {
      std::vector<double> means;
      for (std::size_t r = 0; r < replicas; ++r) {
        RandomStream draw(static_cast<std::uint64_t>(trial * bursts + burst), r);
        std::vector<double> series;
        double before = draw.normal();
        for (int k = 0; k < n; ++k) {
          const double now = draw.normal();
          series.push_back(now - 0.6 * before);
          before = now;
        }
        means.push_back(mean_of(series));
        noise.learn(batch_variances(series), 50.0, 1.0);
      }
      noise.learn({{n, replicas, sd_of(means) * sd_of(means), true}}, 50.0, 1.0);
    }
    ratio.push_back(noise.squared_error(n * 50.0) / exact);
  }
  EXPECT_NEAR(mean_of(ratio), 1.0, 0.1);
  EXPECT_LT(sd_of(ratio), 0.25);
}

// One is the run as it was; two are another.
TEST(Replicas, OneIsNoReplica) {
  const std::string how = "first_leap = \"5 s\"\nlongest_leap = \"10 s\"\nprobe_every = 0\ntolerance = 1.0";
  const Leaps plain = leap(parse_slow(asynchronous_text(5, "45 s", how)));
  const Leaps one =
      leap(parse_slow(asynchronous_text(5, "45 s", how + "\nreplicas = 1")), 1, {.segment = {}, .at_once = 2});
  const Leaps two = leap(parse_slow(asynchronous_text(5, "45 s", how + "\nreplicas = 2")));
  EXPECT_EQ(one.hash, plain.hash);
  EXPECT_EQ(one.slow, plain.slow);
  EXPECT_EQ(one.report.error, plain.report.error);
  EXPECT_EQ(one.report.simulated_ms, plain.report.simulated_ms);
  EXPECT_NE(two.hash, plain.hash);
  EXPECT_GT(two.report.simulated_ms, 1.5 * plain.report.simulated_ms);
}

// T3: not allowed to leap, there are no bursts to make twice.
TEST(Replicas, WithoutLeapsSameBitsAsDirect) {
  const ModelSpec spec =
      parse_slow(asynchronous_text(3, "20 s", "longest_leap = \"3 s\"\nfirst_leap = \"1 s\"\nreplicas = 3"));
  MemorySink sink;
  Simulation simulation(spec, slow_catalogue(), sink, {});
  simulation.run();
  const Leaps result = leap(spec);
  EXPECT_EQ(result.hash, simulation.result_hash());
  EXPECT_EQ(result.report.simulated_ms, result.report.total_ms);
}

// T7: any number of threads, side by side or in turn, stopped and gone on with: the same bits. With a current of its own per
// neuron, and drives that are drawn anew.
TEST(Replicas, RestartAndThreadsDoNotMatter) {
  const std::string more = R"([slow.synaptic_scaling]
rate = "inh.rate"
target = "inh"
tau = "0.1 h"
[inputs.noise]
type = "ou_current"
target = "exc"
mean = "0 pA"
sd = "20 pA"
tau = "10 ms"
[inputs.weather]
type = "poisson"
target = "exc"
receptor = "exc"
rate = "100 Hz"
weight = "60 pA"
redraw = { every = "100 ms", sd = "20 Hz" }
)";
  const ModelSpec spec = parse_slow(asynchronous_text(
      5, "45 s",
      "first_leap = \"5 s\"\nlongest_leap = \"10 s\"\nprobe_every = 3\nlongest_burst = \"3 s\"\ntolerance = 0.003\n"
      "replicas = 3",
      more));
  const Leaps whole = leap(spec);
  ASSERT_GT(whole.log.size(), 4U);
  EXPECT_GT(whole.report.error, 0.0);
  for (const auto& [threads, at_once] : {std::pair<unsigned, unsigned>{1, 3}, {2, 2}, {3, 1}}) {
    const Leaps other = leap(spec, threads, {.segment = {}, .at_once = at_once});
    EXPECT_EQ(other.hash, whole.hash) << threads;
    EXPECT_EQ(other.slow, whole.slow) << threads;
    EXPECT_EQ(other.report.error, whole.report.error) << threads;
  }
  for (const std::size_t stop_after : {std::size_t{1}, whole.log.size() - 2}) {
    SCOPED_TRACE(stop_after);
    Checkpoint checkpoint;
    {
      MemorySink sink;
      Simulation simulation(spec, slow_catalogue(), sink, {.threads = 2});
      std::atomic<bool> stop{false};
      std::size_t steps = 0;
      Multiscale multiscale(spec, simulation, sink,
                            {&stop, [&, last = stop_after] { stop = ++steps == last; }, 2, false});
      EXPECT_FALSE(multiscale.run());
      checkpoint = simulation.checkpoint();
      multiscale.save(checkpoint);
    }
    MemorySink sink;
    Simulation simulation(spec, slow_catalogue(), sink, {.threads = 1});
    Multiscale multiscale(spec, simulation, sink, {nullptr, {}, 3, false});
    simulation.restore(checkpoint);
    multiscale.load(checkpoint);
    EXPECT_TRUE(multiscale.run());
    EXPECT_EQ(simulation.result_hash(), whole.hash);
    EXPECT_EQ(simulation.slow().tracked(simulation.slow_state()), whole.slow);
    EXPECT_EQ(multiscale.report().error, whole.report.error);
    EXPECT_EQ(multiscale.report().simulated_ms, whole.report.simulated_ms);
  }
}

TEST(Replicas, ShareThreads) {
  ModelSpec spec;
  spec.multiscale.replicas = 3;
  for (const auto& [threads, each, at_once] : {std::array<unsigned, 3>{1, 1, 1}, {2, 1, 2}, {3, 1, 3}, {8, 2, 3}}) {
    EXPECT_EQ(share_threads(spec, threads).each, each) << threads;
    EXPECT_EQ(share_threads(spec, threads).at_once, at_once) << threads;
  }
}

}  // namespace
}  // namespace burgeon::test
