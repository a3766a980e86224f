// Values of an axis: from the unit interval, as an override, and as text.

#include <algorithm>
#include <cmath>

#include "base/errors.h"
#include "spec/fields.h"
#include "sweep/sweep_spec.h"

namespace burgeon {

double Axis::at(double u) const {
  if (!range) {
    expect(!values.empty(), "an axis has values or a range");
    const auto n = values.size();
    return values[std::min(n - 1, static_cast<std::size_t>(u * static_cast<double>(n)))];
  }
  // In logarithms a range of several decades gets equal room for each.
  double value =
      kind == Kind::log ? std::exp(std::log(from) + u * (std::log(to) - std::log(from))) : from + u * (to - from);
  value = std::clamp(value, from, to);
  return whole ? std::round(value) : value;
}

std::string Axis::toml(double value) const {
  if (kind == Kind::choice) return choices.at(static_cast<std::size_t>(value));
  const std::string number = number_text(value);
  return unit.empty() ? number : '"' + number + ' ' + unit + '"';
}

std::string Axis::text(double value) const {
  if (kind != Kind::choice) return number_text(value);
  const std::string& word = choices.at(static_cast<std::size_t>(value));
  return word.starts_with('"') ? word.substr(1, word.size() - 2) : word;
}

}  // namespace burgeon
