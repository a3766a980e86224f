#pragma once
// A sweep file: which model, which keys of it are varied and how, what is kept of every run.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "spec/read.h"
#include "sweep/expression.h"

namespace burgeon {

/// One varied quantity. `number` axes hold values in `unit`; `choice` axes hold the index of a word.
struct Axis {
  enum class Kind : std::uint8_t { linear, log, choice } kind = Kind::linear;
  std::string name;
  std::vector<std::string> paths;    ///< keys of the model that take the value, e.g. "populations.pyr.n"
  std::string unit;                  ///< as written in the model file; empty: bare numbers
  std::vector<double> values;        ///< listed values, or the points of a range; choice: 0, 1, ...
  std::vector<std::string> choices;  ///< TOML text of each word; empty for numbers
  bool range = false;                ///< written as from ... to, so that every value between them may be drawn
  double from = 0.0, to = 0.0;
  bool whole = false;              ///< rounded to whole numbers
  std::optional<double> baseline;  ///< one_at_a_time: where the axis stays while others vary; fit: start

  /// Value at u in [0, 1): along the range, or one of the listed values with equal weight.
  [[nodiscard]] double at(double u) const;
  /// The value as TOML text for an override: 3, "0.5 uM", "domino".
  [[nodiscard]] std::string toml(double value) const;
  /// The value for people and tables: 0.5, domino.
  [[nodiscard]] std::string text(double value) const;
};

/// What is kept of a run: a measure of /run/summary, or one number out of a recorded series.
struct Output {
  enum class Reduce : std::uint8_t {
    measure,
    mean,
    min,
    max,
    last,
    time_of_max,  ///< ms; of the first sample with the highest value
    time_above,   ///< ms above `above`, the series taken as straight between its samples
  } reduce = Reduce::measure;
  std::string name;
  std::string source;                ///< measure, or column of a series such as "ketamine.effect_site"
  double start = 0.0, stop = 1e300;  ///< ms; samples with start <= t <= stop count
  double above = 0.0;                ///< time_above: threshold in the unit of the series

  /// What a fit wants the output to be, in its unit.
  struct Target {
    double value = 0.0, tolerance = 1.0, weight = 1.0;
  };
  std::optional<Target> target;
};

/// How the axes are fitted to the targets of the outputs.
struct FitSpec {
  std::uint64_t budget = 0;      ///< runs at most
  std::uint64_t population = 0;  ///< points of a generation; 0: by the number of axes
  std::uint64_t confirm = 8;     ///< fresh seeds for the candidates and the slopes at the end
  double precision = 0.005;      ///< the search ends when its SD is below this share of the ranges
  std::uint64_t seed = 1;
};

struct SweepSpec {
  enum class Design : std::uint8_t { grid, list, random, latin_hypercube, sobol, saltelli, morris, one_at_a_time };

  std::string title;
  std::filesystem::path file;  ///< the sweep file
  std::filesystem::path model;
  std::vector<std::pair<std::string, std::string>> set;  ///< fixed overrides: path, TOML text
  std::vector<Axis> axes;                                ///< sorted by name
  Design design = Design::grid;
  std::uint64_t samples = 0;              ///< draws; saltelli: N of N (k + 2) points; morris: trajectories
  std::uint64_t levels = 4;               ///< morris: grid levels per axis
  std::uint64_t seed = 1;                 ///< of random designs
  std::vector<std::vector<double>> rows;  ///< list from a CSV file: one value per axis
  std::uint64_t replicates = 1;
  std::vector<std::uint64_t> seeds;  ///< one run of every point per seed; empty: replicates decide
  std::uint64_t replicate_seed = 1;  ///< seeds of replicates are derived from it
  bool reseed = false;               ///< simulation.seed is set by the sweep
  bool independent = false;  ///< every point has seeds of its own (training sets); else replicate r has one seed
  std::vector<Expression> constraints;
  std::vector<Output> outputs;  ///< sorted by name; empty: every measure of the summary
  bool keep_series = false;     ///< every run leaves its recorded series beside its record
  std::optional<FitSpec> fit;   ///< instead of a design; the axes are ranges then
};

struct SweepReadResult {
  std::optional<SweepSpec> spec;  ///< present when there is no error
  std::vector<Diagnostic> diagnostics;
};

/// Most runs of one sweep.
inline constexpr std::uint64_t most_runs = 10'000'000;

/// Reads a sweep file; never throws for bad input. The model itself is read later, once per point.
[[nodiscard]] SweepReadResult read_sweep(const std::filesystem::path& file);

}  // namespace burgeon
