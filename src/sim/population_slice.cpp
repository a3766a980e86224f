#include "sim/population_slice.h"

#include <algorithm>
#include <span>

#include "base/math.h"
#include "base/units.h"
#include "catalogue/blocking.h"

namespace burgeon {
namespace {

bool all_constant(const std::vector<Draw>& draws) {
  return std::all_of(draws.begin(), draws.end(), [](const Draw& d) { return d.kind == Draw::Kind::constant; });
}

// Parameter values of every neuron of the slice, or of one neuron when all are constant: [parameter][neuron].
std::vector<std::vector<double>> draw_parameters(const std::vector<Draw>& draws, std::uint64_t seed,
                                                 const std::string& owner, std::span<const ParameterRow> rows,
                                                 Range range, bool uniform) {
  std::vector<std::vector<double>> values;
  values.reserve(draws.size());
  for (std::size_t k = 0; k < draws.size(); ++k)
    values.push_back(
        uniform ? std::vector<double>{draws[k].a}
                : draw_values(draws[k], seed, owner + "." + std::string(rows[k].name), range.begin, range.size()));
  return values;
}

// Runs prepare(parameters of one neuron) -> coefficients over the slice, once only when uniform.
template <class Prepare>
ColumnSet prepare_coefficients(const std::vector<std::vector<double>>& parameters, std::size_t coefficients,
                               std::size_t n, bool uniform, const Prepare& prepare) {
  ColumnSet columns(coefficients, uniform ? 1 : n);
  std::vector<double> one(parameters.size()), result(coefficients);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    for (std::size_t k = 0; k < parameters.size(); ++k) one[k] = parameters[k][i];
    prepare(i, one.data(), result.data());
    for (std::size_t k = 0; k < coefficients; ++k) columns.row(k)[i] = result[k];
  }
  return columns;
}

// Steps that input of a receptor may be under way. What plastic synapses hold waits in their own queues.
Step longest_delay(const Network& network, std::uint32_t population, std::size_t receptor) {
  Step longest = 0;
  for (const Projection& p : network.projections)
    if (p.target_population == population && p.receptor == receptor && p.spec->plasticity == nullptr)
      longest = std::max<Step>(longest, p.max_delay);
  return longest;
}

ReceptorSlice make_receptor_slice(const ModelSpec& spec, const Network& network, const PopulationSlice& owner,
                                  std::size_t index, const std::vector<Membrane>& membranes) {
  const ReceptorSpec& receptor = owner.spec().receptors[index];
  const ReceptorModel& model = *receptor.model;
  const std::size_t n = owner.size();
  ReceptorSlice result;
  result.spec = &receptor;

  // Coefficients depend on the membrane too where the receptor is integrated exactly.
  const bool linear = owner.spec().model->kind == NeuronKind::linear;
  result.uniform = all_constant(receptor.parameters) && membranes.size() <= 1;
  const auto parameters = draw_parameters(receptor.parameters, spec.run.seed, owner.spec().name + "." + receptor.name,
                                          model.parameters, owner.range, all_constant(receptor.parameters));
  std::vector<std::vector<double>> spread = parameters;
  if (!result.uniform)
    for (auto& column : spread)
      if (column.size() == 1) column.assign(n, column[0]);
  result.coefficient = prepare_coefficients(
      spread, model.coefficients.size(), n, result.uniform, [&](std::size_t i, const double* p, double* c) {
        const Membrane membrane = membranes.empty() ? Membrane{1.0, 1.0} : membranes[membranes.size() == 1 ? 0 : i];
        model.prepare(p, ReceptorContext{spec.run.dt, linear, membrane}, c);
      });

  result.state = ColumnSet(model.state.size(), n);
  for (std::size_t k = 0; k < model.state.size(); ++k)
    std::fill_n(result.state.row(k), n, model.state[k].initial * unit_factor(model.state[k].unit));

  if (model.blockable) {
    for (const BlockerSpec& blocker : spec.blockers)
      result.blockers.push_back(blocker_from(*blocker.kinetics, receptor.subunit, 0.0));
    result.blocked = ColumnSet(2 * result.blockers.size(), n);
    if (spec.multiscale.enabled) result.exposure = ColumnSet(1 + 2 * result.blockers.size(), n);
    const auto& total = owner.population->total_weight[index];
    result.total_weight.assign(total.begin() + static_cast<std::ptrdiff_t>(owner.range.begin),
                               total.begin() + static_cast<std::ptrdiff_t>(owner.range.end));
  }
  result.ring = Ring(n, longest_delay(network, owner.index, index));
  return result;
}

}  // namespace

