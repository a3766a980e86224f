#include "parallel/barrier.h"

namespace burgeon {
namespace {

inline void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

}  // namespace

// Wakes only when somebody sleeps (a system call).
void Barrier::open(std::uint32_t generation) {
  arrived_.store(0, std::memory_order_relaxed);
  generation_.store(generation + 1, std::memory_order_seq_cst);
  if (sleepers_.load(std::memory_order_seq_cst) > 0) generation_.notify_all();
}

// Spins for a little, then sleeps.
void Barrier::follow(std::uint32_t generation) {
  for (int spin = 0; spin < spin_limit; ++spin) {
    if (generation_.load(std::memory_order_acquire) != generation) return;
    pause();
  }
  sleepers_.fetch_add(1, std::memory_order_seq_cst);
  while (generation_.load(std::memory_order_seq_cst) == generation)
    generation_.wait(generation, std::memory_order_seq_cst);
  sleepers_.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace burgeon
