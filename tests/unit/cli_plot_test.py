#!/usr/bin/env python3
"""scripts/plot.py on files with known content: its numbers, its figures, its messages."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import h5py
import numpy as np

ROOT = Path(os.environ.get("BURGEON_ROOT", Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(ROOT / "scripts"))
import plot  # noqa: E402
import plot_slow  # noqa: E402

CLASSES = {"pyr": ("pyramidal", 160, 2.0), "pv": ("PV", 40, 10.0), "sst": ("SST", 20, 6.0), "vip": ("VIP", 16, 4.0)}
END, START, STOP = 60e3, 20e3, 40e3  # ms


def write_run(path, peak=1.0, gain=1.5, seed=1, drug=True, spikes=True, baseline=True):
    """A run of 60 s; drug from 20 to 40 s raises the pyramidal rate by `gain` and gives it a 40 Hz rhythm."""
    random = np.random.default_rng(seed)
    path = Path(path)
    path.mkdir(parents=True, exist_ok=True)
    start = START if baseline else 0.0
    with h5py.File(path / "run.h5", "w") as file:
        config = {
            "populations": [{"name": name, "class": c, "n": n} for name, (c, n, _) in CLASSES.items()],
            "drugs": [{"name": "ketamine", "doses": [{"start": start, "duration": STOP - start, "amount": 35.0}]}] if drug else [],
        }
        file["run/provenance/config_source"] = np.bytes_(b'title = "Ketamine in a prefrontal column"\n[simulation]\n')
        file["run/provenance/config_resolved_json"] = np.bytes_(json.dumps(config).encode())
        time = np.arange(0.0, END + 1, 100.0)
        rise = np.where(time < start, 0.0, np.where(time < STOP, 1 - np.exp(-(time - start) / 3e3), np.exp(-(time - STOP) / 8e3)))
        if drug:
            columns = {"ketamine.plasma_ng_ml": (200.0 * rise, "ug/L", "plasma"),
                       "ketamine.effect_site": (peak * rise, "uM", "free"),
                       "ketamine.norketamine.effect_site": (0.15 * peak * rise, "uM", "free norketamine")}
            write_series(file, "drug", time, columns)
            blocked = "mean fraction of receptors blocked by drugs"
            write_series(file, "block", time, {f"{name}.nmda": (rise * (0.2 + 0.1 * i), "1", blocked)
                                               for i, name in enumerate(CLASSES)})
        if spikes:
            for name, (_, n, rate) in CLASSES.items():
                steps = np.arange(0.0, END, 1.0)
                level = np.interp(steps, time, rise) if drug else 0.0 * steps
                factor = 1.0 + (gain - 1.0 if name == "pyr" else -0.4) * level
                if name == "pyr":
                    factor = factor * (1.0 + 0.6 * level * np.sin(2 * np.pi * 40.0 * steps * 1e-3))
                counts = random.poisson(n * rate * 1e-3 * factor)
                times = np.repeat(steps, counts) + random.uniform(0.0, 1.0, counts.sum())
                order = np.argsort(times)
                group = file.create_group(f"spikes/{name}")
                group["timestamps"] = times[order]
                group["node_ids"] = random.integers(0, n, counts.sum()).astype(np.uint64)
    return path


def write_series(file, name, time, columns):
    group = file.create_group(f"run/series/{name}")
    group["time"] = time
    for column, (values, unit, meaning) in columns.items():
        group[column] = values
        group[column].attrs["units"] = np.bytes_(unit)
        group[column].attrs["long_name"] = np.bytes_(meaning)


DAY, HOUR = 86400e3, 3600e3


def write_slow_run(path, drug=True, stress=True, edges=True, log=True, multiscale=True, names="xyz"):
    """Thirty days under names that say nothing: 200 synapses, every second lost by day 10, half of those made anew by day 20.

    Stress from day 1 to 10, a dose on day 12."""
    path = Path(path)
    path.mkdir(parents=True, exist_ok=True)
    x, y, z = names
    random = np.random.default_rng(3)
    source, target = random.integers(0, 30, 200), random.integers(0, 40, 200)
    with h5py.File(path / "run.h5", "w") as file:
        config = {
            "populations": [{"name": "pyr", "class": "pyramidal", "n": 40}, {"name": "pv", "class": "PV", "n": 10}],
            "projections": [{"name": "loop", "source": {"name": "pyr", "population": 0}, "target": {"name": "pyr", "population": 0}}],
            "slow": [{"name": x, "model": "bdnf"}, {"name": y, "model": "mood"}, {"name": z, "model": "ampa_gain"},
                     {"name": "glutamate_of_another_kind", "model": "delay"}] +
                    ([{"name": "w", "model": "stress", "inputs": {"load": "load.level"}}] if stress else []),
            "structure": [{"name": "v", "model": "spine_turnover"}],
            "drugs": [{"name": "ketamine", "doses": [{"start": 12 * DAY, "duration": 40 * 60e3}]}] if drug else [],
        }
        file["run/provenance/config_source"] = np.bytes_(b'title = "Thirty days"\n')
        file["run/provenance/config_resolved_json"] = np.bytes_(json.dumps(config).encode())
        time = np.unique(np.concatenate([np.arange(0, 30 * DAY, 6 * HOUR), 12 * DAY + np.arange(0, 6 * HOUR, 600e3)]))
        since = np.maximum(time - 12 * DAY, 0.0) / HOUR
        pulse = since * np.exp(-since) if drug else 0.0 * since
        load = ((time > 1 * DAY) & (time < 10 * DAY)).astype(float)
        columns = {f"{x}.level": (1 + pulse, "1", "BDNF"), f"{y}.severity": (6 + 20 * load, "1", "points"),
                   f"{z}.gain": (1 + 0.2 * pulse, "1", "gain"), "v.density": (1 - 0.2 * load, "1", "density"),
                   "v.mature": (np.full(len(time), 190.0), "1", "mature"), "v.new": (10 + 5 * load, "1", "new"),
                   "v.lost": (5 + 5 * load, "1", "lost")}
        if stress:
            columns["w.level"] = (load, "1", "stress")
        if drug:
            columns["ketamine.effect_site"] = (pulse, "uM", "free")
            columns["ketamine.plasma_ng_ml"] = (300 * pulse, "ug/L", "plasma")
        write_series(file, "signals", time, columns)
        if drug:
            write_series(file, "block", time, {"pyr.nmda": (0.3 * pulse, "1", "mean fraction of receptors blocked by drugs")})
        if multiscale:
            steps = np.arange(0, 30 * DAY, DAY / 4)
            names_of = ("span", "burst", "e_H", "e_S", "e_R", "doubt")
            values = (np.full(len(steps), DAY / 4), np.full(len(steps), 3e3), *[np.zeros(len(steps))] * 3, (np.arange(len(steps)) % 20 == 0) * 4.0)
            write_series(file, "multiscale", steps, {n: (v, "1", n) for n, v in zip(names_of, values)})
        if log:
            gone, made = np.arange(0, 200, 2), np.arange(200, 250)
            group = file.create_group("run/topology/loop")
            group["time"] = np.concatenate([np.linspace(2 * DAY, 10 * DAY, 100), np.linspace(13 * DAY, 20 * DAY, 50)])
            group["kind"] = np.concatenate([np.ones(100), np.zeros(50)]).astype(np.uint8)
            group["uid"] = np.concatenate([gone, made]).astype(np.uint64)
            group["source"] = np.concatenate([source[gone], source[:50]]).astype(np.uint64)
            group["target"] = np.concatenate([target[gone], target[:50]]).astype(np.uint64)
            group.attrs["target_population"] = np.bytes_(b"pyr")
    if edges:
        with h5py.File(path / "edges_0.h5", "w") as file:
            file.attrs["time_ms"] = 0.0
            group = file.create_group("edges/pyr__pyr__ampa")
            group["source_node_id"], group["target_node_id"] = source.astype(np.uint64), target.astype(np.uint64)
            group["0/uid"] = np.arange(200, dtype=np.uint64)
    return path


def panels_of(path):
    """Words at the y axes of the figure of months."""
    plt = plot.setup()
    figure = plot.KINDS["multiscale"](plt, [plot.Run(path)])
    figure.canvas.draw()
    words = [axis.get_ylabel().replace("\n", " ") for axis in figure.get_axes() if axis.get_visible()]
    plt.close(figure)
    return words


def call(*words):
    return subprocess.run([sys.executable, str(ROOT / "scripts/plot.py"), *map(str, words)], capture_output=True, text=True)


class PlotTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = Path(cls.folder.name)
        cls.path = write_run(cls.root / "run")
        cls.run_file = plot.Run(cls.path)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_windows_are_the_drug_free_and_the_highest_stretch(self):
        before, during = self.run_file.windows()
        self.assertEqual(before, (0.0, START))
        self.assertGreaterEqual(during[0], START)
        self.assertLessEqual(during[1], END)
        self.assertTrue(during[0] < 36e3 < during[1])

    def test_the_parent_drug_is_the_level(self):
        self.assertEqual(self.run_file.level()[2], "ketamine")
        self.assertAlmostEqual(self.run_file.level()[1].max(), 1.0, delta=0.01)

    def test_names_come_from_the_stored_model(self):
        self.assertEqual(self.run_file.title, "Ketamine in a prefrontal column")
        self.assertEqual(self.run_file.doses(), [(START, STOP)])
        self.assertEqual(self.run_file.size("pv"), 40)

    def test_baseline_rates(self):
        before, _ = self.run_file.windows()
        for name, (_, _, rate) in CLASSES.items():
            self.assertAlmostEqual(plot.mean_rate(self.run_file, name, before), rate, delta=0.05 * rate)

    def test_density_of_a_poisson_train_is_twice_rate_over_n(self):
        before, _ = self.run_file.windows()
        frequency, density = plot.spectrum(self.run_file, "pv", before)
        expected = 2 * 10.0 / 40
        self.assertAlmostEqual(density[(frequency > 5) & (frequency < 400)].mean(), expected, delta=0.05 * expected)
        self.assertAlmostEqual(frequency[1], 1.0)

    def test_rhythm_shows_in_its_band_only(self):
        before, during = self.run_file.windows()
        base, drug = (plot.spectrum(self.run_file, "pyr", w) for w in (before, during))
        self.assertEqual(round(float(drug[0][np.argmax(drug[1])])), 40)
        self.assertGreater(plot.band_power(drug, 30, 80), 1.6 * plot.band_power(base, 30, 80))

    def test_smoothing_keeps_a_constant_to_the_ends(self):
        np.testing.assert_allclose(plot.smooth(np.full(50, 3.0), 5.0), 3.0)

    def test_populations_are_drawn_in_the_order_of_classes(self):
        self.assertEqual(plot.rank_of(self.run_file), ["pyr", "pv", "sst", "vip"])
        self.assertEqual(len({plot.colour_of(c) for c, _, _ in CLASSES.values()}), 4)

    def test_populations_of_one_class_are_told_apart_and_the_largest_leads(self):
        run = plot.Run(write_run(self.root / "alike"))
        next(item for item in run.config["populations"] if item["name"] == "vip")["class"] = "PV"
        self.assertEqual([run.label(name) for name in ("pyr", "pv", "vip")], ["pyramidal", "PV (pv)", "PV (vip)"])
        self.assertEqual(plot.rank_of(run), ["pyr", "pv", "vip", "sst"])
        self.assertEqual(len({plot.shade_of(run, name) for name in run.populations}), 4)

    def test_every_kind_makes_an_image(self):
        for kind in ("overview", "raster", "spectrum", "drug"):
            out = self.root / f"{kind}.png"
            done = call("--kind", kind, "--out", out, self.path)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(done.stderr, "")
            self.assertGreater(out.stat().st_size, 10_000)

    def test_overview_without_drug_and_without_baseline(self):
        for name, options in (("free", {"drug": False}), ("drugged", {"baseline": False})):
            done = call(write_run(self.root / name, **options))
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertTrue((self.root / name / "overview.png").exists())

    def test_dose_response_from_runs_and_from_a_table(self):
        runs = [write_run(self.root / f"d{i}_{seed}", peak, gain, seed)
                for i, (peak, gain) in enumerate(((0.3, 1.1), (1.0, 1.5), (10.0, 0.6))) for seed in (1, 2)]
        points = plot.points_of_runs([plot.Run(path) for path in runs])
        pyramidal = [rate / base for _, name, rate, base in points if name == "pyramidal"]
        self.assertGreater(np.mean(pyramidal[2:4]), np.mean(pyramidal[:2]))
        self.assertLess(np.mean(pyramidal[4:]), 1.0)
        out = self.root / "dose.png"
        self.assertEqual(call("--kind", "dose_response", "--out", out, *runs).returncode, 0)

        table = self.root / "sweep.csv"
        table.write_text("level,seed,pyr.rate,pv.rate\n0,1,2,10\n0,2,2.1,10.4\n1,1,3,8\n1,2,3.2,8.1\n10,1,1,4\n10,2,1.2,4.4\n")
        done = call("--kind", "dose_response", table)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertTrue((self.root / "dose_response.png").exists())

    def test_months_have_panels_on_their_own_scales(self):
        path = write_slow_run(self.root / "months")
        words = " | ".join(panels_of(path))
        for word in ("plasma", "effect site", "NMDA", "baseline", "spines", "turnover", "gain", "MADRS", "step", "target neuron",
                     "share of neurons"):
            self.assertIn(word, words)
        done = call(path)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertGreater((path / "overview.png").stat().st_size, 30_000)
        self.assertTrue((path / "overview.pdf").read_bytes().startswith(b"%PDF"))

    def test_months_without_some_parts(self):
        for name, missing, options in (("nodrug", "plasma", {"drug": False}), ("calm", "nothing", {"stress": False}),
                                       ("nolog", "share", {"log": False}), ("nosnap", "target neuron", {"edges": False}),
                                       ("direct", "step", {"multiscale": False}), ("bare", "share", {"drug": False, "stress": False,
                                                                                   "log": False, "multiscale": False})):
            path = write_slow_run(self.root / name, **options)
            self.assertNotIn(missing, " | ".join(panels_of(path)), name)
            done = call("--out", path / "x.png", path)
            self.assertEqual((done.returncode, done.stderr), (0, ""), name)
            self.assertFalse((path / "x.pdf").exists())

    def test_signals_are_found_by_the_model_that_writes_them(self):
        run = plot.Run(write_slow_run(self.root / "named", names=("mood", "bdnf", "stress")))
        self.assertEqual(plot_slow.processes(run, "mood"), ["bdnf"])
        self.assertEqual(plot_slow.signal(run, "mood", "severity")[1].max(), 26.0)
        self.assertIsNone(plot_slow.signal(run, "glutamate", "tone"))

    def test_connections_follow_the_log(self):
        run = plot.Run(write_slow_run(self.root / "followed"))
        times = plot_slow.moments(run)
        self.assertEqual([m.name for m in times], ["before stress", "before treatment", "after treatment"])
        self.assertEqual(times[1].time, 12 * DAY)
        start, edges = plot_slow.first_edges(run, "loop")
        _, log = plot_slow.logged_projection(run)
        states = plot_slow.follow(log, start, edges, [0.0, 12 * DAY, 30 * DAY])
        self.assertEqual([len(state) for state in states], [200, 100, 150])
        # Without a snapshot the change since the start is the same.
        change = plot_slow.gains_per_target(log, 40, [12 * DAY, 30 * DAY])
        self.assertEqual([int(c.sum()) for c in change], [-100, -50])
        before = np.bincount([t for _, t in states[0].values()], minlength=40)
        np.testing.assert_array_equal(before + change[1], np.bincount([t for _, t in states[2].values()], minlength=40))

    def test_labels_do_not_touch_nor_leave_the_axis(self):
        plt = plot.setup()
        figure, axis = plt.subplots()
        axis.set_ylim(0, 1)
        plot_slow.spread(axis, [(y, str(y), "k") for y in (0.98, 0.99, 1.0, 0.5, 0.51)], 0.12)
        places = sorted(text.xy[1] for text in axis.texts)
        self.assertGreaterEqual(min(np.diff(places)), 0.12 - 1e-9)
        self.assertLessEqual(max(places), 1.0 + 1e-9)
        plt.close(figure)

    def test_messages_say_what_to_do(self):
        silent = write_run(self.root / "silent", spikes=False)
        done = call(silent)
        self.assertEqual(done.returncode, 5)
        self.assertIn("record.spikes", done.stderr)
        self.assertIn("record.drug", call("--kind", "drug", write_run(self.root / "free2", drug=False)).stderr)
        empty = self.root / "empty"
        empty.mkdir()
        self.assertIn("run.h5", call(empty).stderr)
        (empty / "run.h5").write_bytes(b"no HDF5")
        self.assertEqual(call(empty).returncode, 5)
        self.assertEqual(call("--kind", "overview", self.path, self.path).returncode, 2)


if __name__ == "__main__":
    unittest.main()
