#pragma once
// Parameters and named parameter sets of the ketamine row: tables only, the equations are in ketamine.cpp.

#include <array>
#include <limits>

#include "catalogue/rows.h"

namespace burgeon::models::BURGEON_ISA::ketamine_rows {

/// Position of each parameter; the table below has the same order.
enum Parameter : std::size_t {
  body_mass,
  reference_mass,
  fraction_S,
  CL,
  Q2,
  Q3,
  V1,
  V2,
  V3,
  CL_R_over_S,
  V_R_over_S,
  F_nasal,
  ka_nasal,
  F_oral,
  ka_oral,
  F_sublingual,
  ka_sublingual,
  F_ip,
  ka_ip,
  F_sc,
  ka_sc,
  F_im,
  ka_im,
  fu,
  Kp_uu,
  ke0,
  k_venous,
  potency_ratio_S_R,
  fm_NK,
  CL_NK,
  V_NK,
  fm_HNK,
  CL_HNK,
  V_HNK,
  parameter_count
};

inline constexpr std::string_view calibrated =
    "assumed: calibrated within CL 80-95 L/h and Vss 200-290 L on the enantiomers of Kamp 2020, "
    "doi 10.1016/j.bja.2020.06.067, and 160-290 ng/mL at the end of 0.5 mg/kg over 40 min";
inline constexpr std::string_view chong =
    "assumed: Chong 2006, Pain Med 7:469 (oral 23 %, Tmax 0.96 h; sublingual 32 %, Tmax 0.76 h); ka assumed from Tmax";
inline constexpr std::string_view metabolite =
    "assumed: calibrated on norketamine 0.72-0.84 uM and hydroxynorketamine 0.22-0.25 uM per enantiomer, their "
    "peaks in the escalation of Kamp 2020, doi 10.1016/j.bja.2020.06.067";

inline constexpr std::array<ParameterRow, parameter_count> parameters{{
    {"body_mass", "kg", 70.0, 0.005, 300.0, "body mass; clearances scale with mass^(3/4), volumes with mass",
     "doi 10.1146/annurev.pharmtox.48.113006.094708"},
    {"reference_mass", "kg", 70.0, 0.005, 300.0, "body mass at which clearances and volumes below hold",
     "assumed: the mass each source states its values for"},
    {"fraction_S", "", 0.5, 0.0, 1.0, "S-enantiomer in the dose: 0.5 racemate, 1 esketamine, 0 arketamine",
     "assumed: racemate unless the protocol says otherwise"},
    {"CL", "L/h", 95.0, 1e-4, 1e4, "clearance of S-ketamine", calibrated},
    {"Q2", "L/h", 95.0, 0.0, 1e5, "exchange with the fast peripheral compartment; 0 switches it off", calibrated},
    {"Q3", "L/h", 2.0, 0.0, 1e5, "exchange with the slow peripheral compartment; 0 switches it off", calibrated},
    {"V1", "L", 65.0, 1e-5, 1e5, "central volume of S-ketamine", calibrated},
    {"V2", "L", 100.0, 1e-5, 1e5, "fast peripheral volume", calibrated},
    {"V3", "L", 60.0, 1e-5, 1e5, "slow peripheral volume", calibrated},
    {"CL_R_over_S", "", 0.9443, 0.1, 10.0, "clearance of R relative to S",
     "1/1.059, two-compartment refit of the arterial data of Kamp 2020, doi 10.1016/j.bja.2020.06.067"},
    {"V_R_over_S", "", 0.85, 0.1, 10.0, "volumes of R relative to S",
     "Hasan 2021, doi 10.1097/ALN.0000000000003829: Vss 5.6 and 6.6 L/kg"},
    {"F_nasal", "", 0.48, 0.0, 1.0, "bioavailability, nasal", "esketamine label: 48 % (assumed, label digest)"},
    {"ka_nasal", "1/h", 1.4, 1e-3, 1e3, "absorption rate, nasal",
     "assumed: calibrated on target A6, Tmax 20-40 min after the last spray (esketamine label)"},
    {"F_oral", "", 0.20, 0.0, 1.0, "bioavailability, oral",
     "assumed: between 8 % (Fanta 2015, doi 10.1007/s00228-015-1826-y) and 23 % (Chong 2006, Pain Med 7:469)"},
    {"ka_oral", "1/h", 0.7, 1e-3, 1e3, "absorption rate, oral", chong},
    {"F_sublingual", "", 0.29, 0.0, 1.0, "bioavailability, sublingual",
     "Rolan 2014, doi 10.1111/bcp.12264: 29 (27-31) %"},
    {"ka_sublingual", "1/h", 1.0, 1e-3, 1e3, "absorption rate, sublingual",
     "assumed from Tmax 0.75 h, Rolan 2014, doi 10.1111/bcp.12264"},
    {"F_ip", "", 0.5, 0.0, 1.0, "bioavailability, intraperitoneal", "assumed: hepatic first pass of about one half"},
    {"ka_ip", "1/h", 10.0, 1e-3, 1e3, "absorption rate, intraperitoneal", "assumed: peak at 5-10 min"},
    {"F_sc", "", 0.9, 0.0, 1.0, "bioavailability, subcutaneous", "assumed: exposure like i.m. (rat, PMID 29895202)"},
    {"ka_sc", "1/h", 6.0, 1e-3, 1e3, "absorption rate, subcutaneous", "assumed: peak at 10-20 min"},
    {"F_im", "", 0.93, 0.0, 1.0, "bioavailability, intramuscular",
     "assumed: 93 %, recalled from Grant 1981, Br J Anaesth 53:805"},
    {"ka_im", "1/h", 8.0, 1e-3, 1e3, "absorption rate, intramuscular", "assumed: peak at 5-15 min"},
    {"fu", "", 0.55, 0.01, 1.0, "unbound fraction in plasma", "Dayton 1983, doi 10.1007/BF00607095: up to 47 % bound"},
    {"Kp_uu", "", 1.0, 0.05, 5.0, "unbound brain / unbound plasma", "assumed: lipophilic base, range 0.6-1.2"},
    {"ke0", "1/min", 0.11, 1e-3, 1e2, "effect-site equilibration rate",
     "Olofsen 2012, Anesthesiology 117:353, abstract: half-time 6.1 min, the mean of endpoints from 0 to 11.8 min "
     "(assumed equal "
     "for all effects; EEG slow waves after a bolus follow with 23 s, Sleigh 2019, doi 10.1016/j.bja.2019.07.021, "
     "abstract)"},
    {"k_venous", "1/min", 0.05, 1e-3, 1e3, "equilibration rate of the venous sampling compartment",
     "assumed: venous peak about 25 % below arterial after 40 min infusion"},
    {"potency_ratio_S_R", "", 3.0, 0.1, 10.0, "potency of S relative to R at the NMDA receptor", "assumed: range 2-4"},
    {"fm_NK", "", 0.52, 0.0, 1.0, "share of eliminated ketamine that becomes norketamine, also in the first pass",
     "public refit of Kamp 2020, doi 10.1016/j.bja.2020.06.067; first pass: Chong 2006, Pain Med 7:469 (0.47 of the "
     "oral loss)"},
    {"CL_NK", "L/h", 32.0, 1e-5, 1e4, "clearance of norketamine", metabolite},
    {"V_NK", "L", 82.0, 1e-5, 1e5, "volume of norketamine", metabolite},
    {"fm_HNK", "", 0.5, 0.0, 1.0, "share of eliminated norketamine that becomes hydroxynorketamine", metabolite},
    {"CL_HNK", "L/h", 45.0, 1e-5, 1e4, "clearance of hydroxynorketamine", metabolite},
    {"V_HNK", "L", 40.0, 1e-5, 1e5, "volume of hydroxynorketamine", metabolite},
}};

// ---------------------------------------------------------------------------------------------------------------------
// Presets: values in the units of the table; NaN keeps the default.

using Values = std::array<double, parameter_count>;

/// A set that leaves everything at its default.
constexpr Values defaults() {
  Values values{};
  for (double& value : values) value = std::numeric_limits<double>::quiet_NaN();
  return values;
}

/// Disposition only: clearances in L/h, volumes in L; `clearance_ratio` is R over S, volumes are the same for both.
constexpr Values disposition(double cl, double q2, double q3, double v1, double v2, double v3,
                             double clearance_ratio = 1.0) {
  Values values = defaults();
  values[CL] = cl, values[Q2] = q2, values[Q3] = q3;
  values[V1] = v1, values[V2] = v2, values[V3] = v3;
  values[CL_R_over_S] = clearance_ratio, values[V_R_over_S] = 1.0;
  return values;
}

/// Disposition from a central volume [L] and rate constants [1/min], as such sets are published.
/// k31 = 0: no third compartment.
constexpr Values from_rates(double v1, double k10, double k12, double k21, double k13 = 0.0, double k31 = 0.0) {
  const double per_hour = 60.0 * v1;
  return disposition(k10 * per_hour, k12 * per_hour, k13 * per_hour, v1, v1 * k12 / k21,
                     k31 > 0.0 ? v1 * k13 / k31 : v1);
}

/// One well-mixed compartment of a rodent. Clearance in L/h/kg, volume in L/kg, at the mass [kg] given.
constexpr Values rodent(double mass, double cl_per_kg, double v_per_kg, double ke0_per_min) {
  Values values = disposition(cl_per_kg * mass, 0.0, 0.0, v_per_kg * mass, v_per_kg * mass, v_per_kg * mass);
  values[reference_mass] = mass, values[body_mass] = mass;
  values[ke0] = ke0_per_min, values[k_venous] = 1.0;
  values[ka_sc] = 8.0, values[F_sc] = 0.8;
  values[CL_NK] = 0.5 * cl_per_kg * mass, values[V_NK] = v_per_kg * mass;
  values[CL_HNK] = 0.5 * cl_per_kg * mass, values[V_HNK] = v_per_kg * mass;
  return values;
}

inline constexpr Values default_values = defaults();
inline constexpr Values domino = from_rates(0.063 * 70.0, 0.4381, 0.5921, 0.2470, 0.5900, 0.0146);
inline constexpr Values clements = from_rates(1.752 * 70.0, 0.0109, 0.0186, 0.0137);
inline constexpr Values hijazi = from_rates(1.08 * 70.0, 0.0333, 0.0088, 0.0030);
inline constexpr Values herd = disposition(90.0, 215.0, 0.0, 38.7, 102.0, 38.7);
inline constexpr Values kamp = disposition(79.0, 120.0, 0.0, 60.0, 192.0, 60.0);
inline constexpr Values two_compartment_refit = disposition(92.7, 75.5, 0.0, 49.7, 234.0, 49.7, 1.0 / 1.059);
inline constexpr Values mouse = rodent(0.025, 32.0, 10.0, 0.5);
inline constexpr Values rat = rodent(0.25, 12.0, 8.0, 0.3);

inline constexpr std::array<PresetRow, 9> presets{{
    {"default", "human", default_values, calibrated},
    {"domino", "human", domino, "Domino 1982, PMID 7198883; Clin Pharmacol Ther 1984;36:645"},
    {"clements", "human", clements, "Clements & Nimmo 1981, doi 10.1093/bja/53.1.27, 250 ug/kg: no fast phase"},
    {"hijazi", "human", hijazi, "Hijazi 2003, doi 10.1093/bja/aeg028, adult ICU patients"},
    {"herd", "human", herd, "Herd 2007, doi 10.1111/j.1460-9592.2006.02145.x, children, per 70 kg"},
    {"kamp", "human", kamp,
     "Kamp 2020 meta-analysis, doi 10.1097/ALN.0000000000003577 (CL 79 L/h, Vd 252 L); split of Vd and Q assumed"},
    {"two_compartment_refit", "human", two_compartment_refit,
     "arterial S-ketamine 0-8 h, public refit of Kamp 2020, doi 10.1016/j.bja.2020.06.067"},
    {"mouse", "mouse", mouse,
     "assumed: apparent values for a half-life of 13 min and 3-15 uM total brain after 10 mg/kg i.p. at brain:plasma "
     "6.5; 25 g"},
    {"rat", "rat", rat,
     "assumed: apparent values for a half-life of 28 min and 3-15 uM total brain after 10 mg/kg i.p. at brain:plasma "
     "6.5; 250 g"},
}};

}  // namespace burgeon::models::BURGEON_ISA::ketamine_rows
