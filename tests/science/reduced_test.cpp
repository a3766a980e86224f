// The reduced model against the spiking circuit it stands for: numbers of stress_and_one_infusion.toml, seed 1 (scripts/targets
// --spiking repeats the comparison). Tolerances were chosen with that run in view: rates of bursts scatter by about 3 %.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "models/catalogue.h"
#include "multiscale/multiscale.h"
#include "record/sink.h"
#include "sim/simulation.h"
#include "spec/read.h"
#include "sweep/series_sink.h"

namespace burgeon {
namespace {

constexpr double hour = 3600e3, start = 22 * 24 * hour;

struct Expected {
  const char* signal;
  double hours, spiking, tolerance;
};
constexpr Expected expected[] = {
    {"glutamate.tone", -1.0, 0.960, 0.03}, {"glutamate.tone", 0.67, 1.188, 0.05}, {"glutamate.tone", 3.0, 1.021, 0.05},
    {"spines.density", -1.0, 0.794, 0.01}, {"spines.density", 24.0, 0.853, 0.02}, {"spines.density", 48.0, 0.867, 0.02},
    {"mood.severity", -1.0, 30.7, 1.0},    {"mood.severity", 24.0, 22.2, 2.0},    {"mood.severity", 48.0, 20.8, 2.0},
};

/// Values of the reduced model at the times of the table.
std::vector<double> reduced(std::vector<std::pair<std::string, std::string>> changes) {
  const Catalogue& catalogue = models::catalogue("v2");
  changes.emplace_back("simulation.duration", "\"25 d\"");
  auto read =
      read_model(BURGEON_ROOT "/models/experiments/reduced/stress_and_one_infusion.toml", catalogue, {changes, 0});
  for (const auto& d : read.diagnostics)
    if (d.severity == Diagnostic::Severity::error) ADD_FAILURE() << d.message;
  std::vector<Output> outputs;
  for (const Expected& e : expected)
    outputs.push_back(
        {.reduce = Output::Reduce::at, .name = e.signal, .source = e.signal, .stop = start + e.hours * hour});
  SeriesSink sink(outputs);
  Simulation simulation(read.spec.value(), catalogue, sink, {});
  Multiscale multiscale(*read.spec, simulation, sink, {});
  multiscale.run();
  std::vector<double> values;
  for (const Measure& m : sink.measures()) values.push_back(m.value);
  return values;
}

/// Largest deviation in tolerances.
double worst(const std::vector<double>& values) {
  double most = 0.0;
  for (std::size_t k = 0; k < values.size(); ++k) {
    const double off = std::abs(values[k] - expected[k].spiking) / expected[k].tolerance;
    most = std::isnan(off) ? off : std::max(most, off);
  }
  return most;
}

TEST(ReducedModel, FollowsTheSpikingCircuit) {
  const auto values = reduced({});
  for (std::size_t k = 0; k < values.size(); ++k)
    EXPECT_NEAR(values[k], expected[k].spiking, expected[k].tolerance)
        << expected[k].signal << " at " << expected[k].hours;
}

TEST(ReducedModel, TheComparisonNoticesAWrongSurge) {
  // Mutants: half of the disinhibition; stress that takes half as much.
  EXPECT_GT(worst(reduced({{"slow.disinhibition.k", "\"0.227 1/uM\""}})), 1.0);
  EXPECT_GT(worst(reduced({{"slow.spines.h", "5.5"}})), 1.0);
}

}  // namespace
}  // namespace burgeon
