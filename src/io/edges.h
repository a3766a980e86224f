#pragma once
// A snapshot of the network's synapses as a SONATA edges file, edges_<t>.h5.

#include <filesystem>

#include "record/edges.h"

namespace burgeon {

/// <folder>/edges_<t>.h5 with t in whole or decimal ms, e.g. edges_1000.h5.
[[nodiscard]] std::filesystem::path edges_path(const std::filesystem::path& folder, double t_ms);

/// Writes /edges/<source>__<target>__<receptor> for each projection, with both indices, by way of a temporary file that is read
/// back; replaces what is there. Throws EnvironmentError.
void write_edges(const std::filesystem::path& folder, const EdgeSnapshot& snapshot);

}  // namespace burgeon
