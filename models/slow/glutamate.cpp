// Extracellular glutamate tone of the patch, 1 at baseline.
//
//   tau dG/dt = r (1 + f) / (1 + f G) - G
//
// r: pyramidal firing rate as a part of its baseline; f: feedback of presynaptic mGluR2/3 autoreceptors on release, which glutamate
// outside synapses activates: without them a spike would release 1 + f times as much. Form assumed. The surge that it must show:
// Moghaddam 1997, doi:10.1523/JNEUROSCI.17-08-02921.1997; an agonist of these receptors stops it: PMC3966570.

#include <array>
#include <limits>

#include "models/slow/relax.h"

namespace burgeon::models::BURGEON_ISA {
namespace {

enum Parameter { tau, feedback, parameter_count };
constexpr std::array<ParameterRow, parameter_count> parameters{{
    {"tau", "s", 30.0, 1.0, 1e4, "time constant of the tone",
     "assumed: tens of seconds, uptake and diffusion in a patch"},
    {"feedback", "", 2.0, 0.0, 100.0, "strength of mGluR2/3 feedback on release; 0: off",
     "assumed: some feedback there is, PMC3966570; target D2 was in view"},
}};

constexpr std::array<SlowInputRow, 1> inputs{{
    {"rate", "", std::numeric_limits<double>::quiet_NaN(),
     "firing rate of the releasing cells, as a part of the baseline"},
}};
constexpr std::array<SlowStateRow, 1> state{{{"tone", "", 1.0, 2.0, "tau", "glutamate as a part of the baseline"}}};
constexpr std::array<SignalRow, 1> signals{{{"tone", "", "extracellular glutamate as a part of the baseline"}}};

void derivative(const SlowView& v, double* rate) {
  const double f = v.parameter[feedback];
  const double release = v.input[0] * (1.0 + f) / (1.0 + f * above_zero(v.state[0]));
  rate[0] = (release - v.state[0]) / v.parameter[tau];
}

void output(const SlowView& v, double* signal) { signal[0] = v.state[0]; }

}  // namespace

extern const SlowModel glutamate{
    .name = "glutamate",
    .title = "Glutamate tone that follows pyramidal firing",
    .source = "assumed: leaky integration of release; size of the surge doi:10.1523/JNEUROSCI.17-08-02921.1997",
    .parameters = parameters,
    .inputs = inputs,
    .state = state,
    .signals = signals,
    .readout = false,
    .per_neuron = false,
    .derivative = derivative,
    .output = output,
    .check = nullptr,
};

}  // namespace burgeon::models::BURGEON_ISA
