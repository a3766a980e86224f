#pragma once
// The list of trusted segments of a run: one line each, framed by a hash, in segments/manifest.
//
// A line exists only after its segment (and checkpoint) is on the disk under its final name. Reading stops at the first
// line that isn't whole: it was being written when the process died.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/types.h"

namespace burgeon {

struct ManifestEntry {
  std::uint64_t number = 0;         ///< of the segment, from 0
  std::uint64_t bytes = 0;          ///< size of the segment file
  std::uint64_t hash = 0;           ///< xxHash64 of the hashes of its columns
  std::vector<std::uint64_t> rows;  ///< per table
  double until_ms = 0.0;            ///< latest time in it
  std::uint64_t resumes = 0;        ///< how often the run had been resumed when it was written
  bool has_checkpoint = false;      ///< checkpoint_<number>.h5 holds the state at its end
  Step step = 0;                    ///< of the checkpoint
  std::uint64_t end = 0;            ///< offset in the manifest after this line; not stored
};

/// One line with its newline.
[[nodiscard]] std::string manifest_line(const ManifestEntry& entry);
/// Entries whose lines are whole and numbered 0, 1, 2 ... An absent manifest has none.
[[nodiscard]] std::vector<ManifestEntry> read_manifest(const std::filesystem::path& folder);

/// Places in a run's folder.
[[nodiscard]] std::filesystem::path manifest_path(const std::filesystem::path& folder);
[[nodiscard]] std::filesystem::path head_path(const std::filesystem::path& folder);
[[nodiscard]] std::filesystem::path segment_path(const std::filesystem::path& folder, std::uint64_t number);
[[nodiscard]] std::filesystem::path checkpoint_path(const std::filesystem::path& folder, std::uint64_t number);

}  // namespace burgeon
