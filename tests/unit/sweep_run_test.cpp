// Runs of a sweep: every run ends with exactly one verified record, whatever happens on the way.

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "base/errors.h"
#include "support/run.h"
#include "sweep/collate.h"
#include "sweep/estimate.h"
#include "sweep/runner.h"

namespace burgeon {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class SweepRun : public testing::Test {
 protected:
  SweepRun() : folder_(fs::temp_directory_path() / ("burgeon_sweep_" + std::to_string(::getpid()))) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    write("model.toml", R"(
title = "one population"
[simulation]
duration = "20 ms"
[populations.exc]
model = "lif_psc_exp"
n = 10
I_e = "500 pA"
receptors.ampa = { model = "exp_current", tau = "2 ms" }
[record.rates]
kind = "rate"
target = "exc"
every = "5 ms"
)");
  }
  ~SweepRun() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }
  static std::string read(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
  }

  SweepPlan plan(const std::string& text) const {
    write("sweep.toml", "title = \"t\"\nmodel = \"model.toml\"\n" + text);
    const auto result = read_sweep(folder_ / "sweep.toml");
    for (const auto& diagnostic : result.diagnostics) ADD_FAILURE() << format_diagnostic(diagnostic, false);
    if (!result.spec) throw std::runtime_error("not a sweep");
    return make_plan(*result.spec);
  }

  SweepRunOptions options(const char* out = "out", unsigned workers = 1) const {
    SweepRunOptions result;
    result.folder = folder_ / out;
    result.workers = workers;
    result.engine = "test";
    return result;
  }
  static SweepOutcome run(const SweepPlan& plan, const SweepRunOptions& options) {
    return run_sweep(plan, test::real_catalogue(), options);
  }
  SweepTable table(const SweepPlan& plan, const char* out = "out") const {
    return collate(plan, identify_all(plan, test::real_catalogue(), "test", 1), RunStore(folder_ / out));
  }

  fs::path folder_;
  const std::string current_ =
      "[axes.I]\npath = \"populations.exc.I_e\"\nunit = \"pA\"\nvalues = [300, 500, 700, 900]\n";
};

TEST_F(SweepRun, EveryRunEndsWithOneRecordAndIsNotRepeated) {
  const SweepPlan p = plan(current_ + "[replicates]\ncount = 2\n");
  const auto first = run(p, options("out", 3));
  EXPECT_EQ(first.done, 8U);
  EXPECT_EQ(first.executed, 8U);
  EXPECT_EQ(first.pending, 0U);
  EXPECT_EQ(run(p, options()).executed, 0U);

  // The current drives the rate, and the table is in the order of the plan.
  const SweepTable t = table(p);
  ASSERT_EQ(t.done, 8U);
  const auto rate = static_cast<std::size_t>(
      std::find_if(t.outputs.begin(), t.outputs.end(), [](const auto& o) { return o.name == "exc.rate"; }) -
      t.outputs.begin());
  const auto column = t.column(rate);
  EXPECT_LT(column[0], column[6]);
  EXPECT_EQ(t.outputs[rate].unit, "Hz");
  EXPECT_TRUE(verify(p, t, RunStore(folder_ / "out")).empty());
  const SweepPlan wrong = plan(current_ + "[replicates]\ncount = 2\n[outputs]\nx = { measure = \"exc.rat\" }\n");
  EXPECT_EQ(verify(wrong, table(wrong), RunStore(folder_ / "out")).size(), 1U);
}

TEST_F(SweepRun, AddedPointsReuseWhatIsThere) {
  (void)run(plan(current_), options());
  const SweepPlan more =
      plan("[axes.I]\npath = \"populations.exc.I_e\"\nunit = \"nA\"\nvalues = [0.3, 0.4, 0.5, 0.9]\n");
  // The same values in another unit are the same runs.
  EXPECT_EQ(run(more, options()).executed, 1U);
}

