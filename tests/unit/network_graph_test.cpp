// Checks of the circuit, its drawing, and measures of structure on graphs small enough to know the answer.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "network/graph.h"
#include "unit/network_fixture.h"

namespace burgeon::test {
namespace {

using Rule = WiringSpec::Rule;
using ::testing::HasSubstr;

constexpr ParameterRow lif_parameters[] = {{"I_e", "pA", 0.0, -1e6, 1e6, "constant current", "assumed: test"},
                                           {"b", "pA", 0.0, 0, 1e6, "spike-triggered adaptation", "assumed: test"}};

const NeuronModel& lif() {
  static const NeuronModel model = [] {
    NeuronModel m{};
    m.name = "lif";
    m.parameters = lif_parameters;
    return m;
  }();
  return model;
}

/// a (input) -> b; the receptor ampa of both, nmda of neither.
ModelSpec driven() {
  ModelSpec spec = two_populations(10, 20);
  spec.title = "two \"populations\"";
  for (PopulationSpec& p : spec.populations) {
    p.model = &lif();
    p.parameters = {constant(0.0), constant(80.0)};
    p.receptors.resize(1);
  }
  connect(spec, 0, 1, rule(Rule::bernoulli, 0, 0.1));
  InputSpec input;
  input.name = "background";
  input.target = {0, 0, 10, "a"};
  input.weight = 1.0;
  spec.inputs.push_back(input);
  spec.run.steps = 1000;
  return spec;
}

/// Messages about one subject, joined.
std::string about(const ModelSpec& spec, const std::string& subject) {
  std::string text;
  for (const Finding& f : check_circuit(spec))
    if (f.subject == subject) text += f.message + "|";
  return text;
}

TEST(CheckCircuit, HasNothingToSayOfADrivenCircuit) {
  for (const Finding& f : check_circuit(driven())) ADD_FAILURE() << f.subject << ": " << f.message;
}

TEST(CheckCircuit, NamesPopulationsThatNothingDrives) {
  ModelSpec spec = driven();
  spec.inputs.clear();
  EXPECT_THAT(about(spec, "populations.a"), HasSubstr("nothing drives it"));
  EXPECT_THAT(about(spec, "populations.b"), HasSubstr("only from populations that nothing drives"));
  // A current of its own drives a population and all that it reaches; adaptation is no such current.
  spec.populations[0].parameters[0] = constant(200.0);
  EXPECT_EQ(about(spec, "populations.a"), "");
  EXPECT_EQ(about(spec, "populations.b"), "");
}

TEST(CheckCircuit, NamesProjectionsWithoutSynapses) {
  ModelSpec spec = driven();
  spec.projections[0].wiring.p = 0.0;
  EXPECT_THAT(about(spec, "projections.a_to_b"), HasSubstr("no synapses from a to b"));
  EXPECT_THAT(about(spec, "populations.b"), HasSubstr("nothing drives it"));
  EXPECT_THAT(about(spec, "projections"), HasSubstr("2 separate parts: (a) (b)"));
  EXPECT_THAT(about(spec, "populations.b.receptors.ampa"), HasSubstr("nothing arrives"));
  spec.projections[0].wiring.p = 0.1;
  spec.projections[0].weight = constant(0.0);
  EXPECT_THAT(about(spec, "projections.a_to_b"), HasSubstr("weight 0"));
}

TEST(CheckCircuit, NamesRecordersOfWhatCannotHappen) {
  ModelSpec spec = driven();
  spec.inputs.clear();
  RecordSpec spikes;
  spikes.name = "spikes";
  spikes.target = {1, 0, 20, "b"};
  RecordSpec late = spikes;
  late.name = "late";
  late.start = 100.0;
  RecordSpec current = spikes;
  current.name = "g";
  current.kind = RecordSpec::Kind::variable;
  current.target = {0, 0, 10, "a"};
  current.variable = "ampa.g";
  spec.records = {spikes, late, current};
  EXPECT_THAT(about(spec, "record.spikes"), HasSubstr("may never fire"));
  EXPECT_THAT(about(spec, "record.late"), HasSubstr("records nothing"));
  EXPECT_THAT(about(spec, "record.g"), HasSubstr("nothing arrives at receptor ampa of a"));
}

TEST(ExpectedSynapses, MatchTheRules) {
  ModelSpec spec = two_populations(10, 20);
  const auto expected = [&](const WiringSpec& w) { return expected_synapses(connect(spec, 0, 1, w)); };
  EXPECT_EQ(expected(rule(Rule::all_to_all)), 200);
  EXPECT_EQ(expected(rule(Rule::one_to_one)), 10);
  EXPECT_EQ(expected(rule(Rule::bernoulli, 0, 0.1)), 20);
  EXPECT_EQ(expected(rule(Rule::fixed_in_degree, 3)), 60);
  EXPECT_EQ(expected(rule(Rule::fixed_out_degree, 3)), 30);
  EXPECT_EQ(expected(rule(Rule::fixed_total, 3)), 3);
  WiringSpec w = rule(Rule::all_to_all);
  w.autapses = false;
  EXPECT_EQ(expected_synapses(connect(spec, 0, 0, w)), 90);
}

TEST(Dot, ShowsPopulationsProjectionsInputsAndDrugs) {
  ModelSpec spec = driven();
  spec.populations[0].cell_class = "pyramidal";
  spec.projections[0].weight = normal(-1.5, 0.25);
  spec.drugs.emplace_back().name = "ketamine";
  spec.blockers.push_back({0, nullptr, "ketamine.effect_site"});
  spec.populations[1].receptors.push_back(population("x", 1).receptors[1]);
  const std::string dot = write_dot(spec);
  for (const char* part :
       {"digraph", "a\\n10 neurons\\nlif\\npyramidal", "p = 0.1", "-1.5 ± 0.25 nS", "1 ms", "background\\nPoisson",
        "ketamine", "blocks nmda", "arrowhead=tee", "two \\\"populations\\\"", "0->1", "2->0", "3->1"})
    EXPECT_THAT(dot, HasSubstr(part));
}

double value(const std::vector<StructuralMeasure>& measures, const std::string& name) {
  for (const StructuralMeasure& m : measures)
    if (m.name == name) return m.value;
  ADD_FAILURE() << "no measure " << name;
  return 0.0;
}

/// 0 -> 1 -> 2 -> ... -> n - 1, and back to 0 when closed.
ModelSpec chain(std::uint64_t n, bool closed) {
  ModelSpec spec = two_populations(n, 1);
  spec.populations.pop_back();
  ProjectionSpec& forward = connect(spec, 0, 0, rule(Rule::one_to_one));
  forward.source.count = forward.target.count = n - 1;
  forward.target.first = 1;
  if (closed) {
    ProjectionSpec& back = connect(spec, 0, 0, rule(Rule::one_to_one));
    back.source.first = n - 1;
    back.source.count = back.target.count = 1;
  }
  return spec;
}

TEST(Structure, OfAnOpenChain) {
  const ModelSpec spec = chain(20, false);
  const auto m = structural_measures(build(spec, 2));
  EXPECT_EQ(value(m, "components.weak"), 1);
  EXPECT_EQ(value(m, "components.strong"), 20);
  EXPECT_EQ(value(m, "components.strong.largest"), 1.0 / 20);
  EXPECT_EQ(value(m, "path_length.max"), 19);
  EXPECT_NEAR(value(m, "path_length.mean"), 7.0, 1e-12);  // (n + 1) / 3
  EXPECT_EQ(value(m, "reachable"), 0.5);
  EXPECT_EQ(value(m, "reciprocity"), 0);
  EXPECT_EQ(value(m, "degree.in.min"), 0);
  EXPECT_NEAR(value(m, "degree.out.mean"), 0.95, 1e-12);
}

TEST(Structure, OfARing) {
  const ModelSpec spec = chain(20, true);
  const auto m = structural_measures(build(spec, 3));
  EXPECT_EQ(value(m, "components.strong"), 1);
  EXPECT_EQ(value(m, "path_length.mean"), 10);
  EXPECT_EQ(value(m, "degree.in.sd"), 0);
}

TEST(Structure, OfSeparateAllToAllPopulations) {
  ModelSpec spec = two_populations(30, 12);
  connect(spec, 0, 0, rule(Rule::all_to_all));
  connect(spec, 1, 1, rule(Rule::all_to_all)).weight = normal(1.0, 0.1);
  const auto m = structural_measures(build(spec, 2));
  EXPECT_EQ(value(m, "components.weak"), 2);
  EXPECT_EQ(value(m, "components.strong"), 2);
  EXPECT_NEAR(value(m, "components.weak.largest"), 30.0 / 42, 1e-12);
  EXPECT_EQ(value(m, "clustering"), 1);
  EXPECT_EQ(value(m, "reciprocity"), 1);
  EXPECT_EQ(value(m, "degree.in.max"), 30);
}

TEST(Structure, OfARandomGraph) {
  ModelSpec spec = two_populations(500, 1);
  spec.populations.pop_back();
  connect(spec, 0, 0, rule(Rule::bernoulli, 0, 0.1));
  const auto m = structural_measures(build(spec, 2));
  // 20,000 sampled pairs: 4 standard errors of a probability of 0.1, doubled for pairs that share synapses.
  EXPECT_NEAR(value(m, "reciprocity"), 0.1, 0.017);
  EXPECT_NEAR(value(m, "clustering"), 0.1, 0.017);
  EXPECT_NEAR(value(m, "path_length.mean"), 1.9, 0.02);
  // The same numbers for any slicing.
  const auto again = structural_measures(build(spec, 5));
  ASSERT_EQ(m.size(), again.size());
  for (std::size_t i = 0; i < m.size(); ++i) EXPECT_EQ(m[i].value, again[i].value) << m[i].name;
}

double column(const std::vector<double>& values, std::string_view name) {
  for (std::size_t k = 0; k < values.size(); ++k)
    if (graph_columns()[k].name == name) return values[k];
  ADD_FAILURE() << "no column " << name;
  return 0.0;
}

// The other projection, which would close the triangles, must not count.
TEST(Structure, OfOneProjectionOnly) {
  ModelSpec spec = two_populations(300, 12);
  connect(spec, 1, 1, rule(Rule::all_to_all));
  connect(spec, 0, 0, rule(Rule::bernoulli, 0, 0.1));
  connect(spec, 0, 0, rule(Rule::all_to_all)).receptor = 1;
  const Network network = build(spec, 3);
  const auto random = projection_measures(network, 1);
  EXPECT_NEAR(column(random, "degree.in.mean"), 30.0, 1.5);
  EXPECT_NEAR(column(random, "reciprocity"), 0.1, 0.03);
  EXPECT_NEAR(column(random, "clustering"), 0.1, 0.03);
  EXPECT_NEAR(column(random, "small_worldness"), 1.0, 0.2);
  EXPECT_EQ(column(random, "components.weak"), 1);
  EXPECT_EQ(column(projection_measures(network, 2), "reciprocity"), 1);
  EXPECT_EQ(column(projection_measures(network, 0), "degree.in.mean"), 12);
  const auto again = projection_measures(build(spec, 2), 1);
  EXPECT_EQ(again, random);
}

TEST(Structure, OfOneChainHasNoSmallWorldness) {
  ModelSpec spec = two_populations(400, 1);
  spec.populations.pop_back();
  ProjectionSpec& forward = connect(spec, 0, 0, rule(Rule::one_to_one));
  forward.source.count = forward.target.count = 399;
  forward.target.first = 1;
  const auto chain_of = projection_measures(build(spec, 1), 0);
  EXPECT_EQ(column(chain_of, "components.weak"), 1);
  EXPECT_NEAR(column(chain_of, "degree.out.sd"), std::sqrt(399.0 / 400 * (1.0 / 400)), 1e-12);
  EXPECT_TRUE(std::isnan(column(chain_of, "small_worldness")));
}

TEST(Structure, StaysWithinItsLimits) {
  ModelSpec spec = two_populations(500, 1);
  connect(spec, 0, 0, rule(Rule::bernoulli, 0, 0.1));
  const auto m = structural_measures(build(spec), {.neurons = 10, .pairs = 5, .visits = 60000, .strong_synapses = 100});
  for (const StructuralMeasure& measure : m) {
    EXPECT_EQ(measure.name.find("strong"), std::string::npos);
    if (measure.name == "clustering") {
      EXPECT_THAT(measure.meaning, HasSubstr("sample: "));
    }
    if (measure.name == "path_length.mean") {
      EXPECT_THAT(measure.meaning, HasSubstr("sample: from 2 neurons"));
    }
  }
}

}  // namespace
}  // namespace burgeon::test
