#!/usr/bin/env python3
"""A sweep as shards of Snakemake gives the same bytes as `sweep run -j 2`, though one of them is killed on the way.

BURGEON_REQUIRE_CLUSTER=1: a machine without Snakemake is an error, not a skip.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from support.cluster import BURGEON, books, collated, needed, programs, sweep, write_sweep


class SnakemakeSweepTest(unittest.TestCase):
    def setUp(self):
        needed(self, "" if shutil.which("snakemake") else "not installed: snakemake (scripts/setup cluster)")
        holder = tempfile.TemporaryDirectory(prefix="burgeon_snakemake_")
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        self.file = write_sweep(self.folder, seconds=30, points=6, replicates=3)
        # The rules call the program by its name; the mark tells our processes from others.
        self.mark = f"BURGEON_TEST_MARK={self.folder}"
        self.environment = {**os.environ, "BURGEON_TEST_MARK": str(self.folder), "XDG_CACHE_HOME": str(self.folder),
                            "PATH": f"{Path(BURGEON).resolve().parent}:{os.environ['PATH']}"}

    def snakemake(self, *options):
        words = ["snakemake", "--snakefile", "Snakefile", "--cores", "2", "--nolock", *options]
        log = open(self.folder / "snakemake.log", "a")
        self.addCleanup(log.close)
        return subprocess.Popen(words, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def log(self):
        return (self.folder / "snakemake.log").read_text()

    def test_shards_with_one_killed_equal_the_embedded_sweep(self):
        calm, shards = self.folder / "calm", self.folder / "shards"
        self.assertEqual(sweep("run", self.file, calm, "-j", "2").returncode, 0)
        planned = sweep("plan", self.file, shards, "--snakemake", self.folder / "Snakefile", "--shards", 3)
        self.assertEqual(planned.returncode, 0, planned.stderr)

        # Jobs that ended badly end the workflow, and nothing is collated.
        flow = self.snakemake("--keep-going", "--keep-incomplete")
        try:
            end = time.monotonic() + 60
            while not (victims := programs(self.mark)):
                self.assertLess(time.monotonic(), end, self.log())
                self.assertIsNone(flow.poll(), self.log())
                time.sleep(0.02)
            os.kill(victims[0], 9)
            self.assertNotEqual(flow.wait(timeout=120), 0, self.log())
        finally:
            flow.kill()
            flow.wait()
        self.assertFalse((shards / "sweep.h5").exists())
        self.assertGreater(books(self.file, shards)["pending"], 0)

        # Started again, it does what is left and draws the figures.
        flow = self.snakemake("--rerun-incomplete")
        self.assertEqual(flow.wait(timeout=120), 0, self.log())
        collated_by_rule = (shards / "sweep.h5").read_bytes(), (shards / "sweep.csv").read_bytes()
        self.assertEqual(collated_by_rule, collated(self.file, calm))
        self.assertTrue((shards / "figures/marginals.png").exists(), self.log())
        executed = sum(len(log.read_text().splitlines()) for log in (shards / "logs").glob("*.jsonl"))
        self.assertEqual(executed, books(self.file, shards)["planned"], "a run was repeated")


if __name__ == "__main__":
    unittest.main()
