#pragma once
// Raw tree -> ModelSpec, part by part. Each part reports what is wrong and goes on, so that one reading finds all errors.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "catalogue/catalogue.h"
#include "spec/fields.h"
#include "spec/load.h"
#include "spec/model_spec.h"
#include "spec/report.h"

namespace burgeon {

/// The spec in the making, and what the parts need to know of each other.
struct Build {
  Report& report;
  const Catalogue& catalogue;
  Loader& loader;
  ModelSpec spec = {};
  double scale = 1.0;

  /// Projections by the name they were written under: one, or one per pair of groups.
  std::map<std::string, std::vector<std::uint32_t>> projections = {};
  /// Where populations were written, for errors found later.
  std::vector<Position> population_at = {};

  /// A projection whose pairs are those of another, and where that was written.
  struct Like {
    std::string projection;
    Position at;
    std::string path;
  };
  std::vector<Like> likes = {};

  /// A time in which a signal has a second writer besides its drug.
  struct Clamp {
    std::string signal;
    double start, stop;
    Position at;
    std::string path;
  };
  std::vector<Clamp> clamps = {};

  /// ms; 0 while unknown.
  [[nodiscard]] double duration() const { return static_cast<double>(spec.run.steps) * spec.run.dt; }

  /// Counts what lists expand to; reports and returns false when a file asks for more than any run needs.
  bool spend(std::uint64_t items, Position at, const std::string& path);

  std::uint64_t spent = 0;
};

// In this order: later parts refer to earlier ones.
void validate_simulation(Build& build, const Node& root);
void validate_populations(Build& build, const Node& root);
void validate_drugs(Build& build, const Node& root);
void validate_doses(Build& build, const Node& root);
void validate_projections(Build& build, const Node& root);
void validate_structure(Build& build, const Node& root);
/// Signals that structural rules read, which slow processes may write.
void connect_structure(Build& build, const Node& root);
void validate_inputs(Build& build, const Node& root);
/// Courses and slow processes, as far as others refer to their signals; then, when all signals are known, their inputs.
void declare_slow(Build& build, const Node& root);
void connect_slow(Build& build, const Node& root);
void validate_couplings(Build& build, const Node& root);
void validate_multiscale(Build& build, const Node& root);
void validate_interventions(Build& build, const Node& root);
void validate_records(Build& build, const Node& root);

// ---------------------------------------------------------------------------------------------------------------------
// Shared by the parts

/// The tables inside the table `name` of the root; reports names that are not plain words and members that are no tables.
[[nodiscard]] std::vector<const Member*> named_tables(Build& build, const Node& root, std::string_view name);
/// The tables of the array `name` of the root.
[[nodiscard]] std::vector<const Node*> listed_tables(Build& build, const Node& root, std::string_view name);

/// Reports that a name is none of `names`.
void unknown_name(Build& build, Position at, const std::string& path, const std::string& what, const std::string& name,
                  const std::vector<std::string>& names);

/// The catalogue row that a table asks for by `name`; null (and an error) when there is none.
template <class Row>
const Row* find_row(Build& build, Position at, const std::string& path, const std::string& what,
                    const std::string& name, const std::vector<const Row*>& rows) {
  if (const Row* row = find(rows, name)) return row;
  std::vector<std::string> names;
  for (const Row* row : rows) names.emplace_back(row->name);
  unknown_name(build, at, path, what, name, names);
  return nullptr;
}

/// "pyr" or "pyr.A" as a selection; nullopt (and an error) when there is no such thing.
[[nodiscard]] std::optional<Selection> resolve_selection(Build& build, const std::string& text, Position at,
                                                         const std::string& path);
/// Selections of a field: names, or "*" for every population when `star`.
[[nodiscard]] std::vector<Selection> resolve_selections(Build& build, Section& section, std::string_view name,
                                                        bool star);
/// Index of a receptor of a population.
[[nodiscard]] std::optional<std::uint32_t> resolve_receptor(Build& build, const Selection& target,
                                                            const std::string& name, Position at,
                                                            const std::string& path);
/// Parameters of a row, in row order.
[[nodiscard]] std::vector<Draw> read_draws(Section& section, std::span<const ParameterRow> rows);
/// One typical value per parameter, for checks that go across parameters.
[[nodiscard]] std::vector<double> typical(const std::vector<Draw>& draws);

/// `start` and `stop` of a section: stop after start; a warning when nothing of it lies within the run.
struct Interval {
  double start, stop;
};
[[nodiscard]] Interval read_interval(Build& build, Section& section);

/// Reads the rule of a plastic projection: parameters that are weights have the receptor's unit. Narrows the range of initial
/// weights to [0, w_max] in magnitude.
void read_plasticity(Build& build, Section& parent, const ReceptorModel& receptor, ProjectionSpec& projection);
/// The rule sees magnitudes, so all weights need one sign.
void check_plastic_weight(Section& section, const ProjectionSpec& projection);

/// Names and units of all signals of the run.
struct SignalName {
  std::string name;
  std::string unit;
  std::uint64_t width = 1;  ///< neurons, for signals with one value per neuron
};
[[nodiscard]] std::vector<SignalName> all_signals(const ModelSpec& spec);
/// The signal that the text `key` of a section names; nullopt (and an error) when there is none. A name like "pyr.rate" or
/// "pyr.nmda.block" asks for a measured signal, which is added to the run.
[[nodiscard]] std::optional<SignalName> resolve_signal(Build& build, Section& section, std::string_view key);

/// Fills canonical_json and hash.
void canonicalise(ModelSpec& spec);

/// Bytes of one part of the network, for naming the biggest.
struct MemoryShare {
  std::string name;  ///< "population pyr", "projection pyr_to_pv", "record membrane"
  double bytes = 0;
};
[[nodiscard]] std::vector<MemoryShare> memory_shares(const ModelSpec& spec);

}  // namespace burgeon
