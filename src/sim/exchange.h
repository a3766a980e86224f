#pragma once
// What the processes of a run tell each other: once per interval their spikes and gates (and, to rank 0, samples of recorded
// variables), at slow ticks how they are. Alone, all of this is what the threads left behind, as it lies.

#include <cstdint>
#include <exception>
#include <vector>

#include "network/network.h"
#include "parallel/ranks.h"
#include "sim/emissions.h"
#include "sim/gates.h"
#include "sim/update.h"

namespace burgeon {

class Exchange {
 public:
  /// All outlive this. Alone, `interval` need not be called.
  Exchange(const Network& network, std::vector<SliceWork>& slices, std::vector<GateGroup>& gates, Ranks& ranks);

  [[nodiscard]] Ranks& ranks() const { return *ranks_; }

  /// Collective, once per interval of `steps` steps from `first`, by one thread while the others wait: afterwards emissions and
  /// gates of all ranks are here. `failed`: this rank cannot go on.
  void interval(unsigned parity, Step first, std::uint32_t steps, bool failed);
  /// Whether any rank could not go on.
  [[nodiscard]] bool failed(unsigned parity) const { return failed_[parity]; }
  /// Emissions of all slices of all ranks, in order of slices.
  [[nodiscard]] const std::vector<const Emissions*>& lists(unsigned parity) const { return lists_[parity]; }

  /// Appends one sample of a probe (position in SliceWork::probes[population]): neurons of all slices of all ranks in order.
  /// `row` counts the samples of the interval. On rank 0.
  void append_samples(std::uint32_t population, std::size_t probe, unsigned parity, std::size_t row,
                      std::vector<double>& values) const;

  /// How the ranks are; sums over all of them.
  struct Standing {
    std::uint64_t expected = 0, delivered = 0;  ///< synaptic events
    bool stop = false;                          ///< somebody was asked to stop
    std::exception_ptr failure;                 ///< rank 0: that of the lowest rank that failed; elsewhere: PeerFailed
  };
  /// Collective: takes this rank's own standing, returns everybody's.
  [[nodiscard]] Standing meet(const Standing& mine);

 private:
  void send_out(unsigned parity, std::uint32_t steps, bool failed);
  void take_in(unsigned rank, std::span<const std::byte> bytes, unsigned parity, std::uint32_t steps);
  void collect_samples(unsigned parity, Step first, std::uint32_t steps);
  /// Sources of a gate group that a rank owns.
  [[nodiscard]] Range gate_sources(const GateGroup& gate, unsigned rank) const;

  const Network* network_;
  std::vector<SliceWork>* slices_;
  std::vector<GateGroup>* gates_;
  Ranks* ranks_;
  bool failed_[2] = {};
  std::vector<const Emissions*> lists_[2];  ///< [parity][slice of all ranks]
  std::vector<Emissions> remote_[2];        ///< [parity][slice of all ranks], our own empty
  std::vector<std::byte> message_;
  std::vector<std::span<const std::byte>> messages_;

  /// Samples of a probe on another rank's slice.
  struct Samples {
    std::size_t neurons = 0;
    std::vector<double> values;  ///< [sample][neuron]
  };
  std::vector<Samples> samples_[2];       ///< rank 0: [parity][(slice of all ranks) * probes + probe]
  std::vector<std::size_t> first_probe_;  ///< [population] -> number among all probes; one more: their number
};

}  // namespace burgeon
