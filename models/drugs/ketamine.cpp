// Ketamine: racemate or single enantiomer, with norketamine and hydroxynorketamine.
//
// Equations, per enantiomer e (amounts A in mg of ketamine, concentrations C = A / V):
//   depot           dA0/dt = F u(t) - ka A0                    (i.v.: A0 is skipped, F = 1)
//   central         dA1/dt = ka A0 - (CL + Q2 + Q3) C1 + Q2 C2 + Q3 C3
//   peripheral      dA2/dt = Q2 (C1 - C2),   dA3/dt = Q3 (C1 - C3)
//   venous          dCv/dt = k_venous (C1 - Cv)
//   effect site     dCe/dt = ke0 (fu Kp_uu C1 - Ce)
//   norketamine     dN/dt  = fm_NK (CL C1 + first pass) - CL_NK N / V_NK,  own effect site with the same fu, Kp_uu, ke0
//   hydroxynorket.  dH/dt  = fm_HNK CL_NK N / V_NK - CL_HNK H / V_HNK
// u(t): bolus or zero-order input. First pass: fm_NK of what nasal, oral, sublingual and intraperitoneal doses lose
// before the circulation enters as norketamine with the rate ka.
// `effect_site` weighs the enantiomers by potency, so that equal S and R count one to one:
//   Ce = a_S Ce_S + a_R Ce_R,  a_S + a_R = 2,  a_S / a_R = potency_ratio_S_R;
// it is the racemate-equivalent concentration that the receptor's IC50 (of the racemate) refers to.
// Clamp doses add to `effect_site` as they stand.
//
// Method: closed form, see pharmacokinetics.h. Limits: linear kinetics, no genotype, sex or inhibitor effects, one
// bioavailability per route at all doses, both enantiomers metabolised alike.

#include "models/drugs/ketamine_parameters.h"
#include "models/drugs/pharmacokinetics.h"

#include <algorithm>

