#pragma once
// The sink that writes a run's folder: crash-safe segments while it runs, run.h5 at its end (docs/file_format.md).

#include <exception>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "io/head.h"
#include "io/manifest.h"
#include "io/posix.h"
#include "io/run_metadata.h"
#include "io/segment.h"
#include "record/sink.h"
#include "sim/checkpoint.h"

namespace burgeon {

struct Hdf5Options {
  enum class Mode : std::uint8_t {
    fresh,      ///< refuse a folder that holds a run
    overwrite,  ///< remove the run that is there
    resume,     ///< go on after the checkpoint of step `resume_step`; what came later is dropped
  };
  Mode mode = Mode::fresh;
  Step resume_step = 0;
  std::size_t buffer_bytes = 32U << 20;  ///< a segment is cut when so much waits; twice this is the bound in memory
};

class Hdf5Sink final : public Sink {
 public:
  /// Locks and prepares the folder and writes config.toml. Throws EnvironmentError: folder in use, holds a run, not writable;
  /// when resuming also: other spec, no such checkpoint.
  Hdf5Sink(std::filesystem::path folder, RunMetadata metadata, Hdf5Options options = {});
  /// Waits for the writer. Rows that weren't cut are lost, as after a kill.
  ~Hdf5Sink() override;

  std::size_t declare(const Table& table) override;
  void append(std::size_t table, std::span<const ColumnData> columns) override;

  /// Writes edges_<t>.h5 at once: the file is whole or not there.
  void snapshot(const EdgeSnapshot& edges) override;

  /// Puts all rows so far into a segment, written in the background. With a checkpoint the two belong together: the run can
  /// resume here, and the checkpoints before the last two are removed. Throws what an earlier write failed with.
  void cut_segment(std::optional<Checkpoint> checkpoint = {});
  /// Waits until every cut segment is on the disk; throws when one could not be written.
  void wait();

  /// Complete: merges, verifies, removes segments and checkpoints. Else: leaves them, for `resume`.
  void close(const RunEnd& end) override;

 private:
  void start();
  void write(std::uint64_t number, const SegmentBuffer& buffer, const std::optional<Checkpoint>& checkpoint);
  void keep_until_checkpoint(Step step);

  std::filesystem::path folder_;
  RunMetadata metadata_;
  Hdf5Options options_;
  Head head_;
  std::unique_ptr<posix::Journal> journal_;
  std::optional<SegmentBuffer> buffer_;  ///< from the first append on
  std::vector<ManifestEntry> entries_;   ///< owned by the writer while it runs
  std::uint64_t next_ = 0;               ///< number of the next segment
  std::uint64_t resumes_ = 0;
  bool closed_ = false;
  std::future<void> writer_;
  std::exception_ptr failure_;  ///< sticky: after a lost segment nothing may follow
};

/// What a folder holds, complete or not.
struct RunState {
  bool finished = false;                ///< run.h5 is there and complete
  std::vector<ManifestEntry> segments;  ///< trusted ones of an unfinished run
  double until_ms = 0.0;                ///< latest recorded time in them
  std::optional<Step> resume_step;      ///< of the newest checkpoint in the manifest
};
/// Throws EnvironmentError when run.h5 is there and unreadable.
[[nodiscard]] RunState read_run_state(const std::filesystem::path& folder);

/// Newest checkpoint that reads back whole and whose segments are all there; nullopt: start again.
[[nodiscard]] std::optional<Checkpoint> newest_checkpoint(const std::filesystem::path& folder);

/// Merges what an interrupted run left into run.h5 with complete = 0; the segments stay, so that it can still resume.
/// Throws EnvironmentError, also when another process is writing the run.
void merge_partial(const std::filesystem::path& folder);

}  // namespace burgeon
