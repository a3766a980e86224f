// What a run will need, before anything is allocated. All sums are in doubles, which can't overflow here.

#include <algorithm>
#include <cmath>
#include <numbers>

#include "spec/validate.h"

namespace burgeon {

namespace {

using Rule = WiringSpec::Rule;

// Assumed costs and rates, for orders of magnitude only.
constexpr double typical_rate = 10e-3;  // spikes per neuron and ms
constexpr double neuron_step_s = 4e-9;  // one neuron and one receptor for one step
constexpr double event_s = 3e-9;        // one synaptic event
constexpr double typical_slices = 8;    // threads that share the rows
constexpr double spike_bytes = 16;      // time and id
constexpr double edge_bytes = 24;       // ids, weight, delay, indices, compressed

double kernel_value(const WiringSpec& wiring, double distance) {
  if (wiring.cutoff > 0.0 && distance > wiring.cutoff) return 0.0;
  const double x = distance / wiring.width;
  return wiring.kernel == WiringSpec::Kernel::gaussian ? std::exp(-0.5 * x * x) : std::exp(-x);
}

/// Van der Corput sequence: evenly spread points in [0, 1).
double spread(unsigned index, unsigned base) {
  double value = 0.0;
  double digit = 1.0;
  for (; index > 0; index /= base) {
    digit /= base;
    value += digit * (index % base);
  }
  return value;
}

void place(const PlacementSpec& placement, const double u[3], double out[3]) {
  using Kind = PlacementSpec::Kind;
  const double turn = 2.0 * std::numbers::pi * u[1];
  switch (placement.kind) {
    case Kind::disc:
    case Kind::cylinder:
    case Kind::ring: {
      const double r = placement.size[0] * (placement.kind == Kind::ring ? 1.0 : std::sqrt(u[0]));
      out[0] = r * std::cos(turn);
      out[1] = r * std::sin(turn);
      out[2] = placement.kind == Kind::cylinder ? placement.size[1] * (u[2] - 0.5) : 0.0;
      break;
    }
    default:
      for (int k = 0; k < 3; ++k) out[k] = placement.size[k] * (u[k] - 0.5);
  }
  for (int k = 0; k < 3; ++k) out[k] += placement.centre[k];
}

/// Mean of the kernel over pairs of neurons, from evenly spread pairs of positions.
double mean_kernel(const ModelSpec& spec, const ProjectionSpec& projection) {
  constexpr unsigned pairs = 2000;
  constexpr unsigned bases[6] = {2, 3, 5, 7, 11, 13};
  double sum = 0.0;
  for (unsigned k = 1; k <= pairs; ++k) {
    double u[6];
    for (int d = 0; d < 6; ++d) u[d] = spread(k, bases[d]);
    double a[3];
    double b[3];
    place(spec.populations[projection.source.population].placement, u, a);
    place(spec.populations[projection.target.population].placement, u + 3, b);
    const double angle = 2.0 * std::numbers::pi * std::min(u[0], 1.0 - u[0]);
    const bool ring = projection.wiring.rule == Rule::ring;
    sum += kernel_value(projection.wiring, ring ? angle : std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]));
  }
  return sum / pairs;
}

double synapses_of(const ModelSpec& spec, const ProjectionSpec& projection) {
  const double sources = static_cast<double>(projection.source.count);
  const double targets = static_cast<double>(projection.target.count);
  const double number = static_cast<double>(projection.wiring.number);
  switch (projection.wiring.rule) {
    case Rule::all_to_all:
      return sources * targets;
    case Rule::one_to_one:
      return sources;
    case Rule::bernoulli:
      return projection.wiring.p * sources * targets;
    case Rule::fixed_in_degree:
      return number * targets;
    case Rule::fixed_out_degree:
      return number * sources;
    case Rule::fixed_total:
      return number;
    case Rule::distance:
    case Rule::ring:
      return projection.wiring.p * sources * targets * mean_kernel(spec, projection);
  }
  return 0.0;
}

bool is_constant(const Draw& draw) { return draw.kind == Draw::Kind::constant; }

/// Steps over which delays are spread: as many equally likely ones have the same entropy (a lognormal's is taken for a normal's).
double different_delays(const Draw& delay, double dt) {
  const double range = std::min(delay.high, delay.kind == Draw::Kind::uniform ? delay.b : delay.high) -
                       std::max(delay.low, delay.kind == Draw::Kind::uniform ? delay.a : 0.0);
  const double wide = delay.kind == Draw::Kind::uniform ? range
                      : delay.kind == Draw::Kind::exponential
                          ? std::numbers::e * delay.a
                          : std::sqrt(2.0 * std::numbers::pi * std::numbers::e) * delay.b;
  return 1.0 + std::max(0.0, std::min(wide, range)) / dt;
}

