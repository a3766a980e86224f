#include "io/edges.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <span>
#include <system_error>

#include "base/errors.h"
#include "io/audit.h"
#include "io/hdf5.h"
#include "io/posix.h"

namespace burgeon {

namespace {

void write_pairs(hid_t group, const std::string& name, const std::vector<std::uint64_t>& values) {
  hdf5::Handle dataset =
      hdf5::create_dataset(group, name, H5T_STD_U64LE, {.rows = values.size() / 2, .width = 2, .chunk_rows = 32768});
  hdf5::write_rows(dataset, H5T_NATIVE_UINT64, 0, values.size() / 2, values.data(), name);
  dataset.close(name);
}

/// SONATA index: node n owns the ranges [a, b) of node_id_to_ranges[n]; a range is a run of edges [first, last + 1).
void write_index(hid_t indices, const char* name, std::span<const std::uint64_t> nodes, std::uint64_t size) {
  // Runs of consecutive edges with the same node, then grouped by node; the sort is stable so runs stay in edge order.
  struct Run {
    std::uint64_t node, begin, end;
  };
  std::vector<Run> runs;
  for (std::uint64_t e = 0; e < nodes.size(); ++e) {
    if (runs.empty() || runs.back().node != nodes[e]) runs.push_back({nodes[e], e, e});
    runs.back().end = e + 1;
  }
  std::stable_sort(runs.begin(), runs.end(), [](const Run& a, const Run& b) { return a.node < b.node; });

  std::vector<std::uint64_t> node_to_ranges(2 * size, 0);
  std::vector<std::uint64_t> range_to_edges;
  range_to_edges.reserve(2 * runs.size());
  for (std::uint64_t r = 0; r < runs.size(); ++r) {
    std::uint64_t* range = &node_to_ranges[2 * runs[r].node];
    if (range[1] == 0) range[0] = r;
    range[1] = r + 1;
    range_to_edges.push_back(runs[r].begin);
    range_to_edges.push_back(runs[r].end);
  }
  const hdf5::Handle group = hdf5::create_group(indices, name);
  write_pairs(group, "node_id_to_ranges", node_to_ranges);
  write_pairs(group, "range_to_edge_id", range_to_edges);
}

template <class T>
std::vector<T> reordered(const std::vector<T>& values, const std::vector<std::uint64_t>& order) {
  std::vector<T> result;
  result.reserve(order.size());
  for (const std::uint64_t i : order) result.push_back(values[i]);
  return result;
}

void expect_valid(const EdgeData& edges) {
  const std::size_t n = edges.source_ids.size();
  expect(edges.target_ids.size() == n && edges.weights.size() == n && edges.delays.size() == n,
         "one entry per synapse");
  expect(edges.uids.empty() || edges.uids.size() == n, "one uid per synapse");
  expect(edges.born.empty() || edges.born.size() == n, "one birth per synapse");
  for (const std::uint64_t id : edges.source_ids) expect(id < edges.source_size, "sources are in their population");
  for (const std::uint64_t id : edges.target_ids) expect(id < edges.target_size, "targets are in their population");
}

void write_projection(hid_t parent, const EdgeData& edges) {
  expect_valid(edges);
  // By target, then source: the incoming synapses of a neuron, the usual question, are then one range.
  const std::size_t n = edges.source_ids.size();
  std::vector<std::uint64_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::uint64_t a, std::uint64_t b) {
    return std::pair(edges.target_ids[a], edges.source_ids[a]) < std::pair(edges.target_ids[b], edges.source_ids[b]);
  });
  const auto sources = reordered(edges.source_ids, order);
  const auto targets = reordered(edges.target_ids, order);

  const hdf5::Handle group = hdf5::create_group(parent, edges.source + "__" + edges.target + "__" + edges.receptor);
  const hdf5::Handle source = hdf5::write_dataset(group, "source_node_id", sources);
  hdf5::write_attribute(source, "node_population", edges.source);
  const hdf5::Handle target = hdf5::write_dataset(group, "target_node_id", targets);
  hdf5::write_attribute(target, "node_population", edges.target);
  std::vector<std::uint64_t> index(n);
  std::iota(index.begin(), index.end(), 0);
  hdf5::write_dataset(group, "edge_type_id", std::vector<std::int64_t>(n, -1));
  hdf5::write_dataset(group, "edge_group_id", std::vector<std::uint64_t>(n, 0));
  hdf5::write_dataset(group, "edge_group_index", index);

  const hdf5::Handle inner = hdf5::create_group(group, "0");
  hdf5::write_dataset(inner, "syn_weight", reordered(edges.weights, order),
                      edges.weight_unit.empty() ? "1" : edges.weight_unit);
  hdf5::write_dataset(inner, "delay", reordered(edges.delays, order), "ms");
  if (!edges.uids.empty()) hdf5::write_dataset(inner, "uid", reordered(edges.uids, order));
  if (!edges.born.empty()) hdf5::write_dataset(inner, "born", reordered(edges.born, order), "ms");

  const hdf5::Handle indices = hdf5::create_group(group, "indices");
  write_index(indices, "source_to_target", sources, edges.source_size);
  write_index(indices, "target_to_source", targets, edges.target_size);
}

}  // namespace

std::filesystem::path edges_path(const std::filesystem::path& folder, double t_ms) {
  return folder / fmt::format("edges_{}.h5", t_ms);
}

void write_edges(const std::filesystem::path& folder, const EdgeSnapshot& snapshot) {
  const hdf5::Lock lock;
  const std::filesystem::path path = edges_path(folder, snapshot.name_ms);
  const std::filesystem::path temporary = path.string() + ".tmp";
  try {
    hdf5::Handle file = hdf5::create_file(temporary);
    hdf5::write_attribute(file, "magic", std::vector<std::uint32_t>{0x0A7A}, true);
    hdf5::write_attribute(file, "version", std::vector<std::uint32_t>{0, 1});
    hdf5::write_attribute(file, "format", std::string("burgeon"));
    hdf5::write_attribute(file, "format_version", std::vector<std::uint32_t>{1, 0, 0});
    hdf5::write_attribute(file, "time_ms", snapshot.time_ms);
    {
      const hdf5::Handle edges = hdf5::create_group(file, "edges");
      for (const auto& projection : snapshot.projections) write_projection(edges, projection);
    }
    file.close(temporary.string());

    // Read back: a close on a full disk can report success, the checksums of the chunks don't lie.
    hdf5::Handle again = hdf5::open_file(temporary);
    audit(again, temporary);
    hdf5::for_each_dataset(again, "",
                           [](const std::string& name, hid_t dataset) { (void)hdf5::hash_dataset(dataset, name); });
    again.close(temporary.string());
    posix::publish(temporary, path);
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    throw;
  }
}

}  // namespace burgeon
