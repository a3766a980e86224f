// Hdf5Sink: what goes in comes out, the same bytes for any cuts, and a folder that can't be ruined by accident.

#include "io/hdf5_sink.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "base/errors.h"
#include "io/checkpoint_file.h"
#include "io/run_reader.h"
#include "unit/io_run.h"

namespace burgeon {
namespace {

using namespace io_run;
using Mode = Hdf5Options::Mode;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

std::vector<double> widened(const std::vector<std::uint64_t>& values) { return {values.begin(), values.end()}; }

const Variable& variable(const std::vector<Variable>& variables, const std::string& name) {
  return *std::find_if(variables.begin(), variables.end(), [&](const auto& v) { return v.name == name; });
}

TEST(Hdf5Sink, EveryKindOfTableComesBack) {
  const Folder folder;
  write_run(folder.path, 200);
  MemorySink memory;
  declare(memory);
  feed(memory, 0, 200);

  const RunReader run(folder.path / "run.h5");
  EXPECT_TRUE(run.complete());
  for (const std::string population : {"pyr", "pv"}) {
    const auto& expected = memory.table(Table::Kind::spikes, population).columns;
    const SpikeData spikes = run.spikes(population);
    EXPECT_GT(spikes.timestamps.size(), 100U);
    EXPECT_EQ(spikes.timestamps, expected[0]);
    EXPECT_EQ(widened(spikes.node_ids), expected[1]);
  }
  for (const std::string group : {"rates", "drug"}) {
    const auto& stored = memory.table(Table::Kind::series, group);
    const auto series = run.series(group);
    ASSERT_EQ(series.size(), stored.table.columns.size());
    for (std::size_t i = 0; i < stored.columns.size(); ++i) {
      const Variable& v = variable(series, stored.table.columns[i].name);
      EXPECT_EQ(v.values, stored.columns[i]);
      EXPECT_EQ(v.unit, stored.table.columns[i].unit);
      EXPECT_EQ(v.meaning, stored.table.columns[i].meaning);
    }
  }
  const auto& stored = memory.table(Table::Kind::topology, "pyr_to_pv");
  const auto topology = run.topology("pyr_to_pv");
  for (std::size_t i = 0; i < stored.columns.size(); ++i) {
    EXPECT_EQ(variable(topology, stored.table.columns[i].name).values, stored.columns[i]);
  }
}

TEST(Hdf5Sink, MetadataSummaryAndProvenanceComeBack) {
  const Folder folder;
  write_run(folder.path, 20);
  const RunReader run(folder.path / "run.h5");
  const auto populations = run.populations();
  ASSERT_EQ(populations.size(), 2U);
  EXPECT_EQ(populations[1].name, "pv");
  EXPECT_EQ(populations[1].first_id, 8U);
  EXPECT_EQ(populations[0].size, 8U);
  EXPECT_EQ(populations[0].model, "adex");
  const auto summary = run.summary();
  ASSERT_EQ(summary.size(), 2U);
  EXPECT_EQ(summary[0].name, "rate.pyr");
  EXPECT_EQ(summary[0].value, 4.25);
  EXPECT_EQ(summary[0].unit, "Hz");
  EXPECT_TRUE(std::isnan(summary[1].value));
  auto provenance = run.provenance();
  EXPECT_EQ(provenance["config_source"], metadata().config_source);
  EXPECT_EQ(provenance["argv"], "burgeon run tiny.toml");
  EXPECT_EQ(provenance["result_hash"], "00112233aabbccdd");
  EXPECT_EQ(provenance["seed"], "42");
  EXPECT_EQ(provenance["wall_s"], "1.5");
  EXPECT_EQ(provenance["resumes"], "0");
  EXPECT_EQ(bytes_of(folder.path / "config.toml"), metadata().config_source);
}

TEST(Hdf5Sink, CompleteRunLeavesNoSegments) {
  const Folder folder;
  write_run(folder.path, 20);
  EXPECT_FALSE(std::filesystem::exists(folder.path / "segments"));
  EXPECT_FALSE(std::filesystem::exists(folder.path / "checkpoints"));
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder.path))
    EXPECT_NE(file.path().extension(), ".tmp");
  for (const char* name :
       {"circuit_config.json", "simulation_config.json", "node_sets.json", "summary.json", "reports/v.h5"}) {
    EXPECT_TRUE(std::filesystem::exists(folder.path / name)) << name;
  }
  EXPECT_TRUE(read_run_state(folder.path).finished);
}