TEST_F(SweepRun, PoisonedPointsFailAloneAndStayFailedUntilRetried) {
  const SweepPlan p = plan("[axes.C]\npath = \"populations.exc.C_m\"\nunit = \"pF\"\nvalues = [100, -1, 300]\n");
  const auto outcome = run(p, options());
  EXPECT_EQ(outcome.done, 2U);
  EXPECT_EQ(outcome.failed, 1U);
  const SweepTable t = table(p);
  EXPECT_EQ(t.rows[1].state, RunState::failed);
  EXPECT_EQ(t.rows[1].problem, "model");
  EXPECT_NE(t.rows[1].message.find("C_m"), std::string::npos) << t.rows[1].message;
  EXPECT_TRUE(std::isnan(t.values[t.outputs.size()]));
  EXPECT_EQ(run(p, options()).executed, 0U);
  auto again = options();
  again.retry = true;
  const auto retried = run(p, again);
  EXPECT_EQ(retried.executed, 1U);
  EXPECT_EQ(retried.failed, 1U);
}

TEST_F(SweepRun, DamagedRecordsAreMadeAgain) {
  const SweepPlan p = plan(current_);
  (void)run(p, options());
  const RunStore store(folder_ / "out");
  const SweepTable before = table(p);
  const fs::path record = store.record_path(before.rows[2].id);
  const std::string text = read(record);
  // Cut short, and one digit changed: neither is a record.
  for (const std::string& damaged :
       {text.substr(0, text.size() - 5), std::string(text).replace(text.size() - 30, 1, "#"), std::string()}) {
    fs::remove(record);
    std::ofstream(record, std::ios::binary) << damaged;
    const SweepTable t = table(p);
    EXPECT_EQ(t.pending, 1U);
    EXPECT_EQ(verify(p, t, store).size(), 1U);
    EXPECT_EQ(run(p, options()).executed, 1U);
    EXPECT_EQ(to_csv(p, table(p)), to_csv(p, before));
  }
}

TEST_F(SweepRun, ShardsShareTheWorkAndGiveTheSameFile) {
  const SweepPlan p =
      plan(current_ + "[outputs]\nrate = { measure = \"exc.rate\" }\nlast = { series = \"exc\", reduce = \"last\" }\n");
  (void)run(p, options("whole", 2));
  std::size_t executed = 0;
  for (std::uint64_t shard = 0; shard < 3; ++shard) {
    auto part = options("parts");
    part.shard = shard;
    part.shards = 3;
    executed += run(p, part).executed;
  }
  EXPECT_EQ(executed, 4U);
  write_sweep_h5(folder_ / "a.h5", p, table(p, "whole"));
  write_sweep_h5(folder_ / "b.h5", p, table(p, "parts"));
  EXPECT_EQ(read(folder_ / "a.h5"), read(folder_ / "b.h5"));
  for (const double value : table(p, "whole").values) EXPECT_TRUE(std::isfinite(value));
}

TEST_F(SweepRun, UnitsOfTimesAreOfTimeAndOnlyOfTimes) {
  const auto complaint = [&](const std::string& words) {
    std::ofstream(folder_ / "unit.toml") << "title = \"t\"\nmodel = \"model.toml\"\n"
                                         << current_ << "[outputs]\nx = { series = \"exc\", " << words << " }\n";
    const SweepReadResult result = read_sweep(folder_ / "unit.toml");
    return result.diagnostics.empty() ? std::string() : result.diagnostics[0].message;
  };
  EXPECT_EQ(complaint("reduce = \"time_of_max\", unit = \"h\""), "");
  EXPECT_EQ(complaint("reduce = \"time_above\", above = 1, unit = \"min\""), "");
  EXPECT_NE(complaint("reduce = \"time_of_max\", unit = \"mV\"").find("not a unit of time"), std::string::npos);
  EXPECT_NE(complaint("reduce = \"max\", unit = \"h\"").find("'unit' belongs to"), std::string::npos);
}

