#pragma once
// The folder that the processes of a sweep share. Runs are executed at least once and published exactly once:
//
//   claims/<id>.<epoch>          link(2) of a file that names its owner: who makes the link has the run
//   claims/<id>.<epoch>.revoked  the same file, renamed away from an owner that gave no sign of life; epochs are never reused
//   workers/<token>              counter that its owner raises; what counts is whether it changes while we watch, on our own
//                                monotonic clock, so clocks of machines need not agree
//   runs/<xx>/<id>               the published record
//
// An owner appends its record to its claim and publishes by link(claims/<id>.<epoch> -> runs/<xx>/<id>). Once the claim
// was renamed away that link has no source, and a second publication has a target that exists: a stalled owner that wakes
// up can neither publish nor overwrite. Its record stays in the revoked claim, where `find_duplicates` compares it.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "sweep/run_record.h"

namespace burgeon {

/// Reading side; needs no registration.
class RunStore {
 public:
  explicit RunStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  /// The published record, when it is there and proves itself.
  [[nodiscard]] std::optional<RunRecord> find(const std::string& id) const;
  /// Records of the same run by owners that lost it.
  [[nodiscard]] std::vector<RunRecord> find_duplicates() const;

  [[nodiscard]] std::filesystem::path record_path(const std::string& id) const;
  [[nodiscard]] std::filesystem::path claim_path(const std::string& id, std::uint64_t epoch) const;
  [[nodiscard]] std::filesystem::path revoked_path(const std::string& id, std::uint64_t epoch) const;
  [[nodiscard]] std::filesystem::path worker_path(const std::string& token) const;

 private:
  std::filesystem::path folder_;
};

/// One process that takes part. Thread-safe.
class RunWorker {
 public:
  /// A run that is ours until we publish, release, or stall for longer than the lease.
  struct Claim {
    std::string id;
    std::uint64_t epoch = 0;
  };
  enum class Verdict : std::uint8_t { mine, busy, done };
  enum class Publication : std::uint8_t {
    published,
    duplicate,  ///< another owner published first, or took the run over
  };

  /// Makes the folders and begins to give signs of life. An owner silent for `lease` may lose its runs.
  /// Throws EnvironmentError when the folder can't be written.
  RunWorker(const std::filesystem::path& folder, std::chrono::duration<double> lease);
  ~RunWorker();
  RunWorker(const RunWorker&) = delete;
  RunWorker& operator=(const RunWorker&) = delete;

  [[nodiscard]] const RunStore& store() const { return store_; }
  [[nodiscard]] const std::string& token() const { return token_; }

  /// Tries to get a run. `mine` fills `claim`. Published failures count as done unless `retry`, which withdraws them.
  [[nodiscard]] Verdict claim(const std::string& id, bool retry, Claim& claim);
  /// Publishes; fills owner and epoch. `durable` waits for the disk. Throws EnvironmentError; the claim is then released.
  Publication publish(const Claim& claim, RunRecord record, bool durable);
  /// Gives a run back without a result.
  void release(const Claim& claim);

 private:
  [[nodiscard]] bool silent(const std::string& token);
  [[nodiscard]] std::string new_file();
  void withdraw(const Claim& claim);
  void tidy();
  void beat(const std::stop_token& stop);

  RunStore store_;
  std::chrono::duration<double> lease_;
  std::string token_;
  std::atomic<std::uint64_t> files_{0};
  /// What was last seen of another worker, and since when on our clock.
  struct Sighting {
    std::string content;
    std::chrono::steady_clock::time_point since;
  };
  std::mutex mutex_;
  std::map<std::string, Sighting> sightings_;
  std::jthread heart_;
};

}  // namespace burgeon
