// Single values: quantities with units, distributions, courses in time.

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/nearest.h"
#include "base/units.h"
#include "spec/fields.h"

namespace burgeon {

namespace {

bool is_dimensionless(std::string_view unit) { return parse_unit(unit)->dimension == Dimension{}; }

struct DistributionRow {
  std::string_view name;
  Draw::Kind kind;
  std::size_t arguments;
  std::string_view form;
};

constexpr DistributionRow distributions[] = {
    {"uniform", Draw::Kind::uniform, 2, "[low, high]"},
    {"normal", Draw::Kind::normal, 2, "[mean, sd]"},
    {"lognormal", Draw::Kind::lognormal, 2, "[mean, sd] of the value itself"},
    {"exponential", Draw::Kind::exponential, 1, "mean"},
};

double normal_below(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

/// Probability that an unlimited draw is <= x.
double probability_below(const Draw& draw, double x) {
  switch (draw.kind) {
    case Draw::Kind::constant:
      return x >= draw.a ? 1.0 : 0.0;
    case Draw::Kind::uniform:
      return std::clamp((x - draw.a) / (draw.b - draw.a), 0.0, 1.0);
    case Draw::Kind::normal:
      return normal_below((x - draw.a) / draw.b);
    case Draw::Kind::exponential:
      return x <= 0.0 ? 0.0 : -std::expm1(-x / draw.a);
    case Draw::Kind::lognormal: {
      if (x <= 0.0) return 0.0;
      const double variance = std::log1p(draw.b * draw.b / (draw.a * draw.a));
      return normal_below((std::log(x / draw.a) + 0.5 * variance) / std::sqrt(variance));
    }
  }
  return 0.0;
}

// Redrawing takes a hundred tries on average at this share; fewer accepted draws are an error of the file.
constexpr double least_share = 0.01;

}  // namespace

std::string number_text(double value) {
  char buffer[64];
  // Written out where people would; either form reads back as the same double.
  const bool plain = value == 0.0 || (std::abs(value) >= 1e-4 && std::abs(value) < 1e10);
  const auto format = plain ? std::chars_format::fixed : std::chars_format::scientific;
  const auto result = std::to_chars(buffer, buffer + sizeof buffer, value, format);
  return {buffer, result.ptr};
}

double to_internal(double value, std::string_view unit) {
  if (!std::isfinite(value) || std::abs(value) >= unbounded) return value;
  const auto quantity = parse_quantity(number_text(value) + " " + std::string(unit));
  return quantity ? quantity->value : value * unit_factor(unit);
}

ValueReader::ValueReader(Report& report, std::string path, const Field& field, std::string_view unit)
    : report_(report), path_(std::move(path)), field_(field) {
  if (field_.unit == context_unit) field_.unit = unit;
  low_ = to_internal(field_.minimum, field_.unit);
  high_ = to_internal(field_.maximum, field_.unit);
}

void ValueReader::error(Position at, Complaint complaint) { report_.error(at, path_, std::move(complaint)); }

std::string ValueReader::range_text() const {
  const std::string unit = is_dimensionless(field_.unit) ? "" : " " + std::string(field_.unit);
  const bool below = field_.minimum > -unbounded;
  const bool above = field_.maximum < unbounded;
  if (below && above) return number_text(field_.minimum) + " ... " + number_text(field_.maximum) + unit;
  return below ? "at least " + number_text(field_.minimum) + unit : "at most " + number_text(field_.maximum) + unit;
}

std::string ValueReader::unit_hint() const {
  const Dimension dimension = parse_unit(field_.unit)->dimension;
  if (dimension == Dimension{}) return "a number without quotes";
  return "a " + dimension_name(dimension) + " in " + list_names(units_of(dimension));
}

bool ValueReader::in_range(double value, Position at) {
  // The ends belong to the range even when the conversion rounded them.
  const double slack = 1e-12 * std::max(std::abs(low_), std::abs(high_));
  const double margin = std::isfinite(slack) && slack < 1e200 ? slack : 0.0;
  if (value >= low_ - margin && value <= high_ + margin) return true;
  const double shown = value / to_internal(1.0, field_.unit);
  char buffer[32];
  const auto result = std::to_chars(buffer, buffer + sizeof buffer, shown, std::chars_format::general, 6);
  const std::string unit = is_dimensionless(field_.unit) ? "" : " " + std::string(field_.unit);
  error(at, {"'" + std::string(field_.name) + "' = " + std::string(buffer, result.ptr) + unit + " is out of range",
             range_text()});
  return false;
}

std::optional<double> ValueReader::unchecked(const Node& node) {
  const std::string name = "'" + std::string(field_.name) + "'";
  const Dimension expected = parse_unit(field_.unit)->dimension;
  const std::string dimension = dimension_name(expected);
  if (node.is_number()) {
    if (expected == Dimension{} && std::isfinite(node.number())) return node.number();
    if (expected == Dimension{})
      error(node.at, {name + " is not a finite number", unit_hint()});
    else
      error(node.at,
            {name + " needs a unit: it is a " + dimension,
             unit_hint() + ", e.g. \"" + number_text(node.number()) + " " + units_of(expected).front() + "\""});
    return std::nullopt;
  }
  if (!node.is_text()) {
    error(node.at, {name + " is a " + (expected == Dimension{} ? "number" : dimension) + ", not " +
                        std::string(kind_name(node.kind)),
                    unit_hint()});
    return std::nullopt;
  }
  std::string wrong;
  const auto quantity = parse_quantity(node.text, &wrong);
  if (!quantity) {
    error(node.at, {name + ": " + wrong, unit_hint()});
    return std::nullopt;
  }
  if (quantity->dimension != expected) {
    const bool bare = quantity->dimension == Dimension{};
    error(node.at, {name + (bare ? " needs a unit: it is a " + dimension
                                 : " is a " + dimension + ", but \"" + node.text + "\" is a " +
                                       dimension_name(quantity->dimension)),
                    unit_hint()});
    return std::nullopt;
  }
  // Plain numbers are written bare; only a percentage needs its text.
  if (expected == Dimension{} && node.text.find('%') == std::string::npos) {
    error(node.at, {name + " is a plain number", unit_hint()});
    return std::nullopt;
  }
  // Adding zero turns -0 into 0.
  return quantity->value + 0.0;
}

std::optional<double> ValueReader::quantity(const Node& node) {
  const auto value = unchecked(node);
  return value && in_range(*value, node.at) ? value : std::nullopt;
}

std::optional<Draw> ValueReader::draw(const Node& node) {
  if (node.is_table()) return distribution(node);
  const auto value = quantity(node);
  if (!value) return std::nullopt;
  return Draw{.a = *value};
}

std::optional<Draw> ValueReader::distribution(const Node& node) {
  // Exactly one kind, and the limits.
  std::vector<std::string> names;
  for (const auto& row : distributions) names.emplace_back(row.name);
  names.insert(names.end(), {"min", "max"});
  const DistributionRow* kind = nullptr;
  const Node* arguments = nullptr;
  for (const Member& member : node.members) {
    const auto row = std::find_if(std::begin(distributions), std::end(distributions),
                                  [&](const auto& r) { return r.name == member.name; });
    if (std::find(names.begin(), names.end(), member.name) == names.end()) {
      error(member.at, {"unknown key '" + member.name + "' in a distribution", list_names(names),
                        nearest_name(member.name, names)});
      return std::nullopt;
    }
    if (row == std::end(distributions)) continue;
    if (kind) {
      error(member.at, {"a second distribution: '" + std::string(kind->name) + "' is there already"});
      return std::nullopt;
    }
    kind = &*row;
    arguments = &member.value;
  }
  if (!kind) {
    error(node.at, {"'" + std::string(field_.name) + "' is a value or a distribution", list_names(names)});
    return std::nullopt;
  }

  const bool list = kind->arguments == 2;
  if (list != arguments->is_array() || (list && arguments->items.size() != 2)) {
    error(arguments->at, {"wrong arguments of " + std::string(kind->name), std::string(kind->form)});
    return std::nullopt;
  }
  Draw draw{.kind = kind->kind};
  // The mean or both ends must lie in the range; a standard deviation needs the unit only.
  const auto a = quantity(list ? arguments->items[0] : *arguments);
  const auto b = !list                              ? std::optional<double>(0.0)
                 : draw.kind == Draw::Kind::uniform ? quantity(arguments->items[1])
                                                    : unchecked(arguments->items[1]);
  const Member* minimum = node.find("min");
  const Member* maximum = node.find("max");
  const auto low = minimum ? quantity(minimum->value) : std::optional<double>(low_);
  const auto high = maximum ? quantity(maximum->value) : std::optional<double>(high_);
  if (!a || !b || !low || !high) return std::nullopt;
  draw.a = *a;
  draw.b = *b;
  draw.low = *low;
  draw.high = *high;
  return check_distribution(*arguments, draw) ? std::optional<Draw>(draw) : std::nullopt;
}

bool ValueReader::check_distribution(const Node& node, Draw& draw) {
  const auto fail = [&](const std::string& message) {
    error(node.at, {"'" + std::string(field_.name) + "': " + message});
    return false;
  };
  if (draw.low > draw.high) return fail("min is above max");
  switch (draw.kind) {
    case Draw::Kind::uniform:
      if (!(draw.a < draw.b)) return fail("the low end of uniform must lie below the high end");
      break;
    case Draw::Kind::normal:
      if (!(draw.b > 0.0)) return fail("the standard deviation must be positive (write a plain value otherwise)");
      break;
    case Draw::Kind::lognormal:
      if (!(draw.a > 0.0 && draw.b > 0.0)) return fail("mean and standard deviation of lognormal must be positive");
      break;
    case Draw::Kind::exponential:
      if (!(draw.a > 0.0)) return fail("the mean of exponential must be positive");
      break;
    case Draw::Kind::constant:
      break;
  }
  if (probability_below(draw, draw.high) - probability_below(draw, draw.low) < least_share)
    return fail("less than 1 % of the distribution lies between its limits, and draws outside are repeated");
  return true;
}

std::optional<Course> ValueReader::course(const Node& node) {
  if (!node.is_array()) {
    const auto value = quantity(node);
    if (!value) return std::nullopt;
    return Course{.points = {{0.0, *value}}};
  }
  const Field time{.name = "time", .unit = "ms", .minimum = 0.0};
  ValueReader times(report_, path_, time, {});
  Course course;
  for (const Node& item : node.items) {
    if (!item.is_array() || item.items.size() != 2) {
      error(item.at, {"a point of a course is [time, value]"});
      return std::nullopt;
    }
    const auto t = times.quantity(item.items[0]);
    const auto value = quantity(item.items[1]);
    if (!t || !value) return std::nullopt;
    if (!course.points.empty() && *t <= course.points.back().t) {
      error(item.items[0].at, {"the times of a course must increase"});
      return std::nullopt;
    }
    course.points.push_back({*t, *value});
  }
  if (course.points.empty()) {
    error(node.at, {"a course needs at least one point [time, value]"});
    return std::nullopt;
  }
  return course;
}

}  // namespace burgeon
