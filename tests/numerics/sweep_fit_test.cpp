// Fits of known answers: plain functions in place of runs, then the drive of a small network from its rate.

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "base/random.h"
#include "support/run.h"
#include "sweep/fit.h"
#include "sweep/runner.h"

namespace burgeon {
namespace {

namespace fs = std::filesystem;

class SweepFit : public testing::Test {
 protected:
  SweepFit() : folder_(fs::temp_directory_path() / ("burgeon_fit_" + std::to_string(::getpid()))) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    write("model.toml", R"(
title = "uncoupled neurons with noise"
[simulation]
duration = "1 s"
[populations.exc]
model = "lif_psc_exp"
n = 40
I_e = "300 pA"
initial.V_m = { uniform = ["-65 mV", "-52 mV"] }
receptors.ampa = { model = "exp_current", tau = "2 ms" }
[inputs.noise]
type = "ou_current"
target = "exc"
mean = "0 pA"
sd = "150 pA"
tau = "5 ms"
)");
  }
  ~SweepFit() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }

  SweepReadResult read(const std::string& text) const {
    write("sweep.toml", "title = \"t\"\nmodel = \"model.toml\"\n" + text);
    return read_sweep(folder_ / "sweep.toml");
  }
  SweepSpec spec(const std::string& text) const {
    const auto result = read(text);
    for (const auto& diagnostic : result.diagnostics) ADD_FAILURE() << format_diagnostic(diagnostic, false);
    if (!result.spec) throw std::runtime_error("not a sweep");
    return *result.spec;
  }

  /// Runs in the folder, as the command does.
  RunPlan real(const char* out, unsigned workers, std::size_t& executed,
               const std::atomic<bool>* stop = nullptr) const {
    return [this, out, workers, &executed, stop](const SweepPlan& plan) -> std::optional<SweepTable> {
      SweepRunOptions options;
      options.folder = folder_ / out;
      options.workers = workers;
      options.engine = "test";
      options.stop = stop;
      const auto outcome = run_sweep(plan, test::real_catalogue(), options);
      executed += outcome.executed;
      if (outcome.stopped) return std::nullopt;
      return collate(plan, identify_all(plan, test::real_catalogue(), "test", 1), RunStore(folder_ / out));
    };
  }

  fs::path folder_;
};

const std::string two_axes = R"([axes.a]
path = "populations.exc.I_e"
unit = "pA"
from = 0
to = 10
[axes.b]
path = "populations.exc.tau_m"
unit = "ms"
from = 0.01
to = 100
scale = "log"
)";

/// Outputs computed by a function of (a, b) plus noise of each run's seed.
RunPlan computed(const std::function<std::vector<double>(double, double)>& f, double noise) {
  return [f, noise](const SweepPlan& plan) -> std::optional<SweepTable> {
    SweepTable table;
    table.rows.resize(plan.runs());
    for (const Output& output : plan.spec.outputs) table.outputs.push_back({output.name, "", true});
    for (std::size_t run = 0; run < plan.runs(); ++run) {
      const auto x = plan.values(run);
      RandomStream random(random_key(plan.seed(run), "test noise"), 0);
      for (const double y : f(x[0], x[1])) table.values.push_back(y + noise * random.normal());
      ++table.done;
    }
    return table;
  };
}

/// u + v and u - v of a = 10 u, b = 10^(4 v - 2): both axes are determined, each by both outputs.
std::vector<double> mixed(double a, double b) {
  const double u = a / 10.0, v = (std::log10(b) + 2.0) / 4.0;
  return {u - v, u + v};
}

const std::string fit_two = two_axes + R"([replicates]
count = 2
seeding = "independent"
[fit]
budget = 900
population = 12
[outputs]
difference = { measure = "x", target = 0.3, tolerance = 0.02 }
total = { measure = "y", target = 1.1, tolerance = 0.02 }
)";

