#pragma once
// What a file may contain before anything in it is read: a result file may come from anyone.

#include <filesystem>

#include "io/hdf5.h"

namespace burgeon {

/// Letters, digits and _-.:@+ ~()% only, so that a name is one link in a file and can be part of a file's name.
[[nodiscard]] bool allowed_name(std::string_view name);

/// Walks the whole tree. Refuses (EnvironmentError): soft, external and user links, named types, unusual names, deep or huge
/// trees, types other than integer, float, enumeration and fixed-length string, filters other than gzip, shuffle and
/// fletcher32, external and virtual storage, and datasets that claim more data than the file can hold.
void audit(hid_t file, const std::filesystem::path& path);

}  // namespace burgeon
