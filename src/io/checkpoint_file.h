#pragma once
// A checkpoint on disk: every array with its xxHash64, so that a damaged one is refused rather than resumed.

#include <filesystem>

#include "sim/checkpoint.h"

namespace burgeon {

/// Writes by way of a temporary file, reads it back, flushes, renames. Throws EnvironmentError.
void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);
/// Throws EnvironmentError when the file is missing, damaged or no checkpoint.
[[nodiscard]] Checkpoint read_checkpoint(const std::filesystem::path& path);

}  // namespace burgeon
