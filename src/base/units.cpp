#include "base/units.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "base/errors.h"
#include "base/nearest.h"

namespace burgeon {

namespace {

using Exponents = std::array<std::int8_t, Dimension::base_count>;

/// One unit: numerator * 10^ten internal units. Powers of ten are kept apart, so that "0.3 ms" and "0.0003 s" become the
/// same double.
struct UnitRow {
  std::string_view name;
  double numerator;
  int ten;
  Exponents exponent;  ///< time, voltage, current, substance, body mass, amount, volume, length
};

constexpr Exponents none{}, time_{1}, rate{-1}, voltage{0, 1}, current{0, 0, 1}, conductance{0, -1, 1},
    capacitance{1, -1, 1}, substance{0, 0, 0, 1}, body{0, 0, 0, 0, 1}, amount{0, 0, 0, 0, 0, 1},
    concentration{0, 0, 0, 0, 0, 1, -1}, volume{0, 0, 0, 0, 0, 0, 1}, length{0, 0, 0, 0, 0, 0, 0, 1};

// SI prefixes and clock units; a week is 7 days, a day 24 h.
constexpr UnitRow units[] = {
    {"1", 1, 0, none},           {"%", 1, -2, none},         {"us", 1, -3, time_},         {"ms", 1, 0, time_},
    {"s", 1, 3, time_},          {"min", 6, 4, time_},       {"h", 36, 5, time_},          {"d", 864, 5, time_},
    {"wk", 6048, 5, time_},      {"Hz", 1, -3, rate},        {"kHz", 1, 0, rate},          {"uV", 1, -3, voltage},
    {"mV", 1, 0, voltage},       {"V", 1, 3, voltage},       {"pA", 1, 0, current},        {"nA", 1, 3, current},
    {"uA", 1, 6, current},       {"pS", 1, -3, conductance}, {"nS", 1, 0, conductance},    {"uS", 1, 3, conductance},
    {"mS", 1, 6, conductance},   {"fF", 1, -3, capacitance}, {"pF", 1, 0, capacitance},    {"nF", 1, 3, capacitance},
    {"uF", 1, 6, capacitance},   {"ng", 1, -6, substance},   {"ug", 1, -3, substance},     {"mg", 1, 0, substance},
    {"g", 1, 3, substance},      {"kg", 1, 0, body},         {"nmol", 1, -3, amount},      {"umol", 1, 0, amount},
    {"mmol", 1, 3, amount},      {"mol", 1, 6, amount},      {"nM", 1, -3, concentration}, {"uM", 1, 0, concentration},
    {"mM", 1, 3, concentration}, {"M", 1, 6, concentration}, {"uL", 1, -6, volume},        {"mL", 1, -3, volume},
    {"dL", 1, -1, volume},       {"L", 1, 0, volume},        {"nm", 1, -3, length},        {"um", 1, 0, length},
    {"mm", 1, 3, length},        {"cm", 1, 4, length},
};

/// What a dimension is called and which units one would write for it.
struct DimensionRow {
  Exponents exponent;
  std::string_view name;
  std::string_view examples;  ///< separated by spaces
};

constexpr DimensionRow dimensions[] = {
    {none, "dimensionless", "%"},
    {time_, "time", "ms s min h d wk"},
    {rate, "rate", "Hz kHz 1/ms 1/s 1/min 1/h 1/d"},
    {voltage, "voltage", "mV V uV"},
    {current, "current", "pA nA"},
    {conductance, "conductance", "nS uS pS"},
    {capacitance, "capacitance", "pF nF"},
    {substance, "mass of substance", "ng ug mg g"},
    {body, "body mass", "kg"},
    {{0, 0, 0, 1, -1}, "dose per body mass", "mg/kg ug/kg"},
    {{-1, 0, 0, 1}, "substance per time", "mg/min mg/h"},
    {{-1, 0, 0, 1, -1}, "dose per body mass and time", "mg/kg/h ug/kg/min"},
    {amount, "amount of substance", "umol nmol mmol"},
    {concentration, "concentration", "uM nM mM"},
    {{0, 0, 0, 1, 0, 0, -1}, "mass concentration", "mg/L ng/mL"},
    {{0, 0, 0, 1, 0, -1}, "molar mass", "g/mol mg/umol"},
    {volume, "volume", "L mL"},
    {{0, 0, 0, 0, -1, 0, 1}, "volume per body mass", "L/kg mL/kg"},
    {{-1, 0, 0, 0, 0, 0, 1}, "clearance", "L/h mL/min"},
    {{-1, 0, 0, 0, -1, 0, 1}, "clearance per body mass", "L/h/kg mL/min/kg"},
    {{-1, 0, 0, 0, 0, -1, 1}, "association rate", "1/uM/s 1/uM/ms"},
    {{0, -1}, "per voltage", "1/mV"},
    {length, "length", "um mm nm"},
};

constexpr std::string_view base_units[] = {"ms", "mV", "pA", "mg", "kg", "umol", "L", "um"};

/// A product of units: numerator / denominator * 10^ten.
struct Scale {
  double numerator = 1.0, denominator = 1.0;
  int ten = 0;
  std::array<int, Dimension::base_count> exponent{};

