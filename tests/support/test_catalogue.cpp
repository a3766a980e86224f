#include "support/test_catalogue.h"

#include <limits>

namespace burgeon::test {

namespace {

constexpr double required = std::numeric_limits<double>::quiet_NaN();

// All values assumed: nothing is simulated with them.
constexpr ParameterRow neuron_parameters[] = {
    {"C_m", "pF", 200, 1, 1e5, "capacitance", "assumed"},
    {"E_L", "mV", -65, -200, 100, "resting potential", "assumed"},
    {"t_ref", "ms", required, 0, 1e3, "refractory time", "assumed"},
    {"slope", "", 2, 0.1, 10, "a plain number", "assumed"},
};
constexpr StateRow neuron_state[] = {{"V_m", "mV", required, "membrane potential", "E_L"},
                                     {"w", "pA", 0, "adaptation"}};
constexpr ParameterRow tau_parameters[] = {{"tau", "ms", 2, 0.01, 1e4, "decay time", "assumed"}};
constexpr ParameterRow conductance_parameters[] = {{"tau", "ms", 2, 0.01, 1e4, "decay time", "assumed"},
                                                   {"E_rev", "mV", 0, -200, 200, "reversal potential", "assumed"}};
constexpr StateRow conductance_state[] = {{"g", "nS", 0, "conductance"}};
constexpr ParameterRow nmda_parameters[] = {{"Mg", "mM", 1, 0, 10, "magnesium", "assumed"}};

std::string_view check_neuron(const double* parameter, double /*dt*/) {
  return parameter[3] == 3.0 ? "slope must not be 3" : std::string_view{};
}

constexpr NeuronModel lif_linear{.name = "lif_linear",
                                 .title = "linear",
                                 .source = "assumed",
                                 .kind = NeuronKind::linear,
                                 .parameters = neuron_parameters,
                                 .state = neuron_state,
                                 .coefficients = {},
                                 .prepare = nullptr,
                                 .membrane = nullptr,
                                 .check = nullptr,
                                 .update = nullptr};
constexpr NeuronModel lif_cond{.name = "lif_cond",
                               .title = "conductance",
                               .source = "assumed",
                               .kind = NeuronKind::conductance,
                               .parameters = neuron_parameters,
                               .state = neuron_state,
                               .coefficients = {},
                               .prepare = nullptr,
                               .membrane = nullptr,
                               .check = check_neuron,
                               .update = nullptr};

constexpr ReceptorModel receptor(std::string_view name, ReceptorKind kind, std::string_view unit,
                                 std::span<const ParameterRow> parameters, std::span<const StateRow> state,
                                 bool blockable = false, bool gated = false) {
  return {.name = name,
          .title = name,
          .source = "assumed",
          .kind = kind,
          .weight_unit = unit,
          .parameters = parameters,
          .state = state,
          .coefficients = {},
          .blockable = blockable,
          .gated_by_source = gated,
          .prepare = nullptr,
          .check = nullptr,
          .advance = nullptr};
}
constexpr ReceptorModel exp_current = receptor("exp_current", ReceptorKind::current, "pA", tau_parameters, {});
constexpr ReceptorModel delta = receptor("delta", ReceptorKind::delta, "mV", {}, {});
constexpr ReceptorModel exp_conductance =
    receptor("exp_conductance", ReceptorKind::conductance, "nS", conductance_parameters, conductance_state);
constexpr ReceptorModel nmda =
    receptor("nmda", ReceptorKind::conductance, "nS", nmda_parameters, conductance_state, true);
constexpr ReceptorModel nmda_gated =
    receptor("nmda_gated", ReceptorKind::conductance, "nS", nmda_parameters, conductance_state, true, true);

constexpr GateModel wang_gate{.name = "wang_gate",
                              .title = "gate",
                              .source = "assumed",
                              .parameters = tau_parameters,
                              .state = {},
                              .coefficients = {},
                              .prepare = nullptr,
                              .advance = nullptr};

constexpr ParameterRow drug_parameters[] = {
    {"CL", "L/h", 85, 0.001, 1e4, "clearance", "assumed"},
    {"V1", "L/kg", 1, 0.001, 1e3, "central volume", "assumed"},
    {"F", "%", 45, 0, 100, "bioavailability", "assumed"},
};
constexpr double domino_values[] = {90, required, 40};
constexpr PresetRow presets[] = {{"domino", "human", domino_values, "assumed"},
                                 {"rat", "rat", domino_values, "assumed"}};
constexpr SignalRow signals[] = {
    {"plasma", "uM", "total"}, {"effect_site", "uM", "free"}, {"norketamine.effect_site", "uM", "free metabolite"}};
constexpr BlockKinetics kinetics[] = {{"ketamine", 0.15, 0.79, 0.86, 1, 1, 1, 1, 1, "assumed"},
                                      {"norketamine", 0.15, 0.79, 0.86, 1, 1, 1, 1, 1, "assumed"}};
constexpr DrugModel ketamine{.name = "ketamine",
                             .title = "ketamine",
                             .source = "assumed",
                             .parameters = drug_parameters,
                             .presets = presets,
                             .signals = signals,
                             .block = kinetics,
                             .evaluate = nullptr,
                             .check = nullptr};
constexpr ParameterRow memantine_parameters[] = {{"CL", "L/h/kg", required, 0.001, 1e4, "clearance", "assumed"}};
constexpr SignalRow memantine_signals[] = {{"effect_site", "uM", "free"}};
constexpr DrugModel memantine{.name = "memantine",
                              .title = "memantine",
                              .source = "assumed",
                              .parameters = memantine_parameters,
                              .presets = {},
                              .signals = memantine_signals,
                              .block = {},
                              .evaluate = nullptr,
                              .check = nullptr};

}  // namespace

const Catalogue& catalogue() {
  static const Catalogue rows{.neurons = {&lif_linear, &lif_cond},
                              .receptors = {&exp_current, &delta, &exp_conductance, &nmda, &nmda_gated},
                              .gates = {&wang_gate},
                              .drugs = {&ketamine, &memantine},
                              .simd = "v2"};
  return rows;
}

}  // namespace burgeon::test
