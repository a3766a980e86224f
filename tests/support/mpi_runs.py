"""Runs of the burgeon program on several ranks."""

import json
import os
import subprocess
import unittest

from cli_runs import BURGEON, ENVIRONMENT, burgeon

# More ranks than processors, as root in a container, no pinning, and shared memory without ptrace.
LAUNCH = {
    **ENVIRONMENT,
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OMPI_MCA_rmaps_base_oversubscribe": "1",
    "OMPI_MCA_hwloc_base_binding_policy": "none",
    "OMPI_MCA_btl_vader_single_copy_mechanism": "none",
    "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe",
    # What MPI itself leaves behind is not ours to free.
    "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0",
}


def needs_mpi():
    """Only a build without MPI may go without these tests."""
    text = json.loads(burgeon("doctor", "--json").stdout)["MPI"]["text"]
    return unittest.skipIf(text.startswith("not built in"), "this build has no MPI")


def command(ranks, words, program):
    return ["mpirun", "-n", str(ranks), str(program), *map(str, words)]


def mpirun(ranks, *words, program=BURGEON, **options):
    """Runs the program on so many ranks to its end; standard output and error as text."""
    options = {"capture_output": True, "text": True, "errors": "replace", "env": LAUNCH, "timeout": 120, **options}
    return subprocess.run(command(ranks, words, program), **options)


def start_mpirun(ranks, *words, program=BURGEON, more=None):
    return subprocess.Popen(command(ranks, words, program), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            env={**LAUNCH, **(more or {})})
