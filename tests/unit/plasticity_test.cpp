// Rules of plasticity through the engine: neurons that fire at given times, weights against sums over pairs of spikes.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "network/network.h"
#include "sim/plasticity.h"
#include "support/run.h"
#include "support/small_models.h"
#include "support/spike_pairs.h"

namespace burgeon::test {
namespace {

const std::string additive =
    R"(model = "stdp_pair", lambda = 0.01, alpha = 1.0, w_max = "1 mV", mu_plus = 0, mu_minus = 0)";

std::vector<float> weights(const std::string& text, const std::string& projection = "plastic") {
  MemorySink sink;
  const ModelSpec spec = parse(text);
  Simulation simulation(spec, real_catalogue(), sink, {});
  simulation.run();
  return simulation.projection_weights(projection);
}

// Sum over all earlier spikes, which is what an all-to-all trace means.
double trace(const std::vector<double>& spikes, double until, double tau, bool including) {
  double sum = 0.0;
  for (const double s : spikes)
    if (s < until - 1e-6 || (including && s < until + 1e-6)) sum += std::exp(-(until - s) / tau);
  return sum;
}

TEST(PairRule, ClosedFormOfOnePairing) {
  // Arrival at 101 ms with a delay of 1 ms: the difference is counted from there.
  const std::vector<double> differences = {10.0, -10.0, 50.0, -50.0};
  std::vector<SpikePair> pairs;
  for (const double d : differences) pairs.push_back({{100.0}, {101.0 + d}});
  const std::vector<float> w = weights(spike_pairs(pairs, additive, 200));
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const double change = std::copysign(0.01 * std::exp(-std::abs(differences[i]) / 20.0), differences[i]);
    EXPECT_NEAR(w[i] - 0.5, change, 1e-7) << differences[i];
  }
}

TEST(PairRule, DifferencesCountFromTheArrival) {
  for (const double delay : {0.1, 1.5, 30.0}) {
    const std::vector<SpikePair> pairs = {{{100.0}, {100.0 + delay + 10.0}}, {{100.0}, {100.0 + delay - 10.0}}};
    const std::vector<float> w = weights(spike_pairs(pairs, additive, 200, 0.5, delay));
    EXPECT_NEAR(w[0], 0.50606531, 1e-7) << delay;
    EXPECT_NEAR(w[1], 0.49393469, 1e-7) << delay;
  }
}

TEST(PairRule, AgreesWithSumsOverAllPairs) {
  // Random trains; tau of 4 ms makes the engine renew the scale of its traces many times.
  RandomStream random(random_key(5, "trains"), 0);
  std::vector<SpikePair> pairs(30);
  for (SpikePair& pair : pairs)
    for (auto* train : {&pair.pre, &pair.post})
      for (double t = 1.0; t < 1500.0; t += 1.0 + std::floor(300.0 * random.uniform()) / 10.0)
        train->push_back(std::round(10 * t) / 10);
  struct Case {
    double plus, minus;
  };
  for (const Case mu : {Case{1.0, 1.0}, Case{0.0, 0.0}, Case{0.4, 1.0}, Case{1.0, 0.4}}) {
    const std::string rule = fmt::format(
        R"(model = "stdp_pair", lambda = 0.02, alpha = 1.1, w_max = "1 mV", mu_plus = {}, mu_minus = {}, tau_plus = "4 ms", tau_minus = "33 ms")",
        mu.plus, mu.minus);
    const std::vector<float> w = weights(spike_pairs(pairs, rule, 1600, 0.4));
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      std::vector<double> arrivals = pairs[i].pre;
      for (double& t : arrivals) t += 1.0;
      // A neuron that jumps over its threshold fires after what arrives at the same time.
      std::vector<std::pair<double, int>> events;
      for (const double t : arrivals) events.emplace_back(std::round(10 * t), 0);
      for (const double t : pairs[i].post) events.emplace_back(std::round(10 * t), 1);
      std::sort(events.begin(), events.end());
      double expected = 0.4;
      for (const auto& [step, kind] : events) {
        const double t = step / 10.0;
        expected += kind == 0 ? -0.022 * std::pow(expected, mu.minus) * trace(pairs[i].post, t, 33.0, false)
                              : 0.02 * std::pow(1.0 - expected, mu.plus) * trace(arrivals, t, 4.0, true);
        expected = std::clamp(expected, 0.0, 1.0);
      }
      EXPECT_NEAR(w[i], expected, 2e-5) << "pair " << i << " mu " << mu.plus << " " << mu.minus;
    }
  }
}

