#include "sim/weights.h"

#include <xxhash.h>

#include <cmath>

#include "base/errors.h"
#include "sim/impl.h"

namespace burgeon {

std::vector<Measure> weight_measures(const Network& network) {
  std::vector<Measure> measures;
  for (const Projection& projection : network.projections) {
    const ProjectionSpec& spec = *projection.spec;
    if (spec.plasticity == nullptr) continue;
    double n = 0.0, sum = 0.0, deviations = 0.0;
    const auto for_each = [&](const auto& f) {
      in_global_order(projection, [&](unsigned s, std::uint64_t at, std::uint64_t count) {
        for (std::uint64_t j = at; j < at + count; ++j) f(static_cast<double>(projection.slice[s].weight[j]));
      });
    };
    for_each([&](double w) {
      n += 1.0;
      sum += w;
    });
    const double mean = sum / n;
    for_each([&](double w) { deviations += (w - mean) * (w - mean); });
    const std::string name = "weights." + spec.name;
    const std::string unit(
        network.spec->populations[spec.target.population].receptors[spec.receptor].model->weight_unit);
    measures.push_back({name + ".mean", mean, unit, "mean weight of the plastic synapses, at the end"});
    measures.push_back(
        {name + ".sd", std::sqrt(deviations / n), unit, "SD of the weights of the plastic synapses, at the end"});
  }
  return measures;
}

std::uint64_t hash_weights(const Network& network, std::uint64_t seed) {
  for (const Projection& projection : network.projections) {
    if (projection.spec->plasticity == nullptr) continue;
    // Streaming: rows are cut differently by every layout.
    XXH64_state_t* state = XXH64_createState();
    XXH64_reset(state, seed);
    in_global_order(projection, [&](unsigned s, std::uint64_t at, std::uint64_t count) {
      XXH64_update(state, projection.slice[s].weight.data() + at, count * sizeof(float));
    });
    seed = XXH64_digest(state);
    XXH64_freeState(state);
  }
  return seed;
}

std::vector<float> Simulation::projection_weights(const std::string& name) const {
  for (const Projection& projection : impl_->network.projections) {
    if (projection.spec->name != name) continue;
    if (projection.dense || !projection.shared_delay)
      throw InternalError("weights of projection " + name + ": it has no rows in (source, target) order");
    std::vector<float> result;
    result.reserve(projection.synapses);
    in_global_order(projection, [&](unsigned s, std::uint64_t at, std::uint64_t count) {
      const std::vector<float>& weight = projection.slice[s].weight;
      if (projection.shared_weight)
        result.insert(result.end(), count, projection.weight);
      else
        result.insert(result.end(), weight.begin() + static_cast<std::ptrdiff_t>(at),
                      weight.begin() + static_cast<std::ptrdiff_t>(at + count));
    });
    return result;
  }
  throw InternalError("there is no projection " + name);
}

}  // namespace burgeon
