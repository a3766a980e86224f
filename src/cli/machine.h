#pragma once
// What this machine offers: instruction sets, processors we may use, memory, disk.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace burgeon::cli {

/// Whether kernels of this instruction-set level ("v2", "v3", "v4") can run here.
[[nodiscard]] bool supports_simd(std::string_view simd);

struct Processors {
  unsigned present = 1;         ///< in the machine
  unsigned allowed = 1;         ///< in the affinity mask of this process
  std::optional<double> quota;  ///< processors' worth of time per period in the control group (cpu.max)
  [[nodiscard]] unsigned usable() const;
};
[[nodiscard]] Processors processors();
/// Threads that a run takes unless told: what is usable, shared with the other ranks on this machine unless the launcher has
/// dealt out the processors already.
[[nodiscard]] unsigned default_threads();

[[nodiscard]] std::string processor_name();
[[nodiscard]] std::uint64_t physical_memory();
[[nodiscard]] std::uint64_t peak_memory();  ///< of this process so far, bytes
/// Free bytes where `folder` is or would be.
[[nodiscard]] std::uint64_t disk_room(const std::filesystem::path& folder);
[[nodiscard]] std::string host_json();  ///< for provenance

}  // namespace burgeon::cli
