#pragma once
// What happens when in a run: doses, interventions, changes of input, in order of time.

#include <string>
#include <vector>

#include "spec/model_spec.h"

namespace burgeon::cli {

struct Happening {
  double start = 0.0;  ///< ms
  double stop = 0.0;   ///< ms; same as start: at once; >= 1e299: to the end
  std::string what;
};

/// Sorted by start.
[[nodiscard]] std::vector<Happening> timeline(const ModelSpec& spec);

}  // namespace burgeon::cli
