#pragma once
// segments/head.h5: everything about a run that is known before its first row, so that the segments can be merged by
// whoever finds them.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "io/run_metadata.h"
#include "record/sink.h"

namespace burgeon {

/// The part of the head that other files need.
struct Head {
  struct Population {
    std::string name;
    std::uint64_t size = 0;
  };
  std::uint64_t spec_hash = 0, seed = 0;
  double dt_ms = 0.0, duration_ms = 0.0;
  std::vector<Population> populations;
  std::vector<Table> tables;
};

/// JSON of the head, equal for equal runs.
[[nodiscard]] std::string head_json(const Head& head);
[[nodiscard]] Head parse_head(const std::string& json);

/// Writes /nodes, /provenance and the head by way of a temporary file. Throws EnvironmentError.
void write_head(const std::filesystem::path& folder, const RunMetadata& metadata, const Head& head);
/// Throws EnvironmentError when it is missing or damaged.
[[nodiscard]] Head read_head(const std::filesystem::path& folder);

/// Time now, UTC, "2025-01-31T12:00:00Z".
[[nodiscard]] std::string utc_now();

}  // namespace burgeon
