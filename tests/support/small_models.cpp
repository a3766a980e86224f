#include "support/small_models.h"

namespace burgeon::test {

std::string small_circuit() {
  return R"(
title = "small circuit"
[simulation]
duration = "600 ms"
slow_tick = "50 ms"
seed = 11

[populations.pyr]
model = "aeif_cond"
n = 122
C_m = { normal = ["200 pF", "10 pF"], min = "150 pF", max = "250 pF" }
g_L = "10 nS"
E_L = "-68 mV"
V_reset = "-58 mV"
t_ref = "2 ms"
a = "2 nS"
b = "30 pA"
initial.V_m = { uniform = ["-65 mV", "-52 mV"] }
groups.A = { first = 0, count = 33 }
receptors.ampa = { model = "exp_conductance", tau = "3 ms", E_rev = "0 mV" }
receptors.nmda = { model = "nmda", subunit = "2B" }
receptors.gaba = { model = "exp_conductance", tau = "8 ms", E_rev = "-75 mV" }

[populations.pv]
model = "lif_cond"
n = 51
V_th = "-50 mV"
initial.V_m = { uniform = ["-65 mV", "-52 mV"] }
receptors.ampa = { model = "exp_conductance", tau = "2 ms", E_rev = "0 mV" }
receptors.nmda = { model = "nmda", subunit = "2C" }
receptors.gaba = { model = "exp_conductance", tau = "6 ms", E_rev = "-75 mV" }

[projections.pyr_to_pyr]
source = "pyr"
target = "pyr"
receptor = "ampa"
wiring = { rule = "bernoulli", p = 0.2 }
weight = { lognormal = ["0.6 nS", "0.3 nS"] }
delay = { normal = ["2 ms", "1 ms"], min = "0.3 ms" }

[projections.pyr_to_pyr_nmda]
source = "pyr"
target = "pyr"
receptor = "nmda"
wiring = { rule = "fixed_in_degree", number = 12 }
weight = "0.4 nS"
delay = "1.1 ms"

[projections.pyr_to_pv]
source = "pyr"
target = "pv"
receptor = "ampa"
wiring = { rule = "fixed_in_degree", number = 20 }
weight = "1.0 nS"
delay = { uniform = ["0.3 ms", "40 ms"] }

[projections.group_to_pv]
source = "pyr.A"
target = "pv"
receptor = "nmda"
wiring = { rule = "all_to_all" }
weight = "0.1 nS"
delay = "0.9 ms"

[projections.pv_to_pyr]
source = "pv"
target = "pyr"
receptor = "gaba"
wiring = { rule = "fixed_out_degree", number = 30 }
weight = "1.5 nS"
delay = "0.7 ms"

[projections.pv_to_pv]
source = "pv"
target = "pv"
receptor = "gaba"
wiring = { rule = "fixed_total", number = 400 }
weight = { normal = ["1 nS", "0.2 nS"], min = "0 nS" }
delay = "0.7 ms"

[inputs.background]
type = "poisson"
target = ["pyr", "pv"]
receptor = "ampa"
rate = "1500 Hz"
weight = "1.3 nS"

[inputs.group_drive]
type = "poisson"
target = "pyr.A"
receptor = "nmda"
rate = [["0 ms", "50 Hz"], ["300 ms", "200 Hz"]]
interpolation = "ramp"
weight = "0.5 nS"

[inputs.noise]
type = "ou_current"
target = "pv"
mean = "20 pA"
sd = "30 pA"
tau = "5 ms"

[drugs.ketamine]
[[doses]]
drug = "ketamine"
route = "clamp"
amount = "5 uM"
start = "100 ms"
over = "300 ms"

[record.spikes]
kind = "spikes"
target = "*"
[record.rates]
kind = "rate"
target = ["pyr", "pv"]
every = "10 ms"
[record.membrane]
kind = "variable"
variable = "V_m"
target = "pyr"
every = "1 ms"
subset = 7
[record.block]
kind = "block"
target = ["pyr", "pv"]
every = "50 ms"
[record.lfp]
kind = "lfp"
target = "pyr"
every = "1 ms"
)";
}

std::string small_rounded() {
  std::string text = small_circuit();
  const std::string weight = "weight = { lognormal = [\"0.6 nS\", \"0.3 nS\"] }\n";
  return text.replace(text.find(weight), weight.size(), weight + "weight_precision = \"bfloat16\"\n");
}

