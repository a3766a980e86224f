// What is wrong with a file, and exactly where.

#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "spec/read.h"
#include "support/model_texts.h"
#include "support/test_catalogue.h"

namespace burgeon {
namespace {

namespace fs = std::filesystem;

std::string all(const ReadResult& result) {
  std::string text;
  for (const Diagnostic& d : result.diagnostics) text += format_diagnostic(d, false);
  return text;
}

ReadResult read(const std::string& text, const ReadOptions& options = {}) {
  return read_model_text(text, "models/m.toml", test::catalogue(), options);
}

/// Line and column of the first `mark` in a text, counted by hand.
std::pair<std::uint32_t, std::uint32_t> place_of(const std::string& text, const std::string& mark) {
  const std::size_t at = text.find(mark);
  EXPECT_NE(at, std::string::npos) << mark;
  const auto line = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n') + 1;
  const std::size_t begin = text.rfind('\n', at) + 1;
  return {static_cast<std::uint32_t>(line), static_cast<std::uint32_t>(at - begin + 1)};
}

struct Case {
  const char* from;  ///< what is replaced in the model text
  const char* to;
  const char* mark;     ///< where in the changed text the first error must point
  const char* message;  ///< part of the message
  const char* permitted = "";
  const char* suggestion = "";
};

void expect_error(const std::string& original, const Case& c) {
  std::string text = original;
  const std::size_t at = text.find(c.from);
  ASSERT_NE(at, std::string::npos) << c.from;
  text.replace(at, std::string(c.from).size(), c.to);
  const ReadResult result = read(text);
  ASSERT_FALSE(result.spec.has_value()) << c.to;
  ASSERT_FALSE(result.diagnostics.empty());
  const Diagnostic& d = result.diagnostics.front();
  const auto [line, column] = place_of(text, c.mark);
  EXPECT_EQ(d.line, line) << all(result);
  EXPECT_EQ(d.column, column) << all(result);
  EXPECT_NE(d.message.find(c.message), std::string::npos) << all(result);
  EXPECT_NE(d.permitted.find(c.permitted), std::string::npos) << all(result);
  EXPECT_EQ(d.suggestion, c.suggestion) << all(result);
  // A mistake is reported once, however often the value is looked at.
  for (std::size_t i = 1; i < result.diagnostics.size(); ++i)
    for (std::size_t k = 0; k < i; ++k)
      EXPECT_NE(format_diagnostic(result.diagnostics[i], false), format_diagnostic(result.diagnostics[k], false));
}

TEST(Errors, OfTheConductanceModel) {
  const Case cases[] = {
      // keys
      {"duration = \"1 s\"", "duratoin = \"1 s\"\nduration = \"1 s\"", "duratoin", "unknown key 'duratoin'",
       "duration, dt", "duration"},
      {"seed = 7", "seed = 7\nseed = 8", "seed = 8", "duplicate key"},
      {"t_ref = \"2 ms\"\n", "", "pyr]", "needs 't_ref'"},
      {"title = \"everything\"\n", "", "description", "needs 'title'"},
      {"C_m = \"250 pF\"", "C_n = \"250 pF\"", "C_n", "unknown key", "C_m", "C_m"},
      {"wiring = { rule = \"all_to_all\" }", "wiring = { rule = \"all_to_all\", p = 0.5 }", "p = 0.5",
       "'p' has no effect with rule", "rule"},
      {"number = 20", "number = 20, p = 0.5", "p = 0.5", "has no effect"},
      {"amplitude = \"200 pA\"", "amplitude = \"200 pA\"\nweight = \"1 nS\"", "weight = \"1 nS\"\nring",
       "'weight' has no effect with type = \"current\""},
      {"route = \"iv\"", "route = \"iv\"\nstop = \"2 s\"", "stop = \"2 s\"", "unknown key 'stop'"},
      {"shared = false", "synapses = 4\nshared = false", "synapses = 4", "'synapses' has no effect: receptor 'ampa'"},
      {"route = \"iv\"", "route = \"oral\"", "over", "'over' has no effect with route = \"oral\""},
      {"tau = \"2 ms\"\nE_rev", "subunit = \"2A\"\ntau = \"2 ms\"\nE_rev", "subunit = \"2A\"",
       "'subunit' has no effect"},
      {"profile = { peak", "gate = { model = \"wang_gate\" }\nprofile = { peak",
       "gate = { model = \"wang_gate\" }\nprofile", "'gate' has no effect"},
      {"fraction = 0.25\n", "fraction = 0.25\nstop = \"1 s\"\n", "stop = \"1 s\"", "'stop' has no effect"},
      {"every = \"20 ms\"", "every = \"20 ms\"\nreducer = \"mean\"", "reducer = \"mean\"\n[record.block",
       "'reducer' has no effect with kind = \"rate\""},
      {"rate = [[\"0 s\", \"2400 Hz\"], [\"500 ms\", \"2800 Hz\"]]", "rate = \"2400 Hz\"", "interpolation",
       "'interpolation' has no effect"},
      {"weight = \"0.165 nS\"", "weight = \"0.165 nS\"\nweight_precision = \"bfloat16\"", "\"bfloat16\"",
       "'weight_precision' has no effect: all synapses share one weight"},
      {"weight = \"0.165 nS\"", "weight = \"0.165 nS\"\nweight_precision = \"float16\"", "\"float16\"",
       "unknown weight_precision 'float16'", "float32, bfloat16", "bfloat16"},
      // units
      {"dt = \"0.1 ms\"", "dt = 0.1", "0.1\n", "'dt' needs a unit: it is a time", "ms, s, min"},
      {"dt = \"0.1 ms\"", "dt = \"0.1\"", "\"0.1\"", "'dt' needs a unit: it is a time", "ms, s, min"},
      {"dt = \"0.1 ms\"", "dt = \"0.1 mV\"", "\"0.1 mV\"", "'dt' is a time, but \"0.1 mV\" is a voltage"},
      {"dt = \"0.1 ms\"", "dt = \"0.1 msec\"", "\"0.1 msec\"", "unknown unit 'msec'"},
      {"amount = \"0.5 mg/kg\"", "amount = 0.5", "0.5\nstart", "dose per body mass", "mg/kg"},
      {"amount = \"0.5 mg/kg\"", "amount = \"0.5 uM\"", "\"0.5 uM\"", "is a concentration"},
      {"weight = \"0.1 nS\"", "weight = \"0.1 pA\"", "\"0.1 pA\"", "'weight' is a conductance, but"},
      {"value = \"1 uM\"", "value = \"1 mg\"", "\"1 mg\"", "'value' is a concentration"},
      {"slope = 1.5", "slope = \"1.5\"", "\"1.5\"", "'slope' is a plain number"},
      {"slope = 1.5", "slope = true", "true", "'slope' is a number, not true or false"},
      {"n = 100", "n = 100.0", "100.0", "whole number"},
      {"n = 100", "n = \"100\"", "\"100\"", "whole number"},
      {"shared = false", "shared = \"no\"", "\"no\"", "true or false"},
      {"\"0 s\", \"2400 Hz\"", "\"0 s\", 2400", "2400]", "needs a unit: it is a rate"},
      {"uniform = [\"-65 mV\"", "uniform = [-65", "-65, ", "needs a unit: it is a voltage"},
      // ranges and multiples
      {"C_m = \"250 pF\"", "C_m = \"-250 pF\"", "\"-250 pF\"", "'C_m' = -250 pF is out of range", "1 ... 100000 pF"},
      {"dt = \"0.1 ms\"", "dt = \"0 ms\"", "\"0 ms\"\nseed", "out of range"},
      {"fraction = 0.5", "fraction = 1.5", "1.5\n\n[[", "out of range", "0 ... 1"},
      {"duration = \"1 s\"", "duration = \"1000.05 ms\"", "\"1000.05 ms\"", "not a multiple of dt"},
      {"slow_tick = \"50 ms\"", "slow_tick = \"0.25 ms\"", "\"0.25 ms\"", "not a multiple of dt"},
      {"redraw = { every = \"50 ms\"", "redraw = { every = \"50.01 ms\"", "\"50.01 ms\"", "not a multiple of dt"},
      {"delay = \"0.5 ms\"", "delay = \"0.55 ms\"", "\"0.55 ms\"", "not a multiple of dt"},
      {"delay = \"0.5 ms\"", "delay = \"0 ms\"", "\"0 ms\"\ngate", "not a multiple of dt"},
      {"discard = \"100 ms\"", "discard = \"1 s\"", "\"1 s\"\nscale", "leaves nothing"},
      {"stop = \"900 ms\"", "stop = \"5 ms\"", "\"5 ms\"\nredraw", "not after 'start'"},
      {"count = 24 }\n\n[pop", "count = 99 }\n\n[pop", "99 }", "beyond the population"},
      {"min = \"-72 mV\", max = \"-58 mV\"", "min = \"-20 mV\"", "[\"-65 mV\", \"2 mV\"]", "less than 1 %"},
      {"max = \"6 nS\"", "max = \"-6 nS\"", "\"-6 nS\"", "out of range"},
  };
  for (const Case& c : cases) expect_error(test::conductance_text, c);
}

TEST(Errors, OfReferences) {
  const Case cases[] = {
      {"model = \"lif_cond\"", "model = \"lif_con\"", "\"lif_con\"", "unknown neuron model 'lif_con'", "lif_cond",
       "lif_cond"},
      {"model = \"exp_conductance\"", "model = \"exp_conductans\"", "\"exp_conductans\"", "unknown receptor model",
       "nmda", "exp_conductance"},
      {"model = \"exp_conductance\"", "model = \"delta\"", "\"delta\"", "does not fit", "conductance and current"},
      {"subunit = \"2B\"", "subunit = \"3B\"", "\"3B\"", "unknown subunit '3B'", "2A, 2B, 2C, 2D, human", "2B"},
      {"source = \"pyr\"", "source = \"pry\"", "\"pry\"", "unknown population 'pry'", "pv, pyr", "pyr"},
      {"target = [\"pyr.A\"", "target = [\"pyr.C\"", "\"pyr.C\"", "unknown group 'pyr.C'", "pyr.A, pyr.B", "pyr.A"},
      {"receptor = \"ampa\"", "receptor = \"gaba\"", "\"gaba\"", "unknown receptor of 'pv' 'gaba'", "ampa"},
      {"rule = \"distance\"", "rule = \"distanse\"", "\"distanse\"", "unknown rule", "bernoulli", "distance"},
      {"gate = { model = \"wang_gate\"", "gate = { model = \"wong_gate\"", "\"wong_gate\"", "unknown gate model",
       "wang_gate", "wang_gate"},
      {"gate = { model = \"wang_gate\", tau = \"100 ms\" }\n", "", "\"slow\"", "needs a 'gate'"},
      {"preset = \"domino\"", "preset = \"dominos\"", "\"dominos\"", "unknown preset", "domino", "domino"},
      {"drug = \"ketamine\"", "drug = \"esketamine\"", "\"esketamine\"", "unknown drug", "ketamine", "ketamine"},
      {"signal = \"ketamine.effect_site\"", "signal = \"ketamine.effect\"", "\"ketamine.effect\"", "unknown signal",
       "ketamine.plasma", "ketamine.effect_site"},
      {"projection = \"pyr_to_pv\"", "projection = \"pyr_to_vp\"", "\"pyr_to_vp\"", "unknown projection", "pyr_ring",
       "pyr_to_pv"},
      {"variable = \"V_m\"", "variable = \"v\"", "\"v\"", "unknown variable of 'pyr' 'v'", "nmda.g"},
      {"placement = { disc = [\"250 um\"] }\n", "", "\"distance\"", "needs a placement of population 'pv'"},
      {"receptor = \"ampa\"\nrate", "receptor = \"slow\"\nrate", "\"slow\"\nrate", "gated by its source"},
      {"kind = \"block_receptor\"\ntarget = \"pyr\"\nreceptor = \"nmda\"\nfraction = 0.5",
       "kind = \"clamp_signal\"\nstart = \"200 ms\"\nsignal = \"ketamine.effect_site\"\nvalue = \"0 uM\"",
       "\"ketamine.effect_site\"\nvalue = \"0 uM\"", "clamped twice at 200 ms"},
      {"slope = 1.5", "slope = 3", "pyr]", "slope must not be 3"},
      {"number = 20", "number = 100", "100, autapses", "more synapses than there are pairs", "at most 99"},
      {"B = { A = 0.876, B = 1.7, rest", "Q = { A = 0.876, B = 1.7, rest", "Q = {", "unknown group 'pyr.Q'",
       "pyr.A, pyr.B", "pyr.A"},
      {"A = { A = 1.7, B = 0.876, rest = 1.0 }", "A = { A = 1.7, B = 0.876 }", "A = { A = 1.7", "no factor for 'rest'"},
      {"groups.B = { first = 24", "groups.B = { first = 20", "B = 0.876", "overlap"},
      {"[record.membrane]\nkind = \"variable\"", "[record.membrane]", "membrane]", "needs 'kind'", "spikes, variable"},
      {"[populations.pv]", "[populations.\"p/v\"]", "\"p/v\"", "is not a name"},
      {"[\"12.5 ms\", 3]", "[\"12.5 ms\", 50]", "[[\"10 ms\", 0]", "index 50 is beyond 'pv'", "0 ... 49"},
      {"events = ", "file = \"x.txt\"\nevents = ", "file = \"x", "either 'events' or 'file'"},
      {"[[doses]]", "[doses]", "doses]", "list of tables", "[[doses]]"},
  };
  for (const Case& c : cases) expect_error(test::conductance_text, c);
}

TEST(Errors, OfTheLinearModel) {
  const Case cases[] = {
      {"model = \"exp_current\", tau = \"0.5 ms\"", "model = \"exp_conductance\"", "\"exp_conductance\"",
       "does not fit", "current and delta"},
      {"weight = \"-0.5 mV\"", "weight = \"-0.5 nS\"", "\"-0.5 nS\"", "'weight' is a voltage"},
      {"p = 0.1", "number = 5, p = 0.1", "number", "'number' has no effect with rule = \"bernoulli\""},
      {"rule = \"bernoulli\", p = 0.1", "rule = \"one_to_one\"", "autapses", "'autapses' has no effect"},
      {"type = \"ou_current\"", "type = \"ou_current\"\nredraw = { every = \"1 ms\", sd = \"1 Hz\" }", "redraw",
       "'redraw' has no effect"},
      {"title = \"linear\"", "title = \"linear\"\nextends = \"/etc/passwd\"", "\"/etc/passwd\"", "absolute path"},
      {"title = \"linear\"", "title = \"linear\"\nextends = \"../../etc/passwd\"", "\"../../etc/passwd\"", "leads out"},
      {"title = \"linear\"", "title = \"linear\"\nextends = \"missing.toml\"", "\"missing.toml\"", "is not a file"},
      {"n = 80", "n = 1000000000000", "1000000000000", "out of range", "4294967295"},
      {"n = 80", "n = 80 neurons", "neurons", "expected a comment", "in quotes"},
  };
  for (const Case& c : cases) expect_error(test::linear_text, c);
}

TEST(Errors, NegativeConductanceWeightsAreRefusedButNegativeCurrentsAreNot) {
  expect_error(test::conductance_text,
               {"weight = \"0.1 nS\"", "weight = \"-0.1 nS\"", "\"-0.1 nS\"", "out of range", "at least 0 nS"});
  EXPECT_TRUE(read(test::linear_text).spec.has_value());
}

TEST(Errors, AreAllReportedTogetherInOrder) {
  std::string text = test::conductance_text;
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{{"dt = \"0.1 ms\"", "dt = 0.1"},
                                                                                 {"C_m =", "Cm ="},
                                                                                 {"p = 0.3", "p = 3"},
                                                                                 {"route = \"iv\"", "route = \"vi\""},
                                                                                 {"subset = 10", "subset = 0"}})
    text.replace(text.find(from), from.size(), to);
  const ReadResult result = read(text);
  ASSERT_EQ(result.diagnostics.size(), 5U) << all(result);
  for (std::size_t k = 1; k < 5; ++k) EXPECT_LT(result.diagnostics[k - 1].line, result.diagnostics[k].line);
}

TEST(Errors, AreCapped) {
  std::string text = test::linear_text;
  for (int k = 0; k < 5000; ++k) text += "nonsense" + std::to_string(k) + " = 1\n";
  EXPECT_LE(read(text).diagnostics.size(), 250U);
}

TEST(Warnings, DoNotRefuse) {
  std::string text = test::conductance_text;
  text.replace(text.find("preset = \"domino\""), 17, "preset = \"rat\"");
  text.replace(text.find("start = \"100 ms\"\nover"), 16, "start = \"2 s\"");
  const ReadResult result = read(text);
  EXPECT_TRUE(result.spec.has_value()) << all(result);
  ASSERT_EQ(result.diagnostics.size(), 2U) << all(result);
  EXPECT_EQ(result.diagnostics[0].severity, Diagnostic::Severity::warning);
}

// ---------------------------------------------------------------------------------------------------------------------

TEST(Format, IsFileLineColumnThenSourceAndCaret) {
  const ReadResult result = read("title = \"x\"\n[simulation]\n\tduratio = \"1 s\"\n");
  const std::string text = format_diagnostic(result.diagnostics.at(2), false);
  EXPECT_EQ(text,
            "models/m.toml:3:2: error: unknown key 'duratio' in simulation\n"
            "  \tduratio = \"1 s\"\n"
            "  \t^\n"
            "  permitted: duration, dt, seed, slow_tick, discard, baseline, scale, body_mass, species\n"
            "  did you mean 'duration'?\n");
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(format_diagnostic(result.diagnostics.at(2), true).find("\x1b[1;31merror:"), std::string::npos);
  const auto json = nlohmann::json::parse(diagnostic_json(result.diagnostics.at(2)));
  EXPECT_EQ(json["line"], 3);
  EXPECT_EQ(json["suggestion"], "duration");
  EXPECT_EQ(json["path"], "simulation.duratio");
}

TEST(Overrides, ReplaceValuesAndReportThemselves) {
  ReadOptions options;
  options.overrides = {{"simulation.duration", "\"2 s\""},
                       {"populations.pyr.n", "200"},
                       {"doses.0.amount", "1 mg/kg"},
                       {"populations.pyr.E_L", "{ uniform = ['-70 mV', '-60 mV'] }"}};
  const ReadResult good = read(test::conductance_text, options);
  ASSERT_TRUE(good.spec.has_value()) << all(good);
  EXPECT_EQ(good.spec->run.steps, 20000);
  EXPECT_EQ(good.spec->populations[1].size, 200U);
  EXPECT_EQ(good.spec->drugs[0].doses[0].amount, 70.0);
  EXPECT_EQ(good.spec->populations[1].parameters[1].kind, Draw::Kind::uniform);
  for (const auto& [path, value] : std::vector<std::pair<std::string, std::string>>{{"simulation.duration", "2"},
                                                                                    {"simulation.durration", "2 s"},
                                                                                    {"simulation.duration.x", "2 s"},
                                                                                    {"doses.7.amount", "1 mg"},
                                                                                    {"simulation..dt", "1 ms"},
                                                                                    {"simulation.dt", "[1"},
                                                                                    {"extends", "x.toml"},
                                                                                    {"simulation.seed", "1\nx = 2"},
                                                                                    {"populations", "{}"}}) {
    options.overrides = {{path, value}};
    const ReadResult bad = read(test::conductance_text, options);
    ASSERT_FALSE(bad.spec.has_value()) << path;
    EXPECT_NE(all(bad).find("--set " + path), std::string::npos) << all(bad);
  }
}

// ---------------------------------------------------------------------------------------------------------------------

class Files : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("burgeon_spec_" + std::to_string(::getpid()));
    fs::create_directories(folder_ / "models/a");
    fs::create_directories(folder_ / "models/b");
    write("models/b/base.toml", test::conductance_text);
  }
  void TearDown() override { fs::remove_all(folder_); }
  void write(const std::string& name, const std::string& text) { std::ofstream(folder_ / name) << text; }
  ReadResult read_file(const std::string& name) { return read_model(folder_ / name, test::catalogue()); }
  fs::path folder_;
};

