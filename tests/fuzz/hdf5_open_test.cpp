// Hostile and damaged files: refused or read, never a crash, a hang or an unexpected exception.

#include <gtest/gtest.h>
#include <hdf5.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <random>

#include "base/errors.h"
#include "io/checkpoint_file.h"
#include "io/run_reader.h"
#include "unit/io_run.h"

namespace burgeon {
namespace {

using namespace io_run;

enum Outcome { was_read = 0, refused = 1, wrong_exception = 2 };

/// Reads all there is.
void read_everything(const std::filesystem::path& path) {
  const RunReader run(path);
  (void)run.complete();
  (void)run.populations();
  for (const auto& name : run.spiking()) (void)run.spikes(name);
  for (const auto& name : run.series_groups()) (void)run.series(name);
  for (const auto& name : run.topologies()) (void)run.topology(name);
  (void)run.summary();
  (void)run.provenance();
  (void)content_hash(path);
  (void)diff(path, path);
}

int outcome(const std::function<void()>& read) {
  try {
    read();
    return was_read;
  } catch (const EnvironmentError&) {
    return refused;
  } catch (...) {
    return wrong_exception;
  }
}

/// Runs `trials` damaged files in one child; a child that dies names the trial it died in.
struct Count {
  int read = 0, refused = 0, wrong = 0, crashed = 0;
};
Count fuzz(int trials, const std::function<void(int)>& read) {
  Count count;
  for (int next = 0; next < trials;) {
    int channel[2];
    if (pipe(channel) != 0) throw std::runtime_error("no pipe");
    const pid_t child = fork();
    if (child == 0) {
      close(channel[0]);
      for (int trial = next; trial < trials; ++trial) {
        alarm(30);  // a hang ends as a crash
        const char result = static_cast<char>(outcome([&] { read(trial); }));
        if (write(channel[1], &result, 1) != 1) _exit(1);
      }
      _exit(0);
    }
    close(channel[1]);
    for (char result = 0; ::read(channel[0], &result, 1) == 1; ++next) {
      count.read += result == was_read;
      count.refused += result == refused;
      count.wrong += result == wrong_exception;
    }
    close(channel[0]);
    int status = 0;
    waitpid(child, &status, 0);
    if (!WIFEXITED(status)) {
      ADD_FAILURE() << "signal " << WTERMSIG(status) << " in trial " << next;
      ++count.crashed;
      ++next;
    }
  }
  return count;
}

TEST(Hostile, TruncatedFilesAreRefused) {
  const Folder folder;
  write_run(folder.path, 40);
  const std::string whole = bytes_of(folder.path / "run.h5");
  const auto path = folder.path / "cut.h5";
  const Count count = fuzz(150, [&](int trial) {
    std::mt19937 random(static_cast<unsigned>(trial));
    write_bytes(path, whole.substr(0, random() % whole.size()));
    read_everything(path);
  });
  EXPECT_EQ(count.refused, 150);
}

TEST(Hostile, FlippedBytesNeverCrash) {
  const Folder folder;
  write_run(folder.path, 40);
  const std::string whole = bytes_of(folder.path / "run.h5");
  const auto path = folder.path / "flipped.h5";
  const Count count = fuzz(600, [&](int trial) {
    std::mt19937 random(static_cast<unsigned>(trial));
    std::string bytes = whole;
    const unsigned flips = 1 + random() % 4;
    for (unsigned i = 0; i < flips; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
    write_bytes(path, bytes);
    read_everything(path);
  });
  EXPECT_EQ(count.crashed, 0);
  EXPECT_EQ(count.wrong, 0);
  // Both happen: bytes that nothing covers, and bytes that a checksum covers.
  EXPECT_GT(count.refused, 300);
  printf("flips: %d read, %d refused\n", count.read, count.refused);
}

TEST(Hostile, FlippedCheckpointsAreNeverBelieved) {
  const Folder folder;
  const Checkpoint good = checkpoint(5, 3000);
  write_checkpoint(folder.path / "good.h5", good);
  const std::string whole = bytes_of(folder.path / "good.h5");
  const auto path = folder.path / "flipped.h5";
  const Count count = fuzz(300, [&](int trial) {
    std::mt19937 random(static_cast<unsigned>(trial));
    std::string bytes = whole;
    bytes[random() % bytes.size()] ^= static_cast<char>(1 + random() % 255);
    write_bytes(path, bytes);
    const Checkpoint read = read_checkpoint(path);
    if (read.arrays != good.arrays || read.step != good.step || read.spec_hash != good.spec_hash) throw 1;
  });
  EXPECT_EQ(count.crashed + count.wrong, 0);
  EXPECT_GT(count.refused, 100);
}

TEST(Hostile, RandomBytesBehindASignatureAreRefused) {
  const Folder folder;
  const auto path = folder.path / "random.h5";
  const Count count = fuzz(100, [&](int trial) {
    std::mt19937 random(static_cast<unsigned>(trial));
    std::string bytes("\x89HDF\r\n\x1a\n\0", 9);
    bytes.back() = static_cast<char>(trial % 4);
    for (int i = 0; i < 4000; ++i) bytes.push_back(static_cast<char>(random()));
    write_bytes(path, bytes);
    read_everything(path);
  });
  EXPECT_EQ(count.refused, 100);
}

/// A complete file into which something forbidden is put.
class Forbidden : public ::testing::Test {
 protected:
  void SetUp() override {
    write_run(folder_.path, 10);
    path_ = folder_.path / "run.h5";
    file_ = H5Fopen(path_.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    ASSERT_GE(file_, 0);
  }
  /// Closes and expects a refusal for the right reason.
  void expect_refused(const std::string& why) {
    H5Fclose(file_);
    try {
      read_everything(path_);
      FAIL() << "it was read";
    } catch (const EnvironmentError& error) {
      EXPECT_NE(std::string(error.what()).find(why), std::string::npos) << error.what();
    }
  }
  void add_dataset(const char* name, hid_t type, hid_t creation, hsize_t rows) {
    const hid_t space = H5Screate_simple(1, &rows, nullptr);
    const hid_t dataset = H5Dcreate2(file_, name, type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    ASSERT_GE(dataset, 0);
    H5Dclose(dataset);
    H5Sclose(space);
  }
  Folder folder_;
  std::filesystem::path path_;
  hid_t file_ = -1;
};

TEST_F(Forbidden, SoftLink) {
  H5Lcreate_soft("/spikes/pyr", file_, "/run/elsewhere", H5P_DEFAULT, H5P_DEFAULT);
  expect_refused("is a link to somewhere else");
}

TEST_F(Forbidden, ExternalLink) {
  H5Lcreate_external("/etc/passwd", "/", file_, "/run/series/outside", H5P_DEFAULT, H5P_DEFAULT);
  expect_refused("is a link to somewhere else");
}

TEST_F(Forbidden, ExternalStorage) {
  const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_external(creation, "/etc/passwd", 0, 64);
  add_dataset("/run/stolen", H5T_STD_U8LE, creation, 64);
  expect_refused("keeps its data in another file");
}

TEST_F(Forbidden, VariableLengthText) {
  const hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, H5T_VARIABLE);
  add_dataset("/run/text", type, H5P_DEFAULT, 1);
  expect_refused("has a type that is not allowed");
}

TEST_F(Forbidden, OtherFilter) {
  const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
  const hsize_t chunk = 10;
  H5Pset_chunk(creation, 1, &chunk);
  H5Pset_scaleoffset(creation, H5Z_SO_INT, 0);
  add_dataset("/run/packed", H5T_STD_I32LE, creation, 10);
  expect_refused("has a filter that is not allowed");
}

TEST_F(Forbidden, GroupInsideItself) {
  H5Lcreate_hard(file_, "/run", file_, "/run/series/again", H5P_DEFAULT, H5P_DEFAULT);
  expect_refused("is inside itself");
}

TEST_F(Forbidden, HugeClaim) {
  const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
  const hsize_t chunk = 1024;
  H5Pset_chunk(creation, 1, &chunk);
  add_dataset("/run/huge", H5T_STD_U64LE, creation, hsize_t{1} << 60);
  expect_refused("claims more data than the file holds");
}

TEST_F(Forbidden, UnusualName) {
  H5Gclose(H5Gcreate2(file_, "/run/a\nb", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  expect_refused("holds a name that is not allowed");
}

TEST(Hostile, OtherFilesAreRefused) {
  const Folder folder;
  write_bytes(folder.path / "text", "format = \"burgeon\"\n");
  write_bytes(folder.path / "empty", "");
  EXPECT_EQ(outcome([&] { read_everything(folder.path / "text"); }), refused);
  EXPECT_EQ(outcome([&] { read_everything(folder.path / "empty"); }), refused);
  EXPECT_EQ(outcome([&] { read_everything(folder.path); }), refused);
  write_checkpoint(folder.path / "c.h5", checkpoint(1));
  EXPECT_EQ(outcome([&] { read_everything(folder.path / "c.h5"); }), refused);
}

}  // namespace
}  // namespace burgeon
