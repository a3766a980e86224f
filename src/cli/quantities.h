#pragma once
// Spec values as people write them: distributions, wiring rules, routes.

#include <string>
#include <string_view>

#include "spec/model_spec.h"

namespace burgeon::cli {

/// "1.2 nS", "lognormal(0.4, 0.3) nS", "normal(-65, 2) mV in [-72, -58]". Values of `draw` are in internal units and shown
/// in `unit`.
[[nodiscard]] std::string format_draw(const Draw& draw, std::string_view unit);
/// "bernoulli p = 0.1", "fixed in-degree 80".
[[nodiscard]] std::string format_wiring(const WiringSpec& wiring);
[[nodiscard]] std::string_view route_name(Route route);
[[nodiscard]] std::string_view intervention_name(InterventionSpec::Kind kind);
[[nodiscard]] std::string_view input_name(InputSpec::Kind kind);
[[nodiscard]] std::string_view record_name(RecordSpec::Kind kind);
/// Value in the unit of a row, for display; NaN: "required".
[[nodiscard]] std::string format_number(double value);

}  // namespace burgeon::cli
