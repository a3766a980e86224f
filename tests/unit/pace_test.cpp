// Who works, the team or one thread: the verdicts of Pace on machines whose speeds are made up.

#include "parallel/pace.h"

#include <gtest/gtest.h>

namespace burgeon::test {
namespace {

/// Wall time per stretch of 1,000 steps, and how long somebody waited in it.
struct Machine {
  double team, waited, solo;
};

/// Share of `stretches` that one thread works alone, and the time of all of them.
struct Course {
  double alone = 0.0, wall = 0.0;
};
Course run(Pace& pace, const Machine& machine, int stretches) {
  Course course;
  for (int k = 0; k < stretches; ++k) {
    const double wall = pace.solo() ? machine.solo : machine.team;
    course.alone += pace.solo() ? 1.0 / stretches : 0.0;
    course.wall += wall;
    pace.next(wall, pace.solo() ? 0.0 : machine.waited, 1000);
  }
  return course;
}

constexpr Machine quiet{.team = 0.010, .waited = 0.001, .solo = 0.019};
constexpr Machine busy{.team = 0.034, .waited = 0.017, .solo = 0.020};

TEST(Pace, AQuietMachineNeverLeavesTheTeam) {
  Pace pace;
  EXPECT_EQ(run(pace, quiet, 1000).alone, 0.0);
}

TEST(Pace, BesideABusyNeighbourOneThreadWorksAlone) {
  Pace pace;
  const Course course = run(pace, busy, 1000);
  EXPECT_GT(course.alone, 0.75);
  // No more than 1.3 times one thread throughout, although the team is tried again and again.
  EXPECT_LT(course.wall, 1.3 * 1000 * busy.solo);
  // The planted fault, a team that never gives way, breaks that bound.
  EXPECT_GT(1000 * busy.team, 1.3 * 1000 * busy.solo);
}

TEST(Pace, TheTeamComesBackWhenTheNeighbourLeaves) {
  Pace pace;
  run(pace, busy, 200);
  run(pace, quiet, 40);
  EXPECT_EQ(run(pace, quiet, 100).alone, 0.0);
}

TEST(Pace, AnUnevenNetworkKeepsTheTeam) {
  // One slice has most of the work: somebody waits a lot, and yet the team is faster. Trials become rare.
  Pace pace;
  const Machine uneven{.team = 0.014, .waited = 0.008, .solo = 0.020};
  const Course course = run(pace, uneven, 1000);
  EXPECT_LT(course.alone, 0.06);
  EXPECT_LT(course.wall, 1.03 * 1000 * uneven.team);
}

TEST(Pace, ShortStretchesAreJudgedTogether) {
  Pace pace;
  for (int k = 0; k < 7; ++k) {
    pace.next(0.001, 0.0009, 10);
    EXPECT_FALSE(pace.solo()) << k;
  }
  pace.next(0.001, 0.0009, 10);
  EXPECT_TRUE(pace.solo());
}

}  // namespace
}  // namespace burgeon::test
