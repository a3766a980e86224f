#pragma once
// Reading result files, also those of unknown origin: a file is audited as a whole before anything in it is used.

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "record/sink.h"

namespace burgeon {

struct SpikeData {
  std::vector<double> timestamps;       ///< ms
  std::vector<std::uint64_t> node_ids;  ///< index in the population
};

/// A variable of a series or topology table.
struct Variable {
  std::string name, unit, meaning;
  std::uint64_t width = 1;
  std::vector<double> values;  ///< rows * width, row-major
};

struct PopulationInfo {
  std::string name, model;
  std::uint64_t size = 0, first_id = 0;
};

/// An open run.h5. Every function throws EnvironmentError when the file is not what it should be.
class RunReader {
 public:
  /// Opens and audits. Refuses files of another format or a newer major version.
  explicit RunReader(const std::filesystem::path& path);
  ~RunReader();
  RunReader(const RunReader&) = delete;
  RunReader& operator=(const RunReader&) = delete;

  [[nodiscard]] bool complete() const;
  [[nodiscard]] std::vector<std::uint64_t> format_version() const;
  [[nodiscard]] std::vector<PopulationInfo> populations() const;

  /// Populations whose spikes were recorded, and their spikes.
  [[nodiscard]] std::vector<std::string> spiking() const;
  [[nodiscard]] std::uint64_t spike_count(const std::string& population) const;
  [[nodiscard]] SpikeData spikes(const std::string& population) const;

  /// Sampling groups, and the variables of one ("time" among them).
  [[nodiscard]] std::vector<std::string> series_groups() const;
  [[nodiscard]] std::vector<Variable> series(const std::string& group) const;
  /// Projections with a log of created and removed synapses, and its columns.
  [[nodiscard]] std::vector<std::string> topologies() const;
  [[nodiscard]] std::vector<Variable> topology(const std::string& projection) const;

  [[nodiscard]] std::vector<Measure> summary() const;
  /// Texts and attributes of /run/provenance, all as text.
  [[nodiscard]] std::map<std::string, std::string> provenance() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// xxHash64 over path, shape and values of every dataset but those of /run/provenance: equal for equal results.
[[nodiscard]] std::uint64_t content_hash(const std::filesystem::path& path);

/// What differs between two run files, most telling first.
struct Difference {
  std::string where;  ///< path in the file
  std::string text;   ///< what is there in a and in b
};
struct RunDiff {
  std::vector<Difference> results;     ///< spikes first (the earliest first), then other datasets
  std::vector<Difference> provenance;  ///< how they were made
  [[nodiscard]] bool same_results() const { return results.empty(); }
};
[[nodiscard]] RunDiff diff(const std::filesystem::path& a, const std::filesystem::path& b);

}  // namespace burgeon
