// Memantine: comparator, one compartment in man, slow elimination by the kidney.
//
// Equations (amounts in mg of the base; 20 mg of the hydrochloride are 16.6 mg):
//   depot        dA0/dt = F u(t) - ka A0                (i.v.: A0 is skipped, F = 1)
//   central      dA1/dt = ka A0 - (CL + Q) C1 + Q C2,   dA2/dt = Q (C1 - C2)
//   effect site  dCe/dt = ke0 (fu Kp_uu C1 - Ce)
// Nasal and sublingual doses count as oral. Clamp doses add to `effect_site` as they stand.
// Method: closed form, see pharmacokinetics.h. Limits: linear; urine pH and age have no effect; no active metabolites.

#include <algorithm>
#include <array>
#include <limits>

#include "models/drugs/pharmacokinetics.h"

namespace burgeon::models::BURGEON_ISA {

extern const DrugModel memantine;

namespace {

/// uM of 1 mg/L, molar mass of the base 179.30 g/mol.
constexpr double uM_per_mg_L = 1000.0 / 179.30;

enum Parameter : std::size_t {
  body_mass,
  reference_mass,
  CL,
  Q,
  V1,
  V2,
  F_oral,
  ka_oral,
  F_injected,
  ka_injected,
  fu,
  Kp_uu,
  ke0,
  parameter_count
};

constexpr std::string_view label =
    "assumed: calibrated on the memantine label: volume 9-11 L/kg, half-life 60-100 h, 70-150 ng/mL at 20 mg/d";
constexpr std::string_view beconi =
    "assumed: about 4.5 (mouse) and 13 (rat) times the glomerular filtration rate, half-life below 4 h, after Beconi "
    "2012, "
    "doi 10.1371/currents.RRN1291; volume as in man";

constexpr std::array<ParameterRow, parameter_count> parameters{{
    {"body_mass", "kg", 70.0, 0.005, 300.0, "body mass; clearances scale with mass^(3/4), volumes with mass",
     "doi 10.1146/annurev.pharmtox.48.113006.094708"},
    {"reference_mass", "kg", 70.0, 0.005, 300.0, "body mass at which clearances and volumes below hold",
     "assumed: the mass each source states its values for"},
    {"CL", "L/h", 7.0, 1e-5, 1e4, "clearance", label},
    {"Q", "L/h", 0.0, 0.0, 1e5, "exchange with the peripheral compartment; 0: one compartment", label},
    {"V1", "L", 700.0, 1e-5, 1e5, "central volume", label},
    {"V2", "L", 700.0, 1e-5, 1e5, "peripheral volume, used when Q > 0", "assumed: as V1"},
    {"F_oral", "", 1.0, 0.0, 1.0, "bioavailability, oral, nasal, sublingual", "memantine label: about 100 % (assumed)"},
    {"ka_oral", "1/h", 0.7, 1e-3, 1e3, "absorption rate, oral, nasal, sublingual",
     "assumed: peak within the label's 3-8 h"},
    {"F_injected", "", 1.0, 0.0, 1.0, "bioavailability, i.p., s.c., i.m.", "assumed: complete"},
    {"ka_injected", "1/h", 3.0, 1e-3, 1e3, "absorption rate, i.p., s.c., i.m.", "assumed: peak within 1 h in rodents"},
    {"fu", "", 0.55, 0.01, 1.0, "unbound fraction in plasma", "memantine label: 45 % bound (assumed)"},
    {"Kp_uu", "", 1.0, 0.05, 5.0, "unbound brain / unbound plasma",
     "assumed: cerebrospinal fluid / serum 0.52 (label) is close to fu"},
    {"ke0", "1/min", 0.02, 1e-3, 1e2, "effect-site equilibration rate", "assumed: half-time about 0.5 h"},
}};

enum Signal : std::size_t { plasma, plasma_ng_ml, effect_site, depot, amount_in_body, eliminated, signal_count };

constexpr std::array<SignalRow, signal_count> signals{{
    {"plasma", "uM", "total memantine in plasma"},
    {"plasma_ng_ml", "ug/L", "total memantine in plasma, ng/mL"},
    {"effect_site", "uM", "free memantine at the receptor"},
    {"depot", "mg", "bioavailable memantine still to be absorbed"},
    {"amount_in_body", "mg", "memantine in the compartments"},
    {"eliminated", "mg", "memantine eliminated since the first dose"},
}};

constexpr double keep = std::numeric_limits<double>::quiet_NaN();
using Values = std::array<double, parameter_count>;
constexpr Values default_values{keep, keep, keep, keep, keep, keep, keep, keep, keep, keep, keep, keep, keep};
constexpr Values mouse{0.025, 0.025, 0.095, keep, 0.25, 0.25, keep, keep, keep, keep, keep, keep, 0.1};
constexpr Values rat{0.25, 0.25, 1.0, keep, 2.5, 2.5, 0.41, keep, keep, keep, keep, keep, 0.05};

constexpr std::array<PresetRow, 3> presets{{
    {"default", "human", default_values, label},
    {"mouse", "mouse", mouse, beconi},
    {"rat", "rat", rat,
     "clearance assumed: see mouse, half of it for the dose range used; oral F 41 %: doi 10.1111/bcpt.12479"},
}};

// With 1 mM Mg at -66 mV: 13, 10, 1.6, 1.8 uM. Times the Mg block at -66 mV (K_Mg 3.57, 3.57, 45.6, 23.4 mM: 0.05628,
// 0.05628, 0.4324, 0.2811). human: 0.79 uM at -70 mV, times exp(0.9 * 4 / 26.73); as for ketamine the measured potency is kept, not
// koff / kon = 1.66 uM of the fast component, which contradicts it.
constexpr std::array<BlockKinetics, 1> block{{
    {.moiety = "memantine",
     .kon = 0.32,
     .delta = 0.9,
     .trapped = 0.825,
     .ic50_2A = 0.732,
     .ic50_2B = 0.563,
     .ic50_2C = 0.692,
     .ic50_2D = 0.506,
     .ic50_human = 0.904,
     .source =
         "kon, IC50 of 0.79 uM at -70 mV, delta, a fifth untrapped: Gilling 2009, doi "
         "10.1016/j.neuropharm.2009.01.012, "
         "abstract (human 1/2A); trapped: also Blanpied 1997, doi 10.1152/jn.1997.77.1.309; subunits assumed, recalled "
         "from Kotermanski & Johnson 2009, doi 10.1523/JNEUROSCI.3703-08.2009"},
}};

/// Bioavailability and absorption rate.
struct Absorption {
  double F, ka;
};

Absorption absorption(const double* p, Route route) {
  if (route == Route::intravenous) return {1.0, 0.0};
  const bool swallowed = route == Route::oral || route == Route::intranasal || route == Route::sublingual;
  return swallowed ? Absorption{p[F_oral], p[ka_oral]} : Absorption{p[F_injected], p[ka_injected]};
}

void evaluate(const double* p, std::span<const Dose> doses, double t, double* signal) {
  const double c = clearance_scale(p[body_mass], p[reference_mass]), v = p[body_mass] / p[reference_mass];
  const Disposition disposition = mammillary(c * p[CL], c * p[Q], 0.0, v * p[V1], v * p[V2], v * p[V1]);
  const Rates rates = stage_rates(disposition, p[ke0]);
  const double slowest = std::min(slowest_mode(disposition), p[ke0]);

  Amounts sum;
  for (const Dose& dose : doses) {
    if (dose.route == Route::clamp || t < dose.start) continue;
    const Absorption path = absorption(p, dose.route);
    const double absorbed = path.F * dose.amount, elapsed = t - dose.start;
    if (over(path.ka > 0.0 ? std::min(slowest, path.ka) : slowest, elapsed - dose.duration)) {
      sum.eliminated += absorbed;
      continue;
    }
    const Amounts one = respond(disposition, Input(rates, path.ka, elapsed, dose.duration), p[ke0]);
    sum.depot += absorbed * one.depot;
    sum.central += absorbed * one.central;
    sum.lagged += absorbed * one.lagged;
    sum.body += absorbed * one.body;
    sum.eliminated += absorbed * one.eliminated;
  }
  signal[plasma_ng_ml] = sum.central / (v * p[V1]);  // mg/L, the internal unit of ug/L
  signal[plasma] = uM_per_mg_L * signal[plasma_ng_ml];
  signal[effect_site] = p[fu] * p[Kp_uu] * uM_per_mg_L * sum.lagged / (v * p[V1]) + clamped(doses, t);
  signal[depot] = sum.depot;
  signal[amount_in_body] = sum.body;
  signal[eliminated] = sum.eliminated;
}

}  // namespace

constinit const DrugModel memantine{
    .name = "memantine",
    .title = "Memantine, one or two compartments, effect site",
    .source = "memantine label; docs/drugs.md",
    .parameters = parameters,
    .presets = presets,
    .signals = signals,
    .block = block,
    .evaluate = evaluate,
    .check = nullptr,
};

}  // namespace burgeon::models::BURGEON_ISA
