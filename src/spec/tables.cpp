// Field tables of the network: simulation, populations, projections.

#include "spec/tables.h"

namespace burgeon::tables {

namespace {

using enum FieldKind;
using Rule = WiringSpec::Rule;

// Ranges are limits of what the engine can represent or of plausibility, not of physiology (all assumed).
constexpr double longest = 1e9;              // s: some 30 years
constexpr double most_neurons = 4294967295;  // indices in a population have 32 bits

constexpr std::uint32_t random_rules =
    only(Rule::bernoulli, Rule::fixed_in_degree, Rule::fixed_out_degree, Rule::fixed_total, Rule::distance, Rule::ring);
constexpr std::uint32_t counted_rules = only(Rule::fixed_in_degree, Rule::fixed_out_degree, Rule::fixed_total);

}  // namespace

std::vector<Field> root() {
  return {
      {.name = "title", .kind = text, .required = true, .meaning = "one line that says what the run is"},
      {.name = "description", .kind = text, .meaning = "anything longer"},
      {.name = "extends", .kind = names, .meaning = "model files to read first, relative to this one"},
      {.name = "simulation", .kind = table, .required = true, .meaning = "duration, step, seed"},
      {.name = "populations", .kind = table, .required = true, .meaning = "groups of like neurons, by name"},
      {.name = "projections", .kind = table, .meaning = "synapses from one population to another, by name"},
      {.name = "structure", .kind = table, .meaning = "rules that make and remove synapses, by name"},
      {.name = "inputs", .kind = table, .meaning = "spikes and currents from outside, by name"},
      {.name = "drugs", .kind = table, .meaning = "drugs, by name"},
      {.name = "doses", .kind = list, .meaning = "what is given, when"},
      {.name = "courses", .kind = table, .meaning = "values in time that signals follow, by name"},
      {.name = "slow", .kind = table, .meaning = "slow processes, by name"},
      {.name = "couplings", .kind = table, .meaning = "signals that act on the network, by name"},
      {.name = "multiscale", .kind = table, .meaning = "bursts and leaps"},
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
      {.name = "baseline",
       .unit = "ms",
       .value = 0,
       .minimum = 0,
       .maximum = longest * 1e3,
       .meaning = "time after discard that .relative signals refer to; slow processes start after it; a multiple of "
                  "slow_tick"},
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
      {.name = "weight_precision",
       .kind = choice,
       .choices = precisions,
       .meaning = "of weights that differ: float32 (default), or bfloat16: 8 significant bits in half the memory"},
      {.name = "delay",
       .kind = draw,
       .unit = "ms",
       .minimum = 0,
       .maximum = 60000,
       .required = true,
       .meaning = "from spike to arrival; constant delays are multiples of dt"},
      {.name = "profile", .kind = table, .meaning = "ring-shaped factor on the weight"},
      {.name = "gate", .kind = table, .meaning = "presynaptic gate of receptors gated by their source"},
      {.name = "plasticity", .kind = table, .meaning = "rule by which the weights change"},
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

std::vector<Field> like() {
  return {{.name = "like",
           .kind = text,
           .required = true,
           .meaning = "a projection between the same neurons: the same pairs and delays, always"}};
}

namespace {

Field update_field() {
  return {.name = "update",
          .unit = "ms",
          .minimum = 0.001,
          .maximum = longest * 1e3,
          .required = true,
          .meaning = "period at which synapses are made and removed; a multiple of slow_tick"};
}

}  // namespace

std::vector<Field> turnover() {
  return {
      {.name = "model", .kind = text, .required = true, .meaning = "a structural rule"},
      update_field(),
      {.name = "projection",
       .kind = text,
       .required = true,
       .meaning = "the projection whose synapses come and go, with all that are like it"},
      {.name = "drive", .kind = text, .meaning = "a signal that raises formation; default none"},
      {.name = "stress", .kind = text, .meaning = "a signal that raises loss and slows formation; default none"},
      {.name = "protein", .kind = text, .meaning = "a signal that lets new synapses mature; default none"},
      {.name = "start",
       .kind = choice,
       .choices = starts,
       .meaning = "balanced (default): as many new synapses and lost sites as at rest; mature: none"},
  };
}

std::vector<Field> growth() {
  return {
      {.name = "model", .kind = text, .required = true, .meaning = "a structural rule"},
      update_field(),
      {.name = "elements", .kind = table, .required = true, .meaning = "synaptic elements, by name"},
      {.name = "pairings",
       .kind = list,
       .required = true,
       .meaning = "which axonal elements meet which dendritic ones, in order: axons, dendrites, projections"},
  };
}

std::vector<Field> element() {
  return {{.name = "population", .kind = text, .required = true, .meaning = "the neurons that have it"}};
}

std::vector<Field> pairing() {
  return {
      {.name = "axons", .kind = names, .required = true, .meaning = "axonal elements, one per source population"},
      {.name = "dendrites",
       .kind = names,
       .required = true,
       .meaning = "dendritic elements, one per target population"},
      {.name = "projections",
       .kind = names,
       .required = true,
       .meaning = "one projection for every pair of populations; those that are like it follow"},
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

std::vector<Field> plasticity() {
  return {{.name = "model", .kind = text, .required = true, .meaning = "a rule of plasticity"}};
}

std::vector<Field> with_parameters(std::vector<Field> fields, std::span<const ParameterRow> rows, FieldKind kind) {
  for (const ParameterRow& row : rows) fields.push_back(field_of(row, kind));
  return fields;
}

}  // namespace burgeon::tables
