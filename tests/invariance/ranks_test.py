#!/usr/bin/env python3
"""One network over several processes: the same bits for any number of ranks and threads, and ends that are clean."""

import os
import re
import signal
import sys
import tempfile
import time
import unittest
from pathlib import Path

import h5py
import numpy

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from cli_runs import burgeon, contents, hash_of, same_values, write_model  # noqa: E402
from mpi_runs import mpirun, needs_mpi, start_mpirun  # noqa: E402

ROOT = Path(os.environ.get("BURGEON_ROOT", Path(__file__).resolve().parents[2]))
# The models of the tests over threads: drug with block records and recorders of every kind, presynaptic gates, synapses without
# time course, all rules of plasticity with interventions.
MODELS = dict(re.findall(r'small_(\w+)\(\) \{\s*return R"\((.*?)\)";',
                         (ROOT / "tests/support/small_models.cpp").read_text(), re.S))
LAYOUTS = [(ranks, threads) for ranks in (2, 4) for threads in (1, 2, 3, 4)]

# Two neurons of every block of four fire once; each spike reaches its own target after every delay. Sixteen neurons are four
# blocks, so that on four ranks source and target are never on the same one.
DELAYS = [1, 2, 3, 15, 16, 17, 255, 256, 257, 1000, 1999, 2000]
DELAY_MODEL = """
title = "every delay"
[simulation]
duration = "250 ms"
[populations.a]
model = "lif_psc_exp"
n = 16
E_L = "0 mV"
V_reset = "0 mV"
V_th = "20 mV"
t_ref = "0.1 ms"
initial.V_m = "0 mV"
receptors.syn = { model = "delta" }
[inputs.start]
type = "spikes"
target = "a"
receptor = "syn"
events = [%s]
weight = "30 mV"
[record.spikes]
target = "*"
"""


def delay_model():
    sources = (0, 3)
    text = DELAY_MODEL % ", ".join(f'["{10 + 5 * s} ms", {s}]' for s in sources)
    for k, delay in enumerate(DELAYS):
        text += f"""
[populations.b{k}]
model = "lif_psc_exp"
n = 16
E_L = "0 mV"
V_reset = "0 mV"
V_th = "20 mV"
t_ref = "0.1 ms"
initial.V_m = "0 mV"
receptors.syn = {{ model = "delta" }}
[projections.p{k}]
source = "a"
target = "b{k}"
receptor = "syn"
wiring = {{ rule = "all_to_all" }}
weight = {{ uniform = ["25 mV", "30 mV"] }}
delay = "{delay / 10} ms"
"""
    return text


# Slow processes, measured by and acting on the network, with leaps after the first seconds.
SLOW_MODEL = """
title = "slow processes"
extends = ["prefrontal.toml", "slow_biology.toml"]
[simulation]
duration = "15 s"
body_mass = "70 kg"
discard = "300 ms"
baseline = "1 s"
[courses.load]
value = [["0 s", 1.0]]
[drugs.ketamine]
preset = "default"
[[doses]]
drug = "ketamine"
route = "iv"
amount = "0.5 mg/kg"
start = "2 s"
over = "40 min"
[multiscale]
burst = "3 s"
burn_in = "1 s"
longest_burst = "3 s"
"""


def spikes(folder, population):
    with h5py.File(folder / "run.h5") as file:
        group = file[f"spikes/{population}"]
        return numpy.column_stack([group["timestamps"][()], group["node_ids"][()]])


# Who is connected to whom, in numbers and in full.
STRUCTURE_RECORDS = """
[record.edges]
kind = "edges"
projection = ["pyr_to_pyr", "pyr_to_pyr_nmda", "pv_to_pyr"]
at = ["0 ms", "200 ms", "450 ms"]
[record.graph]
kind = "graph"
projection = "pyr_to_pyr"
every = "100 ms"
"""


