#pragma once
// The validated, immutable description of one run. Every value is in internal units (ms mV nS pA pF 1/ms mg kg uM um),
// every default is filled in, every reference is resolved to an index. `spec::validate` is the only maker.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/types.h"
#include "catalogue/catalogue.h"

namespace burgeon {

/// A number or a distribution it is drawn from, once per neuron or synapse.
struct Draw {
  enum class Kind : std::uint8_t { constant, uniform, normal, lognormal, exponential } kind = Kind::constant;
  double a =
      0.0;  ///< constant: value; uniform: low; normal: mean; lognormal: mean of the value itself; exponential: mean
  double b = 0.0;       ///< uniform: high; normal: SD; lognormal: SD of the value itself
  double low = -1e300;  ///< redrawn while outside [low, high] (never clipped)
  double high = 1e300;
};

/// A contiguous part of a population: neurons first ... first + count - 1.
struct GroupSpec {
  std::string name;  ///< empty: the whole population
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};

struct ReceptorSpec {
  std::string name;
  const ReceptorModel* model = nullptr;
  std::vector<Draw> parameters;  ///< in row order
  // NMDA receptors (model->blockable): block kinetics resolved per blocker of the run, in the order of RunSpec blockers.
  std::string subunit;  ///< "2A" "2B" "2C" "2D" "human"; empty if not blockable
};

/// How neurons are placed, for distance-dependent wiring (um) and ring-dependent wiring (angle = 2 pi index / n).
struct PlacementSpec {
  enum class Kind : std::uint8_t { none, box, disc, cylinder, grid, ring } kind = Kind::none;
  double size[3] = {0, 0, 0};  ///< box: sides; disc: radius; cylinder: radius, height; grid: sides; ring: radius
  double centre[3] = {0, 0, 0};
};

struct PopulationSpec {
  std::string name;
  const NeuronModel* model = nullptr;
  std::uint64_t size = 0;
  std::vector<Draw> parameters;  ///< in row order of the model
  std::vector<Draw> initial;     ///< in row order of the state
  std::vector<ReceptorSpec> receptors;
  std::vector<GroupSpec> groups;  ///< named sub-groups
  PlacementSpec placement;
  std::string cell_class;  ///< free word for plots and summaries: "pyramidal", "PV", ...
};

/// A population or a part of it.
struct Selection {
  std::uint32_t population = 0;
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  std::string name;  ///< as written: "pyr" or "pyr.A"
};

struct WiringSpec {
  enum class Rule : std::uint8_t {
    all_to_all,
    one_to_one,
    bernoulli,
    fixed_in_degree,
    fixed_out_degree,
    fixed_total,
    distance,
    ring
  } rule = Rule::all_to_all;
  double p = 0.0;            ///< bernoulli: probability; distance and ring: probability at distance 0
  std::uint64_t number = 0;  ///< in-degree, out-degree, or total number
  enum class Kernel : std::uint8_t { gaussian, exponential } kernel = Kernel::gaussian;
  double width =
      0.0;  ///< gaussian: sigma in exp(-d^2 / (2 sigma^2)); exponential: lambda in exp(-d/lambda); um, ring: rad
  double cutoff = 0.0;  ///< no connection beyond; 0 = none
  bool autapses = true;
  bool multapses = true;
};

struct ProjectionSpec {
  std::string name;
  Selection source;
  Selection target;
  std::uint32_t receptor = 0;  ///< index in the target population's receptors
  WiringSpec wiring;
  Draw weight;  ///< in the receptor's weight unit; sign as written
  enum class WeightPrecision : std::uint8_t { float32, bfloat16 };
  /// How each synapse keeps its own weight. bfloat16: neither plastic nor rewired.
  WeightPrecision weight_precision = WeightPrecision::float32;
  Draw delay;  ///< ms; drawn, then rounded to the grid, at least dt
  /// Ring-shaped weight profile on top of `weight` (bump attractors): factor(theta) = floor + (peak - floor) exp(-theta^2 / (2 width^2)).
  struct Profile {
    double peak = 1.0, floor = 1.0, width = 0.0;
  };
  std::optional<Profile> profile;
  /// Presynaptic gate (receptor->gated_by_source only).
  const GateModel* gate = nullptr;
  std::vector<Draw> gate_parameters;
  /// Rule by which the weights change; the delay is constant and the weights have one sign then.
  const SynapseModel* plasticity = nullptr;
  std::vector<double> plasticity_parameters;  ///< in row order
  /// Name of the projection whose pairs (and delays) this one has; empty: its own.
  std::string like;
  bool rewired = false;  ///< a structural rule makes and removes synapses
  bool staged = false;   ///< ... that begin with part of their weight
};

/// The projection after which the random numbers of the pairs are named.
[[nodiscard]] inline const std::string& pairs_name(const ProjectionSpec& projection) {
  return projection.like.empty() ? projection.name : projection.like;
}

struct ModelSpec;
/// All that the synapses of a projection depend on, as text: two models with the same key have the same synapses. Empty when
/// something may edit them in the course of a run.
[[nodiscard]] std::string connectivity_key(const ModelSpec& spec, std::uint32_t projection);

/// A rule that makes and removes synapses.
struct StructureSpec {
  std::string name;
  const StructuralModel* model = nullptr;
  Step update = 0;                 ///< steps between updates; a multiple of the slow tick
  std::vector<double> parameters;  ///< in row order, internal units
  // turnover
  std::vector<std::uint32_t> projections;  ///< edited together: the same pairs, the one the others are like first
  std::string drive, stress, protein;      ///< signals; empty: 0
  bool balanced = true;                    ///< starts with new synapses and lost sites as they are at rest
  // growth
  struct Element {
    std::string name;
    std::uint32_t population = 0;
    std::vector<double> parameters;  ///< in row order
  };
  /// Axonal elements that meet dendritic ones, and the projections that their synapses belong to: one for every pair of
  /// populations, each with those that are like it.
  struct Pairing {
    std::vector<std::uint32_t> axons, dendrites;          ///< elements
    std::vector<std::vector<std::uint32_t>> projections;  ///< as in `projections` of a turnover rule
  };
  std::vector<Element> elements;
  std::vector<Pairing> pairings;  ///< in order of definition
};

/// Piecewise description of a value in time. Between points: held (`step`) or interpolated (`ramp`).
struct Course {
  struct Point {
    double t = 0.0;
    double value = 0.0;
  };
  std::vector<Point> points;  ///< at least one; value before the first point is the first's
  bool ramp = false;
};

struct InputSpec {
  std::string name;
  enum class Kind : std::uint8_t { poisson, current, ou_current, ou_conductance, spikes } kind = Kind::poisson;
  Selection target;
  std::uint32_t receptor = 0;        ///< poisson, spikes, ou_conductance
  double start = 0.0, stop = 1e300;  ///< ms
  // poisson: rate of one neuron's train(s) [1/ms]; current: pA.
  Course course;
  double weight = 0.0;  ///< poisson, spikes: receptor's weight unit
  std::uint64_t synapses =
      1;                ///< poisson: how many synapses the train stands for (total weight of a blockable receptor)
  bool shared = false;  ///< poisson, ou: one realisation for all targets
  // poisson redrawn: every `redraw_every` ms the rate becomes course + normal(0, redraw_sd), one value for all targets.
  double redraw_every = 0.0, redraw_sd = 0.0;
  // ring-shaped current: amplitude factor exp(-(theta - centre)^2 / (2 width^2)) over the target's ring angle.
  bool ring = false;
  double ring_centre = 0.0, ring_width = 0.0;
  // Ornstein-Uhlenbeck.
  double mean = 0.0, sd = 0.0, tau = 0.0;
  // spike list: (time ms, index in the selection).
  struct Event {
    double t;
    std::uint64_t index;
  };
  std::vector<Event> events;
};

struct DrugSpec {
  std::string name;  ///< signal prefix; also the model's name by default
  const DrugModel* model = nullptr;
  std::string preset;
  std::vector<double> parameters;  ///< in row order, internal units
  std::vector<Dose> doses;         ///< sorted by start; repeats unrolled
};

/// A channel blocker of the run: which drug, which moiety, which signal carries its effect-site concentration.
struct BlockerSpec {
  std::uint32_t drug = 0;
  const BlockKinetics* kinetics = nullptr;
  std::string signal;  ///< e.g. "ketamine.effect_site" (drug name + "." + signal row name)
};

struct InterventionSpec {
  std::string name;
  enum class Kind : std::uint8_t {
    clamp_signal,
    block_receptor,
    silence,
    scale_weights,
    delete_synapses
  } kind = Kind::clamp_signal;
  double start = 0.0, stop = 1e300;
  std::string signal;  ///< clamp_signal
  double value =
      0.0;  ///< clamp_signal: value; block_receptor: fraction blocked; scale_weights: factor; delete_synapses: fraction
  Selection target;              ///< block_receptor, silence
  std::uint32_t receptor = 0;    ///< block_receptor
  std::uint32_t projection = 0;  ///< scale_weights, delete_synapses
};

struct RecordSpec {
  std::string name;
  enum class Kind : std::uint8_t { spikes, variable, rate, signal, block, lfp, edges, graph } kind = Kind::spikes;
  Selection target;      ///< spikes, variable, rate, block, lfp
  std::string variable;  ///< "V_m", "ampa.g" (receptor.state), ... ; signal: signal name or "*"
  double every = 0.0;    ///< ms; a multiple of dt
  double start = 0.0, stop = 1e300;
  std::uint64_t subset = 0;  ///< first `subset` neurons only; 0 = all
  enum class Reducer : std::uint8_t { none, mean, sum, min, max } reducer = Reducer::none;
  std::vector<std::uint32_t> projections;  ///< edges, graph
  std::vector<double> at;                  ///< edges: ms, ascending
};

struct RunSpec {
  double dt = 0.1;  ///< ms
  Step steps = 0;   ///< duration / dt
  std::uint64_t seed = 1;
  Step slow_tick = 0;    ///< steps between slow ticks
  double discard = 0.0;  ///< ms left out of summary measures
  double baseline =
      0.0;  ///< ms after `discard` that `.relative` signals refer to; slow processes wait until it is over
  double body_mass = 70.0;  ///< kg
  std::string species = "human";
};

/// A value in time that the file gives: stress, a second medicine, a visit. Writes the signal `<name>.level`.
struct CourseSpec {
  std::string name;
  std::string unit;  ///< as written; "" is dimensionless
  Course course;     ///< internal units
};

/// What slow processes read of the network: a rate over a slow tick, or the mean over neurons of a state at its end.
struct MeasuredSpec {
  std::string name;  ///< "pyr.rate", "pyr.ampa.g", "pyr.nmda.block"; with ".relative": as a part of the baseline
  std::string unit;
  enum class Kind : std::uint8_t { rate, state, block } kind = Kind::rate;
  Selection target;
  std::uint32_t receptor = 0;  ///< state, block
  std::uint32_t state = 0;     ///< row of the receptor's state
  bool relative = false;       ///< divided by its mean over RunSpec::baseline
};

/// A slow process of the run. Its signals are `<name>.<signal row>`.
struct SlowSpec {
  std::string name;
  const SlowModel* model = nullptr;
  std::vector<double> parameters;  ///< in row order, internal units
  struct Input {
    std::string signal;  ///< empty: `value` holds throughout
    double value = 0.0;  ///< internal units
  };
  std::vector<Input> inputs;  ///< in row order
  Selection target;           ///< per-neuron models: whose neurons
};

/// A signal that acts on the network, as a factor.
struct CouplingSpec {
  std::string name;
  std::string signal;
  enum class Kind : std::uint8_t { receptor, projection } kind = Kind::receptor;
  Selection target;                        ///< receptor
  std::uint32_t receptor = 0;              ///< receptor: on all that it receives
  std::vector<std::uint32_t> projections;  ///< projection: on all weights
};

/// How bursts of spiking and leaps of the slow side take turns; docs/multiscale.md.
struct MultiscaleSpec {
  bool enabled = false;
  double burst = 2000.0;             ///< ms of spiking per macro step, burn-in included
  double burn_in = 500.0;            ///< ms at its beginning that are not averaged
  double longest_burst = 16000.0;    ///< ms: how far a burst may be extended against noise
  double first_leap = 10000.0;       ///< ms: after a start or an event
  double longest_leap = 86400000.0;  ///< ms
  double tolerance = 0.01;           ///< of the range of each slow variable, per macro step
  double precision = 0.0;            ///< of averages, part of their mean; 0: what tolerance asks for is enough
  std::uint64_t probe_every = 20;    ///< macro steps between two looks for a second stable activity; 0: never
  std::uint64_t replicas = 1;        ///< networks with noise of their own that make every burst side by side
};

/// Everything about one run.
struct ModelSpec {
  std::string title;
  std::string description;
  RunSpec run;
  std::vector<PopulationSpec> populations;
  std::vector<ProjectionSpec> projections;
  std::vector<InputSpec> inputs;
  std::vector<DrugSpec> drugs;
  std::vector<StructureSpec> structures;
  std::vector<BlockerSpec> blockers;  ///< all moieties of all drugs that block
  std::vector<CourseSpec> courses;
  std::vector<MeasuredSpec> measured;  ///< what slow processes, couplings and records ask for
  std::vector<SlowSpec> slow;
  std::vector<CouplingSpec> couplings;
  std::vector<InterventionSpec> interventions;
  std::vector<RecordSpec> records;
  MultiscaleSpec multiscale;
  std::string source_path;     ///< file it came from
  std::string source_text;     ///< one TOML file that gives the same model: `extends` and overrides merged in
  std::string canonical_json;  ///< resolved, sorted keys, internal units, no defaults left out; layout- and path-free
  std::uint64_t hash = 0;      ///< xxHash64 of canonical_json
};

/// Times in ]from, to[ at which a signal or an intervention may jump: doses, points of courses, starts and stops. Sorted [ms].
[[nodiscard]] std::vector<double> breakpoints(const ModelSpec& spec, double from, double to);

}  // namespace burgeon
