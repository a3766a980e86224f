// Ranks as every process sees them: how a launcher is noticed, and what a lone process gets.
// Several of them: tests/invariance/ranks_test.py.

#include <gtest/gtest.h>

#include <cstdlib>
#include <utility>

#include "parallel/ranks.h"

namespace burgeon::test {
namespace {

/// The environment as a launcher leaves it; what the test itself was started with is gone.
void environment(std::initializer_list<std::pair<const char*, const char*>> values) {
  for (const char* name : {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_SIZE", "PMI_RANK",
                           "PMI_SIZE", "PMIX_RANK", "MPI_LOCALNRANKS"})
    unsetenv(name);
  for (const auto& [name, value] : values) setenv(name, value, 1);
}

TEST(Ranks, LauncherIsNoticed) {
  environment({});
  EXPECT_FALSE(launched());
  environment({{"OMPI_COMM_WORLD_RANK", "3"}, {"OMPI_COMM_WORLD_SIZE", "8"}, {"OMPI_COMM_WORLD_LOCAL_SIZE", "4"}});
  ASSERT_TRUE(launched());
  EXPECT_EQ(launched()->rank, 3U);
  EXPECT_EQ(launched()->count, 8U);
  EXPECT_EQ(launched()->neighbours, 4U);
  environment({{"PMI_RANK", "1"}, {"PMI_SIZE", "2"}});
  EXPECT_EQ(launched()->count, 2U);
  environment({{"PMIX_RANK", "5"}});
  EXPECT_EQ(launched()->rank, 5U);
  EXPECT_EQ(launched()->count, 0U) << "only MPI knows";
  environment({{"PMI_RANK", "first"}});
  EXPECT_FALSE(launched());
}

TEST(Ranks, BatchScriptIsNoLauncher) {
  environment({});
  setenv("SLURM_PROCID", "0", 1);
  setenv("SLURM_NTASKS", "16", 1);
  EXPECT_FALSE(launched());
}

TEST(Ranks, AloneHearsItself) {
  environment({});
  Ranks ranks;
  ranks.join();
  EXPECT_TRUE(ranks.alone());
  EXPECT_TRUE(ranks.first());
  const double value = 2.5;
  std::vector<std::span<const std::byte>> all;
  ranks.all_gather(bytes_of(value), all);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].size(), sizeof value);
  int calls = 0;
  ranks.gather(bytes_of(value), [&](unsigned rank, std::span<const std::byte> bytes) {
    ++calls;
    EXPECT_EQ(rank, 0U);
    EXPECT_EQ(bytes.data(), reinterpret_cast<const std::byte*>(&value));
  });
  EXPECT_EQ(calls, 1);
  EXPECT_TRUE(ranks.any(true));
  EXPECT_FALSE(ranks.any(false));
}

TEST(Ranks, WhoFailsInTheMiddleIsApart) {
  Ranks ranks;
  EXPECT_THROW(ranks.together([] { throw std::runtime_error("no memory for the message"); }), std::runtime_error);
  EXPECT_TRUE(ranks.apart());
}

}  // namespace
}  // namespace burgeon::test
