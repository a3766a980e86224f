#pragma once
// Who is connected to whom, over time: snapshots of all synapses at chosen times, and measures of the graph at a period. Both
// are taken at the first slow tick, or end of a leap, at or after their time.

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "network/network.h"
#include "record/sink.h"
#include "sim/structure.h"

namespace burgeon {

class Snapshots {
 public:
  /// Declares the tables of the graph records. Spec, network, sink and ranks outlive this.
  Snapshots(const ModelSpec& spec, const Network& network, Sink& sink, Ranks& ranks);

  [[nodiscard]] bool empty() const { return edges_.empty() && graphs_.empty(); }
  /// Notes births and deaths that the structure has not forgotten yet. On rank 0.
  void on_structure(const Structure& structure);
  /// Everything that was asked for since the last call, with the network as it is at step `now`. Collective; rank 0 writes.
  void take(Step now);

  /// For checkpoints: births of the synapses that are there. `load` throws EnvironmentError when they do not fit.
  [[nodiscard]] std::vector<std::byte> save() const;
  void load(const std::vector<std::byte>& bytes, Step now);

 private:
  struct Graph {
    const RecordSpec* record;
    std::size_t handle;
  };
  [[nodiscard]] std::vector<EdgeData> edges(const std::vector<std::uint32_t>& projections) const;
  void append(EdgeData& data, std::uint32_t projection, bool identified) const;
  [[nodiscard]] std::uint32_t leader(std::uint32_t projection) const;

  const ModelSpec* spec_;
  const Network* network_;
  Sink* sink_;
  Ranks* ranks_;
  std::map<double, std::vector<std::uint32_t>> edges_;  ///< asked-for time, ms -> projections
  std::vector<Graph> graphs_;
  Step last_ = -1;  ///< up to here everything has been taken
  /// Of projections with identities whose edges are recorded: uid -> birth, ms. Synapses of the beginning are not in it.
  std::map<std::uint32_t, std::map<std::uint64_t, double>> born_;
};

}  // namespace burgeon
