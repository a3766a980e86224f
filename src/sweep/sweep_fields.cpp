#include "sweep/sweep_fields.h"

#include <array>

#include "sweep/sweep_spec.h"

namespace burgeon {

namespace sweep_tables {

namespace {

using enum FieldKind;
using Design = SweepSpec::Design;

constexpr std::array<std::string_view, 8> designs = {"grid",  "list",     "random", "latin_hypercube",
                                                     "sobol", "saltelli", "morris", "one_at_a_time"};
constexpr std::array<std::string_view, 2> scales = {"linear", "log"};
constexpr std::array<std::string_view, 7> reductions = {"mean",        "min",        "max", "last",
                                                        "time_of_max", "time_above", "at"};
constexpr std::array<std::string_view, 2> seedings = {"common", "independent"};
constexpr std::uint32_t sampled =
    only(Design::random, Design::latin_hypercube, Design::sobol, Design::saltelli, Design::morris);
constexpr double largest_count = static_cast<double>(most_runs);

}  // namespace

std::vector<Field> root() {
  return {
      {.name = "title", .kind = text, .required = true, .meaning = "one line that says what the sweep asks"},
      {.name = "description", .kind = text, .meaning = "anything longer"},
      {.name = "model", .kind = text, .required = true, .meaning = "model file, relative to this one"},
      {.name = "set", .kind = table, .meaning = "keys of the model changed in every run"},
      {.name = "axes", .kind = table, .required = true, .meaning = "what is varied, by name"},
      {.name = "arms", .kind = table, .meaning = "treatments, by name: every point is run in each, with the same seed"},
      {.name = "cohort", .kind = table, .meaning = "points are subjects: how they are rated in every arm"},
      {.name = "design", .kind = table, .meaning = "which combinations are run"},
      {.name = "fit", .kind = table, .meaning = "instead of a design: fit the axes to the targets of the outputs"},
      {.name = "replicates", .kind = table, .meaning = "how often each point is run, with which seeds"},
      {.name = "constraints", .kind = list, .meaning = "conditions a point must fulfil"},
      {.name = "outputs", .kind = table, .meaning = "what is kept of every run, by name"},
  };
}

std::vector<Field> axis() {
  return {
      {.name = "path", .kind = names, .required = true, .meaning = "key of the model, or several that take one value"},
      {.name = "unit", .kind = text, .meaning = "unit of the numbers"},
      {.name = "values", .kind = list, .meaning = "numbers, or words"},
      {.name = "from", .kind = list, .meaning = "start of a range, in the unit"},
      {.name = "to", .kind = list, .meaning = "end of a range"},
      {.name = "points", .kind = integer, .value = 0, .minimum = 1, .maximum = largest_count, .meaning = "of a range"},
      {.name = "normal", .kind = list, .meaning = "[mean, sd] of a population, in the unit"},
      {.name = "lognormal", .kind = list, .meaning = "[mean, sd] of the value itself"},
      {.name = "min", .kind = list, .meaning = "a population has no smaller value"},
      {.name = "max", .kind = list, .meaning = "a population has no larger value"},
      {.name = "weights", .kind = list, .meaning = "a population: how frequent each of the values is"},
      {.name = "scale", .kind = choice, .choices = scales, .meaning = "how a range is divided"},
      {.name = "whole", .kind = boolean, .meaning = "round to whole numbers"},
      {.name = "baseline", .kind = list, .meaning = "value while other axes vary one at a time; start of a fit"},
  };
}

std::vector<Field> design() {
  return {
      {.name = "kind", .kind = choice, .choices = designs, .meaning = "grid when absent"},
      {.name = "samples",
       .kind = integer,
       .minimum = 1,
       .maximum = largest_count,
       .required = true,
       .variants = sampled,
       .meaning = "how many points are drawn"},
      {.name = "levels",
       .kind = integer,
       .value = 4,
       .minimum = 2,
       .maximum = 1000,
       .variants = only(Design::morris),
       .meaning = "grid levels of an axis; even"},
      {.name = "seed",
       .kind = integer,
       .value = 1,
       .minimum = 0,
       .maximum = 9.2e18,
       .variants = sampled,
       .meaning = "of the design"},
      {.name = "file",
       .kind = text,
       .variants = only(Design::list),
       .meaning = "CSV: a heading with the axes, a row a point"},
  };
}

std::vector<Field> replicates() {
  return {
      {.name = "count",
       .kind = integer,
       .value = 1,
       .minimum = 1,
       .maximum = largest_count,
       .meaning = "runs of every point"},
      {.name = "seeds", .kind = list, .meaning = "instead of count: the seeds themselves"},
      {.name = "seed",
       .kind = integer,
       .value = 1,
       .minimum = 0,
       .maximum = 9.2e18,
       .meaning = "the seeds are derived from it"},
      {.name = "seeding",
       .kind = choice,
       .choices = seedings,
       .meaning = "common: replicate r has one seed at all points; independent: every point has its own"},
  };
}

std::vector<Field> output() {
  return {
      {.name = "measure", .kind = text, .meaning = "a measure of the summary, e.g. pyr.rate"},
      {.name = "series", .kind = text, .meaning = "a recorded series, e.g. ketamine.effect_site"},
      {.name = "reduce", .kind = choice, .choices = reductions, .meaning = "one number out of the series"},
      {.name = "start",
       .unit = "ms",
       .value = 0,
       .minimum = 0,
       .maximum = 1e300,
       .meaning = "samples before it don't count"},
      {.name = "stop",
       .unit = "ms",
       .value = 1e300,
       .minimum = 0,
       .maximum = 1e300,
       .meaning = "samples after it don't count"},
      {.name = "time", .unit = "ms", .minimum = 0, .maximum = 1e300, .meaning = "at: when"},
      {.name = "above", .kind = list, .meaning = "time_above: the threshold, in the unit of the series"},
      {.name = "unit", .kind = text, .meaning = "time_of_max, time_above: a unit of time; ms when absent"},
      {.name = "target", .kind = list, .meaning = "what a fit wants the output to be, in its unit"},
      {.name = "tolerance", .kind = list, .meaning = "SD of the target: a difference that would not matter"},
      {.name = "weight", .kind = list, .meaning = "of the target; 1 when absent"},
  };
}

std::vector<Field> cohort() {
  constexpr double points = 1000.0;
  return {
      {.name = "score", .kind = text, .required = true, .meaning = "a recorded series, e.g. mood.severity"},
      {.name = "start", .unit = "ms", .minimum = 0, .maximum = 1e300, .required = true, .meaning = "first treatment"},
      {.name = "visits", .kind = list, .required = true, .meaning = "times of rating after the start, rising"},
      {.name = "endpoint",
       .unit = "ms",
       .minimum = 0,
       .maximum = 1e300,
       .required = true,
       .meaning = "the visit that counts"},
      {.name = "control", .kind = text, .meaning = "arm that the others are compared with"},
      {.name = "rating_sd", .unit = "1", .value = 0, .minimum = 0, .maximum = points, .meaning = "of one rating"},
      {.name = "entry", .unit = "1", .value = 0, .minimum = 0, .maximum = points, .meaning = "least baseline rating"},
      {.name = "response",
       .unit = "1",
       .value = 0.5,
       .minimum = 0,
       .maximum = 1,
       .meaning = "improvement of responders"},
      {.name = "remission", .unit = "1", .value = 10, .minimum = 0, .maximum = points, .meaning = "highest score"},
      {.name = "follow",
       .unit = "ms",
       .minimum = 0,
       .maximum = 1e300,
       .meaning = "visit whose responders are followed"},
      {.name = "relapse",
       .unit = "1",
       .value = 0.5,
       .minimum = 0,
       .maximum = 1,
       .meaning = "improvement lost below it"},
      {.name = "relapse_score",
       .unit = "1",
       .value = 0,
       .minimum = 0,
       .maximum = points,
       .meaning = "and score from it"},
      {.name = "relapse_visits", .kind = integer, .value = 1, .minimum = 1, .maximum = 1000, .meaning = "in a row"},
      {.name = "seed",
       .kind = integer,
       .value = 1,
       .minimum = 0,
       .maximum = 9.2e18,
       .meaning = "of ratings, intervals"},
  };
}

std::vector<Field> fit() {
  return {
      {.name = "budget",
       .kind = integer,
       .minimum = 1,
       .maximum = largest_count,
       .required = true,
       .meaning = "runs at most, replicates and the last checks included"},
      {.name = "population",
       .kind = integer,
       .value = 0,
       .minimum = 4,
       .maximum = 1e6,
       .meaning = "points of a generation; 4 + 3 ln(axes) when absent"},
      {.name = "confirm",
       .kind = integer,
       .value = 8,
       .minimum = 1,
       .maximum = 1e6,
       .meaning = "fresh seeds for the best points and the slopes around them"},
      {.name = "precision",
       .kind = quantity,
       .unit = "1",
       .value = 0.005,
       .minimum = 1e-6,
       .maximum = 1,
       .meaning = "share of the ranges below which the search need not go"},
      {.name = "seed", .kind = integer, .value = 1, .minimum = 0, .maximum = 9.2e18, .meaning = "of the search"},
  };
}

}  // namespace sweep_tables

std::string_view SweepSpec::design_name() const { return sweep_tables::designs[static_cast<std::size_t>(design)]; }

}  // namespace burgeon
