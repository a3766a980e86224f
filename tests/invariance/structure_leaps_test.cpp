// Synapses that come and go in bursts and leaps: stress thins them out, and neither threads nor a restart between macro steps
// change a bit.

#include <gtest/gtest.h>

#include "multiscale/multiscale.h"
#include "support/run.h"

namespace burgeon::test {
namespace {

std::string weeks() {
  return R"(
title = "five days of stress"
[simulation]
duration = "6 d"
discard = "1 s"
baseline = "1 s"

[multiscale]
burst = "3 s"
burn_in = "500 ms"
longest_burst = "3 s"
tolerance = 0.05

[populations.pyr]
model = "lif_cond"
n = 90
V_th = "-50 mV"
initial.V_m = { uniform = ["-65 mV", "-52 mV"] }
receptors.ampa = { model = "exp_conductance", tau = "3 ms", E_rev = "0 mV" }
receptors.nmda = { model = "nmda", subunit = "2B" }

[projections.rec]
source = "pyr"
target = "pyr"
receptor = "ampa"
wiring = { rule = "bernoulli", p = 0.3, autapses = false }
weight = "0.05 nS"
delay = { uniform = ["1 ms", "3 ms"] }

[projections.rec_nmda]
source = "pyr"
target = "pyr"
receptor = "nmda"
wiring = { like = "rec" }
weight = "0.02 nS"

[inputs.background]
type = "poisson"
target = "pyr"
receptor = "ampa"
rate = "1500 Hz"
weight = "0.9 nS"

[courses.load]
value = [["0 d", 0.0], ["0.5 d", 1.0]]

[slow.stress]
load = "load.level"

[structure.spines]
model = "spine_turnover"
update = "1 s"
projection = "rec"
stress = "stress.level"

[record.slow]
kind = "signal"
)";
}

struct Course {
  std::uint64_t hash = 0;
  double density = 0.0;
  std::uint64_t ampa = 0, nmda = 0;  ///< synapses
};

Course run_weeks(unsigned threads, bool restart) {
  const ModelSpec spec = parse(weeks());
  MemorySink sink;
  auto simulation = std::make_unique<Simulation>(spec, real_catalogue(), sink, SimulationOptions{.threads = threads});
  std::optional<Checkpoint> kept;
  std::atomic<bool> stop = false;
  int steps = 0;
  std::unique_ptr<Multiscale> driver;
  const auto segment = [&] {
    if (!restart || ++steps != 6) return;
    kept = simulation->checkpoint();
    driver->save(*kept);
    stop = true;
  };
  driver = std::make_unique<Multiscale>(spec, *simulation, sink, MultiscaleOptions{&stop, segment});
  const double first = simulation->signal("spines.synapses");
  EXPECT_EQ(first, 0.0);  // before the first tick
  driver->run();
  MemorySink second_sink;
  if (restart) {
    EXPECT_TRUE(kept.has_value());
    auto second =
        std::make_unique<Simulation>(spec, real_catalogue(), second_sink, SimulationOptions{.threads = threads + 1});
    Multiscale again(spec, *second, second_sink, {});
    second->restore(*kept);
    again.load(*kept);
    again.run();
    simulation = std::move(second);
  }
  return {simulation->result_hash(), simulation->signal("spines.density"),
          simulation->network().projections[0].synapses, simulation->network().projections[1].synapses};
}

TEST(StructureLeaps, StressThinsOutWhateverTheLayout) {
  const Course one = run_weeks(1, false);
  EXPECT_LT(one.density, 0.98);
  EXPECT_GT(one.density, 0.5);
  EXPECT_EQ(one.ampa, one.nmda);  // both receptors of a synapse
  EXPECT_EQ(run_weeks(3, false).hash, one.hash);
  EXPECT_EQ(run_weeks(2, true).hash, one.hash);
}

}  // namespace
}  // namespace burgeon::test
