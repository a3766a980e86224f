"""Sweeps for the tests of clusters: one that takes a few seconds, and what is compared at the end."""

import json
import os
import subprocess
import sys
from pathlib import Path

BURGEON = os.environ.get("BURGEON_BIN", "burgeon")
ROOT = Path(os.environ.get("BURGEON_ROOT", Path(__file__).resolve().parents[2]))
SKIPPED = 77  # ctest: SKIP_RETURN_CODE


def needed(test, missing):
    """Ends the test when something is missing: as skipped, or as failed where the machine must have it."""
    if not missing:
        return
    if os.environ.get("BURGEON_REQUIRE_CLUSTER"):
        test.fail(missing)
    print(f"skipped: {missing}", file=sys.stderr)
    sys.stderr.flush()
    os._exit(SKIPPED)


def write_sweep(folder, seconds, points, replicates):
    """A grid over the circuit of Brette et al. at a twentieth of its size; about 7 ms of wall time a simulated second."""
    (folder / "circuit.toml").write_text((ROOT / "models/circuits/brette_cuba.toml").read_text())
    file = folder / "sweep.toml"
    file.write_text(
        'title = "cluster"\nmodel = "circuit.toml"\n'
        f'[set]\n"simulation.duration" = "{seconds} s"\n"simulation.discard" = "0 ms"\n"simulation.scale" = 0.05\n'
        '[axes.w]\npath = ["projections.inh_to_exc.weight", "projections.inh_to_inh.weight"]\nunit = "pA"\n'
        f"from = -120\nto = -60\npoints = {points}\n[replicates]\ncount = {replicates}\n")
    return file


def sweep(command, file, out, *options, **how):
    words = [BURGEON, "sweep", command, str(file), "--out", str(out), *map(str, options)]
    return subprocess.run(words, **{"capture_output": True, "text": True, "timeout": 280, **how})


def books(file, out):
    return json.loads(sweep("verify", file, out, "--json").stdout)


def collated(file, out):
    """The bytes of sweep.h5 and sweep.csv."""
    done = sweep("collate", file, out, "--csv")
    if done.returncode != 0:
        raise AssertionError(done.stdout + done.stderr)
    return (out / "sweep.h5").read_bytes(), (out / "sweep.csv").read_bytes()


def programs(*marks):
    """Processes of burgeon whose environment holds all marks, each as NAME=value."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            name = Path((entry / "cmdline").read_text(errors="replace").split("\0")[0]).name
            environment = (entry / "environ").read_text(errors="replace").split("\0")
        except OSError:
            continue
        if name == "burgeon" and all(mark in environment for mark in marks):
            found.append(int(entry.name))
    return found
