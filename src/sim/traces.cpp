#include "sim/traces.h"

#include <algorithm>
#include <utility>

#include "base/math.h"

namespace burgeon {
namespace {

// Time constants. Long enough to be rare; e^-40 times what is forgotten is still a normal float.
constexpr double epoch_length = 40.0;
// What is left of a spike after some 40 time constants changes no weight, and must not end in slow denormal numbers.
constexpr double forgotten = 1e-18;

}  // namespace

Traces::Traces(std::span<const TraceRow> rows, std::vector<double> tau, bool nearest, std::size_t neurons, double dt)
    : tau_(std::move(tau)), start_(rows.size(), 0), nearest_(nearest), stored_(rows.size(), neurons) {
  for (double& t : tau_) {
    t /= dt;
    epoch_.push_back(std::max<Step>(1, static_cast<Step>(epoch_length * t)));
  }
}

bool Traces::renews(Step step) const {
  return std::any_of(epoch_.begin(), epoch_.end(), [&](Step length) { return step % length == 0; });
}

void Traces::open(Step step) {
  for (std::size_t k = 0; k < size(); ++k) {
    start_[k] = step / epoch_[k] * epoch_[k];
    if (start_[k] != step) continue;
    const double decay = fast_exp(-static_cast<double>(epoch_[k]) / tau_[k]);
    double* stored = stored_.row(k);
    for (std::size_t i = 0; i < stored_.size(); ++i)
      stored[i] = stored[i] * decay < forgotten ? 0.0 : stored[i] * decay;
  }
}

double Traces::scale(std::size_t k, Step t) const { return fast_exp(-static_cast<double>(t - start_[k]) / tau_[k]); }

void Traces::count(std::size_t i, Step t) {
  for (std::size_t k = 0; k < size(); ++k) {
    const double one = fast_exp(static_cast<double>(t - start_[k]) / tau_[k]);
    double& stored = stored_.row(k)[i];
    stored = nearest_ ? one : stored + one;
  }
}

}  // namespace burgeon
