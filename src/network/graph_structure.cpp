#include <fmt/format.h>

#include <algorithm>
#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/strong_components.hpp>
#include <boost/pending/disjoint_sets.hpp>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/errors.h"
#include "base/random.h"
#include "network/graph.h"

namespace burgeon {
namespace {

using Vertex = std::uint32_t;  // global id; CSR graphs of 2^32 neurons are out of reach
using Csr = boost::compressed_sparse_row_graph<boost::directedS, boost::no_property, boost::no_property,
                                               boost::no_property, Vertex, std::uint64_t>;

/// Calls f(index of the target in its population) for every synapse of a projection that leaves neuron `index`.
template <class F>
void for_each_target(const Network& network, const Projection& p, std::uint64_t index, F&& f) {
  if (index < p.source.begin || index >= p.source.end) return;
  if (p.dense) {
    for (std::uint64_t t = p.target.begin; t < p.target.end; ++t) f(t);
    return;
  }
  for (unsigned s = 0; s < network.slices; ++s) {
    const Rows& rows = p.slice[s];
    const std::uint64_t first = network.owned(p.target_population, s).begin;
    const std::uint64_t end = rows.row_end(index - p.source.begin);
    for (std::uint64_t k = rows.row_begin(index - p.source.begin); k < end; ++k) f(first + rows.target(k));
  }
}

/// The neuron graph, read straight from the rows: of all neurons and synapses, or of one projection within its population.
class NeuronGraph {
 public:
  explicit NeuronGraph(const Network& network) : network_(network), size_(network.neurons()) {}
  NeuronGraph(const Network& network, const Projection& only)
      : network_(network), only_(&only), size_(network.populations[only.source_population].size) {}

  [[nodiscard]] std::uint64_t size() const { return size_; }

  template <class F>
  void outgoing(Vertex v, F&& f) const {
    if (only_ != nullptr)
      return for_each_target(network_, *only_, v, [&](std::uint64_t t) { f(static_cast<Vertex>(t)); });
    const auto after = std::upper_bound(network_.populations.begin(), network_.populations.end(), v,
                                        [](Vertex id, const Population& p) { return id < p.first; });
    const auto population = static_cast<std::uint32_t>(after - network_.populations.begin() - 1);
    for (const std::uint32_t number : network_.outgoing[population]) {
      const Projection& p = network_.projections[number];
      const GlobalId first = network_.populations[p.target_population].first;
      for_each_target(network_, p, v - network_.populations[population].first,
                      [&](std::uint64_t t) { f(static_cast<Vertex>(first + t)); });
    }
  }

  /// Targets of v in ascending order, each once and without v itself, the same for any number of slices.
  [[nodiscard]] std::vector<Vertex> neighbours(Vertex v) const {
    std::vector<Vertex> list;
    outgoing(v, [&](Vertex w) {
      if (w != v) list.push_back(w);
    });
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
    return list;
  }

  [[nodiscard]] bool connected(Vertex v, Vertex w) const {
    bool found = false;
    outgoing(v, [&](Vertex x) { found = found || x == w; });
    return found;
  }

