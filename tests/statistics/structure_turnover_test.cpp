// Turnover of spines: balance at rest, exact probabilities over a span, the solution of its three pools, clustered loss; and
// partners by a kernel of distance.

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "network/partner_tree.h"
#include "sim/turnover.h"
#include "support/run.h"

namespace burgeon::test {
namespace {

std::string spines(const std::string& more, int n = 400, double p = 0.25) {
  std::string text = R"(
title = "spines"
[simulation]
duration = "1 s"
[populations.pyr]
model = "lif_cond"
n = )" + std::to_string(n) +
                     R"(
receptors.ampa = { model = "exp_conductance", tau = "3 ms", E_rev = "0 mV" }
[projections.rec]
source = "pyr"
target = "pyr"
receptor = "ampa"
wiring = { rule = "bernoulli", p = )" +
                     std::to_string(p) + R"(, autapses = false }
weight = "0.1 nS"
delay = "1 ms"
[structure.spines]
model = "spine_turnover"
update = "1 s"
projection = "rec"
)" + more;
  // Expectations below count on these rates, whatever a row's defaults are calibrated to.
  for (const char* rate : {"f0 = \"0.36 1/d\"", "tau_new = \"3.3333333333333333 d\"", "maturation = \"0.1 1/d\"",
                           "e0 = \"0.0025 1/d\"", "gain = 6.0", "stress_gain = 6.0", "stress_formation = 0.7"}) {
    const std::string line(rate);
    if (more.find(line.substr(0, line.find(' ') + 2)) == std::string::npos) text += line + "\n";
  }
  return text;
}

constexpr double day = 86'400'000.0;

struct SpineRun {
  explicit SpineRun(const ModelSpec& spec) : simulation(spec, real_catalogue(), sink, {}) {
    simulation.hold_slow(true);
    simulation.run();
  }
  void leap(double ms) { simulation.leap_to(simulation.step() + static_cast<Step>(std::floor(ms / 100.0)) * 1000); }
  [[nodiscard]] double signal(const char* name) const { return simulation.signal(std::string("spines.") + name); }
  MemorySink sink;
  Simulation simulation;
};

TEST(Turnover, AtRestNothingChangesInTheMean) {
  const ModelSpec spec = parse(spines(""));
  SpineRun run(spec);
  const double start = run.signal("synapses");
  // e0 / maturation = 0.025 new per mature; lost / mature = 0.0025 0.4 / (0.36 0.1) = 0.02778.
  const double fresh = start * 0.025 / 1.025, lost = start * 0.0277778 / 1.025;
  EXPECT_NEAR(run.signal("new"), fresh, 4.0 * std::sqrt(fresh));
  EXPECT_NEAR(run.signal("lost"), lost, 4.0 * std::sqrt(lost));
  for (int d = 0; d < 60; ++d) run.leap(day);
  EXPECT_NEAR(run.signal("new"), fresh, 4.0 * std::sqrt(fresh));
  EXPECT_NEAR(run.signal("lost"), lost, 4.0 * std::sqrt(lost));
  // Sites neither appear nor vanish.
  EXPECT_NEAR(run.signal("density"), 1.0, 4.0 * std::sqrt(2.0 * lost) / start);
}

TEST(Turnover, FollowsItsThreePools) {
  // Everything mature at first; no maturation and no formation: plain decay with the exact probability of the span.
  const ModelSpec spec = parse(spines("start = \"mature\"\ne0 = \"0.01 1/d\"\nf0 = \"0 1/d\"\nstress_gain = 0\n"));
  SpineRun run(spec);
  const double start = run.signal("synapses");
  EXPECT_EQ(run.signal("new"), 0.0);
  EXPECT_EQ(run.signal("lost"), 0.0);
  for (int d = 0; d < 30; ++d) run.leap(day);
  const double kept = std::exp(-0.3), expected = start * kept;
  EXPECT_NEAR(run.signal("mature"), expected, 4.0 * std::sqrt(start * kept * (1.0 - kept)));
  EXPECT_EQ(run.signal("mature") + run.signal("lost"), start);
}

