// Values of an axis: from the unit interval, as an override, and as text.

#include <algorithm>
#include <cmath>

#include "base/errors.h"
#include "base/random.h"
#include "spec/fields.h"
#include "sweep/sweep_spec.h"

namespace burgeon {

namespace {

double normal_below(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

/// Quantile of a normal or lognormal distribution that is cut at both ends.
double quantile(const Axis& axis, double u) {
  const bool logarithmic = axis.spread == Axis::Spread::lognormal;
  // Mean and SD of the value itself, as in model files: ln x has variance ln(1 + sd^2 / mean^2).
  const double variance = logarithmic ? std::log1p(axis.sd * axis.sd / (axis.mean * axis.mean)) : axis.sd * axis.sd;
  const double centre = logarithmic ? std::log(axis.mean) - 0.5 * variance : axis.mean;
  const double sd = std::sqrt(variance);
  const auto below = [&](double x) {
    if (logarithmic) return x > 0.0 ? normal_below((std::log(x) - centre) / sd) : 0.0;
    return normal_below((x - centre) / sd);
  };
  const double low = below(axis.from), high = below(axis.to);
  // Neither end has a quantile; nobody is that rare.
  const double p = std::clamp(low + u * (high - low), 1e-12, 1.0 - 1e-12);
  const double x = centre + sd * normal_quantile(p);
  return std::clamp(logarithmic ? std::exp(x) : x, axis.from, axis.to);
}

}  // namespace

double Axis::at(double u) const {
  if (spread == Spread::weights) {
    const auto place = std::upper_bound(cumulative.begin(), cumulative.end() - 1, u);
    return values[static_cast<std::size_t>(place - cumulative.begin())];
  }
  if (spread != Spread::none) {
    const double value = quantile(*this, u);
    return whole ? std::round(value) : value;
  }
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
