#include "network/graph.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/connected_components.hpp>
#include <boost/graph/filtered_graph.hpp>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "network/circuit.h"

namespace burgeon {
namespace {

using Severity = Finding::Severity;

bool is_zero(const Draw& draw) { return draw.kind == Draw::Kind::constant && draw.a == 0.0; }

/// Value of a constant parameter by name, or nothing.
const Draw* parameter(const PopulationSpec& population, std::string_view name) {
  if (population.model == nullptr) return nullptr;
  for (std::size_t i = 0; i < population.model->parameters.size() && i < population.parameters.size(); ++i)
    if (population.model->parameters[i].name == name) return &population.parameters[i];
  return nullptr;
}

/// Does the population have a current of its own (a parameter I_... in pA), or a resting potential above threshold?
bool drives_itself(const PopulationSpec& population) {
  if (population.model == nullptr) return false;
  for (std::size_t i = 0; i < population.model->parameters.size() && i < population.parameters.size(); ++i) {
    const ParameterRow& row = population.model->parameters[i];
    if (row.name.starts_with("I_") && row.unit == "pA" && !is_zero(population.parameters[i])) return true;
  }
  const Draw *rest = parameter(population, "E_L"), *threshold = parameter(population, "V_th");
  return rest != nullptr && threshold != nullptr && rest->a >= threshold->a;
}

bool has_effect(const InputSpec& input) {
  const bool synaptic = input.kind == InputSpec::Kind::poisson || input.kind == InputSpec::Kind::spikes;
  return input.target.count > 0 && input.start < input.stop && !(synaptic && input.weight == 0.0);
}

bool has_effect(const ProjectionSpec& projection) {
  return (expected_synapses(projection) > 0.0 || projection.rewired) && !is_zero(projection.weight);
}

/// What the checks share: the graph without edges that have no effect, and which populations activity can start from.
class Checker {
 public:
  explicit Checker(const ModelSpec& spec) : spec_(spec), circuit_(circuit_graph(spec)) {}

  std::vector<Finding> run() {
    check_edges();
    check_drive();
    check_receptors();
    check_records();
    check_parts();
    return std::move(findings_);
  }

 private:
  void add(Severity severity, std::string subject, std::string message) {
    findings_.push_back({severity, std::move(subject), std::move(message)});
  }

  [[nodiscard]] bool carries(const Circuit::edge_descriptor& e) const {
    const CircuitEdge& edge = circuit_[e];
    if (edge.kind == CircuitEdge::Kind::projection) return has_effect(spec_.projections[edge.index]);
    return edge.kind == CircuitEdge::Kind::input && has_effect(spec_.inputs[edge.index]);
  }

  void check_edges() {
    for (const ProjectionSpec& p : spec_.projections) {
      if (expected_synapses(p) <= 0.0 && !p.rewired)
        add(Severity::warning, "projections." + p.name,
            fmt::format("makes no synapses from {} to {}", p.source.name, p.target.name));
      else if (is_zero(p.weight))
        add(Severity::warning, "projections." + p.name, "has weight 0 and so no effect");
      const std::uint64_t smaller = std::min(p.source.count, p.target.count);
      if (p.wiring.rule == WiringSpec::Rule::one_to_one && p.source.count != p.target.count)
        add(Severity::warning, "projections." + p.name,
            fmt::format("one_to_one joins only the first {} of {} and {} neurons", smaller, p.source.count,
                        p.target.count));
    }
    for (const InputSpec& input : spec_.inputs)
      if (!has_effect(input))
        add(Severity::warning, "inputs." + input.name, "has no target, no time or no weight, and so no effect");
  }