TEST(Turnover, ThreePoolsAgreeWithTheirEquations) {
  const ModelSpec spec = parse(spines("start = \"mature\"\ne0 = \"0.05 1/d\"\n"));
  SpineRun run(spec);
  // dM/dt = c N - e0 M, dN/dt = f0 L - (1/tau + c) N, dL/dt = e0 M + N/tau - f0 L by small Euler steps.
  double m = run.signal("synapses"), n = 0.0, l = 0.0;
  const double start = m, h = 1e-3;
  for (int k = 0; k < 20000; ++k) {
    const double dm = 0.1 * n - 0.05 * m, dn = 0.36 * l - 0.4 * n, dl = 0.05 * m + 0.3 * n - 0.36 * l;
    m += h * dm;
    n += h * dn;
    l += h * dl;
  }
  run.leap(20.0 * day);
  EXPECT_NEAR(run.signal("mature"), m, 4.0 * std::sqrt(start * 0.25));
  EXPECT_NEAR(run.signal("new"), n, 4.0 * std::sqrt(n) + 0.01 * n);
  EXPECT_NEAR(run.signal("lost"), l, 4.0 * std::sqrt(l) + 0.01 * l);
}

TEST(Turnover, SpansKeepTheChangeSmall) {
  const ModelSpec spec = parse(spines("e0 = \"0.2 1/d\"\n"));
  SpineRun run(spec);
  const double span = run.simulation.largest_structure_span();
  ASSERT_LT(span, day);
  const double all = run.signal("synapses");
  const auto before = run.sink.table(Table::Kind::topology, "rec").columns[0].size();
  run.leap(span);
  run.simulation.run_until(10000);
  // At rest births and deaths balance, so that what limits the leap is their sum: a tenth of all.
  const auto& kind = run.sink.table(Table::Kind::topology, "rec").columns[1];
  const auto count = [&](double what) {
    return static_cast<double>(std::count(kind.begin() + static_cast<std::ptrdiff_t>(before), kind.end(), what));
  };
  const double born = count(0.0), died = count(1.0), expected = 0.1 * all;
  EXPECT_NEAR(born + died, expected, 5.0 * std::sqrt(expected) + 0.05 * expected);
  EXPECT_LT(std::abs(born - died), 0.02 * all + 5.0 * std::sqrt(expected));
}

// A rule by itself, at levels of drive and stress that no signal of the small model has.
TEST(Turnover, StressFallsOnSomeNeuronsOnly) {
  const ModelSpec spec = parse(spines("start = \"mature\"\nstress_hit = 0.3\nf0 = \"0 1/d\"\n"));
  Network network = build_network(spec, 2, [](const auto& f) {
    f(0);
    f(1);
  });
  Ranks alone;
  Turnover rule(spec.structures[0], network, alone);
  rule.set_levels({0.0, 2.0, 0.0});
  FanOut fan_out(1, std::vector<std::uint32_t>(400, 1000));
  for (unsigned s = 0; s < 2; ++s) rule.decide(s, 0.5 * day);
  const double start = static_cast<double>(rule.synapses().synapses());
  rule.agree(0.0, fan_out);
  std::vector<double> lost(400, 0.0);
  for (const Edit& e : rule.synapses().edits()) lost[e.target] += 1.0;
  // Hit: e0 (1 + 6 2/0.3) = 41 e0 = 0.1025/d; spared: e0. Together as if spread: 13 e0.
  const double all = static_cast<double>(rule.synapses().edits().size());
  EXPECT_NEAR(all / start, 0.5 * 13.0 * 0.0025, 0.25 * 0.5 * 13.0 * 0.0025);
  std::vector<double> sorted = lost;
  std::sort(sorted.begin(), sorted.end());
  double low = 0.0;
  for (std::size_t i = 0; i < 240; ++i) low += sorted[i];  // most of the spared
  EXPECT_LT(low / all, 0.15);
}

