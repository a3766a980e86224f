#pragma once
// A snapshot of the network's synapses as a SONATA edges file, edges_<t>.h5.

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace burgeon {

/// Synapses of one projection, one entry per synapse in every span. Order: any.
struct EdgeData {
  std::string source, target;  ///< populations
  std::string receptor;
  std::uint64_t source_size = 0, target_size = 0;
  std::span<const std::uint64_t> source_ids, target_ids;  ///< 0-based in their population
  std::span<const float> weights;                         ///< unit `weight_unit`
  std::string weight_unit;
  std::span<const float> delays;        ///< ms
  std::span<const std::uint64_t> uids;  ///< identity of a synapse over its life; may be empty
  std::span<const double> born;         ///< ms; may be empty
};

/// <folder>/edges_<t>.h5 with t in whole or decimal ms, e.g. edges_1000.h5.
[[nodiscard]] std::filesystem::path edges_path(const std::filesystem::path& folder, double t_ms);

/// Writes /edges/<source>__<target>__<receptor> for each projection, with both indices, by way of a temporary file that is read
/// back. Throws EnvironmentError.
void write_edges(const std::filesystem::path& folder, double t_ms, std::span<const EdgeData> projections);

}  // namespace burgeon
