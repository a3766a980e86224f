#pragma once
// The circuit and its neurons as graphs (Boost.Graph): checks before anything is built, a drawing, measures of structure.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "network/network.h"
#include "spec/model_spec.h"

namespace burgeon {

/// Something about a valid model that its author may not have meant.
struct Finding {
  enum class Severity : std::uint8_t { note, warning } severity = Severity::warning;
  std::string subject;  ///< dotted path in the model file, e.g. "populations.pv"
  std::string message;
};

/// Looks at the circuit before it is built: populations that nothing drives or that no driven population reaches, projections
/// and inputs without effect, receptors without input, recorders of what cannot happen, separate parts.
[[nodiscard]] std::vector<Finding> check_circuit(const ModelSpec& spec);

/// Expected number of synapses of a projection (distance-dependent rules: upper bound).
[[nodiscard]] double expected_synapses(const ProjectionSpec& projection);

/// The circuit as a Graphviz digraph: populations, inputs and drugs as nodes; projections, inputs and channel block as edges.
[[nodiscard]] std::string write_dot(const ModelSpec& spec);

/// One number about the structure of the neuron graph.
struct StructuralMeasure {
  std::string name;
  double value;
  std::string unit;
  std::string meaning;  ///< says so when it rests on a sample
};

/// What structural_measures may spend. Samples are a pure function of the model's seed.
struct StructureLimits {
  std::uint64_t neurons = 400;                 ///< sampled for reciprocity and clustering; all when there are fewer
  std::uint64_t pairs = 50;                    ///< pairs looked at per sampled neuron
  std::uint64_t visits = 200'000'000;          ///< synapses that searches for path lengths may follow
  std::uint64_t strong_synapses = 20'000'000;  ///< above this, strong components are left out
};

/// Degrees, components, reciprocity, clustering and path lengths of the graph whose vertices are the neurons and whose
/// directed edges are the synapses. Degrees and weak components are exact for any size.
[[nodiscard]] std::vector<StructuralMeasure> structural_measures(const Network& network,
                                                                 const StructureLimits& limits = {});

/// Names, units and meanings of what projection_measures returns.
struct GraphColumn {
  std::string_view name, unit, meaning;
};
[[nodiscard]] std::span<const GraphColumn> graph_columns();

/// The same measures of the synapses of one projection within one population, for following them over time: one value per
/// graph_columns(), NaN where a measure is undefined. The same neurons and pairs are sampled every time.
[[nodiscard]] std::vector<double> projection_measures(const Network& network, std::uint32_t projection);

}  // namespace burgeon
