// Occupancy of NMDA receptors as displacement studies see it (B6, B7), from burgeon's own pharmacokinetics and receptor kernel.
//
// The published numbers are displacement of [3H]MK-801 in rats against unbound plasma (Shaffer 2014, Neuropharmacology 86:174,
// abstract: 1.42 (0.99-2.14) uM). MK-801 enters open channels free of magnesium only, so what is read is the block of receptors that
// are activated and depolarised at that moment, not the mean over all receptors. Two readings of that, none fitted:
//   membranes   agonist present, no magnesium, no potential (0 mV): what a binding assay on tissue offers
//   spines      agonist present, 1 mM magnesium, -20 mV: an active synapse in the living brain (potential assumed)
// Receptors are 2A and 2B, the bulk in the forebrain. For comparison the same receptors at rest, -66 mV.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <string_view>

#include "base/noise.h"
#include "catalogue/blocking.h"
#include "models/catalogue.h"
#include "support/cells.h"
#include "support/pk.h"

namespace {

using namespace burgeon;
using models::v2::ketamine;
using test::Cells;
using test::Pk;

struct Reading {
  double V, Mg;
};
constexpr Reading membranes{0.0, 0.0}, spines{-20.0, 1.0}, rest{-66.0, 1.0};

/// Receptors of one subunit class with agonist, held at V, seen by ketamine (0) and norketamine (1).
class Receptors {
 public:
  Receptors(Reading reading, const char* subunit, double dt)
      : cells_(models::catalogue(best_simd()), "lif_cond", 1, dt, {{"E_L", reading.V}}),
        nmda_(cells_.add_receptor(
            "nmda_gated", {{"Mg", reading.Mg}, {"K_Mg", 3.57}},
            {blocker_from(ketamine.block[0], subunit, 0.0), blocker_from(ketamine.block[1], subunit, 0.0)})) {
    cells_.state(1)[0] = 1e15;  // refractory: V stays
  }
  void step(double ketamine_uM, double norketamine_uM) {
    cells_.blockers(nmda_)[0].concentration = ketamine_uM;
    cells_.blockers(nmda_)[1].concentration = norketamine_uM;
    cells_.input(nmda_)[0] = 1.0F;
    cells_.step();
  }
  double occupied() {
    double sum = 0.0;
    for (std::size_t pool = 0; pool < 4; ++pool) sum += cells_.blocked(nmda_, pool)[0];
    return sum;
  }

