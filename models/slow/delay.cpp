// A signal that arrives later: twelve equal stages in a row, so that half of a step has arrived after 0.97 tau and the rest
// follows with a spread of 0.29 tau.
//
//   (tau / 12) dz_1/dt = x - z_1,   (tau / 12) dz_k/dt = z_{k-1} - z_k

#include <array>
#include <limits>

#include "models/slow/relax.h"

namespace burgeon::models::BURGEON_ISA {
namespace {

constexpr double required = std::numeric_limits<double>::quiet_NaN();

enum Parameter { tau, parameter_count };
constexpr std::array<ParameterRow, parameter_count> parameters{{
    {"tau", "h", 13.3, 0.001, 1e5, "mean delay",
     "assumed: spine formation rises 12-24 h after a dose and not at 3-6 h, doi:10.1126/science.aat8078"},
}};

enum Input { of_in, input_count };
constexpr std::array<SlowInputRow, input_count> inputs{{
    {"of", "", required, "what is delayed"},
}};

enum State { z12_state = 11, state_count };
constexpr std::array<SlowStateRow, state_count> state{{
    {"z1", "", 0.0, 1.0, "tau", "stage 1"},
    {"z2", "", 0.0, 1.0, "tau", "stage 2"},
    {"z3", "", 0.0, 1.0, "tau", "stage 3"},
    {"z4", "", 0.0, 1.0, "tau", "stage 4"},
    {"z5", "", 0.0, 1.0, "tau", "stage 5"},
    {"z6", "", 0.0, 1.0, "tau", "stage 6"},
    {"z7", "", 0.0, 1.0, "tau", "stage 7"},
    {"z8", "", 0.0, 1.0, "tau", "stage 8"},
    {"z9", "", 0.0, 1.0, "tau", "stage 9"},
    {"z10", "", 0.0, 1.0, "tau", "stage 10"},
    {"z11", "", 0.0, 1.0, "tau", "stage 11"},
    {"z12", "", 0.0, 1.0, "tau", "stage 12"},
}};

constexpr std::array<SignalRow, 1> signals{{
    {"value", "", "the signal as it was about tau ago"},
}};

void derivative(const SlowView& v, double* rate) {
  double before = v.input[of_in];
  for (std::size_t k = 0; k < state_count; ++k) {
    rate[k] = 12.0 * (before - v.state[k]) / v.parameter[tau];
    before = v.state[k];
  }
}

void output(const SlowView& v, double* signal) { signal[0] = v.state[z12_state]; }

}  // namespace

extern const SlowModel delay{
    .name = "delay",
    .title = "A signal, delayed",
    .source = "Erlang distribution of order 12, exact; assumed form of the delay of spine formation",
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
