// Same bits for any number of threads, interval length, instruction set, and for run = run, checkpoint, resume.

#include <gtest/gtest.h>

#include "base/noise.h"
#include "base/random.h"
#include "models/catalogue.h"
#include "support/run.h"
#include "support/small_models.h"

namespace burgeon::test {
namespace {

struct Named {
  const char* name;
  std::string (*text)();
};
void PrintTo(const Named& model, std::ostream* os) { *os << model.name; }

class Layout : public testing::TestWithParam<Named> {};

// Everything a run leaves: hash and all recorded values.
void expect_same(const Outcome& a, const Outcome& b) {
  EXPECT_EQ(a.hash, b.hash);
  ASSERT_EQ(a.sink.tables().size(), b.sink.tables().size());
  for (std::size_t t = 0; t < a.sink.tables().size(); ++t)
    EXPECT_EQ(a.sink.tables()[t].columns, b.sink.tables()[t].columns) << a.sink.tables()[t].table.name;
}

TEST_P(Layout, ThreadsDoNotMatter) {
  const ModelSpec spec = parse(GetParam().text());
  const Outcome one = run(spec);
  for (const PopulationSpec& population : spec.populations)  // a silent network would prove nothing
    EXPECT_GT(one.measure(population.name + ".rate"), 1.0) << population.name;
  for (const unsigned threads : {2U, 3U, 4U, 7U}) {
    SCOPED_TRACE(threads);
    expect_same(one, run(spec, {.threads = threads}));
  }
}

TEST_P(Layout, WhoWorksDoesNotMatter) {
  const ModelSpec spec = parse(GetParam().text());
  expect_same(run(spec), run(spec, {.threads = 3, .alternate = true}));
}

TEST_P(Layout, IntervalLengthDoesNotMatter) {
  const ModelSpec spec = parse(GetParam().text());
  const Outcome whole = run(spec);
  for (const Step chunk : {1, 2, 3}) {
    SCOPED_TRACE(chunk);
    expect_same(whole, run(spec, {.threads = 2, .chunk = chunk}));
  }
}

TEST_P(Layout, InstructionSetDoesNotMatter) {
  const ModelSpec spec = parse(GetParam().text());
  const Outcome best = run(spec);
  for (const std::string_view simd : {"v2", "v3", "v4"}) {
    if (simd > best_simd()) continue;
    SCOPED_TRACE(simd);
    const ReadResult result = read_model_text(GetParam().text(), "test.toml", models::catalogue(simd));
    expect_same(best, run(*result.spec, {.threads = 2, .simd = std::string(simd)}));
  }
}

TEST_P(Layout, ResumeAtRandomPointsGivesTheSameRun) {
  const ModelSpec spec = parse(GetParam().text());
  const Outcome whole = run(spec);
  RandomStream random(random_key(1, "resume"), 0);
  for (int repeat = 0; repeat < 6; ++repeat) {
    const auto at = static_cast<Step>(1 + random.below(static_cast<std::uint64_t>(spec.run.steps - 1)));
    SCOPED_TRACE(at);
    MemorySink first_sink, second_sink;
    Simulation first(spec, real_catalogue(), first_sink, {.threads = 2});
    first.run_until(at);
    const Checkpoint checkpoint = first.checkpoint();
    Simulation second(spec, real_catalogue(), second_sink, {.threads = 3});
    second.restore(checkpoint);
    EXPECT_EQ(second.step(), at);
    second.run();
    EXPECT_EQ(whole.hash, second.result_hash());
    EXPECT_EQ(whole.summary.size(), second.summary().size());

    // What the two parts recorded, one after the other, is what the whole run recorded.
    for (std::size_t t = 0; t < whole.sink.tables().size(); ++t)
      for (std::size_t c = 0; c < whole.sink.tables()[t].columns.size(); ++c) {
        std::vector<double> joined = first_sink.tables()[t].columns[c];
        const auto& rest = second_sink.tables()[t].columns[c];
        joined.insert(joined.end(), rest.begin(), rest.end());
        EXPECT_EQ(whole.sink.tables()[t].columns[c], joined) << whole.sink.tables()[t].table.name << " column " << c;
      }
  }
}

TEST_P(Layout, AnotherSeedGivesAnotherRun) {
  const ModelSpec spec = parse(GetParam().text());
  EXPECT_NE(run(spec).hash, run(parse(GetParam().text(), {{"simulation.seed", "99"}})).hash);
}

INSTANTIATE_TEST_SUITE_P(Models, Layout,
                         testing::Values(Named{"circuit", small_circuit}, Named{"rounded", small_rounded},
                                         Named{"gated", small_gated}, Named{"delta", small_delta},
                                         Named{"plastic", small_plastic}, Named{"structure", small_structure}),
                         [](const auto& model) { return std::string(model.param.name); });

TEST(WeightPrecision, IsRefusedWhereWeightsChange) {
  std::string text = small_plastic();
  const auto at = text.find("plasticity = ");
  ASSERT_NE(at, std::string::npos);
  text.insert(at, "weight_precision = \"bfloat16\"\n");
  const ReadResult result = read_model_text(text, "test.toml", real_catalogue());
  ASSERT_FALSE(result.spec.has_value());
  EXPECT_NE(result.diagnostics.front().message.find("follow a rule of plasticity"), std::string::npos);
}

TEST(WeightPrecision, IsAnotherModel) {
  EXPECT_NE(run(parse(small_circuit())).hash, run(parse(small_rounded())).hash);
  EXPECT_NE(parse(small_circuit()).hash, parse(small_rounded()).hash);
}

// A current of 0 pA or a recorded LFP makes the engine clear the accumulators, which the first receptor writes otherwise.
TEST(Accumulators, WrittenByTheFirstReceptorOrClearedBefore) {
  for (const auto& text : {small_circuit(), small_delta(), small_gated()}) {
    const ModelSpec spec = parse(text);
    std::string more = text;
    for (const PopulationSpec& population : spec.populations)
      more += "\n[inputs.none_" + population.name + "]\ntype = \"current\"\ntarget = \"" + population.name +
              "\"\namplitude = \"0 pA\"\n";
    EXPECT_EQ(run(spec).hash, run(parse(more)).hash);
  }
}

TEST(ZeroDose, EqualsNoDrugToTheByte) {
  std::string without = small_circuit();
  const auto from = without.find("[drugs.ketamine]");
  without.erase(from, without.find("[record.spikes]") - from);
  const Outcome none = run(parse(without), {.threads = 2});
  const std::string doses =
      R"([{drug = "ketamine", route = "clamp", amount = "0 uM", start = "100 ms", over = "300 ms"}])";
  const Outcome zero = run(parse(small_circuit(), {{"doses", doses}}), {.threads = 2});
  EXPECT_EQ(none.hash, zero.hash);
  // The planted difference: the real dose must change the run, else this test says nothing.
  EXPECT_NE(none.hash, run(parse(small_circuit()), {.threads = 2}).hash);
}

}  // namespace
}  // namespace burgeon::test
