#!/usr/bin/env python3
"""Results as files: compared, reproduced, replaced only when told, and readable without burgeon."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from cli_runs import burgeon, hash_of, write_model  # noqa: E402

SAME, DIFFERENT, USAGE, DISK = 0, 7, 2, 5


class ResultsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.root = Path(cls.temporary.name)
        cls.model = write_model(cls.root / "model.toml", duration="1500 ms")
        text = cls.model.read_text()
        # What would start after the end has no effect and would only warn.
        cls.model.write_text(text[:text.index("[[interventions]]")] + text[text.index("[record.spikes]"):])
        cls.result = cls.root / "run"
        done = burgeon("run", cls.model, "--out", cls.result)
        assert done.returncode == 0 and done.stderr == "", done.stderr

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def copy(self, name):
        return Path(shutil.copytree(self.result, self.root / name))

    def change(self, path, dataset):
        """Adds one to the last value of a dataset."""
        with h5py.File(path, "r+") as file:
            values = numpy.array(file[dataset])
            values.reshape(-1)[-1] += 1
            file[dataset][...] = values

    def test_diff_finds_one_changed_value_anywhere(self):
        places = [("run.h5", "spikes/pyr/timestamps"), ("run.h5", "spikes/pv/node_ids"), ("run.h5", "run/series/rates/pyr"),
                  ("run.h5", "run/summary/pyr.rate"), ("reports/membrane.h5", "report/pyr/data")]
        for i, (file, dataset) in enumerate(places):
            with self.subTest(dataset):
                folder = self.copy(f"changed{i}")
                self.assertEqual(burgeon("diff", folder, self.result).returncode, SAME)
                self.change(folder / file, dataset)
                done = burgeon("diff", folder, self.result)
                self.assertEqual(done.returncode, DIFFERENT, done.stdout)
                self.assertIn("The results DIFFER", done.stdout)
                self.assertIn(Path(dataset).parts[1] if file == "run.h5" else file, done.stdout)
                report = json.loads(burgeon("diff", folder, self.result, "--json").stdout)
                self.assertFalse(report["same"])
                self.assertTrue(report["results"])

    def test_diff_with_a_tolerance_compares_the_summary(self):
        folder = self.copy("close")
        with h5py.File(folder / "run.h5", "r+") as file:
            file["run/summary/pyr.rate"][...] = file["run/summary/pyr.rate"][()] * 1.001
        self.assertEqual(burgeon("diff", folder, self.result, "--tolerance", 0.01).returncode, SAME)
        self.assertEqual(burgeon("diff", folder, self.result, "--tolerance", 0.0001).returncode, DIFFERENT)
        for value in (numpy.inf, numpy.nan):
            with h5py.File(folder / "run.h5", "r+") as file:
                file["run/summary/pyr.rate"][...] = value
            self.assertEqual(burgeon("diff", folder, self.result, "--tolerance", 0.5).returncode, DIFFERENT, value)

    def test_diff_of_what_is_no_result(self):
        empty = self.root / "empty"
        empty.mkdir()
        for other in (empty, self.root / "absent", self.model):
            done = burgeon("diff", self.result, other)
            self.assertEqual(done.returncode, DISK, done.stderr)
            self.assertIn(str(other), done.stderr)

    def test_reproduce_says_same(self):
        for what in (self.result, self.result / "run.h5"):
            done = burgeon("reproduce", what, "--threads", 1)
            self.assertEqual(done.returncode, SAME, done.stderr)
            self.assertIn(f"Same result: {hash_of(self.result)}", done.stdout)
            self.assertFalse((self.result / "reproduced").exists())
        report = json.loads(burgeon("reproduce", self.result, "--json").stdout)
        self.assertEqual(report, {"same": True, "then": hash_of(self.result), "now": hash_of(self.result)})

    def test_reproduce_detects_tampering(self):
        wrong_hash = self.copy("wrong_hash")
        with h5py.File(wrong_hash / "run.h5", "r+") as file:
            right = file["run/provenance"].attrs["result_hash"]
            file["run/provenance"].attrs["result_hash"] = numpy.bytes_(b"0123456789abcdef")
        done = burgeon("reproduce", wrong_hash)
        self.assertEqual(done.returncode, DIFFERENT, done.stderr)
        self.assertIn("DIFFERENT: 0123456789abcdef then, " + hash_of(self.result), done.stdout)
        self.assertIn(hash_of(self.result), str(right))

        wrong_values = self.copy("wrong_values")
        self.change(wrong_values / "run.h5", "spikes/pyr/timestamps")
        self.assertEqual(burgeon("reproduce", wrong_values).returncode, DIFFERENT)

        no_hash = self.copy("no_hash")
        with h5py.File(no_hash / "run.h5", "r+") as file:
            del file["run/provenance"].attrs["result_hash"]
        done = burgeon("reproduce", no_hash)
        self.assertEqual(done.returncode, DISK)
        self.assertIn("result hash is missing", done.stderr)

    def test_results_are_replaced_only_when_told(self):
        folder = self.copy("again")
        before = (folder / "run.h5").read_bytes()
        refused = burgeon("run", self.model, "--out", folder, "--seed", 9)
        self.assertEqual(refused.returncode, USAGE)
        self.assertIn("--force", refused.stderr)
        self.assertIn("burgeon resume", refused.stderr)
        self.assertEqual((folder / "run.h5").read_bytes(), before)
        self.assertEqual(burgeon("run", self.model, "--out", folder, "--seed", 9, "--force").returncode, 0)
        self.assertEqual(burgeon("diff", folder, self.result).returncode, DIFFERENT)

        # Nothing of the old run stays, reports that the new one does not write included.
        text = self.model.read_text()
        brief = self.root / "brief.toml"
        brief.write_text(text[:text.index("[record.membrane]")])
        self.assertEqual(burgeon("run", brief, "--out", folder, "--force").returncode, 0)
        self.assertFalse((folder / "reports").exists())

    def test_json_of_a_run_is_one_object_and_nothing_else(self):
        done = burgeon("run", self.model, "--out", self.root / "json", "--json")
        report = json.loads(done.stdout)
        self.assertEqual(done.stderr, "")
        self.assertTrue(report["complete"])
        self.assertEqual(report["result_hash"], hash_of(self.result))

    def test_progress_comes_in_three_forms(self):
        forms = {"plain": r"^100\.0 %  1 s 500 ms of 1 s 500 ms  left 0 s .* synapses", "jsonl": r'^\{"biological_ms":',
                 "none": r"^$"}
        for form, pattern in forms.items():
            done = burgeon("run", self.model, "--out", self.root / f"progress_{form}", "--progress", form)
            self.assertRegex(done.stderr.splitlines()[-1] if done.stderr else "", pattern)
            self.assertNotIn("\x1b", done.stderr)

    def test_the_schema_describes_the_model_file(self):
        schema = json.loads(burgeon("schema").stdout)
        self.assertEqual(schema["type"], "object")
        self.assertFalse(schema["additionalProperties"])
        for table in ("simulation", "populations", "projections", "inputs", "drugs", "doses", "interventions", "record"):
            self.assertIn(table, schema["properties"])
        self.assertIn("duration", schema["properties"]["simulation"]["properties"])

    def test_hdf5_tools_read_every_file(self):
        if shutil.which("h5dump") is None:
            self.skipTest("h5dump is not installed")
        for file in (self.result / "run.h5", self.result / "reports/membrane.h5"):
            done = subprocess.run(["h5dump", "-H", str(file)], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (0, ""), file)
            self.assertIn("DATASET", done.stdout)

    def test_octave_reads_the_results(self):
        octave = shutil.which("octave-cli")
        if octave is None:
            self.assertNotIn("CI", os.environ, "octave-cli is missing where every reader must be tested")
            self.skipTest("octave-cli is not installed (scripts/setup ci)")
        code = f"s = load('-hdf5', '{self.result / 'run.h5'}'); printf('%d %.17g\\n', numel(s.spikes.pyr.timestamps), " \
            "s.spikes.pyr.timestamps(end));"
        done = subprocess.run([octave, "--norc", "--quiet", "--eval", code], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        with h5py.File(self.result / "run.h5") as file:
            times = file["spikes/pyr/timestamps"][()]
        count, last = done.stdout.split()
        self.assertEqual((int(count), float(last)), (len(times), times[-1]))


if __name__ == "__main__":
    unittest.main()
