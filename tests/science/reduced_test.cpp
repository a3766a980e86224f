// The reduced model against the spiking circuit it stands for: three weeks of stress, one infusion, two days, both run here. Seed 1;
// rates of bursts scatter by about 3 %, which is where most tolerances come from (docs/cohort.md).

#include <gtest/gtest.h>

#include <cmath>

#include "support/course.h"

namespace burgeon::test {
namespace {

struct Compared {
  Reading reading;
  double tolerance;
};
const Compared compared[] = {
    {{"glutamate.tone", -1.0}, 0.05}, {{"glutamate.tone", 0.7}, 0.08},  {{"glutamate.tone", 3.0}, 0.08},
    {{"spines.density", -1.0}, 0.01}, {{"spines.density", 24.0}, 0.03}, {{"spines.density", 48.0}, 0.03},
    {{"mood.severity", -1.0}, 1.0},   {{"mood.severity", 24.0}, 3.5},   {{"mood.severity", 48.0}, 3.5},
};

std::vector<double> values(const std::string& file, std::vector<std::pair<std::string, std::string>> changes = {},
                           unsigned threads = 1) {
  std::vector<Reading> readings;
  for (const Compared& c : compared) readings.push_back(c.reading);
  changes.emplace_back("simulation.duration", "\"24.1 d\"");
  return read_course(file, readings, changes, threads);
}

const std::vector<double>& spiking() {
  static const std::vector<double> once =
      values("models/experiments/stress_and_one_infusion.toml", {{"record.synapses.at", "[\"0 s\"]"}}, 2);
  return once;
}

const char* const reduced = "models/experiments/reduced/stress_and_one_infusion.toml";

/// Largest deviation in tolerances.
double worst(const std::vector<double>& found) {
  double most = 0.0;
  for (std::size_t k = 0; k < found.size(); ++k) {
    const double off = std::abs(found[k] - spiking()[k]) / compared[k].tolerance;
    most = std::isnan(off) ? off : std::max(most, off);
  }
  return most;
}

TEST(ReducedModel, FollowsTheSpikingCircuit) {
  const auto found = values(reduced);
  for (std::size_t k = 0; k < found.size(); ++k)
    EXPECT_NEAR(found[k], spiking()[k], compared[k].tolerance)
        << compared[k].reading.series << " at " << compared[k].reading.hours;
}

TEST(ReducedModel, TheComparisonNoticesAWrongSurge) {
  // Mutants: half of the disinhibition; stress that takes half as much.
  EXPECT_GT(worst(values(reduced, {{"slow.disinhibition.k", "\"0.227 1/uM\""}})), 1.0);
  EXPECT_GT(worst(values(reduced, {{"slow.spines.h", "5.7"}})), 1.0);
}

}  // namespace
}  // namespace burgeon::test
