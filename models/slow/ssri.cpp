// A slow antidepressant: benefit that builds up with a time constant of about twenty days.
//
//   tau dA/dt = dose - A
//
// A third of the six-week effect by week 1: Taylor 2006, doi:10.1001/archpsyc.63.11.1217.

#include <array>
#include <limits>

#include "models/slow/relax.h"

namespace burgeon::models::BURGEON_ISA {
namespace {

constexpr double required = std::numeric_limits<double>::quiet_NaN();

enum Parameter { tau, parameter_count };
constexpr std::array<ParameterRow, parameter_count> parameters{{
    {"tau", "d", 20.0, 0.1, 1e3, "time constant", "doi:10.1001/archpsyc.63.11.1217: a third of the effect by week 1"},
}};

enum Input { dose_in, input_count };
constexpr std::array<SlowInputRow, input_count> inputs{{
    {"dose", "", required, "1 while it is taken"},
}};

enum State { effect_state, state_count };
constexpr std::array<SlowStateRow, state_count> state{{
    {"effect", "", 0.0, 1.0, "tau", "part of the full effect"},
}};

constexpr std::array<SignalRow, 1> signals{{
    {"effect", "", "part of the full effect"},
}};

void derivative(const SlowView& v, double* rate) { rate[0] = (v.input[dose_in] - v.state[0]) / v.parameter[tau]; }

void output(const SlowView& v, double* signal) { signal[0] = v.state[0]; }

}  // namespace

extern const SlowModel ssri{
    .name = "ssri",
    .title = "A slow antidepressant",
    .source = "doi:10.1001/archpsyc.63.11.1217: time course; first order assumed",
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