TEST(Turnover, DriveRaisesFormationAndStressSlowsIt) {
  const ModelSpec spec = parse(spines(""));
  const StructuralModel& model = *spec.structures[0].model;
  TurnoverRates rest{}, driven{}, stressed{};
  model.rates(spec.structures[0].parameters.data(), {0.0, 0.0, 0.0}, rest);
  model.rates(spec.structures[0].parameters.data(), {0.5, 0.0, 0.0}, driven);
  model.rates(spec.structures[0].parameters.data(), {0.0, 1.0, 0.0}, stressed);
  EXPECT_NEAR(rest.formation, 0.36 / day, 1e-15);
  EXPECT_NEAR(driven.formation, 4.0 * rest.formation, 1e-15);
  EXPECT_NEAR(stressed.formation, 0.7 * rest.formation, 1e-15);
  EXPECT_NEAR(stressed.mature_loss, 7.0 * rest.mature_loss, 1e-15);
  EXPECT_EQ(driven.mature_loss, rest.mature_loss);
}

// ---------------------------------------------------------------------------------------------------------------------

std::vector<Position> cloud(std::size_t n, float side) {
  std::vector<Position> positions;
  RandomStream stream(random_key(3, "cloud"), 0);
  for (std::size_t i = 0; i < n; ++i) {
    Position p;
    for (float& x : p) x = side * static_cast<float>(stream.uniform());
    positions.push_back(p);
  }
  return positions;
}

// Chi-squared of drawn partners against the kernel; rejection and summation are both met.
double chi_squared(double sigma, double sigma_of_law) {
  const auto positions = cloud(50, 300.0F);
  const Position centre = positions[7];
  std::vector<double> weight(50), count(50, 0.0);
  double sum = 0.0;
  for (std::size_t i = 0; i < 50; ++i)
    sum += weight[i] = i == 7 ? 0.0 : std::exp(-squared_distance(positions[i], centre) / (sigma_of_law * sigma_of_law));
  const double draws = 40000.0;
  for (int k = 0; k < static_cast<int>(draws); ++k) {
    RandomStream stream(random_key(4, "draw"), static_cast<std::uint64_t>(k));
    ++count[draw_partner(stream, 50, 7, positions, centre, sigma)];
  }
  EXPECT_EQ(count[7], 0.0);
  double chi = 0.0;
  double rare = 0.0, rare_count = 0.0;
  for (std::size_t i = 0; i < 50; ++i) {
    const double expected = draws * weight[i] / sum;
    if (expected < 10.0) {
      rare += expected;
      rare_count += count[i];
    } else {
      chi += (count[i] - expected) * (count[i] - expected) / expected;
    }
  }
  return chi + (rare > 1.0 ? (rare_count - rare) * (rare_count - rare) / rare : 0.0);
}

TEST(Partners, FollowTheKernel) {
  EXPECT_LT(chi_squared(150.0, 150.0), 90.0);  // 49 degrees of freedom: p = 3e-4
  EXPECT_LT(chi_squared(40.0, 40.0), 90.0);    // far apart: mostly by summation
  EXPECT_LT(chi_squared(1e5, 1e5), 90.0);      // all alike
  // The planted fault: exp(-d^2 / (2 sigma^2)).
  EXPECT_GT(chi_squared(150.0, 150.0 * std::sqrt(2.0)), 500.0);
}

