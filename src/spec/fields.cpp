#include "spec/fields.h"

#include <algorithm>
#include <cmath>

#include "base/errors.h"
#include "base/nearest.h"

namespace burgeon {

namespace {

bool effective(const Field& field, unsigned variant) { return (field.variants >> variant & 1U) != 0; }

std::vector<std::string> to_strings(std::span<const std::string_view> names) { return {names.begin(), names.end()}; }

}  // namespace

Field field_of(const ParameterRow& row, FieldKind kind) {
  return {.name = row.name,
          .kind = kind,
          .unit = row.unit,
          .value = row.value,
          .minimum = row.minimum,
          .maximum = row.maximum,
          .required = std::isnan(row.value),
          .meaning = row.meaning};
}

Section::Section(Report& report, const Node& table, Position at, std::string path, std::vector<Field> fields,
                 bool closed)
    : report_(&report), table_(&table), at_(at), path_(std::move(path)), fields_(std::move(fields)) {
  if (!closed) return;
  for (const Member& member : table.members) {
    const auto known = [&](const Field& f) { return f.name == member.name; };
    if (std::any_of(fields_.begin(), fields_.end(), known)) continue;
    if (report.full()) return;
    std::vector<std::string> names;
    for (const Field& f : fields_) names.emplace_back(f.name);
    report.error(
        member.at, path_of(member.name),
        {"unknown key '" + member.name + "' in " + path_, list_names(names), nearest_name(member.name, names)});
  }
}

Position Section::value_at(std::string_view name) const {
  const Member* member = find(name);
  return member ? member->value.at : at_;
}

const Field& Section::field(std::string_view name) const {
  const auto place = std::find_if(fields_.begin(), fields_.end(), [&](const Field& f) { return f.name == name; });
  expect(place != fields_.end(), "a getter names a field of the table");
  return *place;
}

void Section::error(std::string_view name, Complaint complaint) {
  report_->error(value_at(name), path_of(name), std::move(complaint));
}

void Section::error_at_key(std::string_view name, Complaint complaint) {
  const Member* member = find(name);
  report_->error(member ? member->at : at_, path_of(name), std::move(complaint));
}

void Section::check_variant(const Field* discriminator, unsigned variant) {
  std::vector<std::string> used;
  for (const Field& f : fields_)
    if (effective(f, variant)) used.emplace_back(f.name);
  for (const Field& f : fields_) {
    if (!effective(f, variant) && has(f.name)) {
      const std::string why = " has no effect with " + std::string(discriminator->name) + " = \"" +
                              std::string(discriminator->choices[variant]) + "\"";
      error_at_key(f.name, {"'" + std::string(f.name) + "'" + why, list_names(used)});
    }
    if (effective(f, variant) && f.required && !has(f.name))
      report_->error(at_, path_of(f.name), {path_ + " needs '" + std::string(f.name) + "': " + std::string(f.meaning)});
  }
}

std::optional<unsigned> Section::variant(std::string_view name) {
  const auto chosen = choice(name);
  if (chosen)
    check_variant(&field(name), *chosen);
  else if (!has(name))
    report_->error(at_, path_of(name),
                   {path_ + " needs '" + std::string(name) + "'", list_names(to_strings(field(name).choices))});
  return chosen;
}

void Section::narrow(std::string_view name, double minimum, double maximum) {
  for (Field& f : fields_) {
    if (f.name != name) continue;
    f.minimum = std::max(f.minimum, minimum);
    f.maximum = std::min(f.maximum, maximum);
  }
}

void Section::require() { check_variant(nullptr, 0); }

double Section::default_of(const Field& f, std::string_view unit) const {
  return std::isnan(f.value) ? 0.0 : to_internal(f.value, f.unit == context_unit ? unit : f.unit);
}

std::optional<double> Section::written(std::string_view name, std::string_view unit) {
  const Member* member = find(name);
  return member ? ValueReader(*report_, path_of(name), field(name), unit).quantity(member->value) : std::nullopt;
}

double Section::quantity(std::string_view name, std::string_view unit) {
  return written(name, unit).value_or(default_of(field(name), unit));
}

Draw Section::draw(std::string_view name, std::string_view unit) {
  const Field& f = field(name);
  const Member* member = find(name);
  std::optional<Draw> draw;
  if (member) draw = ValueReader(*report_, path_of(name), f, unit).draw(member->value);
  return draw.value_or(Draw{.a = default_of(f, unit)});
}

Course Section::course(std::string_view name, std::string_view unit) {
  ValueReader reader(*report_, path_of(name), field(name), unit);
  const Member* member = find(name);
  std::optional<Course> course;
  if (member) course = reader.course(member->value);
  return course ? *course : Course{.points = {{0.0, 0.0}}};
}

std::uint64_t Section::integer(std::string_view name) {
  const Field& f = field(name);
  const Member* member = find(name);
  const auto absent = static_cast<std::uint64_t>(std::isnan(f.value) ? 0.0 : f.value);
  if (!member) return absent;
  const Node& node = member->value;
  if (node.kind != Node::Kind::integer) {
    error(name, {"'" + std::string(name) + "' is a whole number, not " + std::string(kind_name(node.kind)),
                 "a whole number without quotes, point or unit"});
    return absent;
  }
  const double value = node.number();
  if (value >= f.minimum && value <= f.maximum) return static_cast<std::uint64_t>(node.integer);
  error(name, {"'" + std::string(name) + "' = " + std::to_string(node.integer) + " is out of range",
               number_text(f.minimum) + " ... " + number_text(f.maximum)});
  return absent;
}

bool Section::boolean(std::string_view name, bool value) {
  const Member* member = find(name);
  if (!member) return value;
  if (member->value.kind == Node::Kind::boolean) return member->value.boolean;
  error(name, {"'" + std::string(name) + "' is true or false, not " + std::string(kind_name(member->value.kind)),
               "true, false (without quotes)"});
  return value;
}

std::string Section::text(std::string_view name, std::string value) {
  const Member* member = find(name);
  if (!member) return value;
  if (member->value.is_text()) return member->value.text;
  error(name, {"'" + std::string(name) + "' is a text, not " + std::string(kind_name(member->value.kind)),
               "a text in quotes"});
  return value;
}

std::optional<unsigned> Section::choice(std::string_view name) {
  if (!has(name)) return std::nullopt;
  const Member* member = find(name);
  const auto choices = to_strings(field(name).choices);
  if (!member->value.is_text()) {
    error(name, {"'" + std::string(name) + "' is a word in quotes, not " + std::string(kind_name(member->value.kind)),
                 list_names(choices)});
    return std::nullopt;
  }
  const auto place = std::find(choices.begin(), choices.end(), member->value.text);
  if (place != choices.end()) return static_cast<unsigned>(place - choices.begin());
  error(name, {"unknown " + std::string(name) + " '" + member->value.text + "'", list_names(choices),
               nearest_name(member->value.text, choices)});
  return std::nullopt;
}

std::vector<std::pair<std::string, Position>> Section::names(std::string_view name) {
  std::vector<std::pair<std::string, Position>> result;
  const Member* member = find(name);
  if (!member) return result;
  const auto add = [&](const Node& node) {
    if (node.is_text())
      result.emplace_back(node.text, node.at);
    else
      report_->error(node.at, path_of(name),
                     {"'" + std::string(name) + "' is a name, not " + std::string(kind_name(node.kind)),
                      "a name in quotes, or a list of names"});
  };
  if (member->value.is_array()) {
    for (const Node& item : member->value.items) add(item);
    if (member->value.items.empty()) error(name, {"'" + std::string(name) + "' is an empty list"});
  } else {
    add(member->value);
  }
  return result;
}

const Member* Section::table(std::string_view name) {
  const Member* member = find(name);
  if (!member || member->value.is_table()) return member;
  error(name, {"'" + std::string(name) + "' is a table, not " + std::string(kind_name(member->value.kind))});
  return nullptr;
}

std::int64_t Section::steps(std::string_view name, double dt, std::int64_t least) {
  const auto time = has(name) ? written(name) : std::optional<double>(default_of(field(name), {}));
  if (!time) return 0;
  const auto whole = whole_steps(*time, dt);
  if (whole && *whole >= least) return *whole;
  error(name, {"'" + std::string(name) + "' = " + number_text(*time) +
                   " ms is not a multiple of dt = " + number_text(dt) + " ms",
               "whole multiples of dt, at least " + number_text(static_cast<double>(least) * dt) + " ms"});
  return 0;
}

std::optional<std::int64_t> whole_steps(double time, double step) {
  const double ratio = time / step;
  const double nearest = std::round(ratio);
  if (!(std::abs(nearest) < 9e15)) return std::nullopt;
  // Relative to the number of steps, but never so wide that half a step would pass.
  if (std::abs(ratio - nearest) > std::min(1e-9 * std::max(1.0, std::abs(ratio)), 1e-3)) return std::nullopt;
  return static_cast<std::int64_t>(nearest);
}

}  // namespace burgeon
