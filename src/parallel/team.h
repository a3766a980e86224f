#pragma once
// A team of threads that runs one function, one call per thread. OpenMP where the build has it, std::thread elsewhere.

#include <cstddef>
#include <functional>

namespace burgeon {

/// Calls f(0) ... f(threads - 1), each on its own thread (f(0) on the caller's), and returns when all have returned.
/// An exception of any thread is rethrown here, that of the lowest thread first. Threads that wait for each other inside f
/// must see to it that an exception cannot leave the others waiting.
void run_team(unsigned threads, const std::function<void(unsigned)>& f);

/// Calls f(0) ... f(jobs - 1), at most `at_once` at a time, and returns when all have returned; f(0) on the caller's thread.
/// Unlike a team's, these calls may run teams of their own. An exception is rethrown here, that of the lowest job first.
void side_by_side(unsigned at_once, std::size_t jobs, const std::function<void(std::size_t)>& f);

/// Number of threads this process may usefully run: processors it may be scheduled on.
[[nodiscard]] unsigned available_threads();

}  // namespace burgeon
