// Dissociation (CADSS-like, 0 ... 1 of the scale at 200 ng/mL): linear in plasma above a threshold.
//
//   D = max(0, C - C0) / (200 ng/mL - C0)
//
// Linear between 50 and 200 ng/mL: Bowdle 1998, doi:10.1097/00000542-199801000-00014. Gone two hours after an infusion begins: Su 2017,
// doi:10.1038/npp.2017.94.

#include <array>
#include <limits>

#include "models/slow/relax.h"

namespace burgeon::models::BURGEON_ISA {
namespace {

constexpr double required = std::numeric_limits<double>::quiet_NaN();

enum Parameter { C0, parameter_count };
constexpr std::array<ParameterRow, parameter_count> parameters{{
    {"C0", "ng/mL", 50.0, 0.0, 199.0, "plasma concentration of no effect",
     "doi:10.1097/00000542-199801000-00014: lowest step with an effect"},
}};

enum Input { plasma_in, input_count };
constexpr std::array<SlowInputRow, input_count> inputs{{
    {"plasma", "ng/mL", required, "ketamine in plasma"},
}};

constexpr std::array<SignalRow, 1> signals{{
    {"score", "", "part of the score at 200 ng/mL"},
}};

void output(const SlowView& v, double* signal) {
  // 200 ng/mL in internal units (mg/L).
  constexpr double full = 0.2;
  signal[0] = above_zero(v.input[plasma_in] - v.parameter[C0]) / (full - v.parameter[C0]);
}

}  // namespace

extern const SlowModel dissociation{
    .name = "dissociation",
    .title = "Dissociation, linear in plasma",
    .source = "doi:10.1097/00000542-199801000-00014",
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