 private:
  const Network& network_;
  const Projection* only_ = nullptr;
  std::uint64_t size_;
};

using Measures = std::vector<StructuralMeasure>;

void add_degrees(const NeuronGraph& graph, Measures& measures) {
  std::vector<std::uint64_t> in(graph.size(), 0), out(graph.size(), 0);
  for (Vertex v = 0; v < graph.size(); ++v)
    graph.outgoing(v, [&](Vertex w) {
      ++in[w];
      ++out[v];
    });
  for (const auto& [name, degree] : {std::pair{"in", &in}, {"out", &out}}) {
    const std::uint64_t total = std::accumulate(degree->begin(), degree->end(), std::uint64_t{0});
    const double mean = static_cast<double>(total) / static_cast<double>(graph.size());
    double squares = 0.0;
    for (const std::uint64_t d : *degree) squares += std::pow(static_cast<double>(d) - mean, 2);
    const auto [low, high] = std::minmax_element(degree->begin(), degree->end());
    const std::string of = std::string("synapses ") + (degree == &in ? "onto" : "from") + " one neuron";
    const std::string prefix = std::string("degree.") + name;
    measures.push_back({prefix + ".mean", mean, "1", "mean number of " + of});
    measures.push_back({prefix + ".sd", std::sqrt(squares / static_cast<double>(graph.size())), "1",
                        "standard deviation of the number of " + of});
    measures.push_back({prefix + ".min", static_cast<double>(*low), "1", "smallest number of " + of});
    measures.push_back({prefix + ".max", static_cast<double>(*high), "1", "largest number of " + of});
  }
}

/// Number of components and share of the largest, from a component number per vertex.
void add_components(const std::vector<Vertex>& component, const std::string& kind, const std::string& meaning,
                    Measures& measures) {
  std::vector<std::uint64_t> members(component.size(), 0);
  for (const Vertex c : component) ++members[c];
  const auto number =
      static_cast<double>(members.size() - static_cast<std::size_t>(std::count(members.begin(), members.end(), 0U)));
  const auto largest = static_cast<double>(*std::max_element(members.begin(), members.end()));
  measures.push_back({"components." + kind, number, "1", "number of " + meaning});
  measures.push_back({"components." + kind + ".largest", largest / static_cast<double>(component.size()), "1",
                      "share of all neurons in the largest of the " + meaning});
}

void add_weak_components(const NeuronGraph& graph, Measures& measures) {
  std::vector<Vertex> rank(graph.size(), 0), parent(graph.size()), component(graph.size());
  std::iota(parent.begin(), parent.end(), 0U);
  const boost::typed_identity_property_map<std::size_t> identity;
  boost::disjoint_sets sets(boost::make_iterator_property_map(rank.begin(), identity),
                            boost::make_iterator_property_map(parent.begin(), identity));
  for (Vertex v = 0; v < graph.size(); ++v) graph.outgoing(v, [&](Vertex w) { sets.union_set(v, w); });
  for (Vertex v = 0; v < graph.size(); ++v) component[v] = sets.find_set(v);
  add_components(component, "weak", "parts that no synapse joins", measures);
}

void add_strong_components(const NeuronGraph& graph, Measures& measures) {
  std::vector<std::pair<Vertex, Vertex>> edges;
  for (Vertex v = 0; v < graph.size(); ++v)
    for (const Vertex w : graph.neighbours(v)) edges.emplace_back(v, w);
  const Csr csr(boost::edges_are_sorted, edges.begin(), edges.end(), static_cast<Vertex>(graph.size()), edges.size());
  std::vector<Vertex> component(graph.size());
  boost::strong_components(csr,
                           boost::make_iterator_property_map(component.begin(), boost::get(boost::vertex_index, csr)));
  add_components(component, "strong", "parts whose neurons all reach each other", measures);
}

/// Up to `number` of 0 ... size - 1; all of them when there are no more.
std::vector<Vertex> sample_vertices(std::uint64_t seed, std::uint64_t size, std::uint64_t number) {
  std::vector<Vertex> sample(std::min(size, number));
  std::iota(sample.begin(), sample.end(), 0U);
  if (size > number) {
    RandomStream stream(random_key(seed, "structure neurons"), 0);
    for (Vertex& v : sample) v = static_cast<Vertex>(stream.below(size));
  }
  return sample;
}

/// Reciprocity: does w connect back to v? Clustering: of two targets of v, does the first connect to the second?
void add_local_measures(const NeuronGraph& graph, std::uint64_t seed, const StructureLimits& limits,
                        Measures& measures) {
  std::uint64_t looked = 0, mutual = 0, wedges = 0, closed = 0;
  const auto sample = sample_vertices(seed, graph.size(), limits.neurons);
  const std::uint64_t key = random_key(seed, "structure pairs");
  for (std::uint64_t i = 0; i < sample.size(); ++i) {
    RandomStream stream(key, i);
    const std::vector<Vertex> targets = graph.neighbours(sample[i]);
    for (std::uint64_t k = 0; k < limits.pairs && !targets.empty(); ++k) {
      const std::uint64_t first = stream.below(targets.size());
      ++looked;
      mutual += graph.connected(targets[first], sample[i]) ? 1 : 0;
      if (targets.size() < 2) continue;
      const std::uint64_t second = (first + 1 + stream.below(targets.size() - 1)) % targets.size();
      ++wedges;
      closed += graph.connected(targets[first], targets[second]) ? 1 : 0;
    }
  }
  const std::string basis = fmt::format(" (sample: {} pairs of {} neurons)", looked, sample.size());
  if (looked > 0)
    measures.push_back({"reciprocity", static_cast<double>(mutual) / static_cast<double>(looked), "1",
                        "probability that a connection is returned" + basis});
  if (wedges > 0)
    measures.push_back({"clustering", static_cast<double>(closed) / static_cast<double>(wedges), "1",
                        "probability that one target of a neuron connects to another of its targets" + basis});
}

/// Breadth-first searches from sampled neurons: how many synapses away the others are.
void add_path_lengths(const NeuronGraph& graph, std::uint64_t seed, std::uint64_t synapses,
                      const StructureLimits& limits, Measures& measures) {
  const std::uint64_t affordable = limits.visits / std::max<std::uint64_t>(1, synapses + graph.size());
  const auto sample = sample_vertices(seed, graph.size(), std::clamp<std::uint64_t>(affordable, 1, limits.neurons));
  constexpr Vertex unseen = ~Vertex{0};
  std::vector<Vertex> distance, queue;
  std::uint64_t reached = 0, longest = 0;
  double sum = 0.0;
  for (const Vertex start : sample) {
    distance.assign(graph.size(), unseen);
    queue.assign(1, start);
    distance[start] = 0;
    for (std::size_t next = 0; next < queue.size(); ++next) {
      const Vertex v = queue[next];
      graph.outgoing(v, [&](Vertex w) {
        if (distance[w] != unseen) return;
        distance[w] = distance[v] + 1;
        queue.push_back(w);
      });
    }
    reached += queue.size() - 1;
    for (const Vertex v : queue) sum += distance[v];
    longest = std::max<std::uint64_t>(longest, distance[queue.back()]);
  }
  const std::string basis =
      sample.size() == graph.size() ? " (all pairs)" : fmt::format(" (sample: from {} neurons)", sample.size());
  const double pairs = static_cast<double>(sample.size()) * static_cast<double>(graph.size() - 1);
  if (pairs > 0.0)
    measures.push_back(
        {"reachable", static_cast<double>(reached) / pairs, "1", "share of ordered pairs joined by a path" + basis});
  if (reached == 0) return;
  measures.push_back(
      {"path_length.mean", sum / static_cast<double>(reached), "synapses", "mean length of shortest paths" + basis});
  measures.push_back(
      {"path_length.max", static_cast<double>(longest), "synapses", "longest of the shortest paths" + basis});
}

/// C / C_random over L / L_random: Humphries & Gurney 2008, doi:10.1371/journal.pone.0002051, eq. 1. The random graph with the
/// same n and mean number k of different targets has C = k / (n - 1) and L = (ln n - gamma) / ln k + 1/2 (Fronczak, Fronczak &
/// Holyst 2004, doi:10.1103/PhysRevE.70.056110, eq. 20).
double small_worldness(const NeuronGraph& graph, double clustering, double path_length) {
  constexpr double euler_gamma = 0.57721566490153286;
  const auto n = static_cast<double>(graph.size());
  double targets = 0.0;
  for (Vertex v = 0; v < graph.size(); ++v) targets += static_cast<double>(graph.neighbours(v).size());
  const double k = targets / n;
  if (!(k > 1.0) || n < 3.0) return std::nan("");
  const double random_clustering = k / (n - 1.0), random_length = (std::log(n) - euler_gamma) / std::log(k) + 0.5;
  return (clustering / random_clustering) / (path_length / random_length);
}

constexpr GraphColumn columns_of_graph[] = {
    {"degree.in.mean", "1", "mean number of synapses onto one neuron"},
    {"degree.in.sd", "1", "standard deviation of the number of synapses onto one neuron"},
    {"degree.out.sd", "1", "standard deviation of the number of synapses from one neuron"},
    {"reciprocity", "1", "probability that a connection is returned (sample)"},
    {"clustering", "1", "probability that one target of a neuron connects to another of its targets (sample)"},
    {"components.weak", "1", "number of parts that no synapse joins"},
    {"components.weak.largest", "1", "share of the neurons in the largest of these parts"},
    {"path_length.mean", "synapses", "mean length of shortest paths (sample)"},
    {"small_worldness", "1", "clustering over path length, each relative to a random graph"}};

}  // namespace

std::span<const GraphColumn> graph_columns() { return columns_of_graph; }

std::vector<double> projection_measures(const Network& network, std::uint32_t projection) {
  const Projection& p = network.projections[projection];
  expect(p.source_population == p.target_population, "a graph lies within one population");
  const NeuronGraph graph(network, p);
  std::vector<double> values(std::size(columns_of_graph), std::nan(""));
  if (graph.size() == 0) return values;
  // Cheap enough to be taken thousands of times.
  constexpr StructureLimits limits{.neurons = 200, .pairs = 25, .visits = 2'000'000, .strong_synapses = 0};
  Measures measures;
  add_degrees(graph, measures);
  add_weak_components(graph, measures);
  add_local_measures(graph, network.spec->run.seed, limits, measures);
  add_path_lengths(graph, network.spec->run.seed, p.synapses, limits, measures);
  for (std::size_t k = 0; k + 1 < values.size(); ++k)
    for (const StructuralMeasure& measure : measures)
      if (measure.name == columns_of_graph[k].name) values[k] = measure.value;
  values.back() = small_worldness(graph, values[4], values[7]);
  return values;
}

std::vector<StructuralMeasure> structural_measures(const Network& network, const StructureLimits& limits) {
  const NeuronGraph graph(network);
  Measures measures;
  if (graph.size() == 0) return measures;
  const std::uint64_t seed = network.spec->run.seed, synapses = network.synapses();
  add_degrees(graph, measures);
  add_weak_components(graph, measures);
  if (synapses <= limits.strong_synapses) add_strong_components(graph, measures);
  add_local_measures(graph, seed, limits, measures);
  add_path_lengths(graph, seed, synapses, limits, measures);
  return measures;
}

}  // namespace burgeon
