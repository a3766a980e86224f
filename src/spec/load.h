#pragma once
// Model file -> one raw tree: `extends` resolved, overrides applied, limits on size and nesting enforced.

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "spec/report.h"
#include "toml/tree.h"

namespace burgeon {

class Loader {
 public:
  /// Files that the model file `main` refers to must lie beneath the nearest folder above it that is called models, or else
  /// beneath the parent of main's folder.
  Loader(Report& report, const std::filesystem::path& main);
  /// Goes on where another one is, complaining to `report`.
  Loader(Report& report, const Loader& other) : Loader(other) { report_ = &report; }

  /// Reads a file and what it extends.
  [[nodiscard]] Node load_file(const std::filesystem::path& file);
  /// The same for a text that stands for the file `name`.
  [[nodiscard]] Node load_text(const std::string& text, const std::string& name);
  /// Applies path=value pairs, in order.
  void apply(Node& root, const std::vector<std::pair<std::string, std::string>>& overrides);

  /// Resolves a path written at `at`, relative to the file it was written in; nullopt (and an error) when it is absolute,
  /// escapes, or there is no such file.
  [[nodiscard]] std::optional<std::filesystem::path> resolve(const std::string& written, Position at,
                                                             const std::string& key);
  /// Contents of a file of at most `largest_file` bytes; nullopt (and an error at `at`) when it can't be read.
  [[nodiscard]] std::optional<std::string> read_text(const std::filesystem::path& file, Position at);

 private:
  Node parse(const std::string& text, const std::string& name, const std::filesystem::path& file);
  Node extend(Node node);
  void include(Node& merged, const Node& reference);

  Loader(const Loader&) = default;

  Report* report_;
  std::filesystem::path root_;
  std::vector<std::filesystem::path> folders_;  ///< of every source, in order
  std::vector<std::filesystem::path> open_;     ///< files being read, outermost first
  std::vector<std::filesystem::path> done_;
  std::size_t total_ = 0;  ///< bytes read so far
};

}  // namespace burgeon
