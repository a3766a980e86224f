#include "multiscale/replicas.h"

#include "base/errors.h"
#include "parallel/team.h"

namespace burgeon {

Replicas::Replicas(Simulation& run, std::size_t count, unsigned at_once, bool same_noise)
    : run_(&run), at_once_(at_once), same_noise_(same_noise), others_(count - 1) {}

void Replicas::build(std::size_t replica) {
  Other& other = others_[replica - 1];
  other.simulation = run_->twin(other.sink, same_noise_ ? 0 : replica);
  if (!other.simulation)
    throw EnvironmentError("replicas of bursts need the whole network in one process: set multiscale.replicas = 1");
}

void Replicas::start(const std::function<void(Simulation&)>& f) {
  if (others_.empty()) return f(*run_);
  const Checkpoint state = run_->checkpoint();
  side_by_side(at_once_, count(), [&](std::size_t replica) {
    if (replica == 0) return f(*run_);
    std::unique_ptr<Simulation>& one = others_[replica - 1].simulation;
    if (!one) build(replica);
    one->restore(state);
    f(*one);
  });
}

void Replicas::go_on(const std::function<void(Simulation&)>& f) {
  side_by_side(at_once_, count(),
               [&](std::size_t replica) { f(replica == 0 ? *run_ : *others_[replica - 1].simulation); });
}

const Window& Replicas::window(std::size_t replica) const {
  return replica == 0 ? run_->window() : others_[replica - 1].simulation->window();
}

Window Replicas::mean_window() const {
  Window sum = run_->window();
  if (others_.empty()) return sum;
  const double number = static_cast<double>(count());
  const auto add = [](std::vector<double>& to, const std::vector<double>& values) {
    for (std::size_t i = 0; i < to.size(); ++i) to[i] += values[i];
  };
  const auto divide = [&](std::vector<double>& values) {
    for (double& value : values) value /= number;
  };
  for (std::size_t replica = 1; replica < count(); ++replica) {
    const Window& other = window(replica);
    ensure(other.tick.size() == sum.tick.size(), "replicas have run for the same time");
    for (std::size_t k = 0; k < sum.tick.size(); ++k) add(sum.tick[k], other.tick[k]);
    add(sum.mean.mean, other.mean.mean);
    for (std::size_t m = 0; m < sum.mean.each.size(); ++m) add(sum.mean.each[m], other.mean.each[m]);
    sum.spikes += other.spikes;
  }
  for (std::vector<double>& tick : sum.tick) divide(tick);
  divide(sum.mean.mean);
  for (std::vector<double>& each : sum.mean.each) divide(each);
  return sum;
}

}  // namespace burgeon
