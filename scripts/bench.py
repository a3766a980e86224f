#!/usr/bin/python3
"""Side-by-side timing of burgeon and Brian 2 (C++ standalone) on the same workloads, in one run.

    scripts/bench [--workloads a1,b1,b1dc,b2,b2dc,e] [--threads 1,2] [--repeat 3] [--seconds 2.1]

Prints a table of medians: real-time factor (RTF, wall seconds per biological second, loop only), ns per synaptic event, mean
rate, and the ratio Brian / burgeon. The two engines take turns, so that a change in the machine's speed hits both.
B2 takes Brian minutes per second of biology: --seconds shortens it. E in Brian: gates of the sources summed once per group of
targets, without their delay of 0.5 ms (sums have none there), and second-order Runge-Kutta.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WORKLOADS = ("a1", "b1", "b1dc", "b2", "b2dc", "e")


def burgeon(binary, workload, threads, seconds):
    """RTF, ns/event, rate of one run of burgeon."""
    model = os.path.join(ROOT, "models", "experiments", "bench_" + workload + ".toml")
    command = [binary, "bench", model, "--threads", str(threads), "--repeats", "1", "--json",
               "--set", f"simulation.duration='{seconds} s'", "--set", "simulation.discard='0 s'"]
    result = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return result


BRIAN = r'''
import json, os, sys, time
from brian2 import *
workload, threads, folder, seconds = sys.argv[1], int(sys.argv[2]), sys.argv[3], float(sys.argv[4])
prefs.devices.cpp_standalone.openmp_threads = 0 if threads == 1 else threads
prefs.codegen.cpp.extra_compile_args_gcc = ['-w', '-O3', '-march=native']
set_device('cpp_standalone', directory=folder, build_on_run=False)
defaultclock.dt = 0.1*ms
seed(1)
if workload == 'a1':
    C, gL, El, Ee, Ei = 200*pF, 10*nS, -60*mV, 0*mV, -80*mV
    I0, taue, taui = 200*pA, 5*ms, 10*ms
    G = NeuronGroup(4000, """dv/dt = (gL*(El-v) + ge*(Ee-v) + gi*(Ei-v) + I0)/C : volt (unless refractory)
                             dge/dt = -ge/taue : siemens
                             dgi/dt = -gi/taui : siemens""",
                    threshold='v > -50*mV', reset='v = -60*mV', refractory=5*ms, method='exponential_euler')
    G.v = '-60*mV + 10*mV*rand()'
    Se = Synapses(G[:3200], G, on_pre='ge += 4*nS', delay=0.8*ms); Se.connect(p=0.02)
    Si = Synapses(G[3200:], G, on_pre='gi += 51*nS', delay=0.8*ms); Si.connect(p=0.02)
elif workload == 'e':
    Ee, Ei, taua, taug, tauh, taux, alpha = 0*mV, -70*mV, 2*ms, 5*ms, 100*ms, 2*ms, 0.5/ms
    membrane = """dv/dt = (gL*(El-v) + (gx+ga)*(Ee-v) + gg*(Ei-v) + gn*(Ee-v)/(1 + exp(-0.062*v/mV)/3.57))/C : volt (unless refractory)
                  dgx/dt = -gx/taua : siemens
                  dga/dt = -ga/taua : siemens
                  dgg/dt = -gg/taug : siemens
                  gn : siemens (linked)
                  """
    gate = """ds/dt = -s/tauh + alpha*x*(1-s) : 1
              dx/dt = -x/taux : 1"""
    P = NeuronGroup(1600, membrane + gate, threshold='v > -50*mV', reset='v = -55*mV; x += 1', refractory=2*ms, method='rk2',
                    namespace=dict(C=500*pF, gL=25*nS, El=-70*mV))
    I = NeuronGroup(400, membrane, threshold='v > -50*mV', reset='v = -55*mV', refractory=1*ms, method='rk2',
                    namespace=dict(C=200*pF, gL=20*nS, El=-70*mV))
    P.v = I.v = -70*mV
    # Groups A and B of 240, the rest, and the interneurons: one sum over the gates of all sources for each.
    factor = '(1.7*int(kind_pre == kind_post) + 14.9/17*int(kind_pre != kind_post))'
    kind_of = '(int(%s >= 240) + int(%s >= 480))'
    strength = lambda pre, post: ('(%s)' % factor.replace('kind_pre', kind_of % (pre, pre)).replace('kind_post', post))
    T = NeuronGroup(4, 'g : siemens')
    N = Synapses(P, T, """w : siemens (constant)
                          g_post = w*s_pre : siemens (summed)""")
    N.connect()
    N.w = '0.165*nS*int(j < 3)*(int(j == 2) + int(j < 2)*(%s)) + 0.13*nS*int(j == 3)' % strength('i', 'j')
    P.gn = linked_var(T, 'g', index=np.repeat([0, 1, 2], [240, 240, 1120]))
    I.gn = linked_var(T, 'g', index=np.full(400, 3))
    PP = Synapses(P, P, 'w : siemens (constant)', on_pre='ga += w', delay=0.5*ms); PP.connect()
    post = kind_of % ('j', 'j')
    PP.w = '0.05*nS*(int(j >= 480) + int(j < 480)*(%s))' % strength('i', post)
    PI = Synapses(P, I, on_pre='ga += 0.04*nS', delay=0.5*ms); PI.connect()
    IP = Synapses(I, P, on_pre='gg += 1.3*nS', delay=0.5*ms); IP.connect()
    II = Synapses(I, I, on_pre='gg += 1.0*nS', delay=0.5*ms); II.connect()
    XP = PoissonInput(P, 'gx', 1000, 2.4*Hz, 2.1*nS)
    XI = PoissonInput(I, 'gx', 1000, 2.4*Hz, 1.62*nS)
    MP, MI = SpikeMonitor(P), SpikeMonitor(I)
else:
    C, tau, taus, J = 250*pF, 20*ms, 0.5*ms, 45*pA
    I0 = 300*pA if workload.endswith('dc') else 0*pA
    G = NeuronGroup(12500, """dv/dt = -v/tau + (Is + I0)/C : volt (unless refractory)
                              dIs/dt = -Is/taus : amp""",
                    threshold='v > 20*mV', reset='v = 0*mV', refractory=2*ms, method='exact')
    G.v = '20*mV*rand()'
    if workload.startswith('b2'):
        taup, lam, alpha, wmax = 20*ms, 0.01, 1.05, 2*J
        Sp = Synapses(G[:10000], G[:10000], """w : amp
                                               dpre/dt = -pre/taup : 1 (event-driven)
                                               dpost/dt = -post/taup : 1 (event-driven)""",
                      on_pre="""pre += 1
                                w = clip(w - lam*alpha*w*post, 0*pA, wmax)
                                Is += w""",
                      on_post="""post += 1
                                 w = clip(w + lam*(wmax - w)*pre, 0*pA, wmax)""", delay={'pre': 1.5*ms})
        Sp.connect(p=0.1)
        Sp.w = J
        Se = Synapses(G[:10000], G[10000:], on_pre='Is += J', delay=1.5*ms); Se.connect(p=0.1)
    else:
        Se = Synapses(G[:10000], G, on_pre='Is += J', delay=1.5*ms); Se.connect(p=0.1)
    Si = Synapses(G[10000:], G, on_pre='Is += -6*J', delay=1.5*ms); Si.connect(p=0.1)
    if not workload.endswith('dc'):
        P = PoissonInput(G, 'Is', 1000, 13.333333333*Hz, J)
if workload != 'e':
    M = SpikeMonitor(G)
run(seconds*second)
device.build(directory=folder, compile=True, run=False, debug=False)
'''


def build_brian(workload, threads, folder, seconds):
    script = os.path.join(folder, "model.py")
    with open(script, "w") as f:
        f.write(BRIAN)
    python = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable
    code = os.path.join(folder, "code")
    subprocess.run([python, script, workload, str(threads), code, str(seconds)], check=True, capture_output=True)
    return code


def brian(code, seconds):
    """RTF and rate of one run of a built Brian program: its own measure of the main loop."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OMP_")}
    subprocess.run(["./main"], cwd=code, check=True, capture_output=True, env=environment)
    with open(os.path.join(code, "results", "last_run_info.txt")) as f:
        loop_s = float(f.read().split()[0])
    return loop_s / seconds


