#pragma once
// The field tables of everything that can be written in a model file; parameters of catalogue rows are added by the readers.

#include <array>
#include <vector>

#include "catalogue/slow_rows.h"
#include "spec/fields.h"

namespace burgeon::tables {

// Words, in the order of the enumerations they stand for.
inline constexpr std::array<std::string_view, 3> species = {"human", "mouse", "rat"};
inline constexpr std::array<std::string_view, 5> subunits = {"2A", "2B", "2C", "2D", "human"};
inline constexpr std::array<std::string_view, 8> rules = {
    "all_to_all", "one_to_one", "bernoulli", "fixed_in_degree", "fixed_out_degree", "fixed_total", "distance", "ring"};
inline constexpr std::array<std::string_view, 2> precisions = {"float32", "bfloat16"};
inline constexpr std::array<std::string_view, 2> kernels = {"gaussian", "exponential"};
inline constexpr std::array<std::string_view, 2> starts = {"balanced", "mature"};
inline constexpr std::array<std::string_view, 5> input_types = {"poisson", "current", "ou_current", "ou_conductance",
                                                                "spikes"};
inline constexpr std::array<std::string_view, 2> interpolations = {"step", "ramp"};
inline constexpr std::array<std::string_view, 8> routes = {"iv", "nasal", "oral", "sublingual",
                                                           "ip", "sc",    "im",   "clamp"};
inline constexpr std::array<std::string_view, 5> intervention_kinds = {"clamp_signal", "block_receptor", "silence",
                                                                       "scale_weights", "delete_synapses"};
inline constexpr std::array<std::string_view, 8> record_kinds = {"spikes", "variable", "rate",  "signal",
                                                                 "block",  "lfp",      "edges", "graph"};
inline constexpr std::array<std::string_view, 5> reducers = {"none", "mean", "sum", "min", "max"};

[[nodiscard]] std::vector<Field> root();
[[nodiscard]] std::vector<Field> simulation();
[[nodiscard]] std::vector<Field> population();
[[nodiscard]] std::vector<Field> placement();
[[nodiscard]] std::vector<Field> group();
[[nodiscard]] std::vector<Field> receptor();
[[nodiscard]] std::vector<Field> projection();
[[nodiscard]] std::vector<Field> wiring();
[[nodiscard]] std::vector<Field> like();
[[nodiscard]] std::vector<Field> profile();
[[nodiscard]] std::vector<Field> gate();
[[nodiscard]] std::vector<Field> plasticity();
[[nodiscard]] std::vector<Field> turnover();
[[nodiscard]] std::vector<Field> growth();
[[nodiscard]] std::vector<Field> element();
[[nodiscard]] std::vector<Field> pairing();
[[nodiscard]] std::vector<Field> input();
[[nodiscard]] std::vector<Field> redraw();
[[nodiscard]] std::vector<Field> ring();
[[nodiscard]] std::vector<Field> pulses();
[[nodiscard]] std::vector<Field> drug();
[[nodiscard]] std::vector<Field> dose();
[[nodiscard]] std::vector<Field> repeat();
[[nodiscard]] std::vector<Field> time_course();
[[nodiscard]] std::vector<Field> slow(const SlowModel* model);
[[nodiscard]] std::vector<Field> coupling();
[[nodiscard]] std::vector<Field> multiscale();
[[nodiscard]] std::vector<Field> intervention();
[[nodiscard]] std::vector<Field> record();

/// `fields` and one field per parameter row.
[[nodiscard]] std::vector<Field> with_parameters(std::vector<Field> fields, std::span<const ParameterRow> rows,
                                                 FieldKind kind);

}  // namespace burgeon::tables
