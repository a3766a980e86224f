#include "parallel/team.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>
#include <vector>

#if defined(__linux__)
#include <sched.h>
#endif
#if defined(_OPENMP)
#include <omp.h>
#endif

#include "base/errors.h"

namespace burgeon {

void run_team(unsigned threads, const std::function<void(unsigned)>& f) {
  expect(threads > 0, "a team has at least one thread");
  std::vector<std::exception_ptr> failure(threads);
  const auto guarded = [&](unsigned rank) {
    try {
      f(rank);
    } catch (...) {
      failure[rank] = std::current_exception();
    }
  };

  if (threads == 1) {
    guarded(0);
  } else {
#if defined(_OPENMP)
    // Exactly `threads` threads, whatever OMP_DYNAMIC says: one slice of the network belongs to each.
    omp_set_dynamic(0);
    unsigned started = 0;
#pragma omp parallel num_threads(static_cast <int>(threads))
    {
#pragma omp single
      started = static_cast<unsigned>(omp_get_num_threads());
      if (started == threads) guarded(static_cast<unsigned>(omp_get_thread_num()));
    }
    if (started != threads) throw EnvironmentError("OpenMP started fewer threads than asked for; lower --threads");
#else
    std::vector<std::jthread> others;
    others.reserve(threads - 1);
    for (unsigned rank = 1; rank < threads; ++rank) others.emplace_back(guarded, rank);
    guarded(0);
    others.clear();
#endif
  }

  for (const std::exception_ptr& e : failure)
    if (e) std::rethrow_exception(e);
}

// Not OpenMP: its teams inside a team would have one thread each.
void side_by_side(unsigned at_once, std::size_t jobs, const std::function<void(std::size_t)>& f) {
  std::vector<std::exception_ptr> failure(jobs);
  std::atomic<std::size_t> next{1};
  const auto work = [&](std::size_t job) {
    for (; job < jobs; job = next++) {
      try {
        f(job);
      } catch (...) {
        failure[job] = std::current_exception();
      }
    }
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t k = 1; k < std::min<std::size_t>(at_once, jobs); ++k) others.emplace_back([&] { work(next++); });
    work(0);
  }
  for (const std::exception_ptr& e : failure)
    if (e) std::rethrow_exception(e);
}

unsigned available_threads() {
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return static_cast<unsigned>(CPU_COUNT(&set));
#endif
  const unsigned n = std::thread::hardware_concurrency();
  return n > 0 ? n : 1;
}

}  // namespace burgeon
