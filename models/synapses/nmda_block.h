#pragma once
// What all NMDA receptors share: block by magnesium (instantaneous) and by open-channel blockers (use-dependent, trapping).
//
//   I = -g U m(V) (V - E_rev),   m(V) = 1 / (1 + [Mg]/K_Mg e^(-0.062 V))          Jahr & Stevens 1990
//   U = 1 - sum of B over blockers and pools                                      unblocked fraction
//   dB/dt = kon C o U - koff(V) o' B,   o' = min(1, g / total weight),  o = o' m(V)
//   koff(V) = koff70 e^(delta F/RT (V + 70 mV))
//
// A fraction `trapped` of the blocked channels (pool 0) lets the blocker go only while open; the rest (pool 1) lets it go at
// koff(V) also when closed (MacDonald et al. 1991; Blanpied et al. 1997, doi:10.1152/jn.1997.77.1.309).
//
// Method: coefficients frozen over the step; each pool relaxes exactly towards its own steady state, one pool after the
// other, each seeing the others' newest values. So B >= 0 and sum B <= 1 always, and fixed points are exact. The current sees
// the mean of U at both ends of the step.

#include <algorithm>
#include <cmath>

#include "base/math.h"
#include "models/columns.h"

namespace burgeon::models::BURGEON_ISA {

/// 1/mV. Jahr & Stevens 1990, doi:10.1523/JNEUROSCI.10-09-03178.1990, eq. 4.
inline constexpr double mg_steepness = 0.062;

/// Fraction of channels free of magnesium, for `ratio` = [Mg] / K_Mg.
template <bool uniform>
[[gnu::noinline]] void magnesium(std::size_t n, const double* __restrict ratio, const double* __restrict V,
                                 double* __restrict m) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) m[i] = 1.0 / (1.0 + at<uniform>(ratio, i) * exp_short(-mg_steepness * V[i]));
}

/// Adds current and slope of the conductance g m(V), where dm/dV = 0.062 m (1 - m).
template <bool uniform, bool first>
[[gnu::noinline]] void drive_nmda(std::size_t n, const double* __restrict E, const double* __restrict g,
                                  const double* __restrict m, const double* __restrict V, double* __restrict current,
                                  double* __restrict slope) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) {
    const double force = at<uniform>(E, i) - V[i];
    const double gm = g[i] * m[i];
    add<first>(current[i], gm * force);
    add<first>(slope[i], gm * (1.0 - mg_steepness * (1.0 - m[i]) * force));
  }
}

/// Fraction of channels held open by the agonist.
inline void agonist_open(std::size_t n, const double* __restrict g, const double* __restrict total,
                         double* __restrict open) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) {
    const double fraction = g[i] / (total[i] > 0.0 ? total[i] : 1.0);
    open[i] = total[i] > 0.0 ? smaller(larger(fraction, 0.0), 1.0) : 0.0;
  }
}

/// One pool of one blocker; `sum` is the blocked fraction over all pools and follows.
template <bool series, bool needs_opening>
[[gnu::noinline]] void relax_pool(std::size_t n, double dt, double on, const double* __restrict open,
                                  const double* __restrict m, const double* __restrict koff, double* __restrict B,
                                  double* __restrict sum) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) {
    const double binds = on * (open[i] * m[i]);
    const double leaves = koff[i] * (needs_opening ? open[i] : 1.0);
    const double rate = binds + leaves;
    const double available = 1.0 - (sum[i] - B[i]);
    const double x = -rate * dt;
    const double change = dt * (series ? phi1_series(x) : phi1(x)) * (binds * available - rate * B[i]);
    B[i] += change;
    sum[i] += change;
  }
}

/// How much faster blockers leave than at -70 mV.
inline void voltage_factor(std::size_t n, double per_mV, const double* __restrict V, double* __restrict factor) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) factor[i] = fast_exp(per_mV * (V[i] + 70.0));
}
inline void unbinding_rate(std::size_t n, double koff70, const double* __restrict factor, double* __restrict koff) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) koff[i] = koff70 * factor[i];
}

/// Adds what the averaged equation of block needs to know of this step.
[[gnu::noinline]] inline void add_open(std::size_t n, const double* __restrict open, const double* __restrict m,
                                       double* __restrict sum) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) sum[i] += open[i] * m[i];
}
[[gnu::noinline]] inline void add_unbinding(std::size_t n, const double* __restrict koff, const double* __restrict open,
                                            double* __restrict through_open, double* __restrict any) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) {
    through_open[i] += koff[i] * open[i];
    any[i] += koff[i];
  }
}

inline double highest(std::size_t n, const double* __restrict V) {
  double most = V[0];
#pragma omp simd reduction(max : most)
  for (std::size_t i = 0; i < n; ++i) most = larger(most, V[i]);
  return most;
}
inline void add_column(std::size_t n, const double* __restrict column, double* __restrict sum) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) sum[i] += column[i];
}
/// What is left of the conductance, with the mean of what is blocked at both ends of the step.
inline void unblock(std::size_t n, const double* __restrict before, const double* __restrict after,
                    double* __restrict g) {
#pragma omp simd
  for (std::size_t i = 0; i < n; ++i) g[i] *= 1.0 - 0.5 * (before[i] + after[i]);
}

