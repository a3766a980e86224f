#!/usr/bin/env python3
"""However often and however a run is stopped, what it leaves is readable and resuming it gives the same result."""

import json
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from cli_runs import burgeon, contents, hash_of, same_values, start, write_model  # noqa: E402

SEED = int(os.environ.get("BURGEON_TEST_SEED", random.SystemRandom().randrange(1 << 32)))


def wait_until_on_its_way(process):
    """Until the first line of progress: from here on a signal means 'save and stop'."""
    while True:
        line = process.stderr.readline()
        if not line or line.startswith("{"):
            return


def manifest_steps(folder):
    """Steps of the checkpoints that the run has published."""
    try:
        return [int(step) for step in re.findall(r'"step":(\d+)', (folder / "segments/manifest").read_text())]
    except FileNotFoundError:
        return []


class InterruptTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        print(f"BURGEON_TEST_SEED={SEED}", file=sys.stderr)
        cls.random = random.Random(SEED)
        cls.temporary = tempfile.TemporaryDirectory()
        cls.root = Path(cls.temporary.name)
        cls.model = write_model(cls.root / "model.toml")
        cls.whole = cls.root / "whole"
        begin = time.monotonic()
        done = burgeon("run", cls.model, "--out", cls.whole, "--threads", 1)
        cls.wall = time.monotonic() - begin
        assert done.returncode == 0, done.stderr
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
        done = burgeon("diff", folder, self.whole)
        self.assertEqual(done.returncode, 0, done.stdout)

    def begin_or_go_on(self, folder, begun, *words):
        command = ("resume", folder) if begun else ("run", self.model, "--out", folder)
        return start(*command, "--threads", self.random.choice((1, 2, 3)), "--progress", "jsonl", *words)

    def test_stopped_several_times_and_resumed_equals_uninterrupted(self):
        stops = 0
        for attempt in range(2):
            folder = self.root / f"stopped{attempt}"
            for turn in range(40):
                # The first turns are stopped for certain; later ones run to the end.
                process = self.begin_or_go_on(folder, turn > 0)
                if turn < 4:
                    wait_until_on_its_way(process)
                    time.sleep(self.random.uniform(0.0, 0.15 * self.wall))
                    process.send_signal(self.random.choice((signal.SIGINT, signal.SIGTERM)))
                output, messages = process.communicate(timeout=100)
                if process.returncode == 0:
                    break
                stops += 1
                self.assertEqual(process.returncode, 130, messages)
                self.assertIn(f"burgeon resume {folder}", messages)
                self.assertEqual(output, "")
                self.assertFalse((folder / "run.h5").exists())
            self.assert_same_as_whole(folder)
        self.assertGreater(stops, 0)

    def test_killed_leaves_a_readable_part_and_resumes_from_its_newest_checkpoint(self):
        kills, attempt, begun = 0, 0, False
        while kills < 10:
            folder = self.root / f"killed{attempt}"
            process = self.begin_or_go_on(folder, begun, "--checkpoint-every", 0.05)
            while not (folder / "config.toml").exists() and process.poll() is None:
                time.sleep(0.001)
            time.sleep(self.random.uniform(0.0, 0.7 * self.wall))
            process.kill()
            _, messages = process.communicate()
            if process.returncode == 0:
                self.assert_same_as_whole(folder)
                attempt, begun = attempt + 1, False
                continue
            self.assertEqual(process.returncode, -signal.SIGKILL, messages)
            kills, begun = kills + 1, True
            self.check_what_is_left(folder)
        done = burgeon("resume", folder, "--threads", 2)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_same_as_whole(folder)
        print(f"10 kills in {attempt + 1} runs", file=sys.stderr)

    def check_what_is_left(self, folder):
        steps = manifest_steps(folder)
        shown = burgeon("inspect", folder, "--json")
        if not steps and not (folder / "run.h5").exists():
            self.assertEqual(shown.returncode, 5)
            self.assertIn("no results in it yet", shown.stderr)
            return
        self.assertEqual(shown.returncode, 0, shown.stderr)
        if json.loads(shown.stdout)["complete"]:
            return  # killed after the end
        # What was saved is where the whole run begins: everything up to the newest checkpoint.
        found = contents(folder)
        for name, values in found.items():
            if "timestamps" not in name and not name.endswith(("time", "node_ids", "/data")):
                continue
            if "/mapping/" in name or "nodes/" in name:
                continue
            self.assertTrue(same_values(values, self.expected[name][:len(values)]), name)
        reached = found["run.h5:run/series/drug/time"][-1]
        self.assertGreaterEqual(reached, steps[-1] * 0.1 - 1e-6)

    def test_checkpoint_at_the_tick_of_an_intervention(self):
        model = write_model(self.root / "ticks.toml", duration="6 s", slow_tick="1 s")
        model.write_text(model.read_text().replace('kind = "signal"', 'kind = "signal"\nevery = "1 s"'))
        whole = self.root / "ticks"
        self.assertEqual(burgeon("run", model, "--out", whole).returncode, 0)
        for target in (10000, 20000, 30000):
            folder = self.root / f"ticks{target}"
            # On a busy machine the kill may come a checkpoint late: then again.
            for _ in range(20):
                shutil.rmtree(folder, ignore_errors=True)
                process = start("run", model, "--out", folder, "--checkpoint-every", 0)
                while target not in manifest_steps(folder) and process.poll() is None:
                    time.sleep(0.001)
                process.kill()
                process.communicate()
                if manifest_steps(folder)[-1:] == [target]:
                    break
            self.assertEqual(manifest_steps(folder)[-1:], [target])
            resumed = burgeon("resume", folder)
            self.assertEqual(resumed.returncode, 0, resumed.stderr)
            self.assertEqual(hash_of(folder), hash_of(whole))
            self.assertEqual(burgeon("diff", folder, whole).returncode, 0)


if __name__ == "__main__":
    unittest.main()
