#pragma once
// Whether a team of threads should work at all. Beside somebody else's work a thread that is scheduled away for a time slice holds
// up the others at every barrier, and one thread alone may well be faster. What is decided never changes a result, only who computes it.

#include <cstdint>

namespace burgeon {

class Pace {
 public:
  /// True: one thread works for all until the next call of `next`.
  [[nodiscard]] bool solo() const { return solo_; }

  /// A stretch of work has ended: its wall time, the longest time that one of its threads waited for others (both s), and its
  /// length in steps. Decides about the next stretch.
  void next(double wall, double waited, std::int64_t steps);
  /// The other way, whatever was measured.
  void toggle() { solo_ = !solo_; }

 private:
  /// Share of the time spent waiting at which a team is suspected to be held up: with two threads of equal work, one of which
  /// gets half a processor, the other waits half of its time.
  static constexpr double suspicious = 0.3;
  /// What is on trial must be this much faster, else the verdict would flicker. A team that nobody holds up takes 0.5 to 0.75 of
  /// the time of one thread; one that is held up now and then looks faster by luck, and would have to be found out again.
  static constexpr double solo_margin = 0.95, team_margin = 0.8;
  /// Shortest stretch to judge by, s: two time slices of the scheduler.
  static constexpr double shortest = 8e-3;
  /// Stretches between two trials of the other way: at first, and at most (trials that fail double the wait).
  static constexpr unsigned first_patience = 8, longest_patience = 32;

  bool solo_ = false;
  bool trial_ = false;  ///< of what was not chosen
  unsigned left_ = 0;   ///< stretches until the next trial is allowed
  unsigned patience_ = first_patience;
  double wall_ = 0.0, waited_ = 0.0;  ///< of the stretch under way
  std::int64_t steps_ = 0;
  double usual_ = 0.0;  ///< s per step of the way that is not on trial
};

}  // namespace burgeon