  /// Activity starts from inputs and from populations with a current of their own, and follows projections.
  void check_drive() {
    const auto active = [this](const Circuit::edge_descriptor& e) { return carries(e); };
    const boost::filtered_graph<Circuit, std::function<bool(const Circuit::edge_descriptor&)>> graph(circuit_, active);
    std::vector<boost::default_color_type> colour(boost::num_vertices(circuit_), boost::white_color);
    boost::queue<Circuit::vertex_descriptor> queue;
    const auto colours = boost::make_iterator_property_map(colour.begin(), boost::get(boost::vertex_index, circuit_));
    for (const auto v : boost::make_iterator_range(boost::vertices(circuit_))) {
      const CircuitVertex& vertex = circuit_[v];
      const bool source =
          vertex.kind == CircuitVertex::Kind::input ||
          (vertex.kind == CircuitVertex::Kind::population && drives_itself(spec_.populations[vertex.index]));
      if (source && colour[v] == boost::white_color)
        boost::breadth_first_visit(graph, v, queue, boost::default_bfs_visitor(), colours);
    }
    reached_.resize(spec_.populations.size());
    for (std::size_t i = 0; i < reached_.size(); ++i) {
      reached_[i] = colour[i] != boost::white_color;
      if (reached_[i]) continue;
      const bool fed = boost::in_degree(i, graph) > 0;
      add(Severity::warning, "populations." + spec_.populations[i].name,
          fed ? "receives synapses only from populations that nothing drives; it will stay silent unless it starts "
                "above threshold"
              : "nothing drives it: no input, no incoming projection, no current of its own");
    }
  }

  void check_receptors() {
    std::set<std::pair<std::size_t, std::uint32_t>> used;
    for (const auto e : boost::make_iterator_range(boost::edges(circuit_))) {
      const CircuitEdge& edge = circuit_[e];
      const bool current =
          edge.kind == CircuitEdge::Kind::input && (spec_.inputs[edge.index].kind == InputSpec::Kind::current ||
                                                    spec_.inputs[edge.index].kind == InputSpec::Kind::ou_current);
      if (carries(e) && !current) used.emplace(boost::target(e, circuit_), edge.receptor);
    }
    for (std::size_t i = 0; i < spec_.populations.size(); ++i) {
      const PopulationSpec& p = spec_.populations[i];
      for (std::uint32_t r = 0; r < p.receptors.size(); ++r)
        if (!used.contains({i, r})) {
          silent_receptor_[i].insert(p.receptors[r].name);
          add(Severity::note, fmt::format("populations.{}.receptors.{}", p.name, p.receptors[r].name),
              "nothing arrives at it");
        }
    }
  }

  void check_records() {
    const double end = static_cast<double>(spec_.run.steps) * spec_.run.dt;
    for (const RecordSpec& r : spec_.records) {
      const std::string subject = "record." + r.name;
      if (r.start >= r.stop || r.start >= end)
        add(Severity::warning, subject, "records nothing: it starts after the run or its own stop");
      const bool of_neurons = r.kind != RecordSpec::Kind::signal && r.projections.empty();
      if (!of_neurons || r.target.population >= spec_.populations.size()) continue;
      const PopulationSpec& population = spec_.populations[r.target.population];
      if (r.target.count == 0) add(Severity::warning, subject, fmt::format("{} has no neurons", r.target.name));
      const bool of_spikes = r.kind == RecordSpec::Kind::spikes || r.kind == RecordSpec::Kind::rate;
      if (of_spikes && !reached_[r.target.population])
        add(Severity::warning, subject,
            fmt::format("{} is not driven by anything and may never fire", population.name));
      const std::string receptor = r.variable.substr(0, r.variable.find('.'));
      if (receptor != r.variable && silent_receptor_[r.target.population].contains(receptor))
        add(Severity::warning, subject, fmt::format("nothing arrives at receptor {} of {}", receptor, population.name));
    }
  }

