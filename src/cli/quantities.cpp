#include "cli/quantities.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "base/units.h"

namespace burgeon::cli {
namespace {

/// Name of an enumerator from the list of all.
template <class Enum, std::size_t n>
std::string_view name_of(Enum value, const std::array<std::string_view, n>& names) {
  const auto index = static_cast<std::size_t>(value);
  return index < n ? names[index] : "?";
}

std::string with_unit(const std::string& text, std::string_view unit) {
  return unit.empty() || unit == "1" ? text : fmt::format("{} {}", text, unit);
}

}  // namespace

std::string format_number(double value) {
  if (std::isnan(value)) return "required";
  if (std::abs(value) >= 1e299) return value > 0.0 ? "inf" : "-inf";
  return fmt::format("{:.6g}", value);
}

std::string format_draw(const Draw& draw, std::string_view unit) {
  static constexpr std::array<std::string_view, 5> names = {"", "uniform", "normal", "lognormal", "exponential"};
  const double factor = 1.0 / unit_factor(unit);
  const std::string a = format_number(draw.a * factor);
  if (draw.kind == Draw::Kind::constant) return with_unit(a, unit);

  std::string text = fmt::format("{}({}", name_of(draw.kind, names), a);
  if (draw.kind != Draw::Kind::exponential) text += ", " + format_number(draw.b * factor);
  text = with_unit(text + ")", unit);
  const bool low = draw.low > -1e299;
  const bool high = draw.high < 1e299;
  if (low && high)
    return fmt::format("{} in [{}, {}]", text, format_number(draw.low * factor), format_number(draw.high * factor));
  if (low) return fmt::format("{} >= {}", text, format_number(draw.low * factor));
  if (high) return fmt::format("{} <= {}", text, format_number(draw.high * factor));
  return text;
}

std::string format_wiring(const WiringSpec& wiring) {
  using Rule = WiringSpec::Rule;
  const std::string kernel = wiring.kernel == WiringSpec::Kernel::gaussian ? "gaussian" : "exponential";
  std::string text;
  switch (wiring.rule) {
    case Rule::all_to_all:
      text = "all to all";
      break;
    case Rule::one_to_one:
      text = "one to one";
      break;
    case Rule::bernoulli:
      text = fmt::format("p = {:.4g}", wiring.p);
      break;
    case Rule::fixed_in_degree:
      text = fmt::format("in-degree {}", wiring.number);
      break;
    case Rule::fixed_out_degree:
      text = fmt::format("out-degree {}", wiring.number);
      break;
    case Rule::fixed_total:
      text = fmt::format("{} in total", wiring.number);
      break;
    case Rule::distance:
      text = fmt::format("p(0) = {:.4g}, {} {:.4g} um", wiring.p, kernel, wiring.width);
      break;
    case Rule::ring:
      text = fmt::format("p(0) = {:.4g}, {} {:.4g} rad", wiring.p, kernel, wiring.width);
      break;
  }
  if (!wiring.autapses) text += ", no autapses";
  if (!wiring.multapses) text += ", no multapses";
  return text;
}

std::string_view route_name(Route route) {
  static constexpr std::array<std::string_view, 8> names = {"i.v.", "nasal", "oral", "sublingual",
                                                            "i.p.", "s.c.",  "i.m.", "clamp"};
  return name_of(route, names);
}

std::string_view intervention_name(InterventionSpec::Kind kind) {
  static constexpr std::array<std::string_view, 5> names = {"clamp signal", "block receptor", "silence",
                                                            "scale weights", "delete synapses"};
  return name_of(kind, names);
}

std::string_view input_name(InputSpec::Kind kind) {
  static constexpr std::array<std::string_view, 5> names = {"Poisson spikes", "current", "OU current", "OU conductance",
                                                            "spike list"};
  return name_of(kind, names);
}

std::string_view record_name(RecordSpec::Kind kind) {
  static constexpr std::array<std::string_view, 8> names = {"spikes", "variable", "rate",  "signal",
                                                            "block",  "lfp",      "edges", "graph"};
  return name_of(kind, names);
}

}  // namespace burgeon::cli
