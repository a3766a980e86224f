"""Runs of the burgeon program for tests: a small model with one of everything, and results as arrays."""

import os
import subprocess
from pathlib import Path

import h5py
import numpy

BURGEON = os.environ.get("BURGEON_BIN", "burgeon")
ENVIRONMENT = {**os.environ, "NO_COLOR": "1"}

# Variable delays, a plastic projection, channel block that grows, interventions at whole slow ticks, every kind of table.
MODEL = """
title = "One of everything"
[simulation]
duration = "%(duration)s"
slow_tick = "%(slow_tick)s"
seed = 5
[populations.pyr]
model = "aeif_cond"
n = 80
C_m = { normal = ["200 pF", "10 pF"], min = "150 pF", max = "250 pF" }
initial.V_m = { uniform = ["-65 mV", "-52 mV"] }
receptors.ampa = { model = "exp_conductance", tau = "3 ms", E_rev = "0 mV" }
receptors.nmda = { model = "nmda", subunit = "2B" }
receptors.gaba = { model = "exp_conductance", tau = "8 ms", E_rev = "-75 mV" }
[populations.pv]
model = "lif_cond"
n = 20
initial.V_m = { uniform = ["-65 mV", "-52 mV"] }
receptors.ampa = { model = "exp_conductance", tau = "2 ms", E_rev = "0 mV" }
[projections.pyr_to_pyr]
source = "pyr"
target = "pyr"
receptor = "ampa"
wiring = { rule = "bernoulli", p = 0.2 }
weight = "0.6 nS"
delay = "1.5 ms"
plasticity = { model = "stdp_pair", w_max = "2 nS" }
[projections.pyr_to_pyr_nmda]
source = "pyr"
target = "pyr"
receptor = "nmda"
wiring = { rule = "fixed_in_degree", number = 12 }
weight = { lognormal = ["0.4 nS", "0.2 nS"] }
delay = "1.1 ms"
[projections.pyr_to_pv]
source = "pyr"
target = "pv"
receptor = "ampa"
wiring = { rule = "fixed_in_degree", number = 20 }
weight = "1.0 nS"
delay = { uniform = ["0.3 ms", "12 ms"] }
[projections.pv_to_pyr]
source = "pv"
target = "pyr"
receptor = "gaba"
wiring = { rule = "fixed_out_degree", number = 30 }
weight = "1.5 nS"
delay = "0.7 ms"
[inputs.background]
type = "poisson"
target = ["pyr", "pv"]
receptor = "ampa"
rate = "3 kHz"
weight = "2 nS"
[inputs.slow]
type = "ou_current"
target = "pyr"
mean = "20 pA"
sd = "20 pA"
tau = "20 ms"
[drugs.ketamine]
[[doses]]
drug = "ketamine"
route = "iv"
amount = "35 mg"
start = "1 s"
over = "2 s"
[[interventions]]
kind = "silence"
target = "pv"
start = "1 s"
stop = "2 s"
[[interventions]]
kind = "scale_weights"
projection = "pv_to_pyr"
factor = 0.5
start = "2 s"
stop = "5 s"
[[interventions]]
kind = "delete_synapses"
projection = "pyr_to_pyr"
fraction = 0.2
start = "3 s"
[record.spikes]
target = "*"
[record.rates]
kind = "rate"
target = "*"
every = "15 ms"
[record.drug]
kind = "signal"
[record.membrane]
kind = "variable"
variable = "V_m"
target = "pyr"
every = "5 ms"
subset = 5
"""


def write_model(path, duration="8 s", slow_tick="10 ms"):
    Path(path).write_text(MODEL % {"duration": duration, "slow_tick": slow_tick})
    return path


def burgeon(*words, **options):
    """Runs the program to its end; standard output and error as text."""
    options = {"capture_output": True, "text": True, "errors": "replace", "env": ENVIRONMENT, "timeout": 120, **options}
    return subprocess.run([BURGEON, *map(str, words)], **options)


def start(*words):
    return subprocess.Popen([BURGEON, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env=ENVIRONMENT)


def hash_of(folder):
    done = burgeon("inspect", folder, "--hash")
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout.strip()


def contents(folder):
    """Every dataset of run.h5 and of the reports as (path -> array), without those that say how it was made."""
    arrays = {}
    files = [Path(folder) / "run.h5", *sorted((Path(folder) / "reports").glob("*.h5"))]
    for path in files:
        with h5py.File(path) as file:
            def keep(name, item, prefix=path.name):
                if isinstance(item, h5py.Dataset) and not name.startswith("run/provenance"):
                    arrays[f"{prefix}:{name}"] = item[()]
            file.visititems(keep)
    return arrays


def same_values(a, b):
    """Bit for bit, NaN being equal to itself."""
    a, b = numpy.asarray(a), numpy.asarray(b)
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
