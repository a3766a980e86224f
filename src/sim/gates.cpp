#include "sim/gates.h"

#include <algorithm>

#include "base/units.h"

namespace burgeon {

GateGroup::GateGroup(const GateModel& model, const std::vector<Draw>& parameters, const Network& network,
                     std::uint32_t population, Range source, Step max_interval)
    : model_(&model), parameters_(&parameters), population_(population), source_(source), dt_(network.spec->run.dt) {
  std::vector<double> values;
  for (const Draw& draw : parameters) values.push_back(draw.a);
  std::vector<double> coefficients(model.coefficients.size());
  model.prepare(values.data(), dt_, coefficients.data());

  const auto intervals = static_cast<std::size_t>(max_interval);
  for (auto& value : value_) value.assign(intervals * source.size(), 0.0);
  for (unsigned s = 0; s < network.slices; ++s) {
    const Range owned = network.owned(population, s);
    Part part;
    part.range.begin = std::clamp(owned.begin, source.begin, source.end);
    part.range.end = std::clamp(owned.end, source.begin, source.end);
    part.state = ColumnSet(model.state.size(), part.range.size());
    for (std::size_t k = 0; k < model.state.size(); ++k)
      std::fill_n(part.state.row(k), part.range.size(), model.state[k].initial * unit_factor(model.state[k].unit));
    part.coefficient = ColumnSet(coefficients.size(), 1);
    for (std::size_t k = 0; k < coefficients.size(); ++k) part.coefficient.row(k)[0] = coefficients[k];
    part.spikes.assign((intervals + 1) * part.range.size(), 0.0F);
    parts_.push_back(std::move(part));
  }
}

bool GateGroup::serves(const Projection& projection) const {
  const auto same = [](const Draw& a, const Draw& b) { return a.kind == b.kind && a.a == b.a && a.b == b.b; };
  return projection.spec->gate == model_ && projection.source_population == population_ &&
         projection.source.begin == source_.begin && projection.source.end == source_.end &&
         std::equal(parameters_->begin(), parameters_->end(), projection.spec->gate_parameters.begin(),
                    projection.spec->gate_parameters.end(), same);
}

void GateGroup::advance(unsigned slice, unsigned parity, std::uint32_t steps, const Emissions& own, float dt) {
  Part& part = parts_[slice];
  const std::size_t n = part.range.size();
  if (n == 0) return;

  // Spikes by grid point. Those at the end of the interval act in the next one.
  for (const Emission& e : own)
    if (e.population == population_ && e.neuron >= part.range.begin && e.neuron < part.range.end)
      part.spikes[e.emitted(dt) * n + (e.neuron - part.range.begin)] += 1.0F;

  std::vector<double*> state(part.state.rows());
  std::vector<double*> coefficient(part.coefficient.rows());
  part.state.pointers(0, state.data());
  part.coefficient.pointers(0, coefficient.data());
  for (std::uint32_t k = 0; k < steps; ++k) {
    GateBlock block{n,
                    dt_,
                    true,
                    state.data(),
                    coefficient.data(),
                    part.spikes.data() + k * n,
                    value_[parity].data() + k * source_.size() + (part.range.begin - source_.begin)};
    model_->advance(block);
  }

  // Carry the last grid point over, clear the rest.
  std::copy_n(part.spikes.begin() + static_cast<std::ptrdiff_t>(steps * n), n, part.spikes.begin());
  std::fill(part.spikes.begin() + static_cast<std::ptrdiff_t>(n), part.spikes.end(), 0.0F);
}

double GateGroup::sum(unsigned parity, std::uint32_t k) const {
  // Eight running sums over fixed positions, so that the order is the same for any slicing and the loop vectorises.
  const double* value = value_[parity].data() + k * source_.size();
  double lane[8] = {};
  const std::size_t n = source_.size();
  const std::size_t whole = n / 8 * 8;
  for (std::size_t j = 0; j < whole; j += 8)
    for (std::size_t l = 0; l < 8; ++l) lane[l] += value[j + l];
  for (std::size_t j = whole; j < n; ++j) lane[j - whole] += value[j];
  return ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
}

}  // namespace burgeon
