#include "sweep/job_scripts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace burgeon {

namespace {

/// One word of a shell command.
std::string shell(const std::string& word) {
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

/// Text of a Python literal.
std::string python(const std::string& word) {
  std::string text = "\"";
  for (const char c : word) {
    if (c == '"' || c == '\\') text += '\\';
    text += c == '\n' ? ' ' : c;
  }
  return text + '"';
}

/// A heading must stay one comment line.
std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

double runs_per_task(const JobScript& job, std::uint64_t tasks) {
  return std::ceil(static_cast<double>(job.runs) / static_cast<double>(tasks));
}

/// Four times the estimate, since estimates are rough; at least ten minutes.
std::uint64_t minutes(const JobScript& job, std::uint64_t tasks) {
  const double seconds = 4.0 * job.run_s * runs_per_task(job, tasks) / std::max(1U, job.workers);
  return static_cast<std::uint64_t>(std::clamp(std::ceil(seconds / 60.0), 10.0, 60.0 * 24.0 * 14.0));
}

std::uint64_t megabytes(const JobScript& job) {
  return static_cast<std::uint64_t>(std::ceil(200.0 + 1.5e-6 * job.run_memory_bytes * std::max(1U, job.workers)));
}

}  // namespace

std::uint64_t choose_shards(const JobScript& job) {
  const std::uint64_t wanted = job.shards > 0 ? job.shards : std::clamp<std::uint64_t>(job.runs / 16, 1, 256);
  return std::max<std::uint64_t>(1, std::min(wanted, job.runs));
}

std::string slurm_script(const JobScript& job) {
  const std::uint64_t shards = choose_shards(job);
  // MaxArraySize is one more than the largest index.
  const std::uint64_t tasks = std::min(shards, job.max_array - 1);
  return fmt::format(R"(#!/bin/bash
# {title}
# {runs} runs in {shards} shards, {tasks} array tasks. Submit from the folder in which the paths below hold.
#SBATCH --job-name=burgeon-sweep
#SBATCH --array=0-{last}
#SBATCH --cpus-per-task={workers}
#SBATCH --mem={megabytes}M
#SBATCH --time={minutes}
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --signal=B:USR1@60
set -u
worst=0
child=
give_back() {{ [ -n "$child" ] && kill -TERM "$child" 2>/dev/null && wait "$child"; }}
# This task alone: the bare job number of one task is that of the whole array.
requeue() {{ [ "${{SLURM_RESTART_COUNT:-0}}" -lt "$1" ] && scontrol requeue "${{SLURM_ARRAY_JOB_ID}}_${{SLURM_ARRAY_TASK_ID}}"; }}
# A minute before the time is up: give the runs in progress back and go to the end of the queue.
trap 'give_back; requeue 50; exit 1' USR1
trap 'give_back; exit 143' TERM
for ((shard = SLURM_ARRAY_TASK_ID; shard < {shards}; shard += {tasks})); do
  {program} sweep run {file} --out {folder} --shard "$shard/{shards}" -j {workers} --progress plain &
  child=$!
  wait "$child"
  code=$?
  # 6: some runs failed. That is in their records, and running the task again would not change it.
  if [ "$code" -ne 0 ] && [ "$code" -ne 6 ]; then worst=$code; fi
done
# Killed from outside, for want of memory or by hand: what is published stays, the rest gets two more chances.
if [ "$worst" -gt 128 ]; then requeue 2; fi
exit "$worst"
)",
                     fmt::arg("title", one_line(job.title)), fmt::arg("runs", job.runs), fmt::arg("shards", shards),
                     fmt::arg("tasks", tasks), fmt::arg("last", tasks - 1),
                     fmt::arg("workers", std::max(1U, job.workers)), fmt::arg("megabytes", megabytes(job)),
                     fmt::arg("minutes", minutes(job, tasks)), fmt::arg("program", shell(job.program)),
                     fmt::arg("file", shell(job.sweep_file)), fmt::arg("folder", shell(job.folder)));
}

std::string snakefile(const JobScript& job) {
  const std::uint64_t shards = choose_shards(job);
  return fmt::format(R"(# {title}
# {runs} runs in {shards} shards: snakemake --snakefile THIS_FILE --cores all
PROGRAM = {program}
SWEEP = {file}
OUT = {folder}
SHARDS = {shards}


rule all:
    input:
        OUT + "/figures/done",


# Exit code 6 says that runs failed; their records tell why, and collate decides whether that is enough.
rule shard:
    output:
        touch(OUT + "/shards/{{shard}}"),
    threads: {workers}
    resources:
        mem_mb={megabytes},
        runtime={minutes},
    shell:
        "code=0; {{PROGRAM:q}} sweep run {{SWEEP:q}} --out {{OUT:q}} --shard {{wildcards.shard}}/{{SHARDS}} "
        "-j {{threads}} --progress plain || code=$?; [ $code -eq 0 ] || [ $code -eq 6 ]"


rule collate:
    input:
        expand(OUT + "/shards/{{shard}}", shard=range(SHARDS)),
    output:
        OUT + "/sweep.h5",
    shell:
        "{{PROGRAM:q}} sweep collate {{SWEEP:q}} --out {{OUT:q}} --csv --arrays"


rule figures:
    input:
        OUT + "/sweep.h5",
    output:
        touch(OUT + "/figures/done"),
    shell:
        "{{PROGRAM:q}} sweep analyse {{SWEEP:q}} --out {{OUT:q}} --figures"
)",
                     fmt::arg("title", one_line(job.title)), fmt::arg("runs", job.runs), fmt::arg("shards", shards),
                     fmt::arg("program", python(job.program)), fmt::arg("file", python(job.sweep_file)),
                     fmt::arg("folder", python(job.folder)), fmt::arg("workers", std::max(1U, job.workers)),
                     fmt::arg("megabytes", megabytes(job)), fmt::arg("minutes", minutes(job, shards)));
}

}  // namespace burgeon