/// Bytes of the delays of packed rows: a run per different delay of a row, and where the runs of the row begin.
double run_bytes(const ModelSpec& spec, const ProjectionSpec& projection) {
  const double rows = typical_slices * static_cast<double>(projection.source.count);
  if (rows <= 0.0) return 0.0;
  const double most = different_delays(projection.delay, spec.run.dt);
  return rows * (4.0 + 2.0 * most * (1.0 - std::exp(-synapses_of(spec, projection) / rows / most)));
}

/// Bytes of the rows (network.h): target and weight per synapse, delays, and a beginning per source and slice.
double row_bytes(const ModelSpec& spec, const ProjectionSpec& projection) {
  const bool plastic = projection.plasticity != nullptr;
  const bool precise = projection.weight_precision == ProjectionSpec::WeightPrecision::float32;
  const bool shared = is_constant(projection.weight) && !projection.profile && !plastic && !projection.staged;
  const bool one_delay = is_constant(projection.delay);
  const bool dense = projection.wiring.rule == Rule::all_to_all && shared && one_delay && !projection.rewired;
  if (dense) return 0.0;
  const double target = static_cast<double>(projection.target.count) <= 65536.0 ? 2.0 : 4.0;
  const double each = target +
                      (shared    ? 0.0
                       : precise ? 4.0
                                 : 2.0) +
                      (plastic ? 1.0 : 0.0) + (one_delay || !projection.rewired ? 0.0 : 2.0);
  const double synapses = synapses_of(spec, projection);
  const double begin = (synapses < 4e9 ? 4.0 : 8.0) + (projection.rewired ? 4.0 : 0.0);
  // Rows that change have identities, stages and an eighth of slack.
  const double slack = projection.rewired ? 9.0 / 8.0 : 1.0;
  return synapses * slack * (each + (projection.rewired ? 9.0 : 0.0)) +
         static_cast<double>(projection.source.count) * begin * typical_slices +
         (one_delay || projection.rewired ? 0.0 : run_bytes(spec, projection));
}

double largest_delay(const Draw& delay) {
  switch (delay.kind) {
    case Draw::Kind::constant:
      return delay.a;
    case Draw::Kind::uniform:
      return std::min(delay.b, delay.high);
    default:
      return std::min(delay.a + 6.0 * (delay.kind == Draw::Kind::exponential ? 3.0 * delay.a : delay.b), delay.high);
  }
}

/// Columns of one population: parameters, coefficients, states, and input of every receptor for every step of delay.
double population_bytes(const ModelSpec& spec, std::uint32_t index) {
  const PopulationSpec& population = spec.populations[index];
  double columns = 0.0;
  if (population.model)
    columns += static_cast<double>(population.model->state.size() + population.model->coefficients.size());
  for (const ReceptorSpec& receptor : population.receptors) {
    if (!receptor.model) continue;
    columns += static_cast<double>(receptor.model->state.size() + receptor.model->coefficients.size());
    if (receptor.model->blockable) columns += 2.0 * static_cast<double>(spec.blockers.size()) + 1.0;
  }
  double steps = 1.0;
  for (const ProjectionSpec& projection : spec.projections)
    if (projection.target.population == index)
      steps = std::max(steps, std::ceil(largest_delay(projection.delay) / spec.run.dt));
  const double buffers = 4.0 * static_cast<double>(population.receptors.size()) * (steps + 1.0);
  return static_cast<double>(population.size) * (8.0 * columns + buffers + 16.0);
}

/// Values per sample and bytes of all samples of a record.
double record_bytes(const ModelSpec& spec, const RecordSpec& record) {
  const double end = std::min(record.stop, static_cast<double>(spec.run.steps) * spec.run.dt);
  const double time = std::max(0.0, end - record.start);
  double neurons = static_cast<double>(record.target.count);
  if (record.subset > 0) neurons = std::min(neurons, static_cast<double>(record.subset));
  if (record.kind == RecordSpec::Kind::edges) {
    double synapses = 0.0;
    for (const std::uint32_t p : record.projections) synapses += synapses_of(spec, spec.projections[p]);
    return static_cast<double>(record.at.size()) * synapses * edge_bytes;
  }
  if (record.kind == RecordSpec::Kind::spikes) return neurons * time * typical_rate * spike_bytes;
  const double samples = record.every > 0.0 ? time / record.every : 0.0;
  const bool each = (record.kind == RecordSpec::Kind::variable || record.kind == RecordSpec::Kind::block) &&
                    record.reducer == RecordSpec::Reducer::none;
  return samples * (8.0 + (each ? 4.0 * neurons : 8.0));
}

}  // namespace