TEST(PairRule, StaysWithinItsBounds) {
  SpikePair up, down;
  for (double t = 10.0; t < 400.0; t += 10.0) {
    up.pre.push_back(t);
    up.post.push_back(t + 2.0);
    down.pre.push_back(t + 1.0);
    down.post.push_back(t);
  }
  const std::string rule =
      R"(model = "stdp_pair", lambda = 0.3, alpha = 1.5, w_max = "1 mV", mu_plus = 0, mu_minus = 0, tau_plus = "1 ms", tau_minus = "3 ms")";
  const std::vector<float> w = weights(spike_pairs({up, down}, rule, 410));
  EXPECT_EQ(w[0], 1.0F);
  EXPECT_EQ(w[1], 0.0F);
}

TEST(PairRule, InhibitoryWeightsMirrorExcitatoryOnes) {
  const std::vector<SpikePair> pairs = {{{100.0, 130.0}, {106.0, 131.0}}, {{100.0, 121.5}, {93.0, 124.0}}};
  const std::string rule = R"(model = "stdp_pair", w_max = "1 mV")";
  const std::vector<float> plus = weights(spike_pairs(pairs, rule, 200, 0.25)),
                           minus = weights(spike_pairs(pairs, rule, 200, -0.25));
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    EXPECT_NE(plus[i], 0.25F);
    EXPECT_EQ(plus[i], -minus[i]);
  }
}

TEST(PairRule, ArrivalsAreDeliveredWithTheDepressedWeight) {
  MemorySink sink;
  const ModelSpec spec =
      parse(spike_pairs({{{100.0}, {96.0}}}, R"(model = "stdp_pair", lambda = 0.5, w_max = "1 mV")", 200));
  Simulation simulation(spec, real_catalogue(), sink, {});
  simulation.run_until(1011);  // the arrival at 101 ms is part of this step
  const double expected = 0.5 * (1.0 - 0.5 * 1.05 * std::exp(-5.0 / 20.0));
  EXPECT_NEAR(simulation.projection_weights("plastic")[0], expected, 1e-7);
  EXPECT_NEAR(simulation.values("post", "V_m")[0], expected * std::exp(-0.1 / 20.0), 1e-6);
}

TEST(PairRule, ASpikeWithinTheStepBeforePrecedesAnArrival) {
  // The target crosses its threshold between two grid points under a constant current; its spike counts from the next one.
  // A presynaptic spike that arrives there comes second: depression, no potentiation.
  const std::string drive = "[inputs.push]\ntype = \"current\"\ntarget = \"post\"\namplitude = \"415 pA\"\n";
  const auto text = [&](double pre, double duration) {
    return spike_pairs({{{pre}, {}}}, additive, duration, 0.011) + drive;
  };
  const Outcome probe = run(parse(text(59.0, 60.0)));
  const std::vector<double>& spikes = probe.sink.table(Table::Kind::spikes, "post").columns[0];
  const double grid = std::ceil(spikes.at(0) * 10.0) / 10.0;
  ASSERT_GT(grid - spikes[0], 0.02);
  ASSERT_LT(grid - spikes[0], 0.08);  // so that the small weight does not move it to another step
  ASSERT_GT(spikes.at(1), grid + 5.0);
  EXPECT_NEAR(weights(text(grid - 1.0, grid + 5.0))[0], 0.001, 1e-7);
  // Had it arrived one step earlier, it would have come first.
  EXPECT_NEAR(weights(text(grid - 1.1, grid + 5.0))[0], 0.011 + 0.01 * std::exp(-0.1 / 20.0), 1e-7);
}

TEST(TripletRule, TableOfPfisterAndGerstner) {
  // 60 pairings at 10, 20, 40, 50 Hz, 10 ms apart, pre first and post first; closed-form values.
  struct Set {
    const char* rule;
    double expected[4][2];
  };
  const Set sets[] = {
      {R"(model = "stdp_triplet", A2_plus = 5e-10, A3_plus = 6.2e-3, A2_minus = 7e-3, A3_minus = 2.3e-4, tau_x = "101 ms", tau_y = "125 ms")",
       {{.132053, -.333623}, {.246962, -.351622}, {.533723, .154795}, {.740906, .727247}}},
      {R"(model = "stdp_triplet")", {{.118641, -.332213}, {.227795, -.341735}, {.532112, .173715}, {.762731, .749177}}},
      {R"(model = "stdp_triplet_nearest")",
       {{.100863, -.355614}, {.322032, -.278607}, {.568284, .289829}, {.635847, .629902}}},
  };
  const double rates[] = {10.0, 20.0, 40.0, 50.0};
  std::vector<SpikePair> pairs;
  for (const double rate : rates)
    for (const double difference : {10.0, -10.0}) {
      SpikePair pair;
      for (int k = 0; k < 60; ++k) {
        const double first = 20.0 + 1000.0 / rate * k;
        pair.pre.push_back(difference > 0 ? first : first + 10.0);
        pair.post.push_back(1.0 + (difference > 0 ? first + 10.0 : first));
      }
      pairs.push_back(pair);
    }
  for (const Set& set : sets) {
    const std::vector<float> w =
        weights(spike_pairs(pairs, std::string(set.rule) + R"(, w_ref = "1 mV", w_max = "10 mV")", 6100, 1.0));
    for (std::size_t r = 0; r < 4; ++r)
      for (std::size_t side = 0; side < 2; ++side)
        EXPECT_NEAR(w[2 * r + side] - 1.0, set.expected[r][side], 1e-5) << set.rule << rates[r] << " Hz, side " << side;
  }
}