// Lengths of connections drawn from a tree, sorted; every draw with its own stream.
std::vector<double> lengths(double theta, double sigma, int draws, std::size_t n) {
  const auto positions = cloud(n, 1000.0F);
  std::vector<std::uint32_t> vacancies(n);
  for (std::size_t i = 0; i < n; ++i) vacancies[i] = static_cast<std::uint32_t>(i % 4);
  const PartnerTree tree(positions, vacancies, sigma, theta);
  std::vector<double> result;
  for (int k = 0; k < draws; ++k) {
    RandomStream stream(random_key(5, "tree"), static_cast<std::uint64_t>(k));
    const auto from = static_cast<std::uint32_t>(k) % static_cast<std::uint32_t>(n);
    result.push_back(std::sqrt(squared_distance(positions[tree.draw(stream, positions[from], from)], positions[from])));
  }
  std::sort(result.begin(), result.end());
  return result;
}

double mean(const std::vector<double>& x) {
  return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}

/// Largest difference of the two cumulative distributions.
double kolmogorov_smirnov(const std::vector<double>& a, const std::vector<double>& b) {
  double largest = 0.0;
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    a[i] <= b[j] ? ++i : ++j;
    largest = std::max(largest, std::abs(static_cast<double>(i) / static_cast<double>(a.size()) -
                                         static_cast<double>(j) / static_cast<double>(b.size())));
  }
  return largest;
}

TEST(PartnerTree, WithoutCellsItIsTheDirectDraw) {
  const auto positions = cloud(60, 300.0F);
  std::vector<std::uint32_t> vacancies(60);
  for (std::size_t i = 0; i < 60; ++i) vacancies[i] = static_cast<std::uint32_t>(i % 3);
  const PartnerTree tree(positions, vacancies, 120.0, 0.0);
  std::vector<double> count(60, 0.0), weight(60, 0.0);
  double sum = 0.0, chi = 0.0;
  for (std::size_t i = 0; i < 60; ++i)
    sum += weight[i] = i == 7 ? 0.0 : vacancies[i] * std::exp(-squared_distance(positions[i], positions[7]) / 14400.0);
  for (int k = 0; k < 50000; ++k) {
    RandomStream stream(random_key(6, "exact"), static_cast<std::uint64_t>(k));
    ++count[tree.draw(stream, positions[7], 7)];
  }
  for (std::size_t i = 0; i < 60; ++i) {
    const double expected = 50000.0 * weight[i] / sum;
    if (expected == 0.0) {
      EXPECT_EQ(count[i], 0.0) << i;
    } else {
      chi += (count[i] - expected) * (count[i] - expected) / std::max(expected, 1.0);
    }
  }
  EXPECT_LT(chi, 90.0);
}

TEST(PartnerTree, DistantCellsKeepLengthsWithinTwoPercent) {
  for (const double sigma : {250.0, 750.0}) {
    const auto exact = lengths(0.0, sigma, 100000, 800), tree = lengths(0.3, sigma, 100000, 800);
    EXPECT_NEAR(mean(tree), mean(exact), 0.02 * mean(exact)) << sigma;
    EXPECT_LT(kolmogorov_smirnov(tree, exact), 0.02) << sigma;
    // The planted fault: cells that are taken as one however near.
    if (sigma < 500.0) {
      EXPECT_GT(kolmogorov_smirnov(lengths(5.0, sigma, 20000, 800), exact), 0.02);
    }
  }
}

TEST(PartnerTree, HandsOutEveryVacancyOnce) {
  const auto positions = cloud(300, 300.0F);
  std::vector<std::uint32_t> left(300, 2);
  PartnerTree tree(positions, left, 100.0, 0.3);
  RandomStream stream(random_key(8, "all"), 0);
  for (int k = 0; k < 600; ++k) {
    const std::uint32_t i = tree.draw(stream, positions[0], nobody);
    ASSERT_NE(i, nobody);
    ASSERT_GT(left[i], 0U);
    --left[i];
    tree.take(i);
  }
  EXPECT_EQ(tree.vacancies(), 0U);
  EXPECT_EQ(tree.draw(stream, positions[0], nobody), nobody);
}

}  // namespace
}  // namespace burgeon::test
