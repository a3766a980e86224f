#pragma once
// What the program knows about a run before it starts; stored once, at the beginning.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace burgeon {

/// One population as it goes to /nodes/<name>.
struct PopulationMetadata {
  /// A value per neuron of a model parameter.
  struct Parameter {
    std::string name;
    std::string unit;
    std::vector<double> values;  ///< [size]
  };
  std::string name;
  std::uint64_t size = 0;
  std::string model;                            ///< name of the neuron model
  std::uint64_t first_id = 0;                   ///< global id of neuron 0
  std::vector<std::array<float, 3>> positions;  ///< um; [size] or empty
  std::vector<Parameter> parameters;
};

struct RunMetadata {
  std::string config_source;         ///< TOML as the user wrote it
  std::string config_resolved_json;  ///< canonical form of the spec
  std::uint64_t spec_hash = 0;
  std::vector<std::string> argv;
  std::string build_json, host_json;
  std::string engine_version, git_commit;
  bool git_dirty = false;
  std::uint64_t seed = 0;
  std::string rng = "philox4x32-10";
  std::uint64_t threads = 1;
  std::string simd;
  std::string started;  ///< ISO 8601, UTC; "" = now
  double dt_ms = 0.0, duration_ms = 0.0;
  std::vector<PopulationMetadata> populations;
};

}  // namespace burgeon
