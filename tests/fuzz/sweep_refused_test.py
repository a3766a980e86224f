#!/usr/bin/env python3
"""Sweeps on disks that refuse, and points that can't be run: every run says how it ended, the rest finishes, exit code 6."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from cli_runs import burgeon  # noqa: E402

MODEL = """
title = "one population"
[simulation]
duration = "200 ms"
slow_tick = "50 ms"
[populations.p]
model = "lif_cond"
n = 20
receptors.ampa = { model = "exp_conductance", tau = "2 ms", E_rev = "0 mV" }
[inputs.drive]
type = "poisson"
target = "p"
receptor = "ampa"
rate = "1 kHz"
weight = "4 nS"
"""
SWEEP = 'title = "t"\nmodel = "model.toml"\n[axes.x]\npath = "{path}"\nunit = "{unit}"\nvalues = {values}\n[replicates]\ncount = {count}\n'


class RefusedTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="burgeon_refused_")
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        (self.folder / "model.toml").write_text(MODEL)
        self.file = self.folder / "sweep.toml"

    def write(self, path="populations.p.C_m", unit="pF", values="[100, 200]", count=1):
        self.file.write_text(SWEEP.format(path=path, unit=unit, values=values, count=count))

    def sweep(self, command, out, *words):
        return burgeon("sweep", command, self.file, "--out", out, *words)

    def books(self, out):
        done = self.sweep("status", out, "--json")
        return done.returncode, json.loads(done.stdout)

    def test_points_that_are_poisoned_fail_alone(self):
        # A value that is refused, and one that turns membrane potentials into NaN half way.
        cases = {"model": ("populations.p.C_m", "pF", "[100, -1, 300]"), "numerical": ("inputs.drive.weight", "nS", "[1, 1e300, 4]")}
        for problem, (path, unit, values) in cases.items():
            self.write(path, unit, values)
            out = self.folder / problem
            done = self.sweep("run", out, "-j", 2)
            self.assertEqual(done.returncode, 6, done.stderr)
            self.assertIn("run 1 failed: " + problem, done.stderr)
            code, books = self.books(out)
            self.assertEqual((code, books["done"], books["failed"], books["pending"]), (6, 2, 1, 0))
            self.assertEqual([(f["run"], f["problem"]) for f in books["failures"]], [(1, problem)])
            logged = [json.loads(line) for log in (out / "logs").glob("*.jsonl") for line in log.read_text().splitlines()]
            self.assertEqual(sorted(event["state"] for event in logged), ["done", "done", "failed"])
            # No number for what has none, and not without being asked.
            self.assertEqual(self.sweep("collate", out).returncode, 6)
            self.assertEqual(self.sweep("collate", out, "--partial", "--csv").returncode, 0)
            row = next(line for line in (out / "sweep.csv").read_text().splitlines() if ",failed," in line)
            self.assertTrue(row.endswith(",failed" + "," * (row.count(",") - row[:row.index(",failed")].count(",") - 1)), row)

    def test_folders_that_cannot_be_written(self):
        self.write()
        in_the_way = self.folder / "in_the_way"
        in_the_way.write_text("mine")
        for out in (in_the_way, "/proc/burgeon"):
            done = self.sweep("run", out)
            self.assertEqual(done.returncode, 5, done.stderr)
            self.assertRegex(done.stderr, r"error: cannot create folder")
        self.assertEqual(in_the_way.read_text(), "mine")

    def test_a_disk_that_fills_up_loses_nothing_that_it_took(self):
        disk = self.folder / "disk"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(disk)], capture_output=True).returncode != 0:
            self.skipTest("may not mount a small disk")
        try:
            self.write(count=60)
            out = disk / "out"
            done = self.sweep("run", out)
            self.assertEqual(done.returncode, 6, done.stderr)
            self.assertIn("No space left on device", done.stderr)
            self.assertIn("unrecorded", done.stderr)
            code, books = self.books(out)
            self.assertEqual(code, 6)
            self.assertEqual(books["done"] + books["pending"], 120)
            self.assertGreater(books["done"], 10)
            self.assertGreater(books["pending"], 10)
            # With room the same command does the rest, and no more than that.
            subprocess.run(["mount", "-o", "remount,size=16m", str(disk)], check=True)
            again = self.sweep("run", out, "--json")
            self.assertEqual(again.returncode, 0, again.stderr)
            self.assertEqual(json.loads(again.stdout)["executed"], books["pending"])
            self.assertEqual(self.sweep("verify", out).returncode, 0)
            self.assertEqual(self.sweep("run", self.folder / "roomy").returncode, 0)
            for place in (out, self.folder / "roomy"):
                self.assertEqual(self.sweep("collate", place).returncode, 0)
            self.assertEqual((out / "sweep.h5").read_bytes(), (self.folder / "roomy/sweep.h5").read_bytes())
        finally:
            subprocess.run(["umount", str(disk)], check=True)


if __name__ == "__main__":
    unittest.main()
