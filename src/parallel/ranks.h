#pragma once
// The processes ("ranks") that simulate one network together. A process that nobody launched as one of several is alone,
// and all that follows costs it nothing. docs/decisions/0005-mpi.md says how a run uses this.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace burgeon {

/// What mpirun or srun tells a process through its environment.
struct Launch {
  unsigned rank = 0;
  unsigned count = 1;       ///< 0: only MPI knows
  unsigned neighbours = 1;  ///< ranks on this machine, ourselves included; 1 when unknown
};
/// Nothing when this process was started by hand.
[[nodiscard]] std::optional<Launch> launched();

/// Another rank has failed; it, or rank 0, reports why.
class PeerFailed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Ranks {
 public:
  Ranks() = default;
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;

  /// The MPI library in the build, empty when there is none.
  [[nodiscard]] static std::string library();
  /// Joins the other ranks when this process was launched as one of several. Throws EnvironmentError.
  void join();
  /// Leaves them; returns when all have.
  void leave();
  /// Ends all ranks now, with this exit code; `code` is also ours.
  [[noreturn]] void abort(int code) const;

  [[nodiscard]] unsigned rank() const { return rank_; }
  [[nodiscard]] unsigned count() const { return count_; }
  [[nodiscard]] bool alone() const { return count_ == 1; }
  [[nodiscard]] bool first() const { return rank_ == 0; }
  /// Has this process lost the others? See `together`.
  [[nodiscard]] bool apart() const { return apart_; }

  // Collective: all ranks call these in the same order, one thread of each at a time.

  /// Everybody's bytes on every rank; `all[r]` is valid until the next call.
  void all_gather(std::span<const std::byte> mine, std::vector<std::span<const std::byte>>& all);
  /// Everybody's bytes on rank 0: take(r, bytes) there in order of ranks, holding one at a time.
  void gather(std::span<const std::byte> mine, const std::function<void(unsigned, std::span<const std::byte>)>& take);
  /// Sums on all ranks.
  void sum(std::span<std::uint32_t> values);
  /// Is it so on any rank?
  [[nodiscard]] bool any(bool here);

  /// Runs f, which may call the above. When it throws, the others are in the middle of something that we no longer take part
  /// in: from then on this process acts as if it were alone, and must end the others with `abort`.
  template <class F>
  void together(const F& f) {
    try {
      f();
    } catch (...) {
      apart_ = true;
      throw;
    }
  }

 private:
  unsigned rank_ = 0, count_ = 1;
  bool joined_ = false, apart_ = false;
  // all_gather: messages up to `room_` bytes take one round, longer ones a second.
  std::size_t room_ = 1024, quiet_rounds_ = 0;
  std::vector<std::byte> sent_, received_, long_;
  std::vector<std::size_t> sizes_;
};

/// Values behind the end of a list, from their bytes.
template <class T>
void append_bytes(std::vector<T>& list, std::span<const std::byte> bytes) {
  const std::size_t old = list.size();
  list.resize(old + bytes.size() / sizeof(T));
  if (!bytes.empty()) std::memcpy(list.data() + old, bytes.data(), bytes.size());
}

/// A trivially copyable value as bytes.
template <class T>
[[nodiscard]] std::span<const std::byte> bytes_of(const T& value) {
  return std::as_bytes(std::span<const T, 1>(&value, 1));
}

/// Lists of trivially copyable values of all ranks, one after the other in order of ranks, on every rank. Collective.
template <class T>
[[nodiscard]] std::vector<T> all_lists(Ranks& ranks, std::vector<T> mine) {
  if (ranks.alone()) return mine;
  std::vector<std::span<const std::byte>> all;
  ranks.all_gather(std::as_bytes(std::span(mine)), all);
  std::vector<T> result;
  for (const auto& bytes : all) append_bytes(result, bytes);
  return result;
}

/// The same on rank 0 only; elsewhere nothing. Collective.
template <class T>
[[nodiscard]] std::vector<T> lists_on_first(Ranks& ranks, std::vector<T> mine) {
  if (ranks.alone()) return mine;
  std::vector<T> result;
  ranks.gather(std::as_bytes(std::span(mine)),
               [&](unsigned, std::span<const std::byte> bytes) { append_bytes(result, bytes); });
  return result;
}

}  // namespace burgeon