std::vector<double> breakpoints(const ModelSpec& spec, double from, double to) {
  std::vector<double> times;
  const auto add = [&](double t) {
    if (t > from && t <= to) times.push_back(t);
  };
  for (const DrugSpec& drug : spec.drugs)
    for (const Dose& dose : drug.doses) {
      add(dose.start);
      add(dose.start + dose.duration);
    }
  for (const CourseSpec& course : spec.courses)
    for (const Course::Point& point : course.course.points) add(point.t);
  for (const InterventionSpec& what : spec.interventions) {
    add(what.start);
    add(what.stop);
  }
  for (const InputSpec& input : spec.inputs) {
    add(input.start);
    add(input.stop);
    for (const Course::Point& point : input.course.points) add(point.t);
  }
  std::sort(times.begin(), times.end());
  times.erase(std::unique(times.begin(), times.end()), times.end());
  return times;
}

double expected_spiking(const ModelSpec& spec, double from, double burst) {
  const MultiscaleSpec& how = spec.multiscale;
  const double end = static_cast<double>(spec.run.steps) * spec.run.dt;
  if (from >= end) return 0.0;
  if (!how.enabled || how.longest_leap < 2.0 * how.burst) return end - from;
  // The baseline, and the last burst before an event, are simulated directly.
  const double direct = std::min(end, std::max(from, spec.run.discard + spec.run.baseline));
  double spiking = direct - from, at = direct;
  std::vector<double> stops = breakpoints(spec, direct, end);
  if (stops.empty() || stops.back() < end) stops.push_back(end);
  const double probe =
      how.probe_every > 0 ? 2.0 * (how.burst + how.burn_in) / static_cast<double>(how.probe_every) : 0.0;
  for (const double stop : stops) {
    for (double span = how.first_leap; stop - at >= 2.0 * burst; span = std::min(2.0 * span, how.longest_leap)) {
      // Once steps are as long as they get, the rest needs no counting one by one.
      if (span >= how.longest_leap) {
        const double steps = std::floor((stop - at) / span);
        spiking += steps * (burst + probe);
        at += steps * span;
        if (steps > 0.0) continue;
      }
      spiking += std::min(burst, span) + probe;
      at += std::clamp(span, burst, stop - at);
    }
    spiking += std::max(0.0, stop - at);
    at = stop;
  }
  return spiking;
}

std::vector<MemoryShare> memory_shares(const ModelSpec& spec) {
  std::vector<MemoryShare> shares;
  const double networks = static_cast<double>(spec.multiscale.replicas);
  for (std::uint32_t k = 0; k < spec.populations.size(); ++k)
    shares.push_back({"population '" + spec.populations[k].name + "'", networks * population_bytes(spec, k)});
  for (const ProjectionSpec& projection : spec.projections)
    shares.push_back({"projection '" + projection.name + "'", networks * row_bytes(spec, projection)});
  return shares;
}

Estimate estimate(const ModelSpec& spec) {
  Estimate result;
  // What leaps skip costs nothing and leaves no records.
  const double part = expected_spiking(spec, 0.0, spec.multiscale.burst) /
                      std::max(spec.run.dt, static_cast<double>(spec.run.steps) * spec.run.dt);
  // Replicas cost as much again, but for the baseline, which one network goes through.
  const double run_steps = part * static_cast<double>(spec.run.steps);
  const double bursts = std::max(0.0, run_steps - (spec.run.discard + spec.run.baseline) / spec.run.dt);
  const double steps = run_steps + static_cast<double>(spec.multiscale.replicas - 1) * bursts;
  const double spikes = steps * spec.run.dt * typical_rate;
  for (const PopulationSpec& population : spec.populations) {
    const double size = static_cast<double>(population.size);
    result.neurons += size;
    result.wall_s += steps * size * neuron_step_s * (1.0 + static_cast<double>(population.receptors.size()));
  }
  for (const ProjectionSpec& projection : spec.projections) {
    const double synapses = synapses_of(spec, projection);
    result.synapses += synapses;
    // Pairs without rows are added once per target, not once per synapse.
    const bool rows = row_bytes(spec, projection) > 0.0;
    result.wall_s += spikes * event_s * (rows ? synapses : static_cast<double>(projection.target.count));
  }
  for (const MemoryShare& share : memory_shares(spec)) result.memory_bytes += share.bytes;
  for (const RecordSpec& record : spec.records) result.disk_bytes += part * record_bytes(spec, record);
  return result;
}

}  // namespace burgeon
