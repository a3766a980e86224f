// What is wrong with the slow side of a file, and exactly where; what a right one means.

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "support/slow_models.h"

namespace burgeon::test {
namespace {

const std::string text = asynchronous_text(1, "60 s", "first_leap = \"5 s\"\n", R"(
[populations.pyr]
model = "lif_cond"
n = 10
receptors.ampa = { model = "exp_conductance" }
receptors.nmda = { model = "nmda" }
[projections.pyr_pyr]
source = "pyr"
target = "pyr"
receptor = "ampa"
wiring = { rule = "all_to_all" }
weight = "0.1 nS"
delay = "1 ms"
[courses.load]
value = [["0 s", 0.0], ["20 s", 1.0]]
interpolation = "ramp"
[courses.dose]
unit = "mg"
value = [["0 s", "1 mg"]]
repeat = { every = "1 d", count = 3 }
[slow.stress]
load = "load.level"
[slow.glutamate]
rate = "exc.rate.relative"
[slow.bdnf]
glutamate = "glutamate.tone"
[slow.mood]
density = "bdnf.release"
[slow.scaling]
model = "synaptic_scaling"
target = "pyr"
rate = "pyr.rate"
[couplings.weights]
signal = "bdnf.level"
projection = "pyr_pyr"
[couplings.scale]
signal = "scaling.gain"
target = "pyr"
receptor = "ampa"
)");

ReadResult read(const std::string& changed) { return read_model_text(changed, "test.toml", slow_catalogue()); }

std::string all(const ReadResult& result) {
  std::string joined;
  for (const Diagnostic& d : result.diagnostics) joined += format_diagnostic(d, false);
  return joined;
}

struct Case {
  const char* from;
  const char* to;
  const char* mark;  ///< where in the changed text one of the errors points
  const char* message;
  const char* suggestion = "";
};

void expect_error(const Case& c) {
  SCOPED_TRACE(c.to);
  std::string changed = text;
  const std::size_t at = changed.find(c.from);
  ASSERT_NE(at, std::string::npos) << c.from;
  changed.replace(at, std::string(c.from).size(), c.to);
  const ReadResult result = read(changed);
  ASSERT_FALSE(result.spec.has_value());
  const std::size_t mark = changed.find(c.mark, at > 40 ? at - 40 : 0);
  ASSERT_NE(mark, std::string::npos) << c.mark;
  const auto line = static_cast<std::uint32_t>(
      1 + std::count(changed.begin(), changed.begin() + static_cast<std::ptrdiff_t>(mark), '\n'));
  const auto found = std::find_if(result.diagnostics.begin(), result.diagnostics.end(),
                                  [&](const Diagnostic& d) { return d.message.find(c.message) != std::string::npos; });
  ASSERT_NE(found, result.diagnostics.end()) << all(result);
  EXPECT_EQ(found->line, line) << all(result);
  EXPECT_GT(found->column, 0U);
  EXPECT_EQ(found->suggestion, c.suggestion) << all(result);
}

TEST(SlowErrors, OfCourses) {
  const Case cases[] = {
      {"unit = \"mg\"", "unit = \"milligram\"", "\"milligram\"", "unknown unit"},
      {"\"1 mg\"]]", "\"1 s\"]]", "\"1 s\"", "is a time"},
      {"interpolation = \"ramp\"", "interpolation = \"rampe\"", "\"rampe\"", "unknown interpolation", "ramp"},
      {"[\"20 s\", 1.0]]", "[\"20 s\", 1.0]]\nrepeat = { every = \"10 s\", count = 3 }", "\"10 s\"", "last longer"},
      {"value = [[\"0 s\", 0.0], [\"20 s\", 1.0]]\n", "", "load]", "needs 'value'"},
      {"[courses.load]", "[courses.load]\nunits = \"mg\"", "units", "unknown key 'units'", "unit"},
  };
  for (const Case& c : cases) expect_error(c);
}

TEST(SlowErrors, OfSlowProcesses) {
  const Case cases[] = {
      {"[slow.bdnf]", "[slow.bdnff]", "bdnff]", "unknown slow process 'bdnff'", "bdnf"},
      {"glutamate = \"glutamate.tone\"", "glutamate = \"glutamate.tune\"", "\"glutamate.tune\"", "unknown signal",
       "glutamate.tone"},
      {"glutamate = \"glutamate.tone\"\n", "", "bdnf]", "needs 'glutamate'"},
      {"rate = \"pyr.rate\"", "rate = \"glutamate.tone\"", "\"glutamate.tone\"", "takes 'Hz'"},
      {"glutamate = \"glutamate.tone\"", "glutamate = \"exc.rate\"", "\"exc.rate\"", "takes no unit"},
      {"rate = \"exc.rate.relative\"", "rate = \"exc.rte.relative\"", "\"exc.rte.relative\"", "unknown signal",
       "exc.rate.relative"},
      {"load = \"load.level\"", "load = 3", "3\n", "'load' is a text"},
      {"load = \"load.level\"", "load = \"load.level\"\ntau = \"2 mV\"", "\"2 mV\"", "is a voltage"},
      {"load = \"load.level\"", "load = \"load.level\"\ntau = \"0 s\"", "\"0 s\"", "out of range"},
      {"load = \"load.level\"", "load = \"load.level\"\ntaw = \"1 d\"", "taw", "unknown key", "tau"},
      {"[slow.stress]", "[slow.exc]\nmodel = \"stress\"\nload = \"load.level\"\n[slow.stress]", "exc]",
       "one signal has one writer"},
      {"[slow.stress]", "[slow.load]\nmodel = \"stress\"\nload = \"load.level\"\n[slow.stress]", "load]",
       "one signal has one writer"},
      {"target = \"pyr\"\nrate = \"pyr.rate\"", "target = \"pry\"\nrate = \"pyr.rate\"", "\"pry\"",
       "unknown population", "pyr"},
      {"target = \"pyr\"\nrate = \"pyr.rate\"", "target = \"pyr\"\nrate = \"exc.rate\"", "\"exc.rate\"",
       "belongs to other neurons"},
      {"glutamate = \"glutamate.tone\"", "glutamate = \"mood.connectivity\"", "bdnf]", "in a circle"},
      {"[slow.stress]", "[slow.undeclared]\nx = \"pyr.ampa.g\"\n[slow.stress]", "undeclared]",
       "declares no time constant for 'y'"},
      {"baseline = \"1 s\"\n", "", "\"exc.rate.relative\"", "simulation.baseline is not given"},
      {"baseline = \"1 s\"", "baseline = \"1.02 s\"", "\"1.02 s\"", "no multiple of slow_tick"},
  };
  for (const Case& c : cases) expect_error(c);
}

TEST(SlowErrors, OfCouplings) {
  const Case cases[] = {
      {"projection = \"pyr_pyr\"", "projection = \"pyr_pry\"", "\"pyr_pry\"", "unknown projection", "pyr_pyr"},
      {"projection = \"pyr_pyr\"", "projection = \"pyr_pyr\"\ntarget = \"pyr\"", "weights]", "acts on one thing"},
      {"projection = \"pyr_pyr\"\n", "", "weights]", "acts on one thing"},
      {"signal = \"bdnf.level\"", "signal = \"bdnf.levle\"", "\"bdnf.levle\"", "unknown signal", "bdnf.level"},
      {"signal = \"bdnf.level\"\n", "", "weights]", "needs 'signal'"},
      {"signal = \"bdnf.level\"", "signal = \"exc.rate\"", "\"exc.rate\"", "a factor has no unit"},
      {"signal = \"bdnf.level\"", "signal = \"scaling.gain\"", "\"scaling.gain\"", "takes one factor"},
      {"signal = \"scaling.gain\"\ntarget = \"pyr\"\nreceptor = \"ampa\"",
       "signal = \"scaling.gain\"\ntarget = \"exc\"\nreceptor = \"exc\"", "\"scaling.gain\"", "of another population"},
      {"signal = \"scaling.gain\"\ntarget = \"pyr\"\nreceptor = \"ampa\"\n",
       "signal = \"scaling.gain\"\ntarget = \"pyr\"\n", "scale]", "needs 'receptor'"},
      {"signal = \"scaling.gain\"\ntarget = \"pyr\"\nreceptor = \"ampa\"",
       "signal = \"scaling.gain\"\ntarget = \"pyr\"\nreceptor = \"gaba\"", "\"gaba\"", "unknown receptor"},
  };
  for (const Case& c : cases) expect_error(c);
}

TEST(SlowErrors, OfBurstsAndLeaps) {
  const Case cases[] = {
      {"burst = \"2 s\"", "burst = 2", "2\n", "needs a unit"},
      {"burst = \"2 s\"", "burst = \"2.02 s\"", "\"2.02 s\"", "no multiple of simulation.slow_tick"},
      {"burn_in = \"500 ms\"", "burn_in = \"510 ms\"", "\"510 ms\"", "no multiple of simulation.slow_tick"},
      {"burst = \"2 s\"", "burst = \"1.4 s\"", "\"1.4 s\"", "fewer than 20 slow ticks"},
      {"first_leap = \"5 s\"", "firstleap = \"5 s\"", "firstleap", "unknown key", "first_leap"},
      {"first_leap = \"5 s\"", "tolerance = 2", "2\n", "out of range"},
      {"first_leap = \"5 s\"", "probe_every = 1.5", "1.5", "whole number"},
      {"first_leap = \"5 s\"", "precision = -0.01", "-0.01", "out of range"},
      {"first_leap = \"5 s\"", "[record.errors]\nkind = \"rate\"", "errors]", "write a table 'errors'"},
      {"first_leap = \"5 s\"", "replicas = 0", "0\n", "out of range"},
      {"first_leap = \"5 s\"", "replicas = 65", "65", "out of range"},
      // Neither fast nor slow: adaptation of two seconds next to bursts of two.
      {"model = \"lif_cond\"\nn = 10", "model = \"aeif_cond\"\ntau_w = \"2 s\"\nn = 10", "", "neither fast"},
      {"weight = \"0.1 nS\"", "weight = \"0.1 nS\"\nplasticity = { model = \"stdp_pair\", w_max = \"1 nS\" }", "",
       "no averaged slow equation"},
  };
  for (const Case& c : cases) {
    if (*c.mark != '\0') {
      expect_error(c);
      continue;
    }
    // The error stands at the key of [multiscale] that would have to change.
    std::string changed = text;
    changed.replace(changed.find(c.from), std::string(c.from).size(), c.to);
    const ReadResult result = read(changed);
    ASSERT_FALSE(result.spec.has_value()) << c.to;
    EXPECT_NE(all(result).find(c.message), std::string::npos) << all(result);
    EXPECT_EQ(result.diagnostics.front().path, "multiscale.burst");
  }
  // Nothing slow, nothing to leap over.
  const ReadResult none = read(
      "title = \"x\"\n[simulation]\nduration = \"1 h\"\n[populations.a]\nmodel = \"lif_cond\"\nn = 1\n[multiscale]\n");
  EXPECT_FALSE(none.spec.has_value());
  EXPECT_NE(all(none).find("there is no slow process"), std::string::npos) << all(none);
}

TEST(SlowSpec, MeansTheSameWhenStored) {
  const ReadResult first = read(text);
  ASSERT_TRUE(first.spec.has_value()) << all(first);
  const ReadResult again = read(first.spec->source_text);
  ASSERT_TRUE(again.spec.has_value()) << all(again);
  EXPECT_EQ(again.spec->hash, first.spec->hash);
  // Every part of the slow side is part of the hash.
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"[\"20 s\", 1.0]", "[\"20 s\", 0.5]"},
           {"\"ramp\"", "\"step\""},
           {"count = 3", "count = 4"},
           {"load = \"load.level\"", "load = \"load.level\"\ntau = \"3 d\""},
           {"\"bdnf.release\"", "\"bdnf.level\""},
           {"signal = \"bdnf.level\"", "signal = \"bdnf.release\""},
           {"first_leap = \"5 s\"", "first_leap = \"6 s\""},
           {"first_leap = \"5 s\"", "first_leap = \"5 s\"\nprobe_every = 3"},
           {"first_leap = \"5 s\"", "first_leap = \"5 s\"\nreplicas = 2"},
           {"baseline = \"1 s\"", "baseline = \"2 s\""}}) {
    std::string changed = text;
    changed.replace(changed.find(from), from.size(), to);
    const ReadResult other = read(changed);
    ASSERT_TRUE(other.spec.has_value()) << to << all(other);
    EXPECT_NE(other.spec->hash, first.spec->hash) << to;
  }
}

