#!/usr/bin/env python3
"""Runs with bursts and leaps through the program: stopped, killed and resumed, described, checked, read back."""

import json
import os
import random
import signal
import sys
import tempfile
import time
import unittest
from pathlib import Path

import h5py

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from cli_runs import burgeon, contents, hash_of, same_values, start  # noqa: E402

SEED = int(os.environ.get("BURGEON_TEST_SEED", random.SystemRandom().randrange(1 << 32)))

MODEL = """
title = "A slow side"
[simulation]
duration = "20 min"
dt = "0.5 ms"
slow_tick = "50 ms"
baseline = "1 s"
[multiscale]
burst = "1.5 s"
burn_in = "250 ms"
longest_burst = "3 s"
first_leap = "5 s"
longest_leap = "20 s"
tolerance = 0.01
probe_every = 7
[populations.exc]
model = "lif_psc_exp"
n = 80
receptors.exc = { model = "exp_current", tau = "2 ms" }
[inputs.background]
type = "poisson"
target = "exc"
receptor = "exc"
rate = "4 kHz"
weight = "62 pA"
[courses.load]
value = [["0 s", 0.0], ["301.03 s", 1.0]]
[slow.stress]
load = "load.level"
[slow.glutamate]
rate = "exc.rate.relative"
tau = "300 s"
[slow.synaptic_scaling]
target = "exc"
rate = "exc.rate"
target_rate = "8 Hz"
tau = "2 h"
[couplings.gain]
signal = "synaptic_scaling.gain"
target = "exc"
receptor = "exc"
[record.signals]
kind = "signal"
[record.spikes]
target = "exc"
"""


class LeapsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        print(f"BURGEON_TEST_SEED={SEED}", file=sys.stderr)
        cls.random = random.Random(SEED)
        cls.temporary = tempfile.TemporaryDirectory()
        cls.root = Path(cls.temporary.name)
        cls.model = cls.root / "slow.toml"
        cls.model.write_text(MODEL)
        cls.whole = cls.root / "whole"
        begin = time.monotonic()
        cls.done = burgeon("run", cls.model, "--out", cls.whole, "--threads", 1)
        cls.wall = time.monotonic() - begin
        assert cls.done.returncode == 0, cls.done.stderr
        cls.expected = contents(cls.whole)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def assert_same_as_whole(self, folder):
        self.assertEqual(hash_of(folder), hash_of(self.whole))
        found = contents(folder)
        self.assertEqual(set(found), set(self.expected))
        for name, values in self.expected.items():
            self.assertTrue(same_values(found[name], values), name)

    def test_the_end_tells_what_was_leapt_over(self):
        self.assertIn("bursts and leaps: simulated", self.done.stdout)
        self.assertIn("% of range (", self.done.stdout)
        summary = json.loads(burgeon("inspect", self.whole, "--json").stdout)["summary"]
        names = json.dumps(summary)
        for measure in ("multiscale.simulated", "multiscale.error", "multiscale.steps", "multiscale.doubtful"):
            self.assertIn(measure, names)
        with h5py.File(self.whole / "run.h5") as file:
            table = file["run/series/multiscale"]
            times, spans = table["time"][()], table["span"][()]
            # Every moment belongs to one step, and none is skipped.
            self.assertTrue((abs(times[1:] - times[:-1] - spans[:-1]) < 1e-6).all())
            self.assertGreater(spans.max(), 10000.0)
            self.assertLess(table["burst"][()].sum(), 0.5 * spans.sum())

    def test_killed_between_macro_steps_and_resumed_gives_the_same(self):
        kills = 0
        for attempt in range(2):
            folder = self.root / f"killed{attempt}"
            begun = False
            for turn in range(6):
                command = ("resume", folder) if begun else ("run", self.model, "--out", folder)
                process = start(*command, "--threads", self.random.choice((1, 2)), "--checkpoint-every", 0.02)
                if turn < 4:
                    while not (folder / "config.toml").exists() and process.poll() is None:
                        time.sleep(0.001)
                    time.sleep(self.random.uniform(0.1, 0.5) * self.wall)
                    process.kill()
                _, messages = process.communicate()
                if process.returncode == 0:
                    break
                self.assertEqual(process.returncode, -signal.SIGKILL, messages)
                kills, begun = kills + 1, True
            self.assert_same_as_whole(folder)
        self.assertGreater(kills, 0)

    def test_interrupted_it_stops_between_macro_steps(self):
        folder = self.root / "interrupted"
        process = start("run", self.model, "--out", folder, "--progress", "jsonl")
        line = process.stderr.readline()
        while line and not line.startswith("{"):
            line = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        _, messages = process.communicate(timeout=60)
        if process.returncode != 0:
            self.assertEqual(process.returncode, 130, messages)
            self.assertIn("burgeon resume", messages)
            self.assertEqual(burgeon("resume", folder).returncode, 0)
        self.assert_same_as_whole(folder)

    def test_progress_speaks_of_biological_time(self):
        process = start("run", self.model, "--out", self.root / "progress", "--progress", "jsonl")
        _, messages = process.communicate(timeout=100)
        lines = [json.loads(line) for line in messages.splitlines() if line.startswith("{")]
        self.assertTrue(lines)
        self.assertEqual(lines[-1]["total_ms"], 1200000.0)
        for line in lines:
            self.assertGreaterEqual(line["remaining_s"], 0.0)
            self.assertLessEqual(line["biological_ms"], line["total_ms"])

    def test_direct_is_a_run_of_its_own_that_resumes_directly(self):
        folder = self.root / "direct"
        done = burgeon("run", self.model, "--direct", "--out", folder, "--set", 'simulation.duration="8 s"')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("bursts and leaps", done.stdout)
        self.assertFalse(any("multiscale" in name for name in contents(folder)))

    def test_stored_configuration_gives_the_same_run(self):
        again = self.root / "again"
        self.assertEqual(burgeon("run", self.whole / "config.toml", "--out", again).returncode, 0)
        self.assert_same_as_whole(again)
        with h5py.File(self.whole / "run.h5") as a, h5py.File(again / "run.h5") as b:
            for name in a["run"].attrs:
                if "hash" in name:
                    self.assertEqual(a["run"].attrs[name], b["run"].attrs[name])

    def test_replicas_share_the_threads_and_no_bits_depend_on_it(self):
        replicas = ("--set", "multiscale.replicas=2", "--set", 'simulation.duration="3 min"')
        runs = []
        for threads in (1, 2, 3):
            folder = self.root / f"replicas{threads}"
            done = burgeon("run", self.model, "--out", folder, "--threads", threads, *replicas)
            self.assertEqual(done.returncode, 0, done.stderr)
            runs.append((hash_of(folder), contents(folder)))
        for found, values in runs[1:]:
            self.assertEqual(found, runs[0][0])
            self.assertEqual(set(values), set(runs[0][1]))
            for name in values:
                self.assertTrue(same_values(values[name], runs[0][1][name]), name)
        one = json.loads(burgeon("check", self.model, "--json").stdout)
        two = json.loads(burgeon("check", self.model, "--json", *replicas[:2]).stdout)
        self.assertAlmostEqual(two["memory_bytes"] / one["memory_bytes"], 2.0)
        self.assertGreater(two["wall_s"], 1.5 * one["wall_s"])

    def test_check_and_describe_know_the_slow_side(self):
        need = json.loads(burgeon("check", self.model, "--json").stdout)
        direct = json.loads(burgeon("check", self.model, "--json", "--set", 'multiscale.longest_leap="1 s"').stdout)
        self.assertLess(need["wall_s"], 0.5 * direct["wall_s"])
        self.assertLess(need["disk_bytes"], 0.5 * direct["disk_bytes"])
        signals = burgeon("describe", self.model, "--signals").stdout
        for name in ("load.level", "exc.rate.relative", "glutamate.tone", "synaptic_scaling.gain", "coupling gain"):
            self.assertIn(name, signals)
        page = burgeon("models", "synaptic_scaling").stdout
        for word in ("Signals it reads", "State", "Signals it writes", "target_rate"):
            self.assertIn(word, page)


if __name__ == "__main__":
    unittest.main()
