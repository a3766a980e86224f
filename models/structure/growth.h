#pragma once
// What the growth rules share: calcium as a trace of a neuron's own spikes, and the rows of its parameters.
//
//   dC/dt = -C / tau_Ca,  C <- C + beta_Ca at every spike of the neuron
//   dz/dt = nu g(C)       for every kind of synaptic element z >= 0 that the neuron has
//
// After Butz & van Ooyen 2013, doi:10.1371/journal.pcbi.1003259. An axonal element of one neuron and a dendritic element of
// another that are both vacant make a synapse; a neuron with fewer elements than synapses loses synapses.

#include <limits>
#include <string_view>

#include "catalogue/structural_rows.h"

namespace burgeon::models::BURGEON_ISA {

namespace growth {

inline constexpr std::string_view paper = "doi:10.1371/journal.pcbi.1003259, in the form of NEST's growth curves";
inline constexpr std::string_view example = "doi:10.3389/fnana.2016.00057, example of 800 + 200 neurons";
inline constexpr double required = std::numeric_limits<double>::quiet_NaN();

inline constexpr ParameterRow parameters[] = {
    {"tau_Ca", "ms", 1e4, 1.0, 1e9, "time constant of calcium", example},
    {"beta_Ca", "1", 1e-3, 0.0, 1e3, "calcium per spike", example},
    {"vacant_loss", "1", 0.1, 0.0, 1.0, "part of the vacant elements that is lost at every update",
     "doi:10.3389/fnana.2016.00057; as in NEST, tau_vacant"},
    {"sigma", "um", 0.0, 0.0, 1e6, "width of the kernel exp(-d^2/sigma^2) by which partners are drawn; 0: all alike",
     "doi:10.1371/journal.pcbi.1003259; default assumed: no space"},
    {"theta", "1", 0.3, 0.0, 0.5, "opening angle of the tree of candidates, where they are many; 0: exact",
     "doi:10.1016/j.jpdc.2017.12.010; value as in RELeARN"},
};
enum Parameter { tau_Ca, beta_Ca, vacant_loss, sigma, theta };

inline void prepare(const double* p, StructuralConstants& c) {
  c.tau_Ca = p[tau_Ca];
  c.beta_Ca = p[beta_Ca];
  c.vacant_loss = p[vacant_loss];
  c.sigma = p[sigma];
  c.theta = p[theta];
}

}  // namespace growth
}  // namespace burgeon::models::BURGEON_ISA
