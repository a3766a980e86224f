// Small files that survive a crash: where they may be written, and what is left behind.

#include "io/posix.h"

#include <gtest/gtest.h>

#include "base/errors.h"
#include "unit/io_run.h"

namespace burgeon {
namespace {

using io_run::bytes_of;
using io_run::Folder;

/// The current folder, for the length of a test.
class Here {
 public:
  explicit Here(const std::filesystem::path& folder) : before_(std::filesystem::current_path()) {
    std::filesystem::current_path(folder);
  }
  ~Here() { std::filesystem::current_path(before_); }
  Here(const Here&) = delete;
  Here& operator=(const Here&) = delete;

 private:
  std::filesystem::path before_;
};

// A bare name has no parent folder to flush: the current one is meant.
TEST(WriteFile, TakesABareName) {
  const Folder folder;
  const Here here(folder.path);
  posix::write_file("job.sh", "one");
  posix::write_file("job.sh", "two");
  EXPECT_EQ(bytes_of(folder.path / "job.sh"), "two");
  EXPECT_FALSE(std::filesystem::exists(folder.path / "job.sh.tmp"));
}

TEST(WriteFile, FailsWhereThereIsNoFolder) {
  const Folder folder;
  EXPECT_THROW(posix::write_file(folder.path / "absent" / "job.sh", "one"), EnvironmentError);
}

}  // namespace
}  // namespace burgeon
