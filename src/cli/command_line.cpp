#include "cli/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <memory>

#include "build_info.h"
#include "cli/machine.h"
#include "cli/sweep.h"

namespace burgeon::cli {
namespace {

constexpr const char* footer = R"(Examples:
  burgeon run models/experiments/bolus.toml
  burgeon run bolus.toml --set doses.0.amount="'1 mg/kg'" --seed 7 --out results/high
  burgeon check bolus.toml          what it needs and what looks wrong, before running
  burgeon plot results/bolus        the overview figure
  mpirun -n 4 burgeon run bolus.toml    one network over four processes

Exit codes: 0 done, 1 bug in burgeon, 2 command line, 3 model file, 4 numerical failure,
5 disk or memory, 6 part of a sweep failed, 7 results differ (diff, reproduce),
130 interrupted (after a checkpoint).)";

void add_model(CLI::App* command, ModelArguments& arguments) {
  command->add_option("MODEL", arguments.file, "Model file (TOML)")->required();
  command->add_option("--set", arguments.set, "Change a value: path.to.key=value, the value as in a model file")
      ->take_all()
      ->allow_extra_args(false)
      ->check([](const std::string& item) {
        const std::size_t equals = item.find('=');
        const bool fine = equals != std::string::npos && equals > 0;
        return fine ? std::string() : "'" + item + "' is not of the form path.to.key=value";
      });
  command->add_option("--seed", arguments.seed, "Seed of all random numbers; replaces simulation.seed");
}

void add_threads(CLI::App* command, unsigned& threads) {
  command->add_option("--threads", threads, "Threads; results don't depend on it (default: all processors)")
      ->check(CLI::Range(1U, 1024U));
}

void add_progress(CLI::App* command, ProgressStyle& style) {
  const std::map<std::string, ProgressStyle> styles = {{"auto", ProgressStyle::automatic},
                                                       {"plain", ProgressStyle::plain},
                                                       {"jsonl", ProgressStyle::jsonl},
                                                       {"none", ProgressStyle::none}};
  command->add_option("--progress", style, "auto, plain, jsonl or none")
      ->transform(CLI::CheckedTransformer(styles).description(""))
      ->default_str("auto");
}

void add_checkpoints(CLI::App* command, double& seconds) {
  command->add_option("--checkpoint-every", seconds, "Wall time between checkpoints [s]: what a crash may cost at most")
      ->check(CLI::Range(0.0, 86400.0).description("0 to 86400"))
      ->capture_default_str();
}

/// Adds one command whose arguments live as long as its callback.
template <class Arguments>
std::pair<CLI::App*, Arguments&> add_command(CLI::App& app, Request& request, const char* name, const char* what,
                                             int (*action)(const Context&, const Arguments&)) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(name, what);
  command->callback([&request, arguments, action] {
    request.action = [arguments, action](const Context& context) { return action(context, *arguments); };
  });
  return {command, *arguments};
}

void add_plain_command(CLI::App& app, Request& request, const char* name, const char* what,
                       int (*action)(const Context&)) {
  app.add_subcommand(name, what)->callback([&request, action] { request.action = action; });
}

void add_running(CLI::App& app, Request& request) {
  {
    auto [command, to] = add_command<RunArguments>(app, request, "run", "Run a model and write its results", run);
    add_model(command, to.model);
    command->add_option("--out", to.out, "Folder of the results (default: results/<model>)");
    add_threads(command, to.threads);
    add_progress(command, to.progress);
    add_checkpoints(command, to.checkpoint_s);
    command->add_flag("--schedule", to.schedule, "Print what happens in which order and how often; don't run");
    command->add_flag("--direct", to.direct, "Simulate all of the time, without leaps");
    command->add_flag("--force", to.force, "Replace results that are already in the folder");
  }
  {
    auto [command, to] =
        add_command<ContinueArguments>(app, request, "resume", "Go on from the last checkpoint of a run", resume);
    command->add_option("FOLDER", to.folder, "Folder of the interrupted run")->required();
    add_threads(command, to.threads);
    add_progress(command, to.progress);
    add_checkpoints(command, to.checkpoint_s);
  }
  {
    auto [command, to] = add_command<ContinueArguments>(
        app, request, "reproduce",
        "Run again from the model stored in a result and compare; exit code 7 when it differs", reproduce);
    command->add_option("RUN", to.folder, "Result file or its folder")->required();
    add_threads(command, to.threads);
    add_progress(command, to.progress);
  }
  {
    auto [command, to] = add_command<BenchArguments>(app, request, "bench", "Measure speed and memory (JSON)", bench);
    add_model(command, to.model);
    add_threads(command, to.threads);
    command->add_option("--repeats", to.repeats, "Runs")->check(CLI::Range(1U, 1000U))->capture_default_str();
  }
}

