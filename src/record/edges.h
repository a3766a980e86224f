#pragma once
// The synapses of a network at one time, on their way to a sink.

#include <cstdint>
#include <string>
#include <vector>

namespace burgeon {

/// Synapses from one population to another onto one receptor, one entry per synapse in every list. Order: any.
struct EdgeData {
  std::string source, target;  ///< populations
  std::string receptor;
  std::uint64_t source_size = 0, target_size = 0;
  std::vector<std::uint64_t> source_ids, target_ids;  ///< 0-based in their population
  std::vector<float> weights;                         ///< unit `weight_unit`
  std::string weight_unit;
  std::vector<float> delays;        ///< ms
  std::vector<std::uint64_t> uids;  ///< identity of a synapse over its life; may be empty
  std::vector<double> born;         ///< ms; 0: there from the start; may be empty
};

struct EdgeSnapshot {
  double name_ms = 0.0;  ///< the time that was asked for
  double time_ms =
      0.0;  ///< the time at which the network was like this: the first slow tick or end of a leap at or after it
  std::vector<EdgeData> projections;
};

}  // namespace burgeon
