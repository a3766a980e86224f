#pragma once
// Segments -> run.h5 and reports/<name>.h5, in bounded memory. The bytes depend on the rows, not on where the run was cut.

#include <filesystem>
#include <span>

#include "io/head.h"
#include "io/manifest.h"
#include "record/sink.h"

namespace burgeon {

/// Merges the segments of `entries`: checks the hash of each, writes compressed temporary files, reads them back completely and
/// compares the xxHash64 of every dataset, sets `complete` when the run is, renames. run.h5 comes last.
/// Throws EnvironmentError; then no file has changed its name and the segments are as before.
void merge_segments(const std::filesystem::path& folder, const Head& head, std::span<const ManifestEntry> entries,
                    const RunEnd& end);

/// circuit_config.json, simulation_config.json, node_sets.json: what SONATA readers start from.
void write_sonata_configs(const std::filesystem::path& folder, const Head& head);
/// summary.json: the measures and whether the run is complete.
void write_summary(const std::filesystem::path& folder, const Head& head, const RunEnd& end);

}  // namespace burgeon
