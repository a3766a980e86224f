#include "support/slow_models.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "base/noise.h"
#include "models/catalogue.h"

namespace burgeon::test {
namespace {

constexpr double required = std::numeric_limits<double>::quiet_NaN();

constexpr ParameterRow linear_parameters[] = {
    {"k", "1/h", 6.0, 0.0, 1e6, "gain", "assumed: test"},
    {"x0", "nS", 10.0, 1e-9, 1e9, "unit of the input", "assumed: test"},
    {"tau", "h", 1.0, 1e-9, 1e6, "time constant", "assumed: test"},
};
constexpr SlowInputRow linear_inputs[] = {{"x", "nS", required, "a conductance"}};
constexpr SlowStateRow linear_state[] = {{"y", "", 0.0, 1.0, "tau", "state"}};
constexpr SignalRow linear_signals[] = {{"value", "", "y"}, {"factor", "", "1 + y"}};
constexpr SlowModel linear{
    .name = "linear",
    .title = "linear",
    .source = "assumed: test",
    .parameters = linear_parameters,
    .inputs = linear_inputs,
    .state = linear_state,
    .signals = linear_signals,
    .readout = false,
    .per_neuron = false,
    .derivative =
        [](const SlowView& v, double* rate) {
          rate[0] = v.parameter[0] * v.input[0] / v.parameter[1] - v.state[0] / v.parameter[2];
        },
    .output =
        [](const SlowView& v, double* signal) {
          signal[0] = v.state[0];
          signal[1] = 1.0 + v.state[0];
        },
    .check = nullptr,
};

// A threshold and a ceiling, both of which a noisy mean meets.
constexpr ParameterRow gated_parameters[] = {
    {"k", "1/h", 600.0, 0.0, 1e6, "gain above the threshold", "assumed: test"},
    {"x0", "nS", 10.0, 1e-9, 1e9, "unit of the input", "assumed: test"},
    {"theta", "", 0.96, 0.0, 10.0, "threshold", "assumed: test"},
    {"tau", "h", 0.1, 1e-9, 1e6, "time constant", "assumed: test"},
};
constexpr SignalRow gated_signals[] = {{"value", "", "y"}};
constexpr SlowModel gated{
    .name = "gated",
    .title = "gated",
    .source = "assumed: test",
    .parameters = gated_parameters,
    .inputs = linear_inputs,
    .state = linear_state,
    .signals = gated_signals,
    .readout = false,
    .per_neuron = false,
    .derivative =
        [](const SlowView& v, double* rate) {
          const double excess = std::max(0.0, v.input[0] / v.parameter[1] - v.parameter[2]);
          rate[0] = v.parameter[0] * excess * std::max(0.0, 1.0 - v.state[0]) - v.state[0] / v.parameter[3];
        },
    .output = [](const SlowView& v, double* signal) { signal[0] = v.state[0]; },
    .check = nullptr,
};

// Luboeinski & Tetzlaff 2021, doi:10.1038/s42003-021-01778-y: equations between spikes, without noise.
constexpr ParameterRow stc_parameters[] = {
    {"h0", "mV", 4.20075, 0.0, 100.0, "resting early phase", "doi:10.1038/s42003-021-01778-y"},
    {"tau_h", "s", 688.4, 1.0, 1e6, "early phase", "doi:10.1038/s42003-021-01778-y"},
    {"theta_pro", "mV", 2.10037, 0.0, 100.0, "protein threshold", "doi:10.1038/s42003-021-01778-y"},
    {"theta_tag", "mV", 0.840149, 0.0, 100.0, "tag threshold", "doi:10.1038/s42003-021-01778-y"},
    {"tau_p", "h", 1.0, 0.01, 100.0, "protein and late phase", "doi:10.1038/s42003-021-01778-y"},
};
constexpr SlowStateRow stc_state[] = {{"h", "mV", 4.20075, 4.0, "tau_h", "early phase"},
                                      {"p", "", 0.0, 1.0, "tau_p", "protein"},
                                      {"z", "", 0.0, 1.0, "tau_p", "late phase"}};
constexpr SignalRow stc_signals[] = {{"total", "mV", "weight"}};
constexpr SlowModel consolidation{
    .name = "consolidation",
    .title = "synaptic tagging and capture",
    .source = "doi:10.1038/s42003-021-01778-y",
    .parameters = stc_parameters,
    .inputs = {},
    .state = stc_state,
    .signals = stc_signals,
    .readout = false,
    .per_neuron = false,
    .derivative =
        [](const SlowView& v, double* rate) {
          const double away = v.state[0] - v.parameter[0];
          rate[0] = -0.1 * away / v.parameter[1];
          rate[1] = ((std::abs(away) > v.parameter[2] ? 1.0 : 0.0) - v.state[1]) / v.parameter[4];
          rate[2] = away > v.parameter[3] ? v.state[1] * (1.0 - v.state[2]) / v.parameter[4] : 0.0;
        },
    .output = [](const SlowView& v, double* signal) { signal[0] = v.state[0] + v.parameter[0] * v.state[2]; },
    .check = nullptr,
};

constexpr SlowStateRow undeclared_state[] = {{"y", "", 0.0, 1.0, "tau_of_nothing", "state"}};
constexpr SlowModel undeclared{
    .name = "undeclared",
    .title = "undeclared",
    .source = "assumed: test",
    .parameters = linear_parameters,
    .inputs = linear_inputs,
    .state = undeclared_state,
    .signals = linear_signals,
    .readout = false,
    .per_neuron = false,
    .derivative = linear.derivative,
    .output = linear.output,
    .check = nullptr,
};

constexpr ParameterRow follow_parameters[] = {{"tau", "h", 1.0, 1e-3, 1e6, "time constant", "assumed: test"}};
constexpr SlowInputRow follow_inputs[] = {{"x", "", required, "what is followed"}};
constexpr SlowStateRow follow_state[] = {{"y", "", 0.0, 1.0, "tau", "state"}};
constexpr SignalRow follow_signals[] = {{"value", "", "y"}};
constexpr SlowModel follow{
    .name = "follow",
    .title = "follow",
    .source = "assumed: test",
    .parameters = follow_parameters,
    .inputs = follow_inputs,
    .state = follow_state,
    .signals = follow_signals,
    .readout = false,
    .per_neuron = true,
    .derivative = [](const SlowView& v, double* rate) { rate[0] = (v.input[0] - v.state[0]) / v.parameter[0]; },
    .output = [](const SlowView& v, double* signal) { signal[0] = v.state[0]; },
    .check = nullptr,
};

}  // namespace

const Catalogue& slow_catalogue() {
  static const Catalogue rows = [] {
    Catalogue all = models::catalogue(best_simd());
    for (const SlowModel* row : {&linear, &gated, &consolidation, &undeclared, &follow}) all.slow.push_back(row);
    return all;
  }();
  return rows;
}

ModelSpec parse_slow(const std::string& text) {
  const ReadResult result = read_model_text(text, "test.toml", slow_catalogue());
  if (result.spec) return *result.spec;
  std::string all;
  for (const Diagnostic& diagnostic : result.diagnostics) all += format_diagnostic(diagnostic, false) + "\n";
  throw std::runtime_error("the model is not valid:\n" + all);
}

std::string Linear::text() const {
  // Just after a step a conductance holds the events of this step and before: w rate dt e^-q / (1 - e^-q), q = dt / tau.
  const double q = 1.0 / 10.0, mean_per_weight = rate * 1e-3 * std::exp(-q) / (1.0 - std::exp(-q));
  return fmt::format(R"(
title = "linear"
[simulation]
duration = "{} ms"
dt = "1 ms"
slow_tick = "50 ms"
seed = {}
baseline = "1 s"
[multiscale]
burst = "2 s"
burn_in = "200 ms"
{}
[populations.cell]
model = "lif_cond"
n = {}
E_L = "-70 mV"
receptors.ampa = {{ model = "exp_conductance", tau = "10 ms", E_rev = "-70 mV" }}
[inputs.drive]
type = "poisson"
target = "cell"
receptor = "ampa"
rate = "{} Hz"
weight = "{:.17g} nS"
[slow.linear]
x = "cell.ampa.g"
k = "{} 1/h"
tau = "{:.17g} h"
[couplings.back]
signal = "linear.factor"
target = "cell"
receptor = "ampa"
)",
                     1000.0 + std::round(hours * 3.6e6), seed, multiscale, neurons, rate, 10.0 / mean_per_weight, k,
                     tau);
}