def interrupt(process, after):
    """Exit code of a run that is stopped some time after its first steps, by SIGUSR1, which mpirun passes on."""
    while not (line := process.stderr.readline()).startswith("{") and line:
        pass
    time.sleep(after)
    process.send_signal(signal.SIGUSR1)
    process.communicate(timeout=60)
    return process.returncode


@needs_mpi()
class RanksTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.root = Path(cls.temporary.name)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def assert_same(self, folder, whole):
        self.assertEqual(hash_of(folder), hash_of(whole))
        found, expected = contents(folder), contents(whole)
        self.assertEqual(set(found), set(expected))
        for name, array in expected.items():
            self.assertTrue(same_values(array, found[name]), name)

    def check_layouts(self, name, text, layouts=LAYOUTS):
        model, whole = self.root / f"{name}.toml", self.root / name
        model.write_text(text)
        done = burgeon("run", model, "--out", whole, "--threads", 1)
        self.assertEqual(done.returncode, 0, done.stderr)
        for ranks, threads in layouts:
            with self.subTest(model=name, ranks=ranks, threads=threads):
                out = self.root / f"{name}_{ranks}_{threads}"
                done = mpirun(ranks, "run", model, "--out", out, "--threads", threads)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(done.stdout.count("result hash"), 1, "rank 0 alone reports")
                self.assert_same(out, whole)
        return whole

    def test_circuit_with_drug_and_all_recorders(self):
        self.check_layouts("circuit", MODELS["circuit"].replace("600 ms", "450 ms"))

    def test_weights_in_16_bits(self):
        weight = 'weight = { lognormal = ["0.6 nS", "0.3 nS"] }\n'
        text = MODELS["circuit"].replace("600 ms", "300 ms")
        self.assertEqual(text.count(weight), 1)
        self.check_layouts("rounded", text.replace(weight, weight + 'weight_precision = "bfloat16"\n'))

    def test_presynaptic_gates(self):
        whole = self.check_layouts("gated", MODELS["gated"].replace("400 ms", "250 ms"))
        # The planted difference: gates that decay otherwise must change the run, else this says nothing about gates.
        other = self.root / "gated_other.toml"
        other.write_text(MODELS["gated"].replace("400 ms", "250 ms").replace(
            '"wang_gate" }', '"wang_gate", tau_decay = "90 ms" }'))
        self.assertEqual(burgeon("run", other, "--out", self.root / "gated_other", "--threads", 1).returncode, 0)
        self.assertNotEqual(hash_of(whole), hash_of(self.root / "gated_other"))

    def test_plastic_synapses(self):
        self.check_layouts("plastic", MODELS["plastic"].replace("600 ms", "350 ms"))

    def test_structural_plasticity(self):
        text = MODELS["structure"].replace("600 ms", "450 ms") + STRUCTURE_RECORDS
        whole = self.check_layouts("structure", text)
        with h5py.File(whole / "run.h5") as file:
            for kind in ("pyr_to_pyr", "pyr_to_pv", "pv_to_pyr"):
                self.assertGreater(len(file[f"run/topology/{kind}/time"]), 0, f"{kind}: nothing changed")

    def test_structural_plasticity_resumes_on_other_ranks(self):
        model, whole, folder = self.root / "structure_long.toml", self.root / "structure_long", self.root / "structure_cut"
        model.write_text(MODELS["structure"].replace("600 ms", "3 s") + STRUCTURE_RECORDS)
        self.assertEqual(burgeon("run", model, "--out", whole, "--threads", 1).returncode, 0)
        process = start_mpirun(2, "run", model, "--out", folder, "--threads", 2, "--progress", "jsonl")
        self.assertEqual(interrupt(process, 0.2), 130)
        done = mpirun(3, "resume", folder, "--threads", 1)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_same(folder, whole)

    def test_slow_processes_and_leaps(self):
        for circuit in ("prefrontal", "slow_chain", "slow_biology"):
            (self.root / f"{circuit}.toml").write_text((ROOT / f"models/circuits/{circuit}.toml").read_text())
        whole = self.check_layouts("slow", SLOW_MODEL, [(2, 1)])
        with h5py.File(whole / "run.h5") as file:
            self.assertGreater(len(file["run/series/multiscale/time"]), 0, "no leap was taken")

    def test_more_ranks_than_blocks_of_neurons(self):
        text = re.sub(r"\nn = \d+", "\nn = 10", MODELS["delta"])
        self.check_layouts("delta", text, [(2, 3), (5, 1), (4, 2)])

    def test_delays_from_1_to_2000_steps(self):
        whole = self.check_layouts("delays", delay_model(), [(2, 1), (4, 1), (4, 2)])
        fired = spikes(whole, "a")
        self.assertEqual(len(fired), 2)
        for k, delay in enumerate(DELAYS):
            expected = sorted((round(10 * t) + delay, i) for t, _ in fired for i in range(16))
            found = sorted((round(10 * t), int(i)) for t, i in spikes(self.root / "delays_4_1", f"b{k}"))
            self.assertEqual(found, expected, f"delay of {delay} steps")

    def test_resume_on_another_number_of_ranks(self):
        model, whole = write_model(self.root / "long.toml", duration="8 s"), self.root / "long"
        # Synapses are deleted early, so that the parts to come have rows of unlike length.
        model.write_text(model.read_text().replace('start = "3 s"', 'start = "200 ms"'))
        self.assertEqual(burgeon("run", model, "--out", whole, "--threads", 1).returncode, 0)
        folder = self.root / "resumed"
        words = ("--progress", "jsonl", "--checkpoint-every", 0.5)

        codes = [interrupt(start_mpirun(2, "run", model, "--out", folder, "--threads", 2, *words), 0.1)]
        for ranks, threads in ((3, 1),):
            codes.append(interrupt(start_mpirun(ranks, "resume", folder, "--threads", threads, *words), 0.1))
        self.assertTrue(set(codes) <= {0, 130} and codes[0] == 130, codes)
        done = burgeon("resume", folder, "--threads", 3)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_same(folder, whole)

        # And from one process to several.
        again = self.root / "again"
        process = start_mpirun(1, "run", model, "--out", again, "--threads", 1, *words)
        self.assertEqual(interrupt(process, 0.0), 130)
        done = mpirun(2, "resume", again, "--threads", 1)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_same(again, whole)


