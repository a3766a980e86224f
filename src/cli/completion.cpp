// burgeon completion: a bash function written from the same list of commands that the parser uses.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <vector>

#include "cli/command_line.h"
#include "cli/commands.h"

namespace burgeon::cli {

namespace {

/// The words, with a blank between them.
std::string joined(const std::vector<std::string>& words) { return fmt::format("{}", fmt::join(words, " ")); }

std::vector<std::string> names_of(const std::vector<CommandWords>& commands) {
  std::vector<std::string> names;
  for (const CommandWords& command : commands) names.push_back(command.name);
  return names;
}

/// Branches of a bash case: the options of every command, "sweep run" among them.
std::string option_cases(const std::vector<CommandWords>& commands, const std::string& prefix) {
  std::string cases;
  for (const CommandWords& command : commands) {
    const std::string name = prefix + command.name;
    cases += fmt::format("    \"{}\") options=\"{}\" ;;\n", name, joined(command.options));
    cases += option_cases(command.below, name + " ");
  }
  return cases;
}

/// Branches of a bash case: the commands below a command.
std::string group_cases(const std::vector<CommandWords>& commands) {
  std::string cases;
  for (const CommandWords& command : commands)
    if (!command.below.empty())
      cases += fmt::format("    {}) below=\"{}\" ;;\n", command.name, joined(names_of(command.below)));
  return cases;
}

/// Names of all rows that `burgeon models` shows.
std::vector<std::string> model_names(const Catalogue& catalogue) {
  std::vector<std::string> names;
  const auto add = [&](const auto& rows) {
    for (const auto* row : rows) names.emplace_back(row->name);
  };
  add(catalogue.neurons);
  add(catalogue.receptors);
  add(catalogue.gates);
  add(catalogue.synapses);
  add(catalogue.drugs);
  add(catalogue.slow);
  return names;
}

}  // namespace

int completion(const Context& context) {
  const std::vector<CommandWords> commands = command_words();
  context.console.out(fmt::format(R"(# bash completion for burgeon: source <(burgeon completion)
_burgeon() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} command=${{COMP_WORDS[1]}} options="" below=""
  if [[ $COMP_CWORD == 1 ]]; then
    COMPREPLY=($(compgen -W "{} --help --version" -- "$word"))
    return
  fi
  case $before in
    --progress) COMPREPLY=($(compgen -W "auto plain jsonl none" -- "$word")); return ;;
    --kind) COMPREPLY=($(compgen -W "overview multiscale raster spectrum drug dose_response" -- "$word")); return ;;
    --simd) COMPREPLY=($(compgen -W "v2 v3 v4" -- "$word")); return ;;
  esac
  case $command in
{}  esac
  if [[ -n $below ]]; then
    if [[ $COMP_CWORD == 2 ]]; then
      COMPREPLY=($(compgen -W "$below --help" -- "$word"))
      return
    fi
    command="$command ${{COMP_WORDS[2]}}"
  fi
  case $command in
{}  esac
  if [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$word"))
  elif [[ $command == models ]]; then
    COMPREPLY=($(compgen -W "{}" -- "$word"))
  else
    COMPREPLY=($(compgen -f -- "$word"))
  fi
}}
complete -o filenames -F _burgeon burgeon)",
                                  joined(names_of(commands)), group_cases(commands), option_cases(commands, ""),
                                  joined(model_names(context.catalogue))));
  return exit_ok;
}

}  // namespace burgeon::cli
