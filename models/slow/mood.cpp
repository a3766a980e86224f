// Depressive severity read from the circuit, on the scale of the MADRS (0 ... 60).
//
//   c = density^a gain^b                                        strength of recurrent connections, 1 when healthy
//   target = healthy + slope max(0, 1 - c) - ssri_points ssri - expectancy_points expectancy,   within [0, 60]
//   tau dm/dt = target - m
//
// The map from synapses to points is a parameter, not a fact: rodent spine percentages never become points by themselves.

#include <array>

#include "models/slow/relax.h"

namespace burgeon::models::BURGEON_ISA {
namespace {

enum Parameter { healthy, slope, a, b, ssri_points, expectancy_points, tau, parameter_count };
constexpr std::array<ParameterRow, parameter_count> parameters{{
    {"healthy", "", 6.0, 0.0, 60.0, "points of a healthy circuit", "assumed: healthy volunteers score below 7"},
    {"slope", "", 120.0, 0.0, 1e4, "points per lost part of connectivity",
     "assumed: calibrated on target G1, 32 points after stress"},
    {"a", "", 1.0, 0.0, 10.0, "weight of spine density", "assumed"},
    {"b", "", 0.6, 0.0, 10.0, "weight of AMPA gain", "assumed: calibrated on target G1"},
    {"ssri_points", "", 9.0, 0.0, 60.0, "points of the full effect of the slow antidepressant", "assumed"},
    {"expectancy_points", "", 9.0, -60.0, 60.0, "points of full expectancy; negative: worse by being treated",
     "assumed: midazolam arms, doi:10.1176/appi.ajp.2013.13030392"},
    {"tau", "h", 1.0, 0.01, 1e4, "time in which mood follows the circuit",
     "assumed: benefit by 110 min, doi:10.1001/archpsyc.63.8.856"},
}};

enum Input { density_in, gain_in, ssri_in, expectancy_in, pain_in, input_count };
constexpr std::array<SlowInputRow, input_count> inputs{{
    {"density", "", 1.0, "spine density as a part of that before stress"},
    {"gain", "", 1.0, "gain of AMPA synapses"},
    {"ssri", "", 0.0, "effect of the slow antidepressant, 0 ... 1"},
    {"expectancy", "", 0.0, "effect of expectancy, 0 ... 1"},
    {"pain", "", 0.0, "points that pain adds"},
}};

enum State { severity_state, state_count };
constexpr std::array<SlowStateRow, state_count> state{{
    {"severity", "", 6.0, 60.0, "tau", "MADRS points"},
}};

constexpr std::array<SignalRow, 2> signals{{
    {"severity", "", "MADRS points"},
    {"connectivity", "", "strength of recurrent connections, 1 when healthy"},
}};

double connectivity(const SlowView& v) {
  return std::pow(above_zero(v.input[density_in]), v.parameter[a]) *
         std::pow(above_zero(v.input[gain_in]), v.parameter[b]);
}

void derivative(const SlowView& v, double* rate) {
  const double lost = above_zero(1.0 - connectivity(v));
  double target = v.parameter[healthy] + v.parameter[slope] * lost + v.input[pain_in];
  target -= v.parameter[ssri_points] * v.input[ssri_in] + v.parameter[expectancy_points] * v.input[expectancy_in];
  target = target < 0.0 ? 0.0 : (target > 60.0 ? 60.0 : target);
  rate[severity_state] = (target - v.state[severity_state]) / v.parameter[tau];
}

void output(const SlowView& v, double* signal) {
  signal[0] = v.state[severity_state];
  signal[1] = connectivity(v);
}

}  // namespace

extern const SlowModel mood{
    .name = "mood",
    .title = "Depressive severity from connectivity and response gain",
    .source = "map assumed; baseline 32 +- 5 points doi:10.1176/appi.ajp.2013.13030392",
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