 private:
  Cells cells_;
  std::size_t nmda_;
};

/// Concentration of half occupancy [uM] of ketamine or norketamine.
double half_occupancy(Reading reading, const char* subunit, bool of_norketamine = false) {
  Receptors receptors(reading, subunit, 20.0);
  const double C = of_norketamine ? 10.0 : 2.0;
  for (int k = 0; k < 60000; ++k) receptors.step(of_norketamine ? 0.0 : C, of_norketamine ? C : 0.0);
  return C * (1.0 - receptors.occupied()) / receptors.occupied();
}

struct Course {
  double peak, at_four_hours;
};
Course occupancy_after(const Pk& pk, Reading reading, const char* subunit) {
  constexpr double dt = 100.0, minute = 60000.0;
  Receptors receptors(reading, subunit, dt);
  Course course{0.0, 0.0};
  double C = 0.0, N = 0.0;
  for (int k = 0; k < 240 * 600; ++k) {
    if (k % 10 == 0) {
      C = pk.at(k * dt / minute, "effect_site");
      N = pk.at(k * dt / minute, "norketamine.effect_site");
    }
    receptors.step(C, N);
    course.peak = std::max(course.peak, receptors.occupied());
  }
  course.at_four_hours = receptors.occupied();
  return course;
}

TEST(Occupancy, HalfOccupancyB6) {
  // Membranes: 2.01 and 2.12 uM. Displacement reads all receptors of the tissue at once; with two hyperbolas of equal weight half of
  // all are occupied at the geometric mean, 2.06 uM (equal weight assumed: any share of 2A below 0.8 stays under 2.1).
  const double a = half_occupancy(membranes, "2A"), b = half_occupancy(membranes, "2B");
  EXPECT_NEAR(a, 2.117, 0.01);
  EXPECT_NEAR(b, 2.012, 0.01);
  EXPECT_LT(a, 2.14);  // upper end of the published interval; the target's 2.1 is that end rounded
  const double tissue = std::sqrt(a * b);
  EXPECT_GT(tissue, 1.0);
  EXPECT_LT(tissue, 2.1);
  EXPECT_NEAR(half_occupancy(spines, "2A"), 2.307, 0.01);  // a miss by a tenth
  EXPECT_NEAR(half_occupancy(spines, "2B"), 2.192, 0.01);  // a miss by 4 %
  // Not every affinity would do: that of the class `human` lies far outside.
  EXPECT_GT(half_occupancy(membranes, "human"), 5.0);

  // The mean over receptors at rest is not what an assay of open channels reads: 5 uM.
  EXPECT_GT(half_occupancy(rest, "2B"), 4.0);

  // Norketamine is 4-10 times weaker (by construction: its IC50 are 6.4 times those of ketamine).
  const double ratio = half_occupancy(membranes, "2B", true) / half_occupancy(membranes, "2B");
  EXPECT_GT(ratio, 4.0);
  EXPECT_LT(ratio, 10.0);
}

/// 0.5 mg/kg over 40 min.
void infuse(Pk& pk) { pk.clear().dose(Route::intravenous, 35.0, 0.0, 40.0); }
/// 2 mg/kg in one minute.
void inject(Pk& pk) { pk.clear().dose(Route::intravenous, 140.0, 0.0, 1.0); }

TEST(Occupancy, InfusionAndBolusB7) {
  // The preset for boluses within minutes is domino: the only one with a fast phase (docs/drugs.md). The default serves infusions;
  // its bolus is held here so that the miss stays known.
  for (const char* preset : {"default", "domino"}) {
    Pk pk(ketamine, preset);
    for (const Reading reading : {membranes, spines}) {
      for (const char* subunit : {"2A", "2B"}) {
        const std::string where = std::string(preset) + ", " + subunit + " at " + std::to_string(reading.V) + " mV";
        infuse(pk);
        const Course course = occupancy_after(pk, reading, subunit);
        EXPECT_GT(course.peak, 0.15) << where;
        EXPECT_LT(course.peak, 0.35) << where;
        EXPECT_LT(course.at_four_hours, 0.10) << where;
        inject(pk);
        const double peak = occupancy_after(pk, reading, subunit).peak;
        std::printf("%s: infusion %.3f, %.3f at 4 h, bolus %.3f\n", where.c_str(), course.peak, course.at_four_hours,
                    peak);
        if (std::string_view(preset) == "domino") {
          EXPECT_GT(peak, 0.60) << where;
        } else {
          EXPECT_GT(peak, 0.54) << where;
          EXPECT_LT(peak, 0.60) << "the stated miss is one no longer: say so in docs/validation.md";
        }
      }
    }
  }
  // Receptors at rest: under a tenth at the peak of the infusion, so a mean over all receptors misses the band.
  Pk pk(ketamine);
  infuse(pk);
  EXPECT_LT(occupancy_after(pk, rest, "2B").peak, 0.15);
}

TEST(Occupancy, TheDefaultMissesB7ByItsSlowEffectSiteAlone) {
  // Half-time of equilibration after a bolus of 1.5 mg/kg: 23 s for slow waves, 47 s for theta (Sleigh 2019, doi 10.1016/j.bja.2019.07.021,
  // abstract). The 6.1 min of the default are the mean over slower effects of infusions.
  for (const double half_time_s : {23.0, 47.0}) {
    Pk pk(ketamine);
    pk.set("ke0", 60.0 * std::log(2.0) / half_time_s);
    inject(pk);
    for (const char* subunit : {"2A", "2B"}) EXPECT_GT(occupancy_after(pk, spines, subunit).peak, 0.60) << subunit;
  }
}

}  // namespace
