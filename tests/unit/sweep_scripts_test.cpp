// Job scripts: they are valid, cover every run, stay within the array size, and survive awkward file names.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "sweep/job_scripts.h"

namespace burgeon {
namespace {

namespace fs = std::filesystem;

class JobScripts : public testing::Test {
 protected:
  JobScripts() : folder_(fs::temp_directory_path() / ("burgeon_scripts_" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
    // Stands for burgeon: writes down what it was called with, and fails as told.
    std::ofstream(folder_ / "burgeon") << "#!/bin/bash\necho \"$3|$5|$7\" >> " << (folder_ / "calls").string()
                                       << "\nexit ${EXIT_CODE:-0}\n";
    std::ofstream(folder_ / "scontrol") << "#!/bin/bash\necho \"$*\" >> " << (folder_ / "requeued").string() << "\n";
    for (const char* program : {"burgeon", "scontrol"}) fs::permissions(folder_ / program, fs::perms::owner_all);
    job_ = {.title = "a\n#SBATCH --account=trap",
            .program = (folder_ / "burgeon").string(),
            .sweep_file = "it's a $(sweep).toml",
            .folder = "out \"folder\"",
            .runs = 1000,
            .shards = 0,
            .max_array = 1001,
            .workers = 2,
            .run_s = 3.0,
            .run_memory_bytes = 1e9};
  }
  ~JobScripts() override { fs::remove_all(folder_); }

  /// Exit code of one array task.
  int run_task(const std::string& script, std::uint64_t task, int exit_code = 0) const {
    std::ofstream(folder_ / "job.sh") << script;
    const std::string command =
        "PATH='" + folder_.string() + "':$PATH SLURM_ARRAY_JOB_ID=77 SLURM_ARRAY_TASK_ID=" + std::to_string(task) +
        " EXIT_CODE=" + std::to_string(exit_code) + " bash '" + (folder_ / "job.sh").string() + "'";
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  std::vector<std::string> calls() const {
    std::ifstream file(folder_ / "calls");
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
  }

  fs::path folder_;
  JobScript job_;
};

TEST_F(JobScripts, SlurmTasksCoverEveryShardOnceWithinTheArray) {
  job_.shards = 23;
  job_.max_array = 6;  // indices 0 ... 5 would be allowed; the last index is one less than the size
  const std::string script = slurm_script(job_);
  EXPECT_NE(script.find("#SBATCH --array=0-4\n"), std::string::npos) << script;
  EXPECT_EQ(script.find("\n#SBATCH --account"), std::string::npos) << "the title broke out of its comment";
  for (std::uint64_t task = 0; task < 5; ++task) EXPECT_EQ(run_task(script, task), 0);
  std::multiset<std::string> shards;
  for (const std::string& call : calls()) {
    EXPECT_TRUE(call.starts_with("it's a $(sweep).toml|out \"folder\"|")) << call;
    shards.insert(call.substr(call.rfind('|') + 1));
  }
  std::multiset<std::string> all;
  for (int i = 0; i < 23; ++i) all.insert(std::to_string(i) + "/23");
  EXPECT_EQ(shards, all);
}

TEST_F(JobScripts, FailedRunsDoNotFailTheTaskAndOtherErrorsDo) {
  EXPECT_EQ(run_task(slurm_script(job_), 0, 6), 0);
  EXPECT_EQ(run_task(slurm_script(job_), 0, 5), 5);
  EXPECT_FALSE(fs::exists(folder_ / "requeued"));
}

TEST_F(JobScripts, KilledTasksRequeueThemselvesAndNotTheArray) {
  EXPECT_EQ(run_task(slurm_script(job_), 3, 137), 137);
  std::ifstream file(folder_ / "requeued");
  std::string line;
  std::getline(file, line);
  EXPECT_EQ(line, "requeue 77_3");
}

TEST_F(JobScripts, ShardsSuitTheNumberOfRuns) {
  EXPECT_EQ(choose_shards(job_), 62U);
  job_.runs = 3;
  EXPECT_EQ(choose_shards(job_), 1U);
  job_.shards = 100;
  EXPECT_EQ(choose_shards(job_), 3U);
  job_.runs = 10'000'000;
  job_.shards = 0;
  EXPECT_EQ(choose_shards(job_), 256U);
}

TEST_F(JobScripts, SnakefilesNameEveryShard) {
  const std::string file = snakefile(job_);
  EXPECT_NE(file.find("SHARDS = 62\n"), std::string::npos);
  EXPECT_NE(file.find("OUT = \"out \\\"folder\\\"\"\n"), std::string::npos) << file;
  EXPECT_NE(file.find("{wildcards.shard}/{SHARDS}"), std::string::npos);
  EXPECT_NE(file.find("mem_mb=3200,"), std::string::npos);
}

}  // namespace
}  // namespace burgeon
