#pragma once
// The three kinds of error: the user's (collected as diagnostics, see spec/), the environment's, and ours.

#include <stdexcept>
#include <string>

namespace burgeon {

/// An operation of the operating system or a library that failed: what was tried, on what, and why it failed.
class EnvironmentError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A simulation that produced NaN or infinity, or whose spike ledger does not balance.
class NumericalError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A broken promise inside burgeon itself.
class InternalError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// Precondition of a function: what the caller must have made sure of.
inline void expect(bool condition, const char* what) {
  if (!condition) throw InternalError(std::string("precondition violated: ") + what);
}

/// Postcondition or invariant: what the code at hand must have made sure of.
inline void ensure(bool condition, const char* what) {
  if (!condition) throw InternalError(std::string("invariant violated: ") + what);
}

}  // namespace burgeon
