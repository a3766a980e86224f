// Brain-derived neurotrophic factor, 1 at baseline: released by activity, translated when NMDA receptors at rest are blocked.
//
//   x = glutamate * ampa * vdcc                                   throughput: needs AMPA receptors and L-type Ca channels
//   h = H(x) / H(1),  H(x) = x^n / (x^n + K^n)
//   e = h below 1,  1 + val66met (h - 1) above
//   tau dB/dt = (1 - s stress) (1 - a + a e + k_rest R / (R + K_rest)) - B
//
// Release needs AMPA receptors and L-type channels: Lepack 2014, doi:10.1093/ijnp/pyu033. Translation under block at rest:
// Autry 2011, doi:10.1038/nature10130 (contested; off by default). Met carriers: Liu 2012, doi:10.1016/j.biopsych.2011.12.019.

#include <array>
#include <limits>

#include "models/slow/relax.h"

namespace burgeon::models::BURGEON_ISA {
namespace {

constexpr double required = std::numeric_limits<double>::quiet_NaN();

enum Parameter { tau, activity, K, n, val66met, k_rest, K_rest, stress, parameter_count };
constexpr std::array<ParameterRow, parameter_count> parameters{{
    {"tau", "min", 12.0, 0.1, 1e5, "time constant of the level",
     "assumed: extracellular BDNF lives minutes to an hour; with mTORC1 set by target E1"},
    {"activity", "", 0.9, 0.0, 1.0, "part of the baseline production that activity drives",
     "assumed: AMPA or L-type block leaves less than a fifth, doi:10.1093/ijnp/pyu033"},
    {"K", "", 2.0, 0.01, 100.0, "throughput at half of the largest release", "assumed: calibrated on target E1"},
    {"n", "", 3.0, 0.5, 10.0, "steepness of release", "assumed: calcium triggers release cooperatively"},
    {"val66met", "", 1.0, 0.0, 1.0, "gain of evoked release: 1 Val/Val, 0.3-0.6 Met carriers",
     "assumed: range of target E5, doi:10.1016/j.biopsych.2011.12.019"},
    {"k_rest", "", 0.0, 0.0, 10.0, "translation at full block of receptors at rest",
     "assumed: off; contested, doi:10.1038/nature10130"},
    {"K_rest", "", 0.3, 0.01, 1.0, "blocked fraction of half effect", "assumed"},
    {"stress", "", 0.15, 0.0, 1.0, "loss of production under full stress", "assumed: stress lowers prefrontal BDNF"},
}};

enum Input { glutamate_in, ampa_in, vdcc_in, rest_block_in, load_in, input_count };
constexpr std::array<SlowInputRow, input_count> inputs{{
    {"glutamate", "", required, "glutamate tone as a part of the baseline"},
    {"ampa", "", 1.0, "AMPA receptors at work as a part of the baseline"},
    {"vdcc", "", 1.0, "L-type calcium channels at work as a part of the baseline"},
    {"rest_block", "", 0.0, "blocked fraction of NMDA receptors"},
    {"load", "", 0.0, "stress, 0 ... 1"},
}};

enum State { level_state, state_count };
constexpr std::array<SlowStateRow, state_count> state{{
    {"level", "", 1.0, 2.0, "tau", "BDNF as a part of the baseline"},
}};

constexpr std::array<SignalRow, 2> signals{{
    {"level", "", "BDNF as a part of the baseline"},
    {"release", "", "evoked release as a part of the baseline"},
}};

double evoked(const SlowView& v) {
  const double x = v.input[glutamate_in] * v.input[ampa_in] * v.input[vdcc_in];
  const double h = relative_hill(x, v.parameter[K], v.parameter[n]);
  return h > 1.0 ? 1.0 + v.parameter[val66met] * (h - 1.0) : h;
}

void derivative(const SlowView& v, double* rate) {
  const double R = v.input[rest_block_in];
  const double a = v.parameter[activity];
  const double rest = v.parameter[k_rest] * R / (R + v.parameter[K_rest]);
  const double production = (1.0 - v.parameter[stress] * v.input[load_in]) * (1.0 - a + a * evoked(v) + rest);
  rate[level_state] = (production - v.state[level_state]) / v.parameter[tau];
}

void output(const SlowView& v, double* signal) {
  signal[0] = v.state[level_state];
  signal[1] = evoked(v);
}

}  // namespace

extern const SlowModel bdnf{
    .name = "bdnf",
    .title = "BDNF by activity and by block of NMDA receptors at rest",
    .source = "form assumed; gates doi:10.1093/ijnp/pyu033, doi:10.1038/nature10130",
    .parameters = parameters,
    .inputs = inputs,
    .state = state,
    .signals = signals,
    .readout = true,
    .per_neuron = false,
    .derivative = derivative,
    .output = output,
    .check = nullptr,
};

}  // namespace burgeon::models::BURGEON_ISA
