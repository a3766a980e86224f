#!/usr/bin/env python3
"""Instructions of three small workloads, as callgrind counts them, against tests/bench/instructions.json.

    tests/bench/instructions_test.py [--update]

Counts do not depend on the load of the machine. They are those of the AVX2 kernels (callgrind knows no AVX-512), of the whole process
less that of the same model with next to no duration, so building the network is left out. Exits with 77 where valgrind is missing.
A count that falls is a reason to run --update, one that rises by more than the tolerance is a failure.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = os.environ.get("BURGEON_ROOT", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
BINARY = os.environ.get("BURGEON_BIN", os.path.join(ROOT, "build", "release", "burgeon"))
EXPECTED = os.path.join(ROOT, "tests", "bench", "instructions.json")
# Model, duration and what else is changed.
WORKLOADS = {
    "a1": ("models/experiments/bench_a1.toml", "100 ms", []),
    "b1dc": ("models/experiments/bench_b1dc.toml", "100 ms",
             ["populations.exc.n=2000", "populations.inh.n=500", "projections.exc_to_exc.wiring.number=200",
              "projections.exc_to_inh.wiring.number=200", "projections.inh_to_exc.wiring.number=50",
              "projections.inh_to_inh.wiring.number=50"]),
    "prefrontal": ("models/circuits/prefrontal.toml", "200 ms", []),
}


def count(model, duration, changes):
    """Instructions of one run on one thread."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=" + os.path.join(folder, "out"), BINARY, "bench",
                   os.path.join(ROOT, model), "--threads", "1", "--repeats", "1", "--json"]
        tick = "100 us" if duration == "100 us" else "50 ms"
        for change in [f"simulation.duration={duration}", "simulation.discard=0 ms", "simulation.slow_tick=" + tick, *changes]:
            command += ["--set", change]
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode != 0:
            sys.exit(f"{' '.join(command)}\n{result.stdout}{result.stderr}")
        # rep-prefixed stores count once per byte; what is left of libc's memset follows the machine, so only we are counted.
        ours = 0
        listing = subprocess.run(["callgrind_annotate", "--threshold=100", os.path.join(folder, "out")],
                                 capture_output=True, text=True, check=True).stdout
        for line in listing.splitlines():
            match = re.match(r"\s*([\d,]+) .*\[" + re.escape(os.path.realpath(BINARY)) + r"\]", line)
            if match:
                ours += int(match.group(1).replace(",", ""))
        return ours


def main():
    if not shutil.which("valgrind"):
        print("skipped: valgrind is not installed (scripts/setup ci)")
        sys.exit(77)
    with open(EXPECTED) as f:
        expected = json.load(f)
    found = {}
    for name, (model, duration, changes) in WORKLOADS.items():
        found[name] = count(model, duration, changes) - count(model, "100 us", changes)
    if "--update" in sys.argv:
        expected["instructions"] = found
        with open(EXPECTED, "w") as f:
            json.dump(expected, f, indent=1)
            f.write("\n")
    failed = False
    for name, instructions in found.items():
        ratio = instructions / expected["instructions"][name]
        print(f"{name:11s} {instructions:13,d} instructions, {ratio:.3f} of what is written down")
        failed = failed or ratio > 1 + expected["tolerance"]
    # The planted fault: a tenth more work is noticed.
    model, _, changes = WORKLOADS["a1"]
    more = count(model, "110 ms", changes) - count(model, "100 us", changes)
    if more <= (1 + expected["tolerance"]) * expected["instructions"]["a1"]:
        print(f"a tenth more work goes unnoticed: {more:,d}")
        failed = True
    sys.exit(1 if failed else 0)


main()
