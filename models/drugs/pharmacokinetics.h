#pragma once
// Closed-form pharmacokinetics of linear compartments, shared by the drug rows.
//
// A mammillary system (central V1, peripheral V2 and V3) splits into modes: after a unit bolus the central amount is
//     A1(t) = sum_i w_i exp(-lambda_i t),   w_i >= 0, sum_i w_i = 1, lambda_i >= 0 real.
// Everything before and after it (absorption, metabolites, effect sites, eliminated amount) is a chain of first-order
// stages. The last stage of a chain with rates r_0 ... r_n, filled by a unit bolus, holds
//     k_1 ... k_n D(r_0 ... r_n; t),
// where k_j is the transfer rate into stage j and
//     D(r_0 ... r_n; t) = (-1)^n [r_0, ..., r_n] exp(-r t)
// is the divided difference of the exponential: symmetric, positive, and finite when rates coincide. A zero-order input
// of duration T is one more stage of rate 0, stopped at T; afterwards each stage decays from what it held at T
// (product rule of divided differences), so no term is ever subtracted from another.
// Source: McCurdy, Ng & Parlett 1984, Math Comp 43:501 (divided differences of exp: series for close arguments,
// recursion for distant ones); the modes are the eigenvectors of the symmetrised rate matrix.

#include <array>
#include <initializer_list>
#include <span>

#include "catalogue/rows.h"

namespace burgeon::models::BURGEON_ISA {

/// Modes of a mammillary model, for one unit of drug in the central compartment at time 0.
struct Disposition {
  double k10;        ///< 1/ms, CL / V1
  double rate[3];    ///< 1/ms
  double weight[3];  ///< share of the central amount; 0: a mode that the drug never enters
};

/// Modes from clearances [L/ms] and volumes [L]. A clearance Q of 0 switches its compartment off.
[[nodiscard]] Disposition mammillary(double CL, double Q2, double Q3, double V1, double V2, double V3);

/// Stages of the chains of one drug. Rows with metabolites add their own from `first_free` on.
enum Stage : std::size_t { hold, depot_stage, mode_1, mode_2, mode_3, effect_stage, first_free };
inline constexpr std::size_t max_stages = first_free + 3;
/// Rate of every stage, 1/ms. `hold` has rate 0 (it keeps what it gets); the depot's is filled in for each dose.
using Rates = std::array<double, max_stages>;

/// One dose seen from a time after its start: amounts in the stages of any chain.
class Input {
 public:
  /// `depot_rate` [1/ms], 0: straight into the first stage; `elapsed` >= 0 and `duration` [ms], 0: bolus.
  Input(const Rates& rates, double depot_rate, double elapsed, double duration);

  /// Amount in the last of `stages` (at most four) per unit dose and unit transfer rates; the depot comes first by
  /// itself and its own rate is included. Relative error below 1e-11.
  [[nodiscard]] double through(std::initializer_list<std::size_t> stages) const;
  /// Amount still in the depot per unit dose.
  [[nodiscard]] double in_depot() const;

 private:
  /// Rates and exp(-rate t) of all stages.
  struct Clock {
    double t;
    Rates decay;
  };
  [[nodiscard]] double chain(const Clock& clock, std::span<const std::size_t> stages) const;
  [[nodiscard]] double driven(std::span<const std::size_t> stages) const;

  Rates rate_;
  bool depot_;
  double duration_;
  Clock fill_;  ///< while the input runs
  Clock free_;  ///< after it
};

/// True when a dose whose input ended `since` ms ago has left nothing in stages at least as fast as `slowest` [1/ms]:
/// below 1e-12 uM even for four equal stages and the largest human doses.
[[nodiscard]] inline bool over(double slowest, double since) { return slowest * since > 45.0; }

/// Amounts of the drug itself, mg per mg absorbed.
struct Amounts {
  double depot = 0.0;
  double central = 0.0;
  double lagged = 0.0;  ///< central amount seen through the effect-site lag
  double body = 0.0;    ///< all three compartments
  double eliminated = 0.0;
};

/// Amounts after one absorbed unit of drug; `input` was made with the rates of `stage_rates`.
[[nodiscard]] Amounts respond(const Disposition& disposition, const Input& input, double ke0);

/// Rates of the common stages: modes and effect site; the rest is 0.
[[nodiscard]] Rates stage_rates(const Disposition& disposition, double ke0);

/// Smallest rate of the modes in use, 1/ms.
[[nodiscard]] double slowest_mode(const Disposition& disposition);

/// Sum of the clamps (route `clamp`) in force at time t, uM.
[[nodiscard]] double clamped(std::span<const Dose> doses, double t);

/// (mass / reference)^(3/4), the allometric scale of clearances; volumes scale with mass / reference.
/// Source: Anderson & Holford 2008, doi 10.1146/annurev.pharmtox.48.113006.094708.
[[nodiscard]] double clearance_scale(double mass, double reference);

}  // namespace burgeon::models::BURGEON_ISA
