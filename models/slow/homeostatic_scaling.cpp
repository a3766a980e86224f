// Homeostatic scaling: a gain on synapses that brings a population, or each of its neurons, back to the target.
//
//   dg/dt = g (1 - r / target_rate) / tau,   kept within [g_min, g_max]
//
// Turrigiano 1998, doi:10.1038/36103: multiplicative, over one to two days.

#include <array>
#include <limits>

#include "models/slow/relax.h"

namespace burgeon::models::BURGEON_ISA {
namespace {

constexpr double required = std::numeric_limits<double>::quiet_NaN();

enum Parameter { tau, target_rate, g_min, g_max, parameter_count };
constexpr std::array<ParameterRow, parameter_count> parameters{{
    {"tau", "h", 36.0, 1e-4, 1e5, "time constant", "doi:10.1038/36103: days"},
    {"target_rate", "Hz", 1.0, 1e-4, 1e3, "firing rate that is kept", "assumed: set it to the baseline"},
    {"g_min", "", 0.2, 0.0, 1.0, "smallest gain", "assumed"},
    {"g_max", "", 5.0, 1.0, 1e3, "largest gain", "assumed"},
}};

enum Input { rate_in, input_count };
constexpr std::array<SlowInputRow, input_count> inputs{{
    {"rate", "Hz", required, "firing rate"},
}};

enum State { gain_state, state_count };
constexpr std::array<SlowStateRow, state_count> state{{
    {"gain", "", 1.0, 1.0, "tau", "factor on synapses"},
}};

constexpr std::array<SignalRow, 1> signals{{
    {"gain", "", "factor on synapses"},
}};

void derivative(const SlowView& v, double* rate) {
  const double g = v.state[gain_state];
  const double change = g * (1.0 - v.input[rate_in] / v.parameter[target_rate]) / v.parameter[tau];
  const bool held = (g <= v.parameter[g_min] && change < 0.0) || (g >= v.parameter[g_max] && change > 0.0);
  rate[gain_state] = held ? 0.0 : change;
}

void output(const SlowView& v, double* signal) { signal[0] = v.state[gain_state]; }

// One equation, once for a population and once for every neuron of it.
constexpr SlowModel row(const char* name, const char* title, bool per_neuron) {
  return {
      .name = name,
      .title = title,
      .source = "doi:10.1038/36103 (multiplicative scaling); linear sensor assumed",
      .parameters = parameters,
      .inputs = inputs,
      .state = state,
      .signals = signals,
      .readout = false,
      .per_neuron = per_neuron,
      .derivative = derivative,
      .output = output,
      .check = nullptr,
  };
}

}  // namespace

extern const SlowModel homeostatic_gain = row("homeostatic_gain", "Homeostatic gain of a population", false);
extern const SlowModel synaptic_scaling = row("synaptic_scaling", "Synaptic scaling of every neuron", true);

}  // namespace burgeon::models::BURGEON_ISA