std::string small_gated() {
  return R"(
title = "small gated network"
[simulation]
duration = "400 ms"
seed = 3

[populations.pyr]
model = "lif_cond"
n = 90
V_th = "-50 mV"
initial.V_m = { uniform = ["-65 mV", "-52 mV"] }
groups.A = { first = 0, count = 21 }
receptors.ampa = { model = "exp_conductance", tau = "2 ms", E_rev = "0 mV" }
receptors.nmda = { model = "nmda_gated", subunit = "2A" }

[projections.recurrent]
source = "pyr"
target = "pyr"
receptor = "nmda"
wiring = { rule = "all_to_all" }
weight = "0.5 nS"
delay = "0.5 ms"
gate = { model = "wang_gate" }
table = { A = { A = 1.7, rest = 1.0 }, rest = { A = 0.9, rest = 1.0 } }

[inputs.background]
type = "poisson"
target = "pyr"
receptor = "ampa"
rate = "1800 Hz"
weight = "1.8 nS"

[record.spikes]
kind = "spikes"
target = "*"
)";
}

std::string small_delta() {
  return R"(
title = "small delta network"
[simulation]
duration = "300 ms"
seed = 5

[populations.exc]
model = "lif_psc_exp"
n = 80
E_L = "0 mV"
V_reset = "10 mV"
V_th = "20 mV"
tau_m = "20 ms"
initial.V_m = { uniform = ["0 mV", "19 mV"] }
receptors.syn = { model = "delta" }

[projections.recurrent]
source = "exc"
target = "exc"
receptor = "syn"
wiring = { rule = "fixed_in_degree", number = 10 }
weight = "0.8 mV"
delay = "1.5 ms"

[inputs.external]
type = "poisson"
target = "exc"
receptor = "syn"
rate = "12 kHz"
weight = "0.1 mV"

[record.spikes]
kind = "spikes"
target = "*"
)";
}

std::string small_plastic() {
  return R"(
title = "small plastic network"
[simulation]
duration = "600 ms"
slow_tick = "50 ms"
seed = 7

[populations.exc]
model = "lif_psc_exp"
n = 101
tau_m = "20 ms"
C_m = "250 pF"
E_L = "0 mV"
V_reset = "0 mV"
V_th = "20 mV"
initial.V_m = { uniform = ["0 mV", "20 mV"] }
groups.A = { first = 5, count = 50 }
receptors.syn = { model = "exp_current", tau = "2 ms" }
receptors.inh = { model = "exp_current", tau = "4 ms" }

[populations.inh]
model = "lif_psc_exp"
n = 30
tau_m = "20 ms"
C_m = "250 pF"
E_L = "0 mV"
V_reset = "10 mV"
V_th = "20 mV"
initial.V_m = { uniform = ["0 mV", "19 mV"] }
receptors.syn = { model = "delta" }

[projections.exc_to_exc]
source = "exc"
target = "exc"
receptor = "syn"
wiring = { rule = "fixed_in_degree", number = 40 }
weight = { normal = ["30 pA", "10 pA"], min = "0 pA" }
delay = "1.5 ms"
plasticity = { model = "stdp_pair", lambda = 0.05, w_max = "60 pA", mu_plus = 0.4, tau_plus = "3 ms" }

[projections.group_to_inh]
source = "exc.A"
target = "inh"
receptor = "syn"
wiring = { rule = "all_to_all" }
weight = "0.5 mV"
delay = "0.4 ms"
plasticity = { model = "stdp_triplet", w_ref = "0.5 mV", w_max = "2 mV", A3_minus = 2e-3 }

[projections.exc_to_inh]
source = "exc"
target = "inh"
receptor = "syn"
wiring = { rule = "fixed_out_degree", number = 10 }
weight = "0.4 mV"
delay = "7.3 ms"
plasticity = { model = "stdp_triplet_nearest", w_ref = "0.5 mV", w_max = "2 mV" }

[projections.inh_to_exc]
source = "inh"
target = "exc"
receptor = "inh"
wiring = { rule = "bernoulli", p = 0.4 }
weight = "-20 pA"
delay = "0.7 ms"
plasticity = { model = "stdp_inhibitory", eta = "1 pA", rho_0 = "20 Hz", w_max = "200 pA" }

[projections.inh_to_inh]
source = "inh"
target = "inh"
receptor = "syn"
wiring = { rule = "fixed_total", number = 100 }
weight = "-0.3 mV"
delay = { uniform = ["0.4 ms", "3 ms"] }

[inputs.background]
type = "poisson"
target = "exc"
receptor = "syn"
rate = "3 kHz"
weight = "40 pA"

[[interventions]]
kind = "delete_synapses"
projection = "group_to_inh"
fraction = 0.3
start = "250 ms"

[[interventions]]
kind = "scale_weights"
projection = "exc_to_exc"
factor = 1.2
start = "100 ms"
stop = "300 ms"

[record.spikes]
kind = "spikes"
target = "*"
)";
}

