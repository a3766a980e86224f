#pragma once
// A sweep file: which model, which keys of it are varied and how, what is kept of every run.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "spec/read.h"
#include "sweep/expression.h"

namespace burgeon {

/// Keys of the model that are changed: path, TOML text.
using Overrides = std::vector<std::pair<std::string, std::string>>;

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
  /// A population: values are drawn by a distribution within [from, to], or from the list by its weights.
  enum class Spread : std::uint8_t { none, normal, lognormal, weights } spread = Spread::none;
  double mean = 0.0, sd = 0.0;     ///< of the value itself, before it is limited
  std::vector<double> cumulative;  ///< weights: share of the values up to this one
  std::vector<Overrides> arms;     ///< an axis of arms: what each sets, besides which they share everything
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
    time_of_max,  ///< of the first sample with the highest value
    time_above,   ///< time above `above`, the series taken as straight between its samples
    at,           ///< at the time `stop`, on a straight line between the samples around it
  } reduce = Reduce::measure;
  std::string name;
  std::string source;                ///< measure, or column of a series such as "ketamine.effect_site"
  double start = 0.0, stop = 1e300;  ///< ms; samples with start <= t <= stop count
  double above = 0.0;                ///< time_above: threshold in the unit of the series
  std::string time_unit = "ms";      ///< time_of_max, time_above: unit of the output
  [[nodiscard]] bool is_time() const { return reduce == Reduce::time_of_max || reduce == Reduce::time_above; }

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

/// How a cohort is rated: one score of every subject at visits, in every arm.
struct CohortSpec {
  std::string score;                  ///< column of a series, e.g. "mood.severity"
  double start = 0.0;                 ///< ms: the first treatment; the baseline is rated just before it
  std::vector<double> visits;         ///< ms after the start, rising
  std::size_t endpoint = 0;           ///< visit that decides response, remission and effect size
  std::string control;                ///< arm that the others are compared with; empty: none
  double rating_sd = 0.0;             ///< of one rating, in points
  double entry = 0.0;                 ///< least rating at baseline
  double response = 0.5;              ///< least part of the baseline that is gone in a responder
  double remission = 10.0;            ///< highest score of a remitter
  std::optional<std::size_t> follow;  ///< visit whose responders are followed up
  double relapse = 0.5;               ///< improvement below which a responder has relapsed ...
  double relapse_score = 0.0;         ///< ... if the score is at least this
  std::uint64_t relapse_visits = 1;   ///< ... at so many visits in a row
  std::uint64_t seed = 1;             ///< of ratings and intervals
};
/// Name of the output that holds the score at a visit; 0 is the baseline, then the visits from 1.
[[nodiscard]] std::string visit_output(std::size_t visit);

struct SweepSpec {
  enum class Design : std::uint8_t { grid, list, random, latin_hypercube, sobol, saltelli, morris, one_at_a_time };

  [[nodiscard]] std::string_view design_name() const;  ///< as written in the file

  std::string title;
  std::filesystem::path file;  ///< the sweep file
  std::filesystem::path model;
  Overrides set;           ///< in every run
  std::vector<Axis> axes;  ///< sorted by name; the axis of arms, if any, comes last
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
  std::optional<CohortSpec> cohort;
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
