#!/usr/bin/env python3
"""A sweep over the ranks of mpirun gives the same bytes as `sweep run -j 2`, though one rank is killed on the way.

BURGEON_REQUIRE_CLUSTER=1: a machine without mpirun is an error, not a skip.
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
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from mpi_runs import LAUNCH
from support.cluster import BURGEON, books, collated, needed, programs, sweep, write_sweep


class MpiSweepTest(unittest.TestCase):
    def setUp(self):
        needed(self, "" if shutil.which("mpirun") else "not installed: mpirun (scripts/setup ci)")
        holder = tempfile.TemporaryDirectory(prefix="burgeon_mpi_sweep_")
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        self.file = write_sweep(self.folder, seconds=30, points=6, replicates=3)
        self.mark = f"BURGEON_TEST_MARK={self.folder}"

    def ranks(self, out, count=3):
        words = ["mpirun", "-n", str(count), BURGEON, "sweep", "run", str(self.file), "--out", str(out), "--progress", "plain"]
        environment = {**LAUNCH, "BURGEON_TEST_MARK": str(self.folder)}
        return subprocess.Popen(words, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                text=True)

    def test_ranks_with_one_killed_equal_the_embedded_sweep(self):
        calm, shared = self.folder / "calm", self.folder / "shared"
        self.assertEqual(sweep("run", self.file, calm, "-j", "2").returncode, 0)

        # mpirun ends all ranks when one of them is killed; what was published stays, and nothing is collated.
        job = self.ranks(shared)
        end = time.monotonic() + 60
        while len(victims := programs(self.mark)) < 3 or not list(shared.glob("logs/*.jsonl")):
            self.assertLess(time.monotonic(), end)
            self.assertIsNone(job.poll())
            time.sleep(0.02)
        os.kill(victims[-1], 9)
        self.assertNotEqual(job.wait(timeout=60), 0, job.stdout.read())
        self.assertGreater(books(self.file, shared)["pending"], 0)

        job = self.ranks(shared)
        said, _ = job.communicate(timeout=120)
        self.assertEqual(job.returncode, 0, said)
        self.assertEqual(said.count("18 planned"), 1, f"the first rank reports, and it alone:\n{said}")
        self.assertEqual(collated(self.file, shared), collated(self.file, calm))
        executed = sum(len(log.read_text().splitlines()) for log in (shared / "logs").glob("*.jsonl"))
        self.assertEqual(executed, books(self.file, shared)["planned"], "a run was repeated, or lost")

    def test_processes_of_one_job_share_the_work(self):
        out = self.folder / "out"
        job = self.ranks(out, 2)
        said, _ = job.communicate(timeout=120)
        self.assertEqual(job.returncode, 0, said)
        by_process = [len(log.read_text().splitlines()) for log in (out / "logs").glob("*.jsonl")]
        self.assertEqual(sum(by_process), 18, said)
        self.assertEqual(len([count for count in by_process if count > 0]), 2, f"one process did all: {by_process}")


if __name__ == "__main__":
    unittest.main()
