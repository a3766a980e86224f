#pragma once
// A team of threads that runs one function, one call per thread. OpenMP where the build has it, std::thread elsewhere.

#include <functional>

namespace burgeon {

/// Calls f(0) ... f(threads - 1), each on its own thread (f(0) on the caller's), and returns when all have returned.
/// An exception of any thread is rethrown here, that of the lowest thread first. Threads that wait for each other inside f
/// must see to it that an exception cannot leave the others waiting.
void run_team(unsigned threads, const std::function<void(unsigned)>& f);

/// Number of threads this process may usefully run: processors it may be scheduled on.
[[nodiscard]] unsigned available_threads();

}  // namespace burgeon
