#pragma once
// sweep.h5: the collated runs of a sweep.
//
//   @format = "burgeon-sweep"  @format_version u32[3]  @title  @planned @done u64  @complete u8 (1: all runs are done)
//   @coverage = "n of N"
//   /design/name, units     text[params]
//   /design/values          f64[runs, params]; a choice axis holds the index into /design/choices/<name>
//   /design/run_id          text[runs]       /design/replicate, seed  u64[runs] (seed only when the sweep sets it)
//   /summary/<measure>      f64[runs] @units; NaN where the run is not done
//   /status                 u8 enum[runs] {pending 0, done 1, failed 2}
//   /series/<group>/<variable>   f64[runs, T] @units: virtual, rows lie in series/<run id>.h5 beside this file; NaN where the
//                                run is not done, and behind the end of shorter runs
//   /series/<group>/time         f64[T] @units = "ms" when all runs were sampled at the same times, else f64[runs, T], virtual

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace burgeon {

struct SweepFile {
  struct Parameter {
    std::string name, units;
    std::vector<std::string> choices;  ///< words of a choice axis
  };
  struct Summary {
    std::string name, units;
    std::vector<double> values;  ///< [runs]
  };
  /// A sampling group of all runs, by reference.
  struct Series {
    std::string group;
    std::vector<double> time;            ///< of the longest run
    bool common_time = true;             ///< all runs begin with the times of the longest
    std::vector<std::uint64_t> lengths;  ///< [runs]; 0 where there is none
    struct Variable {
      std::string name, units;
    };
    std::vector<Variable> variables;
  };
  std::string title;
  std::uint64_t planned = 0, done = 0;
  std::vector<Parameter> parameters;
  std::vector<double> values;             ///< [runs, parameters]
  std::vector<std::string> run_ids;       ///< [runs]
  std::vector<std::uint64_t> replicates;  ///< [runs]
  std::vector<std::uint64_t> seeds;       ///< [runs] or empty
  std::vector<std::uint8_t> status;       ///< [runs]
  std::vector<Summary> summaries;
  std::vector<Series> series;             ///< empty: none kept
  std::vector<std::string> series_files;  ///< [runs] relative to the folder of sweep.h5; empty where there is none
};

/// Writes by way of a temporary file, flushed before it gets its name. Equal content gives equal bytes.
/// Throws EnvironmentError.
void write_sweep_file(const std::filesystem::path& path, const SweepFile& content);

}  // namespace burgeon
