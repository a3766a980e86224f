// Every row of the catalogue: names, units, sources, ranges, defaults.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <set>

#include "base/noise.h"
#include "base/units.h"
#include "catalogue/blocking.h"
#include "models/catalogue.h"

namespace burgeon {
namespace {

const Catalogue& rows() { return models::catalogue(best_simd()); }

bool is_identifier(std::string_view name) {
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name[0]))) return false;
  return std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '.'; });
}

/// A source is a DOI, a database entry, a product label, a journal reference with its year, or owns up to being assumed.
bool is_source(std::string_view source) {
  if (source.find("assumed") != std::string_view::npos || source.find("doi:") != std::string_view::npos ||
      source.find("10.") != std::string_view::npos || source.find("PMID") != std::string_view::npos ||
      source.find("label") != std::string_view::npos)
    return true;
  for (std::size_t i = 0; i + 4 <= source.size(); ++i) {
    const std::string_view year = source.substr(i, 2);
    if ((year == "19" || year == "20") && std::isdigit(static_cast<unsigned char>(source[i + 2])) &&
        std::isdigit(static_cast<unsigned char>(source[i + 3])))
      return true;
  }
  return false;
}

template <class Rows>
void check_parameters(std::string_view model, const Rows& parameters) {
  std::set<std::string_view> names;
  for (const ParameterRow& row : parameters) {
    SCOPED_TRACE(std::string(model) + "." + std::string(row.name));
    EXPECT_TRUE(is_identifier(row.name));
    EXPECT_TRUE(names.insert(row.name).second) << "twice";
    EXPECT_TRUE(row.unit == weight_unit || parse_unit(row.unit).has_value()) << row.unit;
    EXPECT_FALSE(row.meaning.empty());
    EXPECT_TRUE(is_source(row.source)) << row.source;
    EXPECT_LE(row.minimum, row.maximum);
    if (!std::isnan(row.value)) {
      EXPECT_GE(row.value, row.minimum);
      EXPECT_LE(row.value, row.maximum);
    }
  }
}

template <class Model>
void check_state(const Model& model) {
  std::set<std::string_view> names;
  for (const StateRow& row : model.state) {
    SCOPED_TRACE(std::string(model.name) + "." + std::string(row.name));
    EXPECT_TRUE(is_identifier(row.name));
    EXPECT_TRUE(names.insert(row.name).second) << "twice";
    EXPECT_TRUE(parse_unit(row.unit).has_value()) << row.unit;
    EXPECT_FALSE(row.meaning.empty());
    const bool named = std::any_of(model.parameters.begin(), model.parameters.end(),
                                   [&](const ParameterRow& p) { return p.name == row.initial_from; });
    EXPECT_TRUE(named || !std::isnan(row.initial)) << "no initial value";
  }
}

/// Kernels count on internal units, so that defaults may be handed to them as they stand.
template <class Model>
void check_internal_units(const Model& model) {
  for (const ParameterRow& row : model.parameters)
    EXPECT_EQ(unit_factor(row.unit), row.unit == "mM" ? 1000.0 : 1.0) << model.name << "." << row.name;
  for (const StateRow& row : model.state) EXPECT_EQ(unit_factor(row.unit), 1.0) << model.name << "." << row.name;
}

template <class Model>
void check_heading(const Model& model, std::set<std::string_view>& names) {
  SCOPED_TRACE(std::string(model.name));
  EXPECT_TRUE(is_identifier(model.name));
  EXPECT_TRUE(names.insert(model.name).second) << "twice";
  EXPECT_FALSE(model.title.empty());
  EXPECT_TRUE(is_source(model.source)) << model.source;
  check_parameters(model.name, model.parameters);
}

