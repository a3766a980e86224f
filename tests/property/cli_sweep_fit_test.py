#!/usr/bin/env python3
"""A fit that is interrupted and killed ends like an undisturbed one, for any number of workers, and draws its figure."""

import json
import os
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

BURGEON = os.environ.get("BURGEON_BIN", "burgeon")
ROOT = Path(os.environ.get("BURGEON_ROOT", Path(__file__).resolve().parents[2]))

FIT = """
title = "fit"
model = "circuit.toml"
[set]
"simulation.duration" = "1 s"
"simulation.discard" = "0 ms"
"simulation.scale" = 0.05
[axes.w]
path = ["projections.inh_to_exc.weight", "projections.inh_to_inh.weight"]
unit = "pA"
from = -200
to = -40
[replicates]
count = 3
[fit]
budget = 140
population = 6
confirm = 4
[outputs]
rate = { measure = "exc.rate", target = 6, tolerance = 0.5 }
"""


class SweepFitTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="burgeon_fit_")
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        (self.folder / "circuit.toml").write_text((ROOT / "models/circuits/brette_cuba.toml").read_text())
        self.file = self.folder / "fit.toml"
        self.file.write_text(FIT)

    def words(self, command, out, *options):
        return [BURGEON, "sweep", command, str(self.file), "--out", str(self.folder / out), *map(str, options)]

    def run_it(self, *words):
        return subprocess.run(self.words(*words), capture_output=True, text=True, timeout=120)

    def disturb(self, out, number, records):
        """Starts a fit and sends a signal once there are so many records; its exit code."""
        process = subprocess.Popen(self.words("fit", out, "-j", "2"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 60
        while sum(path.is_file() for path in (self.folder / out / "runs").rglob("*")) < records:
            self.assertIsNone(process.poll(), "the fit was over before it could be disturbed")
            self.assertLess(time.monotonic(), end)
            time.sleep(0.002)
        process.send_signal(number)
        return process.wait(timeout=60)

    def damage_one_record(self):
        """The planted fault: a record that does not prove itself."""
        record = next(path for path in sorted((self.folder / "wild/runs").rglob("*")) if path.is_file())
        record.write_bytes(record.read_bytes()[:-5])

    def test_disturbed_and_undisturbed_fits_are_equal(self):
        done = self.run_it("fit", "calm", "-j", "1", "--figures")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("rate (Hz)", done.stdout)
        self.assertTrue((self.folder / "calm/figures/fit.png").exists(), done.stderr)
        self.assertEqual(self.disturb("wild", signal.SIGKILL, 20), -signal.SIGKILL)
        self.assertEqual(self.disturb("wild", signal.SIGTERM, 60), 130)
        # The books of a fit that was stopped balance, and say that something is left.
        status = self.run_it("status", "wild", "--json")
        self.assertEqual(status.returncode, 6, status.stderr)
        part = json.loads(status.stdout)
        self.assertGreaterEqual(part["done"], 20)
        self.assertEqual(part["planned"], part["done"] + part["failed"] + part["pending"])
        self.assertGreater(part["pending"], 0)
        done = self.run_it("fit", "wild", "-j", "3", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        for name in ("fit.json", "fit.csv"):
            self.assertEqual((self.folder / "calm" / name).read_bytes(), (self.folder / "wild" / name).read_bytes(), name)
        fit = json.loads(done.stdout)
        self.assertLessEqual(fit["runs"], 140)
        verified = self.run_it("verify", "wild", "--json")
        self.assertEqual(verified.returncode, 0, verified.stderr)
        whole = json.loads(verified.stdout)
        self.assertEqual((whole["planned"], whole["done"], whole["failed"], whole["pending"]), (fit["runs"], fit["runs"], 0, 0))
        self.assertEqual(whole["alarms"], [])
        self.damage_one_record()
        self.assertEqual(self.run_it("status", "wild").returncode, 6)
        self.assertEqual(self.run_it("verify", "wild").returncode, 5)
        self.assertLess(fit["axes"]["w"]["low_95"], fit["axes"]["w"]["value"])
        # A search with another seed is another search; the comparison above is not one of constants.
        self.file.write_text(FIT.replace("confirm = 4", "confirm = 4\nseed = 2"))
        other = json.loads(self.run_it("fit", "calm", "--json").stdout)
        self.assertNotEqual(other["axes"]["w"]["value"], fit["axes"]["w"]["value"])

    def test_each_command_refuses_the_other_kind_of_file(self):
        planned = self.run_it("plan", "out", "--json")
        self.assertEqual(planned.returncode, 0, planned.stderr)
        self.assertEqual(json.loads(planned.stdout)["runs"], 140)
        self.assertEqual(self.run_it("plan", "out", "--points").returncode, 2)
        for command in ("run", "collate"):
            refused = self.run_it(command, "out")
            self.assertEqual(refused.returncode, 3)
            self.assertIn("sweep fit", refused.stderr)
        self.file.write_text(FIT[: FIT.index("[fit]")].replace("to = -40", "to = -40\npoints = 3"))
        refused = self.run_it("fit", "out")
        self.assertEqual(refused.returncode, 3)
        self.assertIn("has no [fit]", refused.stderr)

    def test_a_model_that_always_fails_is_no_fit(self):
        self.file.write_text(FIT.replace("[set]", '[set]\n"populations.exc.C_m" = "-1 pF"').replace("to = -40", "to = -40"))
        done = self.run_it("fit", "out")
        self.assertEqual(done.returncode, 6, done.stderr)
        self.assertIn("C_m", done.stderr)


if __name__ == "__main__":
    unittest.main()
