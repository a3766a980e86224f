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
  // Membranes: 2.01 and 2.12 uM, spines 2.19 and 2.31: the upper edge of the published 0.99-2.14, no potential gives less.
  EXPECT_NEAR(half_occupancy(membranes, "2A"), 2.117, 0.01);
  EXPECT_NEAR(half_occupancy(membranes, "2B"), 2.012, 0.01);
  EXPECT_LT(half_occupancy(membranes, "2B"), 2.1);
  EXPECT_NEAR(half_occupancy(spines, "2A"), 2.307, 0.01);  // a miss by a tenth
  EXPECT_NEAR(half_occupancy(spines, "2B"), 2.192, 0.01);  // a miss by 4 %

  // The mean over receptors at rest is not what an assay of open channels reads: 5 uM.
  EXPECT_GT(half_occupancy(rest, "2B"), 4.0);

  // Norketamine is 4-10 times weaker (by construction: its IC50 are 6.4 times those of ketamine).
  const double ratio = half_occupancy(membranes, "2B", true) / half_occupancy(membranes, "2B");
  EXPECT_GT(ratio, 4.0);
  EXPECT_LT(ratio, 10.0);
}

TEST(Occupancy, InfusionAndBolusB7) {
  Pk infusion(ketamine), bolus(ketamine);
  infusion.dose(Route::intravenous, 35.0, 0.0, 40.0);  // 0.5 mg/kg
  bolus.dose(Route::intravenous, 140.0, 0.0, 1.0);     // 2 mg/kg
  for (const Reading reading : {membranes, spines}) {
    for (const char* subunit : {"2A", "2B"}) {
      const Course course = occupancy_after(infusion, reading, subunit);
      EXPECT_GT(course.peak, 0.15) << subunit << " at " << reading.V << " mV";
      EXPECT_LT(course.peak, 0.35) << subunit << " at " << reading.V << " mV";
      EXPECT_LT(course.at_four_hours, 0.10) << subunit << " at " << reading.V << " mV";
      // The target is 60 %: missed by 2-5 points.
      const double peak = occupancy_after(bolus, reading, subunit).peak;
      EXPECT_GT(peak, 0.54) << subunit << " at " << reading.V << " mV";
      EXPECT_LT(peak, 0.60) << "the stated miss is one no longer: say so in docs/validation.md";
    }
  }
  // Receptors at rest: under a tenth at the peak of the infusion, so a mean over all receptors misses the band.
  EXPECT_LT(occupancy_after(infusion, rest, "2B").peak, 0.15);
}

}  // namespace
