#!/usr/bin/python3
"""Writes the cortical microcircuit of Potjans and Diesmann (2014, doi:10.1093/cercor/bhs358) as a model file.

    scripts/microcircuit.py [--scale 0.1] > models/experiments/bench_c_10.toml

Numbers are those of Table 5 of the paper; V0 is that of the optimised initial state of the reference implementation
(INM-6/microcircuit-PD14-model). Below full scale, neurons and in-degrees shrink alike, weights grow by 1 / sqrt(scale), and a constant
current makes up for the mean input that is lost (van Albada et al. 2015, doi:10.1371/journal.pcbi.1004490, eqs. 6 and 7).
"""
import argparse
import math

NAMES = ["L23E", "L23I", "L4E", "L4I", "L5E", "L5I", "L6E", "L6I"]
NEURONS = [20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948]
EXTERNAL = [1600, 1500, 2100, 1900, 2000, 1900, 2900, 2100]  # synapses per neuron, 8 Hz each
V0 = [(-68.28, 5.36), (-63.16, 4.57), (-63.33, 4.74), (-63.45, 4.94),
      (-63.11, 4.94), (-61.66, 4.55), (-66.72, 5.46), (-61.43, 4.48)]
# Of the full network with this drive, Hz: what the compensation needs.
RATES = [0.903, 2.965, 4.414, 5.876, 7.569, 8.633, 1.105, 7.829]
# Connection probability, row = target, column = source.
P = [[.1009, .1689, .0437, .0818, .0323, 0, .0076, 0],
     [.1346, .1371, .0316, .0515, .0755, 0, .0042, 0],
     [.0077, .0059, .0497, .1350, .0067, .0003, .0453, 0],
     [.0691, .0029, .0794, .1597, .0033, 0, .1057, 0],
     [.1004, .0622, .0505, .0057, .0831, .3726, .0204, 0],
     [.0548, .0269, .0257, .0022, .0600, .3158, .0086, 0],
     [.0156, .0066, .0211, .0166, .0572, .0197, .0396, .2252],
     [.0364, .0010, .0034, .0005, .0277, .0080, .0658, .1443]]
J = 87.8085        # pA: a postsynaptic potential of 0.15 mV
BACKGROUND = 8.0   # Hz
TAU_SYN = 0.5      # ms
ROUNDED = """
Weights are kept in 16 bits: each is off by 0.16 % in the root mean square (0.4 % at most), beside a standard deviation of 10 %."""


def weight(target, source):
    if NAMES[source].endswith("I"):
        return -4.0 * J
    return 2.0 * J if (NAMES[target], NAMES[source]) == ("L23E", "L4E") else J


def synapses(target, source):
    """Number of synapses at full scale, drawn with replacement."""
    p = P[target][source]
    return math.log(1 - p) / math.log(1 - 1 / (NEURONS[source] * NEURONS[target])) if p > 0 else 0.0


def compensation(target, scale):
    """pA that replace the mean input lost by scaling in-degrees by `scale` and weights by 1 / sqrt(scale)."""
    recurrent = sum(weight(target, s) * synapses(target, s) / NEURONS[target] * RATES[s] for s in range(8))
    return 0.001 * TAU_SYN * (1 - math.sqrt(scale)) * (recurrent + J * EXTERNAL[target] * BACKGROUND)


def write(scale):
    neurons = [round(n * scale) for n in NEURONS]
    counts = [[round(synapses(t, s) * scale * scale) for s in range(8)] for t in range(8)]
    part = "full scale" if scale == 1 else f"{100 * scale:g} % of the neurons and in-degrees"
    print(f'''# Written by scripts/microcircuit.py{"" if scale == 1 else f" --scale {scale:g}"}.
title = "Workload C: cortical microcircuit of Potjans and Diesmann, {part}"
description = """
{sum(neurons):,} neurons, {sum(map(sum, counts)):,} synapses, Poisson background of 8 Hz per external synapse. Potjans and Diesmann 2014,
doi:10.1093/cercor/bhs358, Table 5.{ROUNDED if scale == 1 else ''}
"""

[simulation]
duration = "{'0.6 s' if scale == 1 else '5.5 s'}"
discard = "{'100 ms' if scale == 1 else '500 ms'}"
''')
    for i, name in enumerate(NAMES):
        I_e = compensation(i, scale)
        extra = "" if scale == 1 else f'\nI_e = "{I_e:.4f} pA"'
        print(f'''[populations.{name}]
model = "lif_psc_exp"
n = {neurons[i]}
class = "{'pyramidal' if name.endswith('E') else 'interneuron'}"{extra}
initial.V_m = {{ normal = ["{V0[i][0]} mV", "{V0[i][1]} mV"] }}
receptors.syn = {{ model = "exp_current", tau = "0.5 ms" }}
''')
    for t, target in enumerate(NAMES):
        for s, source in enumerate(NAMES):
            if counts[t][s] == 0:
                continue
            w = weight(t, s) / math.sqrt(scale)
            bound = 'min = "0 pA"' if w > 0 else 'max = "0 pA"'
            precision = '\nweight_precision = "bfloat16"' if scale == 1 else ""
            delay = (1.5, 0.75) if w > 0 else (0.75, 0.375)
            print(f'''[projections.{source}_to_{target}]
source = "{source}"
target = "{target}"
receptor = "syn"
wiring = {{ rule = "fixed_total", number = {counts[t][s]}, multapses = true, autapses = true }}
weight = {{ normal = ["{w:.4f} pA", "{abs(w) / 10:.5f} pA"], {bound} }}{precision}
delay = {{ normal = ["{delay[0]} ms", "{delay[1]} ms"], min = "0.05 ms" }}
''')
    for i, name in enumerate(NAMES):
        print(f'''[inputs.background_{name}]
type = "poisson"
target = "{name}"
receptor = "syn"
rate = "{EXTERNAL[i] * BACKGROUND * scale:g} Hz"
weight = "{J / math.sqrt(scale):.4f} pA"
''')
    print('[record.spikes]\nkind = "spikes"\ntarget = "*"')


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--scale", type=float, default=1.0, help="of neurons and of in-degrees (1)")
write(parser.parse_args().scale)
