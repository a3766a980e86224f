#include "sweep/read_outputs.h"

#include <cmath>

#include "base/units.h"
#include "sweep/fit.h"
#include "sweep/sweep_fields.h"

namespace burgeon {

namespace {

using Reduce = Output::Reduce;

/// A bare number, in a unit that is known from elsewhere.
double number(Section& section, std::string_view name, double otherwise) {
  const Member* member = section.find(name);
  if (!member) return otherwise;
  if (member->value.is_number() && std::isfinite(member->value.number())) return member->value.number();
  section.error(name, {"'" + std::string(name) + "' is a number, in the unit of the output"});
  return otherwise;
}

void read_time_unit(Section& section, Output& output) {
  if (!section.has("unit")) return;
  if (!output.is_time())
    return section.error_at_key(
        "unit", {"'unit' belongs to reduce = \"time_of_max\" and \"time_above\"; others keep the unit of the series"});
  output.time_unit = section.text("unit");
  const auto unit = parse_unit(output.time_unit), ms = parse_unit("ms");
  if (!unit || unit->dimension != ms->dimension)
    section.error("unit", {"'" + output.time_unit + "' is not a unit of time", "ms, s, min, h, d, wk"});
}

void read_target(Section& section, Output& output) {
  const bool wanted = section.has("target");
  for (const std::string_view name : {"tolerance", "weight"})
    if (!wanted && section.has(name))
      section.error_at_key(name, {"'" + std::string(name) + "' has no effect without a target"});
  if (!wanted) return;
  Output::Target target{number(section, "target", 0.0), number(section, "tolerance", 1.0),
                        number(section, "weight", 1.0)};
  if (!section.has("tolerance")) section.error("target", {"a target needs a 'tolerance'"});
  if (!(target.tolerance > 0.0)) section.error("tolerance", {"a tolerance is above 0"});
  if (!(target.weight > 0.0)) section.error("weight", {"a weight is above 0"});
  output.target = target;
}

}  // namespace

void read_outputs(Report& report, const Node& table, SweepSpec& spec) {
  for (const Member& member : table.members) {
    const std::string path = "outputs." + member.name;
    if (member.name == "series" && member.value.kind == Node::Kind::boolean) {
      spec.keep_series = member.value.boolean;
      continue;
    }
    if (member.name.empty() || member.name.find('/') != std::string::npos)
      report.error(member.at, path, {"'" + member.name + "' can't name an output", "anything without a slash"});
    if (!member.value.is_table()) {
      report.error(member.value.at, path, {"an output is a table", "{ measure = \"pyr.rate\" }"});
      continue;
    }
    Section section(report, member.value, member.value.at, path, sweep_tables::output());
    Output output{.name = member.name};
    const bool series = section.has("series");
    if (series == section.has("measure"))
      report.error(section.at(), path,
                   {"an output is a measure or a series", "measure = ..., or series = ... and reduce"});
    output.source = section.text(series ? "series" : "measure");
    for (const std::string_view name : {"reduce", "start", "stop", "time", "above", "unit"})
      if (!series && section.has(name))
        section.error_at_key(name, {"'" + std::string(name) + "' has no effect on a measure"});
    if (series) {
      const auto how = section.choice("reduce");
      if (!how)
        section.error("reduce", {"a series needs 'reduce'", "mean, min, max, last, time_of_max, time_above, at"});
      output.reduce = static_cast<Reduce>(how.value_or(0) + 1);
      output.start = section.quantity("start");
      output.stop = section.quantity("stop");
      if (section.has("time") != (output.reduce == Reduce::at))
        section.error("time", {"'time' belongs to reduce = \"at\", which needs it"});
      if (output.reduce == Reduce::at) {
        for (const std::string_view name : {"start", "stop"})
          if (section.has(name))
            section.error_at_key(name, {"'" + std::string(name) + "' has no effect beside 'time'"});
        output.stop = section.has("time") ? section.quantity("time") : 1.0;
      }
      if (!(output.start < output.stop)) section.error("stop", {"the window ends before it starts"});
      if (section.has("above") != (output.reduce == Reduce::time_above))
        section.error("above", {"'above' belongs to reduce = \"time_above\", which needs it"});
      output.above = number(section, "above", 0.0);
      read_time_unit(section, output);
    }
    read_target(section, output);
    spec.outputs.push_back(std::move(output));
  }
}

void read_fit(Report& report, Section& root, SweepSpec& spec) {
  const Member* member = root.table("fit");
  const auto targets = target_outputs(spec);
  if (!member) {
    // Read and ignored it would seem to do something.
    if (!targets.empty())
      root.error("outputs", {"the target of '" + spec.outputs[targets[0]].name + "' has no effect without [fit]"});
    return;
  }
  Section section(report, member->value, member->value.at, "fit", sweep_tables::fit());
  section.require();
  FitSpec fit{.budget = section.integer("budget"),
              .population = section.integer("population"),
              .confirm = section.integer("confirm"),
              .precision = section.quantity("precision"),
              .seed = section.integer("seed")};
  spec.fit = fit;
  if (root.has("design")) root.error_at_key("design", {"a fit chooses its points itself: no [design] beside [fit]"});
  if (targets.empty()) report.error(section.at(), "fit", {"no output has a target", "target and tolerance"});
  if (report.failed()) return;
  // The search needs at least one generation, and the last stages what they always take.
  const std::uint64_t least = runs_after_search(spec) + fit_population(spec) * spec.replicates;
  if (fit.budget < least)
    section.error("budget", {"the budget is too small for one generation of " + std::to_string(fit_population(spec)) +
                                 " points, the check of the best and their slopes",
                             "at least " + std::to_string(least) + " runs; ten generations need " +
                                 std::to_string(least + 9 * fit_population(spec) * spec.replicates)});
}

}  // namespace burgeon