TEST(Hdf5Sink, CutsDoNotChangeTheBytes) {
  const Folder whole;
  const Folder cut;
  constexpr Step steps = 12000;  // several chunks of the series
  write_run(whole.path, steps);
  {
    Hdf5Options options;
    options.buffer_bytes = 40000;  // cuts in the middle of a step, too
    Hdf5Sink sink(cut.path, metadata(), options);
    declare(sink);
    for (Step step = 0; step < steps; step += 1500) {
      feed(sink, step, step + 1500);
      sink.cut_segment(checkpoint(step + 1500));
    }
    sink.close(ended());
  }
  EXPECT_EQ(bytes_of(whole.path / "run.h5"), bytes_of(cut.path / "run.h5"));
  EXPECT_EQ(bytes_of(whole.path / "reports/v.h5"), bytes_of(cut.path / "reports/v.h5"));
}

/// Interrupts a run at step 250 of 400 with checkpoints at 100 and 200.
void interrupt(const std::filesystem::path& folder) {
  Hdf5Sink sink(folder, metadata());
  declare(sink);
  feed(sink, 0, 100);
  sink.cut_segment(checkpoint(100));
  feed(sink, 100, 200);
  sink.cut_segment(checkpoint(200));
  feed(sink, 200, 250);
  sink.close(ended(false));
}

TEST(Hdf5Sink, ResumedRunEqualsUninterrupted) {
  const Folder whole;
  const Folder resumed;
  write_run(whole.path, 400);
  interrupt(resumed.path);
  EXPECT_FALSE(std::filesystem::exists(resumed.path / "run.h5"));
  const RunState state = read_run_state(resumed.path);
  EXPECT_FALSE(state.finished);
  EXPECT_EQ(state.segments.size(), 3U);
  EXPECT_EQ(state.resume_step, 200);
  EXPECT_DOUBLE_EQ(state.until_ms, 124.53);

  const auto from = newest_checkpoint(resumed.path);
  ASSERT_TRUE(from.has_value());
  EXPECT_EQ(from->step, 200);
  EXPECT_EQ(from->arrays, checkpoint(200).arrays);
  {
    Hdf5Sink sink(resumed.path, metadata(), {.mode = Mode::resume, .resume_step = 200});
    declare(sink);
    feed(sink, 200, 400);
    sink.close(ended());
  }
  // Only the count of resumes differs: one byte of it, and the checksum of the header that holds it.
  const std::string a = bytes_of(whole.path / "run.h5");
  const std::string b = bytes_of(resumed.path / "run.h5");
  ASSERT_EQ(a.size(), b.size());
  int different = 0;
  for (std::size_t i = 0; i < a.size(); ++i) different += a[i] != b[i];
  EXPECT_GT(different, 0);
  EXPECT_LE(different, 1 + 4);
  EXPECT_EQ(bytes_of(whole.path / "reports/v.h5"), bytes_of(resumed.path / "reports/v.h5"));
  EXPECT_EQ(content_hash(whole.path / "run.h5"), content_hash(resumed.path / "run.h5"));
  const RunDiff difference = diff(whole.path / "run.h5", resumed.path / "run.h5");
  EXPECT_TRUE(difference.same_results());
  ASSERT_EQ(difference.provenance.size(), 1U);
  EXPECT_EQ(difference.provenance[0].where, "resumes");
}

TEST(Hdf5Sink, PartialMergeIsReadableAndKeepsTheSegments) {
  const Folder folder;
  interrupt(folder.path);
  merge_partial(folder.path);
  const RunReader run(folder.path / "run.h5");
  EXPECT_FALSE(run.complete());
  EXPECT_EQ(run.series("rates")[2].values.size(), 125U);
  EXPECT_FALSE(read_run_state(folder.path).finished);
  EXPECT_TRUE(newest_checkpoint(folder.path).has_value());
}

TEST(Hdf5Sink, KeepsTheLastTwoCheckpoints) {
  const Folder folder;
  Hdf5Sink sink(folder.path, metadata());
  declare(sink);
  for (Step step = 1; step <= 6; ++step) {
    feed(sink, step, step + 1);
    sink.cut_segment(checkpoint(step));
    sink.cut_segment();
  }
  sink.wait();
  EXPECT_FALSE(std::filesystem::exists(checkpoint_path(folder.path, 3)));
  EXPECT_EQ(read_checkpoint(checkpoint_path(folder.path, 4)).step, 5);
  EXPECT_EQ(read_checkpoint(checkpoint_path(folder.path, 5)).step, 6);
}

TEST(Hdf5Sink, RefusesToTouchAnotherRun) {
  const Folder folder;
  write_run(folder.path, 10);
  const std::string before = bytes_of(folder.path / "run.h5");
  EXPECT_THAT([&] { Hdf5Sink(folder.path, metadata()); },
              ThrowsMessage<EnvironmentError>(HasSubstr("already holds a run")));
  EXPECT_EQ(bytes_of(folder.path / "run.h5"), before);

  const Folder other;
  write_bytes(other.path / "config.toml", "the user's own\n");
  EXPECT_THAT([&] { Hdf5Sink(other.path, metadata()); },
              ThrowsMessage<EnvironmentError>(HasSubstr("already holds a run")));
  EXPECT_EQ(bytes_of(other.path / "config.toml"), "the user's own\n");
}

