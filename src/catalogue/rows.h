#pragma once
// What a model is: one constant row of names, units, sources and plain functions. Everything else in burgeon reads rows.
//
// A kernel receives a block: contiguous columns (structure of arrays) of at most `max_block` neurons, for one step of dt.
// It can reach nothing else, so it runs unchanged in a unit test, a benchmark or a browser. Kernels do not allocate, lock,
// log or throw.
//
// Order inside one step t -> t + dt, for every block:
//   1. input that arrives at t is added by every receptor to its state;
//   2. each receptor adds its current (at the voltage at t, conductance as its mean over the step) and its slope to the accumulators,
//      and advances its own state to t + dt;
//   3. the neuron model advances the voltage to t + dt and reports threshold crossings.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace burgeon {

/// Largest number of neurons in a block: their columns fit the first-level cache.
inline constexpr std::size_t max_block = 512;
/// Most blockers (drugs and active metabolites) that can act on the NMDA receptors of one run.
inline constexpr std::size_t max_blockers = 6;

/// A parameter of a model: what the user may set. `value` is the default, in `unit`; NaN means required.
struct ParameterRow {
  std::string_view name;
  std::string_view unit;
  double value;
  double minimum;  ///< smallest allowed, in `unit`
  double maximum;  ///< largest allowed, in `unit`
  std::string_view meaning;
  std::string_view source;  ///< DOI and equation or table, or "assumed: why"
};

/// A state variable of a model, one double per neuron.
struct StateRow {
  std::string_view name;
  std::string_view unit;
  double initial;  ///< in `unit`; NaN: given by the parameter named in `initial_from`
  std::string_view meaning;
  std::string_view initial_from = {};
};

// ---------------------------------------------------------------------------------------------------------------------
// Neurons

/// Linear models integrate current-based receptors exactly; conductance models use the exponential Rosenbrock-Euler scheme
/// on the receptors' current and slope.
enum class NeuronKind : std::uint8_t { linear, conductance };

/// What a receptor's exact propagator needs to know of a linear neuron.
struct Membrane {
  double C_m;    ///< pF
  double tau_m;  ///< ms
};

/// Columns of one block of neurons during one step. All arrays have `n` entries. `coefficient[k]` has `n` entries, or one
/// that holds for all when `uniform`.
struct NeuronBlock {
  std::size_t n;
  double dt;                         ///< ms
  bool uniform;                      ///< coefficients are the same for every neuron
  double* const* state;              ///< [state row][n]
  const double* const* coefficient;  ///< [coefficient][n or 1]
  const double* current;    ///< pA. conductance: sum of I(V_t), g averaged over the step. linear: synaptic current at t
  const double* slope;      ///< nS. conductance: sum of -dI/dV at V_t (>= 0 for a plain conductance)
  const double* increment;  ///< mV. linear only: exact contribution of the receptors to V over the step
  const double* current_end;  ///< pA. linear only: synaptic current at t + dt, for the crossing time
  const double* jump;         ///< mV. instantaneous change of V at t (delta synapses), ignored while refractory
  // Threshold crossings, in order of index: `spike_index[k]` in 0 ... n-1 and how long before t + dt, in ms [0, dt].
  std::uint32_t* spike_index;
  float* spike_before;
  std::size_t spike_count;  ///< written by the kernel
};

/// A neuron model. By convention state[0] is V_m (mV).
struct NeuronModel {
  std::string_view name;
  std::string_view title;
  std::string_view source;
  NeuronKind kind;
  std::span<const ParameterRow> parameters;
  std::span<const StateRow> state;
  std::span<const std::string_view> coefficients;
  /// Parameters of one neuron (internal units, in row order) -> its coefficients.
  void (*prepare)(const double* parameter, double dt, double* coefficient);
  /// Linear models: the membrane seen by receptors. Null for conductance models.
  Membrane (*membrane)(const double* parameter);
  /// Checks that go across parameters; returns an empty view when fine, else what is wrong. May be null.
  std::string_view (*check)(const double* parameter, double dt);
  /// One step of one block.
  void (*update)(NeuronBlock& block);
};

