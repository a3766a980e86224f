#pragma once
// A barrier that survives other people's load: spin for a bounded time, then sleep until woken.

#include <atomic>
#include <cstdint>

namespace burgeon {

class Barrier {
 public:
  explicit Barrier(unsigned threads) : threads_(threads) {}

  /// Returns when all threads have called it. Everything written before is visible after.
  void wait() {
    wait([] {});
  }
  /// The same, and the last to arrive runs `last` before anybody returns.
  template <class F>
  void wait(const F& last) {
    if (threads_ == 1) return last();
    const std::uint32_t generation = generation_.load(std::memory_order_acquire);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 < threads_) return follow(generation);
    last();
    open(generation);
  }

 private:
  void open(std::uint32_t generation);
  void follow(std::uint32_t generation);

  /// About 100 us of pause instructions: longer than the usual imbalance of an interval and than a sleep and a wake-up cost,
  /// far shorter than a time slice of the scheduler (milliseconds).
  static constexpr int spin_limit = 2000;

  const unsigned threads_;
  alignas(64) std::atomic<std::uint32_t> arrived_{0};
  alignas(64) std::atomic<std::uint32_t> generation_{0};
  alignas(64) std::atomic<std::uint32_t> sleepers_{0};
};

}  // namespace burgeon
