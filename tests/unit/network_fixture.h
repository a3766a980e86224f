#pragma once
// Small networks for tests: specs put together by hand, and the synapses of a built network as a sorted list.

#include <gtest/gtest.h>

#include <algorithm>
#include <compare>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "network/network.h"

namespace burgeon::test {

/// A receptor row that does nothing; `blockable` as asked.
inline const ReceptorModel& bare_receptor(bool blockable = false) {
  static const auto row = [](bool is_blockable) {
    ReceptorModel model{};
    model.weight_unit = "nS";
    model.blockable = is_blockable;
    return model;
  };
  static const ReceptorModel plain = row(false), nmda = row(true);
  return blockable ? nmda : plain;
}

inline PopulationSpec population(const std::string& name, std::uint64_t size) {
  PopulationSpec p;
  p.name = name;
  p.size = size;
  ReceptorSpec receptor;
  receptor.name = "ampa";
  receptor.model = &bare_receptor();
  p.receptors.push_back(receptor);
  receptor.name = "nmda";
  receptor.model = &bare_receptor(true);
  p.receptors.push_back(receptor);
  return p;
}

inline WiringSpec rule(WiringSpec::Rule kind, std::uint64_t number = 0, double p = 0.0) {
  WiringSpec w;
  w.rule = kind;
  w.number = number;
  w.p = p;
  return w;
}

inline Draw constant(double value) {
  Draw draw;
  draw.a = value;
  return draw;
}

inline Draw normal(double mean, double sd, double low = -1e300, double high = 1e300) {
  return {Draw::Kind::normal, mean, sd, low, high};
}

inline Draw lognormal(double mean, double sd) { return {Draw::Kind::lognormal, mean, sd, -1e300, 1e300}; }

/// Population 0 "a" and population 1 "b".
inline ModelSpec two_populations(std::uint64_t a, std::uint64_t b) {
  ModelSpec spec;
  spec.populations = {population("a", a), population("b", b)};
  return spec;
}

/// Appends a projection between whole populations, weight 1, delay 1 ms.
inline ProjectionSpec& connect(ModelSpec& spec, std::uint32_t from, std::uint32_t to, const WiringSpec& wiring) {
  ProjectionSpec p;
  p.name = spec.populations[from].name + "_to_" + spec.populations[to].name;
  if (!spec.projections.empty()) p.name += "_" + std::to_string(spec.projections.size());
  p.source = {from, 0, spec.populations[from].size, spec.populations[from].name};
  p.target = {to, 0, spec.populations[to].size, spec.populations[to].name};
  p.wiring = wiring;
  p.weight = constant(1.0);
  p.delay = constant(1.0);
  return spec.projections.emplace_back(std::move(p));
}

inline Network build(const ModelSpec& spec, unsigned slices = 1) {
  return build_network(spec, slices, [slices](const std::function<void(unsigned)>& f) {
    for (unsigned s = slices; s-- > 0;) f(s);  // last slice first: order must not matter
  });
}

/// One synapse; source and target are indices in their populations.
struct Edge {
  std::uint64_t source, target;
  std::uint32_t delay;
  float weight;
  friend auto operator<=>(const Edge&, const Edge&) = default;
};

/// Synapses of one slice of a projection with stored rows, appended in row order.
inline void append_edges(const Network& network, const Projection& p, unsigned slice, std::vector<Edge>& edges) {
  const Rows& rows = p.slice[slice];
  const std::uint64_t owned = network.owned(p.target_population, slice).begin;
  std::vector<std::uint16_t> delays;
  for (std::uint64_t row = 0; row < p.source.size(); ++row) {
    p.read_delays(rows, row, delays);
    for (std::uint64_t k = rows.row_begin(row); k < rows.row_end(row); ++k) {
      Edge e{};
      e.source = p.source.begin + row;
      e.target = owned + (rows.target16.empty() ? rows.target32[k] : rows.target16[k]);
      e.weight = p.weight_at(rows, k);
      e.delay = delays.at(k - rows.row_begin(row));
      edges.push_back(e);
    }
    EXPECT_EQ(delays.size(), rows.row_end(row) - rows.row_begin(row));
  }
}

/// All synapses of a projection with stored rows, sorted.
inline std::vector<Edge> edges(const Network& network, std::size_t projection = 0) {
  std::vector<Edge> all;
  for (unsigned s = 0; s < network.slices; ++s) append_edges(network, network.projections[projection], s, all);
  std::sort(all.begin(), all.end());
  return all;
}

inline std::vector<std::uint64_t> in_degrees(const std::vector<Edge>& list, std::uint64_t targets) {
  std::vector<std::uint64_t> degree(targets, 0);
  for (const Edge& e : list) ++degree[e.target];
  return degree;
}

inline std::vector<std::uint64_t> out_degrees(const std::vector<Edge>& list, std::uint64_t sources) {
  std::vector<std::uint64_t> degree(sources, 0);
  for (const Edge& e : list) ++degree[e.source];
  return degree;
}

}  // namespace burgeon::test
