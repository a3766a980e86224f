#!/usr/bin/env python3
"""Disks that refuse: the program says what it was doing and where, exits with 5, and what it had saved stays readable."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from cli_runs import burgeon, contents, hash_of, write_model  # noqa: E402


def small_files(limit):
    """No file of the program may grow beyond `limit` bytes: a full disk without a disk."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))


class DiskTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.root = Path(cls.temporary.name)
        cls.model = write_model(cls.root / "model.toml", duration="12 s")
        cls.whole = cls.root / "whole"
        done = burgeon("run", cls.model, "--out", cls.whole)
        assert done.returncode == 0, done.stderr

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def assert_environment_error(self, done, path):
        self.assertEqual(done.returncode, 5, done.stderr)
        self.assertRegex(done.stderr, r"error: .*cannot \w+")
        self.assertIn(str(path), done.stderr)
        self.assertNotIn("bug in burgeon", done.stderr)
        self.assertEqual(done.stderr.count("error:"), 1, done.stderr)

    def test_a_file_where_the_folder_should_be(self):
        in_the_way = self.root / "in_the_way"
        in_the_way.write_text("mine")
        for out in (in_the_way, in_the_way / "below"):
            self.assert_environment_error(burgeon("run", self.model, "--out", out), in_the_way)
            self.assert_environment_error(burgeon("run", self.model, "--out", out, "--force"), in_the_way)
        self.assertEqual(in_the_way.read_text(), "mine")

    def test_a_file_system_that_cannot_be_written(self):
        self.assert_environment_error(burgeon("run", self.model, "--out", "/proc/burgeon"), "/proc/burgeon")
        self.assert_environment_error(burgeon("run", self.model, "--out", "/proc/self", "--force"), "/proc/self")

    def test_a_folder_without_permission(self):
        if os.geteuid() == 0:
            self.skipTest("root may write everywhere")
        folder = self.root / "locked"
        folder.mkdir(mode=0o555)
        self.assert_environment_error(burgeon("run", self.model, "--out", folder), folder)

    def test_a_standard_output_that_is_full(self):
        for words in (("schema",), ("models",), ("inspect", self.whole)):
            with open("/dev/full", "w") as full:
                done = burgeon(*words, capture_output=False, stdout=full, stderr=subprocess.PIPE)
            self.assertEqual(done.returncode, 5, words)
            self.assertNotIn("bug in burgeon", done.stderr)

    def test_files_that_may_not_grow(self):
        # Not even the configuration; not the head; no checkpoint; everything but the merged file.
        seen = set()
        for limit in (100, 3_000, 100_000, 400_000):
            folder = self.root / f"limit{limit}"
            done = burgeon("run", self.model, "--out", folder, "--checkpoint-every", 0.1, preexec_fn=small_files(limit))
            self.assert_environment_error(done, folder)
            self.assertFalse((folder / "run.h5").exists())
            seen.add(self.check_what_is_left(folder))
            resumed = burgeon("resume", folder)
            if (folder / "config.toml").exists():
                self.assertEqual(resumed.returncode, 0, resumed.stderr)
                self.assertEqual(hash_of(folder), hash_of(self.whole))
                self.assertEqual(burgeon("diff", folder, self.whole).returncode, 0)
            else:
                self.assertEqual(resumed.returncode, 5)
        self.assertIn("readable", seen)

    def check_what_is_left(self, folder):
        shown = burgeon("inspect", folder, "--json")
        manifest = folder / "segments/manifest"
        if not manifest.exists() or manifest.stat().st_size == 0:
            self.assertEqual(shown.returncode, 5)
            return "nothing"
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertFalse(json.loads(shown.stdout)["complete"])
        found, expected = contents(folder), contents(self.whole)
        for name in found:
            if name.endswith(("timestamps", "/time")) and "/mapping/" not in name:
                self.assertEqual(found[name].tobytes(), expected[name][:len(found[name])].tobytes(), name)
        return "readable"

    def test_a_disk_that_fills_up(self):
        disk = self.root / "disk"
        disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", str(disk)], capture_output=True)
        if mounted.returncode != 0:
            self.skipTest("may not mount a small disk")
        try:
            folder = disk / "run"
            words = ("run", self.model, "--set", "simulation.duration='40 s'", "--out", folder, "--checkpoint-every", 0.1)
            done = burgeon(*words)
            self.assert_environment_error(done, folder)
            self.assertIn("No space left on device", done.stderr)
            # Too full to merge what is there: said, and nothing is lost by it. With room, it is read.
            self.assertIn(burgeon("inspect", folder).returncode, (0, 5))
            subprocess.run(["mount", "-o", "remount,size=16m", str(disk)], check=True)
            shown = burgeon("inspect", folder, "--json")
            self.assertEqual(shown.returncode, 0, shown.stderr)
            self.assertFalse(json.loads(shown.stdout)["complete"])
        finally:
            subprocess.run(["umount", str(disk)], check=True)


if __name__ == "__main__":
    unittest.main()