TEST(InhibitoryRule, DriftVanishesAtTheTargetRate) {
  // Independent Poisson trains: drift = eta rate_pre 2 tau (rate_post - rho_0). 500 synapses of 20 s each.
  for (const double rate : {5.0, 10.0, 15.0}) {
    std::string text =
        spike_pairs(std::vector<SpikePair>(500),
                    R"(model = "stdp_inhibitory", eta = "0.001 mV", rho_0 = "10 Hz", w_max = "2 mV")", 20'000, 1.0);
    text = text.substr(0, text.find("[inputs.drive_pre]"));
    for (const auto& [name, hz] : {std::pair("pre", 10.0), std::pair("post", rate)})
      text += fmt::format(
          "[inputs.{0}]\ntype = \"poisson\"\ntarget = \"{0}\"\nreceptor = \"syn\"\nrate = \"{1} Hz\"\nweight = \"30 "
          "mV\"\n",
          name, hz);
    const std::vector<float> w = weights(text);
    double sum = 0.0, squares = 0.0;
    for (const float x : w) {
      sum += x - 1.0;
      squares += (x - 1.0) * (x - 1.0);
    }
    const double n = static_cast<double>(w.size()), mean = sum / n;
    const double error = std::sqrt((squares / n - mean * mean) / n);
    const double expected = 0.001 * (10.0 * 20.0) * 2.0 * 0.020 * (rate - 10.0);
    EXPECT_NEAR(mean, expected, 4.0 * error + 0.02 * std::abs(expected)) << rate;
    EXPECT_LT(error, 0.005);
  }
}

TEST(PlasticSlice, MoreThan65536Sources) {
  // An index of 16 bits would take source 69,999 for 4,463.
  std::string text = spike_pairs({{{100.0}, {111.0}}}, additive, 120);
  text.replace(text.find("n = 1"), 5, "n = 70000");
  text.replace(text.find("one_to_one"), 10, "all_to_all");
  text.replace(text.find("\"100.0 ms\", 0"), 13, "\"100.0 ms\", 69999");
  const std::vector<float> w = weights(text);
  ASSERT_EQ(w.size(), 70000U);
  EXPECT_NEAR(w[69999], 0.50606531, 1e-7);
  EXPECT_EQ(w[4463], 0.5F);
}

TEST(PlasticSlice, MoreSpikesThanNotesAndSilentSources) {
  // The target fires 300 times at 1 kHz while its source rests, which is more than a synapse can look back on. The second
  // source comes once, long after: nothing of its target's spikes may be lost or counted twice.
  SpikePair busy{{100.0}, {}}, late{{100.0, 480.0}, {}};
  for (int k = 0; k < 300; ++k)
    for (SpikePair* pair : {&busy, &late}) pair->post.push_back(102.0 + k);
  const std::string rule =
      R"(model = "stdp_pair", lambda = 0.001, alpha = 0.1, w_max = "10 mV", mu_plus = 0, mu_minus = 0, tau_plus = "200 ms")";
  const std::vector<float> w = weights(spike_pairs({busy, late}, rule, 500));
  double expected = 0.5;
  for (int k = 0; k < 300; ++k) expected += 0.001 * 10.0 * std::exp(-(1.0 + k) / 200.0);
  EXPECT_NEAR(w[0], expected, 1e-5);
  EXPECT_NEAR(w[1], expected - 0.001 * 0.1 * 10.0 * trace(late.post, 481.0, 20.0, false), 1e-5);
}

TEST(PlasticSlice, OrderOfArrivalsIsPartOfTheResult) {
  // The planted fault: were spikes queued in another order, sums of input would have other bits, and hashes would tell.
  const ModelSpec spec = parse(small_plastic());
  const auto input = [&](bool reversed) {
    Network network = build_network(spec, 1, [](const std::function<void(unsigned)>& f) { f(0); });
    const auto is_pair = [](const Projection& p) { return p.spec->name == "exc_to_exc"; };
    const auto at =
        std::find_if(network.projections.begin(), network.projections.end(), is_pair) - network.projections.begin();
    PlasticSlice synapses(network, static_cast<std::uint32_t>(at), 0, spec.run.dt);
    std::vector<float> slot(101, 0.0F);
    for (Step step = 0; step < 25; ++step) {
      if (step == 10)
        for (std::uint32_t row = 0; row < 101; ++row) synapses.queue(reversed ? 100 - row : row, step);
      synapses.arrive(step, slot.data());
      for (const float x : slot) EXPECT_EQ(x, 0.0F) << "nothing may arrive before the delay is over";
    }
    synapses.arrive(25, slot.data());
    return slot;
  };
  const std::vector<float> ordered = input(false), reversed = input(true);
  EXPECT_EQ(ordered, input(false));
  EXPECT_NE(ordered, reversed);
  for (std::size_t i = 0; i < ordered.size(); ++i) EXPECT_NEAR(ordered[i], reversed[i], 1e-2);
}

TEST(PlasticCheckpoint, SameBytesForAnyLayout) {
  const ModelSpec spec = parse(small_plastic());
  std::vector<Checkpoint> checkpoints;
  for (const unsigned threads : {1U, 3U}) {
    MemorySink sink;
    SimulationOptions options;
    options.threads = threads;
    Simulation simulation(spec, real_catalogue(), sink, options);
    simulation.run_until(2713);
    checkpoints.push_back(simulation.checkpoint());
    // Every rule has been at work.
    for (const char* name : {"exc_to_exc", "group_to_inh", "exc_to_inh", "inh_to_exc"}) {
      const std::vector<float> w = simulation.projection_weights(name);
      EXPECT_GT(std::count_if(w.begin(), w.end(), [&](float x) { return x != w[0]; }), 10) << name;
    }
  }
  for (const auto& [name, bytes] : checkpoints[0].arrays) EXPECT_EQ(bytes, checkpoints[1].arrays.at(name)) << name;
  EXPECT_GT(checkpoints[0].arrays.at("plastic/exc_to_exc/under_way").size(), 0U);
}

TEST(PlasticSummary, MeanAndSpread) {
  const Outcome outcome = run(parse(spike_pairs({{{100.0}, {111.0}}, {{100.0}, {91.0}}}, additive, 200)));
  EXPECT_NEAR(outcome.measure("weights.plastic.mean"), 0.5, 1e-7);
  EXPECT_NEAR(outcome.measure("weights.plastic.sd"), 0.00606531, 1e-7);
}

TEST(PlasticSpec, RefusesWhatTheEngineCannotDo) {
  struct Wrong {
    std::string from, to, says;
  };
  const std::string good = spike_pairs({{{100.0}, {111.0}}}, additive + R"(, tau_plus = "0.3 ms")", 200);
  const Wrong all[] = {
      {R"(delay = "1 ms")", R"(delay = { uniform = ["1 ms", "2 ms"] })", "one delay"},
      {R"(weight = "0.5 mV")", R"(weight = { normal = ["0.1 mV", "0.2 mV"] })", "one sign"},
      {R"(weight = "0.5 mV")", R"(weight = "1.5 mV")", "out of range"},
      {R"(weight = "0.5 mV")", "weight = \"0.5 mV\"\nprofile = { peak = 1.6, floor = 0.9, width_deg = 18.0 }",
       "exclude each other"},
      {R"(w_max = "1 mV", )", "", "w_max"},
      {R"(w_max = "1 mV")", R"(w_max = "1 nS")", "w_max"},
      {"stdp_pair", "stdp_pear", "did you mean"},
      {"[populations.pre]", "dt = \"0.5 ms\"\n[populations.pre]", "shorter than dt"},
      {"[populations.pre]", "dt = \"0.2 ms\"\n[populations.pre]", ""},
  };
  for (const Wrong& wrong : all) {
    std::string text = good;
    text.replace(text.find(wrong.from), wrong.from.size(), wrong.to);
    const ReadResult result = read_model_text(text, "test.toml", real_catalogue());
    std::string messages;
    for (const Diagnostic& d : result.diagnostics) messages += format_diagnostic(d, false) + "\n";
    EXPECT_EQ(result.spec.has_value(), wrong.says.empty()) << wrong.to;
    EXPECT_NE(messages.find(wrong.says), std::string::npos) << wrong.to << "\n" << messages;
  }
}

}  // namespace
}  // namespace burgeon::test
