// burgeon check: is the model valid, what will it need, and is there something in the circuit its author may not have meant?

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/model_arguments.h"
#include "network/graph.h"
#include "spec/read.h"

namespace burgeon::cli {

int check(const Context& context, const CheckArguments& arguments) {
  const auto spec = load_model(context, arguments.model);
  if (!spec) return exit_config;
  const Estimate need = estimate(*spec);
  const auto findings = check_circuit(*spec);

  if (context.console.json()) {
    nlohmann::json object = {{"valid", true},
                             {"neurons", need.neurons},
                             {"synapses", need.synapses},
                             {"memory_bytes", need.memory_bytes},
                             {"disk_bytes", need.disk_bytes},
                             {"wall_s", need.wall_s},
                             {"findings", nlohmann::json::array()}};
    for (const Finding& finding : findings)
      object["findings"].push_back({{"subject", finding.subject},
                                    {"message", finding.message},
                                    {"severity", finding.severity == Finding::Severity::warning ? "warning" : "note"}});
    context.console.out(object.dump());
    return exit_ok;
  }

  context.console.heading(spec->title);
  TextTable table({"needs", "about"});
  table.add({"neurons", human_count(need.neurons)});
  table.add({"synapses", human_count(need.synapses)});
  table.add({"memory", human_bytes(need.memory_bytes)});
  table.add({"disk", human_bytes(need.disk_bytes)});
  table.add({"time, one thread", human_wall(need.wall_s)});
  table.print(context.console);
  for (const Finding& finding : findings) {
    const bool warning = finding.severity == Finding::Severity::warning;
    context.console.out(fmt::format(
        "{} {}: {}", context.console.paint(warning ? "warning:" : "note:", warning ? Ink::yellow : Ink::cyan),
        finding.subject, finding.message));
  }
  context.console.out(fmt::format("{} is valid.", arguments.model.file.string()));
  return exit_ok;
}

}  // namespace burgeon::cli
