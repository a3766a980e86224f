// burgeon completion: a bash function written from the same list of commands that the parser uses.

#include <fmt/format.h>

#include "cli/command_line.h"
#include "cli/commands.h"

namespace burgeon::cli {

int completion(const Context& context) {
  std::string commands;
  std::string cases;
  for (const auto& [command, options] : command_words()) {
    commands += (commands.empty() ? "" : " ") + command;
    std::string words;
    for (const std::string& option : options) words += (words.empty() ? "" : " ") + option;
    cases += fmt::format("    {}) options=\"{}\" ;;\n", command, words);
  }
  std::string names;
  for (const auto* row : context.catalogue.neurons) names += fmt::format(" {}", row->name);
  for (const auto* row : context.catalogue.receptors) names += fmt::format(" {}", row->name);
  for (const auto* row : context.catalogue.gates) names += fmt::format(" {}", row->name);
  for (const auto* row : context.catalogue.synapses) names += fmt::format(" {}", row->name);
  for (const auto* row : context.catalogue.drugs) names += fmt::format(" {}", row->name);

  context.console.out(fmt::format(R"(# bash completion for burgeon: source <(burgeon completion)
_burgeon() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} command=${{COMP_WORDS[1]}} options=""
  if [[ $COMP_CWORD == 1 ]]; then
    COMPREPLY=($(compgen -W "{} --help --version" -- "$word"))
    return
  fi
  case $before in
    --progress) COMPREPLY=($(compgen -W "auto plain jsonl none" -- "$word")); return ;;
    --kind) COMPREPLY=($(compgen -W "overview raster spectrum drug dose_response" -- "$word")); return ;;
    --simd) COMPREPLY=($(compgen -W "v2 v3 v4" -- "$word")); return ;;
  esac
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
                                  commands, cases, names.empty() ? names : names.substr(1)));
  return exit_ok;
}

}  // namespace burgeon::cli
