#pragma once
// What a run of a sweep leaves behind: one small text that proves itself, "owner\n<hash> {json}\n".

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "record/sink.h"

namespace burgeon {

struct RunRecord {
  std::string id;                      ///< 32 hexadecimal digits; see run_id
  std::string problem;                 ///< empty: done; else model, numerical, memory, environment, internal
  std::string message;                 ///< of the problem
  std::uint64_t result_hash = 0;       ///< of spikes and slow state; 0 when failed
  std::vector<Measure> measures;       ///< all of the summary, then the outputs taken from series
  double build_s = 0.0, loop_s = 0.0;  ///< wall time of the simulation
  double wall_s = 0.0;                 ///< of the run with everything around it
  std::string owner;                   ///< token of the process
  std::uint64_t epoch = 0;             ///< how many claims there had been, this one included

  [[nodiscard]] bool failed() const { return !problem.empty(); }
};

/// First line of a claim or record.
[[nodiscard]] std::string owner_line(const std::string& token);
/// Owner of a claim or record; empty when there is no whole first line.
[[nodiscard]] std::string parse_owner(const std::string& text);

/// The second line. Two equal results give equal hashes, not equal texts: times and owner are part of it.
[[nodiscard]] std::string record_line(const RunRecord& record);
/// The record in the text of a file, when it is whole, its hash is right and it belongs to `id`; else nothing.
[[nodiscard]] std::optional<RunRecord> parse_record(const std::string& text, const std::string& id);

/// Name of a run: hash of everything its result depends on, as 32 hexadecimal digits. `canonical` holds the resolved model
/// with its seed, `engine` the version up to which results stay comparable, `outputs` what is taken from series.
[[nodiscard]] std::string run_id(const std::string& canonical, const std::string& engine, const std::string& outputs);

}  // namespace burgeon
