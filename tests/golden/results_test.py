#!/usr/bin/env python3
"""Results of short runs of the models that come with burgeon, against tests/golden/results.json.

    tests/golden/results_test.py [--update]

The hash of a result covers every spike, plastic weight and slow state, so any change of results is seen here, wanted or not. A change that is
wanted is taken over with --update, and the commit says why results changed. Hashes are compared for the compiler that they were
written with; for others the means that are written beside them, within five per cent.
The planted fault: the same model with one weight a thousandth larger must be told apart.
"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import h5py

ROOT = Path(os.environ.get("BURGEON_ROOT", Path(__file__).resolve().parents[2]))
BURGEON = os.environ.get("BURGEON_BIN", str(ROOT / "build/release/burgeon"))
EXPECTED = ROOT / "tests/golden/results.json"
RUNS = {  # name: model, duration, more keys
    "brette_coba": ("circuits/brette_coba.toml", "1 s", {}),
    "brette_cuba": ("circuits/brette_cuba.toml", "1 s", {}),
    "brunel_delta": ("circuits/brunel_delta.toml", "150 ms", {}),
    "wang_decision": ("circuits/wang_decision.toml", "500 ms", {}),
    "prefrontal": ("circuits/prefrontal.toml", "1 s", {}),
    "clamped_ketamine": ("experiments/dose_response.toml", "3 s", {"doses.0.over": '"3 s"'}),
    "stdp": ("experiments/bench_b2.toml", "200 ms", {}),
    "growth": ("experiments/bench_d.toml", "5 s", {}),
    "healthy_course": ("experiments/healthy_one_dose.toml", "2 h", {}),
    "reduced_course": ("experiments/reduced/stress_and_one_infusion.toml", None, {}),
}


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def run(model, duration, changes):
    """Hash, compiler and means of one run."""
    with tempfile.TemporaryDirectory(prefix="burgeon_golden_") as folder:
        out = Path(folder) / "out"
        command = [BURGEON, "run", str(ROOT / "models" / model), "--out", str(out), "--threads", "2", "--progress", "none"]
        if duration:
            changes = {"simulation.duration": f'"{duration}"', "simulation.discard": '"0 ms"', **changes}
        for key, value in changes.items():
            command += ["--set", f"{key}={value}"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
        with h5py.File(out / "run.h5") as file:
            provenance = file["run/provenance"]
            build = json.loads(text(provenance["build_json"][()]))
            summary = {name: float(data[()]) for name, data in file["run/summary"].items()}
            means = {name: value for name, value in summary.items() if name.endswith(".rate") or name == "signal.mood.severity"}
            return {"hash": text(provenance.attrs["result_hash"]), "means": means}, f"{build['compiler']} {build['build_type']}"


def wrong(found, expected, same_compiler):
    """What differs; empty when nothing does."""
    if same_compiler:
        return "" if found["hash"] == expected["hash"] else f"hash {found['hash']} instead of {expected['hash']}; means {found['means']}"
    far = [name for name, value in expected["means"].items() if abs(found["means"].get(name, 1e300) - value) > 0.05 * abs(value)]
    return f"{', '.join(far)} differ: {found['means']} instead of {expected['means']}" if far else ""


def main():
    results, compiler = {}, ""
    for name, (model, duration, changes) in RUNS.items():
        results[name], compiler = run(model, duration, changes)
    if "--update" in sys.argv:
        EXPECTED.write_text(json.dumps({"compiler": compiler, "results": results}, indent=1) + "\n")
        return 0
    expected = json.loads(EXPECTED.read_text())
    same = compiler == expected["compiler"]
    print(f"compiler {compiler}: {'hashes' if same else 'means'} are compared")
    failed = False
    for name, found in results.items():
        complaint = wrong(found, expected["results"][name], same)
        failed = failed or bool(complaint)
        print(f"{name:17s} {complaint or 'as written down'}")

    model, duration, _ = RUNS["brette_coba"]
    planted, _ = run(model, duration, {"projections.exc_to_exc.weight": '"6.006 nS"'})
    if planted["hash"] == expected["results"]["brette_coba"]["hash"]:
        print("a changed weight goes unnoticed")
        failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
