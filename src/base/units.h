#pragma once
// Quantities with units: "0.5 mg/kg", "40 min", "13.3 kHz", "1.5 nS".
//
// Inside burgeon everything is in one consistent set of units, so that no conversion factor appears in an equation:
// ms, mV, nS, pA, pF, 1/ms, mg (substance), kg (body), L, uM, um. (pA = nS mV, pF mV / ms = pA.)

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace burgeon {

/// Exponents of the base dimensions. Body mass (kg) is kept apart from the mass of a substance (ng ug mg g), so that
/// "mg/kg" keeps its meaning; amount of substance (umol, hence uM = umol/L) is kept apart from both.
struct Dimension {
  enum Base : std::size_t { time, voltage, current, substance, body_mass, amount, volume, length, base_count };
  std::array<std::int8_t, base_count> exponent{};
  friend bool operator==(const Dimension&, const Dimension&) = default;
};

/// A value in internal units and its dimension.
struct Quantity {
  double value = 0.0;
  Dimension dimension;
};

/// Parses a unit expression, e.g. "mg/kg", "1/ms", "nS", "L/h/kg", "uM^-1 s^-1", "" or "1" (dimensionless), "%".
/// Returns the factor to internal units and the dimension; nullopt when a unit is unknown (then `error` says which, and
/// lists near names).
[[nodiscard]] std::optional<Quantity> parse_unit(std::string_view text, std::string* error = nullptr);

/// Parses "number unit". A number without unit is accepted only as dimensionless.
[[nodiscard]] std::optional<Quantity> parse_quantity(std::string_view text, std::string* error = nullptr);

/// Factor from `unit` to internal units. Precondition: `unit` is a valid unit expression (used for units in our own rows).
[[nodiscard]] double unit_factor(std::string_view unit);

/// Human name of a dimension, e.g. "time", "conductance", "dose per body mass", or a product of base units.
[[nodiscard]] std::string dimension_name(const Dimension& dimension);
/// A few units one may write for this dimension, e.g. {"ms", "s", "min", "h", "d", "wk"}.
[[nodiscard]] std::vector<std::string> units_of(const Dimension& dimension);

}  // namespace burgeon