  /// Populations that share no projection, directly or through others, run side by side.
  void check_parts() {
    boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS> graph(spec_.populations.size());
    for (const ProjectionSpec& p : spec_.projections)
      if (has_effect(p)) boost::add_edge(p.source.population, p.target.population, graph);
    std::vector<std::size_t> part(spec_.populations.size());
    if (part.empty() || boost::connected_components(graph, part.data()) < 2) return;
    std::map<std::size_t, std::vector<std::string>> names;
    for (std::size_t i = 0; i < part.size(); ++i) names[part[i]].push_back(spec_.populations[i].name);
    std::vector<std::string> parts;
    for (const auto& [number, members] : names) parts.push_back(fmt::format("({})", fmt::join(members, ", ")));
    add(Severity::note, "projections",
        fmt::format("the circuit falls into {} separate parts: {}", parts.size(), fmt::join(parts, " ")));
  }

  const ModelSpec& spec_;
  Circuit circuit_;
  std::vector<Finding> findings_;
  std::vector<bool> reached_;                                     ///< per population: activity can get there
  std::map<std::size_t, std::set<std::string>> silent_receptor_;  ///< per population: receptors without input
};

}  // namespace

Circuit circuit_graph(const ModelSpec& spec) {
  const auto populations = static_cast<std::uint32_t>(spec.populations.size());
  const auto inputs = static_cast<std::uint32_t>(spec.inputs.size());
  Circuit circuit(populations + inputs + spec.drugs.size());
  for (std::uint32_t v = 0; v < boost::num_vertices(circuit); ++v) {
    if (v < populations)
      circuit[v] = {CircuitVertex::Kind::population, v};
    else if (v < populations + inputs)
      circuit[v] = {CircuitVertex::Kind::input, v - populations};
    else
      circuit[v] = {CircuitVertex::Kind::drug, v - populations - inputs};
  }
  for (std::uint32_t i = 0; i < spec.projections.size(); ++i) {
    const ProjectionSpec& p = spec.projections[i];
    boost::add_edge(p.source.population, p.target.population, {CircuitEdge::Kind::projection, i, p.receptor}, circuit);
  }
  for (std::uint32_t i = 0; i < inputs; ++i)
    boost::add_edge(populations + i, spec.inputs[i].target.population,
                    {CircuitEdge::Kind::input, i, spec.inputs[i].receptor}, circuit);
  // A blocker acts wherever there are receptors that can be blocked.
  for (std::uint32_t b = 0; b < spec.blockers.size(); ++b)
    for (std::uint32_t i = 0; i < populations; ++i)
      for (std::uint32_t r = 0; r < spec.populations[i].receptors.size(); ++r)
        if (const ReceptorModel* model = spec.populations[i].receptors[r].model; model != nullptr && model->blockable)
          boost::add_edge(populations + inputs + spec.blockers[b].drug, i, {CircuitEdge::Kind::block, b, r}, circuit);
  return circuit;
}

double expected_synapses(const ProjectionSpec& projection) {
  const auto sources = static_cast<double>(projection.source.count),
             targets = static_cast<double>(projection.target.count);
  const auto number = static_cast<double>(projection.wiring.number);
  if (sources == 0.0 || targets == 0.0) return 0.0;
  double pairs = sources * targets;
  if (!projection.wiring.autapses && projection.source.population == projection.target.population) {
    const std::uint64_t first = std::max(projection.source.first, projection.target.first);
    const std::uint64_t last =
        std::min(projection.source.first + projection.source.count, projection.target.first + projection.target.count);
    pairs -= last > first ? static_cast<double>(last - first) : 0.0;
  }
  switch (projection.wiring.rule) {
    case WiringSpec::Rule::all_to_all:
      return pairs;
    case WiringSpec::Rule::one_to_one:
      return std::min(sources, targets);
    case WiringSpec::Rule::fixed_in_degree:
      return number * targets;
    case WiringSpec::Rule::fixed_out_degree:
      return number * sources;
    case WiringSpec::Rule::fixed_total:
      return number;
    case WiringSpec::Rule::bernoulli:
    case WiringSpec::Rule::distance:
    case WiringSpec::Rule::ring:
      break;
  }
  return projection.wiring.p * pairs;
}

std::vector<Finding> check_circuit(const ModelSpec& spec) { return Checker(spec).run(); }

}  // namespace burgeon
