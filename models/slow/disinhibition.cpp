// Glutamate drive of the prefrontal patch against the free drug at the receptors, without the patch: an inverted U.
//
//   C = ketamine + w norketamine
//   drive = (1 + k C / (1 + C / K)) / (1 + (C / C50)^n) (1 - s (1 - density))
//
// Numerator: interneurons lose their NMDA drive first and pyramidal cells are disinhibited, the more the less there is left to lose.
// Denominator: pyramidal cells lose their own. The four numbers are a fit to burgeon's spiking prefrontal circuit, block at rest
// (docs/validation/dose_response.csv), within 1 % up to 5 uM and 0.01 above: 1.07, 1.23, 1.44, 1.20, 0.70, 0.21, 0.05 at 0.1, 0.4, 1,
// 3, 5, 10, 20 uM. Nothing is measured in a brain.
// Last factor: recurrent drive that goes with lost spines. Limits: no delay by the receptors' slow block, no effect of the AMPA
// gain on rates.

#include <array>
#include <limits>

#include "models/slow/relax.h"

namespace burgeon::models::BURGEON_ISA {
namespace {

enum Parameter { k, K, C50, n, w, s, parameter_count };
constexpr std::array<ParameterRow, parameter_count> parameters{{
    {"k", "1/uM", 0.688, 0.0, 100.0, "rise of the drive per concentration",
     "assumed: fit to burgeon's spiking circuit, docs/validation/dose_response.csv"},
    {"K", "uM", 2.954, 0.01, 1e4,
     "concentration at which a rise of the drive is half of what it would be without a limit",
     "assumed: fit to burgeon's spiking circuit, docs/validation/dose_response.csv"},
    {"C50", "uM", 3.518, 0.01, 1e4, "concentration that halves the disinhibited drive",
     "assumed: fit to burgeon's spiking circuit, docs/validation/dose_response.csv"},
    {"n", "", 2.31, 0.5, 10.0, "steepness of the fall",
     "assumed: fit to burgeon's spiking circuit, docs/validation/dose_response.csv"},
    {"w", "", 0.156, 0.0, 10.0, "potency of norketamine relative to ketamine",
     "assumed: 1 / 6.4, the ratio of IC50 in Shaffer 2014, as in the ketamine row"},
    {"s", "", 0.2, 0.0, 1.0, "part of the rate that goes with all recurrent synapses, near rest",
     "assumed: rate 0.96 at a density of 0.79 in burgeon's spiking circuit after three weeks of stress"},
}};

enum Input { ketamine_in, norketamine_in, density_in, input_count };
constexpr std::array<SlowInputRow, input_count> inputs{{
    {"ketamine", "uM", std::numeric_limits<double>::quiet_NaN(), "free ketamine at the receptor"},
    {"norketamine", "uM", 0.0, "free norketamine at the receptor"},
    {"density", "", 1.0, "spine density as a part of that before stress"},
}};

constexpr std::array<SignalRow, 1> signals{{
    {"drive", "", "firing of pyramidal cells as a part of the baseline"},
}};

void output(const SlowView& v, double* signal) {
  const double C = above_zero(v.input[ketamine_in] + v.parameter[w] * v.input[norketamine_in]);
  const double recurrent = 1.0 - v.parameter[s] * (1.0 - v.input[density_in]);
  signal[0] = recurrent * (1.0 + v.parameter[k] * C / (1.0 + C / v.parameter[K])) /
              (1.0 + std::pow(C / v.parameter[C50], v.parameter[n]));
}

}  // namespace

extern const SlowModel disinhibition{
    .name = "disinhibition",
    .title = "Glutamate drive by disinhibition, in place of the spiking circuit",
    .source = "assumed: fit to burgeon's spiking prefrontal circuit, docs/validation/dose_response.csv",
    .parameters = parameters,
    .inputs = inputs,
    .state = {},
    .signals = signals,
    .readout = true,
    .per_neuron = false,
    .derivative = nullptr,
    .output = output,
    .check = nullptr,
};

}  // namespace burgeon::models::BURGEON_ISA