std::string small_structure() {
  return R"(
title = "small structural network"
[simulation]
duration = "600 ms"
slow_tick = "20 ms"
seed = 5

[populations.pyr]
model = "lif_cond"
n = 122
V_th = "-50 mV"
placement = { box = ["400 um", "400 um", "200 um"] }
initial.V_m = { uniform = ["-65 mV", "-52 mV"] }
receptors.ampa = { model = "exp_conductance", tau = "3 ms", E_rev = "0 mV" }
receptors.nmda = { model = "nmda", subunit = "2B" }
receptors.gaba = { model = "exp_conductance", tau = "8 ms", E_rev = "-75 mV" }

[populations.pv]
model = "lif_cond"
n = 51
V_th = "-50 mV"
initial.V_m = { uniform = ["-65 mV", "-52 mV"] }
receptors.ampa = { model = "exp_conductance", tau = "2 ms", E_rev = "0 mV" }
receptors.gaba = { model = "exp_conductance", tau = "6 ms", E_rev = "-75 mV" }

[projections.pyr_to_pyr]
source = "pyr"
target = "pyr"
receptor = "ampa"
wiring = { rule = "distance", p = 0.3, width = "150 um", autapses = false }
weight = { lognormal = ["0.1 nS", "0.05 nS"] }
delay = { uniform = ["0.3 ms", "30 ms"] }

[projections.pyr_to_pyr_nmda]
source = "pyr"
target = "pyr"
receptor = "nmda"
wiring = { like = "pyr_to_pyr" }
weight = "0.05 nS"

[projections.pyr_to_pv]
source = "pyr"
target = "pv"
receptor = "ampa"
wiring = { rule = "fixed_in_degree", number = 10 }
weight = { lognormal = ["1.0 nS", "0.3 nS"] }
delay = "1.3 ms"

[projections.pv_to_pyr]
source = "pv"
target = "pyr"
receptor = "gaba"
wiring = { rule = "bernoulli", p = 0 }
weight = "1.5 nS"
delay = "0.7 ms"

[inputs.background]
type = "poisson"
target = ["pyr", "pv"]
receptor = "ampa"
rate = "1500 Hz"
weight = "0.9 nS"

[structure.spines]
model = "spine_turnover"
update = "20 ms"
projection = "pyr_to_pyr"
drive = "growth.calcium_pyr"
stress = "growth.calcium_pv"
f0 = "2 1/s"
tau_new = "500 ms"
maturation = "1 1/s"
e0 = "0.2 1/s"
stress_hit = 0.5
sigma = "100 um"

[structure.growth]
model = "growth_gaussian"
update = "40 ms"
tau_Ca = "100 ms"
beta_Ca = 0.1

[structure.growth.elements]
axon_pyr = { population = "pyr", nu = "0.02 1/ms", eps = 0.6 }
axon_pv = { population = "pv", nu = "0.05 1/ms", eps = 0.5 }
den_in_pyr = { population = "pyr", nu = "0.05 1/ms", eps = 0.6 }
den_ex_pv = { population = "pv", nu = "0.02 1/ms", eps = 0.4 }

[[structure.growth.pairings]]
axons = "axon_pyr"
dendrites = "den_ex_pv"
projections = "pyr_to_pv"

[[structure.growth.pairings]]
axons = ["axon_pv"]
dendrites = ["den_in_pyr"]
projections = ["pv_to_pyr"]

[record.spikes]
kind = "spikes"
target = "*"
[record.membrane]
kind = "variable"
variable = "V_m"
target = "pyr"
every = "5 ms"
subset = 9
[record.signals]
kind = "signal"
)";
}

}  // namespace burgeon::test
