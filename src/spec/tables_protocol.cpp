// Field tables of what happens to a network: inputs, drugs, doses, interventions, records.

#include "spec/tables.h"

namespace burgeon::tables {

namespace {

using enum FieldKind;
using Input = InputSpec::Kind;
using Intervention = InterventionSpec::Kind;
using Record = RecordSpec::Kind;

// Ranges are limits of what the engine can represent or of plausibility, not of physiology (all assumed).
constexpr double longest_ms = 1e12;          // some 30 years
constexpr double most_neurons = 4294967295;  // indices in a population have 32 bits

constexpr std::uint32_t with_receptor = only(Input::poisson, Input::ou_conductance, Input::spikes);
constexpr std::uint32_t ou = only(Input::ou_current, Input::ou_conductance);
constexpr std::uint32_t of_synapses = only(Record::edges, Record::graph);
constexpr std::uint32_t sampled =
    only(Record::variable, Record::rate, Record::signal, Record::block, Record::lfp, Record::graph);
constexpr std::uint32_t with_target = ~(only(Record::signal) | of_synapses);
constexpr std::uint32_t per_neuron = only(Record::variable, Record::block);

}  // namespace

std::vector<Field> input() {
  constexpr std::uint32_t weighted = only(Input::poisson, Input::spikes);
  constexpr std::uint32_t coursed = only(Input::poisson, Input::current);
  return {
      {.name = "type", .kind = choice, .required = true, .choices = input_types, .meaning = "what comes in"},
      {.name = "target", .kind = names, .required = true, .meaning = "population, population.group, or a list of them"},
      {.name = "receptor",
       .kind = text,
       .required = true,
       .variants = with_receptor,
       .meaning = "a receptor of the target"},
      {.name = "rate",
       .kind = course,
       .unit = "Hz",
       .minimum = 0,
       .maximum = 1e7,
       .required = true,
       .variants = only(Input::poisson),
       .meaning = "of one neuron's spikes, or a course"},
      {.name = "weight",
       .unit = context_unit,
       .required = true,
       .variants = weighted,
       .meaning = "in the unit of the receptor"},
      {.name = "synapses",
       .kind = integer,
       .value = 1,
       .minimum = 1,
       .maximum = 1e9,
       .variants = only(Input::poisson),
       .meaning = "synapses the train stands for: their summed weight enters the open fraction of blockable receptors"},
      {.name = "shared",
       .kind = boolean,
       .variants = only(Input::poisson) | ou,
       .meaning = "one realisation for all targets; default false"},
      {.name = "start", .unit = "ms", .value = 0, .minimum = 0, .maximum = longest_ms, .meaning = "default 0"},
      {.name = "stop", .unit = "ms", .minimum = 0, .maximum = longest_ms, .meaning = "default the end of the run"},
      {.name = "redraw",
       .kind = table,
       .variants = only(Input::poisson),
       .meaning = "random changes of the rate: every, sd"},
      {.name = "amplitude",
       .kind = course,
       .unit = "pA",
       .minimum = -1e7,
       .maximum = 1e7,
       .required = true,
       .variants = only(Input::current),
       .meaning = "current, or a course"},
      {.name = "interpolation",
       .kind = choice,
       .variants = coursed,
       .choices = interpolations,
       .meaning = "between the points of a course; default step"},
      {.name = "ring",
       .kind = table,
       .variants = only(Input::current),
       .meaning = "bump over the ring: centre_deg, width_deg"},
      {.name = "pulses", .kind = table, .variants = only(Input::current), .meaning = "width, every, count"},
      {.name = "mean",
       .unit = context_unit,
       .minimum = -1e7,
       .maximum = 1e7,
       .required = true,
       .variants = ou,
       .meaning = "of the current or conductance"},
      {.name = "sd",
       .unit = context_unit,
       .minimum = 0,
       .maximum = 1e7,
       .required = true,
       .variants = ou,
       .meaning = "stationary standard deviation"},
      {.name = "tau",
       .unit = "ms",
       .minimum = 1e-3,
       .maximum = 1e7,
       .required = true,
       .variants = ou,
       .meaning = "correlation time"},
      {.name = "events", .kind = list, .variants = only(Input::spikes), .meaning = "[[time, index], ...]"},
      {.name = "file", .kind = text, .variants = only(Input::spikes), .meaning = "lines: time_in_ms index"},
  };
}

std::vector<Field> redraw() {
  return {
      {.name = "every",
       .unit = "ms",
       .minimum = 1e-3,
       .maximum = 1e9,
       .required = true,
       .meaning = "period; a multiple of dt"},
      {.name = "sd",
       .unit = "Hz",
       .minimum = 0,
       .maximum = 1e7,
       .required = true,
       .meaning = "of what is added to the rate"},
  };
}

std::vector<Field> ring() {
  return {
      {.name = "centre_deg",
       .unit = "",
       .minimum = -360,
       .maximum = 360,
       .required = true,
       .meaning = "angle of the peak in degrees"},
      {.name = "width_deg",
       .unit = "",
       .minimum = 1e-3,
       .maximum = 360,
       .required = true,
       .meaning = "standard deviation in degrees"},
  };
}

std::vector<Field> pulses() {
  return {
      {.name = "width", .unit = "ms", .minimum = 1e-3, .maximum = 1e9, .required = true, .meaning = "of one pulse"},
      {.name = "every",
       .unit = "ms",
       .minimum = 1e-3,
       .maximum = 1e9,
       .required = true,
       .meaning = "from onset to onset"},
      {.name = "count", .kind = integer, .minimum = 1, .maximum = 1e5, .required = true, .meaning = "number of pulses"},
  };
}

std::vector<Field> drug() {
  return {
      {.name = "model", .kind = text, .meaning = "a drug model; default the table's own name"},
      {.name = "preset", .kind = text, .meaning = "named parameter set of the model"},
  };
}

std::vector<Field> dose() {
  constexpr std::uint32_t infused = only(Route::intravenous, Route::intraperitoneal, Route::subcutaneous, Route::clamp);
  return {
      {.name = "drug", .kind = text, .required = true, .meaning = "one of [drugs]"},
      {.name = "route", .kind = choice, .required = true, .choices = routes, .meaning = "how it is given"},
      {.name = "amount",
       .unit = context_unit,
       .minimum = 0,
       .maximum = 1e9,
       .required = true,
       .meaning = "mg or mg/kg; route clamp: uM at the effect site"},
      {.name = "start", .unit = "ms", .value = 0, .minimum = 0, .maximum = longest_ms, .meaning = "default 0"},
      {.name = "over",
       .unit = "ms",
       .value = 0,
       .minimum = 0,
       .maximum = longest_ms,
       .variants = infused,
       .meaning = "infusion time; clamp: how long"},
      {.name = "repeat", .kind = table, .meaning = "every, count (all doses, the first included)"},
  };
}

std::vector<Field> repeat() {
  return {
      {.name = "every",
       .unit = "ms",
       .minimum = 1e-3,
       .maximum = longest_ms,
       .required = true,
       .meaning = "from start to start"},
      {.name = "count",
       .kind = integer,
       .minimum = 1,
       .maximum = 1e5,
       .required = true,
       .meaning = "number of doses, the first included"},
  };
}

std::vector<Field> intervention() {
  constexpr std::uint32_t neurons = only(Intervention::block_receptor, Intervention::silence);
  constexpr std::uint32_t synapses = only(Intervention::scale_weights, Intervention::delete_synapses);
  constexpr std::uint32_t shares = only(Intervention::block_receptor, Intervention::delete_synapses);
  return {
      {.name = "kind", .kind = choice, .required = true, .choices = intervention_kinds, .meaning = "what is done"},
      {.name = "start", .unit = "ms", .value = 0, .minimum = 0, .maximum = longest_ms, .meaning = "default 0"},
      {.name = "stop",
       .unit = "ms",
       .minimum = 0,
       .maximum = longest_ms,
       .variants = ~only(Intervention::delete_synapses),
       .meaning = "default the end of the run"},
      {.name = "signal",
       .kind = text,
       .required = true,
       .variants = only(Intervention::clamp_signal),
       .meaning = "a signal"},
      {.name = "value",
       .unit = context_unit,
       .required = true,
       .variants = only(Intervention::clamp_signal),
       .meaning = "what the signal is held at"},
      {.name = "target",
       .kind = text,
       .required = true,
       .variants = neurons,
       .meaning = "population or population.group"},
      {.name = "receptor",
       .kind = text,
       .required = true,
       .variants = only(Intervention::block_receptor),
       .meaning = "a receptor of the target"},
      {.name = "projection", .kind = text, .required = true, .variants = synapses, .meaning = "one of [projections]"},
      {.name = "factor",
       .unit = "",
       .minimum = 0,
       .maximum = 1e6,
       .required = true,
       .variants = only(Intervention::scale_weights),
       .meaning = "on all weights"},
      {.name = "fraction",
       .unit = "",
       .minimum = 0,
       .maximum = 1,
       .required = true,
       .variants = shares,
       .meaning = "0 ... 1"},
  };
}

std::vector<Field> record() {
  return {
      {.name = "kind", .kind = choice, .choices = record_kinds, .meaning = "default the record's own name"},
      {.name = "target",
       .kind = names,
       .required = true,
       .variants = with_target,
       .meaning = "population, population.group, a list of them, or \"*\""},
      {.name = "variable",
       .kind = text,
       .variants = only(Record::variable, Record::signal),
       .meaning = "state of the neuron, receptor.state, or a signal; \"*\" (default): all signals"},
      {.name = "every",
       .unit = "ms",
       .minimum = 1e-3,
       .maximum = longest_ms,
       .variants = sampled,
       .meaning = "period; a multiple of dt; required but for signals (default slow_tick)"},
      {.name = "projection",
       .kind = names,
       .required = true,
       .variants = of_synapses,
       .meaning = "one of [projections], a list of them, or \"*\"; graph: within one population"},
      {.name = "at",
       .kind = list,
       .unit = "ms",
       .required = true,
       .variants = only(Record::edges),
       .meaning = "times at which all synapses are written down: at the next slow tick or end of a leap"},
      {.name = "start",
       .unit = "ms",
       .value = 0,
       .minimum = 0,
       .maximum = longest_ms,
       .variants = ~only(Record::edges),
       .meaning = "default 0"},
      {.name = "stop",
       .unit = "ms",
       .minimum = 0,
       .maximum = longest_ms,
       .variants = ~only(Record::edges),
       .meaning = "default the end of the run"},
      {.name = "subset",
       .kind = integer,
       .value = 0,
       .minimum = 1,
       .maximum = most_neurons,
       .variants = only(Record::spikes) | per_neuron,
       .meaning = "the first so many neurons only"},
      {.name = "reducer",
       .kind = choice,
       .variants = per_neuron,
       .choices = reducers,
       .meaning = "over the neurons; default none"},
  };
}

}  // namespace burgeon::tables
