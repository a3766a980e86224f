#pragma once
// Progress of a run on standard error: one line rewritten on a terminal, a line now and then elsewhere, JSON lines for programs.

#include <chrono>
#include <string>

#include "cli/commands.h"
#include "sim/simulation.h"

namespace burgeon::cli {

class ProgressDisplay {
 public:
  /// Unless a style was asked for, runs of less than a second show nothing.
  ProgressDisplay(const Console& console, ProgressStyle style);
  void show(const Progress& progress);
  void end();

 private:
  [[nodiscard]] static std::string line(const Progress& progress);
  [[nodiscard]] static std::string json(const Progress& progress);

  const Console& console_;
  ProgressStyle style_;
  double silent_s_ = 0.0;  ///< wall time before the first line
  bool live_ = false;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace burgeon::cli