// ---------------------------------------------------------------------------------------------------------------------
// Receptors

/// Kinetics of one channel blocker at the receptor class it meets. Written by the drug row, read by NMDA receptors.
/// dB/dt = kon C o (1 - sum B) - koff(V) o' B, koff(V) = koff70 exp(delta F (V + 70 mV) / RT)
struct Blocker {
  double concentration;   ///< uM, at the effect site, free; constant over one step
  double kon;             ///< 1/(uM ms)
  double koff70;          ///< 1/ms at -70 mV
  double voltage_factor;  ///< delta F / RT, 1/mV
  double trapped;         ///< fraction of blocked channels that release the blocker only while open, 0 ... 1
};

/// Columns of one receptor of one block during one step.
struct ReceptorBlock {
  std::size_t n;
  double dt;
  bool uniform;
  double* const* state;              ///< [state row][n]
  const double* const* coefficient;  ///< [coefficient][n or 1]
  const float* input;                ///< summed weight that arrives at t, in the receptor's weight unit
  const double* V_m;                 ///< mV at t
  // Accumulators of the neuron (see NeuronBlock); null where the neuron model has no use for them: slope on linear models,
  // increment and current_end on conductance models, jump where no delta receptor is. Added to, or written when `first`.
  double* current;
  double* slope;
  double* increment;
  double* current_end;
  double* jump;
  // Channel block (NMDA only). B of blocker k: trapped pool blocked[2k], non-trapped pool blocked[2k + 1].
  std::span<const Blocker> blockers;
  double* const* blocked;      ///< [2 * blockers][n]
  const double* total_weight;  ///< summed weight of all synapses onto this receptor, per neuron (>= 0)
  /// Sums over steps for the averaged equation of block in leaps: [0] o, [1 + 2k] koff o' and [2 + 2k] koff of blocker k [1/ms].
  /// Null when nobody leaps.
  double* const* exposure = nullptr;
  /// Nothing is in the accumulators yet: write them. Never for a current on a conductance model, which leaves the slope alone,
  /// nor where there are jumps.
  bool first = false;
};

enum class ReceptorKind : std::uint8_t { current, conductance, delta };

/// What a receptor needs to know when coefficients are computed. `membrane` is valid for linear neurons only.
struct ReceptorContext {
  double dt;
  bool linear;
  Membrane membrane;
};

/// A receptor: postsynaptic response to the weights that arrive.
struct ReceptorModel {
  std::string_view name;
  std::string_view title;
  std::string_view source;
  ReceptorKind kind;
  std::string_view weight_unit;  ///< "nS" (conductance), "pA" (current), "mV" (delta)
  std::span<const ParameterRow> parameters;
  std::span<const StateRow> state;
  std::span<const std::string_view> coefficients;
  bool blockable;        ///< has the NMDA block columns
  bool gated_by_source;  ///< input is the sum over sources of weight * presynaptic gate, every step (see GateModel)
  void (*prepare)(const double* parameter, const ReceptorContext& context, double* coefficient);
  std::string_view (*check)(const double* parameter, double dt);
  void (*advance)(ReceptorBlock& block);
};

/// Columns of one block of presynaptic gates during one step.
struct GateBlock {
  std::size_t n;
  double dt;
  bool uniform;
  double* const* state;
  const double* const* coefficient;
  const float* spikes;  ///< number of spikes of each source at t
  double* value;        ///< written: gate s averaged over the step t -> t + dt
};

/// A presynaptic gate: state per source neuron, advanced every step, read by all its targets after the delay (Wang 2002).
struct GateModel {
  std::string_view name;
  std::string_view title;
  std::string_view source;
  std::span<const ParameterRow> parameters;
  std::span<const StateRow> state;
  std::span<const std::string_view> coefficients;
  void (*prepare)(const double* parameter, double dt, double* coefficient);
  void (*advance)(GateBlock& block);
};

// ---------------------------------------------------------------------------------------------------------------------
// Plasticity

/// Unit of a parameter that is a weight: the weight unit of the receptor that the synapses act on.
inline constexpr std::string_view weight_unit = "*";

