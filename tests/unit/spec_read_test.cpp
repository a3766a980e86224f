// What a valid file becomes: defaults, units, expansion, references, canonical form.

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "spec/read.h"
#include "support/model_texts.h"
#include "support/test_catalogue.h"

namespace burgeon {
namespace {

std::string all(const ReadResult& result) {
  std::string text;
  for (const Diagnostic& d : result.diagnostics) text += format_diagnostic(d, false);
  return text;
}

ModelSpec read(const std::string& text, const ReadOptions& options = {}) {
  const ReadResult result = read_model_text(text, "models/m.toml", test::catalogue(), options);
  EXPECT_TRUE(result.spec.has_value()) << all(result);
  return result.spec.value_or(ModelSpec{});
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

const ProjectionSpec& projection(const ModelSpec& spec, const std::string& name) {
  return *std::find_if(spec.projections.begin(), spec.projections.end(), [&](const auto& p) { return p.name == name; });
}

TEST(Read, FillsRunAndPopulations) {
  const ModelSpec spec = read(test::conductance_text);
  EXPECT_EQ(spec.run.steps, 10000);
  EXPECT_EQ(spec.run.slow_tick, 500);
  EXPECT_EQ(spec.run.seed, 7U);
  ASSERT_EQ(spec.populations.size(), 2U);
  const PopulationSpec& pv = spec.populations[0];
  const PopulationSpec& pyr = spec.populations[1];
  EXPECT_EQ(pv.name, "pv");
  EXPECT_EQ(pyr.parameters[0].a, 250.0);
  EXPECT_EQ(pyr.parameters[1].kind, Draw::Kind::normal);
  EXPECT_EQ(pyr.parameters[1].low, -72.0);
  EXPECT_EQ(pyr.parameters[1].high, -58.0);
  EXPECT_EQ(pv.parameters[0].a, 200.0);  // default of the row
  EXPECT_EQ(pv.initial[0].a, -65.0);     // from the parameter E_L
  EXPECT_EQ(pyr.initial[0].kind, Draw::Kind::uniform);
  EXPECT_EQ(pyr.receptors[1].subunit, "2B");
  EXPECT_EQ(pyr.receptors[1].parameters[0].a, 1200.0);
  EXPECT_EQ(pyr.receptors[0].subunit, "");
  EXPECT_EQ(pyr.placement.kind, PlacementSpec::Kind::cylinder);
  EXPECT_EQ(pyr.placement.size[1], 900.0);
  EXPECT_EQ(pyr.placement.centre[2], 10.0);
  EXPECT_EQ(pyr.groups[1].first, 24U);
}

TEST(Read, ExpandsWeightTables) {
  const ModelSpec spec = read(test::conductance_text);
  EXPECT_EQ(spec.projections.size(), 2U + 9U);
  const ProjectionSpec& pair = projection(spec, "pyr_to_pyr[A->rest]");
  EXPECT_EQ(pair.source.first, 0U);
  EXPECT_EQ(pair.source.count, 24U);
  EXPECT_EQ(pair.target.first, 48U);
  EXPECT_EQ(pair.target.count, 52U);
  EXPECT_EQ(projection(spec, "pyr_to_pyr[B->A]").weight.a, 0.165 * 0.876);
  EXPECT_EQ(pair.gate_parameters[0].a, 100.0);
  // The intervention on the projection means all of its pairs.
  const auto scaled = std::count_if(spec.interventions.begin(), spec.interventions.end(),
                                    [](const auto& i) { return i.kind == InterventionSpec::Kind::scale_weights; });
  EXPECT_EQ(scaled, 9);
}

TEST(Read, SplitRestBecomesSeveralSelections) {
  std::string text = replaced(test::conductance_text, "groups.B = { first = 24, count = 24 }",
                              "groups.B = { first = 40, count = 24 }");
  const ModelSpec spec = read(text);
  EXPECT_EQ(projection(spec, "pyr_to_pyr[rest1->A]").source.count, 16U);
  EXPECT_EQ(projection(spec, "pyr_to_pyr[rest2->rest1]").source.first, 64U);
  EXPECT_EQ(spec.projections.size(), 2U + 16U);
}

TEST(Read, PairsWithFactorZeroAreLeftOut) {
  const std::string text = replaced(test::conductance_text, "A = { A = 1.7, B = 0.876", "A = { A = 1.7, B = 0");
  EXPECT_EQ(read(text).projections.size(), 2U + 8U);
}

TEST(Read, DosesAreUnrolledSortedAndScaledByBodyMass) {
  const ModelSpec spec = read(test::conductance_text);
  ASSERT_EQ(spec.drugs.size(), 1U);
  const DrugSpec& drug = spec.drugs[0];
  ASSERT_EQ(drug.doses.size(), 2U);
  EXPECT_EQ(drug.doses[0].amount, 35.0);
  EXPECT_EQ(drug.doses[1].start, 550.0);
  EXPECT_EQ(drug.doses[0].duration, 400.0);
  // Explicit value over preset over default; NaN in the preset keeps the default.
  EXPECT_DOUBLE_EQ(drug.parameters[0], 80.0 / 3.6e6);
  EXPECT_EQ(drug.parameters[1], 1.0);
  EXPECT_EQ(drug.parameters[2], 0.4);
  ASSERT_EQ(spec.blockers.size(), 2U);
  EXPECT_EQ(spec.blockers[0].signal, "ketamine.effect_site");
  EXPECT_EQ(spec.blockers[1].signal, "ketamine.norketamine.effect_site");
}

TEST(Read, BodyMassFollowsTheSpecies) {
  std::string text =
      replaced(test::conductance_text, "body_mass = \"70 kg\"\nspecies = \"human\"", "species = \"mouse\"");
  EXPECT_EQ(read(text).drugs[0].doses[0].amount, 0.5 * 0.025);
}

TEST(Read, ListsOfTargetsBecomeOneEach) {
  const ModelSpec spec = read(test::conductance_text);
  std::vector<std::string> names;
  for (const InputSpec& input : spec.inputs) names.push_back(input.name);
  EXPECT_EQ(names, (std::vector<std::string>{"background.pyr.A", "background.pv", "kick", "list", "noise"}));
  names.clear();
  for (const RecordSpec& record : spec.records) names.push_back(record.name);
  EXPECT_EQ(names, (std::vector<std::string>{"block.pyr", "drug", "membrane.pyr", "membrane.pv", "rate", "spikes.pv",
                                             "spikes.pyr"}));
}

TEST(Read, InputsInInternalUnits) {
  const ModelSpec spec = read(test::conductance_text);
  const InputSpec& background = spec.inputs[0];
  EXPECT_TRUE(background.course.ramp);
  EXPECT_EQ(background.course.points[1].t, 500.0);
  EXPECT_EQ(background.course.points[1].value, 2.8);
  EXPECT_EQ(background.redraw_sd, 0.004);
  const Course& pulses = spec.inputs[2].course;
  ASSERT_EQ(pulses.points.size(), 6U);
  EXPECT_EQ(pulses.points[0].value, 200.0);
  EXPECT_EQ(pulses.points[1].t, 5.0);
  EXPECT_EQ(pulses.points[1].value, 0.0);
  EXPECT_EQ(pulses.points[4].t, 200.0);
  EXPECT_NEAR(spec.inputs[2].ring_centre, 1.5707963267948966, 1e-15);
  EXPECT_EQ(spec.inputs[3].events[1].index, 3U);
}

TEST(Read, ScaleKeepsInDegrees) {
  ReadOptions options;
  options.overrides = {{"simulation.scale", "2.0"}};
  const ModelSpec spec = read(test::conductance_text, options);
  EXPECT_EQ(spec.populations[1].size, 200U);
  EXPECT_EQ(spec.populations[1].groups[1].first, 48U);
  EXPECT_EQ(projection(spec, "pyr_to_pv").wiring.p, 0.15);
  EXPECT_EQ(projection(spec, "pyr_ring").wiring.number, 20U);
  options.overrides = {{"simulation.scale", "0.1"}};
  const ReadResult refused = read_model_text(test::conductance_text, "m.toml", test::catalogue(), options);
  EXPECT_NE(all(refused).find("makes the probability"), std::string::npos) << all(refused);
}

TEST(Read, ConductanceWeightsAreRedrawnWhileNegative) {
  const std::string text = replaced(test::conductance_text, "lognormal = [\"1.2 nS\", \"0.6 nS\"], max = \"6 nS\"",
                                    "normal = [\"1.2 nS\", \"0.6 nS\"]");
  EXPECT_EQ(projection(read(text), "pyr_to_pv").weight.low, 0.0);
}

// ---------------------------------------------------------------------------------------------------------------------

TEST(Canonical, DoesNotDependOnOrderCommentsOrSpelling) {
  const ModelSpec spec = read(test::linear_text);
  std::string other = replaced(test::linear_text, "duration = \"200 ms\"",
                               "# a comment\nduration = \"0.2 s\"\nseed = 1\ndt = \"100 us\"");
  other = replaced(other, "model = \"lif_linear\"\nn = 80\n", "C_m = \"0.2 nF\"\nn = 80\nmodel = 'lif_linear'\n");
  // The last table goes first.
  const std::string record = "[record.spikes]\ntarget = \"e\"\n";
  other = replaced(other, record, "");
  other = replaced(other, "[simulation]", record + "[simulation]");
  other = replaced(other, "title = \"linear\"", "title = \"something else\"");
  EXPECT_EQ(read(other).canonical_json, spec.canonical_json);
  EXPECT_EQ(read(other).hash, spec.hash);
  EXPECT_NE(spec.hash, 0U);
}

TEST(Canonical, DependsOnEveryValue) {
  const ModelSpec spec = read(test::linear_text);
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{{"200 ms", "201 ms"},
                                                        {"n = 80", "n = 81"},
                                                        {"t_ref = \"2 ms\"", "t_ref = \"2.1 ms\""},
                                                        {"p = 0.1", "p = 0.10000000000000002"},
                                                        {"autapses = false", "autapses = true"},
                                                        {"-0.5 mV", "-0.6 mV"},
                                                        {"1.5 ms", "1.6 ms"},
                                                        {"tau = \"0.5 ms\"", "tau = \"0.6 ms\""},
                                                        {"sd = \"50 pA\"", "sd = \"51 pA\""},
                                                        {"shared = true", "shared = false"}})
    EXPECT_NE(read(replaced(test::linear_text, from, to)).hash, spec.hash) << from;
}

TEST(Canonical, IsJsonWithoutPaths) {
  const ModelSpec spec = read(test::conductance_text);
  const auto json = nlohmann::json::parse(spec.canonical_json);
  EXPECT_EQ(json["simulation"]["dt"], 0.1);
  EXPECT_EQ(json["populations"][1]["parameters"]["C_m"], 250.0);
  EXPECT_EQ(spec.canonical_json.find("m.toml"), std::string::npos);
  EXPECT_NE(spec.canonical_json.find("0.10000000000000001"), std::string::npos);
}

TEST(Schema, NamesEveryKeyOfTheTables) {
  const auto json = nlohmann::json::parse(model_schema(test::catalogue()));
  EXPECT_EQ(json["properties"]["simulation"]["properties"]["dt"]["default"], "0.1 ms");
  const auto& populations = json["properties"]["populations"]["additionalProperties"]["anyOf"];
  ASSERT_EQ(populations.size(), 2U);
  EXPECT_TRUE(populations[0]["properties"].contains("C_m"));
  EXPECT_EQ(populations[1]["properties"]["model"]["const"], "lif_cond");
  EXPECT_TRUE(json["properties"]["doses"]["items"]["properties"].contains("route"));
}

// ---------------------------------------------------------------------------------------------------------------------

TEST(Estimate, CountsByRule) {
  const ModelSpec spec = read(test::linear_text);
  const Estimate result = estimate(spec);
  EXPECT_EQ(result.neurons, 80);
  EXPECT_DOUBLE_EQ(result.synapses, 0.1 * 80 * 80);
  EXPECT_GT(result.memory_bytes, 80 * 8);
  EXPECT_GT(result.wall_s, 0);
}

TEST(Estimate, DistanceKernelIsAveragedOverThePlacement) {
  // A wide kernel connects nearly p of all pairs, a narrow one nearly none.
  const auto synapses = [](const char* width) {
    ReadOptions options;
    options.overrides = {{"projections.pyr_to_pv.wiring.width", width},
                         {"projections.pyr_to_pv.wiring.cutoff", "0 um"}};
    return estimate(read(test::conductance_text, options)).synapses;
  };
  const double others = 100.0 * 100.0 + 20.0 * 100.0;
  EXPECT_NEAR(synapses("100000 um") - others, 0.3 * 100 * 50, 1.0);
  EXPECT_LT(synapses("1 um") - others, 5.0);
}

TEST(Estimate, RefusesWhatMemoryCantHoldAndNamesTheBiggestPart) {
  ReadOptions options;
  options.memory_limit = 100'000'000;
  options.overrides = {{"populations.e.n", "40000"}, {"projections.ee.delay", "{ normal = ['1.5 ms', '0.5 ms'] }"}};
  const ReadResult result = read_model_text(test::linear_text, "m.toml", test::catalogue(), options);
  EXPECT_FALSE(result.spec.has_value());
  EXPECT_NE(all(result).find("the biggest part is projection 'ee'"), std::string::npos) << all(result);
  EXPECT_NE(all(result).find("at most 100 MB"), std::string::npos) << all(result);
}

}  // namespace
}  // namespace burgeon
