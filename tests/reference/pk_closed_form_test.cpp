// The closed form against an independent numerical integration of the differential equations, and conservation of mass.

#include <gtest/gtest.h>

#include <array>
#include <boost/numeric/odeint.hpp>
#include <cmath>
#include <string>

#include "support/pk.h"

namespace {

using namespace burgeon;
using models::v2::ketamine;
using models::v2::memantine;
using test::Pk;
namespace odeint = boost::numeric::odeint;

/// One enantiomer, amounts in mg, concentrations in mg/L; everything in hours and litres.
enum : std::size_t { a0, a1, a2, a3, venous, effect, nk, nk_effect, hnk, eliminated, size };
using State = std::array<double, size>;

struct Reference {
  double CL, Q2, Q3, V1, V2, V3, ka, F, ke0, k_venous, fm, CL_NK, V_NK, fm_H, CL_H, V_H;
  bool depot, first_pass;
  double rate;  // mg/h, zero-order input in force

  void operator()(const State& x, State& dx, double) const {
    const double c1 = x[a1] / V1, c2 = x[a2] / V2, c3 = x[a3] / V3;
    const double absorbed = depot ? ka * x[a0] : rate;
    // The depot holds the whole dose; F of what leaves it reaches the circulation.
    dx[a0] = depot ? rate - ka * x[a0] : 0.0;
    dx[a1] = F * absorbed - (CL + Q2 + Q3) * c1 + Q2 * c2 + Q3 * c3;
    dx[a2] = Q2 * (c1 - c2);
    dx[a3] = Q3 * (c1 - c3);
    dx[venous] = k_venous * (c1 - x[venous]);
    dx[effect] = ke0 * (c1 - x[effect]);
    const double presystemic = first_pass ? fm * (1.0 - F) * absorbed : 0.0;
    dx[nk] = fm * CL * c1 + presystemic - CL_NK * x[nk] / V_NK;
    dx[nk_effect] = ke0 * (x[nk] / V_NK - x[nk_effect]);
    dx[hnk] = fm_H * CL_NK * x[nk] / V_NK - CL_H * x[hnk] / V_H;
    dx[eliminated] = CL * c1;
  }
};

Reference reference(const Pk& pk, bool S, Route route) {
  const double ratio = pk.get("body_mass") / pk.get("reference_mass");
  const double c = std::pow(ratio, 0.75), rc = S ? 1.0 : pk.get("CL_R_over_S"),
               rv = ratio * (S ? 1.0 : pk.get("V_R_over_S"));
  Reference r{};
  r.CL = c * rc * pk.get("CL"), r.Q2 = c * pk.get("Q2"), r.Q3 = c * pk.get("Q3");
  r.V1 = rv * pk.get("V1"), r.V2 = rv * pk.get("V2"), r.V3 = rv * pk.get("V3");
  r.ke0 = 60.0 * pk.get("ke0"), r.k_venous = 60.0 * pk.get("k_venous");
  r.fm = pk.get("fm_NK"), r.CL_NK = c * pk.get("CL_NK"), r.V_NK = ratio * pk.get("V_NK");
  r.fm_H = pk.get("fm_HNK"), r.CL_H = c * pk.get("CL_HNK"), r.V_H = ratio * pk.get("V_HNK");
  const auto suffix = [&]() -> std::string {
    switch (route) {
      case Route::intranasal:
        return "nasal";
      case Route::oral:
        return "oral";
      case Route::sublingual:
        return "sublingual";
      case Route::intraperitoneal:
        return "ip";
      case Route::subcutaneous:
        return "sc";
      case Route::intramuscular:
        return "im";
      default:
        return "";
    }
  }();
  r.depot = !suffix.empty();
  r.F = r.depot ? pk.get("F_" + suffix) : 1.0;
  r.ka = r.depot ? pk.get("ka_" + suffix) : 0.0;
  r.first_pass = r.depot && route != Route::subcutaneous && route != Route::intramuscular;
  return r;
}

/// Integrates one dose of one enantiomer from its start to `t` [h] after it.
State integrate(Reference r, double amount, double duration, double t) {
  State x{};
  auto stepper = odeint::make_controlled(1e-13 * amount, 1e-12, odeint::runge_kutta_dopri5<State>());
  if (duration > 0.0) {
    r.rate = amount / duration;
    const double stop = std::min(t, duration);
    if (stop > 0.0) odeint::integrate_adaptive(stepper, r, x, 0.0, stop, 1e-5);
  } else {
    x[r.depot ? a0 : a1] = amount;
  }
  r.rate = 0.0;
  if (t > duration) odeint::integrate_adaptive(stepper, r, x, duration, t, 1e-5);
  return x;
}

/// Compares all signals of `pk` at time t [min] with the sum of the integrated doses.
void expect_equal(const Pk& pk, double t, const std::string& what) {
  State sum[2] = {};
  double given = 0.0, V1[2] = {}, V_NK = 0.0, V_H = 0.0, depot = 0.0;
  for (const Dose& dose : pk.doses())
    for (const int e : {0, 1}) {
      const Reference r = reference(pk, e == 0, dose.route);
      const double fraction = e == 0 ? pk.get("fraction_S") : 1.0 - pk.get("fraction_S");
      const double since = t / 60.0 - dose.start / Pk::minute / 60.0, duration = dose.duration / Pk::minute / 60.0;
      V1[e] = r.V1, V_NK = r.V_NK, V_H = r.V_H;
      if (since < 0.0 || fraction == 0.0) continue;
      const State x = integrate(r, fraction * dose.amount, duration, since);
      for (std::size_t k = 0; k < size; ++k) sum[e][k] += x[k];
      given += r.F * fraction * dose.amount * (duration > 0.0 ? std::min(1.0, since / duration) : 1.0);
      depot += r.F * x[a0];
    }
  const double uM = 1000.0 / 237.73, free = uM * pk.get("fu") * pk.get("Kp_uu"), rho = pk.get("potency_ratio_S_R");
  const double aR = 2.0 / (1.0 + rho), aS = 2.0 * rho / (1.0 + rho);
  const auto close = [&](std::string_view name, double expected, double scale) {
    EXPECT_NEAR(pk.at(t, name), expected, 2e-9 * std::abs(expected) + 1e-12 * scale)
        << what << ", " << name << " at " << t << " min";
  };
  const double dose_uM = uM * given / V1[0];
  close("plasma_S", 1000.0 * sum[0][a1] / V1[0], 1000.0);
  close("plasma_R", 1000.0 * sum[1][a1] / V1[1], 1000.0);
  close("plasma", uM * (sum[0][a1] / V1[0] + sum[1][a1] / V1[1]), dose_uM);
  close("venous_ng_ml", 1000.0 * (sum[0][venous] + sum[1][venous]), 1000.0);
  close("effect_site_S", free * sum[0][effect], dose_uM);
  close("effect_site_R", free * sum[1][effect], dose_uM);
  close("effect_site", free * (aS * sum[0][effect] + aR * sum[1][effect]), dose_uM);
  close("norketamine.plasma", uM * (sum[0][nk] + sum[1][nk]) / V_NK, dose_uM);
  close("norketamine.effect_site", free * (sum[0][nk_effect] + sum[1][nk_effect]), dose_uM);
  close("hydroxynorketamine.plasma", uM * (sum[0][hnk] + sum[1][hnk]) / V_H, dose_uM);
  close("depot", depot, given);
  close("eliminated", sum[0][eliminated] + sum[1][eliminated], given);
  double body = 0.0;
  for (const int e : {0, 1}) body += sum[e][a1] + sum[e][a2] + sum[e][a3];
  close("amount_in_body", body, given);

  // What went in is in the depot, in the body or gone.
  EXPECT_NEAR(pk.at(t, "depot") + pk.at(t, "amount_in_body") + pk.at(t, "eliminated"), given, 1e-12 * given) << what;
}

constexpr Route routes[] = {Route::intravenous,     Route::intranasal,   Route::oral,         Route::sublingual,
                            Route::intraperitoneal, Route::subcutaneous, Route::intramuscular};

TEST(PkClosedForm, EveryRouteOfTheDefaultMatchesIntegration) {
  for (const Route route : routes)
    for (const double duration : {0.0, 40.0}) {
      Pk pk(ketamine);
      pk.dose(route, 35.0, 0.0, duration);
      for (const double t : {0.5, 10.0, 40.0, 41.0, 110.0, 600.0})
        expect_equal(pk, t, "route " + std::to_string(int(route)) + ", duration " + std::to_string(duration));
    }
}

TEST(PkClosedForm, EveryPresetMatchesIntegration) {
  for (const PresetRow& preset : ketamine.presets) {
    Pk pk(ketamine, preset.name);
    const double mass = pk.get("body_mass");
    pk.dose(Route::intravenous, 0.5 * mass, 5.0, 40.0).dose(Route::intraperitoneal, 3.0 * mass, 20.0);
    for (const double t : {5.5, 20.0, 45.0, 90.0, 400.0}) expect_equal(pk, t, std::string(preset.name));
  }
}

TEST(PkClosedForm, OverlappingDosesOfOneEnantiomerMatchIntegration) {
  Pk pk(ketamine);
  pk.set("fraction_S", 1.0).set("body_mass", 52.0);
  pk.dose(Route::intravenous, 20.0, 0.0, 60.0).dose(Route::intravenous, 35.0, 30.0).dose(Route::oral, 100.0, 45.0);
  pk.dose(Route::intranasal, 28.0, 50.0, 2.0).dose(Route::intravenous, 500.0, 60.0, 300.0);
  for (const double t : {15.0, 30.0, 47.0, 51.0, 120.0, 359.0, 1000.0}) expect_equal(pk, t, "overlap");
}

// Partial fractions break down here: absorption, effect site, metabolites and disposition share their rates, exactly or
// nearly, and two compartments are alike.
TEST(PkClosedForm, CoincidingRatesMatchIntegration) {
  for (const double off : {0.0, 1e-14, 1e-9, 1e-5, 0.05}) {
    Pk pk(ketamine);
    pk.set("CL", 60.0).set("Q2", 0.0).set("Q3", 0.0).set("V1", 60.0).set("CL_R_over_S", 1.0).set("V_R_over_S", 1.0);
    pk.set("ka_oral", 1.0 + off).set("ke0", (1.0 - off) / 60.0).set("k_venous", (1.0 + 2.0 * off) / 60.0);
    pk.set("CL_NK", 80.0).set("V_NK", 80.0 * (1.0 + off)).set("CL_HNK", 40.0 * (1.0 + off)).set("V_HNK", 40.0);
    pk.dose(Route::oral, 100.0, 0.0).dose(Route::oral, 50.0, 30.0, 60.0).dose(Route::intravenous, 10.0, 10.0, 20.0);
    for (const double t : {1.0, 25.0, 89.0, 240.0, 1500.0}) expect_equal(pk, t, "off by " + std::to_string(off));

    // Three compartments with equal exchange rates: one mode is never entered.
    pk.set("Q2", 120.0).set("Q3", 60.0).set("V2", 120.0).set("V3", 60.0 * (1.0 + off));
    for (const double t : {1.0, 25.0, 89.0, 240.0}) expect_equal(pk, t, "alike, off by " + std::to_string(off));
  }
}

// The integration above is the judge, so it must be able to say no: a wrong sign of the return flow (k21) is caught.
TEST(PkClosedForm, AWrongReturnFlowWouldBeSeen) {
  Pk pk(ketamine, "domino");
  pk.dose(Route::intravenous, 35.0, 0.0, 40.0);
  Reference r = reference(pk, true, Route::intravenous);
  const double right = 1000.0 * integrate(r, 17.5, 2.0 / 3.0, 1.5)[a1] / r.V1;
  r.V2 = -r.V2;
  const double wrong = 1000.0 * integrate(r, 17.5, 2.0 / 3.0, 1.5)[a1] / r.V1;
  EXPECT_NEAR(pk.at(90.0, "plasma_S"), right, 1e-9 * right);
  EXPECT_GT(std::abs(wrong - right), 0.1 * right);
}

TEST(PkClosedForm, MemantineMatchesIntegration) {
  for (const PresetRow& preset : memantine.presets) {
    Pk pk(memantine, preset.name);
    const double V1 = pk.get("V1");
    pk.set("Q", 0.3 * V1).set("V2", 2.0 * V1);
    pk.dose(Route::oral, 16.6, 0.0).dose(Route::intravenous, 5.0, 120.0, 30.0).dose(Route::intraperitoneal, 3.0, 200.0);
    for (const double t : {60.0, 130.0, 600.0, 5000.0}) {
      State sum{};
      double given = 0.0;
      for (const Dose& dose : pk.doses()) {
        const std::string suffix = dose.route == Route::oral ? "oral" : "injected";
        Reference r{};
        r.CL = pk.get("CL"), r.Q2 = pk.get("Q"), r.V1 = V1, r.V2 = pk.get("V2"), r.V3 = 1.0, r.V_NK = 1.0, r.V_H = 1.0;
        r.ke0 = 60.0 * pk.get("ke0");
        r.depot = dose.route != Route::intravenous;
        r.F = r.depot ? pk.get("F_" + suffix) : 1.0;
        r.ka = r.depot ? pk.get("ka_" + suffix) : 0.0;
        const double since = (t - dose.start / Pk::minute) / 60.0, duration = dose.duration / Pk::minute / 60.0;
        if (since < 0.0) continue;
        const State x = integrate(r, dose.amount, duration, since);
        for (std::size_t k = 0; k < size; ++k) sum[k] += x[k];
        given += r.F * dose.amount * (duration > 0.0 ? std::min(1.0, since / duration) : 1.0);
      }
      const double concentration = sum[a1] / V1, tolerance = 1e-12 * given / V1;
      EXPECT_NEAR(pk.at(t, "plasma_ng_ml"), 1000.0 * concentration, 2e-6 * concentration + 1000.0 * tolerance);
      EXPECT_NEAR(pk.at(t, "effect_site"), 0.55 * 1000.0 / 179.30 * sum[effect], 2e-6 * sum[effect] + 10.0 * tolerance);
      EXPECT_NEAR(pk.at(t, "depot") + pk.at(t, "amount_in_body") + pk.at(t, "eliminated"), given, 1e-12 * given);
    }
  }
}

// Mass stays conserved over months, when old doses are no more than a number in `eliminated`.
TEST(PkClosedForm, MassIsConservedOverMonths) {
  Pk pk(ketamine);
  double given = 0.0;
  for (int k = 0; k < 60; ++k) {
    pk.dose(k % 2 == 0 ? Route::intravenous : Route::intramuscular, 35.0, 1440.0 * k, 40.0);
    given += k % 2 == 0 ? 35.0 : 35.0 * pk.get("F_im");
    const double t = 1440.0 * k + 40.0 + 7.0 * k;
    EXPECT_NEAR(pk.at(t, "depot") + pk.at(t, "amount_in_body") + pk.at(t, "eliminated"), given, 1e-12 * given);
  }
}

}  // namespace
