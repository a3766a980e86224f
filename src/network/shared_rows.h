#pragma once
// Synapses that several networks of one process have in common: the runs of a sweep that change no wiring.

#include <cstdint>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "network/network.h"

namespace burgeon {

/// Rows by name of what they depend on (`connectivity_key`). Thread-safe; the first who asks builds, others wait for it.
class SharedRows {
 public:
  /// Keeps what nobody uses any more up to so many bytes, the longest unused goes first. assumed default: 256 MB.
  explicit SharedRows(std::uint64_t most_bytes = std::uint64_t{256} << 20) : most_bytes_(most_bytes) {}

  using Rows = std::shared_ptr<const CommonRows>;
  /// The rows called `key`, from `build` when nobody has them. What `build` throws goes to all who wait for it.
  [[nodiscard]] Rows get(const std::string& key, const std::function<CommonRows()>& build);

  [[nodiscard]] std::uint64_t built() const;  ///< calls of `build` so far
  [[nodiscard]] std::uint64_t bytes() const;  ///< kept now, whether used or not

 private:
  struct Slot {
    std::shared_future<Rows> rows;
    std::uint64_t bytes = 0;  ///< 0 while they are built
    std::uint64_t used = 0;   ///< when last asked for, as a count
  };
  void make_room();

  std::uint64_t most_bytes_, bytes_ = 0, built_ = 0, clock_ = 0;
  std::map<std::string, Slot> slots_;
  mutable std::mutex mutex_;
};

}  // namespace burgeon
