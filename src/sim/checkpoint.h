#pragma once
// Complete state of a simulation between two intervals, independent of the number of threads: arrays by name, in global
// neuron order. `io` stores it; Simulation writes and reads it.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/types.h"

namespace burgeon {

struct Checkpoint {
  std::uint64_t spec_hash = 0;  ///< of the run it belongs to; resuming checks it
  Step step = 0;
  std::map<std::string, std::vector<std::byte>> arrays;
};

}  // namespace burgeon
