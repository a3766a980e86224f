#pragma once
// Slow processes: what happens in seconds to months. A row is a small system of ordinary differential equations whose inputs
// are signals and whose outputs are signals. The network is never inside its right-hand side: what it reads of the network
// are averages (firing rates, conductances, blocked fractions) over a slow tick or over a burst.

#include <span>
#include <string_view>

#include "catalogue/rows.h"

namespace burgeon {

/// A signal that a slow process reads. In the file the key `name` names the signal: throughput = "pyr.ampa.g".
struct SlowInputRow {
  std::string_view name;
  std::string_view unit;
  double value;  ///< in `unit`, when the file names no signal; NaN: required
  std::string_view meaning;
};

/// A slow state variable. Every one declares its time constant: without it nobody can tell how far a leap may go.
struct SlowStateRow {
  std::string_view name;
  std::string_view unit;
  double initial;        ///< in `unit`
  double range;          ///< in `unit`: the span of values that matters; errors are stated as a part of it
  std::string_view tau;  ///< the parameter that is its time constant; "none" for a pure integral
  std::string_view meaning;
};

/// What one evaluation sees. Internal units; `rate` in units per ms.
struct SlowView {
  const double* parameter;  ///< [parameters]
  const double* input;      ///< [inputs]
  const double* state;      ///< [state]
};

/// A slow process: dy/dt = derivative(parameters, inputs, y), signals = output(parameters, inputs, y).
struct SlowModel {
  std::string_view name;
  std::string_view title;
  std::string_view source;
  std::span<const ParameterRow> parameters;
  std::span<const SlowInputRow> inputs;
  std::span<const SlowStateRow> state;
  std::span<const SignalRow> signals;
  /// Outputs depend on the inputs too, not on the state alone: worked out after those they read.
  bool readout;
  /// One system per neuron of a population: state, inputs and signals have one value per neuron.
  bool per_neuron;
  void (*derivative)(const SlowView& view, double* rate);
  void (*output)(const SlowView& view, double* signal);
  /// Checks that go across parameters; returns an empty view when fine, else what is wrong. May be null.
  std::string_view (*check)(const double* parameter);
};

}  // namespace burgeon
