#pragma once
// Replicas: networks that make every burst side by side. All start from the state of the run, with noise of their own; what is
// measured is averaged over them. They keep nothing from one burst to the next.

#include <functional>
#include <memory>
#include <vector>

#include "multiscale/no_sink.h"
#include "sim/simulation.h"

namespace burgeon {

class Replicas {
 public:
  /// `run`, which outlives this, is the first of `count`; `at_once` may spike at the same time, which changes no bits.
  /// `same_noise`: all draw what the run draws (tests: the planted mistake).
  Replicas(Simulation& run, std::size_t count, unsigned at_once, bool same_noise);

  /// Calls f for every replica, after bringing it to the state of the run. Others than the run itself are built at the first call.
  /// Throws EnvironmentError over several ranks, where a process can't have a whole network.
  void start(const std::function<void(Simulation&)>& f);
  /// Calls f for every replica, as it is.
  void go_on(const std::function<void(Simulation&)>& f);

  [[nodiscard]] std::size_t count() const { return others_.size() + 1; }
  [[nodiscard]] const Window& window(std::size_t replica) const;
  /// The mean over all of them, tick by tick; spikes are added up.
  [[nodiscard]] Window mean_window() const;

 private:
  void build(std::size_t replica);

  struct Other {
    NoSink sink;
    std::unique_ptr<Simulation> simulation;
  };
  Simulation* run_;
  unsigned at_once_;
  bool same_noise_;
  std::vector<Other> others_;
};

}  // namespace burgeon
