// Plasma targets A1-A7 and the occupancy that follows from plasma (B7), for the default preset unless another is named.
// CAL: the default was fitted to it. VAL: follows.

#include <gtest/gtest.h>

#include <algorithm>

#include "support/pk.h"

namespace {

using namespace burgeon;
using models::v2::ketamine;
using models::v2::memantine;
using test::Pk;

/// 0.5 mg/kg racemate over 40 min in 70 kg.
Pk standard() {
  Pk pk(ketamine);
  pk.dose(Route::intravenous, 35.0, 0.0, 40.0);
  return pk;
}

/// Occupancy from the free concentrations of ketamine and norketamine, IC50 1.42 and 9.11 uM (Shaffer 2014).
double occupancy(const Pk& pk, double t) {
  const double load = pk.at(t, "effect_site") / 1.42 + pk.at(t, "norketamine.effect_site") / 9.11;
  return load / (1.0 + load);
}

void expect_between(double value, double low, double high, const char* what) {
  EXPECT_GE(value, low) << what;
  EXPECT_LE(value, high) << what;
}

TEST(PkTargets, A1StandardInfusionCAL) {
  const Pk pk = standard();
  EXPECT_NEAR(pk.time_of_peak("plasma_ng_ml", 0.0, 240.0), 40.0, 0.2);
  expect_between(pk.at(40.0, "plasma_ng_ml"), 160.0, 290.0, "arterial peak");
  double venous_peak = 0.0;
  for (double t = 30.0; t < 60.0; t += 0.5) venous_peak = std::max(venous_peak, pk.at(t, "venous_ng_ml"));
  expect_between(venous_peak, 130.0, 240.0, "venous peak");
  expect_between(pk.at(110.0, "plasma_ng_ml"), 25.0, 85.0, "110 min");
  expect_between(pk.at(230.0, "plasma_ng_ml"), 10.0, 40.0, "230 min");
}

TEST(PkTargets, DefaultHasClearanceAndVolumeOfTheRecommendation) {
  const Pk pk(ketamine);
  const double CL = pk.get("CL") * (1.0 + pk.get("CL_R_over_S")) / 2.0;
  const double V = (pk.get("V1") + pk.get("V2") + pk.get("V3")) * (1.0 + pk.get("V_R_over_S")) / 2.0;
  expect_between(CL, 80.0, 95.0, "CL, L/h");
  expect_between(V, 200.0, 290.0, "Vss, L");
}

TEST(PkTargets, A2EscalationCAL) {
  Pk pk(ketamine);
  const double rates[] = {0.28, 0.57, 1.14};  // mg/kg/h
  for (int hour = 0; hour < 3; ++hour) pk.dose(Route::intravenous, 70.0 * rates[hour], 60.0 * hour, 60.0);
  const double times[] = {60.0, 120.0, 180.0, 300.0}, observed[] = {64.0, 125.0, 249.0, 59.0};
  for (int k = 0; k < 4; ++k) {
    const double S = pk.at(times[k], "plasma_S"), R = pk.at(times[k], "plasma_R");
    expect_between(S, 0.7 * observed[k], 1.3 * observed[k], "S-ketamine");
    expect_between(R / S, 1.05, 1.5, "R over S");
  }
  // Metabolite peaks per enantiomer (calibrated): 0.72-0.84 and 0.22-0.25 uM at 3.5-5 h; here both enantiomers.
  const double nk = pk.time_of_peak("norketamine.plasma", 0.0, 900.0, 2.0);
  const double hnk = pk.time_of_peak("hydroxynorketamine.plasma", 0.0, 900.0, 2.0);
  expect_between(pk.at(nk, "norketamine.plasma"), 2 * 0.72, 2 * 0.84, "norketamine");
  expect_between(pk.at(hnk, "hydroxynorketamine.plasma"), 2 * 0.22, 2 * 0.25, "hydroxynorketamine");
  expect_between(hnk / 60.0, 3.5, 5.0, "time of the hydroxynorketamine peak, h");
}

TEST(PkTargets, A4LongEsketamineInfusion) {
  Pk pk(ketamine);
  const double stop = 4.2 * 1440.0;
  pk.set("fraction_S", 1.0).dose(Route::intravenous, 22.0 * stop / 60.0, 0.0, stop);
  const double steady = pk.at(stop, "plasma_ng_ml");
  expect_between(steady, 180.0, 300.0, "steady state");
  EXPECT_LT(pk.at(stop + 240.0, "plasma_ng_ml"), 0.15 * steady);
  EXPECT_EQ(pk.at(stop, "plasma_R"), 0.0);
}

TEST(PkTargets, A6NasalEsketamineCAL) {
  Pk pk(ketamine);
  pk.set("fraction_S", 1.0);
  for (const double t : {0.0, 5.0, 10.0}) pk.dose(Route::intranasal, 28.0, t);
  expect_between(pk.time_of_peak("plasma_S", 10.0, 120.0) - 10.0, 20.0, 40.0, "Tmax after the last spray, min");
  // Bioavailability as it would be measured: all that is ever eliminated, over the dose.
  expect_between(pk.at(60.0 * 24 * 60, "eliminated") / 84.0, 0.43, 0.55, "F");
}

TEST(PkTargets, A7MouseOccupancyClockVAL) {
  Pk pk(ketamine, "mouse");
  pk.dose(Route::subcutaneous, 30.0 * pk.get("body_mass"), 0.0);
  double peak = 0.0, when = 0.0;
  for (double t = 1.0; t < 60.0; t += 0.25)
    if (const double value = pk.at(t, "effect_site"); value > peak) peak = value, when = t;
  expect_between(when, 8.0, 20.0, "time of the peak, min");
  const double occupied = peak / (peak + 1.42), later = pk.at(60.0, "effect_site");
  EXPECT_GT(occupied, 0.5);
  EXPECT_LT(later / (later + 1.42), 0.25) << "ketamine's occupancy at 60 min";
}

TEST(PkTargets, RodentBrainLevels) {
  // Total brain 3-15 uM at 5-15 min after 10 mg/kg i.p., brain:plasma 6.5, half-life 13-30 min.
  for (const char* species : {"mouse", "rat"}) {
    Pk pk(ketamine, species);
    pk.dose(Route::intraperitoneal, 10.0 * pk.get("body_mass"), 0.0);
    const double peak = pk.time_of_peak("plasma", 0.0, 60.0);
    expect_between(peak, 5.0, 15.0, species);
    expect_between(6.5 * pk.at(peak, "plasma"), 3.0, 15.0, species);
    const double half_life = 30.0 * std::log(2.0) / std::log(pk.at(60.0, "plasma") / pk.at(90.0, "plasma"));
    expect_between(half_life, 13.0, 30.0, species);
  }
}

TEST(PkTargets, B7OccupancyFromPlasmaVAL) {
  Pk pk = standard();
  double peak = 0.0;
  for (double t = 0.0; t < 120.0; t += 1.0) peak = std::max(peak, occupancy(pk, t));
  expect_between(peak, 0.15, 0.35, "peak of 0.5 mg/kg");
  EXPECT_LT(occupancy(pk, 240.0), 0.10);

  pk.clear().dose(Route::intravenous, 140.0, 0.0, 1.0);
  peak = 0.0;
  for (double t = 0.0; t < 60.0; t += 0.5) peak = std::max(peak, occupancy(pk, t));
  EXPECT_GT(peak, 0.60) << "2 mg/kg";
}

TEST(PkTargets, DominoIsThePresetForBoluses) {
  // 10 mg i.v. (in one minute, assumed): 296 ng/mL at 2 min, PMC9118341 table 6. The default has no fast phase and misses by half.
  Pk domino(ketamine, "domino"), standard(ketamine);
  domino.dose(Route::intravenous, 10.0, 0.0, 1.0);
  standard.dose(Route::intravenous, 10.0, 0.0, 1.0);
  EXPECT_NEAR(domino.at(2.0, "plasma_ng_ml"), 296.0, 0.1 * 296.0);
  EXPECT_LT(standard.at(2.0, "plasma_ng_ml"), 0.6 * 296.0);
}

TEST(PkTargets, OralAndSublingualFollowTheirBioavailability) {
  // Chong 2006 and Rolan 2014: Tmax about 45-60 min, norketamine above ketamine.
  for (const Route route : {Route::oral, Route::sublingual}) {
    Pk pk(ketamine);
    pk.dose(route, 25.0, 0.0);
    expect_between(pk.time_of_peak("plasma", 0.0, 240.0, 1.0), 30.0, 60.0, "Tmax, min");
    const double nk = pk.at(pk.time_of_peak("norketamine.plasma", 0.0, 400.0, 1.0), "norketamine.plasma");
    EXPECT_GT(nk, pk.at(pk.time_of_peak("plasma", 0.0, 240.0, 1.0), "plasma"));
  }
}

TEST(PkTargets, MemantineLabel) {
  Pk pk(memantine);
  pk.dose(Route::oral, 16.62, 0.0);  // 20 mg of the hydrochloride
  expect_between(pk.time_of_peak("plasma", 0.0, 1440.0, 5.0) / 60.0, 3.0, 8.0, "Tmax, h");
  expect_between(24.0 * std::log(2.0) / std::log(pk.at(2880.0, "plasma") / pk.at(4320.0, "plasma")), 60.0, 100.0,
                 "half-life");
  for (int day = 1; day < 40; ++day) pk.dose(Route::oral, 16.62, 1440.0 * day);
  expect_between(pk.at(39.5 * 1440.0, "plasma_ng_ml"), 70.0, 150.0, "steady state");
}

// The block kinetics offered to receptors must reproduce the published potencies through the receptors' own Mg block.
TEST(PkTargets, BlockPotenciesWithMagnesium) {
  const auto unblocked = [](double K) { return 1.0 / (1.0 + std::exp(0.062 * 66.0) / K); };
  const auto check = [&](const BlockKinetics& k, double a, double b, double c, double d, double human,
                         double tolerance) {
    EXPECT_NEAR(k.ic50_2A / unblocked(3.57), a, tolerance * a);
    EXPECT_NEAR(k.ic50_2B / unblocked(3.57), b, tolerance * b);
    EXPECT_NEAR(k.ic50_2C / unblocked(45.6), c, tolerance * c);
    EXPECT_NEAR(k.ic50_2D / unblocked(23.4), d, tolerance * d);
    EXPECT_NEAR(k.ic50_human * std::exp(-k.delta * 4.0 / 26.73), human, tolerance * human);
  };
  check(ketamine.block[0], 5.35, 5.08, 1.18, 2.95, 0.71, 0.005);
  check(ketamine.block[1], 6.4 * 5.35, 6.4 * 5.08, 6.4 * 1.18, 6.4 * 2.95, 6.4 * 0.71, 0.005);
  check(memantine.block[0], 13.0, 10.0, 1.6, 1.8, 0.79, 0.005);
}

}  // namespace
