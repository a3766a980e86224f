// mTORC1 activity downstream of TrkB, 1 at baseline.
//
//   T = trkb H(B) / H(1),  H(B) = B^m / (B^m + K^m)               TrkB signal
//   tau dM/dt = (1 - rapamycin) T - M
//   tau_usual dU/dt = M - U                                       what the cell is used to
//   excess = max(0, M / U - 1 - theta)                            drives translation
//
// Course after one dose: up by 30 min, about twice at 1 h, baseline by 2 h: Li 2010, doi:10.1126/science.1190287. Time constant of
// S6 dephosphorylation 57 min: Fujita 2010, doi:10.1126/scisignal.2000810.

#include <array>
#include <limits>

#include "models/slow/relax.h"

namespace burgeon::models::BURGEON_ISA {
namespace {

constexpr double required = std::numeric_limits<double>::quiet_NaN();

enum Parameter { tau, K, m, theta, tau_usual, parameter_count };
constexpr std::array<ParameterRow, parameter_count> parameters{{
    {"tau", "min", 20.0, 0.1, 1e5, "time constant of activity",
     "assumed: set by target E1; S6 57 min, doi:10.1126/scisignal.2000810"},
    {"K", "", 3.0, 0.01, 100.0, "BDNF at half of the largest TrkB signal", "assumed"},
    {"m", "", 1.5, 0.5, 10.0, "steepness", "assumed: receptors dimerise"},
    {"theta", "", 0.15, 0.0, 10.0, "rise above the usual activity that starts translation",
     "assumed: a threshold, as of protein synthesis in consolidation, doi:10.1371/journal.pcbi.1000248"},
    {"tau_usual", "d", 3.0, 0.1, 1e4, "time over which the usual activity is taken",
     "assumed: hours of block leave it where it is, so that their end is no rise; stress that comes or goes over days "
     "is none"},
}};

enum Input { bdnf_in, trkb_in, rapamycin_in, input_count };
constexpr std::array<SlowInputRow, input_count> inputs{{
    {"bdnf", "", required, "BDNF as a part of the baseline"},
    {"trkb", "", 1.0, "TrkB receptors at work: 0 is a knock-out"},
    {"rapamycin", "", 0.0, "part of mTORC1 that is inhibited"},
}};

enum State { activity_state, usual_state, state_count };
constexpr std::array<SlowStateRow, state_count> state{{
    {"activity", "", 1.0, 2.0, "tau", "mTORC1 activity as a part of the baseline"},
    {"usual", "", 1.0, 1.0, "tau_usual", "activity of the past days, as a part of the baseline"},
}};

constexpr std::array<SignalRow, 2> signals{{
    {"activity", "", "mTORC1 activity as a part of the baseline"},
    {"excess", "", "rise above the usual activity beyond the threshold of translation, 0 below it"},
}};

void derivative(const SlowView& v, double* rate) {
  const double T = v.input[trkb_in] * relative_hill(v.input[bdnf_in], v.parameter[K], v.parameter[m]);
  rate[activity_state] = ((1.0 - v.input[rapamycin_in]) * T - v.state[activity_state]) / v.parameter[tau];
  rate[usual_state] = (v.state[activity_state] - v.state[usual_state]) / v.parameter[tau_usual];
}

void output(const SlowView& v, double* signal) {
  // Where there is hardly any activity, its usual level can't make it an excess.
  constexpr double least = 0.05;
  const double usual = v.state[usual_state] > least ? v.state[usual_state] : least;
  signal[0] = v.state[activity_state];
  signal[1] = above_zero(v.state[activity_state] / usual - 1.0 - v.parameter[theta]);
}

}  // namespace

extern const SlowModel mtorc1{
    .name = "mtorc1",
    .title = "TrkB signal and mTORC1 activity",
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
