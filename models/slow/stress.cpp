// Chronic stress as the circuit feels it: follows the load that the protocol gives.
//
//   tau dS/dt = load - S

#include <array>
#include <limits>

#include "models/slow/relax.h"

namespace burgeon::models::BURGEON_ISA {
namespace {

constexpr double required = std::numeric_limits<double>::quiet_NaN();

enum Parameter { tau, parameter_count };
constexpr std::array<ParameterRow, parameter_count> parameters{{
    {"tau", "d", 2.0, 0.001, 1e3, "time to take effect and to wear off", "assumed: days"},
}};

enum Input { load_in, pain_in, input_count };
constexpr std::array<SlowInputRow, input_count> inputs{{
    {"load", "", required, "load that the protocol gives, 0 ... 1"},
    {"pain", "", 0.0, "load that pain adds"},
}};

enum State { level_state, state_count };
constexpr std::array<SlowStateRow, state_count> state{{
    {"level", "", 0.0, 1.0, "tau", "stress, 0 ... 1"},
}};

constexpr std::array<SignalRow, 1> signals{{
    {"level", "", "stress, 0 ... 1"},
}};

void derivative(const SlowView& v, double* rate) {
  const double load = v.input[load_in] + v.input[pain_in];
  rate[0] = ((load > 1.0 ? 1.0 : load) - v.state[0]) / v.parameter[tau];
}

void output(const SlowView& v, double* signal) { signal[0] = v.state[0]; }

}  // namespace

extern const SlowModel stress{
    .name = "stress",
    .title = "Chronic stress",
    .source = "assumed: first-order approach to the load",
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
