#pragma once
// Collects everything that is wrong with a model file, with the place of each.

#include <string>
#include <string_view>
#include <vector>

#include "spec/read.h"
#include "toml/tree.h"

namespace burgeon {

/// What a diagnostic says besides its place.
struct Complaint {
  std::string message;
  std::string permitted = {};
  std::string suggestion = {};
};

class Report {
 public:
  /// Registers a text that positions can refer to; returns its number.
  std::uint32_t add_source(std::string name, std::string text);
  [[nodiscard]] const std::vector<Source>& sources() const { return sources_; }

  void error(Position at, std::string path, Complaint complaint);
  void warning(Position at, std::string path, Complaint complaint);
  [[nodiscard]] bool failed() const { return errors_ > 0; }
  [[nodiscard]] std::size_t errors() const { return errors_; }
  /// Further entries will not be shown, so that nothing need be spent on them.
  [[nodiscard]] bool full() const;

  /// All diagnostics in the order of the text.
  [[nodiscard]] std::vector<Diagnostic> finish() const;

 private:
  struct Entry {
    Position at;
    Diagnostic diagnostic;
  };
  void add(Position at, std::string path, Complaint complaint, Diagnostic::Severity severity);

  std::vector<Source> sources_;
  std::vector<Entry> entries_;
  std::size_t errors_ = 0;
};

/// Names separated by commas, shortened when there are very many.
[[nodiscard]] std::string list_names(const std::vector<std::string>& names);

}  // namespace burgeon
