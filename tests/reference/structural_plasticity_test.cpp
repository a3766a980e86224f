// The structural plasticity example of NEST with updates every second (models/experiments/bench_d.toml): bands of an independent
// implementation of the same rule, averaged over 150 ... 200 s.

#include <gtest/gtest.h>

#include "support/run.h"

namespace burgeon::test {
namespace {

double mean_after(const Outcome& outcome, const char* table, const std::string& name, double from) {
  const auto& stored = outcome.sink.table(Table::Kind::series, table);
  for (std::size_t c = 1; c < stored.columns.size(); ++c) {
    if (stored.table.columns[c].name != name) continue;
    double sum = 0.0, n = 0.0;
    for (std::size_t i = 0; i < stored.columns[0].size(); ++i)
      if (stored.columns[0][i] > from) {
        sum += stored.columns[c][i];
        n += 1.0;
      }
    return sum / n;
  }
  ADD_FAILURE() << name;
  return 0.0;
}

TEST(StructuralPlasticity, NestExampleGrowsIntoItsBands) {
  const Outcome outcome = run(load("models/experiments/bench_d.toml"), {.threads = 2});
  const auto at_end = [&](const std::string& name) {
    return mean_after(outcome, "structure", "growth." + name, 150e3);
  };
  EXPECT_NEAR(at_end("calcium_exc"), 0.0503, 0.001);
  EXPECT_NEAR(at_end("calcium_inh"), 0.200, 0.004);
  EXPECT_NEAR(at_end("synapses_exc_to_exc") + at_end("synapses_exc_to_inh"), 1740.0, 100.0);
  EXPECT_NEAR(at_end("synapses_inh_to_exc") + at_end("synapses_inh_to_inh"), 995.0, 45.0);
  EXPECT_NEAR(mean_after(outcome, "rates", "exc", 150e3), 5.0, 0.15);
  EXPECT_NEAR(mean_after(outcome, "rates", "inh", 150e3), 20.0, 0.6);
}

}  // namespace
}  // namespace burgeon::test