  void multiply(const Scale& by, int power) {
    for (int k = 0; k < std::abs(power); ++k) {
      numerator *= power > 0 ? by.numerator : by.denominator;
      denominator *= power > 0 ? by.denominator : by.numerator;
    }
    ten += by.ten * power;
    for (std::size_t k = 0; k < exponent.size(); ++k) exponent[k] += by.exponent[k] * power;
  }
};

/// Recursive descent over "factor { (' ' | '*' | '/') factor }", factor = unit | number 1 | '(' product ')', each with an
/// optional '^' integer. A '/' applies to the next factor only.
class UnitParser {
 public:
  UnitParser(std::string_view text, std::string* error) : text_(text), error_(error) {}

  std::optional<Scale> parse() {
    Scale scale;
    if (at_end()) return scale;
    if (text_.size() > longest) return fail("unit too long: at most " + std::to_string(longest) + " characters");
    if (!product(scale, 0)) return std::nullopt;
    if (!at_end())
      return fail("unexpected '" + std::string(1, text_[position_]) + "' in unit '" + std::string(text_) + "'");
    // What is beyond the range of an eight-bit exponent or of a double is no unit.
    const auto beyond = [](int e) { return std::abs(e) > 100; };
    if (beyond(scale.ten) || std::any_of(scale.exponent.begin(), scale.exponent.end(), beyond))
      return fail("exponent out of range in unit '" + std::string(text_) + "'");
    return scale;
  }

 private:
  static constexpr int deepest = 8;
  static constexpr std::size_t longest = 64;

  bool at_end() const { return position_ >= text_.size(); }
  bool next_is(char c) const { return !at_end() && text_[position_] == c; }
  void skip_spaces() {
    while (next_is(' ')) ++position_;
  }
  std::nullopt_t fail(std::string message) {
    if (error_ && error_->empty()) *error_ = std::move(message);
    return std::nullopt;
  }

  bool product(Scale& scale, int depth) {
    int sign = 1;
    while (true) {
      if (!factor(scale, sign, depth)) return false;
      skip_spaces();
      if (at_end() || next_is(')')) return true;
      // A space or a star multiplies, a slash divides by what follows.
      sign = next_is('/') ? -1 : 1;
      if (next_is('/') || next_is('*')) ++position_;
      skip_spaces();
    }
  }

  bool factor(Scale& scale, int sign, int depth) {
    Scale inner;
    if (next_is('(')) {
      ++position_;
      skip_spaces();
      if (depth >= deepest || !product(inner, depth + 1) || !next_is(')')) {
        fail("unbalanced parentheses in unit '" + std::string(text_) + "'");
        return false;
      }
      ++position_;
    } else if (!unit(inner)) {
      return false;
    }
    int power = 1;
    if (!exponent(power)) return false;
    scale.multiply(inner, sign * power);
    return true;
  }

  bool exponent(int& power) {
    if (!next_is('^')) return true;
    ++position_;
    if (next_is('+')) ++position_;
    const auto [end, code] = std::from_chars(text_.data() + position_, text_.data() + text_.size(), power);
    if (code != std::errc() || std::abs(power) > 9) {
      fail("a unit's exponent is a whole number from -9 to 9, in '" + std::string(text_) + "'");
      return false;
    }
    position_ = static_cast<std::size_t>(end - text_.data());
    return true;
  }

  bool unit(Scale& scale) {
    const std::size_t begin = position_;
    while (!at_end() && std::string_view(" */^()").find(text_[position_]) == std::string_view::npos) ++position_;
    std::string name(text_.substr(begin, position_ - begin));
    // Both code points for the micro sign are accepted for 'u'.
    for (const std::string_view micro : {"\xC2\xB5", "\xCE\xBC"})
      if (name.starts_with(micro)) name = "u" + name.substr(micro.size());
    for (const UnitRow& row : units)
      if (row.name == name) {
        scale.numerator = row.numerator;
        scale.ten = row.ten;
        std::copy(row.exponent.begin(), row.exponent.end(), scale.exponent.begin());
        return true;
      }
    unknown(name);
    return false;
  }

