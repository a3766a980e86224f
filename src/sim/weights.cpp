#include "sim/weights.h"

#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/errors.h"
#include "sim/impl.h"

namespace burgeon {

std::vector<std::uint32_t> row_sizes(const Projection& projection) {
  std::vector<std::uint32_t> sizes(projection.source.size(), 0);
  for (const Rows& rows : projection.slice)
    for (std::uint64_t row = 0; row < sizes.size(); ++row)
      sizes[row] += static_cast<std::uint32_t>(rows.row_end(row) - rows.row_begin(row));
  return sizes;
}

void for_each_weights(const Projection& projection, Ranks& ranks,
                      const std::function<void(std::span<const float>)>& f) {
  const auto piece = [&](unsigned s, std::uint64_t at, std::uint64_t n) {
    return std::span<const float>(projection.slice[s].weight.data() + at, n);
  };
  if (ranks.alone())
    return in_global_order(projection, [&](unsigned s, std::uint64_t at, std::uint64_t n) { f(piece(s, at, n)); });

  // Some rows at a time, about 4 MB of weights: a row's synapses onto rank 0, then onto rank 1, ...
  const std::vector<std::uint32_t> mine = row_sizes(projection);
  const std::uint64_t sources = mine.size();
  const std::uint64_t portion =
      std::max<std::uint64_t>(1, (std::uint64_t{1} << 20) * sources / std::max<std::uint64_t>(1, projection.synapses));
  for (std::uint64_t first = 0; first < sources; first += portion) {
    const std::uint64_t last = std::min(sources, first + portion);
    std::vector<std::byte> message;
    const auto append = [&](std::span<const std::byte> bytes) {
      message.insert(message.end(), bytes.begin(), bytes.end());
    };
    append(std::as_bytes(std::span(mine).subspan(first, last - first)));
    for (std::uint64_t row = first; row < last; ++row)
      for (unsigned s = 0; s < projection.slice.size(); ++s) {
        const std::uint64_t at = projection.slice[s].row_begin(row);
        append(std::as_bytes(piece(s, at, projection.slice[s].row_end(row) - at)));
      }
    std::vector<std::vector<std::uint32_t>> sizes;
    std::vector<std::vector<float>> weights;
    ranks.gather(message, [&](unsigned, std::span<const std::byte> bytes) {
      const std::size_t head = (last - first) * sizeof(std::uint32_t);
      auto& size = sizes.emplace_back(last - first);
      auto& weight = weights.emplace_back((bytes.size() - head) / sizeof(float));
      std::memcpy(size.data(), bytes.data(), head);
      if (!weight.empty()) std::memcpy(weight.data(), bytes.data() + head, bytes.size() - head);
    });
    std::vector<std::size_t> at(sizes.size(), 0);
    for (std::uint64_t row = 0; row < last - first; ++row)
      for (std::size_t r = 0; r < sizes.size(); ++r) {
        f(std::span<const float>(weights[r]).subspan(at[r], sizes[r][row]));
        at[r] += sizes[r][row];
      }
  }
}

std::vector<Measure> weight_measures(const Network& network, Ranks& ranks) {
  std::vector<Measure> measures;
  for (const Projection& projection : network.projections) {
    const ProjectionSpec& spec = *projection.spec;
    if (spec.plasticity == nullptr) continue;
    double n = 0.0, sum = 0.0, deviations = 0.0;
    const auto for_each = [&](const auto& f) {
      for_each_weights(projection, ranks, [&](std::span<const float> weights) {
        for (const float w : weights) f(static_cast<double>(w));
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

std::uint64_t hash_weights(const Network& network, Ranks& ranks, std::uint64_t seed) {
  for (const Projection& projection : network.projections) {
    if (projection.spec->plasticity == nullptr) continue;
    // Streaming: rows are cut differently by every layout.
    XXH64_state_t* state = XXH64_createState();
    XXH64_reset(state, seed);
    for_each_weights(projection, ranks, [&](std::span<const float> weights) {
      XXH64_update(state, weights.data(), weights.size_bytes());
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
      for (std::uint64_t k = at; k < at + count; ++k) result.push_back(projection.weight_at(projection.slice[s], k));
    });
    return result;
  }
  throw InternalError("there is no projection " + name);
}

}  // namespace burgeon
