// Time of the kernels per neuron-step, one block of columns in the first-level cache. The argument "items_per_second" is
// neuron-steps per second: 1e9 / items_per_second = ns per neuron-step.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "base/noise.h"
#include "models/catalogue.h"

namespace burgeon {
namespace {

constexpr double dt = 0.1;

/// One block of a neuron model with receptors at their defaults, kept by a steady drive of small inputs.
struct Bench {
  const NeuronModel& neuron;
  std::vector<const ReceptorModel*> receptors;
  std::vector<double> parameters, coefficients;
  std::vector<double> arena;  // everything that needs max_block doubles
  std::size_t used = 0;
  std::vector<std::vector<double>> receptor_coefficients;
  std::vector<std::vector<double*>> receptor_state;
  std::vector<double*> state;
  std::vector<const double*> coefficient;
  std::vector<std::vector<const double*>> receptor_coefficient;
  std::vector<float> input = std::vector<float>(max_block);
  std::vector<std::uint32_t> spike_index = std::vector<std::uint32_t>(max_block);
  std::vector<float> spike_before = std::vector<float>(max_block);

  /// A column on a cache line of its own, and not a multiple of 4096 bytes from its neighbours: stores and loads that agree in
  /// the lower 12 bits of the address wait for each other.
  double* column(double value) {
    constexpr std::size_t line = 8, stride = max_block + 3 * line;
    if (arena.empty()) arena.resize(32 * stride + line);
    auto address = reinterpret_cast<std::uintptr_t>(arena.data());
    double* const begin = arena.data() + (64 - address % 64) % 64 / sizeof(double) + used * stride;
    ++used;
    std::fill_n(begin, max_block, value);
    return begin;
  }

  Bench(const Catalogue& catalogue, const std::string& name, const std::vector<std::string>& receptor_names,
        float weight)
      : neuron(*find(catalogue.neurons, name)) {
    for (const ParameterRow& row : neuron.parameters) parameters.push_back(row.value);
    coefficients.resize(neuron.coefficients.size());
    neuron.prepare(parameters.data(), dt, coefficients.data());
    for (const double& c : coefficients) coefficient.push_back(&c);
    for (std::size_t k = 0; k < neuron.state.size(); ++k) state.push_back(column(k == 0 ? -65.0 : 0.0));
    receptor_coefficients.reserve(receptor_names.size());
    for (const std::string& r : receptor_names) {
      const ReceptorModel& model = *receptors.emplace_back(find(catalogue.receptors, r));
      std::vector<double> p;
      for (const ParameterRow& row : model.parameters) p.push_back(row.value);
      ReceptorContext context{.dt = dt, .linear = neuron.kind == NeuronKind::linear, .membrane = {}};
      if (context.linear) context.membrane = neuron.membrane(parameters.data());
      auto& c = receptor_coefficients.emplace_back(model.coefficients.size());
      model.prepare(p.data(), context, c.data());
      auto& pointers = receptor_coefficient.emplace_back();
      for (const double& value : c) pointers.push_back(&value);
      auto& states = receptor_state.emplace_back();
      for (std::size_t k = 0; k < model.state.size(); ++k) states.push_back(column(0.0));
    }
    for (std::size_t i = 0; i < max_block; ++i) input[i] = weight * static_cast<float>(i % 7) / 6.0F;
  }

  void run(benchmark::State& bench) {
    double *current = column(0), *slope = column(0), *increment = column(0), *current_end = column(0),
           *jump = column(0), *total = column(1.0);
    const bool linear = neuron.kind == NeuronKind::linear;
    for (auto _ : bench) {
      if (!receptors.empty()) {
        std::fill_n(current, max_block, 0.0);
        std::fill_n(linear ? increment : slope, max_block, 0.0);
        if (linear) std::fill_n(current_end, max_block, 0.0);
      }
      for (std::size_t r = 0; r < receptors.size(); ++r) {
        ReceptorBlock block{.n = max_block,
                            .dt = dt,
                            .uniform = true,
                            .state = receptor_state[r].data(),
                            .coefficient = receptor_coefficient[r].data(),
                            .input = input.data(),
                            .V_m = state[0],
                            .current = current,
                            .slope = slope,
                            .increment = linear ? increment : nullptr,
                            .current_end = current_end,
                            .jump = jump,
                            .blockers = {},
                            .blocked = nullptr,
                            .total_weight = total};
        receptors[r]->advance(block);
      }
      NeuronBlock block{.n = max_block,
                        .dt = dt,
                        .uniform = true,
                        .state = state.data(),
                        .coefficient = coefficient.data(),
                        .current = current,
                        .slope = slope,
                        .increment = increment,
                        .current_end = current_end,
                        .jump = jump,
                        .spike_index = spike_index.data(),
                        .spike_before = spike_before.data(),
                        .spike_count = 0};
      neuron.update(block);
      benchmark::DoNotOptimize(block.spike_count);
      benchmark::ClobberMemory();
    }
    bench.SetItemsProcessed(bench.iterations() * static_cast<std::int64_t>(max_block));
  }
};

void neurons(benchmark::State& state, const std::string& simd, const std::string& neuron,
             const std::vector<std::string>& receptors, float weight) {
  Bench(models::catalogue(simd), neuron, receptors, weight).run(state);
}

void poisson(benchmark::State& state, const std::string& simd, double mean) {
  const PoissonTable table = poisson_table(mean);
  std::vector<float> input(max_block);
  std::int64_t step = 0;
  for (auto _ : state) noise_kernels(simd).add_poisson(7, 0, max_block, step++, table, 0.5F, input.data());
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(max_block));
}

void normal(benchmark::State& state, const std::string& simd) {
  std::vector<double> out(max_block);
  std::int64_t step = 0;
  for (auto _ : state) noise_kernels(simd).normal(7, 0, max_block, step++, out.data());
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(max_block));
}

const int registered = [] {
  for (const std::string simd : {"v2", "v3", "v4"}) {
    if (simd > best_simd()) break;
    benchmark::RegisterBenchmark((simd + "/poisson_1.33").c_str(), [=](auto& s) { poisson(s, simd, 1.33); });
    benchmark::RegisterBenchmark((simd + "/normal").c_str(), [=](auto& s) { normal(s, simd); });
    const auto add = [&](const std::string& neuron, const std::vector<std::string>& receptors, float weight) {
      std::string title = simd + "/" + neuron;
      for (const std::string& r : receptors) title += "+" + r;
      benchmark::RegisterBenchmark(title.c_str(), [=](auto& s) { neurons(s, simd, neuron, receptors, weight); });
    };
    add("lif_psc_exp", {}, 0.0F);
    add("lif_psc_exp", {"exp_current"}, 20.0F);
    add("lif_cond", {}, 0.0F);
    add("lif_cond", {"exp_conductance", "exp_conductance"}, 0.02F);
    add("aeif_cond", {"exp_conductance", "exp_conductance"}, 0.02F);
    add("lif_cond", {"nmda"}, 0.02F);
  }
  return 0;
}();

}  // namespace
}  // namespace burgeon
