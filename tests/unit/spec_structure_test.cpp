// Structural rules and paired projections in model files: what is read, and what is refused with place and advice.

#include <gtest/gtest.h>

#include "support/run.h"
#include "support/small_models.h"

namespace burgeon::test {
namespace {

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

/// The one error of a text, as message and advice.
std::string error_of(const std::string& text) {
  const ReadResult result = read_model_text(text, "test.toml", real_catalogue());
  std::string all;
  for (const Diagnostic& d : result.diagnostics)
    if (d.severity == Diagnostic::Severity::error) {
      all += d.path + ": " + d.message + " | " + d.permitted + " | " + d.suggestion + "\n";
      EXPECT_GT(d.line, 0U) << d.message;
    }
  return all;
}

void expect_error(const std::string& from, const std::string& to, const std::string& words) {
  const std::string error = error_of(replaced(small_structure(), from, to));
  EXPECT_NE(error.find(words), std::string::npos) << "expected: " << words << "\n got: " << error;
}

TEST(StructureSpec, IsReadWhole) {
  const ModelSpec spec = parse(small_structure());
  ASSERT_EQ(spec.structures.size(), 2U);
  const auto rule = [&](const std::string& name) {
    return *std::find_if(spec.structures.begin(), spec.structures.end(), [&](const auto& s) { return s.name == name; });
  };
  const StructureSpec spines = rule("spines"), growth = rule("growth");
  EXPECT_EQ(spines.update, 200);
  ASSERT_EQ(spines.projections.size(), 2U);
  EXPECT_EQ(spec.projections[spines.projections[0]].name, "pyr_to_pyr");
  EXPECT_EQ(spec.projections[spines.projections[1]].name, "pyr_to_pyr_nmda");
  EXPECT_EQ(spines.drive, "growth.calcium_pyr");
  EXPECT_TRUE(spines.balanced);
  ASSERT_EQ(growth.pairings.size(), 2U);
  EXPECT_EQ(spec.projections[growth.pairings[0].projections[0][0]].name, "pyr_to_pv");
  for (const ProjectionSpec& p : spec.projections) EXPECT_TRUE(p.rewired) << p.name;
  // The pairs and delays of the other; a weight of its own.
  const ProjectionSpec& nmda = spec.projections[spines.projections[1]];
  EXPECT_EQ(nmda.wiring.width, 150.0);
  EXPECT_EQ(nmda.delay.b, 30.0);
  EXPECT_EQ(nmda.weight.a, 0.05);
  EXPECT_NE(spec.canonical_json.find("\"structure\""), std::string::npos);
  EXPECT_NE(model_schema(real_catalogue()).find("\"spine_turnover\""), std::string::npos);
}

TEST(StructureSpec, EveryValueIsPartOfTheHash) {
  const auto hash = [](const std::string& text) { return parse(text).hash; };
  const std::uint64_t first = hash(small_structure());
  for (const auto& [from, to] :
       {std::pair("update = \"20 ms\"", "update = \"40 ms\""), std::pair("stress_hit = 0.5", "stress_hit = 0.4"),
        std::pair("stress_hit = 0.5", "start = \"mature\""),
        std::pair("drive = \"growth.calcium_pyr\"", "drive = \"growth.calcium_pv\""),
        std::pair("tau_Ca = \"100 ms\"", "tau_Ca = \"90 ms\""), std::pair("nu = \"0.05 1/ms\"", "nu = \"0.06 1/ms\"")})
    EXPECT_NE(first, hash(replaced(small_structure(), from, to))) << from;
}

TEST(StructureSpec, MistakesAreReportedWithAdvice) {
  expect_error("model = \"spine_turnover\"", "model = \"spine_turnovr\"", "spine_turnover");
  expect_error("update = \"20 ms\"", "update = \"30 ms\"", "not a multiple of slow_tick");
  expect_error("projection = \"pyr_to_pyr\"", "projection = \"pyr_to_py\"", "pyr_to_pyr");
  expect_error("projection = \"pyr_to_pyr\"", "projection = \"pyr_to_pyr_nmda\"", "those that are like it follow");
  expect_error("projection = \"pyr_to_pyr\"", "projection = \"pyr_to_pv\"", "has a structural rule already");
  expect_error("drive = \"growth.calcium_pyr\"", "drive = \"growth.calcium_py\"", "growth.calcium_pyr");
  expect_error("sigma = \"100 um\"", "sigm = \"100 um\"", "sigma");
  expect_error("f0 = \"2 1/s\"", "f0 = \"0 1/s\"", "no balance to start from");
  expect_error("e0 = \"0.2 1/s\"", "e0 = \"0.2 s\"", "e0");
  expect_error("placement = { box = [\"400 um\", \"400 um\", \"200 um\"] }", "", "placement");
  expect_error("eps = 0.6 }", "eps = 0.6, eta = 0.7 }", "eta must be below eps");
  expect_error("population = \"pyr\", nu", "population = \"pyra\", nu", "pyr");
  expect_error("axons = \"axon_pyr\"", "axons = \"axon_py\"", "axon_pyr");
  expect_error("axons = \"axon_pyr\"", "axons = [\"axon_pyr\", \"den_in_pyr\"]", "one element per population");
  expect_error("axons = \"axon_pyr\"", "axons = [\"axon_pyr\", \"axon_pv\"]", "one projection for every pair");
  expect_error("projections = \"pyr_to_pv\"", "projections = \"pv_to_pyr\"", "none of these elements");
}

TEST(StructureSpec, ProjectionsThatCannotBeEditedAreRefused) {
  expect_error("delay = { uniform = [\"0.3 ms\", \"30 ms\"] }", "delay = { normal = [\"2 ms\", \"1 ms\"] }",
               "delays without bounds");
  expect_error("delay = \"1.3 ms\"", "delay = \"1.3 ms\"\nplasticity = { model = \"stdp_pair\", w_max = \"9 nS\" }",
               "has a rule of plasticity");
  expect_error("delay = \"1.3 ms\"", "delay = \"1.3 ms\"\nweight_precision = \"bfloat16\"",
               "those that come and go are float32");
  expect_error(
      "[record.spikes]",
      "[[interventions]]\nkind = \"delete_synapses\"\nprojection = \"pyr_to_pv\"\nfraction = 0.5\n[record.spikes]",
      "can't be deleted");
}

TEST(LikeSpec, MistakesAreReportedWithAdvice) {
  expect_error("like = \"pyr_to_pyr\"", "like = \"pyr_to_py\"", "pyr_to_pyr");
  expect_error("like = \"pyr_to_pyr\"", "like = \"pyr_to_pv\"", "does not connect the same neurons");
  expect_error("like = \"pyr_to_pyr\"", "like = \"pyr_to_pyr_nmda\"", "itself like another");
  expect_error("like = \"pyr_to_pyr\"", "like = \"pyr_to_pyr\", p = 0.2", "like");
  expect_error("weight = \"0.05 nS\"", "weight = \"0.05 nS\"\ndelay = \"1 ms\"", "exclude each other");
}

}  // namespace
}  // namespace burgeon::test
