// Benefit of being treated, whatever is given: rises with a visit, wears off over weeks.
//
//   dE/dt = visit (1 - E) / tau_on - E / tau
//
// 28 % of a midazolam arm respond at 24 h: Murrough 2013, doi:10.1176/appi.ajp.2013.13030392.

#include <array>
#include <limits>

#include "models/slow/relax.h"

namespace burgeon::models::BURGEON_ISA {
namespace {

constexpr double required = std::numeric_limits<double>::quiet_NaN();

enum Parameter { tau_on, tau, parameter_count };
constexpr std::array<ParameterRow, parameter_count> parameters{{
    {"tau_on", "min", 30.0, 0.1, 1e5, "time constant of the rise during a visit", "assumed"},
    {"tau", "d", 28.0, 0.1, 1e3, "time constant of wearing off",
     "assumed: weeks; 79 % of placebo responders stay well for 12 weeks and more, "
     "doi:10.1016/j.jpsychires.2007.10.004"},
}};

enum Input { visit_in, input_count };
constexpr std::array<SlowInputRow, input_count> inputs{{
    {"visit", "", required, "1 during a visit"},
}};

enum State { effect_state, state_count };
constexpr std::array<SlowStateRow, state_count> state{{
    {"effect", "", 0.0, 1.0, "tau", "part of the full effect"},
}};

constexpr std::array<SignalRow, 1> signals{{
    {"effect", "", "part of the full effect"},
}};

void derivative(const SlowView& v, double* rate) {
  rate[0] = v.input[visit_in] * (1.0 - v.state[0]) / v.parameter[tau_on] - v.state[0] / v.parameter[tau];
}

void output(const SlowView& v, double* signal) { signal[0] = v.state[0]; }

}  // namespace

extern const SlowModel expectancy{
    .name = "expectancy",
    .title = "Expectancy and care",
    .source = "form assumed; size doi:10.1176/appi.ajp.2013.13030392",
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
