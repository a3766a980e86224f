#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>

#include "spec/tables.h"
#include "spec/validate.h"

namespace burgeon {

namespace {

using Kind = InputSpec::Kind;
constexpr double radians = std::numbers::pi / 180.0;

// A train of rectangular pulses is a course that steps up and down.
void read_pulses(Build& build, Section& parent, InputSpec& input) {
  const Member* member = parent.table("pulses");
  if (!member) return;
  Section section(build.report, member->value, member->value.at, parent.path_of("pulses"), tables::pulses());
  section.require();
  const double width = section.quantity("width");
  const double every = section.quantity("every");
  const std::uint64_t count = section.integer("count");
  if (parent.has("amplitude") && parent.find("amplitude")->value.is_array())
    parent.error("amplitude", {"pulses need one amplitude, not a course"});
  if (width >= every && section.has("width") && section.has("every"))
    section.error("width", {"a pulse is as long as the time from onset to onset", "width less than every"});
  if (!build.spend(2 * count, member->at, section.path())) return;
  const double amplitude = input.course.points.front().value;
  input.course.points.clear();
  input.course.points.push_back({0.0, 0.0});
  for (std::uint64_t k = 0; k < count; ++k) {
    const double onset = input.start + static_cast<double>(k) * every;
    if (onset == 0.0) input.course.points.clear();
    input.course.points.push_back({onset, amplitude});
    input.course.points.push_back({onset + width, 0.0});
  }
}

void read_course(Build& build, Section& section, InputSpec& input) {
  const std::string_view name = input.kind == Kind::poisson ? "rate" : "amplitude";
  input.course = section.course(name);
  const auto interpolation = section.choice("interpolation");
  input.course.ramp = interpolation.value_or(0) == 1;
  if (section.has("interpolation") && section.has(name) && !section.find(name)->value.is_array())
    section.error_at_key("interpolation", {"'interpolation' has no effect: '" + std::string(name) + "' is no course"});
  read_pulses(build, section, input);
}

void read_redraw(Build& build, Section& parent, InputSpec& input) {
  const Member* member = parent.table("redraw");
  if (!member) return;
  Section section(build.report, member->value, member->value.at, parent.path_of("redraw"), tables::redraw());
  section.require();
  if (section.has("every"))
    input.redraw_every = static_cast<double>(section.steps("every", build.spec.run.dt, 1)) * build.spec.run.dt;
  input.redraw_sd = section.quantity("sd");
}

void read_ring(Build& build, Section& parent, InputSpec& input) {
  const Member* member = parent.table("ring");
  if (!member) return;
  Section section(build.report, member->value, member->value.at, parent.path_of("ring"), tables::ring());
  section.require();
  input.ring = true;
  input.ring_centre = section.quantity("centre_deg") * radians;
  input.ring_width = section.quantity("width_deg") * radians;
}

// ---------------------------------------------------------------------------------------------------------------------
// Spike lists

void read_events(Build& build, Section& section, InputSpec& input) {
  const Member* member = section.find("events");
  if (!member->value.is_array()) {
    section.error("events", {"'events' is a list of [time, index]"});
    return;
  }
  if (!build.spend(member->value.items.size(), member->at, section.path_of("events"))) return;
  const Field time{.name = "time", .unit = "ms", .minimum = 0.0, .maximum = 1e12};
  ValueReader times(build.report, section.path_of("events"), time, {});
  for (const Node& item : member->value.items) {
    const bool pair = item.is_array() && item.items.size() == 2 && item.items[1].kind == Node::Kind::integer &&
                      item.items[1].integer >= 0;
    if (!pair) {
      build.report.error(item.at, section.path_of("events"), {"an event is [time, index]", "e.g. [\"10 ms\", 0]"});
      continue;
    }
    if (const auto t = times.quantity(item.items[0]))
      input.events.push_back({*t, static_cast<std::uint64_t>(item.items[1].integer)});
  }
}

// Lines "time_in_ms index"; empty lines and lines that start with # are left out.
void read_spike_file(Build& build, Section& section, InputSpec& input) {
  const std::string written = section.text("file");
  const auto file = build.loader.resolve(written, section.value_at("file"), section.path_of("file"));
  if (!file) return;
  const auto text = build.loader.read_text(*file, section.value_at("file"));
  if (!text) return;
  const std::uint32_t source = build.report.add_source(file->string(), *text);
  std::uint32_t line = 0;
  for (std::size_t begin = 0; begin < text->size();) {
    const std::size_t end = std::min(text->find('\n', begin), text->size());
    const char* at = text->data() + begin;
    const char* last = text->data() + end;
    begin = end + 1;
    ++line;
    while (last > at && (last[-1] == '\r' || last[-1] == ' ')) --last;
    if (at == last || *at == '#') continue;
    InputSpec::Event event{};
    const auto first = std::from_chars(at, last, event.t);
    const char* rest = first.ptr;
    while (rest < last && (*rest == ' ' || *rest == '\t' || *rest == ',')) ++rest;
    const auto second = std::from_chars(rest, last, event.index);
    if (first.ec != std::errc() || second.ec != std::errc() || second.ptr != last || rest == first.ptr ||
        !(event.t >= 0.0 && event.t < 1e12)) {
      build.report.error({source, line, 1}, section.path_of("file"),
                         {"a line of a spike file is: time_in_ms index", "e.g. 12.5 3"});
      return;
    }
    if (!build.spend(1, section.value_at("file"), section.path_of("file"))) return;
    input.events.push_back(event);
  }
}

void read_spikes(Build& build, Section& section, InputSpec& input) {
  if (section.has("events") == section.has("file")) {
    const Position at = section.has("file") ? section.find("file")->at : section.at();
    build.report.error(at, section.path(), {"spikes are given by either 'events' or 'file'", "one of events, file"});
    return;
  }
  if (section.has("events"))
    read_events(build, section, input);
  else
    read_spike_file(build, section, input);
  std::sort(input.events.begin(), input.events.end(),
            [](const auto& a, const auto& b) { return a.t != b.t ? a.t < b.t : a.index < b.index; });
}

// ---------------------------------------------------------------------------------------------------------------------

/// What depends on the target: its receptor, the unit of weights, the range of indices.
void read_for_target(Build& build, Section& section, InputSpec& input) {
  const ReceptorModel* receptor = nullptr;
  const std::string name = section.text("receptor");
  if (!name.empty()) {
    const auto index =
        resolve_receptor(build, input.target, name, section.value_at("receptor"), section.path_of("receptor"));
    if (index) receptor = build.spec.populations[input.target.population].receptors[*index].model;
    input.receptor = index.value_or(0);
  }
  if (receptor && receptor->gated_by_source)
    section.error("receptor", {"receptor '" + name + "' is gated by its source and takes no input from outside"});
  if (receptor && !receptor->blockable && section.has("synapses"))
    section.error_at_key("synapses", {"'synapses' has no effect: receptor '" + name + "' can't be blocked"});
  const bool conductance = receptor && receptor->kind == ReceptorKind::conductance;
  if (receptor && section.has("weight")) {
    if (conductance) section.narrow("weight", 0.0, unbounded);
    input.weight = section.quantity("weight", receptor->weight_unit);
  }
  if (input.kind == Kind::ou_conductance && receptor && !conductance)
    section.error("receptor", {"ou_conductance needs a conductance receptor"});
  for (const auto& event : input.events)
    if (input.target.count > 0 && event.index >= input.target.count) {
      section.error(section.has("file") ? "file" : "events",
                    {"index " + std::to_string(event.index) + " is beyond '" + input.target.name + "'",
                     "0 ... " + std::to_string(input.target.count - 1)});
      break;
    }
}

void read_input(Build& build, const Member& member) {
  Section section(build.report, member.value, member.at, "inputs." + member.name, tables::input());
  const auto kind = section.variant("type");
  const auto targets = resolve_selections(build, section, "target", false);
  if (!kind) return;
  InputSpec input;
  input.name = member.name;
  input.kind = static_cast<Kind>(*kind);
  const Interval interval = read_interval(build, section);
  input.start = interval.start;
  input.stop = interval.stop;
  input.shared = section.boolean("shared", false);
  if (input.kind == Kind::poisson || input.kind == Kind::current) read_course(build, section, input);
  if (input.kind == Kind::poisson) {
    input.synapses = section.integer("synapses");
    read_redraw(build, section, input);
  }
  if (input.kind == Kind::current) read_ring(build, section, input);
  if (input.kind == Kind::spikes) read_spikes(build, section, input);
  if (input.kind == Kind::ou_current || input.kind == Kind::ou_conductance) {
    const std::string_view unit = input.kind == Kind::ou_current ? "pA" : "nS";
    if (input.kind == Kind::ou_conductance) section.narrow("mean", 0.0, unbounded);
    input.mean = section.quantity("mean", unit);
    input.sd = section.quantity("sd", unit);
    input.tau = section.quantity("tau");
  }

  // A list of targets makes one input each.
  const bool list = section.has("target") && section.find("target")->value.is_array();
  for (const Selection& target : targets) {
    if (!build.spend(1 + input.events.size() + input.course.points.size(), section.value_at("target"),
                     section.path_of("target")))
      return;
    InputSpec one = input;
    one.target = target;
    if (list) one.name += "." + target.name;
    read_for_target(build, section, one);
    build.spec.inputs.push_back(std::move(one));
  }
}

}  // namespace

void validate_inputs(Build& build, const Node& root) {
  for (const Member* member : named_tables(build, root, "inputs")) read_input(build, *member);
}

}  // namespace burgeon
