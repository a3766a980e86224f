// The prefrontal circuit against rows C1-C3 of the targets, over seeds. Calibrated: resting rates (C1). The response to the drug
// was looked at while strengths were tuned (docs/validation.md); its sign and shape are what these tests hold.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "support/run.h"

namespace burgeon::test {
namespace {

constexpr int seeds = 2;

struct Rates {
  double pyr = 0, pv = 0, sst = 0;
  [[nodiscard]] double inhibitory() const { return (120 * pv + 80 * sst) / 200; }  // cells of the circuit file
};

// Mean rates under a clamped concentration. The rate at which block comes to rest scales with the open fraction of the receptors, where
// it comes to rest does not: fewer synapses behind the background trains (open fraction up sixfold) save five minutes of biology.
Rates under_drug(double level_uM) {
  Rates mean;
  for (int seed = 1; seed <= seeds; ++seed) {
    const std::string doses = "[{drug = \"ketamine\", route = \"clamp\", amount = \"" + std::to_string(level_uM) +
                              " uM\", start = \"0 s\", over = \"30 s\"}]";
    const Outcome outcome =
        run(load("models/experiments/dose_response.toml", {{"simulation.seed", std::to_string(seed)},
                                                           {"simulation.duration", "\"30 s\""},
                                                           {"simulation.discard", "\"20 s\""},
                                                           {"inputs.pyr_nmda.synapses", "50"},
                                                           {"inputs.pv_nmda.synapses", "33"},
                                                           {"inputs.sst_nmda.synapses", "25"},
                                                           {"doses", doses}}),
            {.threads = 2});
    mean.pyr += outcome.measure("pyr.rate") / seeds;
    mean.pv += outcome.measure("pv.rate") / seeds;
    mean.sst += outcome.measure("sst.rate") / seeds;
  }
  return mean;
}

TEST(Prefrontal, RestsAsynchronousAndIrregular) {  // C1; ten minutes in docs/validation.md, here 20 s
  for (int seed = 1; seed <= seeds; ++seed) {
    const Outcome outcome = run(load("models/experiments/baseline.toml",
                                     {{"simulation.duration", "\"22 s\""}, {"simulation.seed", std::to_string(seed)}}),
                                {.threads = 2});
    EXPECT_GT(outcome.measure("pyr.rate"), 0.5);
    EXPECT_LT(outcome.measure("pyr.rate"), 5.0);
    for (const char* rate : {"pv.rate", "sst.rate"}) {
      EXPECT_GT(outcome.measure(rate), 5.0) << rate;
      EXPECT_LT(outcome.measure(rate), 20.0) << rate;
    }
    for (const char* cv : {"pyr.cv_isi", "pv.cv_isi", "sst.cv_isi"}) EXPECT_GT(outcome.measure(cv), 0.7) << cv;
    EXPECT_LT(outcome.measure("pyr.fano"), 10.0) << "population bursts";
  }
}

TEST(Prefrontal, InvertedUEmerges) {  // C2 (sign), C3
  const Rates rest = under_drug(0.0), low = under_drug(1.0), middle = under_drug(5.0), high = under_drug(10.0);

  // Around 1 uM interneurons lose drive and pyramidal cells gain.
  EXPECT_LT(low.pv, 0.9 * rest.pv);
  EXPECT_LT(low.inhibitory(), rest.inhibitory());
  EXPECT_GT(low.pyr, 1.15 * rest.pyr);

  // At 10 uM both are down, but pyramidal cells still fire; at 5 uM the way up is lost again.
  EXPECT_LT(high.inhibitory(), 0.7 * rest.inhibitory());
  EXPECT_LT(high.pyr, 0.9 * rest.pyr);
  EXPECT_GT(high.pyr, 0.1 * rest.pyr);
  EXPECT_LT(middle.pyr, low.pyr);
  EXPECT_GT(middle.pyr, 0.5 * rest.pyr);
}

TEST(Prefrontal, TheRiseComesFromInterneurons) {
  // The same loss of NMDA receptors that 1 uM causes in pyramidal cells (17 %), in pyramidal cells alone: they must lose.
  const auto rate = [](const std::string& fraction) {
    const std::string block =
        "[{kind = \"block_receptor\", target = \"pyr\", receptor = \"nmda\", fraction = " + fraction +
        ", start = \"0 s\"}]";
    return run(load("models/experiments/baseline.toml",
                    {{"simulation.duration", "\"16 s\""}, {"interventions", block}}),
               {.threads = 2})
        .measure("pyr.rate");
  };
  EXPECT_LT(rate("0.17"), 0.95 * rate("0.0"));
}

}  // namespace
}  // namespace burgeon::test