def ranks_of(process):
    """Process numbers of the ranks that mpirun has started."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if parent == process.pid:
                found.append(int(folder.name))
        except (OSError, IndexError):
            pass
    return sorted(found)


def runs(process):
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@needs_mpi()
class EndTest(unittest.TestCase):
    """What happens to one happens to all, at once and with a message."""

    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.root = Path(self.temporary.name)
        self.model = write_model(self.root / "model.toml", duration="10 min")

    def tearDown(self):
        self.temporary.cleanup()

    def start(self, ranks, *words):
        process = start_mpirun(ranks, "run", self.model, "--out", self.root / "out", "--threads", 1, "--progress", "jsonl",
                               *words)
        while not (line := process.stderr.readline()).startswith("{"):
            self.assertTrue(line, "the run ended before it began")
        return process

    def assert_ends(self, process, within):
        ranks = ranks_of(process)
        begin = time.monotonic()
        out, err = process.communicate(timeout=60)
        self.assertLess(time.monotonic() - begin, within)
        while any(runs(rank) for rank in ranks):
            self.assertLess(time.monotonic() - begin, within, "a rank is left behind")
            time.sleep(0.05)
        return err

    def test_a_rank_is_killed(self):
        process = self.start(3)
        os.kill(ranks_of(process)[1], signal.SIGKILL)
        self.assert_ends(process, 10)
        self.assertNotEqual(process.returncode, 0)

    def test_interrupt_saves_and_stops_all(self):
        process = self.start(3)
        process.send_signal(signal.SIGUSR1)
        err = self.assert_ends(process, 20)
        self.assertEqual(process.returncode, 130, err)
        self.assertIn("burgeon resume", err)

    def test_terminating_mpirun_saves_too(self):
        # mpirun sends SIGTERM on, and kills what is still there a second later.
        process = self.start(2)
        process.terminate()
        self.assert_ends(process, 20)
        self.assertTrue(list((self.root / "out").rglob("*.ckpt*")) or list((self.root / "out/checkpoints").iterdir()))

    def test_a_number_that_is_not_finite_on_one_rank(self):
        # Neuron 79 of pyr belongs to the last rank.
        explosion = """