/// Fraction of channels, bound or to be bound, below which a blocker is gone: a drug never quite leaves. assumed
inline constexpr double gone = 1e-9;

/// Can this blocker act or is it still bound anywhere?
inline bool is_present(const Blocker& blocker, std::size_t n, const double* __restrict B0,
                       const double* __restrict B1) {
  if (blocker.kon * blocker.concentration > gone * blocker.koff70) return true;
  return highest(n, B0) > gone || highest(n, B1) > gone;
}

/// Advances all blockers by one step and multiplies `g` by the mean unblocked fraction. Without any blocker present it does
/// nothing, so a drug at zero leaves no trace, bit for bit; below `gone` what is bound stays as it is.
inline void block_channels(ReceptorBlock& b, const double* m, double* g) {
  bool present[max_blockers] = {};
  bool any = false;
  for (std::size_t k = 0; k < b.blockers.size(); ++k) {
    present[k] = is_present(b.blockers[k], b.n, b.blocked[2 * k], b.blocked[2 * k + 1]);
    any = any || present[k];
  }
  if (!any) return;

  double open[max_block], factor[max_block], koff[max_block], sum[max_block], before[max_block];
  agonist_open(b.n, g, b.total_weight, open);
  if (b.exposure != nullptr) add_open(b.n, open, m, b.exposure[0]);
  const double V_max = highest(b.n, b.V_m);
  std::fill_n(sum, b.n, 0.0);
  for (std::size_t k = 0; k < 2 * b.blockers.size(); ++k) add_column(b.n, b.blocked[k], sum);
  std::copy_n(sum, b.n, before);

  const Blocker* same = nullptr;  // the blocker before, when both feel the voltage alike
  for (std::size_t k = 0; k < b.blockers.size(); ++k) {
    if (!present[k]) continue;
    const Blocker& blocker = b.blockers[k];
    if (same == nullptr || same->voltage_factor != blocker.voltage_factor)
      voltage_factor(b.n, blocker.voltage_factor, b.V_m, factor);
    same = &blocker;
    unbinding_rate(b.n, blocker.koff70, factor, koff);
    if (b.exposure != nullptr) add_unbinding(b.n, koff, open, b.exposure[1 + 2 * k], b.exposure[2 + 2 * k]);
    const double on = blocker.kon * blocker.concentration;
    // A bound on every rate tells whether phi1 may be evaluated as its series (the same bits, faster).
    const double fastest = on + blocker.koff70 * fast_exp(blocker.voltage_factor * (V_max + 70.0));
    const bool series = 1.001 * fastest * b.dt < phi1_series_limit;
    const auto trapped = series ? relax_pool<true, true> : relax_pool<false, true>;
    trapped(b.n, b.dt, on * blocker.trapped, open, m, koff, b.blocked[2 * k], sum);
    if (blocker.trapped < 1.0) {
      const auto free = series ? relax_pool<true, false> : relax_pool<false, false>;
      free(b.n, b.dt, on * (1.0 - blocker.trapped), open, m, koff, b.blocked[2 * k + 1], sum);
    }
  }
  unblock(b.n, before, sum, g);
}

/// From the mean conductance over the step (before any block) to current and slope. `g` is overwritten.
template <bool uniform>
void nmda_current(ReceptorBlock& b, const double* mg_ratio, const double* E_rev, double* g) {
  double m[max_block];
  magnesium<uniform>(b.n, mg_ratio, b.V_m, m);
  if (!b.blockers.empty()) block_channels(b, m, g);
  const auto drive = b.first ? drive_nmda<uniform, true> : drive_nmda<uniform, false>;
  drive(b.n, E_rev, g, m, b.V_m, b.current, b.slope);
}

/// Parameters of the magnesium block, common to all NMDA rows.
inline constexpr ParameterRow mg_parameter{"Mg",
                                           "mM",
                                           1.0,
                                           0.0,
                                           100.0,
                                           "extracellular magnesium",
                                           "assumed: physiological, doi:10.1523/JNEUROSCI.10-09-03178.1990"};
inline constexpr ParameterRow k_mg_parameter{
    "K_Mg",
    "mM",
    3.57,
    0.01,
    1e4,
    "magnesium at half block and 0 mV; 2A and 2B 3.57, and weaker block where the ketamine IC50 at -66 mV depends less "
    "on Mg (1 mM against 0: 1.18 / 0.51 and 2.95 / 0.83 uM): 2C 45.6, 2D 23.4",
    "doi:10.1523/JNEUROSCI.10-09-03178.1990; 2C, 2D assumed: IC50 recalled from Kotermanski & Johnson 2009, "
    "doi:10.1523/JNEUROSCI.3703-08.2009"};

}  // namespace burgeon::models::BURGEON_ISA
