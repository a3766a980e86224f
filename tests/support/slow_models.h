#pragma once
// Slow processes for tests, small networks with a slow side, and runs of them by bursts and leaps.

#include <functional>
#include <memory>
#include <string>

#include "multiscale/multiscale.h"
#include "support/run.h"

namespace burgeon::test {

/// The real catalogue and rows of which everything is known:
/// `linear`  dy/dt = k x / x0 - y / tau, x a conductance; signals value = y, factor = 1 + y.
/// `gated`  dy/dt = k max(0, x / x0 - theta) max(0, 1 - y) - y / tau.
/// `consolidation`  early phase h, protein p and late phase z of one synapse between events (Luboeinski & Tetzlaff 2021).
/// `follow`  of single neurons: dy/dt = (x - y) / tau.
/// `undeclared`  a state whose time constant is none of its parameters.
const Catalogue& slow_catalogue();

/// Parses against that catalogue; throws with all diagnostics when the text is not valid.
ModelSpec parse_slow(const std::string& text);

/// Silent neurons whose mean conductance is exactly x0 = 10 nS times the coupled factor, with as little noise as wanted:
/// dy/dt = k (1 + y) - y / tau has the solution y_inf (1 - e^(-(1/tau - k) t)), y_inf = k / (1/tau - k).
struct Linear {
  double k = 6.0, tau = 1.0 / 9.0;  ///< 1/h, h
  double rate = 2.4e5;              ///< Hz, of the input
  int neurons = 64;
  int seed = 1;
  double hours = 1.0;
  std::string multiscale = "first_leap = \"450 s\"\nlongest_leap = \"450 s\"\ntolerance = 1.0\nprobe_every = 0\n";
  [[nodiscard]] std::string text() const;
  [[nodiscard]] double exact() const;
};

/// Asynchronous network of 80 excitatory and 20 inhibitory neurons at about 5 Hz, with a homeostatic gain on its excitation.
/// `more` is appended; `multiscale` is the inside of the table.
std::string asynchronous_text(int seed, const std::string& duration, const std::string& multiscale,
                              const std::string& more = "", const std::string& tau = "60 s");

/// What a run by bursts and leaps leaves.
struct Leaps {
  std::uint64_t hash = 0;
  std::vector<MacroStep> log;
  MultiscaleReport report;
  std::vector<double> slow, noise,
      bias;  ///< tracked entries and their errors at the end, in units of ranges for the latter
  MemorySink sink;
};
Leaps leap(const ModelSpec& spec, unsigned threads = 1, const MultiscaleOptions& how = {});

/// Slow variables at the end of a direct simulation.
std::vector<double> direct(const ModelSpec& spec);

}  // namespace burgeon::test