TEST(Rows, AreComplete) {
  std::set<std::string_view> neurons, receptors, gates, drugs;
  for (const auto* model : rows().neurons) {
    check_heading(*model, neurons);
    check_state(*model);
    check_internal_units(*model);
    ASSERT_FALSE(model->state.empty());
    EXPECT_EQ(model->state[0].name, "V_m");
    EXPECT_NE(model->prepare, nullptr);
    EXPECT_NE(model->update, nullptr);
    EXPECT_EQ(model->membrane != nullptr, model->kind == NeuronKind::linear);
  }
  for (const auto* model : rows().receptors) {
    check_heading(*model, receptors);
    check_state(*model);
    check_internal_units(*model);
    EXPECT_NE(model->prepare, nullptr);
    EXPECT_NE(model->advance, nullptr);
    const char* unit = model->kind == ReceptorKind::conductance ? "nS"
                       : model->kind == ReceptorKind::current   ? "pA"
                                                                : "mV";
    EXPECT_EQ(model->weight_unit, unit) << model->name;
  }
  for (const auto* model : rows().gates) {
    check_heading(*model, gates);
    check_state(*model);
    check_internal_units(*model);
  }
  for (const auto* model : rows().drugs) check_heading(*model, drugs);
  EXPECT_EQ(neurons, (std::set<std::string_view>{"lif_psc_exp", "lif_cond", "aeif_cond"}));
  EXPECT_GE(receptors.size(), 7U);
}

TEST(SynapseRows, TracesAndBounds) {
  std::set<std::string_view> names;
  for (const auto* model : rows().synapses) {
    check_heading(*model, names);
    const auto parameter = [&](std::string_view name) {
      const auto row = std::find_if(model->parameters.begin(), model->parameters.end(),
                                    [&](const ParameterRow& p) { return p.name == name; });
      return row == model->parameters.end() ? ParameterRow{} : *row;
    };
    EXPECT_EQ(parameter("w_max").unit, weight_unit) << model->name;
    for (const auto traces : {model->pre, model->post}) {
      EXPECT_LE(traces.size(), 4U);
      for (const TraceRow& trace : traces)
        EXPECT_EQ(parameter(trace.tau).unit, "ms") << model->name << "." << trace.name;
    }
    ASSERT_NE(model->prepare, nullptr);
    ASSERT_NE(model->on_pre, nullptr);
    ASSERT_NE(model->on_post, nullptr);
  }
  EXPECT_EQ(names,
            (std::set<std::string_view>{"stdp_pair", "stdp_triplet", "stdp_triplet_nearest", "stdp_inhibitory"}));
}

// Whatever the traces, weights stay within [0, w_max], and a spike without partners leaves them alone (but for the constant
// depression of stdp_inhibitory).
TEST(SynapseRows, KeepWeightsWithinBounds) {
  for (const auto* model : rows().synapses) {
    SCOPED_TRACE(std::string(model->name));
    std::vector<double> values;
    for (const ParameterRow& row : model->parameters)
      values.push_back(std::isnan(row.value) ? 2.0 : row.value * unit_factor(row.unit));
    std::vector<double> coefficient(model->coefficients.size());
    model->prepare(values.data(), coefficient.data());
    for (const float x : {0.0F, 0.3F, 1e4F}) {
      std::vector<float> weight;
      for (int i = 0; i <= 16; ++i) weight.push_back(static_cast<float>(i) / 8.0F);
      const std::vector<float> before = weight, column(weight.size(), x);
      const std::vector<const float*> traces(4, column.data());
      for (const auto kernel : {model->on_post, model->on_pre}) {
        SynapseBlock block{weight.size(), weight.data(), traces.data(), traces.data(), coefficient.data()};
        kernel(block);
        for (const float w : weight) EXPECT_TRUE(w >= 0.0F && w <= 2.0F) << w;
        if (x == 0.0F && (kernel == model->on_post || model->name != "stdp_inhibitory")) {
          EXPECT_EQ(weight, before);
        }
      }
    }
  }
}

TEST(DrugRows, PresetsSignalsAndBlockers) {
  for (const auto* drug : rows().drugs) {
    SCOPED_TRACE(std::string(drug->name));
    std::set<std::string_view> signals;
    for (const SignalRow& signal : drug->signals) {
      EXPECT_TRUE(parse_unit(signal.unit).has_value()) << signal.unit;
      EXPECT_TRUE(signals.insert(signal.name).second) << signal.name << " twice";
    }
    for (const PresetRow& preset : drug->presets) {
      EXPECT_LE(preset.values.size(), drug->parameters.size());
      EXPECT_TRUE(is_source(preset.source)) << preset.name;
      for (std::size_t k = 0; k < preset.values.size(); ++k)
        if (!std::isnan(preset.values[k])) {
          EXPECT_GE(preset.values[k], drug->parameters[k].minimum) << preset.name << " " << drug->parameters[k].name;
          EXPECT_LE(preset.values[k], drug->parameters[k].maximum) << preset.name << " " << drug->parameters[k].name;
        }
    }
    EXPECT_LE(drug->block.size(), max_blockers);
    for (const BlockKinetics& kinetics : drug->block) {
      EXPECT_TRUE(is_source(kinetics.source));
      EXPECT_GE(kinetics.trapped, 0.0);
      EXPECT_LE(kinetics.trapped, 1.0);
      for (const std::string_view subunit : {"2A", "2B", "2C", "2D", "human"}) {
        const Blocker blocker = blocker_from(kinetics, subunit, 1.0);
        EXPECT_GT(blocker.kon, 0.0);
        EXPECT_GT(blocker.koff70, 0.0);
        EXPECT_GT(blocker.voltage_factor, 0.0);
      }
    }
  }
}

