#include "models/drugs/pharmacokinetics.h"

#include <algorithm>
#include <cmath>

#include "base/math.h"

namespace burgeon::models::BURGEON_ISA {
namespace {

/// Most stages of one chain: input, depot and four more.
constexpr std::size_t max_chain = 6;

/// 1 / k; its length also bounds the series below, whose terms fall faster than 1 / k!.
constexpr auto reciprocal = [] {
  std::array<double, 26> table{};
  for (std::size_t k = 1; k < table.size(); ++k) table[k] = 1.0 / static_cast<double>(k);
  return table;
}();

/// Divided difference of close rates, sorted, (r[n-1] - r[0]) t <= 1; `decay` = exp(-r[n-1] t), the fastest.
/// Taylor series about the fastest, all terms positive:
/// D = t^(n-1) e^(-r_max t) sum_k h_k(x) / (n - 1 + k)!, x_i = (r_max - r_i) t, h_k complete homogeneous symmetric.
double close_decay(const double* r, std::size_t n, double t, double decay) {
  if (n == 1) return decay;
  double x[max_chain], h[max_chain];
  double scale = decay;
  for (std::size_t i = 0; i + 1 < n; ++i) {
    x[i] = (r[n - 1] - r[i]) * t;
    h[i] = 1.0;
    scale *= t * reciprocal[i + 1];
  }
  double sum = 1.0, coefficient = 1.0;
  for (std::size_t k = n; k < reciprocal.size(); ++k) {
    coefficient *= reciprocal[k];
    double symmetric = 0.0;
    for (std::size_t i = 0; i + 1 < n; ++i) symmetric = h[i] = symmetric + x[i] * h[i];
    const double term = coefficient * symmetric;
    sum += term;
    if (term < 1e-16 * sum) break;
  }
  return scale * sum;
}

/// One Jacobi rotation of the symmetric matrix a that zeroes a[p][q]; `first` is the first row of the eigenvectors.
void rotate(double (&a)[3][3], double (&first)[3], int p, int q) {
  const double off = a[p][q];
  if (std::abs(off) <= 1e-18 * std::sqrt(std::abs(a[p][p] * a[q][q]))) return;
  const double theta = (a[q][q] - a[p][p]) / (2.0 * off);
  const double tangent = (theta < 0.0 ? -1.0 : 1.0) / (std::abs(theta) + std::sqrt(theta * theta + 1.0));
  const double cosine = 1.0 / std::sqrt(tangent * tangent + 1.0), sine = tangent * cosine;
  a[p][p] -= tangent * off;
  a[q][q] += tangent * off;
  a[p][q] = a[q][p] = 0.0;
  const int k = 3 - p - q;
  const double kp = a[k][p], kq = a[k][q];
  a[k][p] = a[p][k] = cosine * kp - sine * kq;
  a[k][q] = a[q][k] = sine * kp + cosine * kq;
  const double fp = first[p], fq = first[q];
  first[p] = cosine * fp - sine * fq;
  first[q] = sine * fp + cosine * fq;
}

}  // namespace

Disposition mammillary(double CL, double Q2, double Q3, double V1, double V2, double V3) {
  // Amounts divided by sqrt(V) make the rate matrix symmetric: real modes, orthogonal, found by Jacobi rotations.
  const double s12 = -Q2 / std::sqrt(V1 * V2), s13 = -Q3 / std::sqrt(V1 * V3);
  double a[3][3] = {{(CL + Q2 + Q3) / V1, s12, s13}, {s12, Q2 / V2, 0.0}, {s13, 0.0, Q3 / V3}};
  double first[3] = {1.0, 0.0, 0.0};
  for (int sweep = 0; sweep < 12; ++sweep) {
    rotate(a, first, 0, 1);
    rotate(a, first, 0, 2);
    rotate(a, first, 1, 2);
  }
  Disposition modes{.k10 = CL / V1, .rate = {}, .weight = {}};
  for (int i = 0; i < 3; ++i) {
    modes.rate[i] = a[i][i];
    modes.weight[i] = first[i] * first[i];
  }
  return modes;
}

Input::Input(const Rates& rates, double depot_rate, double elapsed, double duration)
    : rate_(rates), depot_(depot_rate > 0.0), duration_(duration) {
  rate_[depot_stage] = depot_rate;
  fill_.t = std::min(elapsed, duration);
  free_.t = std::max(elapsed - duration, 0.0);
  for (std::size_t k = 0; k < max_stages; ++k) {
    fill_.decay[k] = fast_exp(-rate_[k] * fill_.t);
    free_.decay[k] = fast_exp(-rate_[k] * free_.t);
  }
}

double Input::chain(const Clock& clock, std::span<const std::size_t> stages) const {
  const std::size_t n = stages.size();
  double r[max_chain] = {}, d[max_chain] = {}, decay[max_chain] = {};
  for (std::size_t i = 0; i < n; ++i) {
    const double rate = rate_[stages[i]];
    std::size_t k = i;
    for (; k > 0 && r[k - 1] > rate; --k) r[k] = r[k - 1], decay[k] = decay[k - 1];
    r[k] = rate, decay[k] = clock.decay[stages[i]];
  }

  // Level m holds the differences of m + 1 neighbours: recursion where they are apart, series where they are close.
  const double t = clock.t;
  if ((r[n - 1] - r[0]) * t <= 1.0) return close_decay(r, n, t, decay[n - 1]);
  for (std::size_t i = 0; i < n; ++i) d[i] = decay[i];
  for (std::size_t m = 1; m < n; ++m)
    for (std::size_t i = 0; i + m < n; ++i) {
      const double width = r[i + m] - r[i];
      d[i] = width * t <= 1.0 ? close_decay(r + i, m + 1, t, decay[i + m]) : (d[i] - d[i + 1]) / width;
    }
  return d[0];
}

double Input::driven(std::span<const std::size_t> stages) const {
  if (duration_ <= 0.0) return chain(free_, stages.subspan(1));
  // stages[0] is `hold`: the reservoir of the zero-order input. Up to its end it heads the chain ...
  if (free_.t <= 0.0) return chain(fill_, stages) / duration_;
  // ... afterwards every stage decays from what it held then.
  double sum = 0.0;
  for (std::size_t j = 1; j < stages.size(); ++j)
    sum += chain(fill_, stages.first(j + 1)) * chain(free_, stages.subspan(j));
  return sum / duration_;
}

double Input::through(std::initializer_list<std::size_t> stages) const {
  std::size_t path[max_chain] = {hold, depot_stage};
  const std::size_t head = depot_ ? 2 : 1;
  std::copy(stages.begin(), stages.end(), path + head);
  return (depot_ ? rate_[depot_stage] : 1.0) * driven({path, head + stages.size()});
}

double Input::in_depot() const {
  constexpr std::size_t path[] = {hold, depot_stage};
  return depot_ ? driven(path) : 0.0;
}

Rates stage_rates(const Disposition& disposition, double ke0) {
  Rates rates{};
  for (std::size_t i = 0; i < 3; ++i) rates[mode_1 + i] = disposition.rate[i];
  rates[effect_stage] = ke0;
  return rates;
}

Amounts respond(const Disposition& disposition, const Input& input, double ke0) {
  Amounts sum{.depot = input.in_depot()};
  const double k10 = disposition.k10;
  for (std::size_t i = 0; i < 3; ++i) {
    const double w = disposition.weight[i];
    const std::size_t mode = mode_1 + i;
    if (w == 0.0) continue;
    const double central = w * input.through({mode});
    sum.central += central;
    // What is in the body is what has still to pass the central compartment: integral of k10 A1 from t on.
    sum.body += k10 / disposition.rate[i] * central;
    sum.lagged += w * ke0 * input.through({mode, effect_stage});
    sum.eliminated += w * k10 * input.through({mode, hold});
  }
  return sum;
}

double slowest_mode(const Disposition& disposition) {
  double slowest = 1e300;
  for (int i = 0; i < 3; ++i)
    if (disposition.weight[i] > 0.0) slowest = std::min(slowest, disposition.rate[i]);
  return slowest;
}

double clamped(std::span<const Dose> doses, double t) {
  double sum = 0.0;
  for (const Dose& dose : doses)
    if (dose.route == Route::clamp && t >= dose.start && t < dose.start + dose.duration) sum += dose.amount;
  return sum;
}

double clearance_scale(double mass, double reference) {
  const double root = std::sqrt(mass / reference);
  return root * std::sqrt(root);
}

}  // namespace burgeon::models::BURGEON_ISA