/// A trace of the spikes of one neuron: increased by 1 (nearest spike only: set to 1) at every spike, decays exponentially.
struct TraceRow {
  std::string_view name;
  std::string_view tau;  ///< the parameter that is its time constant, ms
  std::string_view meaning;
};

/// Synapses of one source: each meets one spike, of its source on arrival (on_pre) or of its target (on_post).
struct SynapseBlock {
  std::size_t n;
  float* weight;              ///< magnitude, changed in place; must stay within [0, w_max]
  const float* const* trace;  ///< [trace of the other side][n] at the spike: on_pre post, on_post pre traces
  const float* const* own;    ///< [trace of the spiking side][n], just before the spike; see SynapseModel::reads_own
  const double* coefficient;
};

/// A rule of synaptic plasticity. It sees weights as magnitudes: for an inhibitory current more weight is more inhibition.
/// Every rule has a parameter "w_max" in the unit of the weights.
struct SynapseModel {
  std::string_view name;
  std::string_view title;
  std::string_view source;
  std::span<const ParameterRow> parameters;
  std::span<const TraceRow> pre;   ///< traces of the source's spikes, as they arrive
  std::span<const TraceRow> post;  ///< traces of the target's spikes
  bool nearest;                    ///< traces remember the last spike only
  bool reads_own;                  ///< rules of pairs do not, which spares the engine gathering `own`
  std::span<const std::string_view> coefficients;
  void (*prepare)(const double* parameter, double* coefficient);
  /// Checks that go across parameters; returns an empty view when fine, else what is wrong. May be null.
  std::string_view (*check)(const double* parameter);
  void (*on_pre)(SynapseBlock& block);
  void (*on_post)(SynapseBlock& block);
};

// ---------------------------------------------------------------------------------------------------------------------
// Drugs

enum class Route : std::uint8_t {
  intravenous,
  intranasal,
  oral,
  sublingual,
  intraperitoneal,
  subcutaneous,
  intramuscular,
  clamp
};

/// One dose as the drug row sees it. `clamp` sets the effect-site concentration directly (slice experiments): then
/// `amount` is in uM.
struct Dose {
  Route route;
  double amount;    ///< mg (clamp: uM)
  double start;     ///< ms
  double duration;  ///< ms; 0 = bolus (clamp: until start + duration)
};

/// Block kinetics that a drug (or metabolite) offers. IC50 by subunit class.
struct BlockKinetics {
  std::string_view moiety;                    ///< signal prefix, e.g. "ketamine", "norketamine"
  double kon;                                 ///< 1/(uM s)
  double delta;                               ///< electrical depth
  double trapped;                             ///< fraction
  double ic50_2A, ic50_2B, ic50_2C, ic50_2D;  ///< uM, at -66 mV, 0 Mg
  double ic50_human;                          ///< uM, at -66 mV, 0 Mg, subunit class "human"
  std::string_view source;
};

/// A named set of parameter values, e.g. "domino" or "mouse". Values in the order of the drug's parameters; NaN keeps the default.
struct PresetRow {
  std::string_view name;
  std::string_view species;
  std::span<const double> values;
  std::string_view source;
};

/// What a drug writes: name (after the drug's own name), unit, meaning.
struct SignalRow {
  std::string_view name;
  std::string_view unit;
  std::string_view meaning;
};

/// A drug: compartments in closed form. Concentrations are pure functions of (parameters, doses, time), so there is no state
/// to checkpoint and no step error.
struct DrugModel {
  std::string_view name;
  std::string_view title;
  std::string_view source;
  std::span<const ParameterRow> parameters;
  std::span<const PresetRow> presets;
  std::span<const SignalRow> signals;
  std::span<const BlockKinetics> block;  ///< one entry per moiety; `moiety` + ".effect_site" must be among the signals
  /// Values of all signals at time t [ms], superposed over the doses.
  void (*evaluate)(const double* parameter, std::span<const Dose> doses, double t, double* signal);
  std::string_view (*check)(const double* parameter);
};

}  // namespace burgeon
