// Field tables of the slow side: courses, slow processes, couplings, bursts and leaps.

#include "spec/tables.h"

namespace burgeon::tables {

namespace {

using enum FieldKind;

// Limits of plausibility (assumed).
constexpr double longest_ms = 1e12;  // some 30 years
constexpr double an_hour = 3.6e6;    // ms
constexpr double a_year = 3.2e10;    // ms

}  // namespace

std::vector<Field> time_course() {
  return {
      {.name = "unit", .kind = text, .meaning = "of the value; default none"},
      {.name = "value",
       .kind = course,
       .unit = context_unit,
       .minimum = -1e9,
       .maximum = 1e9,
       .required = true,
       .meaning = "[[time, value], ...], or one value that holds throughout"},
      {.name = "interpolation", .kind = choice, .choices = interpolations, .meaning = "between points; default step"},
      {.name = "repeat", .kind = table, .meaning = "the points again: every, count"},
  };
}

std::vector<Field> slow(const SlowModel* model) {
  std::vector<Field> fields = {
      {.name = "model", .kind = text, .meaning = "a slow process; default the table's own name"},
  };
  if (model == nullptr) return fields;
  if (model->per_neuron)
    fields.push_back(
        {.name = "target", .kind = text, .required = true, .meaning = "population whose neurons it is about"});
  for (const SlowInputRow& row : model->inputs)
    fields.push_back({.name = row.name, .kind = text, .required = row.value != row.value, .meaning = row.meaning});
  return with_parameters(std::move(fields), model->parameters, quantity);
}

std::vector<Field> coupling() {
  return {
      {.name = "signal", .kind = text, .required = true, .meaning = "a dimensionless signal: the factor"},
      {.name = "target", .kind = text, .meaning = "population or population.group, with receptor"},
      {.name = "receptor", .kind = text, .meaning = "of the target: the factor is on all that it receives"},
      {.name = "projection", .kind = text, .meaning = "instead of target and receptor: the factor is on all weights"},
  };
}

std::vector<Field> multiscale() {
  const MultiscaleSpec standard;
  return {
      {.name = "burst",
       .unit = "ms",
       .value = standard.burst,
       .minimum = 1,
       .maximum = an_hour,
       .meaning = "spiking per macro step, burn-in included; a multiple of slow_tick"},
      {.name = "burn_in",
       .unit = "ms",
       .value = standard.burn_in,
       .minimum = 0,
       .maximum = an_hour,
       .meaning = "beginning of a burst that is not averaged; a multiple of slow_tick"},
      {.name = "longest_burst",
       .unit = "ms",
       .value = standard.longest_burst,
       .minimum = 1,
       .maximum = an_hour,
       .meaning = "how far a burst may be extended when its averages are too noisy"},
      {.name = "first_leap",
       .unit = "ms",
       .value = standard.first_leap,
       .minimum = 1,
       .maximum = longest_ms,
       .meaning = "macro step after a start or an event"},
      {.name = "longest_leap",
       .unit = "ms",
       .value = standard.longest_leap,
       .minimum = 1,
       .maximum = a_year,
       .meaning = "longest macro step; below 2 bursts: direct simulation"},
      {.name = "tolerance",
       .unit = "",
       .value = standard.tolerance,
       .minimum = 1e-6,
       .maximum = 1,
       .meaning =
           "error of a macro step, and what sampling errors come to, as a part of the range of each slow variable"},
      {.name = "precision",
       .unit = "",
       .value = standard.precision,
       .minimum = 0,
       .maximum = 1,
       .meaning =
           "standard error to which all bursts together tell what is averaged, part of its mean; 0: as tolerance asks"},
      {.name = "probe_every",
       .kind = integer,
       .value = static_cast<double>(standard.probe_every),
       .minimum = 0,
       .maximum = 1e9,
       .meaning = "macro steps between two probes for bistability, each about three bursts; 0: none"},
      {.name = "replicas",
       .kind = integer,
       .value = static_cast<double>(standard.replicas),
       .minimum = 1,
       .maximum = 64,
       .meaning = "networks with noise of their own that make every burst side by side, on shares of the threads"},
  };
}

}  // namespace burgeon::tables
