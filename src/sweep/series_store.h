#pragma once
// The series of a sweep's runs, one file each: series/<id>.h5. An owner writes series/<id>.<epoch>.h5 before it publishes its
// record, so that two owners never write one file, and the file of the epoch that was published gets the final name.

#include <cstdint>
#include <filesystem>
#include <string>

#include "io/sweep_file.h"
#include "record/sink.h"
#include "sweep/run_record.h"

namespace burgeon {

[[nodiscard]] std::filesystem::path series_path(const std::filesystem::path& folder, const std::string& id);

/// Writes the series of an owner that has not published yet; what owners before it left behind goes. Throws EnvironmentError.
void keep_series(const std::filesystem::path& folder, const std::string& id, std::uint64_t epoch,
                 const MemorySink& recorded, bool durable);
/// Removes what an owner wrote that could not publish.
void drop_series(const std::filesystem::path& folder, const std::string& id, std::uint64_t epoch);
/// Gives the published epoch's file its final name, unless it has it. False when there is no such file. An owner that died
/// right after publishing left that to whoever reads.
bool settle_series(const std::filesystem::path& folder, const std::string& id, std::uint64_t epoch);

/// Adds the series of all runs to the file by reference. Runs that are done have a settled file; `beside` is the folder of
/// sweep.h5. Throws EnvironmentError, also for a file that can't be read.
void refer_to_series(SweepFile& file, const std::filesystem::path& folder, const std::filesystem::path& beside);

}  // namespace burgeon