  void unknown(const std::string& name) {
    if (name.empty()) {
      fail("a unit is missing in '" + std::string(text_) + "'");
      return;
    }
    std::vector<std::string> known;
    for (const UnitRow& row : units) known.emplace_back(row.name);
    const std::string near = nearest_name(name, known);
    fail("unknown unit '" + name + "'" + (near.empty() ? "" : " (did you mean '" + near + "'?)"));
  }

  std::string_view text_;
  std::string* error_;
  std::size_t position_ = 0;
};

Dimension dimension_of(const Scale& scale) {
  Dimension dimension;
  for (std::size_t k = 0; k < scale.exponent.size(); ++k)
    dimension.exponent[k] = static_cast<std::int8_t>(scale.exponent[k]);
  return dimension;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Decimal number with its exponent shifted by `ten`, correctly rounded in one go.
std::optional<double> shifted(std::string_view number, int ten) {
  const std::size_t mark = number.find_first_of("eE");
  int power = 0;
  if (mark != std::string_view::npos) {
    std::string_view digits = number.substr(mark + 1);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    if (std::from_chars(digits.data(), digits.data() + digits.size(), power).ec != std::errc()) return std::nullopt;
    if (std::abs(power) > 100000) return std::nullopt;
  }
  const std::string text = std::string(number.substr(0, mark)) + "e" + std::to_string(power + ten);
  double value = 0.0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc()) return std::nullopt;
  return value;
}

/// Length of the decimal number at the start of `text`; 0 when there is none. No hexadecimal, infinity or NaN.
std::size_t number_length(std::string_view text) {
  std::size_t k = 0;
  const auto digits = [&] {
    const std::size_t begin = k;
    while (k < text.size() && text[k] >= '0' && text[k] <= '9') ++k;
    return k - begin;
  };
  if (k < text.size() && text[k] == '-') ++k;
  std::size_t count = digits();
  if (k < text.size() && text[k] == '.') {
    ++k;
    count += digits();
  }
  if (count == 0) return 0;
  const std::size_t mantissa = k;
  if (k < text.size() && (text[k] == 'e' || text[k] == 'E')) {
    ++k;
    if (k < text.size() && (text[k] == '+' || text[k] == '-')) ++k;
    if (digits() == 0) return mantissa;
  }
  return k;
}

}  // namespace

std::optional<Quantity> parse_unit(std::string_view text, std::string* error) {
  if (error) error->clear();
  const auto scale = UnitParser(trim(text), error).parse();
  if (!scale) return std::nullopt;
  return Quantity{shifted("1", scale->ten).value() * scale->numerator / scale->denominator, dimension_of(*scale)};
}

std::optional<Quantity> parse_quantity(std::string_view text, std::string* error) {
  const auto fail = [&](std::string message) {
    if (error) *error = std::move(message);
    return std::nullopt;
  };
  if (error) error->clear();
  text = trim(text);
  std::string_view number = text;
  if (number.starts_with('+')) number.remove_prefix(1);
  const std::size_t digits = number_length(number);
  if (digits == 0) return fail("'" + std::string(text) + "' is not a number with a unit");

  const auto scale = UnitParser(trim(number.substr(digits)), error).parse();
  if (!scale) return std::nullopt;
  const auto value = shifted(number.substr(0, digits), scale->ten);
  if (!value) return fail("'" + std::string(text) + "' is too large or too small");
  const double converted = *value * scale->numerator / scale->denominator;
  if (!std::isfinite(converted)) return fail("'" + std::string(text) + "' is too large");
  return Quantity{converted, dimension_of(*scale)};
}

double unit_factor(std::string_view unit) {
  const auto quantity = parse_unit(unit);
  expect(quantity.has_value(), "unit_factor needs a valid unit");
  return quantity->value;
}

std::string dimension_name(const Dimension& dimension) {
  for (const DimensionRow& row : dimensions)
    if (row.exponent == dimension.exponent) return std::string(row.name);
  return units_of(dimension).front();
}

std::vector<std::string> units_of(const Dimension& dimension) {
  std::vector<std::string> result;
  for (const DimensionRow& row : dimensions) {
    if (row.exponent != dimension.exponent) continue;
    for (std::string_view rest = row.examples; !rest.empty();) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      result.emplace_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return result;
  }
  std::string product;
  for (std::size_t k = 0; k < std::size(base_units); ++k) {
    const int e = dimension.exponent[k];
    if (e == 0) continue;
    product += (product.empty() ? "" : " ") + std::string(base_units[k]) + (e == 1 ? "" : "^" + std::to_string(e));
  }
  return {product};
}

}  // namespace burgeon
