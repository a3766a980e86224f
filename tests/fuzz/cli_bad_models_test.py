#!/usr/bin/env python3
"""Models that are wrong, hostile or explode, given to the real program: what it says, and its exit code."""

import json
import os
import resource
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from cli_runs import burgeon, write_model  # noqa: E402

# What is written instead of what; the place that is named; what the message holds.
MISTAKES = {
    "misspelt key": ('duration = "', 'durations = "', r":4:1: error", "duration"),
    "wrong unit": ('rate = "3 kHz"', 'rate = "3 mV"', r":\d+:8: error", "Hz"),
    "number without a unit": ('weight = "1.0 nS"', 'weight = 1.0', r":\d+:10: error", "nS"),
    "unknown reference": ('target = "pv"', 'target = "pvv"', r":\d+:10: error", "did you mean 'pv'"),
    "unknown model": ('model = "aeif_cond"', 'model = "aief_cond"', r":\d+:9: error", "did you mean 'aeif_cond'"),
    "delay between steps": ('delay = "1.1 ms"', 'delay = "1.13 ms"', r":\d+:9: error", "dt"),
    "duplicate key": ("seed = 5", "seed = 5\nseed = 6", r":7:\d+: error", "seed"),
    "number too large": ("n = 80", "n = 1000000000000", r":\d+:\d+: error", "n"),
}

EXPLODES = """
title = "Far too strong"
[simulation]
duration = "1 s"
[populations.pyr]
model = "aeif_cond"
n = 10
[populations.pyr.receptors.ampa]
model = "exp_conductance"
E_rev = "0 mV"
[inputs.background]
type = "poisson"
target = "pyr"
receptor = "ampa"
rate = "1 kHz"
weight = "1e300 nS"
start = "500 ms"
[record.rates]
kind = "rate"
target = "pyr"
every = "10 ms"
"""


class BadModelsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.root = Path(cls.temporary.name)
        cls.good = write_model(cls.root / "good.toml").read_text()
        cls.bad = cls.root / "bad.toml"

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def refuse(self, *words):
        """Runs the program, which has to refuse; its messages and the processor time it took."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = burgeon(*words)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertEqual(done.stdout, "")
        return done.stderr, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def test_mistakes_are_placed_and_explained(self):
        out = self.root / "never"
        for name, (right, wrong, place, hint) in MISTAKES.items():
            with self.subTest(name):
                self.assertIn(right, self.good)
                self.bad.write_text(self.good.replace(right, wrong, 1))
                messages, _ = self.refuse("run", self.bad, "--out", out)
                self.assertRegex(messages, r"bad\.toml" + place)
                self.assertIn(hint, messages)
                self.assertFalse(out.exists())

                # For programs: the same place, one object a line.
                objects = [json.loads(line) for line in self.refuse("check", self.bad, "--json")[0].splitlines()]
                errors = [o for o in objects if o["severity"] == "error"]
                self.assertTrue(errors)
                self.assertRegex(messages, rf"bad\.toml:{errors[0]['line']}:{errors[0]['column']}: error")

    def test_all_mistakes_at_once(self):
        text = self.good
        for name in ("wrong unit", "unknown reference", "unknown model"):
            right, wrong, _, _ = MISTAKES[name]
            text = text.replace(right, wrong, 1)
        self.bad.write_text(text)
        messages, _ = self.refuse("check", self.bad)
        self.assertGreaterEqual(messages.count("error:"), 3)

    def test_changes_from_the_command_line_are_checked_too(self):
        self.bad.write_text(self.good)
        for change in ("simulation.dt='0.3 ms'", "populations.pyr.nn=3", "populations.nobody.n=3"):
            messages, _ = self.refuse("check", self.bad, "--set", change)
            self.assertIn("error", messages)

    def test_a_network_too_large_for_any_machine(self):
        self.bad.write_text(self.good.replace("n = 80", "n = 1000000000000", 1))
        _, seconds = self.refuse("run", self.bad, "--out", self.root / "never")
        self.bad.write_text(self.good.replace("n = 80", "n = 4000000000", 1))
        messages, more = self.refuse("run", self.bad, "--out", self.root / "never")
        self.assertIn("memory", messages)
        print(f"too large: {seconds:.3f} s and {more:.3f} s of processor time", file=sys.stderr)

    def test_bombs(self):
        bombs = {"100 MB of brackets": b"a = " + b"[" * 100_000_000, "100 MB of tables": b"[a.b]\n" * 16_000_000,
                 "nested": b"a = " + b"[" * 100_000, "dotted": b"a" + b".a" * 1_000_000 + b" = 1",
                 "zeros": bytes(1_000_000), "not UTF-8": b'title = "\xff\xfe"',
                 "colours": b'title = "\x1b[31mred"'}
        for name, text in bombs.items():
            with self.subTest(name):
                self.bad.write_bytes(text)
                messages, seconds = self.refuse("check", self.bad)
                self.assertIn("bad.toml", messages)
                self.assertLess(len(messages), 100_000)
                self.assertNotIn("\x1b", messages)
                print(f"{name}: {seconds:.3f} s of processor time", file=sys.stderr)
                for line in self.refuse("check", self.bad, "--json")[0].splitlines():
                    json.loads(line)
        self.bad.unlink()

    def test_what_is_no_model_file(self):
        for path in (self.root, self.root / "absent.toml", "/dev/null", "/dev/zero"):
            self.refuse("check", path)

    def test_an_explosion_is_a_numerical_failure(self):
        model = self.root / "explodes.toml"
        model.write_text(EXPLODES)
        folder = self.root / "exploded"
        done = burgeon("run", model, "--out", folder, "--checkpoint-every", 0, "--threads", 2)
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertRegex(done.stderr, r"error: V_m of neuron \d+ of population pyr is not finite at 50\d")
        self.assertNotIn("result hash", done.stdout)
        self.assertFalse((folder / "run.h5").exists())

        # What came before is there, and marked as a part.
        shown = burgeon("inspect", folder, "--json")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertFalse(json.loads(shown.stdout)["complete"])
        self.assertEqual(burgeon("reproduce", folder).returncode, 5)

        # Going on from a checkpoint ends the same way.
        self.assertEqual(burgeon("resume", folder).returncode, 4)
        self.assertFalse(json.loads(burgeon("inspect", folder, "--json").stdout)["complete"])


if __name__ == "__main__":
    unittest.main()
