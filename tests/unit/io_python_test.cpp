// The field's own tools read what is written: h5py every item, h5dump the structure; SONATA's rules are checked one by one.

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "io/edges.h"
#include "unit/io_run.h"

namespace burgeon {
namespace {

using namespace io_run;

/// Output of a command with its exit status.
std::pair<int, std::string> run_command(const std::string& command) {
  std::string output;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  char buffer[4096];
  while (const std::size_t n = fread(buffer, 1, sizeof buffer, pipe)) output.append(buffer, n);
  return {pclose(pipe), output};
}

void write_snapshot(const std::filesystem::path& folder) {
  const std::vector<std::uint64_t> sources{3, 0, 3, 1, 0};
  const std::vector<std::uint64_t> targets{1, 1, 0, 1, 0};
  const std::vector<float> weights{31.0F, 1.0F, 30.0F, 11.0F, 0.5F};
  const std::vector<float> delays{1.0F, 2.0F, 3.0F, 4.0F, 5.0F};
  const std::vector<std::uint64_t> uids{10, 11, 12, 13, 14};
  const std::vector<double> born{0, 0, 0, 50, 60};
  const EdgeData edges{.source = "pyr",
                       .target = "pv",
                       .receptor = "ampa",
                       .source_size = 8,
                       .target_size = 2,
                       .source_ids = sources,
                       .target_ids = targets,
                       .weights = weights,
                       .weight_unit = "nS",
                       .delays = delays,
                       .uids = uids,
                       .born = born};
  write_edges(folder, {1000.0, 1000.0, {edges}});
}

constexpr const char* reader = R"python(
import json, sys
import h5py, numpy as np
folder = sys.argv[1]

def walk(path):
    """Reads every item and every attribute; strings have fixed length, filters are the three allowed."""
    with h5py.File(path, "r") as f:
        count = 0
        def visit(name, item):
            nonlocal count
            count += 1
            for key in item.attrs:
                if key not in ("DIMENSION_LIST", "REFERENCE_LIST"):
                    assert h5py.check_string_dtype(item.attrs.get_id(key).dtype) is None or \
                        h5py.check_string_dtype(item.attrs.get_id(key).dtype).length is not None, (name, key)
                item.attrs[key]
            if isinstance(item, h5py.Dataset):
                item[()]
                info = h5py.check_string_dtype(item.dtype)
                assert info is None or info.length is not None, name
                if item.chunks:
                    assert item.compression == "gzip" and item.shuffle and item.fletcher32, name
        f.visititems(visit)
        return count

assert walk(folder + "/run.h5") > 40
walk(folder + "/reports/v.h5")
walk(folder + "/edges_1000.h5")

with h5py.File(folder + "/run.h5") as f:
    assert f.attrs["magic"] == 0x0A7A and f.attrs["magic"].dtype == np.uint32
    assert list(f.attrs["version"]) == [0, 1] and f.attrs["complete"] == 1
    assert f.attrs["format"] == b"burgeon" or f.attrs["format"] == "burgeon"
    assert list(f["spikes"]) == ["pv", "pyr"]
    for population in f["spikes"].values():
        assert sorted(population) == ["node_ids", "timestamps"]
        sorting = population.attrs.get_id("sorting").dtype
        assert h5py.check_enum_dtype(sorting) == {"none": 0, "by_id": 1, "by_time": 2} and population.attrs["sorting"] == 2
        assert population["timestamps"].attrs["units"] in (b"ms", "ms") and population["timestamps"].dtype == np.float64
        assert population["node_ids"].dtype == np.uint64 and np.all(np.diff(population["timestamps"]) >= 0)
    nodes = f["nodes/pyr"]
    assert list(nodes["node_id"]) == list(range(8)) and set(nodes["node_type_id"]) == {-1}
    assert nodes["node_type_id"].dtype == np.int64
    assert nodes["0/@library/model_type"][0] == b"point_neuron" and set(nodes["0/model_type"]) == {0}
    assert list(nodes["0/y"]) == [0, 2, 4, 6, 8, 10, 12, 14] and nodes["0/y"].dtype == np.float32
    assert list(nodes["0/dynamics_params/C_m"]) == [281.0] * 8
    # The default plot: root -> run -> series -> group -> signal against time.
    plot = f
    for _ in range(3):
        plot = plot[plot.attrs["default"]]
    text = lambda value: value.decode() if isinstance(value, bytes) else value
    assert text(plot.attrs["NX_class"]) == "NXdata"
    signal = plot[text(plot.attrs["signal"])]
    assert signal.dims[0][0] == plot["time"] and plot["time"].attrs["CLASS"] in (b"DIMENSION_SCALE", "DIMENSION_SCALE") and signal.shape == plot["time"].shape
    kinds = f["run/topology/pyr_to_pv/kind"]
    assert h5py.check_enum_dtype(kinds.dtype) == {"create": 0, "prune": 1} and set(kinds[()]) == {0, 1}
    assert f["run/summary/rate.pyr"][()] == 4.25 and text(f["run/summary/rate.pyr"].attrs["units"]) == "Hz"
    assert [a.decode() for a in f["run/provenance/argv"]] == ["burgeon", "run", "tiny.toml"]
    assert f["run/provenance/config_source"][()].decode().endswith("\u00b5 is two bytes\n")

with h5py.File(folder + "/reports/v.h5") as f:
    assert list(f["report"]) == ["pyr"]
    report = f["report/pyr"]
    assert sorted(report) == ["data", "mapping"] and report["data"].dtype == np.float32 and report["data"].shape == (200, 5)
    assert report["data"][3, 2] == np.float32(-70 + 1.5 + 2)
    mapping = report["mapping"]
    assert list(mapping["node_ids"]) == [0, 1, 3, 5, 7] and mapping["node_ids"].attrs["sorted"] == 1
    assert list(mapping["index_pointers"]) == [0, 1, 2, 3, 4, 5] and mapping["index_pointer"] == mapping["index_pointers"]
    assert mapping["element_ids"].dtype == np.uint32 and mapping["element_pos"].dtype == np.float32
    assert list(mapping["time"]) == [0.0, 100.0, 0.5] and f["time"].shape == (200,)

with h5py.File(folder + "/edges_1000.h5") as f:
    e = f["edges/pyr__pv__ampa"]
    assert list(e["target_node_id"]) == [0, 0, 1, 1, 1] and list(e["source_node_id"]) == [0, 3, 0, 1, 3]
    assert list(e["0/syn_weight"]) == [0.5, 30, 1, 11, 31] and list(e["0/uid"]) == [14, 12, 11, 13, 10]
    assert e["source_node_id"].attrs["node_population"] in (b"pyr", "pyr")
    for index, ids, size in (("source_to_target", "source_node_id", 8), ("target_to_source", "target_node_id", 2)):
        ranges, edges = e["indices"][index]["node_id_to_ranges"][()], e["indices"][index]["range_to_edge_id"][()]
        assert ranges.shape == (size, 2)
        for node in range(size):
            found = [i for r in range(*ranges[node]) for i in range(*edges[r])]
            assert found == list(np.flatnonzero(e[ids][()] == node)), (index, node)

for name in ("circuit_config", "simulation_config", "node_sets", "summary"):
    json.load(open(f"{folder}/{name}.json"))
assert json.load(open(folder + "/summary.json"))["measures"]["rate.pyr"]["value"] == 4.25
print("all read")
)python";

TEST(Python, ReadsEveryItem) {
  const Folder folder;
  write_run(folder.path, 200);
  write_snapshot(folder.path);
  write_bytes(folder.path / "reader.py", reader);
  if (run_command("/usr/bin/python3 -c 'import h5py'").first != 0) GTEST_SKIP() << "no h5py";
  const auto [status, output] =
      run_command("/usr/bin/python3 " + (folder.path / "reader.py").string() + " " + folder.path.string());
  EXPECT_EQ(status, 0) << output;
}

TEST(H5dump, ReadsHeaderAndData) {
  if (run_command("h5dump --version").first != 0) GTEST_SKIP() << "no h5dump";
  const Folder folder;
  write_run(folder.path, 50);
  const auto [status, output] = run_command("h5dump -H " + (folder.path / "run.h5").string());
  EXPECT_EQ(status, 0) << output;
  EXPECT_NE(output.find("DATASET \"timestamps\""), std::string::npos);
  EXPECT_EQ(output.find("H5T_VARIABLE"), std::string::npos);
  EXPECT_EQ(run_command("h5dump " + (folder.path / "run.h5").string() + " > /dev/null").first, 0);
  EXPECT_EQ(run_command("h5dump " + (folder.path / "reports/v.h5").string() + " > /dev/null").first, 0);
}

}  // namespace
}  // namespace burgeon
