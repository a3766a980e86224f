"""A Slurm of one node in a folder of its own: munged, slurmctld and slurmd on loopback, own key, ports and state, no systemd.

    with PrivateSlurm() as slurm:
        job = slurm.submit("job.sh", cwd=...)

Needs root and the Debian packages munge, slurmctld, slurmd and slurm-client. Everything started here has ended when the block ends.
"""

import ctypes
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

PROGRAMS = {"munged": "munge", "slurmctld": "slurmctld", "slurmd": "slurmd", "sbatch": "slurm-client"}
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"

CONFIG = """
ClusterName=burgeon
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
CredType=cred/munge
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=batch_sched_delay=0,sched_min_interval=100000,sched_interval=1,bf_interval=1
ReturnToService=2
KillWait=2
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
PluginDir=/usr/lib/{triplet}/slurm-wlm
NodeName=solo NodeHostname={host} NodeAddr=127.0.0.1 CPUs={processors} RealMemory={megabytes} State=UNKNOWN
PartitionName=main Nodes=solo Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO
"""


def what_is_missing():
    """Why no private Slurm can be started here; empty when it can."""
    if os.geteuid() != 0:
        return "only root can start slurmd"
    packages = [package for program, package in PROGRAMS.items() if not shutil.which(program, path=PATH)]
    return f"not installed: {' '.join(packages)} (scripts/setup cluster)" if packages else ""


def die_with_parent():
    """Also when this process is killed before it can stop its daemons."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


class PrivateSlurm:
    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="burgeon_slurm_")).resolve()
        self.daemons = []
        self.environment = {**os.environ, "PATH": PATH, "SLURM_CONF": str(self.folder / "slurm.conf")}

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        # munged wants folders that everyone can enter and nobody else can write to.
        self.folder.chmod(0o755)
        for name in ("munge", "state", "spool"):
            (self.folder / name).mkdir(mode=0o755)
        key = self.folder / "munge/key"
        key.touch(mode=0o600)
        key.write_bytes(os.urandom(128))
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        (self.folder / "slurm.conf").write_text(CONFIG.format(
            host=socket.gethostname().split(".")[0], ports=free_ports(2), folder=self.folder,
            processors=len(os.sched_getaffinity(0)), megabytes=memory // 2**20 * 9 // 10,
            triplet=os.uname().machine + "-linux-gnu"))
        (self.folder / "cgroup.conf").write_text("CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n")
        munge = self.folder / "munge"
        self.launch("munged", "--foreground", "--num-threads=2", f"--key-file={key}", f"--socket={munge}/socket",
                    f"--pid-file={munge}/pid", f"--log-file={munge}/log", f"--seed-file={munge}/seed")
        self.wait_for(lambda: (munge / "socket").exists(), "munged")
        self.launch("slurmctld", "-D", "-c")
        self.launch("slurmd", "-D", "-N", "solo")
        self.wait_for(lambda: self.ask("sinfo", "-h", "-o", "%T").strip() == "idle", "the node")

    def launch(self, program, *words):
        log = open(self.folder / f"{program}.out", "w")
        self.daemons.append(subprocess.Popen([shutil.which(program, path=PATH), *words], env=self.environment,
                                             stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                                             preexec_fn=die_with_parent))
        log.close()

    def wait_for(self, condition, what, seconds=60):
        end = time.monotonic() + seconds
        while not condition():
            dead = [d.args[0] for d in self.daemons if d.poll() is not None]
            if dead or time.monotonic() > end:
                raise RuntimeError(f"waiting for {what}: {' '.join(dead) + ' ended' if dead else 'too long'}\n{self.logs()}")
            time.sleep(0.1)

    def logs(self):
        files = [*sorted(self.folder.glob("*.out")), *sorted(self.folder.glob("*.log")), self.folder / "munge/log"]
        return "\n".join(f"--- {f.name}\n{f.read_text(errors='replace')[-3000:]}" for f in files if f.exists())

    def ask(self, *words, check=False):
        """Standard output of a Slurm command; with `check`, an error when it fails."""
        done = subprocess.run(words, env=self.environment, capture_output=True, text=True, timeout=60)
        if check and done.returncode != 0:
            raise RuntimeError(f"{' '.join(words)}: {done.stderr}\n{self.logs()}")
        return done.stdout

    def submit(self, script, cwd):
        """Number of the job."""
        done = subprocess.run(["sbatch", "--parsable", str(script)], env=self.environment, cwd=cwd, capture_output=True,
                              text=True, timeout=60)
        if done.returncode != 0:
            raise RuntimeError(f"sbatch: {done.stderr}\n{self.logs()}")
        return int(done.stdout.split(";")[0])

    def tasks(self, job):
        """State and number of restarts by task of an array; tasks that have not begun share a line and are left out."""
        found = {}
        for block in self.ask("scontrol", "show", "job", str(job)).split("\n\n"):
            fields = dict(re.findall(r"(\w+)=(\S*)", block))
            if fields.get("ArrayTaskId", "").isdigit():
                found[int(fields["ArrayTaskId"])] = (fields["JobState"], int(fields["Restarts"]))
        return found

    def stop(self):
        """Jobs first, so that no process of theirs outlives the daemons; then the daemons, last started first."""
        if len(self.daemons) == 3 and all(d.poll() is None for d in self.daemons):
            self.ask("scancel", "--user=root")
            end = time.monotonic() + 15
            while self.ask("squeue", "-h").strip() and time.monotonic() < end:
                time.sleep(0.2)
        for daemon in reversed(self.daemons):
            if daemon.poll() is None:
                daemon.send_signal(signal.SIGTERM)
            try:
                daemon.wait(timeout=15)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
