// JSON Schema (draft 7) of a model file, for completion and hints in editors. The reader stays the authority: the schema
// knows names, kinds, units by example and ranges of plain numbers, but not references between parts.

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/units.h"
#include "spec/tables.h"

namespace burgeon {

namespace {

using Json = nlohmann::json;

Json closed(Json properties, const std::vector<std::string>& required = {}) {
  Json json = {{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
  if (!required.empty()) json["required"] = required;
  return json;
}

Json by_name(Json values) { return {{"type", "object"}, {"additionalProperties", std::move(values)}}; }

Json quantity(const Field& field) {
  const bool any = field.unit == context_unit;
  const bool plain = !any && parse_unit(field.unit)->dimension == Dimension{};
  if (plain) {
    Json json = {{"type", Json::array({"number", "string"})}};
    if (field.minimum > -unbounded) json["minimum"] = field.minimum;
    if (field.maximum < unbounded) json["maximum"] = field.maximum;
    return json;
  }
  Json json = {{"type", "string"}, {"pattern", "^\\s*[-+]?[0-9.]"}};
  if (!any) json["examples"] = Json::array({"1 " + std::string(field.unit)});
  return json;
}

Json draw(const Field& field) {
  const Json value = quantity(field);
  const Json two = {{"type", "array"}, {"items", value}, {"minItems", 2}, {"maxItems", 2}};
  return {{"anyOf", Json::array({value, closed({{"uniform", two},
                                                {"normal", two},
                                                {"lognormal", two},
                                                {"exponential", value},
                                                {"min", value},
                                                {"max", value}})})}};
}

Json schema_of(const Field& field) {
  Json json;
  switch (field.kind) {
    case FieldKind::quantity:
      json = quantity(field);
      break;
    case FieldKind::draw:
      json = draw(field);
      break;
    case FieldKind::course:
      json = {{"anyOf", Json::array({quantity(field), Json{{"type", "array"}, {"items", {{"type", "array"}}}}})}};
      break;
    case FieldKind::integer:
      json = {{"type", "integer"}, {"minimum", field.minimum}, {"maximum", field.maximum}};
      break;
    case FieldKind::boolean:
      json = {{"type", "boolean"}};
      break;
    case FieldKind::text:
      json = {{"type", "string"}};
      break;
    case FieldKind::choice:
      json = {{"enum", field.choices}};
      break;
    case FieldKind::names:
      json = {{"type", Json::array({"string", "array"})}, {"items", {{"type", "string"}}}};
      break;
    case FieldKind::table:
      json = {{"type", "object"}};
      break;
    case FieldKind::list:
      json = {{"type", Json::array({"array", "string"})}};
      break;
  }
  json["description"] = field.meaning;
  if (!std::isnan(field.value) && field.kind != FieldKind::draw) {
    const bool bare = field.kind == FieldKind::integer || field.unit.empty();
    json["default"] = bare ? Json(field.value) : Json(number_text(field.value) + " " + std::string(field.unit));
  }
  return json;
}

/// A closed object of fields; `parts` replaces the schema of tables by what is in them.
Json object(const std::vector<Field>& fields, const Json& parts = Json::object()) {
  Json properties = Json::object();
  std::vector<std::string> required;
  for (const Field& field : fields) {
    const std::string name(field.name);
    properties[name] = schema_of(field);
    if (parts.contains(name)) properties[name].update(parts[name]);
    // What only some variants need is left to the reader.
    if (field.required && field.variants == every_variant) required.push_back(name);
  }
  return closed(std::move(properties), required);
}

/// One object per row of the catalogue, told apart by `model`.
template <class Row>
Json one_of_rows(const std::vector<const Row*>& rows, std::vector<Field> fields, FieldKind kind,
                 Json parts = Json::object()) {
  Json choices = Json::array();
  for (const Row* row : rows) {
    parts["model"] = {{"const", row->name}, {"description", row->title}};
    choices.push_back(object(tables::with_parameters(fields, row->parameters, kind), parts));
  }
  return {{"anyOf", choices}};
}

Json slow_processes(const Catalogue& catalogue) {
  Json choices = Json::array();
  for (const SlowModel* row : catalogue.slow)
    choices.push_back(object(tables::slow(row), {{"model", {{"const", row->name}, {"description", row->title}}}}));
  return {{"anyOf", choices}};
}

}  // namespace

std::string model_schema(const Catalogue& catalogue) {
  using namespace tables;
  const Json receptors = by_name(one_of_rows(catalogue.receptors, receptor(), FieldKind::draw));
  const Json in_population = {
      {"placement", object(placement())}, {"groups", by_name(object(group()))}, {"receptors", receptors}};
  const Json in_projection = {{"wiring", {{"anyOf", Json::array({object(wiring()), object(like())})}}},
                              {"profile", object(profile())},
                              {"gate", one_of_rows(catalogue.gates, gate(), FieldKind::draw)},
                              {"plasticity", one_of_rows(catalogue.synapses, plasticity(), FieldKind::quantity)}};
  const Json in_input = {{"redraw", object(redraw())}, {"ring", object(ring())}, {"pulses", object(pulses())}};
  Json choices = Json::array();
  for (const StructuralModel* row : catalogue.structures) {
    const bool grows = row->kind == StructuralKind::growth;
    const Json elements = by_name(object(with_parameters(element(), row->element_parameters, FieldKind::quantity)));
    Json parts = {{"model", {{"const", row->name}, {"description", row->title}}}};
    if (grows) {
      parts["elements"] = elements;
      parts["pairings"] = {{"type", "array"}, {"items", object(pairing())}};
    }
    choices.push_back(
        object(with_parameters(grows ? growth() : turnover(), row->parameters, FieldKind::quantity), parts));
  }
  const Json in_root = {
      {"simulation", object(simulation())},
      {"populations", by_name(one_of_rows(catalogue.neurons, population(), FieldKind::draw, in_population))},
      {"projections", by_name(object(projection(), in_projection))},
      {"structure", by_name(Json{{"anyOf", choices}})},
      {"inputs", by_name(object(input(), in_input))},
      {"drugs", by_name(one_of_rows(catalogue.drugs, drug(), FieldKind::quantity))},
      {"doses", {{"type", "array"}, {"items", object(dose(), {{"repeat", object(repeat())}})}}},
      {"courses", by_name(object(time_course(), {{"repeat", object(repeat())}}))},
      {"slow", by_name(slow_processes(catalogue))},
      {"couplings", by_name(object(coupling()))},
      {"multiscale", object(multiscale())},
      {"interventions", {{"type", "array"}, {"items", object(intervention())}}},
      {"record", by_name(object(record()))},
  };
  Json schema = object(root(), in_root);
  // A file that extends another need not be whole.
  schema.erase("required");
  schema["$schema"] = "http://json-schema.org/draft-07/schema#";
  schema["title"] = "burgeon model file";
  return schema.dump(2);
}

}  // namespace burgeon
