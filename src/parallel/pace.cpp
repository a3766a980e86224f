#include "parallel/pace.h"

#include <algorithm>

namespace burgeon {

void Pace::next(double wall, double waited, std::int64_t steps) {
  wall_ += wall;
  waited_ += waited;
  steps_ += steps;
  if (wall_ < shortest || steps_ == 0) return;
  const double per_step = wall_ / static_cast<double>(steps_);
  const bool held_up = !solo_ && waited_ > suspicious * wall_;
  wall_ = waited_ = 0.0;
  steps_ = 0;

  // The verdict on a trial.
  if (trial_) {
    trial_ = false;
    const bool better = per_step < (solo_ ? solo_margin : team_margin) * usual_;
    patience_ = better ? first_patience : std::min(2 * patience_, longest_patience);
    left_ = patience_;
    if (!better) solo_ = !solo_;
    return;
  }

  usual_ = per_step;
  if (left_ > 0) --left_;
  if (left_ > 0 || (!solo_ && !held_up)) return;
  solo_ = !solo_;
  trial_ = true;
}

}  // namespace burgeon
