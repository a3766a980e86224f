// Spines of one projection as three pools, the mean of what `[structure]` does synapse by synapse: mature m, new n and lost sites l,
// as parts of the spines before stress (rest is where the default rates balance).
//
//   formation   F = f0 (1 + g D) (1 - s S) l          D: delayed synaptic proteins, S: stress
//   maturation  M = c (1 + g_c P^2) n                P: synaptic proteins; several make up the scaffold of one spine
//   dm/dt = M - e0 (1 + h S) m
//   dn/dt = F - n / tau_n - M
//   dl/dt = e0 (1 + h S) m + n / tau_n - F
//
// Turnover of adult spines 3-5 % per two weeks: Zuo 2005, doi:10.1016/j.neuron.2005.04.001. Formation, not elimination, changes
// after ketamine: Phoumthipphavong 2016, doi:10.1523/ENEURO.0133-15.2016.

#include <array>

#include "models/slow/relax.h"

namespace burgeon::models::BURGEON_ISA {
namespace {

enum Parameter { f0, g, s, tau_n, c, g_c, e0, h, parameter_count };
constexpr std::array<ParameterRow, parameter_count> parameters{{
    {"f0", "1/d", 0.2, 0.0, 1e3, "formation per lost site",
     "assumed: a third to a half back in weeks of rest (target F2)"},
    {"g", "", 37.0, 0.0, 1e3, "formation gained per unit of delayed synaptic protein",
     "assumed: calibrated on target F4"},
    {"s", "", 0.3, 0.0, 1.0, "part of formation that full stress takes",
     "assumed: doi:10.1126/science.aat8078 shows less formation"},
    {"tau_n", "d", 3.3, 0.01, 1e4, "life time of new spines",
     "assumed: transient spines live 1-4 d, doi:10.1016/j.neuron.2005.01.003"},
    {"c", "1/d", 0.1, 0.0, 1e3, "maturation of new spines", "assumed"},
    {"g_c", "", 12.0, 0.0, 1e3, "maturation gained at a protein pool of 1",
     "assumed: PSD95 and its kin hold new spines, the more the more infusions; targets G2 and G5 were in view"},
    {"e0", "1/d", 0.002, 0.0, 1.0, "loss of mature spines", "doi:10.1016/j.neuron.2005.04.001: 3-5 % in two weeks"},
    {"h", "", 11.5, 0.0, 1e3, "gain of loss under full stress", "assumed: calibrated on target F2"},
}};

enum Input { drive_in, stress_in, protein_in, input_count };
constexpr std::array<SlowInputRow, input_count> inputs{{
    {"drive", "", 0.0, "synaptic proteins that have arrived at the dendrite"},
    {"stress", "", 0.0, "stress, 0 ... 1"},
    {"protein", "", 0.0, "pool of synaptic proteins above the baseline"},
}};

enum State { mature_state, fresh_state, lost_state, state_count };
constexpr std::array<SlowStateRow, state_count> state{{
    {"mature", "", 0.980392, 1.0, "none", "mature spines"},
    {"fresh", "", 0.019608, 1.0, "tau_n", "new spines"},
    {"lost", "", 0.039513, 1.0, "none", "lost sites"},
}};

constexpr std::array<SignalRow, 5> signals{{
    {"density", "", "spines as a part of those before stress"},
    {"mature", "", "mature spines as a part"},
    {"fresh", "", "new spines as a part"},
    {"lost", "", "lost sites as a part"},
    {"formation", "1/d", "formation as a part of all spines"},
}};

double formation(const SlowView& v) {
  const double drive = 1.0 + v.parameter[g] * v.input[drive_in];
  return v.parameter[f0] * drive * (1.0 - v.parameter[s] * v.input[stress_in]) * v.state[lost_state];
}

void derivative(const SlowView& v, double* rate) {
  const double F = formation(v);
  const double loss = v.parameter[e0] * (1.0 + v.parameter[h] * v.input[stress_in]) * v.state[mature_state];
  const double fresh = v.state[fresh_state];
  const double P = v.input[protein_in];
  const double matured = v.parameter[c] * (1.0 + v.parameter[g_c] * P * P) * fresh;
  rate[mature_state] = matured - loss;
  rate[fresh_state] = F - fresh / v.parameter[tau_n] - matured;
  rate[lost_state] = loss + fresh / v.parameter[tau_n] - F;
}

void output(const SlowView& v, double* signal) {
  signal[0] = v.state[mature_state] + v.state[fresh_state];
  signal[1] = v.state[mature_state];
  signal[2] = v.state[fresh_state];
  signal[3] = v.state[lost_state];
  signal[4] = formation(v);
}

}  // namespace

extern const SlowModel spine_pools{
    .name = "spine_pools",
    .title = "Mature spines, new spines and lost sites, as pools",
    .source = "three-pool reduction, rates assumed; turnover doi:10.1016/j.neuron.2005.04.001",
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