namespace burgeon::models::BURGEON_ISA {

extern const DrugModel ketamine;

namespace {

using namespace ketamine_rows;

/// uM of a concentration of 1 mg/L, from the molar mass of the base, 237.73 g/mol.
/// Metabolites are counted in moles of the ketamine they came from, so they use the same factor.
constexpr double uM_per_mg_L = 1000.0 / 237.73;

enum Signal : std::size_t {
  plasma,
  plasma_ng_ml,
  plasma_S,
  plasma_R,
  venous_ng_ml,
  effect_site,
  effect_site_S,
  effect_site_R,
  nk_plasma,
  nk_effect_site,
  hnk_plasma,
  depot,
  amount_in_body,
  eliminated,
  signal_count
};

constexpr std::array<SignalRow, signal_count> signals{{
    {"plasma", "uM", "total S + R in arterial plasma"},
    {"plasma_ng_ml", "ug/L", "total S + R in arterial plasma, ng/mL"},
    {"plasma_S", "ug/L", "total S-ketamine in arterial plasma, ng/mL"},
    {"plasma_R", "ug/L", "total R-ketamine in arterial plasma, ng/mL"},
    {"venous_ng_ml", "ug/L", "total S + R in venous plasma, ng/mL"},
    {"effect_site", "uM", "free ketamine at the receptor, potency-weighted to racemate equivalents"},
    {"effect_site_S", "uM", "free S-ketamine at the receptor"},
    {"effect_site_R", "uM", "free R-ketamine at the receptor"},
    {"norketamine.plasma", "uM", "total norketamine in plasma, both enantiomers"},
    {"norketamine.effect_site", "uM", "free norketamine at the receptor, both enantiomers"},
    {"hydroxynorketamine.plasma", "uM", "total hydroxynorketamine in plasma, both enantiomers"},
    {"depot", "mg", "bioavailable ketamine still to be absorbed"},
    {"amount_in_body", "mg", "ketamine in the three compartments"},
    {"eliminated", "mg", "ketamine eliminated from the circulation, since the first dose"},
}};

// IC50 at -66 mV without Mg, racemate. 2A and 2B follow from the values with 1 mM Mg (5.35, 5.08 uM) and the Mg block
// 1 / (1 + exp(0.062 * 66) / 3.57) = 0.05628 that the receptors use (measured without Mg: 0.33, 0.31 uM).
// human: 0.71 uM at -70 mV, times exp(0.79 * 4 / 26.73).
constexpr std::array<BlockKinetics, 2> block{{
    {.moiety = "ketamine",
     .kon = 0.15,
     .delta = 0.79,
     .trapped = 1.0,
     .ic50_2A = 0.301,
     .ic50_2B = 0.286,
     .ic50_2C = 0.51,
     .ic50_2D = 0.83,
     .ic50_human = 0.799,
     .source = "kon, delta, trapping, human IC50: Gilling 2009, doi 10.1016/j.neuropharm.2009.01.012, "
               "abstract; "
               "subunits assumed, recalled from Kotermanski & Johnson 2009, doi 10.1523/JNEUROSCI.3703-08.2009 (-66 "
               "mV, also in Table "
               "15 of Traynelis 2010, doi 10.1124/pr.109.002451)"},
    {.moiety = "norketamine",
     .kon = 0.15,
     .delta = 0.79,
     .trapped = 1.0,
     .ic50_2A = 1.927,
     .ic50_2B = 1.830,
     .ic50_2C = 3.264,
     .ic50_2D = 5.312,
     .ic50_human = 5.114,
     .source =
         "6.4 times the IC50 of ketamine, Shaffer 2014 (occupancy); kinetics assumed: same kon, delta and trapping"},
}};

/// Stages beyond those every drug has.
constexpr std::size_t venous_stage = first_free, nk_stage = first_free + 1, hnk_stage = first_free + 2;

/// The kinetics of one enantiomer, scaled to the body mass.
struct Enantiomer {
  Disposition disposition;
  Rates rates;
  double V1, V_NK, V_HNK;  // L
  double slowest;          // 1/ms, of all stages after the depot
};

Enantiomer scaled(const double* p, double clearance_ratio, double volume_ratio) {
  const double c = clearance_scale(p[body_mass], p[reference_mass]), v = p[body_mass] / p[reference_mass];
  Enantiomer e{};
  e.V1 = v * volume_ratio * p[V1];
  e.V_NK = v * p[V_NK];
  e.V_HNK = v * p[V_HNK];
  e.disposition = mammillary(c * clearance_ratio * p[CL], c * p[Q2], c * p[Q3], e.V1, v * volume_ratio * p[V2],
                             v * volume_ratio * p[V3]);
  e.rates = stage_rates(e.disposition, p[ke0]);
  e.rates[venous_stage] = p[k_venous];
  e.rates[nk_stage] = c * p[CL_NK] / e.V_NK;
  e.rates[hnk_stage] = c * p[CL_HNK] / e.V_HNK;
  e.slowest = std::min({slowest_mode(e.disposition), p[ke0], p[k_venous], e.rates[nk_stage], e.rates[hnk_stage]});
  return e;
}

/// Bioavailability, absorption rate and whether what is lost passes the liver.
struct Absorption {
  double F, ka;
  bool first_pass;
};

Absorption absorption(const double* p, Route route) {
  switch (route) {
    case Route::intranasal:
      return {p[F_nasal], p[ka_nasal], true};
    case Route::oral:
      return {p[F_oral], p[ka_oral], true};
    case Route::sublingual:
      return {p[F_sublingual], p[ka_sublingual], true};
    case Route::intraperitoneal:
      return {p[F_ip], p[ka_ip], true};
    case Route::subcutaneous:
      return {p[F_sc], p[ka_sc], false};
    case Route::intramuscular:
      return {p[F_im], p[ka_im], false};
    case Route::intravenous:
    case Route::clamp:
      break;
  }
  return {1.0, 0.0, false};
}

/// What one enantiomer of all doses amounts to, mg.
struct Totals {
  Amounts drug;
  double venous = 0.0, nk = 0.0, nk_effect = 0.0, hnk = 0.0;
};

/// Adds the metabolites (and the venous lag) of `absorbed` mg that enter the circulation.
void add_chains(Totals& sum, const double* p, const Enantiomer& e, const Input& input, double absorbed) {
  for (std::size_t i = 0; i < 3; ++i) {
    if (e.disposition.weight[i] == 0.0) continue;
    const std::size_t mode = mode_1 + i;
    const double amount = absorbed * e.disposition.weight[i], formed = amount * p[fm_NK] * e.disposition.k10;
    sum.venous += amount * p[k_venous] * input.through({mode, venous_stage});
    sum.nk += formed * input.through({mode, nk_stage});
    sum.nk_effect += formed * p[ke0] * input.through({mode, nk_stage, effect_stage});
    sum.hnk += formed * p[fm_HNK] * e.rates[nk_stage] * input.through({mode, nk_stage, hnk_stage});
  }
}

/// Adds the norketamine formed before the circulation from `lost` mg.
void add_first_pass(Totals& sum, const double* p, const Enantiomer& e, const Input& input, double lost) {
  const double amount = lost * p[fm_NK];
  sum.nk += amount * input.through({nk_stage});
  sum.nk_effect += amount * p[ke0] * input.through({nk_stage, effect_stage});
  sum.hnk += amount * p[fm_HNK] * e.rates[nk_stage] * input.through({nk_stage, hnk_stage});
}

Totals superpose(const double* p, std::span<const Dose> doses, double t, const Enantiomer& e, double fraction) {
  Totals sum;
  if (fraction == 0.0) return sum;
  for (const Dose& dose : doses) {
    if (dose.route == Route::clamp || t < dose.start) continue;
    const Absorption path = absorption(p, dose.route);
    const double given = fraction * dose.amount, absorbed = path.F * given, elapsed = t - dose.start;

    // A dose of long ago leaves nothing but what was eliminated.
    if (over(path.ka > 0.0 ? std::min(e.slowest, path.ka) : e.slowest, elapsed - dose.duration)) {
      sum.drug.eliminated += absorbed;
      continue;
    }
    const Input input(e.rates, path.ka, elapsed, dose.duration);
    const Amounts one = respond(e.disposition, input, p[ke0]);
    sum.drug.depot += absorbed * one.depot;
    sum.drug.central += absorbed * one.central;
    sum.drug.lagged += absorbed * one.lagged;
    sum.drug.body += absorbed * one.body;
    sum.drug.eliminated += absorbed * one.eliminated;
    add_chains(sum, p, e, input, absorbed);
    if (path.first_pass) add_first_pass(sum, p, e, input, given - absorbed);
  }
  return sum;
}

void evaluate(const double* p, std::span<const Dose> doses, double t, double* signal) {
  const Enantiomer s = scaled(p, 1.0, 1.0), r = scaled(p, p[CL_R_over_S], p[V_R_over_S]);
  const Totals S = superpose(p, doses, t, s, p[fraction_S]), R = superpose(p, doses, t, r, 1.0 - p[fraction_S]);

  signal[plasma_S] = S.drug.central / s.V1;  // mg/L, the internal unit of ug/L
  signal[plasma_R] = R.drug.central / r.V1;
  signal[plasma_ng_ml] = signal[plasma_S] + signal[plasma_R];
  signal[plasma] = uM_per_mg_L * signal[plasma_ng_ml];
  signal[venous_ng_ml] = S.venous / s.V1 + R.venous / r.V1;

  const double free = p[fu] * p[Kp_uu] * uM_per_mg_L;
  signal[effect_site_S] = free * S.drug.lagged / s.V1;
  signal[effect_site_R] = free * R.drug.lagged / r.V1;
  const double a_R = 2.0 / (1.0 + p[potency_ratio_S_R]), a_S = 2.0 - a_R;
  signal[effect_site] = a_S * signal[effect_site_S] + a_R * signal[effect_site_R] + clamped(doses, t);

  signal[nk_plasma] = uM_per_mg_L * (S.nk + R.nk) / s.V_NK;
  signal[nk_effect_site] = free * (S.nk_effect + R.nk_effect) / s.V_NK;
  signal[hnk_plasma] = uM_per_mg_L * (S.hnk + R.hnk) / s.V_HNK;
  signal[depot] = S.drug.depot + R.drug.depot;
  signal[amount_in_body] = S.drug.body + R.drug.body;
  signal[eliminated] = S.drug.eliminated + R.drug.eliminated;
}

}  // namespace

constinit const DrugModel ketamine{
    .name = "ketamine",
    .title = "Ketamine, S and R enantiomers, three compartments, effect site, norketamine, hydroxynorketamine",
    .source =
        "Kamp 2020, doi 10.1097/ALN.0000000000003577 (clearance and volume) and doi 10.1016/j.bja.2020.06.067 "
        "(enantiomers, metabolites)",
    .parameters = parameters,
    .presets = presets,
    .signals = signals,
    .block = block,
    .evaluate = evaluate,
    .check = nullptr,
};

}  // namespace burgeon::models::BURGEON_ISA
