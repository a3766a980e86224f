#pragma once
// Has the network a second stable activity? A second simulation starts from the present state twice: once every neuron kept
// silent, once every neuron made to fire, for as long as a burn-in lasts. Once that has died down, both must agree.

#include <memory>

#include "multiscale/no_sink.h"
#include "sim/simulation.h"

namespace burgeon {

class TwoStarts {
 public:
  /// Both outlive this. The second network is built at the first look: it needs as much memory as the first.
  TwoStarts(const ModelSpec& spec, const Simulation& simulation) : spec_(&spec), simulation_(&simulation) {}

  /// True when the two do not agree: the scale reduction factor (Gelman & Rubin 1992, doi:10.1214/ss/1177011136) of a measured
  /// signal is above 1.05, and the means differ by more than 5 standard errors.
  /// False without a look over several ranks, which can't make a second network.
  bool bistable();
  /// Spiking time of all looks so far [ms].
  [[nodiscard]] double cost() const { return cost_; }

 private:
  [[nodiscard]] Window after(const Checkpoint& start, bool excited);

  const ModelSpec* spec_;
  const Simulation* simulation_;
  NoSink sink_;
  std::unique_ptr<Simulation> twin_;
  double cost_ = 0.0;
};

}  // namespace burgeon
