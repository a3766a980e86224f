// What survives a killed process, a full disk and damaged files.

#include <gmock/gmock.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <random>

#include "base/errors.h"
#include "io/checkpoint_file.h"
#include "io/run_reader.h"
#include "unit/io_run.h"

namespace burgeon {
namespace {

using namespace io_run;
using Mode = Hdf5Options::Mode;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr Step steps = 60;

/// Runs in a child process; true when it ended with exit code 0.
bool in_child(const std::function<bool()>& what) {
  const pid_t child = fork();
  if (child == 0) {
    bool good = false;
    try {
      good = what();
    } catch (...) {
      good = false;
    }
    _exit(good ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// Goes on from what is there to the end, as `burgeon resume` does; a segment and a checkpoint every five steps.
void run_to_end(const std::filesystem::path& folder, const std::function<void(Step)>& progress) {
  const auto from = newest_checkpoint(folder);
  Hdf5Options options{.mode = from ? Mode::resume : Mode::overwrite, .resume_step = from ? from->step : 0};
  Hdf5Sink sink(folder, metadata(), options);
  declare(sink);
  for (Step step = options.resume_step; step < steps; ++step) {
    feed_step(sink, step);
    if (step % 5 != 4) continue;
    sink.cut_segment(checkpoint(step + 1));
    sink.wait();
    progress(step + 1);
  }
  sink.close(ended());
}

TEST(Crash, KilledAtRandomMomentsLosesAtMostTheLastSegment) {
  const Folder whole;
  write_run(whole.path, steps);
  std::mt19937 random(20250101);
  Step confirmed_in_all = 0;
  for (int trial = 0; trial < 20; ++trial) {
    const Folder folder;
    int channel[2];
    ASSERT_EQ(pipe(channel), 0);
    const pid_t child = fork();
    if (child == 0) {
      close(channel[0]);
      run_to_end(folder.path, [&](Step step) { (void)!write(channel[1], &step, sizeof step); });
      _exit(0);
    }
    close(channel[1]);

    // Kill it a moment after a randomly chosen segment was reported as safe.
    const Step until = 5 * static_cast<Step>(random() % 12);
    Step confirmed = 0;
    while (confirmed < until && read(channel[0], &confirmed, sizeof confirmed) == sizeof confirmed) {
    }
    usleep(static_cast<useconds_t>(random() % 15000));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    while (read(channel[0], &confirmed, sizeof confirmed) == sizeof confirmed) {
    }
    close(channel[0]);
    confirmed_in_all += confirmed;

    // Either finished, or every confirmed segment is listed and whole, and the run can be taken to the same end.
    if (!read_run_state(folder.path).finished) {
      const RunState state = read_run_state(folder.path);
      EXPECT_GE(state.segments.size(), static_cast<std::size_t>(confirmed / 5)) << "trial " << trial;
      for (const auto& entry : state.segments) EXPECT_NO_THROW(verify_segment(folder.path, entry, tables()));
      const auto from = newest_checkpoint(folder.path);
      EXPECT_EQ(from ? from->step : 0, state.resume_step.value_or(0));
      EXPECT_GE(state.resume_step.value_or(0), confirmed);
      ASSERT_TRUE(in_child([&] {
        run_to_end(folder.path, [](Step) {});
        return true;
      }));
    }
    EXPECT_EQ(content_hash(folder.path / "run.h5"), content_hash(whole.path / "run.h5")) << "trial " << trial;
    EXPECT_EQ(bytes_of(folder.path / "reports/v.h5"), bytes_of(whole.path / "reports/v.h5")) << "trial " << trial;
  }
  EXPECT_GT(confirmed_in_all, 0);
}

/// Four segments, each with a checkpoint, left as after a kill.
void write_interrupted(const std::filesystem::path& folder) {
  Hdf5Sink sink(folder, metadata());
  declare(sink);
  for (Step step = 0; step < 20; ++step) {
    feed_step(sink, step);
    if (step % 5 == 4) sink.cut_segment(checkpoint(step + 1));
  }
  sink.wait();
}

TEST(Crash, TornManifestLineIsIgnored) {
  const Folder folder;
  write_interrupted(folder.path);
  const std::string whole = bytes_of(manifest_path(folder.path));
  const auto entries = read_manifest(folder.path);
  ASSERT_EQ(entries.size(), 4U);
  // Cut anywhere: only lines with their newline count.
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    write_bytes(manifest_path(folder.path), whole.substr(0, length));
    std::size_t expected = 0;
    while (expected < 4 && entries[expected].end <= length) ++expected;
    ASSERT_EQ(read_manifest(folder.path).size(), expected) << length;
  }
  // A flipped bit ends the trusted part.
  for (std::size_t i = 0; i < whole.size(); i += 7) {
    std::string flipped = whole;
    flipped[i] = static_cast<char>(flipped[i] ^ 0x04);
    write_bytes(manifest_path(folder.path), flipped);
    std::size_t expected = 0;
    while (expected < 4 && entries[expected].end <= i) ++expected;
    ASSERT_EQ(read_manifest(folder.path).size(), expected) << i;
  }
  // Resuming behind a torn line appends a readable one.
  write_bytes(manifest_path(folder.path), whole.substr(0, whole.size() - 3));
  EXPECT_EQ(newest_checkpoint(folder.path)->step, 15);
  {
    Hdf5Sink sink(folder.path, metadata(), {.mode = Mode::resume, .resume_step = 15});
    declare(sink);
    feed(sink, 15, 20);
    sink.close(ended(false));
  }
  EXPECT_EQ(read_manifest(folder.path).size(), 4U);
}

TEST(Crash, DamagedCheckpointFallsBackToTheOneBefore) {
  const Folder folder;
  write_interrupted(folder.path);
  const auto path = checkpoint_path(folder.path, 3);
  std::string bytes = bytes_of(path);
  // The array's bytes are 20; one of them changes.
  const std::size_t place = bytes.find(std::string(100, '\x14'));
  ASSERT_NE(place, std::string::npos);
  bytes[place + 50] ^= 1;
  write_bytes(path, bytes);
  EXPECT_THAT([&] { (void)read_checkpoint(path); }, ThrowsMessage<EnvironmentError>(HasSubstr("damaged")));
  EXPECT_EQ(newest_checkpoint(folder.path)->step, 15);
}

TEST(Crash, DamagedSegmentIsNeverMerged) {
  const Folder folder;
  write_interrupted(folder.path);
  const auto path = segment_path(folder.path, 1);
  std::string bytes = bytes_of(path);
  // Rows of the report's first neuron at step 5: -67.5 as f32.
  const float value = -67.5F;
  const std::size_t place = bytes.find(std::string(reinterpret_cast<const char*>(&value), sizeof value));
  ASSERT_NE(place, std::string::npos);
  bytes[place] ^= 1;
  write_bytes(path, bytes);
  EXPECT_THAT([&] { merge_partial(folder.path); }, ThrowsMessage<EnvironmentError>(HasSubstr("another hash")));
  EXPECT_FALSE(std::filesystem::exists(folder.path / "run.h5"));
  EXPECT_FALSE(std::filesystem::exists(folder.path / "run.h5.tmp"));

  // A segment that is gone or short is not resumed from, but those before it are.
  write_bytes(path, bytes.substr(0, bytes.size() / 2));
  EXPECT_FALSE(newest_checkpoint(folder.path).has_value());
}

/// Appends until the storage refuses; the error has to say so. Then everything that had been confirmed is still good.
bool fill_up(const std::filesystem::path& folder) {
  Hdf5Sink sink(folder, metadata());
  declare(sink);
  std::size_t safe = 0;
  std::string message;
  Step step = 0;
  try {
    for (; step < 100000; ++step) {
      // Segments grow, so that the limit is met in the middle of one.
      for (Step k = 0; k < 40 * (step + 1); ++k) feed_step(sink, step * 1000 + k);
      sink.cut_segment(checkpoint(step + 1, 1000));
      sink.wait();
      ++safe;
    }
  } catch (const EnvironmentError& error) {
    message = error.what();
  }
  // The failure is sticky: no later segment may follow a lost one.
  bool sticky = false;
  try {
    feed_step(sink, 1);
  } catch (const EnvironmentError&) {
    sticky = true;
  }
  const bool named =
      message.find("File too large") != std::string::npos || message.find("No space left") != std::string::npos;
  if (!named) fprintf(stderr, "message: %s\n", message.c_str());
  const auto entries = read_manifest(folder);
  for (const auto& entry : entries) verify_segment(folder, entry, tables());
  const auto from = newest_checkpoint(folder);
  return named && sticky && safe > 0 && entries.size() == safe && from && from->step == static_cast<Step>(safe);
}

TEST(Crash, FileSizeLimitKeepsEarlierSegments) {
  const Folder folder;
  EXPECT_TRUE(in_child([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{200000, 200000};
    setrlimit(RLIMIT_FSIZE, &limit);
    return fill_up(folder.path);
  }));
  // Without the limit the same folder can be resumed.
  EXPECT_NO_THROW(merge_partial(folder.path));
}

TEST(Crash, FailedMergeKeepsTheSegments) {
  const Folder folder;
  EXPECT_TRUE(in_child([&] {
    Hdf5Sink sink(folder.path, metadata());
    declare(sink);
    for (Step step = 0; step < 6000; ++step) {
      feed_step(sink, step);
      if (step % 100 == 99) sink.cut_segment(checkpoint(step + 1));
    }
    sink.wait();
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{30000, 30000};
    setrlimit(RLIMIT_FSIZE, &limit);
    try {
      sink.close(ended());
    } catch (const EnvironmentError& error) {
      return std::string(error.what()).find("File too large") != std::string::npos;
    }
    return false;
  }));
  EXPECT_FALSE(std::filesystem::exists(folder.path / "run.h5"));
  EXPECT_FALSE(std::filesystem::exists(folder.path / "run.h5.tmp"));
  EXPECT_EQ(newest_checkpoint(folder.path)->step, 6000);
}

TEST(Crash, FullDiskKeepsEarlierSegments) {
  const Folder folder;
  if (mount("tmpfs", folder.path.c_str(), "tmpfs", 0, "size=1m") != 0) GTEST_SKIP() << "mounting needs privileges";
  const bool good = in_child([&] { return fill_up(folder.path / "run"); });
  umount(folder.path.c_str());
  EXPECT_TRUE(good);
}

TEST(Checkpoint, ComesBackAndIsRefusedWhenItIsSomethingElse) {
  const Folder folder;
  Checkpoint written = checkpoint(-7);
  written.step = -7;
  write_checkpoint(folder.path / "c.h5", written);
  const Checkpoint read = read_checkpoint(folder.path / "c.h5");
  EXPECT_EQ(read.step, -7);
  EXPECT_EQ(read.spec_hash, written.spec_hash);
  EXPECT_EQ(read.arrays, written.arrays);
  EXPECT_THROW((void)read_checkpoint(folder.path / "absent.h5"), EnvironmentError);
  write_run(folder.path / "run", 4);
  EXPECT_THAT([&] { (void)read_checkpoint(folder.path / "run/run.h5"); },
              ThrowsMessage<EnvironmentError>(HasSubstr("not a checkpoint")));
}

}  // namespace
}  // namespace burgeon
