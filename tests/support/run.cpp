#include "support/run.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "base/noise.h"
#include "models/catalogue.h"

namespace burgeon::test {
namespace {

ModelSpec unwrap(const ReadResult& result) {
  std::string all;
  for (const Diagnostic& diagnostic : result.diagnostics)
    if (diagnostic.severity == Diagnostic::Severity::error) all += format_diagnostic(diagnostic, false) + "\n";
  if (!result.spec) {
    ADD_FAILURE() << all;
    throw std::runtime_error("the model is not valid:\n" + all);
  }
  return *result.spec;
}

}  // namespace

const Catalogue& real_catalogue() { return models::catalogue(best_simd()); }

ModelSpec parse(const std::string& text, const std::vector<std::pair<std::string, std::string>>& overrides) {
  return unwrap(read_model_text(text, "test.toml", real_catalogue(), {overrides, 0}));
}

ModelSpec load(const std::string& file, const std::vector<std::pair<std::string, std::string>>& overrides) {
  return unwrap(read_model(std::string(BURGEON_ROOT) + "/" + file, real_catalogue(), {overrides, 0}));
}

double Outcome::measure(const std::string& name) const {
  for (const Measure& m : summary)
    if (m.name == name) return m.value;
  ADD_FAILURE() << "no measure " << name;
  return std::nan("");
}

Outcome run(const ModelSpec& spec, SimulationOptions options) {
  Outcome outcome;
  Simulation simulation(spec, real_catalogue(), outcome.sink, std::move(options));
  simulation.run();
  outcome.hash = simulation.result_hash();
  outcome.statistics = simulation.statistics();
  outcome.summary = simulation.summary();
  return outcome;
}

}  // namespace burgeon::test
