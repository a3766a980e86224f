#include "cli/machine.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "base/noise.h"
#include "parallel/ranks.h"

namespace burgeon::cli {
namespace {

/// Quota of one cpu.max file ("max 100000" or "150000 100000").
std::optional<double> read_quota(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string quota;
  double period = 0.0;
  if (!(in >> quota >> period) || quota == "max" || period <= 0.0) return std::nullopt;
  return std::stod(quota) / period;
}

/// Smallest quota on the way from our control group (version 2) up to the root.
std::optional<double> group_quota() {
  std::optional<double> smallest = read_quota("/sys/fs/cgroup/cpu.max");
  std::ifstream in("/proc/self/cgroup");
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("0::/")) continue;
    for (std::filesystem::path group = line.substr(4); !group.empty(); group = group.parent_path()) {
      const auto quota = read_quota("/sys/fs/cgroup" / group / "cpu.max");
      if (quota) smallest = std::min(*quota, smallest.value_or(*quota));
    }
  }
  return smallest;
}

}  // namespace

bool supports_simd(std::string_view simd) {
  // The names sort like the levels, each of which contains the one before.
  return (simd == "v2" || simd == "v3" || simd == "v4") && simd <= best_simd();
}

unsigned Processors::usable() const {
  const double limit = quota ? std::max(1.0, std::floor(*quota)) : 1e9;
  return static_cast<unsigned>(std::min<double>(allowed, limit));
}

Processors processors() {
  Processors result;
  result.present = std::max(1U, std::thread::hardware_concurrency());
  result.allowed = result.present;
  cpu_set_t mask;
  if (sched_getaffinity(0, sizeof mask, &mask) == 0) result.allowed = static_cast<unsigned>(CPU_COUNT(&mask));
  result.present = std::max(result.allowed, static_cast<unsigned>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN))));
  result.quota = group_quota();
  return result;
}

unsigned default_threads() {
  const Processors p = processors();
  const auto launch = launched();
  const unsigned sharing = launch && p.allowed == p.present ? launch->neighbours : 1;
  return std::max(1U, p.usable() / sharing);
}

std::string processor_name() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("model name")) return line.substr(std::min(line.size(), line.find(':') + 2));
  return "unknown";
}

std::uint64_t physical_memory() {
  return static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(sysconf(_SC_PAGE_SIZE));
}

std::uint64_t peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

std::uint64_t disk_room(const std::filesystem::path& folder) {
  // The folder may not be there yet: ask the nearest one above it that is.
  std::error_code error;
  std::filesystem::path nearest = std::filesystem::absolute(folder);
  while (nearest.has_relative_path() && !std::filesystem::exists(nearest, error)) nearest = nearest.parent_path();
  const auto room = std::filesystem::space(nearest, error);
  return error ? 0 : room.available;
}

std::string host_json() {
  utsname name{};
  uname(&name);
  const Processors cpu = processors();
  const nlohmann::ordered_json host = {{"system", std::string(name.sysname) + " " + name.release},
                                       {"machine", name.machine},
                                       {"processor", processor_name()},
                                       {"processors", cpu.usable()},
                                       {"memory_bytes", physical_memory()}};
  return host.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace burgeon::cli
