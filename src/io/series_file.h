#pragma once
// The recorded series of one run of a sweep, in the places where run.h5 has them: /run/series/<group>/time, <variable>.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "record/sink.h"

namespace burgeon {

/// One sampling group in memory.
struct SeriesGroup {
  std::string name;
  std::vector<double> time;  ///< ms
  struct Variable {
    std::string name, units;
    std::vector<double> values;  ///< [time]; empty in an index
  };
  std::vector<Variable> variables;
};

/// The tables of series among what a run recorded; matrices are left out.
[[nodiscard]] std::vector<SeriesGroup> series_of(const MemorySink& recorded);

/// Writes by way of a temporary file; `durable` waits for the disk. Equal content gives equal bytes. Throws EnvironmentError.
void write_series_file(const std::filesystem::path& path, const std::vector<SeriesGroup>& groups, bool durable);

/// Groups with their times, names and units, without values. The file is audited first. Throws EnvironmentError.
[[nodiscard]] std::vector<SeriesGroup> read_series_index(const std::filesystem::path& path);

}  // namespace burgeon
