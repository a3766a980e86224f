#!/usr/bin/env python3
"""A sweep as a job array of a real Slurm gives the same bytes as `sweep run -j 2`, though tasks are killed on the way.

One task dies as a whole and is requeued by hand; of another only the program is killed, as for want of memory, and the script requeues
it. Between the two the books must show what is lost. BURGEON_REQUIRE_CLUSTER=1: a machine without Slurm is an error, not a skip.
"""

import os
import signal
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from support.cluster import BURGEON, books, collated, needed, programs, sweep, write_sweep
from support.private_slurm import PrivateSlurm, what_is_missing

SHARDS = 4


class SlurmSweepTest(unittest.TestCase):
    def setUp(self):
        needed(self, what_is_missing())
        holder = tempfile.TemporaryDirectory(prefix="burgeon_slurm_")
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        self.file = write_sweep(self.folder, seconds=60, points=8, replicates=3)

    def wait_until(self, condition, what, seconds=120):
        end = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), end, f"{what}: {self.slurm.tasks(self.job)}\n{self.slurm.logs()}")
            time.sleep(0.1)

    def state(self, task):
        return self.slurm.tasks(self.job).get(task, ("PENDING", 0))

    def idle(self):
        return not self.slurm.ask("squeue", "-h").strip()

    def test_array_with_killed_tasks_equals_the_embedded_sweep(self):
        calm, array = self.folder / "calm", self.folder / "array"
        self.assertEqual(sweep("run", self.file, calm, "-j", "2").returncode, 0)
        script = self.folder / "job.sh"
        planned = sweep("plan", self.file, array, "--slurm", script, "--shards", str(SHARDS))
        self.assertEqual(planned.returncode, 0, planned.stderr)
        self.assertIn(f"#SBATCH --array=0-{SHARDS - 1}\n", script.read_text())

        with PrivateSlurm() as self.slurm:
            # The script calls the program by its name.
            self.slurm.environment["PATH"] = f"{Path(BURGEON).resolve().parent}:{self.slurm.environment['PATH']}"
            self.job = self.slurm.submit(script, cwd=self.folder)
            self.wait_until(lambda: self.state(0)[0] == "RUNNING" and self.state(1)[0] == "RUNNING", "two tasks run")
            self.wait_until(lambda: self.program_of(1), "the program of task 1 runs")

            # The whole of task 0 dies; of task 1 only the program, so that its script lives on to requeue it.
            self.slurm.ask("scancel", "--signal=KILL", "--full", f"{self.job}_0", check=True)
            for process in self.program_of(1):
                os.kill(process, signal.SIGKILL)
            self.wait_until(lambda: self.state(1)[1] == 1, "task 1 requeues itself")
            self.hurry(1)
            self.wait_until(self.idle, "the others end")
            self.assertIn(self.state(0)[0], ("FAILED", "CANCELLED"), self.slurm.logs())

            # What task 0 left undone is known, and nothing pretends to be complete.
            lost = books(self.file, array)
            self.assertGreater(lost["pending"], 0)
            self.assertEqual(lost["done"] + lost["pending"], lost["planned"])
            self.assertEqual(sweep("verify", self.file, array).returncode, 6)
            self.assertEqual(sweep("collate", self.file, array).returncode, 6)

            self.slurm.ask("scontrol", "requeue", f"{self.job}_0", check=True)
            self.hurry(0)
            self.wait_until(lambda: self.state(0)[0] == "COMPLETED" and self.idle(), "task 0 ends")
            self.assertEqual({task: state for task, (state, _) in self.slurm.tasks(self.job).items()},
                             {task: "COMPLETED" for task in range(SHARDS)})
            self.assertEqual([self.state(task)[1] for task in range(SHARDS)], [1, 1, 0, 0])
        self.assertEqual([d.poll() is None for d in self.slurm.daemons], [False] * 3, "a daemon survived")
        self.assertEqual(self.program_of(0) + self.program_of(1), [], "a task survived")

        self.assertEqual(collated(self.file, calm), collated(self.file, array))
        self.assertEqual(books(self.file, array)["alarms"], [])

    def program_of(self, task):
        return programs(f"SLURM_CONF={self.slurm.folder / 'slurm.conf'}", f"SLURM_ARRAY_TASK_ID={task}")

    def hurry(self, task):
        """A requeued task waits two minutes by default, lest it kills node after node."""
        self.wait_until(lambda: self.state(task)[0] == "PENDING", f"task {task} is queued again")
        self.slurm.ask("scontrol", "update", f"JobId={self.job}_{task}", "StartTime=now", check=True)


if __name__ == "__main__":
    unittest.main()
