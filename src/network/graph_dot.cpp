#include <fmt/format.h>

#include <algorithm>
#include <boost/graph/graphviz.hpp>
#include <cctype>
#include <sstream>
#include <string>

#include "network/circuit.h"
#include "network/graph.h"

namespace burgeon {
namespace {

/// 12345 -> "12,345".
std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
  return digits;
}

std::string describe(const Draw& draw, std::string_view unit) {
  switch (draw.kind) {
    case Draw::Kind::constant:
      return fmt::format("{:g} {}", draw.a, unit);
    case Draw::Kind::uniform:
      return fmt::format("{:g} to {:g} {}", draw.a, draw.b, unit);
    case Draw::Kind::normal:
      return fmt::format("{:g} ± {:g} {}", draw.a, draw.b, unit);
    case Draw::Kind::lognormal:
      return fmt::format("{:g} ± {:g} {} (lognormal)", draw.a, draw.b, unit);
    case Draw::Kind::exponential:
      break;
  }
  return fmt::format("{:g} {} (exponential)", draw.a, unit);
}

std::string describe(const WiringSpec& wiring) {
  const std::string_view kernel = wiring.kernel == WiringSpec::Kernel::gaussian ? "gaussian" : "exponential";
  switch (wiring.rule) {
    case WiringSpec::Rule::all_to_all:
      return "all to all";
    case WiringSpec::Rule::one_to_one:
      return "one to one";
    case WiringSpec::Rule::bernoulli:
      return fmt::format("p = {:g}", wiring.p);
    case WiringSpec::Rule::fixed_in_degree:
      return fmt::format("in-degree {}", grouped(wiring.number));
    case WiringSpec::Rule::fixed_out_degree:
      return fmt::format("out-degree {}", grouped(wiring.number));
    case WiringSpec::Rule::fixed_total:
      return fmt::format("{} synapses", grouped(wiring.number));
    case WiringSpec::Rule::distance:
      return fmt::format("p = {:g}, {} {:g} um", wiring.p, kernel, wiring.width);
    case WiringSpec::Rule::ring:
      break;
  }
  return fmt::format("p = {:g}, {} {:g} rad on the ring", wiring.p, kernel, wiring.width);
}

/// Fill colour of a cell class: light tints of the colour-blind-safe palette of Okabe & Ito (2008, "Color universal design").
std::string_view fill_colour(std::string cell_class) {
  std::transform(cell_class.begin(), cell_class.end(), cell_class.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  const auto any = [&](std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view w) { return cell_class.find(w) != std::string::npos; });
  };
  if (any({"vip"})) return "#ecc9dc";
  if (any({"sst", "som", "martinotti", "olm"})) return "#b3e0d2";
  if (any({"pv", "basket", "fast"})) return "#b3d5e8";
  if (any({"inh", "interneuron", "gaba"})) return "#cfe8f7";
  if (any({"pyr", "exc", "principal", "granule", "glu"})) return "#f5cfb3";
  if (any({"dop", "serotonin", "chol", "noradr"})) return "#f9f3b4";
  return "#e6e6e6";
}

std::string dot_string(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

struct VertexWriter {
  const ModelSpec& spec;
  const Circuit& circuit;

  void operator()(std::ostream& out, Circuit::vertex_descriptor v) const {
    const std::uint32_t i = circuit[v].index;
    switch (circuit[v].kind) {
      case CircuitVertex::Kind::population: {
        const PopulationSpec& p = spec.populations[i];
        std::string label = fmt::format("{}\n{} neurons", p.name, grouped(p.size));
        if (p.model != nullptr) label += fmt::format("\n{}", p.model->name);
        if (!p.cell_class.empty() && p.cell_class != p.name) label += fmt::format("\n{}", p.cell_class);
        out << fmt::format("[shape=box, style=\"rounded,filled\", fillcolor=\"{}\", label={}]",
                           fill_colour(p.cell_class), dot_string(label));
        return;
      }
      case CircuitVertex::Kind::input: {
        constexpr std::string_view kinds[] = {"Poisson spikes", "current", "noisy current", "noisy conductance",
                                              "given spikes"};
        const InputSpec& input = spec.inputs[i];
        out << fmt::format("[shape=plaintext, fontcolor=\"#555555\", label={}]",
                           dot_string(fmt::format("{}\n{}", input.name, kinds[static_cast<std::size_t>(input.kind)])));
        return;
      }
      case CircuitVertex::Kind::drug: {
        const DrugSpec& drug = spec.drugs[i];
        const std::string doses = drug.doses.size() == 1 ? "1 dose" : fmt::format("{} doses", drug.doses.size());
        out << fmt::format("[shape=hexagon, style=filled, fillcolor=\"#f9e0a8\", label={}]",
                           dot_string(fmt::format("{}\n{}", drug.name, doses)));
        return;
      }
    }
  }
};

struct EdgeWriter {
  const ModelSpec& spec;
  const Circuit& circuit;

  void operator()(std::ostream& out, const Circuit::edge_descriptor& e) const {
    const CircuitEdge& edge = circuit[e];
    const PopulationSpec& target = spec.populations[boost::target(e, circuit)];
    const ReceptorSpec* receptor = edge.receptor < target.receptors.size() ? &target.receptors[edge.receptor] : nullptr;
    const std::string_view receptor_name = receptor != nullptr ? std::string_view(receptor->name) : "";
    const std::string_view unit = receptor != nullptr && receptor->model != nullptr ? receptor->model->weight_unit : "";
    switch (edge.kind) {
      case CircuitEdge::Kind::projection: {
        const ProjectionSpec& p = spec.projections[edge.index];
        // A blunt end for inhibition, as in circuit diagrams.
        const bool inhibitory = p.weight.a < 0.0 || receptor_name.starts_with("gaba");
        const std::string label = fmt::format("{}\n{}\n{}, {}", receptor_name, describe(p.wiring),
                                              describe(p.weight, unit), describe(p.delay, "ms"));
        out << fmt::format("[color=\"{0}\", fontcolor=\"{0}\", arrowhead={1}, label={2}]",
                           inhibitory ? "#0072b2" : "#d55e00", inhibitory ? "tee" : "normal", dot_string(label));
        return;
      }
      case CircuitEdge::Kind::input: {
        const InputSpec& input = spec.inputs[edge.index];
        const bool to_membrane = input.kind == InputSpec::Kind::current || input.kind == InputSpec::Kind::ou_current;
        out << fmt::format("[color=\"#888888\", fontcolor=\"#555555\", label={}]",
                           dot_string(to_membrane ? std::string() : std::string(receptor_name)));
        return;
      }
      case CircuitEdge::Kind::block:
        out << fmt::format("[style=dashed, color=\"#b8860b\", fontcolor=\"#8a6508\", arrowhead=dot, label={}]",
                           dot_string(fmt::format("blocks {}\n{}", receptor_name, spec.blockers[edge.index].signal)));
        return;
    }
  }
};

}  // namespace

std::string write_dot(const ModelSpec& spec) {
  const Circuit circuit = circuit_graph(spec);
  std::ostringstream out;
  boost::write_graphviz(out, circuit, VertexWriter{spec, circuit}, EdgeWriter{spec, circuit},
                        [&](std::ostream& header) {
                          header << "graph [label=" << dot_string(spec.title)
                                 << ", labelloc=t, fontname=\"Helvetica\", nodesep=0.6, ranksep=0.9]\n"
                                    "node [fontname=\"Helvetica\", fontsize=11]\n"
                                    "edge [fontname=\"Helvetica\", fontsize=9]\n";
                        });
  return out.str();
}

}  // namespace burgeon
