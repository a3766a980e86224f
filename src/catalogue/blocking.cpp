#include "catalogue/blocking.h"

#include "base/errors.h"
#include "base/math.h"

namespace burgeon {

double ic50_of(const BlockKinetics& kinetics, std::string_view subunit) {
  if (subunit == "2A") return kinetics.ic50_2A;
  if (subunit == "2B") return kinetics.ic50_2B;
  if (subunit == "2C") return kinetics.ic50_2C;
  if (subunit == "2D") return kinetics.ic50_2D;
  expect(subunit == "human", "ic50_of: subunit is 2A, 2B, 2C, 2D or human");
  return kinetics.ic50_human;
}

Blocker blocker_from(const BlockKinetics& kinetics, std::string_view subunit, double concentration) {
  constexpr double RT_over_F = 26.727;     // mV at 310.15 K, CODATA 2018, doi:10.1103/RevModPhys.93.025010
  constexpr double measured_at = -66.0;    // mV, the potential that BlockKinetics refers to
  const double kon = kinetics.kon * 1e-3;  // 1/(uM s) -> 1/(uM ms)
  const double voltage_factor = kinetics.delta / RT_over_F;
  const double koff = kon * ic50_of(kinetics, subunit);
  return {.concentration = concentration,
          .kon = kon,
          .koff70 = koff * fast_exp(voltage_factor * (-70.0 - measured_at)),
          .voltage_factor = voltage_factor,
          .trapped = kinetics.trapped};
}

}  // namespace burgeon
