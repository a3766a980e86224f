// What is recorded of a run by leaps: a leap over a sampling time is sampled at its end, and no sampling time is passed over.

#include <gtest/gtest.h>

#include <cmath>

#include "support/slow_models.h"

namespace burgeon::test {
namespace {

// Times of samples taken every `minutes`, with leaps of 7.5 minutes, over an hour.
std::vector<double> samples(int minutes) {
  const Linear model;
  const Leaps result = leap(parse_slow(model.text() + "\n[record.often]\nkind = \"signal\"\nevery = \"" +
                                       std::to_string(minutes) + " min\"\n"));
  return result.sink.table(Table::Kind::series, "often").columns[0];
}

TEST(RecordsOfLeaps, EverySamplingTimeLeavesASample) {
  constexpr double minute = 60'000.0;
  for (const int minutes : {5, 10, 20}) {
    const std::vector<double> times = samples(minutes);
    // Planted fault: recording at exact multiples only would leave none of most of these.
    for (double due = 0.0; due <= 55.0 * minute; due += minutes * minute) {
      bool found = false;
      for (const double t : times) found = found || (t >= due - 1.0 && t <= due + 8.0 * minute);
      EXPECT_TRUE(found) << "every " << minutes << " min: nothing at " << due / minute;
    }
    EXPECT_LE(times.size(), 60U / static_cast<unsigned>(minutes) + 2U) << "more samples than asked for";
  }
}

}  // namespace
}  // namespace burgeon::test