TEST_F(SweepRun, UnknownOutputsAreToldBeforeTheRunsAreWasted) {
  const auto complaints =
      unknown_outputs(plan(current_ + "[outputs]\nx = { measure = \"exc.rat\" }\n"), test::real_catalogue());
  ASSERT_EQ(complaints.size(), 1U);
  EXPECT_NE(complaints[0].find("did you mean 'exc.rate'"), std::string::npos) << complaints[0];
  const auto series = unknown_outputs(
      plan(current_ +
           "[outputs]\nx = { series = \"exx\", reduce = \"max\" }\ny = { series = \"exc\", reduce = \"max\" }\n"),
      test::real_catalogue());
  ASSERT_EQ(series.size(), 1U);
  EXPECT_NE(series[0].find("did you mean 'exc'"), std::string::npos) << series[0];
  const auto outcome = run(plan(current_ + "[outputs]\nx = { series = \"nothing\", reduce = \"max\" }\n"), options());
  EXPECT_EQ(outcome.failed, 4U);
}

TEST_F(SweepRun, EstimatesCountAndFindInvalidPoints) {
  const auto e =
      estimate_sweep(plan("[axes.n]\npath = \"populations.exc.n\"\nvalues = [10, -1, 1000]\n[replicates]\ncount = 4\n"),
                     test::real_catalogue());
  EXPECT_EQ(e.points, 3U);
  EXPECT_EQ(e.runs, 12U);
  ASSERT_EQ(e.invalid.size(), 1U);
  EXPECT_EQ(e.invalid[0].run, 4U);
  EXPECT_GT(e.run_memory_bytes, 0.0);
  EXPECT_GT(e.total_s, 7.9 * e.run_s);
}

// With leaps nearly nothing is spiked, and the slow side takes the time: counting the model would say next to nothing.
TEST_F(SweepRun, RunsWithLeapsAreEstimatedByTimingOne) {
  const std::string leaps =
      "[set]\nsimulation.duration = \"200 h\"\nsimulation.dt = \"1 ms\"\nsimulation.slow_tick = \"10 ms\"\n"
      "record.rates.every = \"20 ms\"\ncourses.load.value = 1.0\nslow.stress.load = \"load.level\"\nmultiscale.burst = "
      "\"200 ms\"\nmultiscale.burn_in = \"0 ms\"\n"
      "multiscale.longest_burst = \"200 ms\"\nmultiscale.first_leap = \"5 min\"\nmultiscale.longest_leap = \"1 h\"\n";
  const SweepPlan p = plan(leaps + current_);
  const auto e = estimate_sweep(p, test::real_catalogue());
  ASSERT_TRUE(e.invalid.empty()) << e.invalid[0].message;
  EXPECT_GT(e.timed_s, 0.0);
  EXPECT_GE(e.run_s, e.timed_s);
  EXPECT_EQ(estimate_sweep(plan(current_), test::real_catalogue()).timed_s, 0.0);
  // What the estimate is checked against counts all of the run, not its spiking alone.
  const auto outcome = run(p, options());
  EXPECT_EQ(outcome.done, 4U);
  EXPECT_GT(outcome.simulation_s, 0.5 * outcome.wall_s);
}

TEST_F(SweepRun, FoldersThatCannotBeUsedSaySo) {
  write("file", "");
  EXPECT_THROW((void)run(plan(current_), options("file")), EnvironmentError);
}

// ---------------------------------------------------------------------------------------------------------------------
// The protocol, with two processes played by two workers

RunRecord record_of(const std::string& id, std::uint64_t hash) {
  RunRecord record;
  record.id = id;
  record.result_hash = hash;
  return record;
}

/// A worker that looks like a process of another machine: its claims carry a foreign name without signs of life.
void plant_claim(const RunStore& store, const std::string& id, std::uint64_t epoch) {
  std::ofstream(store.claim_path(id, epoch)) << owner_line("elsewhere-1-1-00000000");
}

const std::string id = "0123456789abcdef0123456789abcdef";

