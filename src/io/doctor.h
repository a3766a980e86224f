#pragma once
// Does the file library work in a folder?

#include <filesystem>
#include <string>

namespace burgeon {

/// Writes a small file in `folder`, locks it, reads it back and removes it. Returns the version of the HDF5 library.
/// Throws EnvironmentError naming what failed.
[[nodiscard]] std::string try_hdf5(const std::filesystem::path& folder);

}  // namespace burgeon