TEST(StructuralRows, NamesUnitsSources) {
  for (const StructuralModel* model : rows().structures) {
    SCOPED_TRACE(std::string(model->name));
    EXPECT_TRUE(is_identifier(model->name));
    EXPECT_FALSE(model->title.empty());
    EXPECT_TRUE(is_source(model->source));
    check_parameters(model->name, model->parameters);
    check_parameters(model->name, model->element_parameters);
    // Functions of its own family, and none of the other.
    const bool grows = model->kind == StructuralKind::growth;
    EXPECT_NE(model->prepare, nullptr);
    EXPECT_EQ(model->growth != nullptr, grows);
    EXPECT_EQ(model->rates != nullptr, !grows);
    EXPECT_EQ(model->element_parameters.empty(), !grows);
  }
  EXPECT_GE(rows().structures.size(), 4U);
}

// ---------------------------------------------------------------------------------------------------------------------
// Slow processes

/// Inputs at which nothing happens: what the file may leave out as it is, parts of a baseline at 1, rates at their target.
std::vector<double> baseline_inputs(const SlowModel& model, const std::vector<double>& parameters) {
  std::vector<double> inputs;
  for (const SlowInputRow& row : model.inputs) {
    double value = std::isnan(row.value) ? 0.0 : row.value * unit_factor(row.unit);
    if (std::isnan(row.value) && row.meaning.find("part of the baseline") != std::string_view::npos) value = 1.0;
    for (std::size_t k = 0; k < model.parameters.size(); ++k)
      if (row.unit == "Hz" && model.parameters[k].name == "target_rate") value = parameters[k];
    inputs.push_back(value);
  }
  return inputs;
}

std::vector<double> default_parameters(const SlowModel& model) {
  std::vector<double> values;
  for (const ParameterRow& row : model.parameters) values.push_back(row.value * unit_factor(row.unit));
  return values;
}

std::vector<double> initial_state(const SlowModel& model) {
  std::vector<double> state;
  for (const SlowStateRow& row : model.state) state.push_back(row.initial * unit_factor(row.unit));
  return state;
}

void expect_all_finite(const SlowModel& model, const std::vector<double>& p, const std::vector<double>& in,
                       const std::vector<double>& state, const std::string& where) {
  std::vector<double> rate(model.state.size(), 0.0), out(model.signals.size(), std::nan(""));
  if (model.derivative != nullptr) model.derivative({p.data(), in.data(), state.data()}, rate.data());
  model.output({p.data(), in.data(), state.data()}, out.data());
  for (std::size_t k = 0; k < rate.size(); ++k) EXPECT_TRUE(std::isfinite(rate[k])) << model.state[k].name << where;
  for (std::size_t k = 0; k < out.size(); ++k) EXPECT_TRUE(std::isfinite(out[k])) << model.signals[k].name << where;
}

TEST(SlowRows, AreComplete) {
  std::set<std::string_view> names;
  EXPECT_GE(rows().slow.size(), 14U);
  for (const auto* model : rows().slow) {
    SCOPED_TRACE(std::string(model->name));
    check_heading(*model, names);
    ASSERT_NE(model->output, nullptr);
    EXPECT_EQ(model->state.empty(), model->derivative == nullptr);
    EXPECT_FALSE(model->signals.empty());
    for (const ParameterRow& row : model->parameters) EXPECT_FALSE(std::isnan(row.value)) << row.name;
    // All keys of its table in the file are different ones.
    std::set<std::string_view> keys = {"model"};
    if (model->per_neuron) keys.insert("target");
    for (const SlowInputRow& row : model->inputs) EXPECT_TRUE(keys.insert(row.name).second) << row.name << " twice";
    for (const ParameterRow& row : model->parameters) EXPECT_TRUE(keys.insert(row.name).second) << row.name << " twice";
    for (const SlowInputRow& row : model->inputs) {
      EXPECT_TRUE(is_identifier(row.name));
      EXPECT_TRUE(parse_unit(row.unit).has_value()) << row.unit;
      EXPECT_FALSE(row.meaning.empty()) << row.name;
    }
    std::set<std::string_view> parts;
    for (const SignalRow& row : model->signals) {
      EXPECT_TRUE(is_identifier(row.name));
      EXPECT_TRUE(parts.insert(row.name).second) << row.name << " twice";
      EXPECT_TRUE(parse_unit(row.unit).has_value()) << row.unit;
      EXPECT_FALSE(row.meaning.empty()) << row.name;
    }
    // Buffers of one evaluation.
    EXPECT_LE(std::max({model->inputs.size(), model->state.size(), model->signals.size()}), 32U);
  }
}

