// Every kernel of the catalogue: finite coefficients and states on random input, and the same bits for shared or per-neuron
// coefficients, for any cut into blocks and for every instruction set.

#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "base/noise.h"
#include "base/random.h"
#include "catalogue/blocking.h"
#include "models/catalogue.h"
#include "support/cells.h"

namespace burgeon::test {
namespace {

constexpr std::size_t n = 203;  // no multiple of any vector length
constexpr int steps = 1500;

std::vector<std::string_view> levels() {
  std::vector<std::string_view> result{"v2"};
  for (const std::string_view level : {"v3", "v4"})
    if (level <= best_simd()) result.push_back(level);
  return result;
}

bool fits(const NeuronModel& neuron, const ReceptorModel& receptor) {
  return neuron.kind == NeuronKind::conductance || receptor.kind != ReceptorKind::conductance;
}

struct Variant {
  std::string_view simd = "v2";
  bool uniform = true;
  std::vector<std::size_t> cut = {n};
};

/// Runs a neuron with every receptor that fits under random input; returns the bits of all states and spikes.
std::vector<std::uint64_t> run(std::string_view neuron, const Variant& variant) {
  const Catalogue& catalogue = models::catalogue(variant.simd);
  Cells cells(catalogue, neuron, n, 0.1);
  cells.cut(variant.cut);
  if (!variant.uniform) cells.per_neuron_coefficients();
  std::vector<Blocker> blockers;
  for (const auto* drug : catalogue.drugs)
    for (const BlockKinetics& kinetics : drug->block)
      if (blockers.size() < max_blockers) blockers.push_back(blocker_from(kinetics, "2A", 5.0));
  for (const auto* model : catalogue.receptors)
    if (fits(cells.model(), *model)) {
      const auto r = cells.add_receptor(model->name, {}, model->blockable ? blockers : std::vector<Blocker>{});
      std::fill_n(cells.total_weight(r), n, 20.0);
    }

  for (int k = 0; k < steps; ++k) {
    for (std::size_t r = 0; r < cells.receptor_count(); ++r)
      for (std::size_t i = 0; i < n; ++i) {
        const std::uint32_t word = random_words(1, i, k, static_cast<std::uint32_t>(r))[0];
        const float scale = cells.receptor_model(r).kind == ReceptorKind::current ? 150.0F : 3.0F;
        if (word < 1U << 27) cells.input(r)[i] = scale * static_cast<float>(word >> 12) * 0x1p-15F;
      }
    cells.step();
  }

  std::vector<std::uint64_t> bits;
  const auto add = [&](const double* column) {
    for (std::size_t i = 0; i < n; ++i) {
      EXPECT_TRUE(std::isfinite(column[i])) << neuron;
      bits.push_back(std::bit_cast<std::uint64_t>(column[i]));
    }
  };
  for (std::size_t k = 0; k < cells.model().state.size(); ++k) add(cells.state(k));
  for (std::size_t r = 0; r < cells.receptor_count(); ++r) {
    for (std::size_t k = 0; k < cells.receptor_model(r).state.size(); ++k) add(cells.receptor_state(r, k));
    for (std::size_t k = 0; k < 2 * cells.blockers(r).size(); ++k) add(cells.blocked(r, k));
  }
  EXPECT_GT(cells.spikes.size(), 50U) << neuron;
  // A cut changes the order of report within a step, not the spikes of a neuron.
  std::stable_sort(cells.spikes.begin(), cells.spikes.end(),
                   [](const auto& a, const auto& b) { return a.index < b.index; });
  for (const auto& spike : cells.spikes) bits.push_back(std::bit_cast<std::uint64_t>(spike.time) + spike.index);
  return bits;
}

class EveryNeuron : public testing::TestWithParam<std::string> {};

TEST_P(EveryNeuron, SameBitsForAnyLayoutAndInstructionSet) {
  const auto reference = run(GetParam(), {});
  for (const std::string_view level : levels()) {
    EXPECT_EQ(run(GetParam(), {.simd = level, .uniform = true, .cut = {n}}), reference)
        << level << ", shared coefficients";
    EXPECT_EQ(run(GetParam(), {.simd = level, .uniform = false, .cut = {n}}), reference) << level << ", one per neuron";
    EXPECT_EQ(run(GetParam(), {.simd = level, .uniform = true, .cut = {4, 64, 1, 7, 127}}), reference)
        << level << ", cut";
  }
}

std::vector<std::string> neuron_names() {
  std::vector<std::string> names;
  for (const auto* model : models::v2::catalogue().neurons) names.emplace_back(model->name);
  return names;
}
INSTANTIATE_TEST_SUITE_P(Rows, EveryNeuron, testing::ValuesIn(neuron_names()),
                         [](const auto& test) { return test.param; });

// The first receptor may write the accumulators instead of adding to them: the same bits, and nothing of what was there before.
TEST(EveryReceptor, WritesAllAccumulatorsWhenFirst) {
  for (const std::string_view level : levels())
    for (const std::string_view neuron : {"lif_cond", "lif_psc_exp"}) {
      const Catalogue& catalogue = models::catalogue(level);
      for (const auto* model : catalogue.receptors) {
        const bool linear = neuron == "lif_psc_exp";
        if (model->kind != (linear ? ReceptorKind::current : ReceptorKind::conductance)) continue;
        SCOPED_TRACE(std::string(level) + " " + std::string(model->name));
        Cells adds(catalogue, neuron, n, 0.1), writes(catalogue, neuron, n, 0.1);
        writes.first_writes = true;
        for (Cells* cells : {&adds, &writes}) {
          cells->add_receptor(model->name);
          cells->add_receptor(model->name);
          std::fill_n(cells->total_weight(0), n, 20.0);
          std::fill_n(cells->total_weight(1), n, 20.0);
        }
        for (int k = 0; k < 50; ++k) {
          for (Cells* cells : {&adds, &writes})
            for (std::size_t i = 0; i < n; ++i) {
              cells->input(0)[i] = static_cast<float>(i % 7);
              cells->input(1)[i] = static_cast<float>(i % 3);
            }
          adds.step();
          writes.step();
        }
        for (std::size_t i = 0; i < n; ++i)
          ASSERT_EQ(std::bit_cast<std::uint64_t>(adds.V()[i]), std::bit_cast<std::uint64_t>(writes.V()[i])) << i;
      }
    }
}

// Every default, and every end of every parameter's range that the row's own check accepts, gives finite coefficients.
template <class Model, class Prepare>
void expect_finite(const Model& model, bool (*accepted)(const Model&, const double*), Prepare prepare) {
  std::vector<double> p = parameters_of(model, {});
  const auto finite = [&](const char* what, std::string_view parameter) {
    if (!accepted(model, p.data())) return;
    std::vector<double> c(model.coefficients.size());
    prepare(p.data(), c.data());
    for (std::size_t k = 0; k < c.size(); ++k)
      EXPECT_TRUE(std::isfinite(c[k])) << model.name << "." << model.coefficients[k] << " at " << what << " "
                                       << parameter;
  };
  finite("defaults", "");
  for (std::size_t k = 0; k < p.size(); ++k) {
    const double usual = p[k];
    for (const double edge : {model.parameters[k].minimum, model.parameters[k].maximum}) {
      p[k] = edge;
      finite("an end of", model.parameters[k].name);
    }
    p[k] = usual;
  }
}

template <class Model>
bool passes(const Model& model, const double* p) {
  return !model.check || model.check(p, 0.1).empty();
}

TEST(EveryRow, CoefficientsAreFinite) {
  const Catalogue& catalogue = models::v2::catalogue();
  for (const auto* model : catalogue.neurons)
    expect_finite(*model, passes<NeuronModel>, [&](const double* p, double* c) { model->prepare(p, 0.1, c); });
  for (const auto* model : catalogue.receptors)
    for (const bool linear : {false, true}) {
      const ReceptorContext context{0.1, linear, {250.0, 10.0}};
      expect_finite(*model, passes<ReceptorModel>, [&](const double* p, double* c) { model->prepare(p, context, c); });
    }
  for (const auto* model : catalogue.gates)
    expect_finite<GateModel>(
        *model, [](const GateModel&, const double*) { return true; },
        [&](const double* p, double* c) { model->prepare(p, 0.1, c); });
}

TEST(EveryGate, SameBitsForAnyInstructionSetAndFinite) {
  for (const auto* row : models::v2::catalogue().gates) {
    std::vector<std::uint64_t> reference;
    for (const std::string_view level : levels())
      for (const bool uniform : {true, false}) {
        const GateModel& model = *find(models::catalogue(level).gates, row->name);
        Columns columns;
        std::vector<double> c(model.coefficients.size());
        model.prepare(parameters_of(model, {}).data(), 0.1, c.data());
        const Coefficients coefficients(columns, c, n);
        std::vector<double*> state;
        for (const StateRow& s : model.state) state.push_back(columns.add(n, s.initial));
        double* const value = columns.add(n, 0.0);
        std::vector<float> spikes(n);
        for (int k = 0; k < steps; ++k) {
          for (std::size_t i = 0; i < n; ++i) spikes[i] = random_words(2, i, k, 0)[0] < 1U << 26 ? 1.0F : 0.0F;
          const auto coefficient = coefficients.block(uniform, 0);
          GateBlock block{n, 0.1, uniform, state.data(), coefficient.data(), spikes.data(), value};
          model.advance(block);
        }
        std::vector<std::uint64_t> bits;
        for (const double* column : {state[0], state[1], value})
          for (std::size_t i = 0; i < n; ++i) {
            EXPECT_TRUE(std::isfinite(column[i]));
            bits.push_back(std::bit_cast<std::uint64_t>(column[i]));
          }
        if (reference.empty()) reference = bits;
        EXPECT_EQ(bits, reference) << row->name << " " << level << (uniform ? "" : ", one per neuron");
      }
  }
}

}  // namespace
}  // namespace burgeon::test
