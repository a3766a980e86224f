// How benefit comes, lasts and goes on the reduced model: rows E1, F2, F3, F4, G1, G2, G5 of the targets (scripts/targets has them
// all, with cohorts). What these rows were fitted on and what follows is in docs/validation.md.

#include <gtest/gtest.h>

#include <algorithm>

#include "support/course.h"

namespace burgeon::test {
namespace {

using Changes = std::vector<std::pair<std::string, std::string>>;
const char* const model = "models/experiments/reduced/stress_and_one_infusion.toml";
const Changes none = {{"doses.0.amount", "\"0 mg/kg\""}};
const Changes series = {{"doses.0.repeat", "{every = \"57.6 h\", count = 6}"}};

Changes operator+(Changes a, const Changes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// Readings of a course that ends an hour after the last of them.
std::vector<double> course(const std::vector<Reading>& readings, const Changes& changes) {
  double last = 0.0;
  for (const Reading& r : readings) last = std::max(last, r.hours);
  const std::string duration = "\"" + std::to_string(static_cast<int>(22 * 24 + last + 2)) + " h\"";
  return read_course(model, readings, changes + Changes{{"simulation.duration", duration}});
}

/// Severity with the changes minus severity without any dose, days after the first dose.
std::vector<double> benefit(const std::vector<double>& days, const Changes& changes, const Changes& both = {}) {
  std::vector<Reading> readings;
  for (const double day : days) readings.push_back({"mood.severity", 24 * day});
  const auto with = course(readings, changes + both), without = course(readings, none + both);
  std::vector<double> result;
  for (std::size_t k = 0; k < days.size(); ++k) result.push_back(without[k] - with[k]);
  return result;
}

TEST(Durability, OneInfusionWorksWithinHoursMostAfterADayAndWearsOff) {
  const auto points = benefit({2.0 / 24, 12.0 / 24, 1, 28.0 / 24, 1.5, 2, 4, 7, 10, 14}, {});
  EXPECT_GT(points[0], 1.0);  // onset by 2 h
  EXPECT_GT(points[3], points[1]);
  EXPECT_GT(points[3], points[4]);  // largest at 20-30 h
  for (std::size_t k = 5; k < points.size(); ++k) EXPECT_LT(points[k], points[k - 1]);
  EXPECT_LT(points[8], 0.4 * points[2]);
}

TEST(Durability, ASeriesLastsLongerThanOneInfusionAndEndsInRelapse) {
  const auto one = benefit({1, 6}, {}), six = benefit({13, 18, 37}, series);
  EXPECT_GE(six[1], 1.5 * one[0]);              // G5, six days after the last dose
  EXPECT_GT(six[1] / six[0], one[1] / one[0]);  // five days on, more of it is left
  // Severity is above half of the score before treatment within a month of the last dose, and not at once.
  const auto severity = course({{"mood.severity", -1}, {"mood.severity", 24 * 13}, {"mood.severity", 24 * 42}}, series);
  EXPECT_LT(severity[1], 0.5 * severity[0]);
  EXPECT_GT(severity[2], 0.5 * severity[0]);
}

TEST(Durability, RelapseComesFromTheEpisodeThatGoesOn) {
  // Mutants: stress that ends with treatment, so that nobody relapses; maturation that proteins do not raise, so that a
  // series is no better than its last dose.
  const Changes ends = {{"courses.load.value", "[[\"0 d\", 0.0], [\"1 d\", 1.0], [\"22 d\", 0.0]]"}};
  const auto severity = course({{"mood.severity", -1}, {"mood.severity", 24 * 37}}, series + ends);
  EXPECT_LT(severity[1], 0.5 * severity[0]);
  const Changes loose = {{"slow.spines.g_c", "0"}};
  EXPECT_LT(benefit({18}, series, loose)[0], 1.5 * benefit({1}, {}, loose)[0]);
}

TEST(Durability, SpinesAreLostUnderStressAndRegainedLate) {
  const std::vector<Reading> when = {{"spines.density", 0},   {"spines.density", 24},  {"spines.density", 48},
                                     {"spines.formation", 3}, {"spines.formation", 6}, {"spines.formation", 16}};
  const auto dose = course(when, {}), no_dose = course(when, none);
  const double loss = 1 - dose[0];
  EXPECT_GT(loss, 0.1);  // F2
  EXPECT_LT(loss, 0.3);
  for (const std::size_t k : {1U, 2U}) {  // F4
    EXPECT_GE((dose[k] - dose[0]) / loss, 0.3);
    EXPECT_LE((dose[k] - dose[0]) / loss, 0.6);
  }
  EXPECT_NEAR(dose[3] / no_dose[3], 1.0, 0.1);  // F3
  EXPECT_NEAR(dose[4] / no_dose[4], 1.0, 0.1);
  EXPECT_GE(dose[5] / no_dose[5], 1.5);
}

TEST(Durability, OneInfusionSignalsForHoursAndLeavesProteinsForDays) {  // E1
  const auto found =
      course({{"mtorc1.activity", 55.0 / 60}, {"mtorc1.activity", 4}, {"protein.level", 6}, {"protein.level", 72}},
             {{"courses.load.value", "0"}});
  EXPECT_GE(found[0], 1.5);
  EXPECT_LE(found[1], 1.1);
  EXPECT_GT(found[2], 1.05);
  EXPECT_GE(found[3], 1.2);
}

TEST(Durability, ReliefFromStressIsNoTreatment) {
  // Weeks of stress that end must not start translation by themselves: recovery at rest is slow.
  const Changes rest = none + Changes{{"courses.load.value", "[[\"0 d\", 0.0], [\"1 d\", 1.0], [\"22 d\", 0.0]]"}};
  const auto found = course({{"protein.excess", 48}, {"spines.density", 0}, {"spines.density", 24 * 14}}, rest);
  EXPECT_LT(found[0], 0.01);
  const double back = (found[2] - found[1]) / (1 - found[1]);
  EXPECT_GT(back, 0.1);
  EXPECT_LT(back, 0.9);
  // Mutant: for a memory of a week relief counts as a rise.
  EXPECT_GT(course({{"protein.excess", 144}}, rest + Changes{{"slow.mtorc1.tau_usual", "\"7 d\""}})[0], 0.01);
}

TEST(Durability, TheEndOfAnAmpaBlockIsNoTreatment) {  // D3
  // Six hours of block about the dose: BDNF comes back when it ends, which must not count as a rise.
  const Changes block = {{"slow.bdnf.ampa", "\"ampa_at_work.level\""},
                         {"courses.ampa_at_work.value", "[[\"0 h\", 1.0], [\"527.5 h\", 0.1], [\"534 h\", 1.0]]"}};
  const std::vector<Reading> spines = {{"spines.density", 0}, {"spines.density", 48}};
  const auto gain = [&](const Changes& changes) {
    const auto found = course(spines, changes), idle = course(spines, changes + none);
    return found[1] - idle[1];
  };
  EXPECT_LT(course({{"bdnf.level", 1}}, block)[0], 0.2 * course({{"bdnf.level", 1}}, none)[0]);
  EXPECT_LT(gain(block), 0.25 * gain({}));
  // Mutant: what a cell is used to sinks within the hours of the block.
  const auto without_drug = course(spines, block + none + Changes{{"slow.mtorc1.tau_usual", "\"1 d\""}});
  const auto plain = course(spines, none);
  EXPECT_GT(without_drug[1] - plain[1], 0.25 * gain({}));
  EXPECT_LT(course(spines, block + none)[1] - plain[1], 0.05 * gain({}));
}

}  // namespace
}  // namespace burgeon::test
