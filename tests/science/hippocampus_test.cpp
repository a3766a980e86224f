// The prefrontal patch with its hippocampal afferents (models/circuits/hippocampus_prefrontal.toml): the order of row C2 of the
// targets, and rows C1 and C3 on the same circuit. Whole infusions over four seeds: scripts/onset_order, docs/validation.md.

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/run.h"

namespace burgeon::test {
namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;

constexpr const char* whole = "models/experiments/infusion_hippocampus.toml";
constexpr const char* patch_alone = "models/experiments/infusion.toml";

// Rates under `doses`. Synapses behind the background trains are `share` times fewer but release as often in sum, so that block comes to
// rest that much sooner; where it comes to rest stays. A tenth of them turns the 40 min of an infusion into 4.
Outcome run_infusion(const char* model, int seed, int seconds, const std::string& doses, int share,
                     int hippocampal_share) {
  Settings settings = {{"simulation.seed", std::to_string(seed)},
                       {"simulation.dt", "\"0.25 ms\""},
                       {"simulation.duration", "\"" + std::to_string(seconds) + " s\""},
                       {"simulation.discard", "\"20 s\""},
                       {"record.spikes.stop", "\"1 s\""},
                       {"doses", doses},
                       {"inputs.pyr_nmda.synapses", std::to_string(300 / share)},
                       {"inputs.pv_nmda.synapses", std::to_string(200 / share)},
                       {"inputs.sst_nmda.synapses", std::to_string(150 / share)}};
  if (model == whole)
    settings.insert(settings.end(), {{"inputs.hpc_pyr_nmda.synapses", std::to_string(3000 / hippocampal_share)},
                                     {"inputs.hpc_pv_nmda.synapses", std::to_string(2000 / hippocampal_share)}});
  return run(load(model, settings), {.threads = 2});
}

struct Change {
  double hz;         // from rest to the end (last fifth)
  double mean_time;  // s: the area between the course and its end, in parts of the whole change
};

Change change(const std::vector<double>& rate, std::size_t rest) {
  const auto mean = [&](std::size_t first, std::size_t last) {
    double sum = 0;
    for (std::size_t k = first; k < last; ++k) sum += rate[k];
    return sum / static_cast<double>(last - first);
  };
  const std::size_t n = rate.size(), under_drug = n - rest;
  const double before = mean(rest / 6, rest), end = mean(n - under_drug / 5, n);
  constexpr double every = 0.1;  // s, record.rates of the circuit
  return {end - before, every * static_cast<double>(under_drug) * (end - mean(rest, n)) / (end - before)};
}

// Seconds by which the mean rate of interneurons changes before that of pyramidal cells does, over seeds: 60 s of rest, then
// 4 min in which the effect site rises in eight steps to 0.4 uM, the peak of 0.5 mg/kg over 40 min.
double lead_of_interneurons(const char* model, int seeds) {
  std::string doses;
  for (int step = 1; step <= 8; ++step)
    doses += std::string(step == 1 ? "[" : ", ") + "{drug = \"ketamine\", route = \"clamp\", amount = \"" +
             std::to_string(50 * step) + " nM\", start = \"" + std::to_string(30 + 30 * step) +
             " s\", over = \"30 s\"}";
  doses += "]";
  double lead = 0;
  for (int seed = 1; seed <= seeds; ++seed) {
    const Outcome outcome = run_infusion(model, seed, 300, doses, 10, 10);
    const auto& rates = outcome.sink.table(Table::Kind::series, "rates");
    const auto of = [&](const std::string& population) {
      for (std::size_t c = 0; c < rates.table.columns.size(); ++c)
        if (rates.table.columns[c].name == population) return rates.columns[c];
      throw std::out_of_range(population);
    };
    const std::vector<double> pyr = of("pyr"), pv = of("pv"), sst = of("sst");
    std::vector<double> interneurons(pv.size());
    for (std::size_t k = 0; k < pv.size(); ++k) interneurons[k] = (120 * pv[k] + 80 * sst[k]) / 200;
    const Change rise = change(pyr, 600), fall = change(interneurons, 600);
    EXPECT_GT(rise.hz, 0.2);
    EXPECT_LT(fall.hz, -0.5);
    lead += (rise.mean_time - fall.mean_time) / seeds;
  }
  return lead;
}

TEST(Hippocampus, InterneuronsFallBeforePyramidalCellsRise) {  // C2
  EXPECT_GT(lead_of_interneurons(whole, 2), 18.0) << "s of 240; 26 measured";
  EXPECT_LT(lead_of_interneurons(patch_alone, 1), 14.0) << "planted: no hippocampus; 10 measured";
}

TEST(Hippocampus, PatchStillRestsAndItsInvertedUEmerges) {  // C1, C3
  // At rest: a step to 10 uM excites for minutes, until block reaches pyramidal cells and the hippocampus.
  const auto under_drug = [](const std::string& level) {
    const std::string doses =
        "[{drug = \"ketamine\", route = \"clamp\", amount = \"" + level + "\", start = \"0 s\", over = \"40 s\"}]";
    return run_infusion(whole, 1, 40, doses, 6, 60);
  };
  const auto inhibitory = [](const Outcome& o) {
    return (120 * o.measure("pv.rate") + 80 * o.measure("sst.rate")) / 200;
  };
  const Outcome rest = under_drug("0 uM"), low = under_drug("1 uM"), high = under_drug("10 uM");

  EXPECT_GT(rest.measure("pyr.rate"), 0.5);
  EXPECT_LT(rest.measure("pyr.rate"), 5.0);
  for (const char* population : {"pv", "sst", "hpc_pv"}) {
    EXPECT_GT(rest.measure(population + std::string(".rate")), 5.0) << population;
    EXPECT_LT(rest.measure(population + std::string(".rate")), 20.0) << population;
  }
  for (const char* population : {"pyr", "pv", "sst", "hpc_pyr"})
    EXPECT_GT(rest.measure(population + std::string(".cv_isi")), 0.7) << population;
  EXPECT_LT(rest.measure("pyr.fano"), 10.0) << "population bursts";

  EXPECT_LT(inhibitory(low), 0.9 * inhibitory(rest));
  EXPECT_GT(low.measure("pyr.rate"), 1.15 * rest.measure("pyr.rate"));
  EXPECT_LT(inhibitory(high), 0.7 * inhibitory(rest));
  EXPECT_LT(high.measure("pyr.rate"), 0.9 * rest.measure("pyr.rate"));
}

}  // namespace
}  // namespace burgeon::test
