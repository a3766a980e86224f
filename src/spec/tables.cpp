#include "spec/tables.h"

namespace burgeon::tables {

namespace {

using enum FieldKind;
using Rule = WiringSpec::Rule;
using Input = InputSpec::Kind;
using Intervention = InterventionSpec::Kind;
using Record = RecordSpec::Kind;

// Ranges are limits of what the engine can represent or of plausibility, not of physiology (all assumed).
constexpr double longest = 1e9;              // s: some 30 years
constexpr double most_neurons = 4294967295;  // indices in a population have 32 bits

constexpr std::uint32_t random_rules =
    only(Rule::bernoulli, Rule::fixed_in_degree, Rule::fixed_out_degree, Rule::fixed_total, Rule::distance, Rule::ring);
constexpr std::uint32_t counted_rules = only(Rule::fixed_in_degree, Rule::fixed_out_degree, Rule::fixed_total);
constexpr std::uint32_t with_receptor = only(Input::poisson, Input::ou_conductance, Input::spikes);
constexpr std::uint32_t ou = only(Input::ou_current, Input::ou_conductance);
constexpr std::uint32_t sampled = only(Record::variable, Record::rate, Record::signal, Record::block, Record::lfp);
constexpr std::uint32_t with_target = ~only(Record::signal);
constexpr std::uint32_t per_neuron = only(Record::variable, Record::block);

}  // namespace

std::vector<Field> root() {
  return {
      {.name = "title", .kind = text, .required = true, .meaning = "one line that says what the run is"},
      {.name = "description", .kind = text, .meaning = "anything longer"},
      {.name = "extends", .kind = names, .meaning = "model files to read first, relative to this one"},
      {.name = "simulation", .kind = table, .required = true, .meaning = "duration, step, seed"},
      {.name = "populations", .kind = table, .required = true, .meaning = "groups of like neurons, by name"},
      {.name = "projections", .kind = table, .meaning = "synapses from one population to another, by name"},
      {.name = "inputs", .kind = table, .meaning = "spikes and currents from outside, by name"},
      {.name = "drugs", .kind = table, .meaning = "drugs, by name"},
      {.name = "doses", .kind = list, .meaning = "what is given, when"},
      {.name = "interventions", .kind = list, .meaning = "clamps, blocks and lesions"},
      {.name = "record", .kind = table, .meaning = "what is written down, by name"},
  };
}

std::vector<Field> simulation() {
  return {
      {.name = "duration",
       .unit = "s",
       .minimum = 1e-6,
       .maximum = longest,
       .required = true,
       .meaning = "simulated time; a multiple of dt"},
      {.name = "dt", .unit = "ms", .value = 0.1, .minimum = 0.001, .maximum = 10, .meaning = "time step"},
      {.name = "seed",
       .kind = integer,
       .value = 1,
       .minimum = 0,
       .maximum = 9.2e18,
       .meaning = "of all random numbers"},
      {.name = "slow_tick",
       .unit = "ms",
       .value = 100,
       .minimum = 0.001,
       .maximum = 1e9,
       .meaning = "period of drugs, signals and interventions; a multiple of dt"},
      {.name = "discard",
       .unit = "ms",
       .value = 0,
       .minimum = 0,
       .maximum = longest * 1e3,
       .meaning = "left out of summary measures"},
      {.name = "scale",
       .unit = "",
       .value = 1,
       .minimum = 1e-4,
       .maximum = 1e4,
       .meaning = "multiplies the size of every population"},
      {.name = "body_mass",
       .unit = "kg",
       .minimum = 0.001,
       .maximum = 1000,
       .meaning = "for doses per kg; default 70 kg human, 0.025 kg mouse, 0.25 kg rat"},
      {.name = "species", .kind = choice, .choices = species, .meaning = "whose body; default human"},
  };
}

std::vector<Field> population() {
  return {
      {.name = "model", .kind = text, .required = true, .meaning = "a neuron model"},
      {.name = "n",
       .kind = integer,
       .minimum = 1,
       .maximum = most_neurons,
       .required = true,
       .meaning = "number of neurons"},
      {.name = "class", .kind = text, .meaning = "free word for plots and summaries"},
      {.name = "initial", .kind = table, .meaning = "initial values of state variables"},
      {.name = "placement", .kind = table, .meaning = "positions in space"},
      {.name = "groups", .kind = table, .meaning = "named parts: first, count"},
      {.name = "receptors", .kind = table, .meaning = "receptors, by name"},
  };
}

std::vector<Field> placement() {
  return {
      {.name = "box", .kind = list, .unit = "um", .meaning = "[x, y, z] sides"},
      {.name = "disc", .kind = list, .unit = "um", .meaning = "[radius]"},
      {.name = "cylinder", .kind = list, .unit = "um", .meaning = "[radius, height]"},
      {.name = "grid", .kind = list, .unit = "um", .meaning = "[x, y, z] sides"},
      {.name = "ring", .kind = list, .unit = "um", .meaning = "[radius]"},
      {.name = "centre", .kind = list, .unit = "um", .meaning = "[x, y, z]; default the origin"},
  };
}

std::vector<Field> group() {
  return {
      {.name = "first",
       .kind = integer,
       .minimum = 0,
       .maximum = most_neurons,
       .required = true,
       .meaning = "index of the first neuron"},
      {.name = "count",
       .kind = integer,
       .minimum = 1,
       .maximum = most_neurons,
       .required = true,
       .meaning = "number of neurons"},
  };
}

std::vector<Field> receptor() {
  return {
      {.name = "model", .kind = text, .meaning = "a receptor model; default the receptor's own name"},
      {.name = "subunit",
       .kind = choice,
       .choices = subunits,
       .meaning = "class of a blockable receptor; default 2A (assumed)"},
  };
}

std::vector<Field> projection() {
  return {
      {.name = "source", .kind = text, .required = true, .meaning = "population or population.group"},
      {.name = "target", .kind = text, .required = true, .meaning = "population or population.group"},
      {.name = "receptor", .kind = text, .required = true, .meaning = "a receptor of the target"},
      {.name = "wiring", .kind = table, .required = true, .meaning = "who is connected to whom"},
      {.name = "weight",
       .kind = draw,
       .unit = context_unit,
       .required = true,
       .meaning = "in the unit of the receptor: conductance, current or voltage"},
      {.name = "delay",
       .kind = draw,
       .unit = "ms",
       .minimum = 0,
       .maximum = 60000,
       .required = true,
       .meaning = "from spike to arrival; constant delays are multiples of dt"},
      {.name = "profile", .kind = table, .meaning = "ring-shaped factor on the weight"},
      {.name = "gate", .kind = table, .meaning = "presynaptic gate of receptors gated by their source"},
      {.name = "table", .kind = table, .meaning = "factors on the weight by source and target group"},
  };
}

std::vector<Field> wiring() {
  constexpr std::uint32_t spatial = only(Rule::distance, Rule::ring);
  return {
      {.name = "rule", .kind = choice, .required = true, .choices = rules, .meaning = "how pairs are chosen"},
      {.name = "p",
       .unit = "",
       .minimum = 0,
       .maximum = 1,
       .required = true,
       .variants = only(Rule::bernoulli) | spatial,
       .meaning = "probability of a pair (at distance 0)"},
      {.name = "number",
       .kind = integer,
       .minimum = 0,
       .maximum = 9e15,
       .required = true,
       .variants = counted_rules,
       .meaning = "synapses per target, per source, or in all"},
      {.name = "kernel",
       .kind = choice,
       .variants = spatial,
       .choices = kernels,
       .meaning = "fall-off with distance; default gaussian"},
      {.name = "width",
       .unit = "um",
       .minimum = 1e-3,
       .maximum = 1e6,
       .required = true,
       .variants = only(Rule::distance),
       .meaning = "sigma of gaussian, length of exponential"},
      {.name = "cutoff",
       .unit = "um",
       .value = 0,
       .minimum = 0,
       .maximum = 1e6,
       .variants = only(Rule::distance),
       .meaning = "no synapses beyond; 0 = none"},
      {.name = "width_deg",
       .unit = "",
       .minimum = 1e-3,
       .maximum = 360,
       .required = true,
       .variants = only(Rule::ring),
       .meaning = "the same on the ring, in degrees"},
      {.name = "autapses",
       .kind = boolean,
       .variants = random_rules,
       .meaning = "a neuron may connect to itself; default true"},
      {.name = "multapses",
       .kind = boolean,
       .variants = counted_rules,
       .meaning = "a pair may be connected more than once; default true"},
  };
}

std::vector<Field> profile() {
  return {
      {.name = "peak",
       .unit = "",
       .minimum = 0,
       .maximum = 1e6,
       .required = true,
       .meaning = "factor between like-tuned neurons"},
      {.name = "floor", .unit = "", .minimum = 0, .maximum = 1e6, .required = true, .meaning = "factor far away"},
      {.name = "width_deg",
       .unit = "",
       .minimum = 1e-3,
       .maximum = 360,
       .required = true,
       .meaning = "standard deviation in degrees"},
  };
}

std::vector<Field> gate() { return {{.name = "model", .kind = text, .required = true, .meaning = "a gate model"}}; }

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
      {.name = "shared",
       .kind = boolean,
       .variants = only(Input::poisson) | ou,
       .meaning = "one realisation for all targets; default false"},
      {.name = "start", .unit = "ms", .value = 0, .minimum = 0, .maximum = longest * 1e3, .meaning = "default 0"},
      {.name = "stop", .unit = "ms", .minimum = 0, .maximum = longest * 1e3, .meaning = "default the end of the run"},
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
      {.name = "start", .unit = "ms", .value = 0, .minimum = 0, .maximum = longest * 1e3, .meaning = "default 0"},
      {.name = "over",
       .unit = "ms",
       .value = 0,
       .minimum = 0,
       .maximum = longest * 1e3,
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
       .maximum = longest * 1e3,
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
      {.name = "start", .unit = "ms", .value = 0, .minimum = 0, .maximum = longest * 1e3, .meaning = "default 0"},
      {.name = "stop",
       .unit = "ms",
       .minimum = 0,
       .maximum = longest * 1e3,
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
       .maximum = longest * 1e3,
       .variants = sampled,
       .meaning = "period; a multiple of dt; required but for signals (default slow_tick)"},
      {.name = "start", .unit = "ms", .value = 0, .minimum = 0, .maximum = longest * 1e3, .meaning = "default 0"},
      {.name = "stop", .unit = "ms", .minimum = 0, .maximum = longest * 1e3, .meaning = "default the end of the run"},
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

std::vector<Field> with_parameters(std::vector<Field> fields, std::span<const ParameterRow> rows, FieldKind kind) {
  for (const ParameterRow& row : rows) fields.push_back(field_of(row, kind));
  return fields;
}

}  // namespace burgeon::tables
