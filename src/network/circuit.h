#pragma once
// The circuit graph: one vertex per population, input and drug; one edge per projection, per input and per blocked population.
// Private to the graph files of this folder.

#include <boost/graph/adjacency_list.hpp>
#include <cstdint>

#include "spec/model_spec.h"

namespace burgeon {

struct CircuitVertex {
  enum class Kind : std::uint8_t { population, input, drug } kind = Kind::population;
  std::uint32_t index = 0;  ///< in the spec's list of this kind
};

struct CircuitEdge {
  enum class Kind : std::uint8_t { projection, input, block } kind = Kind::projection;
  std::uint32_t index = 0;     ///< projection, input or blocker
  std::uint32_t receptor = 0;  ///< of the target population
};

using Circuit = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, CircuitVertex, CircuitEdge>;

/// Vertices: populations in config order (vertex number = population number), then inputs, then drugs.
[[nodiscard]] Circuit circuit_graph(const ModelSpec& spec);

}  // namespace burgeon
