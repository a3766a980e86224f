#include "cli/process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

namespace burgeon::cli {

int run_process(const std::vector<std::string>& words, bool quiet) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (quiet) {
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  }
  pid_t child = 0;
  const int failed = posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return 127;

  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::optional<std::string> find_python() {
  std::vector<std::string> candidates = {"/usr/bin/python3", "python3"};
  const char* chosen = std::getenv("BURGEON_PYTHON");
  if (chosen != nullptr && *chosen != '\0') candidates = {chosen};
  for (const std::string& python : candidates)
    if (run_process({python, "-c", "import numpy, h5py, matplotlib"}, true) == 0) return python;
  return std::nullopt;
}

std::optional<std::filesystem::path> find_script(const std::string& name) {
  std::error_code error;
  const std::filesystem::path starts[] = {std::filesystem::read_symlink("/proc/self/exe", error).parent_path(),
                                          std::filesystem::current_path(error)};
  for (std::filesystem::path folder : starts) {
    for (; folder.has_relative_path(); folder = folder.parent_path()) {
      for (const char* place : {"share/burgeon", "scripts"}) {
        // A folder 'scripts' is common; only one beside our sources or our installation counts.
        const bool ours =
            std::string_view(place) != "scripts" || std::filesystem::exists(folder / "src/layers.txt", error);
        if (ours && std::filesystem::exists(folder / place / name, error)) return folder / place / name;
      }
    }
  }
  return std::nullopt;
}

}  // namespace burgeon::cli
