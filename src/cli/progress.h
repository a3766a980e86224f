#pragma once
// Progress of a run on standard error: one line rewritten on a terminal, a line now and then elsewhere, JSON lines for programs.

#include <chrono>
#include <string>

#include "cli/commands.h"
#include "sim/simulation.h"

namespace burgeon::cli {

class ProgressDisplay {
 public:
  /// `expected_s`: estimated wall time; short runs show nothing unless asked to.
  ProgressDisplay(const Console& console, ProgressStyle style, double expected_s);
  void show(const Progress& progress);
  void end();

 private:
  [[nodiscard]] static std::string line(const Progress& progress);
  [[nodiscard]] static std::string json(const Progress& progress);

  const Console& console_;
  ProgressStyle style_;
  bool live_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace burgeon::cli
