#pragma once
// Sweeps on engines that exist: a Slurm job array and a Snakefile, both of `sweep run --shard i/n`. Shards are a matter of
// convenience: whatever dies or runs twice, the records in the shared folder say what is left to do.

#include <cstdint>
#include <string>

namespace burgeon {

struct JobScript {
  std::string title;
  std::string program;  ///< burgeon
  std::string sweep_file;
  std::string folder;
  std::uint64_t runs = 0;
  std::uint64_t shards = 0;        ///< 0: chosen
  std::uint64_t max_array = 1001;  ///< Slurm: indices are below it
  unsigned workers = 1;            ///< threads of a job
  double run_s = 0.0;              ///< estimates for the requests
  double run_memory_bytes = 0.0;
};

/// Jobs that suit: as asked for, or one per 16 runs and at most 256; never more than runs.
[[nodiscard]] std::uint64_t choose_shards(const JobScript& job);

/// A bash script for sbatch. When there are more shards than the array may have, every task takes several in turn. A task that
/// is killed is requeued by Slurm; failed runs do not fail the task (the one retry layer is Slurm's, for lost nodes).
[[nodiscard]] std::string slurm_script(const JobScript& job);
/// shards -> sweep.h5 -> figures.
[[nodiscard]] std::string snakefile(const JobScript& job);

}  // namespace burgeon
