#!/usr/bin/env python3
"""A sweep whose processes are killed and stopped at random moments ends like an undisturbed one.

60 runs, 3 processes, 30 SIGKILLs (BURGEON_CHAOS=300,4,200, or scripts/chaos, for a long test), and one process that is stopped with a run
in its hands until the others have taken it over. The clock of every process is off by another time, minutes to days either way, and jumps
meanwhile. None may be lost, none published twice, the books must balance, and sweep.h5 and the series of every run must have the same bytes.
"""

import collections
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

BURGEON = os.environ.get("BURGEON_BIN", "burgeon")
ROOT = Path(os.environ.get("BURGEON_ROOT", Path(__file__).resolve().parents[2]))
RUNS, PROCESSES, KILLS = map(int, os.environ.get("BURGEON_CHAOS", "60,3,30").split(","))
DURATION = os.environ.get("BURGEON_CHAOS_DURATION", "6 s")  # of a run, in biological time; about 7 ms a second
LEASE_S = 1.0
CLOCK = os.environ.get("BURGEON_SKEWED_CLOCK", ROOT / "build/release/tests/skewed_clock.so")
SKEWS_S = (7_200, -180, 86_400, -3_600, 0, 300)
SEED = int(os.environ.get("BURGEON_CHAOS_SEED", "1"))


def sweep(command, file, out, *options, **how):
    words = [BURGEON, "sweep", command, str(file), "--out", str(out), *map(str, options)]
    return subprocess.run(words, capture_output=True, text=True, timeout=280, **how)


def start(file, out, skew):
    """A process whose clock is off by so many seconds."""
    words = [BURGEON, "sweep", "run", str(file), "--out", str(out), "-j", "1", "--lease", str(LEASE_S), "--progress", "none"]
    environment = {**os.environ, "LD_PRELOAD": str(CLOCK), "SKEW": str(skew), "SKEW_EVERY": "2"}
    return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)


def events(out):
    return [json.loads(line) for log in (out / "logs").glob("*.jsonl") for line in log.read_text().splitlines()]


class Chaos:
    """Keeps PROCESSES processes on one folder and disturbs them."""

    def __init__(self, file, out, run_s):
        self.file, self.out, self.run_s = file, out, run_s
        self.random = random.Random(SEED)
        self.started = 0
        self.processes = [self.start() for _ in range(PROCESSES)]
        self.kills = 0

    def start(self):
        self.started += 1
        return start(self.file, self.out, SKEWS_S[self.started % len(SKEWS_S)])

    def finished(self):
        return sum(1 for path in (self.out / "runs").rglob("*") if path.is_file()) >= RUNS

    def kill_some(self):
        while self.kills < KILLS and not self.finished():
            # Often enough that work is left for the process that is stopped afterwards, whatever else the machine does.
            time.sleep(self.random.uniform(0.1, 0.8) * self.run_s)
            victim = self.random.randrange(PROCESSES)
            self.processes[victim].kill()
            self.processes[victim].wait()
            self.processes[victim] = self.start()
            self.kills += 1

    def holds_a_claim(self, process):
        """The token of a process is <boot>-<namespace>-<process>-<random>."""
        for path in (self.out / "claims").glob("*"):
            if path.name.startswith("new.") or path.name.endswith(".revoked"):
                continue
            try:
                if path.read_text().split("\n")[0].split("-")[2] == str(process.pid):
                    return True
            except (OSError, IndexError):
                pass
        return False

    def stop_one_with_a_run(self):
        zombie = self.processes[0]
        for _ in range(200):
            if zombie.poll() is not None:
                return None
            zombie.send_signal(signal.SIGSTOP)
            if self.holds_a_claim(zombie):
                return zombie
            zombie.send_signal(signal.SIGCONT)
            time.sleep(0.3 * self.run_s)
        return None


class SweepChaosTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="burgeon_chaos_")
        self.addCleanup(self.folder.cleanup)
        self.path = Path(self.folder.name)
        circuit = (ROOT / "models/circuits/brette_cuba.toml").read_text()
        (self.path / "circuit.toml").write_text(circuit)
        self.file = self.path / "sweep.toml"
        self.write(DURATION, f"from = -120\nto = -60\npoints = {RUNS // 3}\n[replicates]\ncount = 3\n")

    def write(self, duration, values):
        self.file.write_text(
            'title = "chaos"\nmodel = "circuit.toml"\n'
            f'[set]\n"simulation.duration" = "{duration}"\n"simulation.discard" = "0 ms"\n"simulation.scale" = 0.05\n'
            '"record.rates.kind" = "rate"\n"record.rates.target" = "exc"\n"record.rates.every" = "50 ms"\n'
            '[axes.w]\npath = ["projections.inh_to_exc.weight", "projections.inh_to_inh.weight"]\nunit = "pA"\n'
            f"{values}[outputs]\nseries = true\n"
        )

    def test_a_living_owner_keeps_its_run_whatever_the_clocks_say(self):
        # Two leases long or more; the others join while it runs.
        self.write("250 s", "values = [-90]\n")
        for stopped in (False, True):
            out = self.path / f"one_{stopped}"
            owner = start(self.file, out, 0)
            while not list((out / "claims").glob("*.1")):
                time.sleep(0.01)
            others = [start(self.file, out, skew) for skew in (86_400, -86_400)]
            if stopped:
                # The planted fault: an owner without a sign of life does lose its run, and only then is it run twice.
                owner.send_signal(signal.SIGSTOP)
                self.assertEqual([other.wait(timeout=120) for other in others], [0, 0])
                owner.send_signal(signal.SIGCONT)
            self.assertEqual([process.wait(timeout=120) for process in (owner, *others)], [0, 0, 0])
            self.assertEqual(["duplicate" in event for event in events(out)].count(True), int(stopped))
            self.assertEqual(len(events(out)), 1 + int(stopped))

    def test_nothing_is_lost_doubled_or_changed(self):
        calm, wild = self.path / "calm", self.path / "wild"
        start = time.monotonic()
        done = sweep("run", self.file, calm, "-j", "1")
        self.assertEqual(done.returncode, 0, done.stderr)
        run_s = (time.monotonic() - start) / RUNS

        chaos = Chaos(self.file, wild, run_s)
        zombie = None
        try:
            chaos.kill_some()
            zombie = chaos.stop_one_with_a_run()
            for process in chaos.processes:
                if process is not zombie:
                    self.assertEqual(process.wait(timeout=280), 0)
            if zombie:
                # Everything is published by now, the stopped process' run included.
                self.assertTrue(chaos.finished())
                zombie.send_signal(signal.SIGCONT)
                self.assertEqual(zombie.wait(timeout=280), 0)
        finally:
            for process in chaos.processes:
                if process.poll() is None:
                    process.kill()
                    process.wait()
        self.assertGreaterEqual(chaos.kills, KILLS // 2, "the sweep was over before it could be disturbed")
        self.assertIsNotNone(zombie, "no process could be stopped with a run in its hands")

        # The books balance, duplicates are equal, and records that claim to be published were published once.
        verified = sweep("verify", self.file, wild, "--json")
        self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)
        books = json.loads(verified.stdout)
        self.assertEqual((books["planned"], books["done"], books["failed"], books["pending"]), (RUNS, RUNS, 0, 0))
        self.assertEqual(books["alarms"], [])
        published = collections.Counter()
        duplicates = 0
        for event in events(wild):
            duplicates += "duplicate" in event
            published[event["id"]] += "duplicate" not in event
        self.assertEqual([run for run, count in published.items() if count > 1], [])
        self.assertGreaterEqual(duplicates, 1, "the stopped process should have come too late")
        self.assertGreaterEqual(sum("\n" in p.read_text() for p in (wild / "claims").glob("*.revoked")), 1)
        # The names of the logs carry the clock of their process: that clocks were off is seen, not assumed.
        times = [int(log.name.split("-")[0]) for log in (wild / "logs").glob("*.jsonl")]
        self.assertGreater(max(times) - min(times), 80_000e9, "the clocks were not skewed")

        for out in (calm, wild):
            collated = sweep("collate", self.file, out, "--csv")
            self.assertEqual(collated.returncode, 0, collated.stderr)
        self.assertEqual((calm / "sweep.h5").read_bytes(), (wild / "sweep.h5").read_bytes())
        self.assertEqual((calm / "sweep.csv").read_bytes(), (wild / "sweep.csv").read_bytes())
        series = {path.name: path.read_bytes() for path in (calm / "series").glob("*.h5")}
        self.assertEqual(len(series), RUNS)
        self.assertEqual([name for name, content in series.items() if (wild / "series" / name).read_bytes() != content], [])
        print(f"{chaos.kills} kills, {duplicates} duplicates, {run_s * 1e3:.0f} ms a run", file=sys.stderr)


if __name__ == "__main__":
    unittest.main()
