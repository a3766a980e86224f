// Numbers and quantities as people read them.

#include "cli/console.h"

#include <gtest/gtest.h>

#include <limits>

#include "cli/quantities.h"

namespace burgeon::cli {
namespace {

TEST(HumanTime, UsesTheTwoLargestUnitsAndCarries) {
  EXPECT_EQ(human_time(0.0), "0 s");
  EXPECT_EQ(human_time(0.1), "0.1 ms");
  EXPECT_EQ(human_time(1500.0), "1 s 500 ms");
  EXPECT_EQ(human_time(40 * 60e3), "40 min");
  EXPECT_EQ(human_time(59'999.9), "1 min");  // not "59 s 1000 ms"
  EXPECT_EQ(human_time(26 * 3600e3), "1 d 2 h");
  EXPECT_EQ(human_time(-2000.0), "-2 s");
  EXPECT_EQ(human_time(1e300), "end");
}

TEST(HumanWall, RoundsToWhatMatters) {
  EXPECT_EQ(human_wall(0.0123), "0.0123 s");
  EXPECT_EQ(human_wall(59.4), "59.4 s");
  EXPECT_EQ(human_wall(130.2), "2 min 10 s");
  EXPECT_EQ(human_wall(3599.9), "1 h");
  EXPECT_EQ(human_wall(std::numeric_limits<double>::infinity()), "-");
}

TEST(HumanBytesAndCounts, ChangeUnitBeforeFourDigits) {
  EXPECT_EQ(human_bytes(999.0), "999 B");
  EXPECT_EQ(human_bytes(999'900.0), "1 MB");
  EXPECT_EQ(human_bytes(1.4e9), "1.4 GB");
  EXPECT_EQ(human_count(9999.0), "9999");
  EXPECT_EQ(human_count(12'400.0), "12 400");
  EXPECT_EQ(human_count(3.2e6), "3.2 million");
}

TEST(DisplayWidth, CountsCharactersNotBytes) { EXPECT_EQ(display_width("µM ±"), 4U); }

TEST(FormatDraw, ShowsTheRowsUnitAndOnlyLimitsThatAreThere) {
  EXPECT_EQ(format_draw({.a = 200.0}, "pF"), "200 pF");
  EXPECT_EQ(format_draw({.a = 0.5}, "1"), "0.5");
  EXPECT_EQ(format_draw({.kind = Draw::Kind::lognormal, .a = 0.4, .b = 0.3}, "nS"), "lognormal(0.4, 0.3) nS");
  EXPECT_EQ(format_draw({.kind = Draw::Kind::normal, .a = -65.0, .b = 2.0, .low = -72.0, .high = -58.0}, "mV"),
            "normal(-65, 2) mV in [-72, -58]");
  EXPECT_EQ(format_draw({.kind = Draw::Kind::exponential, .a = 2000.0, .low = 0.0}, "s"), "exponential(2) s >= 0");
}

TEST(FormatWiring, NamesTheRule) {
  EXPECT_EQ(format_wiring({.rule = WiringSpec::Rule::fixed_in_degree, .number = 80, .autapses = false}),
            "in-degree 80, no autapses");
}

}  // namespace
}  // namespace burgeon::cli
