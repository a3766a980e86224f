// The slow side: courses, slow processes, couplings, bursts and leaps.

#include <algorithm>
#include <cmath>

#include "base/units.h"
#include "spec/tables.h"
#include "spec/validate.h"

namespace burgeon {

namespace {

bool same_dimension(const std::string& a, const std::string& b) {
  return parse_unit(a)->dimension == parse_unit(b)->dimension;
}

std::string unit_text(const std::string& unit) {
  return unit.empty() || unit == "1" ? std::string("no unit") : "'" + unit + "'";
}

// ---------------------------------------------------------------------------------------------------------------------
// Courses

void repeat_course(Build& build, Section& parent, CourseSpec& course) {
  const Member* member = parent.table("repeat");
  if (!member) return;
  Section section(build.report, member->value, member->value.at, parent.path_of("repeat"), tables::repeat());
  section.require();
  const double every = section.quantity("every");
  const std::uint64_t count = section.integer("count");
  const std::vector<Course::Point> once = course.course.points;
  if (every <= once.back().t - once.front().t) {
    section.error("every", {"the points of the course last longer than the period", "more than from first to last"});
    return;
  }
  if (!build.spend(count * once.size(), member->at, section.path())) return;
  for (std::uint64_t k = 1; k < count; ++k)
    for (const Course::Point& point : once)
      course.course.points.push_back({point.t + static_cast<double>(k) * every, point.value});
}

void read_course(Build& build, const Member& member) {
  Section section(build.report, member.value, member.at, "courses." + member.name, tables::time_course());
  section.require();
  CourseSpec course;
  course.name = member.name;
  course.unit = section.text("unit");
  if (std::string why; !parse_unit(course.unit, &why)) {
    section.error("unit", {why});
    return;
  }
  if (!section.has("value")) return;
  course.course = section.course("value", course.unit);
  course.course.ramp = section.choice("interpolation").value_or(0) == 1;
  repeat_course(build, section, course);
  build.spec.courses.push_back(std::move(course));
}

// ---------------------------------------------------------------------------------------------------------------------
// Slow processes

const Member* model_key(const Member& member) { return member.value.find("model"); }

void declare(Build& build, const Member& member) {
  const std::string path = "slow." + member.name;
  SlowSpec slow;
  slow.name = member.name;
  const Member* written = model_key(member);
  const std::string model = written && written->value.is_text() ? written->value.text : member.name;
  slow.model = find_row(build, written ? written->value.at : member.at, path + ".model", "slow process", model,
                        build.catalogue.slow);
  const auto taken = [&](const auto& other) { return other.name == member.name; };
  if (std::any_of(build.spec.drugs.begin(), build.spec.drugs.end(), taken) ||
      std::any_of(build.spec.courses.begin(), build.spec.courses.end(), taken) ||
      std::any_of(build.spec.populations.begin(), build.spec.populations.end(), taken))
    build.report.error(member.at, path,
                       {"'" + member.name +
                        "' is a drug, a course or a population already: one signal "
                        "has one writer"});
  if (slow.model && slow.model->per_neuron) {
    Section section(build.report, member.value, member.at, path, tables::slow(slow.model));
    const std::string target = section.text("target");
    if (const auto place = target.empty()
                               ? std::nullopt
                               : resolve_selection(build, target, section.value_at("target"), path + ".target"))
      slow.target = *place;
  }
  build.spec.slow.push_back(std::move(slow));
}

// Every state must say how slow it is; otherwise no leap is safe.
void check_time_constants(Build& build, const Member& member, const SlowSpec& slow) {
  for (const SlowStateRow& row : slow.model->state) {
    if (row.tau == "none") continue;
    const auto& rows = slow.model->parameters;
    if (std::none_of(rows.begin(), rows.end(), [&](const ParameterRow& p) { return p.name == row.tau; }))
      build.report.error(member.at, "slow." + slow.name,
                         {"slow process '" + std::string(slow.model->name) + "' declares no time constant for '" +
                          std::string(row.name) + "'"});
  }
}

void connect(Build& build, const Member& member, SlowSpec& slow) {
  if (!slow.model) return;
  const SlowModel& model = *slow.model;
  Section section(build.report, member.value, member.at, "slow." + slow.name, tables::slow(&model));
  section.require();
  for (const SlowInputRow& row : model.inputs) {
    SlowSpec::Input input;
    const std::string unit(row.unit);
    if (section.has(row.name)) {
      if (const auto signal = resolve_signal(build, section, row.name)) {
        input.signal = signal->name;
        if (!same_dimension(signal->unit, unit))
          section.error(row.name,
                        {"'" + signal->name + "' has " + unit_text(signal->unit) + ", and '" + std::string(row.name) +
                         "' of " + std::string(model.name) + " takes " + unit_text(unit)});
        if (model.per_neuron && signal->width > 1 && signal->width != slow.target.count)
          section.error(row.name, {"'" + signal->name + "' belongs to other neurons than '" + slow.target.name + "'"});
      }
    } else if (!std::isnan(row.value)) {
      input.value = to_internal(row.value, row.unit);
    }
    slow.inputs.push_back(std::move(input));
  }
  const std::size_t errors = build.report.errors();
  for (const ParameterRow& row : model.parameters) slow.parameters.push_back(section.quantity(row.name));
  check_time_constants(build, member, slow);
  if (model.check && build.report.errors() == errors)
    if (const auto wrong = model.check(slow.parameters.data()); !wrong.empty())
      build.report.error(member.at, section.path(), {std::string(wrong)});
}

// Readouts are worked out one after the other: no circle among them.
void order_readouts(Build& build, const std::vector<const Member*>& members) {
  auto& all = build.spec.slow;
  std::vector<SlowSpec> done;
  std::vector<char> used(all.size(), 0);
  const auto writes = [](const SlowSpec& slow, const std::string& signal) {
    return signal.starts_with(slow.name + ".");
  };
  for (std::size_t round = 0; round < all.size(); ++round)
    for (std::size_t k = 0; k < all.size(); ++k) {
      if (used[k]) continue;
      const bool waits = all[k].model && all[k].model->readout &&
                         std::any_of(all[k].inputs.begin(), all[k].inputs.end(), [&](const SlowSpec::Input& input) {
                           for (std::size_t j = 0; j < all.size(); ++j)
                             if (!used[j] && all[j].model && all[j].model->readout && writes(all[j], input.signal))
                               return true;
                           return false;
                         });
      if (waits) continue;
      used[k] = 1;
      done.push_back(all[k]);
    }
  for (std::size_t k = 0; k < all.size(); ++k)
    if (!used[k])
      build.report.error(members[k]->at, "slow." + all[k].name,
                         {"readouts read each other in a circle; one of them must read a state instead"});
  if (done.size() == all.size()) all = std::move(done);
}

// ---------------------------------------------------------------------------------------------------------------------
// Couplings

void read_coupling(Build& build, const Member& member) {
  Section section(build.report, member.value, member.at, "couplings." + member.name, tables::coupling());
  section.require();
  CouplingSpec coupling;
  coupling.name = member.name;
  if (!section.has("signal")) return;
  const auto signal = resolve_signal(build, section, "signal");
  if (signal) {
    coupling.signal = signal->name;
    if (!same_dimension(signal->unit, ""))
      section.error("signal", {"a factor has no unit, and '" + signal->name + "' has " + unit_text(signal->unit)});
  }
  const bool on_receptor = section.has("target") || section.has("receptor");
  if (on_receptor == section.has("projection")) {
    build.report.error(member.at, section.path(),
                       {"a coupling acts on one thing", "target and receptor together, or projection"});
    return;
  }
  if (on_receptor) {
    for (const char* key : {"target", "receptor"})
      if (!section.has(key))
        build.report.error(member.at, section.path_of(key), {section.path() + " needs '" + key + "'"});
    if (!section.has("target") || !section.has("receptor")) return;
    const auto target =
        resolve_selection(build, section.text("target"), section.value_at("target"), section.path_of("target"));
    if (!target) return;
    coupling.target = *target;
    const auto receptor = resolve_receptor(build, *target, section.text("receptor"), section.value_at("receptor"),
                                           section.path_of("receptor"));
    coupling.receptor = receptor.value_or(0);
    if (signal && signal->width > 1 && signal->width != build.spec.populations[target->population].size)
      section.error("signal", {"'" + signal->name + "' has one value per neuron of another population"});
  } else {
    coupling.kind = CouplingSpec::Kind::projection;
    const std::string name = section.text("projection");
    const auto place = build.projections.find(name);
    if (place == build.projections.end()) {
      std::vector<std::string> names;
      for (const auto& [known, indices] : build.projections) names.push_back(known);
      unknown_name(build, section.value_at("projection"), section.path_of("projection"), "projection", name, names);
    } else {
      coupling.projections = place->second;
    }
    if (signal && signal->width > 1)
      section.error("signal", {"'" + signal->name + "' has one value per neuron; a projection takes one factor"});
  }
  build.spec.couplings.push_back(std::move(coupling));
}

// ---------------------------------------------------------------------------------------------------------------------
// Bursts and leaps

// What the network does within a burst must be over in a twentieth of it, or have died down within the burn-in.
void check_fast(Build& build, Section& section, const std::string& who, std::span<const ParameterRow> rows,
                const std::vector<Draw>& draws) {
  const MultiscaleSpec& multiscale = build.spec.multiscale;
  const double longest = std::max((multiscale.burst - multiscale.burn_in) / 20.0, multiscale.burn_in / 5.0);
  const std::vector<double> values = typical(draws);
  for (std::size_t k = 0; k < rows.size() && k < values.size(); ++k) {
    if (rows[k].unit != "ms" || !rows[k].name.starts_with("tau") || values[k] <= longest) continue;
    section.error("burst", {who + " has " + std::string(rows[k].name) + " = " + number_text(values[k]) +
                                " ms: neither fast (burst / 20 or burn_in / 5 = " + number_text(longest) +
                                " ms) nor a slow process with an equation of its own",
                            "a longer burst or burn_in"});
  }
}

}  // namespace

void declare_slow(Build& build, const Node& root) {
  for (const Member* member : named_tables(build, root, "courses")) read_course(build, *member);
  for (const Member* member : named_tables(build, root, "slow")) declare(build, *member);
}

void connect_slow(Build& build, const Node& root) {
  const auto members = named_tables(build, root, "slow");
  for (std::size_t k = 0; k < members.size() && k < build.spec.slow.size(); ++k)
    connect(build, *members[k], build.spec.slow[k]);
  order_readouts(build, members);
}

void validate_couplings(Build& build, const Node& root) {
  for (const Member* member : named_tables(build, root, "couplings")) read_coupling(build, *member);
}

void validate_multiscale(Build& build, const Node& root) {
  const Member* member = root.find("multiscale");
  if (!member) return;
  if (!member->value.is_table()) {
    build.report.error(member->value.at, "multiscale", {"'multiscale' is a table"});
    return;
  }
  Section section(build.report, member->value, member->at, "multiscale", tables::multiscale());
  section.require();
  MultiscaleSpec& multiscale = build.spec.multiscale;
  multiscale.enabled = true;
  multiscale.burst = section.quantity("burst");
  multiscale.burn_in = section.quantity("burn_in");
  multiscale.longest_burst = std::max(multiscale.burst, section.quantity("longest_burst"));
  multiscale.first_leap = section.quantity("first_leap");
  multiscale.longest_leap = section.quantity("longest_leap");
  multiscale.tolerance = section.quantity("tolerance");
  multiscale.precision = section.quantity("precision");
  multiscale.probe_every = section.integer("probe_every");
  multiscale.replicas = section.integer("replicas");
  const double tick = static_cast<double>(build.spec.run.slow_tick) * build.spec.run.dt;
  for (const auto& [key, value] : {std::pair{"burst", multiscale.burst}, {"burn_in", multiscale.burn_in}})
    if (tick > 0.0 && std::abs(value / tick - std::round(value / tick)) > 1e-9)
      section.error(
          key, {"'" + std::string(key) + "' is no multiple of simulation.slow_tick, " + number_text(tick) + " ms"});
  if (tick > 0.0 && (multiscale.burst - multiscale.burn_in) / tick < 19.5)
    section.error(
        "burst", {"the averaged part of a burst has fewer than 20 slow ticks (batches) of " + number_text(tick) + " ms",
                  "a longer burst or a shorter simulation.slow_tick"});
  if (build.spec.slow.empty()) section.error("burst", {"there is no slow process: nothing to leap over"});
  for (const ProjectionSpec& projection : build.spec.projections)
    if (projection.plasticity != nullptr)
      section.error("burst",
                    {"the weights of '" + projection.name + "' change by " + std::string(projection.plasticity->name) +
                     ", which has no averaged slow equation: simulate directly"});
  for (const PopulationSpec& population : build.spec.populations) {
    if (!population.model) continue;
    check_fast(build, section, "'" + population.name + "'", population.model->parameters, population.parameters);
    for (const ReceptorSpec& receptor : population.receptors)
      if (receptor.model)
        check_fast(build, section, "receptor '" + receptor.name + "' of '" + population.name + "'",
                   receptor.model->parameters, receptor.parameters);
  }
  // Calcium that a burst cannot settle would carry the time before a leap into the growth after it.
  for (const StructureSpec& rule : build.spec.structures) {
    if (rule.model->kind != StructuralKind::growth) continue;
    std::vector<Draw> draws(rule.parameters.size());
    for (std::size_t k = 0; k < draws.size(); ++k) draws[k].a = rule.parameters[k];
    check_fast(build, section, "structural rule '" + rule.name + "'", rule.model->parameters, draws);
  }
}

}  // namespace burgeon