double Linear::exact() const {
  const double net = 1.0 / tau - k;
  return k / net * (1.0 - std::exp(-net * hours));
}

std::string asynchronous_text(int seed, const std::string& duration, const std::string& multiscale,
                              const std::string& more, const std::string& tau) {
  return fmt::format(R"(
title = "asynchronous"
[simulation]
duration = "{}"
dt = "0.5 ms"
slow_tick = "50 ms"
seed = {}
discard = "500 ms"
baseline = "1 s"
[multiscale]
burst = "2 s"
burn_in = "500 ms"
{}
[populations.exc]
model = "lif_psc_exp"
n = 80
receptors.exc = {{ model = "exp_current", tau = "2 ms" }}
receptors.inh = {{ model = "exp_current", tau = "4 ms" }}
[populations.inh]
model = "lif_psc_exp"
n = 20
receptors.exc = {{ model = "exp_current", tau = "2 ms" }}
receptors.inh = {{ model = "exp_current", tau = "4 ms" }}
[projections.from_exc]
source = "exc"
target = "exc"
receptor = "exc"
wiring = {{ rule = "bernoulli", p = 0.1 }}
weight = "60 pA"
delay = "1.5 ms"
[projections.exc_inh]
source = "exc"
target = "inh"
receptor = "exc"
wiring = {{ rule = "bernoulli", p = 0.1 }}
weight = "60 pA"
delay = "1.5 ms"
[projections.inh_exc]
source = "inh"
target = "exc"
receptor = "inh"
wiring = {{ rule = "bernoulli", p = 0.3 }}
weight = "-120 pA"
delay = "1 ms"
[inputs.background]
type = "poisson"
target = ["exc", "inh"]
receptor = "exc"
rate = "4 kHz"
weight = "60 pA"
[slow.homeostatic_gain]
rate = "exc.rate"
target_rate = "4 Hz"
tau = "{}"
[couplings.gain]
signal = "homeostatic_gain.gain"
target = "exc"
receptor = "exc"
{})",
                     duration, seed, multiscale, tau, more);
}

Leaps leap(const ModelSpec& spec, unsigned threads, const MultiscaleOptions& how) {
  Leaps result;
  Simulation simulation(spec, slow_catalogue(), result.sink, {.threads = threads});
  Multiscale multiscale(spec, simulation, result.sink, how);
  multiscale.run();
  result.hash = simulation.result_hash();
  result.log = multiscale.log();
  result.report = multiscale.report();
  result.slow = simulation.slow().tracked(simulation.slow_state());
  for (std::size_t k = 0; k < result.slow.size(); ++k) {
    result.noise.push_back(multiscale.errors().noise(k));
    result.bias.push_back(multiscale.errors().bias(k));
  }
  return result;
}

std::vector<double> direct(const ModelSpec& spec) {
  MemorySink sink;
  Simulation simulation(spec, slow_catalogue(), sink, {});
  simulation.run();
  return simulation.slow().tracked(simulation.slow_state());
}

}  // namespace burgeon::test
