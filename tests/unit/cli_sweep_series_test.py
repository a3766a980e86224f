#!/usr/bin/env python3
"""Series of a sweep's runs: sweep.h5 refers to them, wherever the folder is moved, and what is missing is noticed."""

import json
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy

BURGEON = os.environ.get("BURGEON_BIN", "burgeon")

MODEL = """
title = "one population"
[simulation]
duration = "50 ms"
[populations.exc]
model = "lif_psc_exp"
n = 10
I_e = "500 pA"
receptors.ampa = { model = "exp_current", tau = "2 ms" }
[record.rates]
kind = "rate"
target = "exc"
every = "5 ms"
"""

SWEEP = """
title = "series"
model = "model.toml"
[axes.I]
path = "populations.exc.I_e"
unit = "pA"
values = [300, 500, 900]
[axes.T]
path = "simulation.duration"
unit = "ms"
values = %s
[outputs]
series = true
mean = { series = "exc", reduce = "mean" }
peak = { series = "exc", reduce = "max" }
peak_at = { series = "exc", reduce = "time_of_max" }
active = { series = "exc", reduce = "time_above", above = 10 }
active_s = { series = "exc", reduce = "time_above", above = 10, unit = "s" }
at_20 = { series = "exc", reduce = "last", stop = "20 ms" }
"""


class SweepSeriesTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="burgeon_series_")
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        (self.folder / "model.toml").write_text(MODEL)
        self.file = self.folder / "sweep.toml"

    def sweep(self, command, out, *options):
        words = [BURGEON, "sweep", command, str(self.file), "--out", str(self.folder / out), *map(str, options)]
        return subprocess.run(words, capture_output=True, text=True, timeout=120)

    def collated(self, out, durations="[50]", *options):
        self.file.write_text(SWEEP % durations)
        done = self.sweep("run", out, "--progress", "none", *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        done = self.sweep("collate", out)
        self.assertEqual(done.returncode, 0, done.stderr)
        return self.folder / out / "sweep.h5"

    def test_rows_are_the_runs_and_reductions_agree_with_them(self):
        self.collated("out")
        moved = self.folder / "elsewhere" / "results"
        moved.parent.mkdir()
        shutil.move(self.folder / "out", moved)
        with h5py.File(moved / "sweep.h5") as file:
            rates, time = file["series/rates/exc"], file["series/rates/time"][()]
            self.assertTrue(rates.is_virtual)
            self.assertEqual(rates.shape, (3, 10))
            self.assertEqual(rates.attrs["units"], b"Hz" if isinstance(rates.attrs["units"], bytes) else "Hz")
            values = rates[()]
            self.assertTrue(numpy.isfinite(values).all())
            self.assertGreater(values[2].sum(), values[0].sum())
            summary = {name: data[()] for name, data in file["summary"].items()}
            units = file["summary/active_s"].attrs["units"]
            self.assertEqual(units if isinstance(units, str) else units.decode(), "s")
        numpy.testing.assert_allclose(summary["mean"], values.mean(axis=1), rtol=1e-12)
        numpy.testing.assert_array_equal(summary["peak"], values.max(axis=1))
        numpy.testing.assert_array_equal(summary["peak_at"], time[values.argmax(axis=1)])
        numpy.testing.assert_array_equal(summary["at_20"], values[:, numpy.searchsorted(time, 20.0, "right") - 1])
        # Straight lines between samples, on a grid fine enough for a thousandth.
        fine = numpy.linspace(time[0], time[-1], 400001)
        above = [(numpy.interp(fine, time, row) > 10).mean() * (time[-1] - time[0]) for row in values]
        numpy.testing.assert_allclose(summary["active"], above, atol=1e-3 * (time[-1] - time[0]))
        numpy.testing.assert_allclose(summary["active_s"], summary["active"] / 1000, rtol=1e-12)

    def test_shorter_runs_end_with_nan_and_bytes_do_not_depend_on_the_workers(self):
        one = self.collated("one", "[30, 50]")
        two = self.collated("two", "[30, 50]", "-j", "3")
        self.assertEqual(one.read_bytes(), two.read_bytes())
        with h5py.File(one) as file:
            rates = file["series/rates/exc"][()]
            length = file["design/values"][:, list(file["design/name"].asstr()).index("T")]
            self.assertEqual(file["series/rates/time"].shape, (10,))
        numpy.testing.assert_array_equal(numpy.isfinite(rates).sum(axis=1), numpy.where(length == 30, 6, 10))
        numpy.testing.assert_array_equal(rates[length == 30][:, :6], rates[length == 50][:, :6])

    def test_an_owner_that_died_after_publishing_left_a_file_that_is_found(self):
        path = self.collated("out")
        before = path.read_bytes()
        for series in (self.folder / "out/series").glob("*.h5"):
            series.rename(series.with_suffix(".1.h5"))
        self.assertEqual(self.sweep("collate", "out").returncode, 0)
        self.assertEqual(path.read_bytes(), before)

    def test_a_lost_file_is_an_alarm(self):
        self.collated("out")
        files = sorted((self.folder / "out/series").glob("*.h5"))
        self.assertEqual(len(files), 3)
        files[0].unlink()
        files[1].write_bytes(files[1].read_bytes()[:500])
        verified = self.sweep("verify", "out", "--json")
        self.assertEqual(verified.returncode, 5)
        self.assertEqual(len(json.loads(verified.stdout)["alarms"]), 2)
        self.assertEqual(self.sweep("collate", "out").returncode, 5)


if __name__ == "__main__":
    unittest.main()
