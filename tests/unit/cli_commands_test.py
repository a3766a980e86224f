#!/usr/bin/env python3
"""The burgeon program from outside: every command, its exit code, and what its output promises."""

import json
import os
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

BURGEON = os.environ.get("BURGEON_BIN", "burgeon")
ENVIRONMENT = {**os.environ, "NO_COLOR": "1"}

MODEL = """
title = "Two populations"
[simulation]
duration = "%s"
seed = 3
discard = "20 ms"
[populations.pyr]
model = "lif_cond"
n = 80
class = "pyramidal"
initial.V_m = { uniform = ["-70 mV", "-50 mV"] }
[populations.pyr.receptors.ampa]
model = "exp_conductance"
E_rev = "0 mV"
[populations.pyr.receptors.nmda]
subunit = "2B"
[populations.pv]
model = "lif_cond"
n = 20
class = "PV"
[populations.pv.receptors.ampa]
model = "exp_conductance"
E_rev = "0 mV"
[projections.pyr_to_pv]
source = "pyr"
target = "pv"
receptor = "ampa"
wiring = { rule = "bernoulli", p = 0.2 }
weight = "1 nS"
delay = "1.5 ms"
[projections.pyr_to_pyr]
source = "pyr"
target = "pyr"
receptor = "nmda"
wiring = { rule = "fixed_in_degree", number = 10 }
weight = { lognormal = ["0.5 nS", "0.3 nS"] }
delay = { uniform = ["1 ms", "2 ms"] }
[inputs.background]
type = "poisson"
target = ["pyr", "pv"]
receptor = "ampa"
rate = "2 kHz"
weight = "1 nS"
[drugs.ketamine]
[[doses]]
drug = "ketamine"
route = "iv"
amount = "35 mg"
start = "100 ms"
over = "100 ms"
[record.spikes]
target = "*"
[record.drug]
kind = "signal"
variable = "*"
every = "100 ms"
"""


def burgeon(*words, cwd=None):
    return subprocess.run([BURGEON, *map(str, words)], capture_output=True, text=True, env=ENVIRONMENT, cwd=cwd, timeout=120)


class CommandsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.root = Path(cls.temporary.name)
        cls.model = cls.root / "small.toml"
        cls.model.write_text(MODEL % "400 ms")
        cls.run_folder = cls.root / "run"
        cls.done = burgeon("run", cls.model, "--out", cls.run_folder, "--threads", 1)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def hash_of(self, folder):
        done = burgeon("inspect", folder, "--hash")
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def test_run_ends_with_rates_hash_and_the_next_command(self):
        self.assertEqual(self.done.returncode, 0, self.done.stderr)
        self.assertRegex(self.done.stdout, r"pyr +[0-9.]+ Hz")
        self.assertIn(self.hash_of(self.run_folder), self.done.stdout)
        self.assertIn("burgeon plot", self.done.stdout)
        self.assertNotIn("\x1b", self.done.stdout + self.done.stderr)

    def test_results_go_to_a_folder_named_after_the_model(self):
        self.assertEqual(burgeon("run", self.model, cwd=self.root).returncode, 0)
        self.assertTrue((self.root / "results/small/run.h5").exists())

    def test_run_replaces_results_only_when_told(self):
        folder = self.root / "again"
        self.assertEqual(burgeon("run", self.model, "--out", folder).returncode, 0)
        refused = burgeon("run", self.model, "--out", folder, "--seed", 9)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("--force", refused.stderr)
        self.assertEqual(self.hash_of(folder), self.hash_of(self.run_folder))
        self.assertEqual(burgeon("run", self.model, "--out", folder, "--seed", 9, "--force").returncode, 0)
        self.assertNotEqual(self.hash_of(folder), self.hash_of(self.run_folder))

    def test_threads_and_instruction_sets_do_not_change_results(self):
        for words in (("--threads", 3), ("--simd", "v2", "--threads", 1)):
            folder = self.root / f"same{len(words)}{words[0]}"
            self.assertEqual(burgeon("run", self.model, "--out", folder, *words).returncode, 0)
            self.assertEqual(self.hash_of(folder), self.hash_of(self.run_folder), words)
            self.assertEqual(burgeon("diff", folder, self.run_folder).returncode, 0)

    def test_diff_tells_runs_apart(self):
        folder = self.root / "other_seed"
        self.assertEqual(burgeon("run", self.model, "--out", folder, "--seed", 4).returncode, 0)
        done = burgeon("diff", folder, self.run_folder)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("spikes", done.stdout)

    def test_set_changes_one_value(self):
        plain = json.loads(burgeon("check", self.model, "--json").stdout)
        more = json.loads(burgeon("check", self.model, "--json", "--set", "populations.pyr.n=160").stdout)
        self.assertEqual((plain["neurons"], more["neurons"]), (100, 180))

    def test_reproduce_compares_with_the_stored_hash(self):
        done = burgeon("reproduce", self.run_folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(self.hash_of(self.run_folder), done.stdout)

    def test_inspect_json_holds_summary_and_provenance(self):
        report = json.loads(burgeon("inspect", self.run_folder, "--json").stdout)
        self.assertTrue(report["complete"])
        self.assertGreater(report["summary"]["pyr.rate"], 0.0)
        self.assertIn("burgeon run", report["provenance"]["argv"])

    def test_progress_as_json_lines(self):
        done = burgeon("run", self.model, "--out", self.root / "jsonl", "--progress", "jsonl")
        lines = [json.loads(line) for line in done.stderr.splitlines()]
        self.assertTrue(lines)
        self.assertLessEqual(lines[-1]["biological_ms"], lines[-1]["total_ms"])

    def test_interrupted_and_resumed_equals_uninterrupted(self):
        model = self.root / "long.toml"
        model.write_text(MODEL % "60 s")
        folder = self.root / "interrupted"
        process = subprocess.Popen([BURGEON, "run", model, "--out", folder, "--threads", "1", "--progress", "jsonl"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)
        process.stderr.readline()  # it is on its way
        process.send_signal(signal.SIGTERM)
        _, messages = process.communicate(timeout=60)
        if process.returncode == 0:
            self.skipTest("the run was over before the signal came")
        self.assertEqual(process.returncode, 130, messages)
        self.assertIn(f"burgeon resume {folder}", messages)
        resumed = burgeon("resume", folder, "--threads", 2)
        self.assertEqual(resumed.returncode, 0, resumed.stderr)
        whole = self.root / "whole"
        self.assertEqual(burgeon("run", model, "--out", whole, "--threads", 1).returncode, 0)
        self.assertEqual(self.hash_of(folder), self.hash_of(whole))
        self.assertEqual(burgeon("diff", folder, whole).returncode, 0)
        self.assertEqual(burgeon("resume", folder).returncode, 0)

    def test_bad_command_lines_are_usage_errors(self):
        for words in ((), ("walk",), ("run",), ("run", self.model, "--set", "nonsense"), ("plot", "x", "--kind", "pie"),
                      ("run", self.model, "--threads", "0"), ("models", "ketamin")):
            self.assertEqual(burgeon(*words).returncode, 2, words)
        self.assertIn("ketamine", burgeon("models", "ketamin").stderr)
        self.assertEqual(burgeon("--version").returncode, 0)
        self.assertEqual(burgeon("--help").returncode, 0)

    def test_bad_models_are_config_errors_all_at_once(self):
        wrong = self.root / "wrong.toml"
        wrong.write_text((MODEL % "400 ms").replace('n = 80', 'nn = 80').replace('"2 kHz"', '"2 mV"'))
        done = burgeon("run", wrong, "--out", self.root / "never")
        self.assertEqual(done.returncode, 3)
        self.assertRegex(done.stderr, r"wrong\.toml:\d+:\d+: error:.*nn")
        self.assertIn("rate", done.stderr)
        self.assertFalse((self.root / "never").exists())
        diagnostics = [json.loads(line) for line in burgeon("check", wrong, "--json").stderr.splitlines()]
        self.assertGreaterEqual(len(diagnostics), 2)
        self.assertEqual(burgeon("check", self.root / "absent.toml").returncode, 3)

    def test_unreadable_results_are_environment_errors(self):
        broken = self.root / "broken.h5"
        broken.write_bytes(b"no HDF5")
        for words in (("inspect", broken), ("inspect", self.root / "absent"), ("reproduce", broken),
                      ("resume", self.root), ("plot", self.root / "absent"), ("run", self.model, "--out", broken)):
            done = burgeon(*words)
            self.assertEqual(done.returncode, 5, (words, done.stderr))
            self.assertIn("error", done.stderr)

    def test_describe_tells_circuit_drug_and_time(self):
        done = burgeon("describe", self.model)
        self.assertEqual(done.returncode, 0, done.stderr)
        for words in ("pyr_to_pv", "lognormal(0.5, 0.3) nS", "35 mg i.v. (0.5 mg/kg)", "in-degree 10", "2000 Hz"):
            self.assertIn(words, done.stdout)
        self.assertIn("pyr.nmda", burgeon("describe", self.model, "--signals").stdout)
        self.assertTrue(burgeon("describe", self.model, "--dot").stdout.startswith("digraph"))
        self.assertIn("populations", json.loads(burgeon("describe", self.model, "--json").stdout))

    def test_schedule_is_printed_and_nothing_runs(self):
        done = burgeon("run", self.model, "--schedule", "--out", self.root / "scheduled")
        self.assertEqual(done.returncode, 0)
        self.assertIn("neurons", done.stdout)
        self.assertFalse((self.root / "scheduled").exists())

    def test_models_and_schema_know_the_catalogue(self):
        listed = json.loads(burgeon("models", "--json").stdout)
        names = [entry["name"] for entry in listed]
        self.assertIn("ketamine", names)
        self.assertEqual({entry["kind"] for entry in listed}, {"neuron", "receptor", "gate", "plasticity", "drug", "slow", "structure"})
        mouse = [row for row in listed[names.index("ketamine")]["presets"] if row["name"] == "mouse"]
        self.assertEqual([row["species"] for row in mouse], ["mouse"])
        self.assertTrue(mouse[0]["source"])
        for name in names:
            page = burgeon("models", name)
            self.assertEqual(page.returncode, 0, name)
            self.assertIn("Source:", page.stdout)
        self.assertIn("properties", json.loads(burgeon("schema").stdout))

    def test_completion_is_valid_bash_and_completes(self):
        script = burgeon("completion").stdout
        probe = script + '\nCOMP_WORDS=(burgeon run --see); COMP_CWORD=2; _burgeon; echo "${COMPREPLY[@]}"\n' \
            'COMP_WORDS=(burgeon insp); COMP_CWORD=1; _burgeon; echo "${COMPREPLY[@]}"\n' \
            'COMP_WORDS=(burgeon models stdp_inh); COMP_CWORD=2; _burgeon; echo "${COMPREPLY[@]}"\n' \
            'COMP_WORDS=(burgeon sweep ver); COMP_CWORD=2; _burgeon; echo "${COMPREPLY[@]}"\n' \
            'COMP_WORDS=(burgeon sweep run --sh); COMP_CWORD=3; _burgeon; echo "${COMPREPLY[@]}"\n' \
            'COMP_WORDS=(burgeon sweep plan --sn); COMP_CWORD=3; _burgeon; echo "${COMPREPLY[@]}"\n'
        done = subprocess.run(["bash", "-c", probe], capture_output=True, text=True)
        self.assertEqual(done.stdout.split(),
                         ["--seed", "inspect", "stdp_inhibitory", "verify", "--shard", "--snakemake"], done.stderr)

    def test_doctor_and_bench_report_in_json(self):
        self.assertIn("HDF5", json.loads(burgeon("doctor", self.root, "--json").stdout))
        report = json.loads(burgeon("bench", self.model, "--repeats", 1, "--threads", 1, "--json").stdout)
        self.assertGreater(report["events"], 0)
        self.assertEqual(report["result_hash"], self.hash_of(self.run_folder))


if __name__ == "__main__":
    unittest.main()
