// burgeon bench: speed and memory of a model, as JSON for programs.

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/bare_loop.h"
#include "cli/machine.h"
#include "cli/model_arguments.h"
#include "cli/session.h"

namespace burgeon::cli {
namespace {

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return n % 2 == 1 ? values[n / 2] : 0.5 * (values[n / 2 - 1] + values[n / 2]);
}

}  // namespace

int bench(const Context& context, const BenchArguments& arguments) {
  context.ranks.join();
  const auto spec = load_model(context, arguments.model);
  if (!spec) return exit_config;
  const unsigned threads = arguments.threads > 0 ? arguments.threads : default_threads();
  const double biological_s = static_cast<double>(spec->run.steps) * spec->run.dt * 1e-3;

  std::vector<RunStatistics> runs;
  nlohmann::json object;
  for (unsigned k = 0; k < arguments.repeats; ++k) {
    MemorySink sink;
    SimulationOptions options;
    options.threads = threads;
    options.simd = std::string(context.catalogue.simd);
    options.ranks = &context.ranks;
    Simulation simulation(*spec, context.catalogue, sink, options);
    simulation.run();
    runs.push_back(simulation.statistics());
    if (k > 0) continue;
    const double synapses = static_cast<double>(simulation.network().synapses());
    object["result_hash"] = hash_text(simulation.result_hash());
    object["synapses"] = synapses;
    object["limit_ns_per_event"] = bare_loop_ns(simulation.network());
    object["row_bytes_per_synapse"] = synapses > 0 ? static_cast<double>(simulation.network().bytes()) / synapses : 0.0;
    for (const Measure& m : simulation.summary())
      if (m.name.ends_with(".rate")) object["rates_hz"][m.name.substr(0, m.name.size() - 5)] = m.value;
  }

  // Medians over the repeats.
  const auto of = [&](auto field) {
    std::vector<double> values;
    for (const RunStatistics& r : runs) values.push_back(static_cast<double>(r.*field));
    return median(values);
  };
  const double loop_s = of(&RunStatistics::loop_s), events = of(&RunStatistics::events);
  object["model"] = arguments.model.file.string();
  object["threads"] = threads;
  object["ranks"] = context.ranks.count();
  object["simd"] = context.catalogue.simd;
  object["repeats"] = arguments.repeats;
  object["biological_s"] = biological_s;
  object["build_s"] = of(&RunStatistics::build_s);
  object["loop_s"] = loop_s;
  object["rtf"] = loop_s / biological_s;
  object["spikes"] = of(&RunStatistics::spikes);
  object["events"] = events;
  object["ns_per_event"] = events > 0 ? loop_s * 1e9 / events : 0.0;
  // Of all threads together, over what the bare loop takes on one: 1 is a whole simulation at the cost of its deliveries.
  const double limit = object["limit_ns_per_event"], together = static_cast<double>(threads);
  const double ns_per_event = object["ns_per_event"];
  object["loop_over_limit"] = limit > 0.0 ? together * ns_per_event / limit : 0.0;
  object["deliver_over_limit"] =
      limit > 0.0 && events > 0 ? together * of(&RunStatistics::deliver_s) * 1e9 / events / limit : 0.0;
  const double noise_s = of(&RunStatistics::noise_s), plasticity_s = of(&RunStatistics::plasticity_s);
  object["phases_s"] = {{"update", of(&RunStatistics::update_s) - noise_s - plasticity_s},
                        {"noise", noise_s},
                        {"plasticity", plasticity_s},
                        {"exchange", of(&RunStatistics::exchange_s)},
                        {"deliver", of(&RunStatistics::deliver_s)},
                        {"slow", of(&RunStatistics::slow_s)},
                        {"record", of(&RunStatistics::record_s)}};
  object["peak_memory_bytes"] = peak_memory();
  context.console.out(context.console.json() ? object.dump() : object.dump(2));
  return exit_ok;
}

}  // namespace burgeon::cli
