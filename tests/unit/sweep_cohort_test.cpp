// Populations, arms and what is made of a cohort.

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

#include "support/run.h"
#include "sweep/cohort.h"
#include "sweep/design.h"

namespace burgeon {
namespace {

namespace fs = std::filesystem;

class SweepCohort : public testing::Test {
 protected:
  SweepCohort() : folder_(fs::temp_directory_path() / ("burgeon_cohort_" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
    std::ofstream(folder_ / "model.toml") << "title = \"never read here\"\n";
  }
  ~SweepCohort() override { fs::remove_all(folder_); }

  SweepReadResult read(const std::string& text) const {
    std::ofstream(folder_ / "s.toml") << "title = \"t\"\nmodel = \"model.toml\"\n" + text;
    return read_sweep(folder_ / "s.toml");
  }
  SweepPlan plan(const std::string& text) const {
    auto result = read(text);
    for (const auto& diagnostic : result.diagnostics) ADD_FAILURE() << format_diagnostic(diagnostic, false);
    return make_plan(result.spec.value());
  }
  std::string errors(const std::string& text) const {
    std::string all;
    for (const auto& d : read(text).diagnostics) all += d.message + " | " + d.permitted + "\n";
    return all;
  }

  fs::path folder_;
  const std::string random_ = "[design]\nkind = \"random\"\nsamples = 4000\n";
  const std::string arms_ = "[arms.a]\n\"x.dose\" = 1\n[arms.b]\n[arms.b.x]\ndose = 0\nother = \"w\"\n";
};

struct Sample {
  double mean = 0.0, sd = 0.0, low = 1e300, high = -1e300;
};
Sample sample(const SweepPlan& plan, std::size_t axis) {
  Sample s;
  const auto n = static_cast<double>(plan.point_count());
  for (std::size_t i = 0; i < plan.point_count(); ++i) {
    const double x = plan.points[i * plan.axes() + axis];
    s.mean += x / n;
    s.low = std::min(s.low, x);
    s.high = std::max(s.high, x);
  }
  for (std::size_t i = 0; i < plan.point_count(); ++i)
    s.sd += std::pow(plan.points[i * plan.axes() + axis] - s.mean, 2) / (n - 1.0);
  s.sd = std::sqrt(s.sd);
  return s;
}

TEST_F(SweepCohort, PopulationsHaveTheirMeanAndSpread) {
  const SweepPlan p = plan(
      "[axes.a]\npath = \"a\"\nnormal = [32, 5]\n[axes.b]\npath = \"b\"\nlognormal = [95, 24]\n"
      "[axes.c]\npath = \"c\"\nvalues = [1, 0.45]\nweights = [2, 1]\n[axes.d]\npath = \"d\"\nnormal = [0, 1]\nmin = "
      "0\n" +
      random_);
  // Four standard errors of a mean of 4,000.
  EXPECT_NEAR(sample(p, 0).mean, 32.0, 4.0 * 5.0 / std::sqrt(4000.0));
  EXPECT_NEAR(sample(p, 0).sd, 5.0, 0.25);
  // Mean and SD of the value itself: of its logarithm they would give a mean of 98.
  EXPECT_NEAR(sample(p, 1).mean, 95.0, 4.0 * 24.0 / std::sqrt(4000.0));
  EXPECT_NEAR(sample(p, 1).sd, 24.0, 2.0);
  EXPECT_NEAR(sample(p, 2).mean, (2.0 + 0.45) / 3.0, 0.02);
  // A half-normal: cut, not piled up at the limit.
  EXPECT_GE(sample(p, 3).low, 0.0);
  EXPECT_NEAR(sample(p, 3).mean, std::sqrt(2.0 / M_PI), 0.04);
  EXPECT_NEAR(sample(p, 3).sd, std::sqrt(1.0 - 2.0 / M_PI), 0.04);
}

TEST_F(SweepCohort, ArmsShareTheirSubjectsAndSeeds) {
  const SweepPlan p = plan(
      "[axes.a]\npath = \"y\"\nnormal = [1, 1]\n[replicates]\nseeding = \"independent\"\n"
      "[design]\nkind = \"random\"\nsamples = 3\n" +
      arms_);
  ASSERT_EQ(p.runs(), 6U);
  for (std::size_t subject = 0; subject < 3; ++subject) {
    EXPECT_EQ(p.values(2 * subject)[0], p.values(2 * subject + 1)[0]);
    EXPECT_EQ(p.seed(2 * subject), p.seed(2 * subject + 1)) << "a subject is the same one in every arm";
  }
  EXPECT_NE(p.seed(0), p.seed(2));
  const auto b = p.overrides(1);
  EXPECT_NE(std::find(b.begin(), b.end(), std::pair<std::string, std::string>("x.dose", "0")), b.end());
  EXPECT_NE(std::find(b.begin(), b.end(), std::pair<std::string, std::string>("x.other", "\"w\"")), b.end());
}

TEST_F(SweepCohort, MistakesAreTold) {
  EXPECT_NE(errors("[axes.a]\npath = \"a\"\nnormal = [1, 1]\n").find("needs a design that draws"), std::string::npos);
  EXPECT_NE(errors("[axes.a]\npath = \"a\"\nnormal = [1, 0]\n" + random_).find("SD"), std::string::npos);
  EXPECT_NE(errors("[axes.a]\npath = \"a\"\nnormal = [1, 1]\nmin = 30\n" + random_).find("next to nothing"),
            std::string::npos);
  EXPECT_NE(errors("[axes.a]\npath = \"x.dose\"\nvalues = [1]\n" + arms_).find("an axis sets 'x.dose'"),
            std::string::npos);
  const std::string cohort = "[axes.a]\npath = \"a\"\nvalues = [1]\n" + arms_ +
                             "[cohort]\nscore = \"s\"\nstart = \"1 d\"\nvisits = [\"2 h\", \"1 d\"]\nendpoint = ";
  EXPECT_NE(errors(cohort + "\"3 h\"\n").find("one of the visits"), std::string::npos);
  EXPECT_NE(errors(cohort + "\"2 h\"\ncontrol = \"c\"\n").find("'c' is no arm"), std::string::npos);
}

/// Four subjects, three ratings each.
std::vector<ArmRatings> ratings() {
  return {{"drug", 3, {30, 10, 20, 40, 20, 15, 20, 18, 18, 10, 0, 0}},
          {"none", 3, {30, 30, 30, 40, 36, 40, 20, 20, 18, 10, 9, 9}}};
}
CohortSpec spec() { return {.visits = {1.0, 2.0}, .endpoint = 0, .control = "none", .entry = 15.0, .follow = 0}; }

TEST(CohortResult, CountsWhatATrialCounts) {
  const auto arms = assess(spec(), ratings(), 200);
  const ArmResult& drug = arms[0];
  // The fourth subject is not ill enough.
  EXPECT_EQ(drug.enrolled, 3U);
  EXPECT_DOUBLE_EQ(drug.visits[1].change.value, (-20.0 - 20.0 - 2.0) / 3.0);
  EXPECT_DOUBLE_EQ(drug.visits[1].response.value, 2.0 / 3.0) << "exactly half gone is a response";
  EXPECT_DOUBLE_EQ(drug.visits[1].remission.value, 1.0 / 3.0);
  EXPECT_DOUBLE_EQ(drug.visits[1].difference.value, -42.0 / 3.0 + 4.0 / 3.0);
  // Changes -20, -20, -2 and 0, -4, 0: variances 108 and 16/3.
  EXPECT_NEAR(drug.visits[1].effect_size.value, (38.0 / 3.0) / std::sqrt((108.0 + 16.0 / 3.0) / 2.0), 1e-12);
  EXPECT_LE(drug.visits[1].change.low, drug.visits[1].change.value);
  EXPECT_GE(drug.visits[1].change.high, drug.visits[1].change.value);
  // Two responders, of whom the first is back at 20 of 30.
  EXPECT_EQ(drug.relapse.followed, 2U);
  EXPECT_DOUBLE_EQ(drug.relapse.free[0].value, 0.5);
  EXPECT_DOUBLE_EQ(drug.relapse.median.value, 1.0);
}

TEST(CohortResult, RelapseNeedsItsVisitsInARow) {
  CohortSpec s = spec();
  s.visits = {1.0, 2.0, 3.0, 4.0, 5.0};
  s.relapse_visits = 2;
  // Back once, better, then back for good from visit 4 (time 3 after the visit that is followed).
  const std::vector<ArmRatings> one = {{"drug", 6, {30, 10, 25, 10, 25, 25}}};
  s.control = "";
  EXPECT_DOUBLE_EQ(assess(s, one, 10)[0].relapse.median.value, 3.0);
  s.relapse_visits = 1;
  EXPECT_DOUBLE_EQ(assess(s, one, 10)[0].relapse.median.value, 1.0);
  s.relapse_score = 26.0;
  EXPECT_EQ(assess(s, one, 10)[0].relapse.median.value, std::numeric_limits<double>::infinity());
}

/// Amounts that the first point of a ready sweep gives, arm by arm [mg].
std::vector<std::vector<double>> amounts(const std::string& name) {
  const auto read = read_sweep(std::string(BURGEON_ROOT) + "/models/sweeps/" + name);
  if (!read.spec) return {};
  const SweepPlan plan = make_plan(*read.spec);
  std::vector<std::vector<double>> found;
  for (std::size_t run = 0; run < arm_count(plan.spec); ++run) {
    found.emplace_back();
    const ReadResult model = read_model(plan.spec.model, test::real_catalogue(), {plan.overrides(run), 0});
    if (model.spec)
      for (const Dose& dose : model.spec->drugs[0].doses) found.back().push_back(dose.amount);
  }
  return found;
}

// [[doses]] of a file come on top of those that it extends: the series once had seven infusions, and its placebo arm six.
TEST(ReadySweeps, ControlsGetNoDrugAndSeriesTheirSixInfusions) {
  for (const auto& [name, infusions] : {std::pair{"cohort.toml", 1}, {"cohort_series.toml", 6}}) {
    SCOPED_TRACE(name);
    EXPECT_EQ(amounts(name), (std::vector<std::vector<double>>{std::vector<double>(infusions, 35.0),
                                                               std::vector<double>(infusions, 0.0)}));
  }
}

}  // namespace
}  // namespace burgeon