// What sweeps do: one reading, many sets of overrides, good and bad.
TEST_F(Files, AFileReadOnceGivesWhatReadingItAgainWould) {
  write("models/a/m.toml", "title = \"m\"\nextends = \"../b/base.toml\"\n[simulation]\nseed = 9\n");
  const ModelFile once(folder_ / "models/a/m.toml", test::catalogue());
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"simulation.seed", "4"}, {"populations.pyr.n", "-1"}, {"no.such", "1"}, {"simulation.seed", "9"}};
  std::vector<std::string> again, hashes;
  for (const auto& change : changes) {
    const ReadResult fresh = read_model(folder_ / "models/a/m.toml", test::catalogue(), {{change}, 0});
    const ReadResult kept = once.read({{change}, 0});
    EXPECT_EQ(all(kept), all(fresh));
    ASSERT_EQ(kept.spec.has_value(), fresh.spec.has_value()) << change.first;
    if (!kept.spec) continue;
    EXPECT_EQ(kept.spec->canonical_json, fresh.spec->canonical_json);
    EXPECT_EQ(kept.spec->source_text, fresh.spec->source_text);
    hashes.push_back(kept.spec->canonical_json);
  }
  ASSERT_EQ(hashes.size(), 2U);
  EXPECT_NE(hashes[0], hashes[1]);
  // Runs of one sweep are runs of one model, whatever happens to the file meanwhile.
  write("models/a/m.toml", "title = \"another\"\n");
  EXPECT_EQ(once.read({{changes[3]}, 0}).spec->canonical_json, hashes[1]);
  // A file that can't be read says so every time.
  const ModelFile absent(folder_ / "models/a/absent.toml", test::catalogue());
  for (int i = 0; i < 2; ++i) EXPECT_NE(all(absent.read({})).find("does not exist"), std::string::npos);
}

