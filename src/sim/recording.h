#pragma once
// What the run writes: spikes, variables, rates, signals, receptor block, LFP proxy. Each part of the network notes its own
// spikes; all else runs on the leader thread, gathered slice after slice, that is in neuron order, so that results do not
// depend on the number of threads or ranks. Of several ranks, rank 0 records.

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "record/sink.h"
#include "sim/exchange.h"
#include "sim/signals.h"
#include "sim/structure.h"
#include "sim/update.h"

namespace burgeon {

/// Columns of a run on their way to the sink.
class Recording {
 public:
  /// Declares all tables and sets up the probes of every slice.
  Recording(const ModelSpec& spec, const Network& network, const Signals& signals, std::vector<SliceWork>& slices,
            unsigned threads, Sink& sink);

  /// Spikes of part of the network in one interval, in delivery order. The threads may call this at the same time.
  void on_spikes(std::span<const Spike> spikes, std::size_t thread);
  /// After every interval: the probes' samples.
  void on_interval(Step first, std::uint32_t steps, const Exchange& exchange, unsigned parity);
  /// At every slow tick: signals and block at step `now`. Collective.
  void on_tick(Step now, const Signals& signals, const std::vector<SliceWork>& slices, Ranks& ranks);
  /// The time until `to` is leapt over: bins that are not full are dropped.
  void skip(Step to);
  /// Births, deaths and maturations since the last call.
  void on_structure(Structure& structure);
  /// Hands everything that is complete at step `now` to the sink.
  void flush(Step now);

  /// Unfinished rate bins, for checkpoints: all that is kept after flush(). `load` throws EnvironmentError when the number of
  /// bins differs.
  [[nodiscard]] std::vector<std::byte> save() const;
  void load(const std::vector<std::byte>& bytes, Step now);

 private:
  // A table of f64 columns that fills row by row.
  struct Series {
    std::size_t handle = 0;
    std::vector<std::vector<double>> columns;  ///< time first
  };
  struct SpikeTable {
    std::size_t handle = 0;
    std::vector<Selection> selections;
  };
  struct RateColumn {
    const RecordSpec* record;
    std::size_t series, column;
    Step every;          ///< steps
    Step filled = 0;     ///< bins so far; the next one is filling
    double count = 0.0;  ///< spikes in it until the last flush
  };
  struct TimedId {
    double time;
    std::uint64_t id;
    friend auto operator<=>(const TimedId&, const TimedId&) = default;
  };
  // Spikes that one thread has noted since the last flush.
  struct Part {
    std::vector<std::vector<TimedId>> spikes;      ///< [population], nearly always in order of time
    std::vector<std::vector<std::uint32_t>> bins;  ///< [rate][bin], from the one that is filling on
  };
  struct ProbeColumn {
    const RecordSpec* record;
    std::size_t probe;  ///< position in SliceWork::probes[population], the same in every slice
    bool report;        ///< whole matrix, else one reduced value
    Step every, start, stop;
    std::size_t series = 0, column = 0;
    std::size_t handle = 0;
    std::vector<double> time;
    std::vector<float> data;
  };
  struct SignalColumn {
    const RecordSpec* record;
    std::size_t series, column, signal;
  };
  struct BlockColumn {
    const RecordSpec* record;
    std::size_t series, column;
    std::uint32_t receptor;
  };

  // Log of one projection whose synapses come and go.
  struct TopologyTable {
    std::size_t handle = 0;
    std::uint32_t projection = 0;
    std::vector<double> time;
    std::vector<std::uint8_t> kind, cause;
    std::vector<std::uint64_t> uid, source, target;
    std::vector<float> weight;
  };

  void declare_topology();
  void declare_spikes(const Network& network);
  void declare_series(const Signals& signals);
  void add_probe(const RecordSpec& record, std::vector<SliceWork>& slices);
  std::size_t series_of(const RecordSpec& record);
  std::size_t add_column(std::size_t series, const std::string& name, const std::string& unit,
                         const std::string& meaning);
  /// Cell of a column in the row of `time`, which is added when it is not there yet.
  double& cell(std::size_t series, std::size_t column, double time);
  void count(const RateColumn& rate, std::span<const Spike> spikes, std::vector<std::uint32_t>& bins) const;
  void close_rates(Step now);
  void flush_spikes(std::uint32_t population);
  void gather(ProbeColumn& column, Step first, std::uint32_t steps, const Exchange& exchange, unsigned parity);
  [[nodiscard]] Step period(const RecordSpec& record) const;
  [[nodiscard]] bool active(const RecordSpec& record, Step now) const;

  const ModelSpec* spec_;
  Sink* sink_;
  double dt_;
  Step last_tick_ = -1;             ///< at which signals were looked at; -1: none yet
  std::vector<SpikeTable> spikes_;  ///< [population]; without selections: not recorded
  std::vector<Table> tables_;       ///< series being declared
  std::map<std::string, std::size_t> series_by_name_;
  std::vector<Series> series_;
  std::vector<RateColumn> rates_;
  std::vector<Part> parts_;
  // Spikes of one population on their way to the sink.
  std::vector<TimedId> merged_;
  std::vector<double> time_;
  std::vector<std::uint64_t> id_;
  std::vector<ProbeColumn> probes_;
  std::vector<SignalColumn> signal_columns_;
  std::vector<BlockColumn> block_columns_;
  std::vector<TopologyTable> topology_;
};

}  // namespace burgeon
