#pragma once
// Rules that make and remove synapses, as rows. Two families: growth curves of synaptic elements (what a neuron offers follows
// its calcium), and turnover of spines (rates of formation, maturation and loss that signals move).

#include <cstdint>
#include <span>
#include <string_view>

#include "catalogue/rows.h"

namespace burgeon {

enum class StructuralKind : std::uint8_t { growth, turnover };

/// What the engine needs of a rule besides its equations. Internal units.
struct StructuralConstants {
  double sigma = 0.0;  ///< um, of the kernel exp(-d^2 / sigma^2) by which partners are drawn; 0: all alike
  // growth
  double tau_Ca = 0.0;       ///< ms, decay of calcium
  double beta_Ca = 0.0;      ///< calcium per spike
  double vacant_loss = 0.0;  ///< part of the vacant elements lost at every update
  double theta = 0.0;        ///< side over distance below which a cell of candidates is taken as one
  // turnover
  double old_partner = 0.0;  ///< probability that a lost site is refilled by the partner it had
  double new_weight = 1.0;   ///< weight of a new synapse, relative to a mature one
  double stress_hit = 1.0;   ///< fraction of target neurons that bear the whole stress-induced loss
};

/// What the rates of turnover depend on, all without unit and >= 0.
struct TurnoverLevels {
  double drive = 0.0;    ///< raises formation
  double stress = 0.0;   ///< raises loss, slows formation
  double protein = 0.0;  ///< holds new synapses: raises maturation
};

/// Rates of the turnover of spines, 1/ms.
struct TurnoverRates {
  double formation;    ///< of a synapse at a lost site
  double new_loss;     ///< of a new synapse
  double maturation;   ///< of a new synapse
  double mature_loss;  ///< of a mature synapse
};

/// A structural rule. Functions of the other family are null.
struct StructuralModel {
  std::string_view name;
  std::string_view title;
  std::string_view source;
  StructuralKind kind;
  std::span<const ParameterRow> parameters;          ///< of the rule
  std::span<const ParameterRow> element_parameters;  ///< growth: of each kind of synaptic element
  void (*prepare)(const double* parameter, StructuralConstants& constants);
  /// Checks that go across parameters; returns an empty view when fine, else what is wrong. May be null.
  std::string_view (*check)(const double* parameter);
  std::string_view (*check_element)(const double* parameter);
  /// growth: change of an element in `span` ms without a spike, while calcium decays from `calcium` with `tau` ms.
  double (*growth)(const double* element_parameter, double calcium, double tau, double span);
  /// turnover: rates at the given levels of the signals.
  void (*rates)(const double* parameter, const TurnoverLevels& levels, TurnoverRates& rates);
};

}  // namespace burgeon
