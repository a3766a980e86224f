#pragma once
// A model in which neurons fire exactly at given times, and plastic synapses join them one to one.

#include <fmt/format.h>

#include <string>
#include <vector>

namespace burgeon::test {

/// Spike times of one pair of neurons, whole multiples of 0.1 ms. Pre arrives at its target one delay later.
struct SpikePair {
  std::vector<double> pre, post;
};

inline std::string spike_events(const std::vector<SpikePair>& pairs, std::vector<double> SpikePair::*times) {
  std::string text;
  for (std::size_t i = 0; i < pairs.size(); ++i)
    for (const double t : pairs[i].*times) text += fmt::format("[\"{:.1f} ms\", {}], ", t, i);
  return text;
}

/// Delta synapses of 30 mV make each neuron jump over its threshold (20 mV) at the very time of the list. `plasticity` is the
/// inside of the table; weights are in mV.
inline std::string spike_pairs(const std::vector<SpikePair>& pairs, const std::string& plasticity, double duration_ms,
                               double weight_mV = 0.5, double delay_ms = 1.0) {
  const std::string cells = fmt::format(
      "model = \"lif_psc_exp\"\nn = {}\nE_L = \"0 mV\"\nV_reset = \"0 mV\"\nV_th = \"20 mV\"\ntau_m = \"20 ms\"\nt_ref "
      "= \"0.2 ms\"\n"
      "receptors.syn = {{ model = \"delta\" }}\n",
      pairs.size());
  const auto list = [&](const char* name, std::vector<double> SpikePair::*times) {
    return fmt::format(
        "[inputs.drive_{0}]\ntype = \"spikes\"\ntarget = \"{0}\"\nreceptor = \"syn\"\nweight = \"30 mV\"\nevents = "
        "[{1}]\n",
        name, spike_events(pairs, times));
  };
  return fmt::format(
             "title = \"pairs\"\n[simulation]\nduration = \"{} ms\"\n[populations.pre]\n{}[populations.post]\n{}"
             "[projections.plastic]\nsource = \"pre\"\ntarget = \"post\"\nreceptor = \"syn\"\nwiring = {{ rule = "
             "\"one_to_one\" }}\n"
             "weight = \"{} mV\"\ndelay = \"{} ms\"\nplasticity = {{ {} }}\n",
             duration_ms, cells, cells, weight_mV, delay_ms, plasticity) +
         list("pre", &SpikePair::pre) + list("post", &SpikePair::post) +
         "[record.spikes]\nkind = \"spikes\"\ntarget = \"*\"\n";
}

}  // namespace burgeon::test