TEST(Hdf5Sink, OverwriteRemovesTheOldRun) {
  const Folder folder;
  interrupt(folder.path);
  {
    Hdf5Sink sink(folder.path, metadata(), {.mode = Mode::overwrite});
    declare(sink);
    feed(sink, 0, 10);
    sink.close(ended());
  }
  EXPECT_EQ(RunReader(folder.path / "run.h5").series("rates")[0].values.size(), 5U);
}

TEST(Hdf5Sink, OneWriterPerFolder) {
  const Folder folder;
  const Hdf5Sink sink(folder.path, metadata());
  EXPECT_THAT([&] { Hdf5Sink(folder.path, metadata(), {.mode = Mode::overwrite}); },
              ThrowsMessage<EnvironmentError>(HasSubstr("another process")));
}

TEST(Hdf5Sink, ResumeChecksSpecStepAndTables) {
  const Folder folder;
  interrupt(folder.path);
  RunMetadata other = metadata();
  other.spec_hash += 1;
  const Hdf5Options options{.mode = Mode::resume, .resume_step = 200};
  EXPECT_THAT([&] { Hdf5Sink(folder.path, other, options); },
              ThrowsMessage<EnvironmentError>(HasSubstr("another configuration")));
  EXPECT_THAT([&] { Hdf5Sink(folder.path, metadata(), {.mode = Mode::resume, .resume_step = 150}); },
              ThrowsMessage<EnvironmentError>(HasSubstr("no checkpoint of step 150")));
  Hdf5Sink sink(folder.path, metadata(), options);
  sink.declare(tables()[0]);
  EXPECT_THAT([&] { feed_step(sink, 200); }, ThrowsMessage<EnvironmentError>(HasSubstr("other tables")));
}

TEST(Hdf5Sink, WrongTypeOrLengthIsABug) {
  const Folder folder;
  Hdf5Sink sink(folder.path, metadata());
  declare(sink);
  const std::vector<double> two{1.0, 2.0};
  const std::vector<float> floats{1.0F, 2.0F};
  const std::vector<std::uint64_t> one{1};
  EXPECT_THROW(sink.append(0, std::vector<ColumnData>{span_of(two), span_of(one)}), InternalError);
  EXPECT_THROW(sink.append(0, std::vector<ColumnData>{span_of(floats), span_of(one)}), InternalError);
  EXPECT_THROW(sink.append(0, std::vector<ColumnData>{span_of(two)}), InternalError);
  EXPECT_THROW(sink.declare(tables()[0]), InternalError);
}

TEST(Hdf5Sink, EmptyRunIsAValidFile) {
  const Folder folder;
  {
    Hdf5Sink sink(folder.path, metadata());
    declare(sink);
    sink.close(ended());
  }
  const RunReader run(folder.path / "run.h5");
  EXPECT_EQ(run.spike_count("pyr"), 0U);
  EXPECT_TRUE(run.series("rates")[0].values.empty());
}

TEST(Hdf5Sink, ImpossibleFolderIsNamed) {
  const Folder folder;
  write_bytes(folder.path / "file", "x");
  EXPECT_THAT([&] { Hdf5Sink(folder.path / "file" / "run", metadata()); },
              ThrowsMessage<EnvironmentError>(::testing::AllOf(HasSubstr("create folder"), HasSubstr("/file/run"))));
}

TEST(Diff, NamesTheFirstSpikeThatDiffers) {
  const Folder a;
  const Folder b;
  write_run(a.path, 40);
  {
    Hdf5Sink sink(b.path, metadata());
    declare(sink);
    feed(sink, 0, 30);
    const std::vector<double> t{15.0};
    const std::vector<std::uint64_t> id{7};
    sink.append(0, std::vector<ColumnData>{span_of(t), span_of(id)});
    feed(sink, 31, 40);
    sink.close(ended());
  }
  const RunDiff difference = diff(a.path / "run.h5", b.path / "run.h5");
  ASSERT_FALSE(difference.same_results());
  EXPECT_THAT(difference.results[0].where, ::testing::StartsWith("/spikes/"));
  EXPECT_THAT(difference.results[0].text, HasSubstr("15 ms neuron"));
  EXPECT_TRUE(difference.provenance.empty());
  EXPECT_NE(content_hash(a.path / "run.h5"), content_hash(b.path / "run.h5"));
}

}  // namespace
}  // namespace burgeon