TEST(SlowRows, EveryStateSaysHowSlowItIs) {
  for (const auto* model : rows().slow) {
    std::set<std::string_view> names;
    for (const SlowStateRow& row : model->state) {
      SCOPED_TRACE(std::string(model->name) + "." + std::string(row.name));
      EXPECT_TRUE(names.insert(row.name).second) << "twice";
      EXPECT_TRUE(parse_unit(row.unit).has_value()) << row.unit;
      EXPECT_FALSE(row.meaning.empty());
      EXPECT_GT(row.range, 0.0);
      EXPECT_TRUE(std::isfinite(row.initial));
      if (row.tau == "none") continue;
      const auto tau = std::find_if(model->parameters.begin(), model->parameters.end(),
                                    [&](const ParameterRow& p) { return p.name == row.tau; });
      ASSERT_NE(tau, model->parameters.end()) << row.tau;
      ASSERT_TRUE(parse_unit(tau->unit).has_value());
      EXPECT_TRUE(parse_unit(tau->unit)->dimension == parse_unit("s")->dimension) << tau->unit;
      EXPECT_GT(tau->minimum, 0.0);
    }
  }
}

// Every parameter at its lowest and highest value, alone and (drawn at random) with others; inputs and states from nothing to
// ten times what matters.
TEST(SlowRows, AreFiniteOverTheirRanges) {
  for (const auto* model : rows().slow) {
    SCOPED_TRACE(std::string(model->name));
    const std::vector<double> standard = default_parameters(*model);
    std::uint64_t random = 12345;
    const auto draw = [&] { return (random = random * 6364136223846793005ULL + 1442695040888963407ULL) >> 33; };
    for (int corner = 0; corner < 400; ++corner) {
      std::vector<double> p = standard;
      for (std::size_t k = 0; k < p.size(); ++k) {
        const ParameterRow& row = model->parameters[k];
        const auto which = draw() % 3;
        if (which < 2) p[k] = (which == 0 ? row.minimum : row.maximum) * unit_factor(row.unit);
      }
      std::vector<double> in = baseline_inputs(*model, p), state = initial_state(*model);
      for (std::size_t k = 0; k < in.size(); ++k)
        in[k] = std::array{0.0, in[k], 1.0 * unit_factor(model->inputs[k].unit),
                           100.0 * unit_factor(model->inputs[k].unit)}[draw() % 4];
      for (std::size_t k = 0; k < state.size(); ++k)
        state[k] =
            std::array{0.0, state[k], 10.0 * model->state[k].range * unit_factor(model->state[k].unit)}[draw() % 3];
      expect_all_finite(*model, p, in, state, " in corner " + std::to_string(corner));
      if (HasFailure()) return;
    }
  }
}

// Without a drug, without stress, at the baseline, next to nothing moves: less than 5 % of what matters in a day.
TEST(SlowRows, BeginNearRest) {
  constexpr double day = 86400e3;
  for (const auto* model : rows().slow) {
    if (model->derivative == nullptr) continue;
    const std::vector<double> p = default_parameters(*model), in = baseline_inputs(*model, p);
    const std::vector<double> state = initial_state(*model);
    std::vector<double> rate(state.size());
    model->derivative({p.data(), in.data(), state.data()}, rate.data());
    for (std::size_t k = 0; k < state.size(); ++k)
      EXPECT_LT(std::abs(rate[k]) * day, 0.05 * model->state[k].range * unit_factor(model->state[k].unit))
          << model->name << "." << model->state[k].name;
  }
}

}  // namespace
}  // namespace burgeon