TEST_F(SweepFit, FindsAKnownPointAndItsUncertainty) {
  const SweepSpec s = spec(fit_two);
  const FitResult f = fit_sweep(s, computed(mixed, 0.02));
  ASSERT_TRUE(f.best);
  // u = 0.7, v = 0.4: a = 7, b = 10^-0.4. SD of u and v: 0.02 / sqrt(2), a little more by the noise of 8 seeds.
  EXPECT_NEAR(f.best->values[0], 7.0, 3 * 0.15);
  EXPECT_NEAR(std::log10(f.best->values[1]), -0.4, 3 * 0.06);
  for (const double sd : f.sd) EXPECT_NEAR(sd, 0.02 / std::sqrt(2.0), 0.004);
  EXPECT_NEAR(f.correlation[1], 0.0, 0.35);
  EXPECT_LT(f.best->distance, 1.0);
  EXPECT_LE(f.runs, 900U);
  EXPECT_EQ(f.runs, f.generations.back().runs + runs_after_search(s));
  EXPECT_LT(f.low[0], f.best->values[0]);
  EXPECT_GT(f.high[0], f.best->values[0]);
}

// Intervals must mean what they say: over many fits they cover the truth. Targets carry an error of the stated tolerance,
// noise of the runs is small. 60 fits, 95 %: fewer than 51 or so would have p < 0.001; a planted interval of half the width
// covers 67 % and fails.
TEST_F(SweepFit, IntervalsCoverTheTruth) {
  SweepSpec s = spec(fit_two);
  std::size_t covered = 0, halved = 0, all = 0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    RandomStream random(random_key(seed, "targets"), 0);
    s.fit->seed = seed;
    s.outputs[0].target->value = 0.3 + 0.02 * random.normal();
    s.outputs[1].target->value = 1.1 + 0.02 * random.normal();
    const FitResult f = fit_sweep(s, computed(mixed, 0.002));
    ASSERT_TRUE(f.best);
    const double truth[] = {0.7, 0.4};
    for (std::size_t a = 0; a < 2; ++a) {
      const double off = std::abs(f.best->unit[a] - truth[a]);
      covered += off <= 1.96 * f.sd[a];
      halved += off <= 0.98 * f.sd[a];
      ++all;
    }
  }
  EXPECT_EQ(all, 60U);
  EXPECT_GE(covered, 51U);
  EXPECT_LT(halved, 51U) << "the test would not notice intervals of half the width";
}

TEST_F(SweepFit, AnAxisWithoutInfluenceIsSaidToBeUndetermined) {
  const SweepSpec s = spec(fit_two);
  const FitResult f = fit_sweep(s, computed(
                                       [](double a, double) {
                                         return std::vector{a / 10.0 - 0.4, a / 10.0 + 0.4};
                                       },
                                       1e-4));
  ASSERT_TRUE(f.best);
  EXPECT_LT(f.sd[0], 0.02);
  EXPECT_GT(f.sd[1], 0.27);
}

TEST_F(SweepFit, ConstraintsAndBordersHold) {
  const SweepSpec s = spec("constraints = [\"a < 6\"]\n" + fit_two);
  const FitResult f = fit_sweep(s, computed(mixed, 1e-4));
  ASSERT_TRUE(f.best);
  for (const FitTrial& trial : f.trials) {
    EXPECT_TRUE(trial.values[0] < 6.0 || std::isnan(trial.distance));
    EXPECT_TRUE(trial.values[0] >= 0.0 && trial.values[0] <= 10.0);
    EXPECT_TRUE(trial.values[1] >= 0.01 && trial.values[1] <= 100.0);
  }
  EXPECT_GT(f.best->values[0], 5.5);
}