TEST_F(SweepRun, LivingOwnersKeepTheirRunsAndSilentOnesLoseThem) {
  RunWorker a(folder_ / "out", 200ms);
  RunWorker b(folder_ / "out", 200ms);
  RunWorker::Claim mine, theirs;
  ASSERT_EQ(a.claim(id, false, mine), RunWorker::Verdict::mine);
  // a beats, so however long b waits the run stays a's.
  const auto end = std::chrono::steady_clock::now() + 600ms;
  while (std::chrono::steady_clock::now() < end) {
    EXPECT_EQ(b.claim(id, false, theirs), RunWorker::Verdict::busy);
    std::this_thread::sleep_for(50ms);
  }
  a.release(mine);
  ASSERT_EQ(b.claim(id, false, theirs), RunWorker::Verdict::mine);
  b.release(theirs);

  plant_claim(b.store(), id, 1);
  EXPECT_EQ(b.claim(id, false, theirs), RunWorker::Verdict::busy);  // the first look starts the watch
  std::this_thread::sleep_for(300ms);
  ASSERT_EQ(b.claim(id, false, theirs), RunWorker::Verdict::mine);
  EXPECT_EQ(theirs.epoch, 2U);
}

TEST_F(SweepRun, AnOwnerThatLostItsRunCannotPublish) {
  RunWorker zombie(folder_ / "out", 10s);
  RunWorker heir(folder_ / "out", 10s);
  RunWorker::Claim first, second;
  ASSERT_EQ(zombie.claim(id, false, first), RunWorker::Verdict::mine);
  // As after a silence: the claim is revoked and the heir takes the next epoch.
  fs::rename(heir.store().claim_path(id, 1), heir.store().revoked_path(id, 1));
  ASSERT_EQ(heir.claim(id, false, second), RunWorker::Verdict::mine);
  EXPECT_EQ(second.epoch, 2U);

  EXPECT_EQ(zombie.publish(first, record_of(id, 7), false), RunWorker::Publication::duplicate);
  EXPECT_FALSE(heir.store().find(id)) << "the zombie published";
  EXPECT_EQ(heir.publish(second, record_of(id, 7), false), RunWorker::Publication::published);
  EXPECT_EQ(heir.store().find(id)->epoch, 2U);
  EXPECT_EQ(heir.store().find_duplicates().size(), 1U);
}

TEST_F(SweepRun, DifferentResultsOfOneRunRaiseAnAlarm) {
  const SweepPlan p = plan(current_);
  (void)run(p, options());
  const RunStore store(folder_ / "out");
  const std::string name = table(p).rows[0].id;
  const auto published = store.find(name);
  ASSERT_TRUE(published);
  for (const std::uint64_t difference : {0U, 1U}) {
    const RunRecord other = record_of(name, published->result_hash + difference);
    std::ofstream(store.revoked_path(name, 1)) << owner_line("elsewhere") << record_line(other);
    EXPECT_EQ(verify(p, table(p), store).size(), difference);
  }
}

TEST_F(SweepRun, RevokedEpochsAreNeverUsedAgain) {
  RunWorker worker(folder_ / "out", 10s);
  for (const std::uint64_t epoch : {1U, 2U}) std::ofstream(worker.store().revoked_path(id, epoch)) << "x\n";
  RunWorker::Claim claim;
  ASSERT_EQ(worker.claim(id, false, claim), RunWorker::Verdict::mine);
  EXPECT_EQ(claim.epoch, 3U);
}

TEST(RunRecordText, HoldsEveryNumberAndRefusesStrangers) {
  RunRecord record = record_of(id, 0xfedcba9876543210ULL);
  record.measures = {{"a", 0.1, "Hz", ""}, {"b", std::nan(""), "", ""}, {"c", -1e-300, "", ""}};
  const std::string text = owner_line("me") + record_line(record);
  const auto back = parse_record(text, id);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->owner, "me");
  EXPECT_EQ(back->result_hash, record.result_hash);
  EXPECT_EQ(back->measures[0].value, 0.1);
  EXPECT_TRUE(std::isnan(back->measures[1].value));
  EXPECT_EQ(back->measures[2].value, -1e-300);
  EXPECT_FALSE(parse_record(text, std::string(32, '0')));
  for (std::size_t cut = 0; cut < text.size(); ++cut) EXPECT_FALSE(parse_record(text.substr(0, cut), id)) << cut;
}

}  // namespace
}  // namespace burgeon
