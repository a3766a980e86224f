// A run that goes wrong ends with the error that made it go wrong, on any number of threads.

#include <gtest/gtest.h>

#include <string>

#include "base/errors.h"
#include "support/run.h"

namespace burgeon::test {
namespace {

// The last neurons, which the last thread owns, get an input that no float can hold.
const std::string exploding = R"(
title = "numerical explosion"
[simulation]
duration = "300 ms"
slow_tick = "50 ms"

[populations.p]
model = "lif_cond"
n = 100
groups.last = { first = 92, count = 8 }
receptors.ampa = { model = "exp_conductance", tau = "2 ms", E_rev = "0 mV" }

[projections.self]
source = "p"
target = "p"
receptor = "ampa"
wiring = { rule = "bernoulli", p = 0.2 }
weight = "0.5 nS"
delay = "1 ms"

[inputs.drive]
type = "poisson"
target = "p"
receptor = "ampa"
rate = "3000 Hz"
weight = "4 nS"

[inputs.absurd]
type = "poisson"
target = "p.last"
receptor = "ampa"
rate = "1000 Hz"
weight = "1e300 nS"
start = "20 ms"
)";

TEST(SimulationFailure, NamesTheNeuronThatIsNotFinite) {
  const ModelSpec spec = parse(exploding);
  for (const unsigned threads : {1U, 2U, 3U}) {
    SCOPED_TRACE(threads);
    try {
      static_cast<void>(run(spec, {.threads = threads}));
      ADD_FAILURE() << "the run should have failed";
    } catch (const NumericalError& error) {
      EXPECT_NE(std::string(error.what()).find("V_m of neuron 9"), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace burgeon::test
