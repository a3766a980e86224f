#pragma once
// TOML text -> validated ModelSpec, with all errors reported together: file, line, column, what is permitted, nearest name.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "spec/model_spec.h"

namespace burgeon {

struct Diagnostic {
  enum class Severity : std::uint8_t { error, warning } severity = Severity::error;
  std::string file;
  std::uint32_t line = 0;    ///< 1-based; 0 when it belongs to no line (e.g. --set)
  std::uint32_t column = 0;  ///< 1-based
  std::string path;          ///< dotted key path, e.g. "populations.pyr.C_m"
  std::string message;
  std::string permitted;    ///< what is allowed; may be empty
  std::string suggestion;   ///< nearest name; may be empty
  std::string source_line;  ///< text of the line; may be empty
};

struct ReadOptions {
  std::vector<std::pair<std::string, std::string>> overrides;  ///< --set path=value (value in TOML syntax)
  std::uint64_t memory_limit = 0;                              ///< bytes; 0 = physical memory of the machine
};

struct ReadResult {
  std::optional<ModelSpec> spec;  ///< present when there is no error
  std::vector<Diagnostic> diagnostics;
};

/// What a run will need, computed from the spec alone with overflow checks.
struct Estimate {
  double neurons = 0, synapses = 0;
  double memory_bytes = 0, disk_bytes = 0;
  double wall_s = 0;  ///< rough: neuron-steps and synaptic events at typical cost, one thread
};

/// Reads a model file (and what it extends). Never throws for bad input; refuses files over 16 MB or nested deeper than 64.
[[nodiscard]] ReadResult read_model(const std::filesystem::path& file, const Catalogue& catalogue,
                                    const ReadOptions& options = {});
/// Same from text, for tests and embedding; `name` stands for the file in diagnostics.
[[nodiscard]] ReadResult read_model_text(const std::string& text, const std::string& name, const Catalogue& catalogue,
                                         const ReadOptions& options = {});

/// A model file and what it extends, read once for many runs that differ in their overrides. Thread-safe; copies share the text.
class ModelFile {
 public:
  ModelFile(std::filesystem::path file, const Catalogue& catalogue);
  /// Like read_model of the file as it was when this was made.
  [[nodiscard]] ReadResult read(const ReadOptions& options) const;

 private:
  struct Parsed;
  std::filesystem::path file_;
  const Catalogue& catalogue_;
  std::shared_ptr<const Parsed> parsed_;
};

[[nodiscard]] Estimate estimate(const ModelSpec& spec);
/// What bursts and leaps will spike between `from` and the end of the run, of bursts of `burst` ms [ms]: every macro step as
/// long as the error control could make it, twice the one before. All of the time when the run does not leap.
[[nodiscard]] double expected_spiking(const ModelSpec& spec, double from, double burst);

/// "file:line:col: error: message" + source line + caret + permitted + suggestion.
[[nodiscard]] std::string format_diagnostic(const Diagnostic& diagnostic, bool colour);
/// The same as a JSON object.
[[nodiscard]] std::string diagnostic_json(const Diagnostic& diagnostic);

/// JSON Schema of a model file, from the same field tables that drive the reader.
[[nodiscard]] std::string model_schema(const Catalogue& catalogue);

}  // namespace burgeon