[populations.pyr.groups]
last = { first = 79, count = 1 }
[inputs.explosion]
type = "poisson"
target = "pyr.last"
receptor = "ampa"
rate = "1 kHz"
weight = "1e300 nS"
start = "500 ms"
"""
        self.model.write_text(self.model.read_text() + explosion)
        done = mpirun(3, "run", self.model, "--out", self.root / "out", "--threads", 1)
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertRegex(done.stderr, r"error: .* of neuron 79 of population pyr is not finite .*rank 2")
        self.assertEqual(done.stderr.count("error:"), 1, done.stderr)

    def test_folder_that_only_rank_0_sees_is_taken(self):
        (self.root / "out").mkdir()
        (self.root / "out/file").write_text("mine")
        done = mpirun(3, "run", self.model, "--out", self.root / "out")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertEqual(done.stderr.count("error:"), 1, done.stderr)

    def test_an_invalid_model_is_reported_once(self):
        self.model.write_text(self.model.read_text().replace("[populations.pv]", "[populations.pvv]"))
        done = mpirun(3, "run", self.model, "--out", self.root / "out")
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertEqual(len(re.findall(r"errors? found", done.stderr)), 1, done.stderr)

    def test_a_disk_that_is_full(self):
        # No file may grow beyond 50 kB once the ranks talk over sockets instead of shared files.
        limited = self.root / "limited"
        limited.write_text(f'#!/bin/sh\nulimit -f 100\nexec "{os.environ["BURGEON_BIN"]}" "$@"\n')
        limited.chmod(0o755)
        process = start_mpirun(2, "run", self.model, "--out", self.root / "out", "--threads", 1,
                               "--checkpoint-every", 0.2, program=limited, more={"OMPI_MCA_btl": "self,tcp"})
        err = self.assert_ends(process, 60)
        self.assertEqual(process.returncode, 5, err)
        self.assertRegex(err, r"error: .*cannot \w+")


@needs_mpi()
class SweepTest(unittest.TestCase):
    def test_ranks_share_a_sweep(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "model.toml").write_text(MODELS["delta"])
            file = folder / "sweep.toml"
            file.write_text('title = "shared"\nmodel = "model.toml"\n[axes.drive]\npath = "inputs.external.rate"\n'
                            'unit = "Hz"\nfrom = 10000\nto = 14000\npoints = 12\n[replicates]\ncount = 2\n')
            alone, shared = folder / "alone", folder / "shared"
            done = burgeon("sweep", "run", file, "--out", alone, "-j", 1)
            self.assertEqual(done.returncode, 0, done.stderr)
            done = mpirun(4, "sweep", "run", file, "--out", shared, "-j", 1)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(done.stdout.count("24 planned = 24 done"), 1, "rank 0 alone reports, on all runs")
            for out in (alone, shared):
                done = burgeon("sweep", "collate", file, "--out", out)
                self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual((alone / "sweep.h5").read_bytes(), (shared / "sweep.h5").read_bytes())
            # The work was shared: several processes have written a log with runs in it.
            self.assertGreater(sum(path.stat().st_size > 0 for path in (shared / "logs").glob("*.jsonl")), 1)


if __name__ == "__main__":
    unittest.main()