Ring::Ring(std::size_t neurons, Step max_delay)
    : stride((neurons + 15) / 16 * 16), slots(static_cast<std::size_t>(max_delay) + 1) {
  data.assign(slots * stride, 0.0F);
}

void Ring::delay_all(Step steps) {
  const auto shift = static_cast<std::ptrdiff_t>(place(steps) * stride);
  std::rotate(data.begin(), data.end() - shift, data.end());
}

double* PopulationSlice::variable(const std::string& name) {
  const auto dot = name.find('.');
  if (dot == std::string::npos) {
    const auto rows = spec().model->state;
    for (std::size_t k = 0; k < rows.size(); ++k)
      if (rows[k].name == name) return state.row(k);
    return nullptr;
  }
  for (ReceptorSlice& receptor : receptors) {
    if (receptor.spec->name != name.substr(0, dot)) continue;
    const auto rows = receptor.spec->model->state;
    for (std::size_t k = 0; k < rows.size(); ++k)
      if (rows[k].name == name.substr(dot + 1)) return receptor.state.row(k);
  }
  return nullptr;
}

std::string variable_unit(const PopulationSpec& population, const std::string& name) {
  const auto dot = name.find('.');
  if (dot == std::string::npos) {
    for (const StateRow& row : population.model->state)
      if (row.name == name) return std::string(row.unit);
    return {};
  }
  for (const ReceptorSpec& receptor : population.receptors)
    if (receptor.name == name.substr(0, dot))
      for (const StateRow& row : receptor.model->state)
        if (row.name == name.substr(dot + 1)) return std::string(row.unit);
  return {};
}

PopulationSlice make_population_slice(const ModelSpec& spec, const Network& network, std::uint32_t population,
                                      unsigned slice) {
  PopulationSlice result;
  result.population = &network.populations[population];
  result.index = population;
  result.range = network.owned(population, slice);
  const PopulationSpec& p = result.spec();
  const NeuronModel& model = *p.model;
  const std::size_t n = result.size();

  // Coefficients, one set for all neurons when no parameter is drawn from a distribution.
  result.uniform = all_constant(p.parameters);
  const auto parameters =
      draw_parameters(p.parameters, spec.run.seed, p.name, model.parameters, result.range, result.uniform);
  std::vector<Membrane> membranes;
  result.coefficient = prepare_coefficients(parameters, model.coefficients.size(), n, result.uniform,
                                            [&](std::size_t, const double* one, double* c) {
                                              model.prepare(one, spec.run.dt, c);
                                              if (model.membrane != nullptr) membranes.push_back(model.membrane(one));
                                            });

  // Initial values.
  result.state = ColumnSet(model.state.size(), n);
  for (std::size_t k = 0; k < model.state.size(); ++k) {
    const auto values = draw_values(p.initial[k], spec.run.seed,
                                    p.name + ".initial." + std::string(model.state[k].name), result.range.begin, n);
    std::copy(values.begin(), values.end(), result.state.row(k));
  }

  // A constant current I moves V of a linear neuron by I / C dt phi1(-dt / tau_m) in one step.
  if (!membranes.empty()) {
    result.input_slope.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
      const Membrane m = membranes[membranes.size() == 1 ? 0 : i];
      result.input_slope[i] = spec.run.dt / m.C_m * phi1(-spec.run.dt / m.tau_m);
    }
  }

  for (std::size_t r = 0; r < p.receptors.size(); ++r)
    result.receptors.push_back(make_receptor_slice(spec, network, result, r, membranes));
  return result;
}

}  // namespace burgeon
