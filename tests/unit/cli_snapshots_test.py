#!/usr/bin/env python3
"""Edge snapshots and graph records of the program, read with h5py: contents, files beside run.h5, bad requests refused."""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy as np

BURGEON = os.environ.get("BURGEON_BIN", "burgeon")

MODEL = """
title = "Synapses that come and go"
[simulation]
duration = "1 s"
slow_tick = "20 ms"
[populations.pyr]
model = "lif_cond"
n = 60
receptors.ampa = { model = "exp_conductance", E_rev = "0 mV" }
receptors.nmda = { model = "nmda", subunit = "2B" }
[populations.pv]
model = "lif_cond"
n = 20
receptors.ampa = { model = "exp_conductance", E_rev = "0 mV" }
[projections.pyr_to_pyr]
source = "pyr"
target = "pyr"
receptor = "ampa"
wiring = { rule = "bernoulli", p = 0.2 }
weight = { lognormal = ["0.1 nS", "0.05 nS"] }
delay = { uniform = ["1 ms", "3 ms"] }
[projections.pyr_to_pv]
source = "pyr"
target = "pv"
receptor = "ampa"
wiring = { rule = "all_to_all" }
weight = "0.25 nS"
delay = "1.5 ms"
[structure.spines]
model = "spine_turnover"
update = "20 ms"
projection = "pyr_to_pyr"
f0 = "2 1/s"
tau_new = "500 ms"
maturation = "1 1/s"
e0 = "0.5 1/s"
[record.signals]
kind = "signal"
"""
EDGES = """
[record.synapses]
kind = "edges"
projection = "*"
at = ["0 s", "0.5 s", "1 s"]
[record.graph]
projection = "*"
every = "200 ms"
"""


def burgeon(*words):
    return subprocess.run([BURGEON, *map(str, words)], capture_output=True, text=True, env={**os.environ, "NO_COLOR": "1"})


class SnapshotsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = Path(cls.folder.name)
        cls.model = cls.root / "model.toml"
        cls.model.write_text(MODEL + EDGES)
        cls.out = cls.root / "out"
        done = burgeon("run", cls.model, "--out", cls.out, "--threads", 2, "--progress", "none")
        assert done.returncode == 0, done.stderr

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def edges(self, name, group):
        with h5py.File(self.out / name) as file:
            edges = file["edges"][group]
            inner = {key: data[()] for key, data in edges["0"].items()}
            return edges["source_node_id"][()], edges["target_node_id"][()], inner, float(file.attrs["time_ms"])

    def test_snapshots_and_log_tell_the_same(self):
        source, target, first, time = self.edges("edges_0.h5", "pyr__pyr__ampa")
        self.assertEqual(time, 0.0)
        alive = dict(zip(first["uid"].tolist(), zip(source.tolist(), target.tolist())))
        with h5py.File(self.out / "run.h5") as file:
            log = {name: data[()].tolist() for name, data in file["run/topology/pyr_to_pyr"].items()}
        born = {}
        for t, kind, uid, s, d in zip(log["time"], log["kind"], log["uid"], log["source"], log["target"]):
            if t > 500.0:
                break
            if kind == 0:
                alive[uid], born[uid] = (s, d), t
            elif kind == 1:
                del alive[uid]
        source, target, then, _ = self.edges("edges_500.h5", "pyr__pyr__ampa")
        self.assertEqual(dict(zip(then["uid"].tolist(), zip(source.tolist(), target.tolist()))), alive)
        self.assertEqual(then["born"].tolist(), [born.get(uid, 0.0) for uid in then["uid"].tolist()])
        self.assertGreater(max(then["born"]), 0.0)
        self.assertTrue(np.all((then["delay"] >= 1.0) & (then["delay"] <= 3.0)))

    def test_dense_projections_have_all_pairs(self):
        source, target, inner, _ = self.edges("edges_1000.h5", "pyr__pv__ampa")
        self.assertEqual(len(set(zip(source.tolist(), target.tolist()))), 60 * 20)
        self.assertTrue(np.allclose(inner["syn_weight"], 0.25) and np.allclose(inner["delay"], 1.5))
        self.assertNotIn("uid", inner)

    def test_graph_is_a_series(self):
        with h5py.File(self.out / "run.h5") as file:
            graph = file["run/series/graph"]
            np.testing.assert_allclose(graph["time"][()], np.arange(0, 1001, 200))
            degree = graph["pyr_to_pyr.degree.in.mean"][()]
            self.assertNotIn("pyr_to_pv.degree.in.mean", graph)
        self.assertAlmostEqual(degree[-1], len(self.edges("edges_1000.h5", "pyr__pyr__ampa")[0]) / 60)

    def test_a_run_that_replaces_another_leaves_none_of_its_snapshots(self):
        again = self.root / "again"
        self.assertEqual(burgeon("run", self.model, "--out", again, "--progress", "none").returncode, 0)
        plain = self.root / "plain.toml"
        plain.write_text(MODEL)
        self.assertEqual(burgeon("run", plain, "--out", again, "--force", "--progress", "none").returncode, 0)
        self.assertEqual(list(again.glob("edges_*")), [])
        self.assertTrue((self.out / "edges_500.h5").exists())

    def test_bad_requests_are_refused(self):
        for edges, words in (
            ('kind = "edges"\nprojection = "pyr_to_pyr"', "at"),
            ('kind = "edges"\nprojection = "pyr_to_py"\nat = ["1 s"]', "pyr_to_pyr"),
            ('kind = "edges"\nprojection = "pyr_to_pyr"\nat = ["2 s"]', "after the end"),
            ('kind = "edges"\nprojection = "pyr_to_pyr"\nat = []', "without times"),
            ('kind = "edges"\nprojection = "pyr_to_pyr"\nat = ["1 s"]\ntarget = "pyr"', "target"),
            ('kind = "graph"\nprojection = "pyr_to_pv"\nevery = "1 s"', "within one population"),
            ('kind = "graph"\nprojection = "pyr_to_pyr"', "every"),
        ):
            bad = self.root / "bad.toml"
            bad.write_text(MODEL + "[record.x]\n" + edges + "\n")
            done = burgeon("check", bad)
            self.assertEqual(done.returncode, 3, edges)
            self.assertIn(words, done.stderr, edges)

    def test_describe_names_projections_and_times(self):
        text = burgeon("describe", self.model).stdout
        self.assertIn("pyr_to_pv, pyr_to_pyr", text)
        self.assertIn("at 0 s, 500 ms, 1 s", text)
        self.assertIn("edges", burgeon("schema").stdout)


if __name__ == "__main__":
    unittest.main()
