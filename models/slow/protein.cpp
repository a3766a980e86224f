// Pool of synaptic proteins above the baseline (PSD95, GluA1, synapsin I).
//
//   dP/dt = k max(0, M - 1) (1 - P / P_max) - P / tau
//
// Up from 2 h, through 72 h, by 50 to 100 %: Li 2010, doi:10.1126/science.1190287.

#include <array>
#include <limits>

#include "models/slow/relax.h"

namespace burgeon::models::BURGEON_ISA {
namespace {

constexpr double required = std::numeric_limits<double>::quiet_NaN();

enum Parameter { k, tau, P_max, parameter_count };
constexpr std::array<ParameterRow, parameter_count> parameters{{
    {"k", "1/h", 0.5, 0.0, 1e3, "translation per unit of mTORC1 above the baseline",
     "assumed: calibrated on target E1"},
    {"tau", "d", 3.0, 0.01, 1e3, "life time of the pool", "assumed: still raised at 72 h, doi:10.1126/science.1190287"},
    {"P_max", "", 1.0, 0.01, 100.0, "ceiling of the pool",
     "assumed: rises by 50-100 %, doi:10.1126/science.1190287; repeated doses do not add up without end"},
}};

enum Input { mtorc1_in, input_count };
constexpr std::array<SlowInputRow, input_count> inputs{{
    {"mtorc1", "", required, "mTORC1 activity above the baseline"},
}};

enum State { pool_state, state_count };
constexpr std::array<SlowStateRow, state_count> state{{
    {"pool", "", 0.0, 1.0, "tau", "proteins above the baseline, as a part of it"},
}};

constexpr std::array<SignalRow, 2> signals{{
    {"excess", "", "proteins above the baseline, as a part of it"},
    {"level", "", "proteins as a part of the baseline"},
}};

void derivative(const SlowView& v, double* rate) {
  const double room = above_zero(1.0 - v.state[0] / v.parameter[P_max]);
  rate[0] = v.parameter[k] * v.input[mtorc1_in] * room - v.state[0] / v.parameter[tau];
}

void output(const SlowView& v, double* signal) {
  signal[0] = v.state[0];
  signal[1] = 1.0 + v.state[0];
}

}  // namespace

extern const SlowModel protein{
    .name = "protein",
    .title = "Synaptic proteins translated under mTORC1",
    .source = "form assumed; course doi:10.1126/science.1190287",
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
