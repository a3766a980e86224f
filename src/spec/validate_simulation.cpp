#include <cmath>

#include "spec/tables.h"
#include "spec/validate.h"

namespace burgeon {

namespace {

// Typical adult body mass in kg, by species: human 70 as in the allometric models; mouse and rat assumed.
constexpr double body_mass[] = {70.0, 0.025, 0.25};

void read_times(Build& build, Section& section) {
  RunSpec& run = build.spec.run;
  // Without a valid dt nothing can be said about multiples.
  const auto dt = section.has("dt") ? section.written("dt") : std::optional<double>(section.quantity("dt"));
  if (!dt) return;
  run.dt = *dt;
  if (section.has("duration")) run.steps = section.steps("duration", run.dt, 1);
  run.slow_tick = section.steps("slow_tick", run.dt, 1);
  run.discard = section.quantity("discard");
  run.baseline = section.quantity("baseline");
  const double tick = static_cast<double>(run.slow_tick) * run.dt;
  if (tick > 0.0 && std::abs(run.baseline / tick - std::round(run.baseline / tick)) > 1e-9)
    section.error("baseline", {"'baseline' is no multiple of slow_tick"});
  if (build.duration() > 0.0 && run.discard >= build.duration())
    section.error("discard", {"'discard' leaves nothing of the run", "less than the duration"});
}

}  // namespace

void validate_simulation(Build& build, const Node& root) {
  Section top(build.report, root, {root.at.source, 1, 1}, "the file", tables::root());
  top.require();
  build.spec.title = top.text("title");
  build.spec.description = top.text("description");
  if (top.has("extends")) top.error_at_key("extends", {"'extends' can't be set from outside a file"});

  const Member* member = top.table("simulation");
  if (!member) return;
  Section section(build.report, member->value, member->at, "simulation", tables::simulation());
  section.require();
  read_times(build, section);
  RunSpec& run = build.spec.run;
  run.seed = section.integer("seed");
  build.scale = section.quantity("scale");
  const unsigned species = section.choice("species").value_or(0);
  run.species = tables::species[species];
  run.body_mass = section.written("body_mass").value_or(body_mass[species]);
}

}  // namespace burgeon
