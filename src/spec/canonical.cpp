// The canonical form of a run: every resolved value in internal units, keys sorted, nothing about files, layout or words that
// have no effect on results (title, description). Equal forms give equal results; the hash names a run.

#include <xxhash.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "spec/tables.h"
#include "spec/validate.h"

namespace burgeon {

namespace {

// Objects are small lists, sorted by key when they are written: a third of the time of trees.
using Json = nlohmann::ordered_json;

/// A string in quotes. Names are plain nearly always; only others need the library, which takes ten times as long.
void write(const std::string& text, std::string& out) {
  const auto plain = [](char c) { return c >= ' ' && c < '\x7f' && c != '"' && c != '\\'; };
  if (std::all_of(text.begin(), text.end(), plain))
    out.append(1, '"').append(text).append(1, '"');
  else
    out += Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// JSON text with all 17 digits of a double; limits that stand for "none" become null.
void write(const Json& json, std::string& out) {
  if (json.is_object()) {
    std::vector<const Json::object_t::value_type*> members;
    for (const auto& member : json.get_ref<const Json::object_t&>()) members.push_back(&member);
    std::sort(members.begin(), members.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
    out += '{';
    const char* comma = "";
    for (const auto* member : members) {
      out += comma;
      write(member->first, out);
      out += ':';
      write(member->second, out);
      comma = ",";
    }
    out += '}';
  } else if (json.is_array()) {
    out += '[';
    const char* comma = "";
    for (const Json& value : json) {
      out += comma;
      write(value, out);
      comma = ",";
    }
    out += ']';
  } else if (json.is_number_float()) {
    const double value = json.get<double>();
    char buffer[40];
    // As "%.17g" would write it.
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value + 0.0, std::chars_format::general, 17).ptr;
    if (std::isfinite(value) && std::abs(value) < unbounded)
      out.append(buffer, end);
    else
      out += "null";
  } else if (json.is_string()) {
    write(json.get_ref<const std::string&>(), out);
  } else if (json.is_number_unsigned()) {
    out += std::to_string(json.get<std::uint64_t>());
  } else {
    out += json.dump(-1, ' ', false, Json::error_handler_t::replace);
  }
}

Json to_json(const Draw& draw) {
  constexpr const char* kinds[] = {"constant", "uniform", "normal", "lognormal", "exponential"};
  if (draw.kind == Draw::Kind::constant) return draw.a;
  return {{"kind", kinds[static_cast<int>(draw.kind)]},
          {"a", draw.a},
          {"b", draw.b},
          {"low", draw.low},
          {"high", draw.high}};
}

Json to_json(const std::vector<Draw>& draws, std::span<const ParameterRow> rows) {
  Json json = Json::object();
  for (std::size_t k = 0; k < rows.size() && k < draws.size(); ++k) json[std::string(rows[k].name)] = to_json(draws[k]);
  return json;
}

Json to_json(const Selection& selection) {
  return {{"population", selection.population},
          {"first", selection.first},
          {"count", selection.count},
          {"name", selection.name}};
}

Json to_json(const RunSpec& run) {
  Json json = {
      {"dt", run.dt},           {"steps", run.steps},         {"seed", run.seed},      {"slow_tick", run.slow_tick},
      {"discard", run.discard}, {"body_mass", run.body_mass}, {"species", run.species}};
  if (run.baseline > 0.0) json["baseline"] = run.baseline;
  return json;
}

Json to_json(const PlacementSpec& placement) {
  constexpr const char* kinds[] = {"none", "box", "disc", "cylinder", "grid", "ring"};
  return {{"kind", kinds[static_cast<int>(placement.kind)]}, {"size", placement.size}, {"centre", placement.centre}};
}

Json to_json(const PopulationSpec& population) {
  Json receptors = Json::array();
  for (const ReceptorSpec& receptor : population.receptors)
    receptors.push_back({{"name", receptor.name},
                         {"model", receptor.model->name},
                         {"subunit", receptor.subunit},
                         {"parameters", to_json(receptor.parameters, receptor.model->parameters)}});
  Json groups = Json::array();
  for (const GroupSpec& group : population.groups)
    groups.push_back({{"name", group.name}, {"first", group.first}, {"count", group.count}});
  Json initial = Json::object();
  for (std::size_t k = 0; k < population.initial.size(); ++k)
    initial[std::string(population.model->state[k].name)] = to_json(population.initial[k]);
  return {{"name", population.name},
          {"model", population.model->name},
          {"n", population.size},
          {"class", population.cell_class},
          {"parameters", to_json(population.parameters, population.model->parameters)},
          {"initial", initial},
          {"receptors", receptors},
          {"groups", groups},
          {"placement", to_json(population.placement)}};
}

Json to_json(const ProjectionSpec& projection) {
  const WiringSpec& w = projection.wiring;
  Json json = {{"name", projection.name},
               {"source", to_json(projection.source)},
               {"target", to_json(projection.target)},
               {"receptor", projection.receptor},
               {"weight", to_json(projection.weight)},
               {"delay", to_json(projection.delay)},
               {"wiring",
                {{"rule", tables::rules[static_cast<std::size_t>(w.rule)]},
                 {"p", w.p},
                 {"number", w.number},
                 {"kernel", tables::kernels[static_cast<std::size_t>(w.kernel)]},
                 {"width", w.width},
                 {"cutoff", w.cutoff},
                 {"autapses", w.autapses},
                 {"multapses", w.multapses}}}};
  if (projection.profile)
    json["profile"] = {
        {"peak", projection.profile->peak}, {"floor", projection.profile->floor}, {"width", projection.profile->width}};
  if (projection.gate)
    json["gate"] = {{"model", projection.gate->name},
                    {"parameters", to_json(projection.gate_parameters, projection.gate->parameters)}};
  if (projection.plasticity) {
    Json parameters = Json::object();
    for (std::size_t k = 0; k < projection.plasticity_parameters.size(); ++k)
      parameters[std::string(projection.plasticity->parameters[k].name)] = projection.plasticity_parameters[k];
    json["plasticity"] = {{"model", projection.plasticity->name}, {"parameters", parameters}};
  }
  // What older files do not know leaves their form, and so their hash, as it was.
  if (!projection.like.empty()) json["like"] = projection.like;
  if (projection.weight_precision != ProjectionSpec::WeightPrecision::float32)
    json["weight_precision"] = tables::precisions[static_cast<std::size_t>(projection.weight_precision)];
  return json;
}

Json named(const std::vector<double>& values, std::span<const ParameterRow> rows) {
  Json json = Json::object();
  for (std::size_t k = 0; k < values.size(); ++k) json[std::string(rows[k].name)] = values[k];
  return json;
}

Json to_json(const StructureSpec& rule) {
  Json elements = Json::array();
  for (const auto& element : rule.elements)
    elements.push_back({{"name", element.name},
                        {"population", element.population},
                        {"parameters", named(element.parameters, rule.model->element_parameters)}});
  Json pairings = Json::array();
  for (const auto& pairing : rule.pairings)
    pairings.push_back(
        {{"axons", pairing.axons}, {"dendrites", pairing.dendrites}, {"projections", pairing.projections}});
  return {{"name", rule.name},
          {"model", rule.model->name},
          {"update", rule.update},
          {"parameters", named(rule.parameters, rule.model->parameters)},
          {"projections", rule.projections},
          {"drive", rule.drive},
          {"stress", rule.stress},
          {"protein", rule.protein},
          {"balanced", rule.balanced},
          {"elements", elements},
          {"pairings", pairings}};
}

Json to_json(const InputSpec& input) {
  Json points = Json::array();
  for (const auto& point : input.course.points) points.push_back({point.t, point.value});
  Json events = Json::array();
  for (const auto& event : input.events) events.push_back({event.t, event.index});
  return {{"name", input.name},
          {"type", tables::input_types[static_cast<std::size_t>(input.kind)]},
          {"target", to_json(input.target)},
          {"receptor", input.receptor},
          {"start", input.start},
          {"stop", input.stop},
          {"course", points},
          {"ramp", input.course.ramp},
          {"weight", input.weight},
          {"synapses", input.synapses},
          {"shared", input.shared},
          {"redraw_every", input.redraw_every},
          {"redraw_sd", input.redraw_sd},
          {"ring", input.ring},
          {"ring_centre", input.ring_centre},
          {"ring_width", input.ring_width},
          {"mean", input.mean},
          {"sd", input.sd},
          {"tau", input.tau},
          {"events", events}};
}

Json to_json(const DrugSpec& drug) {
  Json parameters = Json::object();
  for (std::size_t k = 0; k < drug.parameters.size(); ++k)
    parameters[std::string(drug.model->parameters[k].name)] = drug.parameters[k];
  Json doses = Json::array();
  for (const Dose& dose : drug.doses)
    doses.push_back({{"route", tables::routes[static_cast<std::size_t>(dose.route)]},
                     {"amount", dose.amount},
                     {"start", dose.start},
                     {"duration", dose.duration}});
  // The preset's name says nothing that its values don't.
  return {{"name", drug.name}, {"model", drug.model->name}, {"parameters", parameters}, {"doses", doses}};
}

Json to_json(const CourseSpec& course) {
  Json points = Json::array();
  for (const auto& point : course.course.points) points.push_back({point.t, point.value});
  return {{"name", course.name}, {"unit", course.unit}, {"points", points}, {"ramp", course.course.ramp}};
}

Json to_json(const SlowSpec& slow) {
  Json parameters = Json::object();
  for (std::size_t k = 0; k < slow.parameters.size(); ++k)
    parameters[std::string(slow.model->parameters[k].name)] = slow.parameters[k];
  Json inputs = Json::object();
  for (std::size_t k = 0; k < slow.inputs.size(); ++k)
    inputs[std::string(slow.model->inputs[k].name)] =
        slow.inputs[k].signal.empty() ? Json(slow.inputs[k].value) : Json(slow.inputs[k].signal);
  return {{"name", slow.name},
          {"model", slow.model->name},
          {"parameters", parameters},
          {"inputs", inputs},
          {"target", to_json(slow.target)}};
}

Json to_json(const CouplingSpec& coupling) {
  return {{"name", coupling.name},
          {"signal", coupling.signal},
          {"target", to_json(coupling.target)},
          {"receptor", coupling.receptor},
          {"projections", coupling.projections}};
}

Json to_json(const MultiscaleSpec& multiscale) {
  Json json = {{"burst", multiscale.burst},
               {"burn_in", multiscale.burn_in},
               {"longest_burst", multiscale.longest_burst},
               {"first_leap", multiscale.first_leap},
               {"longest_leap", multiscale.longest_leap},
               {"tolerance", multiscale.tolerance},
               {"probe_every", multiscale.probe_every}};
  if (multiscale.precision > 0.0) json["precision"] = multiscale.precision;
  if (multiscale.replicas > 1) json["replicas"] = multiscale.replicas;
  return json;
}

Json to_json(const InterventionSpec& intervention) {
  return {{"kind", tables::intervention_kinds[static_cast<std::size_t>(intervention.kind)]},
          {"start", intervention.start},
          {"stop", intervention.stop},
          {"signal", intervention.signal},
          {"value", intervention.value},
          {"target", to_json(intervention.target)},
          {"receptor", intervention.receptor},
          {"projection", intervention.projection}};
}

Json to_json(const RecordSpec& record) {
  Json json = {{"name", record.name},
               {"kind", tables::record_kinds[static_cast<std::size_t>(record.kind)]},
               {"target", to_json(record.target)},
               {"variable", record.variable},
               {"every", record.every},
               {"start", record.start},
               {"stop", record.stop},
               {"subset", record.subset},
               {"reducer", tables::reducers[static_cast<std::size_t>(record.reducer)]}};
  // What other kinds do not have stays out of their hash.
  if (!record.projections.empty()) json["projections"] = record.projections;
  if (!record.at.empty()) json["at"] = record.at;
  return json;
}

template <class Spec>
Json list(const std::vector<Spec>& specs) {
  Json json = Json::array();
  for (const Spec& spec : specs) json.push_back(to_json(spec));
  return json;
}

}  // namespace

std::string connectivity_key(const ModelSpec& spec, std::uint32_t projection) {
  const ProjectionSpec& p = spec.projections[projection];
  const bool edited = std::any_of(spec.interventions.begin(), spec.interventions.end(), [&](const InterventionSpec& i) {
    return i.kind == InterventionSpec::Kind::delete_synapses && i.projection == projection;
  });
  if (edited || p.plasticity != nullptr || p.rewired) return {};
  Json json = to_json(p);
  json.erase("gate");
  json.erase("receptor");
  // One weight for all stands beside the rows, not in them.
  if (p.weight.kind == Draw::Kind::constant && !p.profile) json.erase("weight");
  for (const auto& [name, population] :
       {std::pair("from", p.source.population), std::pair("onto", p.target.population)})
    json[name] = {{"n", spec.populations[population].size},
                  {"name", spec.populations[population].name},
                  {"placement", to_json(spec.populations[population].placement)}};
  json["seed"] = spec.run.seed;
  json["dt"] = spec.run.dt;
  std::string text;
  write(json, text);
  return text;
}

void canonicalise(ModelSpec& spec) {
  Json json = {{"simulation", to_json(spec.run)},
               {"populations", list(spec.populations)},
               {"projections", list(spec.projections)},
               {"inputs", list(spec.inputs)},
               {"drugs", list(spec.drugs)},
               {"interventions", list(spec.interventions)},
               {"record", list(spec.records)}};
  // Parts that most models do without.
  if (!spec.courses.empty()) json["courses"] = list(spec.courses);
  if (!spec.slow.empty()) json["slow"] = list(spec.slow);
  if (!spec.couplings.empty()) json["couplings"] = list(spec.couplings);
  if (spec.multiscale.enabled) json["multiscale"] = to_json(spec.multiscale);
  if (!spec.structures.empty()) json["structure"] = list(spec.structures);
  spec.canonical_json.clear();
  write(json, spec.canonical_json);
  spec.hash = XXH64(spec.canonical_json.data(), spec.canonical_json.size(), 0);
}

}  // namespace burgeon