def draw(rows, path):
    """Real-time factors of both, a panel per number of threads."""
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    threads = sorted({r["threads"] for r in rows})
    names = [w for w in WORKLOADS if any(r["workload"] == w for r in rows)]
    figure, axes = plt.subplots(1, len(threads), figsize=(5.2 * len(threads), 3.6), sharey=True, layout="constrained", squeeze=False)
    for axis, count in zip(axes[0], threads):
        found = {r["workload"]: r for r in rows if r["threads"] == count}
        for k, name in enumerate(names):
            if name not in found:
                continue
            ours, theirs = found[name]["burgeon_rtf"], found[name]["brian_rtf"]
            axis.plot([k, k], [ours, theirs], color="#8d99ae", linewidth=1.2, zorder=1)
            axis.plot(k, ours, "o", color="#c1121f", label="burgeon" if k == 0 else None)
            axis.plot(k, theirs, "s", color="#16213e", label="Brian 2.5.1" if k == 0 else None)
            axis.annotate(f"{theirs / ours:.1f} x", (k, (ours * theirs) ** 0.5), xytext=(5, 0), textcoords="offset points",
                          fontsize=8, va="center", color="0.3")
        axis.axhline(1.0, color="#8d99ae", linewidth=0.8, linestyle=":")
        axis.set_yscale("log")
        axis.set_xticks(range(len(names)), [name.upper().replace("DC", "dc") for name in names])
        axis.set_xlim(-0.5, len(names) - 0.3)
        axis.set_title(f"{count} thread{'s' if count > 1 else ''}", fontsize=10)
        axis.spines[["top", "right"]].set_visible(False)
    axes[0][0].set_ylabel("wall time / biological time")
    axes[0][0].legend(frameon=False, fontsize=8)
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    figure.savefig(path, dpi=130)
    plt.close(figure)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workloads", default=",".join(WORKLOADS))
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.1, help="of biology, without warm-up")
    parser.add_argument("--binary", default=os.environ.get("BURGEON_BIN", os.path.join(ROOT, "build", "release", "burgeon")))
    parser.add_argument("--json", help="also keep the numbers in this file: workloads that it has already are replaced, others stay")
    parser.add_argument("--figure", help="also draw all numbers of the file")
    options = parser.parse_args()
    if options.figure and not options.json:
        parser.error("--figure draws what is in the file of --json")

    rows = []
    scratch = tempfile.mkdtemp(prefix="burgeon-bench-")
    try:
        for workload in options.workloads.split(","):
            for threads in map(int, options.threads.split(",")):
                folder = os.path.join(scratch, f"{workload}-{threads}")
                os.makedirs(folder)
                code = build_brian(workload, threads, folder, options.seconds)
                ours, theirs = [], []
                for _ in range(options.repeat):
                    ours.append(burgeon(options.binary, workload, threads, options.seconds))
                    theirs.append(brian(code, options.seconds))
                rtf = statistics.median(r["rtf"] for r in ours)
                rows.append({
                    "workload": workload, "threads": threads, "burgeon_rtf": rtf,
                    "burgeon_ns_per_event": statistics.median(r["ns_per_event"] for r in ours),
                    "brian_rtf": statistics.median(theirs), "ratio": statistics.median(theirs) / rtf,
                })
                print(f"{workload:6s} {threads} threads: burgeon RTF {rtf:.4f}, Brian 2 RTF {rows[-1]['brian_rtf']:.4f}, "
                      f"Brian / burgeon {rows[-1]['ratio']:.1f}", flush=True)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)

    print("\n| workload | threads | burgeon RTF | ns/event | Brian 2 RTF | Brian / burgeon |\n|---|---|---|---|---|---|")
    for r in rows:
        print(f"| {r['workload']} | {r['threads']} | {r['burgeon_rtf']:.4f} | {r['burgeon_ns_per_event']:.2f} "
              f"| {r['brian_rtf']:.4f} | {r['ratio']:.1f} |")
    if options.json:
        fresh = {(r["workload"], r["threads"]) for r in rows}
        if os.path.exists(options.json):
            with open(options.json) as f:
                rows = [r for r in json.load(f) if (r["workload"], r["threads"]) not in fresh] + rows
        with open(options.json, "w") as f:
            json.dump(rows, f, indent=1)
    if options.figure:
        draw(rows, options.figure)


if __name__ == "__main__":
    main()
