#pragma once
// Two model texts that use every part of the schema, for tests that change them.

namespace burgeon::test {

/// Conductance-based: drugs, doses, gates, tables, interventions, all kinds of records.
inline constexpr const char* conductance_text = R"(title = "everything"
description = "uses every part"

[simulation]
duration = "1 s"
dt = "0.1 ms"
seed = 7
slow_tick = "50 ms"
discard = "100 ms"
scale = 1.0
body_mass = "70 kg"
species = "human"

[populations.pyr]
model = "lif_cond"
n = 100
class = "pyramidal"
C_m = "250 pF"
E_L = { normal = ["-65 mV", "2 mV"], min = "-72 mV", max = "-58 mV" }
t_ref = "2 ms"
slope = 1.5
initial.V_m = { uniform = ["-65 mV", "-50 mV"] }
placement = { cylinder = ["250 um", "900 um"], centre = ["0 um", "0 um", "10 um"] }
groups.A = { first = 0, count = 24 }
groups.B = { first = 24, count = 24 }

[populations.pyr.receptors.ampa]
model = "exp_conductance"
tau = "2 ms"
E_rev = "0 mV"

[populations.pyr.receptors.nmda]
subunit = "2B"
Mg = "1.2 mM"

[populations.pyr.receptors.slow]
model = "nmda_gated"

[populations.pv]
model = "lif_cond"
n = 50
t_ref = "1 ms"
placement = { disc = ["250 um"] }

[populations.pv.receptors.ampa]
model = "exp_conductance"
tau = "1 ms"

[projections.pyr_to_pv]
source = "pyr"
target = "pv"
receptor = "ampa"
wiring = { rule = "distance", p = 0.3, kernel = "gaussian", width = "150 um", cutoff = "400 um", autapses = false }
weight = { lognormal = ["1.2 nS", "0.6 nS"], max = "6 nS" }
delay = { normal = ["1.5 ms", "0.75 ms"], min = "0.05 ms" }

[projections.pyr_to_pyr]
source = "pyr"
target = "pyr"
receptor = "slow"
wiring = { rule = "all_to_all" }
weight = "0.165 nS"
delay = "0.5 ms"
gate = { model = "wang_gate", tau = "100 ms" }
table = { A = { A = 1.7, B = 0.876, rest = 1.0 }, B = { A = 0.876, B = 1.7, rest = 1.0 }, rest = { A = 0.876, B = 0.876, rest = 1.0 } }

[projections.pyr_ring]
source = "pyr"
target = "pyr"
receptor = "ampa"
wiring = { rule = "fixed_in_degree", number = 20, autapses = false, multapses = false }
weight = "0.1 nS"
delay = "1 ms"
profile = { peak = 1.6, floor = 0.9, width_deg = 18.0 }

[inputs.background]
type = "poisson"
target = ["pyr.A", "pv"]
receptor = "ampa"
rate = [["0 s", "2400 Hz"], ["500 ms", "2800 Hz"]]
interpolation = "ramp"
weight = "2.1 nS"
shared = false
start = "10 ms"
stop = "900 ms"
redraw = { every = "50 ms", sd = "4 Hz" }

[inputs.kick]
type = "current"
target = "pyr"
amplitude = "200 pA"
ring = { centre_deg = 90.0, width_deg = 18.0 }
pulses = { width = "5 ms", every = "100 ms", count = 3 }

[inputs.noise]
type = "ou_conductance"
target = "pv"
receptor = "ampa"
mean = "5 nS"
sd = "1 nS"
tau = "3 ms"

[inputs.list]
type = "spikes"
target = "pv"
receptor = "ampa"
events = [["10 ms", 0], ["12.5 ms", 3]]
weight = "1 nS"

[drugs.ketamine]
preset = "domino"
CL = "80 L/h"

[[doses]]
drug = "ketamine"
route = "iv"
amount = "0.5 mg/kg"
start = "100 ms"
over = "400 ms"
repeat = { every = "450 ms", count = 2 }

[[interventions]]
kind = "clamp_signal"
start = "100 ms"
stop = "300 ms"
signal = "ketamine.effect_site"
value = "1 uM"

[[interventions]]
kind = "block_receptor"
target = "pyr"
receptor = "nmda"
fraction = 0.5

[[interventions]]
kind = "scale_weights"
projection = "pyr_to_pyr"
factor = 0.5

[[interventions]]
kind = "delete_synapses"
projection = "pyr_to_pv"
fraction = 0.25
start = "500 ms"

[record.spikes]
target = "*"
[record.membrane]
kind = "variable"
variable = "V_m"
target = ["pyr", "pv"]
every = "1 ms"
start = "0 s"
stop = "500 ms"
subset = 10
reducer = "none"
[record.drug]
kind = "signal"
variable = "ketamine.effect_site"
every = "100 ms"
[record.rate]
target = "pyr.B"
every = "20 ms"
[record.block]
target = "*"
every = "10 ms"
reducer = "mean"
)";

/// Current-based: linear neurons, delta synapses.
inline constexpr const char* linear_text = R"(title = "linear"

[simulation]
duration = "200 ms"

[populations.e]
model = "lif_linear"
n = 80
t_ref = "2 ms"
receptors.syn = { model = "exp_current", tau = "0.5 ms" }
receptors.jump = { model = "delta" }

[projections.ee]
source = "e"
target = "e"
receptor = "jump"
wiring = { rule = "bernoulli", p = 0.1, autapses = false }
weight = "-0.5 mV"
delay = "1.5 ms"

[inputs.drive]
type = "ou_current"
target = "e"
mean = "100 pA"
sd = "50 pA"
tau = "5 ms"
shared = true

[record.spikes]
target = "e"
)";

}  // namespace burgeon::test
