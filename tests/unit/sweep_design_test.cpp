// Sweep files and designs: what is written becomes the right table of runs, and what is wrong is told.

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>

#include "statistics/samples.h"
#include "sweep/design.h"

namespace burgeon {
namespace {

namespace fs = std::filesystem;

class SweepDesign : public testing::Test {
 protected:
  SweepDesign() : folder_(fs::temp_directory_path() / ("burgeon_design_" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
    std::ofstream(folder_ / "model.toml") << "title = \"never read here\"\n";
  }
  ~SweepDesign() override { fs::remove_all(folder_); }

  SweepReadResult read(const std::string& text) const {
    std::ofstream(folder_ / "s.toml") << "title = \"t\"\nmodel = \"model.toml\"\n" + text;
    return read_sweep(folder_ / "s.toml");
  }
  SweepPlan plan(const std::string& text) const {
    auto result = read(text);
    for (const auto& diagnostic : result.diagnostics) ADD_FAILURE() << format_diagnostic(diagnostic, false);
    return make_plan(result.spec.value());
  }
  /// All messages and what they permit.
  std::string errors(const std::string& text) const {
    const auto result = read(text);
    EXPECT_FALSE(result.spec);
    std::string all;
    for (const auto& d : result.diagnostics) all += d.message + " | " + d.permitted + " | " + d.suggestion + "\n";
    return all;
  }

  fs::path folder_;
  const std::string ab_ =
      "[axes.a]\npath = \"x.a\"\nvalues = [1, 2, 3]\n[axes.b]\npath = [\"x.b\", \"y.b\"]\nunit = \"mV\"\nvalues = [-5, "
      "0.5]\n";
  const std::string ranges_ =
      "[axes.a]\npath = \"x.a\"\nfrom = 1\nto = 100\nscale = \"log\"\n[axes.b]\npath = \"x.b\"\nfrom = -1\nto = 3\n";
};

using Overrides = std::vector<std::pair<std::string, std::string>>;

TEST_F(SweepDesign, GridRunsThroughEveryCombination) {
  const SweepPlan p = plan("[set]\nz.k = true\n\"z.w\" = \"2 s\"\n" + ab_);
  EXPECT_EQ(p.points, (std::vector<double>{1, -5, 1, 0.5, 2, -5, 2, 0.5, 3, -5, 3, 0.5}));
  EXPECT_EQ(
      p.overrides(3),
      (Overrides{{"z.k", "true"}, {"z.w", "\"2 s\""}, {"x.a", "2"}, {"x.b", "\"0.5 mV\""}, {"y.b", "\"0.5 mV\""}}));
}

TEST_F(SweepDesign, ListsCanBeSet) {
  const SweepPlan p =
      plan("[set]\n\"p.weight\" = { lognormal = [\"1 nS\", \"0.5 nS\"] }\nq = [1, [2.5, true]]\n" + ab_);
  const Overrides set = p.overrides(0);
  ASSERT_GE(set.size(), 2U);
  EXPECT_EQ(set[0], (std::pair<std::string, std::string>("p.weight.lognormal", "[\"1 nS\", \"0.5 nS\"]")));
  EXPECT_EQ(set[1], (std::pair<std::string, std::string>("q", "[1, [2.5, true]]")));
}

TEST_F(SweepDesign, RangesHaveExactEndsAndLogarithmicSteps) {
  const SweepPlan p = plan("[axes.a]\npath = \"x\"\nfrom = 0.1\nto = 1000\npoints = 5\nscale = \"log\"\n");
  EXPECT_EQ(p.points.front(), 0.1);
  EXPECT_EQ(p.points.back(), 1000.0);
  EXPECT_NEAR(p.points[1], 1.0, 1e-12);
  const SweepPlan whole = plan("[axes.a]\npath = \"x\"\nfrom = 1\nto = 4\npoints = 9\nwhole = true\n");
  EXPECT_EQ(whole.points, (std::vector<double>{1, 2, 3, 4}));  // equal after rounding: once
}

TEST_F(SweepDesign, WordsBecomeTextsAndConstraintsLeavePointsOut) {
  const SweepPlan p = plan(ab_ + "[axes.c]\npath = \"d.preset\"\nvalues = [\"one\", \"two\"]\n");
  EXPECT_EQ(p.runs(), 12U);
  EXPECT_EQ(p.overrides(1).back(), (std::pair<std::string, std::string>{"d.preset", "\"two\""}));
  const SweepPlan less = plan("constraints = [\"a * 2 <= 4 - b\", \"(a + b) / a > 0\"]\n" + ab_);
  // a = 1, 2, 3 with b = -5: 2a <= 9 holds, (a - 5) / a > 0 never; with b = 0.5: 2a <= 3.5 holds for a = 1.
  EXPECT_EQ(less.points, (std::vector<double>{1, 0.5}));
}

TEST_F(SweepDesign, ListsGoTogether) {
  EXPECT_EQ(plan("[design]\nkind = \"list\"\n[axes.a]\npath = \"x\"\nvalues = [1, 2]\n[axes.b]\npath = \"y\"\nvalues = "
                 "[5, 4]\n")
                .points,
            (std::vector<double>{1, 5, 2, 4}));
  std::ofstream(folder_ / "points.csv") << "b, a\r\n1e-3,7\n\n0.5,8\n";
  const std::string csv = "[design]\nkind = \"list\"\nfile = \"points.csv\"\n";
  EXPECT_EQ(plan(csv + ranges_).points, (std::vector<double>{7, 1e-3, 8, 0.5}));
  std::ofstream(folder_ / "points.csv") << "b,a\n1,x\n";
  EXPECT_NE(errors(csv + ranges_).find("points.csv, line 2: 'x' is no value of 'a'"), std::string::npos);
}

TEST_F(SweepDesign, OneAtATimeLeavesTheOthersAtTheirBaselines) {
  const SweepPlan p = plan(
      "[design]\nkind = \"one_at_a_time\"\n[axes.a]\npath = \"x\"\nbaseline = 2\nvalues = [1, 2, 3]\n"
      "[axes.b]\npath = \"y\"\nbaseline = 0\nvalues = [9]\n");
  EXPECT_EQ(p.points, (std::vector<double>{2, 0, 1, 0, 3, 0, 2, 9}));
}

TEST_F(SweepDesign, SeedsAreKeysAndNotCounters) {
  const SweepPlan common = plan(ab_ + "[replicates]\ncount = 2\n");
  EXPECT_EQ(common.seed(0), common.seed(2));
  EXPECT_NE(common.seed(0), common.seed(1));
  const SweepPlan more = plan(ab_ + "[replicates]\ncount = 3\n");
  EXPECT_EQ(common.seed(1), more.seed(1)) << "an added replicate must not change the others";
  const SweepPlan own = plan(ab_ + "[replicates]\ncount = 2\nseeding = \"independent\"\n");
  std::set<std::uint64_t> seeds;
  for (std::size_t run = 0; run < own.runs(); ++run) seeds.insert(own.seed(run));
  EXPECT_EQ(seeds.size(), own.runs());
  EXPECT_EQ(plan(ab_ + "[replicates]\nseeds = [7, 5]\n").overrides(1).back().second, "5");
}

TEST_F(SweepDesign, MistakesAreToldTogetherAndWithAdvice) {
  const std::string all = errors("[axes.a]\npath = \"x\"\nvalus = [1]\n[design]\nkind = \"sobl\"\nsamples = 4\n");
  EXPECT_NE(all.find("values"), std::string::npos) << all;
  EXPECT_NE(all.find("sobol"), std::string::npos) << all;
  EXPECT_NE(errors(ab_ + "[design]\nkind = \"grid\"\nsamples = 4\n").find("no effect"), std::string::npos);
  EXPECT_NE(errors("constraints = [\"a < c\"]\n" + ab_).find("unknown axis 'c'"), std::string::npos);
  EXPECT_NE(errors("constraints = [\"a + b\"]\n" + ab_).find("comparison"), std::string::npos);
  EXPECT_NE(errors("[axes.a]\npath = \"x\"\nvalues = [1]\n[axes.b]\npath = \"x\"\nvalues = [1]\n").find("two axes"),
            std::string::npos);
  EXPECT_NE(errors("[axes.a]\npath = \"x\"\nfrom = 0\nto = 1\npoints = 3\nscale = \"log\"\n").find("above 0"),
            std::string::npos);
  EXPECT_NE(errors(ranges_ + "[design]\nkind = \"random\"\nsamples = 10000000\n[replicates]\ncount = 2\n")
                .find("too many runs"),
            std::string::npos);
  EXPECT_NE(
      errors("constraints = [\"a < b\"]\n" + ranges_ + "[design]\nkind = \"saltelli\"\nsamples = 4\n").find("holes"),
      std::string::npos);
  EXPECT_NE(errors(ranges_).find("points"), std::string::npos);
  EXPECT_NE(errors("constraints = [\"" + std::string(5000, '(') + "a < b\"]\n" + ab_).find("deeply"),
            std::string::npos);
}

TEST_F(SweepDesign, DrawnPointsStayInTheirRanges) {
  for (const char* kind : {"random", "latin_hypercube", "sobol", "saltelli", "morris"}) {
    const SweepPlan p = plan(ranges_ + "[design]\nkind = \"" + kind + "\"\nsamples = 16\n");
    for (std::size_t run = 0; run < p.runs(); ++run) {
      EXPECT_GE(p.values(run)[0], 1.0);
      EXPECT_LE(p.values(run)[0], 100.0);
      EXPECT_NEAR(p.values(run)[0], std::pow(100.0, p.unit[2 * run]), 1e-9);
      EXPECT_NEAR(p.values(run)[1], -1.0 + 4.0 * p.unit[2 * run + 1], 1e-12);
    }
  }
}

// ---------------------------------------------------------------------------------------------------------------------

/// Points of column j per slice of width 1 / slices.
std::vector<int> histogram(const std::vector<double>& u, std::size_t k, std::size_t j, std::size_t slices) {
  std::vector<int> counts(slices);
  for (std::size_t i = j; i < u.size(); i += k)
    ++counts[std::min(slices - 1, static_cast<std::size_t>(u[i] * static_cast<double>(slices)))];
  return counts;
}

TEST(UnitPoints, LatinHypercubesAndSobolSequencesFillEverySlice) {
  for (std::size_t j = 0; j < 3; ++j) {
    EXPECT_EQ(histogram(latin_hypercube_points(50, 3, 1), 3, j, 50), std::vector<int>(50, 1));
    EXPECT_EQ(histogram(sobol_points(64, 3, 5), 3, j, 64), std::vector<int>(64, 1));
  }
}

TEST(UnitPoints, GrowingKeepsWhatIsThere) {
  for (const auto& [few, many] : {std::pair{random_points(5, 2, 9), random_points(9, 2, 9)},
                                  std::pair{sobol_points(5, 2, 9), sobol_points(9, 2, 9)}})
    EXPECT_TRUE(std::equal(few.begin(), few.end(), many.begin()));
  EXPECT_NE(sobol_points(5, 2, 1), sobol_points(5, 2, 2));
}

TEST(UnitPoints, SaltelliBlocksDifferInOneColumn) {
  const std::size_t k = 3;
  const auto u = saltelli_points(8, k, 1);
  ASSERT_EQ(u.size(), 8 * (k + 2) * k);
  for (std::size_t i = 0; i < 8; ++i) {
    const double* block = u.data() + i * (k + 2) * k;
    for (std::size_t j = 0; j < k; ++j)
      for (std::size_t l = 0; l < k; ++l) EXPECT_EQ(block[(j + 1) * k + l], block[(l == j ? k + 1 : 0) * k + l]);
    EXPECT_NE(block[0], block[(k + 1) * k]);
  }
}

// Steps up and down once gave places that differed in the last bit: other runs, and columns of their own in a figure.
TEST(UnitPoints, MorrisLevelsAreSoManyNumbers) {
  const auto u = morris_points(100, 3, 4, 1);
  EXPECT_EQ(std::set<double>(u.begin(), u.end()).size(), 4U);
}

TEST(UnitPoints, MorrisStepsMoveEveryAxisOnce) {
  const std::size_t k = 4;
  const auto u = morris_points(20, k, 6, 3);
  bool up = false, down = false;
  for (std::size_t t = 0; t < 20; ++t) {
    std::set<std::size_t> moved;
    for (std::size_t s = 0; s < k; ++s) {
      const double* a = u.data() + (t * (k + 1) + s) * k;
      for (std::size_t j = 0; j < k; ++j) {
        EXPECT_GE(a[k + j], -1e-12);
        EXPECT_LE(a[k + j], 1.0 + 1e-12);
        if (a[j] == a[k + j]) continue;
        EXPECT_NEAR(std::abs(a[k + j] - a[j]), 0.6, 1e-12);
        (a[k + j] > a[j] ? up : down) = true;
        EXPECT_TRUE(moved.insert(j).second);
      }
    }
    EXPECT_EQ(moved.size(), k);
  }
  EXPECT_TRUE(up && down);
}

}  // namespace
}  // namespace burgeon