TEST(SlowSpec, DefaultsUnitsAndOrder) {
  const ModelSpec spec = parse_slow(text);
  EXPECT_TRUE(spec.multiscale.enabled);
  EXPECT_EQ(spec.multiscale.burst, 2000.0);
  EXPECT_EQ(spec.multiscale.longest_burst, 16000.0);
  EXPECT_EQ(spec.multiscale.probe_every, 20U);
  EXPECT_EQ(spec.multiscale.precision, 0.0);
  EXPECT_EQ(spec.multiscale.replicas, 1U);
  ASSERT_EQ(spec.courses.size(), 2U);
  EXPECT_EQ(spec.courses[0].course.points.size(), 3U);  // dose: once a day, three times
  // A readout comes after those it reads.
  const auto place = [&](const std::string& name) {
    return std::find_if(spec.slow.begin(), spec.slow.end(), [&](const SlowSpec& s) { return s.name == name; }) -
           spec.slow.begin();
  };
  EXPECT_LT(place("bdnf"), place("mood"));
  EXPECT_TRUE(std::any_of(spec.measured.begin(), spec.measured.end(), [](const MeasuredSpec& measured) {
    return measured.name == "exc.rate.relative" && measured.relative;
  }));
}

TEST(SlowSchema, KnowsTheTables) {
  const auto schema = nlohmann::json::parse(model_schema(slow_catalogue()));
  const std::string all_of_it = schema.dump();
  for (const char* word : {"courses", "slow", "couplings", "multiscale", "probe_every", "longest_leap", "glutamate"})
    EXPECT_NE(all_of_it.find(word), std::string::npos) << word;
}

TEST(Estimate, LeapsCostAndLeaveWhatBurstsDo) {
  const ModelSpec leaps =
      parse_slow(asynchronous_text(1, "30 d", "first_leap = \"10 s\"", "[record.spikes]\ntarget = \"*\"\n"));
  ModelSpec direct = leaps;
  direct.multiscale.enabled = false;
  const Estimate few = estimate(leaps), many = estimate(direct);
  EXPECT_LT(few.wall_s, 1e-3 * many.wall_s);
  EXPECT_LT(few.disk_bytes, 1e-3 * many.disk_bytes);
  EXPECT_GT(few.wall_s, 0.0);
  // Doubling from 10 s to a day takes 14 steps, a month 30 more; each a burst of 2 s and its share of probes.
  const double spiking = expected_spiking(leaps, 0.0, 2000.0);
  EXPECT_GT(spiking, 40 * 2000.0);
  EXPECT_LT(spiking, 60 * 2500.0);
  EXPECT_EQ(expected_spiking(direct, 0.0, 2000.0), 30.0 * 86400e3);
  EXPECT_LT(expected_spiking(leaps, 20.0 * 86400e3, 2000.0), spiking);
}

}  // namespace
}  // namespace burgeon::test