void add_reading(CLI::App& app, Request& request) {
  {
    auto [command, to] =
        add_command<CheckArguments>(app, request, "check", "Check a model and estimate what it needs", check);
    add_model(command, to.model);
  }
  {
    auto [command, to] = add_command<DescribeArguments>(app, request, "describe",
                                                        "Show circuit, signals and timeline of a model", describe);
    add_model(command, to.model);
    command->add_flag("--dot", to.dot, "The circuit in Graphviz form");
    command->add_flag("--signals", to.signals, "Only who writes and who reads each signal");
  }
  {
    auto [command, to] = add_command<ModelsArguments>(app, request, "models",
                                                      "List the models, or show one with its parameters", models);
    command->add_option("NAME", to.name, "Model to show");
  }
  add_plain_command(app, request, "schema", "Print the JSON Schema of model files, for editors", schema);
}

void add_results(CLI::App& app, Request& request) {
  {
    auto [command, to] =
        add_command<InspectArguments>(app, request, "inspect", "Show what a result file holds", inspect);
    command->add_option("FILE", to.file, "Result file or its folder")->required();
    command->add_flag("--hash", to.hash, "Print the result hash only");
  }
  {
    auto [command, to] =
        add_command<DiffArguments>(app, request, "diff", "Compare two results; exit code 7 when they differ", diff);
    command->add_option("A", to.a, "Result file or its folder")->required();
    command->add_option("B", to.b, "Result file or its folder")->required();
    command
        ->add_option("--tolerance", to.tolerance,
                     "Above 0: compare the summary measures only; largest relative difference allowed")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
  }
  {
    auto [command, to] = add_command<PlotArguments>(app, request, "plot", "Draw figures from results", plot);
    command->add_option("RUN", to.runs, "Result file or folder; several, or a CSV file, for dose_response")->required();
    command->add_option("--out", to.out, "Image file: .png, .pdf or .svg (default: <kind>.png beside the result)");
    command->add_option("--kind", to.kind, "overview, multiscale, raster, spectrum, drug or dose_response")
        ->check(
            CLI::IsMember({"overview", "multiscale", "raster", "spectrum", "drug", "dose_response"}).description(""))
        ->capture_default_str();
    command->add_option("--dpi", to.dpi, "Dots per inch; 300 for print")
        ->check(CLI::Range(30U, 1200U))
        ->capture_default_str();
  }
}

void add_setup(CLI::App& app, Request& request) {
  auto [command, to] =
      add_command<DoctorArguments>(app, request, "doctor", "Check processor, memory, disk, HDF5 and Python", doctor);
  command->add_option("FOLDER", to.folder, "Where results will go")->capture_default_str();
  add_plain_command(app, request, "completion", "Print bash completion: source <(burgeon completion)", completion);
}

std::unique_ptr<CLI::App> make_app(Request& request) {
  auto app = std::make_unique<CLI::App>("burgeon follows a drug from dose to synapse in networks of spiking neurons.",
                                        "burgeon");
  app->require_subcommand(1);
  app->fallthrough();
  app->footer(footer);
  app->set_version_flag("--version", fmt::format("burgeon {} ({}{})", build_info::version, build_info::git_commit,
                                                 build_info::git_dirty ? ", changed" : ""));
  app->add_flag("--json", request.json, "Output for programs");
  app->add_option("--simd", request.simd, "Instruction set of the kernels: v2, v3, v4 (default: the best there is)")
      ->check(CLI::IsMember({"v2", "v3", "v4"}).description(""));
  add_running(*app, request);
  add_reading(*app, request);
  add_results(*app, request);
  add_setup(*app, request);
  add_sweep_commands(*app, request);
  return app;
}

std::string quoted(std::string_view word) {
  if (word.find_first_of(" \t\"'$\\*?()[]{}<>|&;#!`") == std::string_view::npos && !word.empty())
    return std::string(word);
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

std::vector<CommandWords> words_below(const CLI::App& app) {
  std::vector<CommandWords> result;
  for (const CLI::App* command : app.get_subcommands({})) {
    CommandWords words{command->get_name(), {"--help", "--json", "--simd"}, words_below(*command)};
    for (const CLI::Option* option : command->get_options())
      for (const std::string& name : option->get_lnames())
        if (name != "help") words.options.push_back("--" + name);
    result.push_back(std::move(words));
  }
  return result;
}

}  // namespace

Request parse_command_line(int argc, char** argv) {
  Request request;
  for (int i = 0; i < argc; ++i) request.command_line += (i == 0 ? "" : " ") + quoted(i == 0 ? "burgeon" : argv[i]);
  const auto app = make_app(request);
  try {
    app->parse(argc, argv);
    if (!request.simd.empty() && !supports_simd(request.simd))
      throw CLI::ValidationError("--simd", "this processor does not support " + request.simd);
  } catch (const CLI::ParseError& error) {
    // Help and version are "errors" of exit code 0.
    request.action = nullptr;
    request.exit_code = app->exit(error) == 0 ? exit_ok : exit_usage;
  }
  return request;
}

std::vector<CommandWords> command_words() {
  Request request;
  const auto app = make_app(request);
  return words_below(*app);
}

}  // namespace burgeon::cli