TEST_F(Files, ExtendsMergesTablesReplacesInlineTablesAndAppendsLists) {
  write("models/a/m.toml",
        "title = \"m\"\nextends = \"../b/base.toml\"\n[simulation]\nseed = 9\n[populations.pyr]\nE_L = { uniform = "
        "[\"-70 mV\", \"-60 mV\"] }\n"
        "[populations.pyr.receptors.ampa]\ntau = \"3 ms\"\n[[doses]]\ndrug = \"ketamine\"\nroute = \"iv\"\namount = "
        "\"1 mg\"\n");
  const ReadResult result = read_file("models/a/m.toml");
  ASSERT_TRUE(result.spec.has_value()) << all(result);
  EXPECT_EQ(result.spec->run.seed, 9U);
  EXPECT_EQ(result.spec->run.steps, 10000);
  EXPECT_EQ(result.spec->populations[1].parameters[1].kind, Draw::Kind::uniform);
  EXPECT_EQ(result.spec->populations[1].receptors[0].parameters[0].a, 3.0);
  EXPECT_EQ(result.spec->drugs[0].doses.size(), 3U);
  EXPECT_EQ(result.spec->drugs[0].doses[0].amount, 1.0);

  // What is stored with the results stands alone and means the same.
  EXPECT_EQ(result.spec->source_text.find("extends ="), std::string::npos);
  const ReadResult again = read_model_text(result.spec->source_text, "stored.toml", test::catalogue());
  ASSERT_TRUE(again.spec.has_value()) << all(again);
  EXPECT_EQ(again.spec->hash, result.spec->hash);
}

