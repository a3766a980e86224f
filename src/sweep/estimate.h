#pragma once
// What a sweep will need, before anything runs.

#include <cstddef>
#include <string>
#include <vector>

#include "catalogue/catalogue.h"
#include "sweep/design.h"

namespace burgeon {

struct SweepEstimate {
  std::size_t points = 0, runs = 0;
  std::size_t looked_at = 0;      ///< points that were read to estimate; all of them when there are few
  double run_s = 0.0;             ///< mean wall time of a run, one thread; rough
  double timed_s = 0.0;           ///< how long a run with leaps was timed for it; 0: counted from the model alone
  double total_s = 0.0;           ///< of all runs, one after the other
  double run_memory_bytes = 0.0;  ///< of the biggest run; so much per worker
  double disk_bytes = 0.0;        ///< records and sweep.h5
  struct Invalid {
    std::size_t run;
    std::string message;
  };
  std::vector<Invalid> invalid;  ///< among those looked at
};

/// Reads the models of at most `most` points, spread evenly over the plan. Where bursts take little time the slow side takes most of
/// it, which can't be counted beforehand: the first valid run is begun and timed, for a few seconds at most.
[[nodiscard]] SweepEstimate estimate_sweep(const SweepPlan& plan, const Catalogue& catalogue, std::size_t most = 2000);

/// Outputs that the runs of the first valid point would not have: measures of no summary, series that nothing records. Each with
/// what is wrong and the nearest name.
[[nodiscard]] std::vector<std::string> unknown_outputs(const SweepPlan& plan, const Catalogue& catalogue);

}  // namespace burgeon