TEST_F(SweepFit, MistakesAreToldWithTheirPlace) {
  const std::string good =
      "[axes.I]\npath = \"populations.exc.I_e\"\nunit = \"pA\"\nfrom = 0\nto = 9\n[fit]\nbudget = 500\n";
  const std::string output = "[outputs]\nrate = { measure = \"exc.rate\", target = 5, tolerance = 1 }\n";
  const auto complaint = [&](const std::string& text) {
    const auto result = read(text);
    if (result.spec || result.diagnostics.empty()) return std::string("no error");
    std::string told;
    for (const Diagnostic& d : result.diagnostics) {
      EXPECT_GT(d.line, 0U) << d.message;
      told += std::to_string(d.line) + ":" + std::to_string(d.column) + " " + d.message + "\n";
    }
    return told;
  };
  EXPECT_EQ(complaint(good + output), "no error");
  EXPECT_NE(complaint(good).find("no output has a target"), std::string::npos);
  EXPECT_NE(complaint(good + "[outputs]\nr = { measure = \"exc.rate\", target = 5 }\n").find("needs a 'tolerance'"),
            std::string::npos);
  EXPECT_NE(
      complaint(good + "[outputs]\nr = { measure = \"exc.rate\", weight = 5 }\n").find("no effect without a target"),
      std::string::npos);
  EXPECT_NE(complaint(good + "[design]\nkind = \"grid\"\n" + output).find("no [design] beside [fit]"),
            std::string::npos);
  EXPECT_NE(
      complaint("[axes.I]\npath = \"populations.exc.I_e\"\nunit = \"pA\"\nvalues = [1, 2]\n[fit]\nbudget = 500\n" +
                output)
          .find("needs a range"),
      std::string::npos);
  std::string poor = good;
  poor.replace(poor.find("500"), 3, "20");
  EXPECT_EQ(complaint(poor + output).substr(0, 4), "9:10") << complaint(poor + output);
  EXPECT_NE(complaint("[axes.I]\npath = \"populations.exc.I_e\"\nunit = \"pA\"\nvalues = [1, 2]\n" + output)
                .find("without [fit]"),
            std::string::npos);
}

// ---------------------------------------------------------------------------------------------------------------------
// Real runs

const std::string drive = R"([axes.I]
path = "populations.exc.I_e"
unit = "pA"
from = 0
to = 1000
[replicates]
count = 2
seeding = "independent"
[fit]
budget = 160
population = 6
confirm = 6
[outputs]
rate = { measure = "exc.rate", target = 0, tolerance = 1 }
)";

TEST_F(SweepFit, RecoversTheDriveOfANetworkFromItsRateForAnyNumberOfWorkers) {
  // The target is the rate at 420 pA.
  std::size_t executed = 0;
  SweepSpec s = spec(drive);
  SweepSpec truth = s;
  truth.replicates = 10;
  const auto at_truth = real("truth", 1, executed)(SweepPlan{truth, {420.0}, {}});
  double rate = 0.0;
  for (const double value : at_truth->values) rate += value / 10.0;
  ASSERT_GT(rate, 2.0);
  s.outputs[0].target->value = rate;

  executed = 0;
  const FitResult one = fit_sweep(s, real("one", 1, executed));
  ASSERT_TRUE(one.best);
  EXPECT_NEAR(one.best->values[0], 420.0, 25.0);
  EXPECT_LT(one.low[0], 420.0);
  EXPECT_GT(one.high[0], 420.0);
  EXPECT_LT(one.high[0] - one.low[0], 150.0);
  EXPECT_EQ(one.failed, 0U);

  const FitResult three = fit_sweep(s, real("three", 3, executed));
  ASSERT_EQ(one.trials.size(), three.trials.size());
  for (std::size_t i = 0; i < one.trials.size(); ++i) EXPECT_EQ(one.trials[i].mean, three.trials[i].mean);
  EXPECT_EQ(one.low, three.low);
}

TEST_F(SweepFit, GoesOnWhereItWasStopped) {
  SweepSpec s = spec(drive);
  s.outputs[0].target->value = 10.0;
  std::size_t whole = 0;
  const FitResult undisturbed = fit_sweep(s, real("whole", 2, whole));
  // Stopped after four generations: the first call that follows returns nothing.
  std::size_t before = 0, after = 0;
  std::atomic<bool> stop = false;
  const FitResult half =
      fit_sweep(s, real("half", 2, before, &stop), [&](const FitResult& f) { stop = f.generations.size() == 4; });
  EXPECT_TRUE(half.stopped);
  EXPECT_FALSE(half.best);
  const FitResult rest = fit_sweep(s, real("half", 2, after));
  EXPECT_EQ(before + after, whole);
  EXPECT_GT(after, 0U);
  ASSERT_TRUE(rest.best);
  EXPECT_EQ(rest.best->values, undisturbed.best->values);
  EXPECT_EQ(rest.best->mean, undisturbed.best->mean);
}

}  // namespace
}  // namespace burgeon
