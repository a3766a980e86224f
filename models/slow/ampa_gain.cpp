// Early gain of AMPA synapses: receptors that are inserted within hours and lost again within days unless spines hold them.
//
//   dA/dt = k max(0, M - 1) (1 - A / A_max) - A / tau,   gain = 1 + A
//
// Time course: early effect by 3 h that does not need new spines, Moda-Sava 2019, doi:10.1126/science.aat8078.

#include <array>
#include <limits>

#include "models/slow/relax.h"

namespace burgeon::models::BURGEON_ISA {
namespace {

constexpr double required = std::numeric_limits<double>::quiet_NaN();

enum Parameter { k, tau, A_max, parameter_count };
constexpr std::array<ParameterRow, parameter_count> parameters{{
    {"k", "1/h", 0.6, 0.0, 1e3, "insertion per unit of mTORC1 above the baseline", "assumed: calibrated on target G1"},
    {"tau", "d", 1.0, 0.01, 1e3, "life time of inserted receptors",
     "assumed: decays within one to two days without spines"},
    {"A_max", "", 0.052, 0.001, 100.0, "ceiling of the gain",
     "assumed: calibrated on target G1; without a ceiling repeated doses end in a seizure"},
}};

enum Input { mtorc1_in, input_count };
constexpr std::array<SlowInputRow, input_count> inputs{{
    {"mtorc1", "", required, "mTORC1 activity above the baseline"},
}};

enum State { inserted_state, state_count };
constexpr std::array<SlowStateRow, state_count> state{{
    {"inserted", "", 0.0, 0.3, "tau", "gain above 1"},
}};

constexpr std::array<SignalRow, 2> signals{{
    {"gain", "", "factor on AMPA weights"},
    {"excess", "", "gain above 1"},
}};

void derivative(const SlowView& v, double* rate) {
  const double room = above_zero(1.0 - v.state[0] / v.parameter[A_max]);
  rate[0] = v.parameter[k] * v.input[mtorc1_in] * room - v.state[0] / v.parameter[tau];
}

void output(const SlowView& v, double* signal) {
  signal[0] = 1.0 + v.state[0];
  signal[1] = v.state[0];
}

}  // namespace

extern const SlowModel ampa_gain{
    .name = "ampa_gain",
    .title = "Early gain of AMPA synapses",
    .source = "form assumed; early effect doi:10.1126/science.aat8078",
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