TEST_F(Files, ErrorsPointIntoTheFileTheyComeFrom) {
  write("models/a/m.toml", "title = \"m\"\nextends = \"../b/base.toml\"\n[simulation]\ndt = \"0.3 ms\"\n");
  const ReadResult result = read_file("models/a/m.toml");
  ASSERT_FALSE(result.diagnostics.empty());
  for (const Diagnostic& d : result.diagnostics) {
    EXPECT_EQ(fs::path(d.file).filename(), "base.toml");
    EXPECT_GT(d.line, 0U);
  }
}

TEST_F(Files, BasesAreReadOnceAndCirclesRefused) {
  write("models/a/one.toml", "extends = \"../b/base.toml\"\n[simulation]\nseed = 3\n");
  write("models/a/two.toml", "extends = \"../b/base.toml\"\n");
  write("models/a/m.toml", "extends = [\"one.toml\", \"two.toml\"]\n");
  const ReadResult both = read_file("models/a/m.toml");
  ASSERT_TRUE(both.spec.has_value()) << all(both);
  EXPECT_EQ(both.spec->drugs[0].doses.size(), 2U);
  EXPECT_EQ(both.spec->run.seed, 3U);
  write("models/a/one.toml", "extends = \"m.toml\"\n");
  EXPECT_NE(all(read_file("models/a/m.toml")).find("circle"), std::string::npos);
}

TEST_F(Files, PathsMayNotLeaveTheModels) {
  write("secret.toml", test::linear_text);
  fs::create_symlink(folder_ / "secret.toml", folder_ / "models/a/link.toml");
  for (const char* path : {"../../secret.toml", "link.toml", "../b/../../secret.toml"}) {
    write("models/a/m.toml", std::string("extends = \"") + path + "\"\n");
    EXPECT_NE(all(read_file("models/a/m.toml")).find("leads out"), std::string::npos) << path;
  }
}

TEST_F(Files, SpikeFilesAreReadAndChecked) {
  const std::string text = test::conductance_text;
  std::string with_file = text;
  const std::string events = "events = [[\"10 ms\", 0], [\"12.5 ms\", 3]]";
  with_file.replace(with_file.find(events), events.size(), "file = \"spikes.txt\"");
  write("models/b/m.toml", with_file);
  write("models/b/spikes.txt", "# time index\n12.5 3\n\n10 0\n");
  const ReadResult result = read_file("models/b/m.toml");
  ASSERT_TRUE(result.spec.has_value()) << all(result);
  // The same events give the same run, wherever they are written.
  EXPECT_EQ(result.spec->hash, read(text).spec.value().hash);
  write("models/b/spikes.txt", "12.5 3\n10 zero\n");
  const ReadResult bad = read_file("models/b/m.toml");
  ASSERT_EQ(bad.diagnostics.size(), 1U);
  EXPECT_EQ(bad.diagnostics[0].line, 2U);
  EXPECT_EQ(fs::path(bad.diagnostics[0].file).filename(), "spikes.txt");
}

TEST_F(Files, MissingFilesAndFoldersAreErrors) {
  EXPECT_NE(all(read_file("models/none.toml")).find("does not exist"), std::string::npos);
  EXPECT_NE(all(read_file("models")).find("is not a file"), std::string::npos);
}

}  // namespace
}  // namespace burgeon
