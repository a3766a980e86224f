#pragma once
// Field tables: what may be written in each table of a model file. One list of rows drives the reader, did-you-mean, the
// lists of what is permitted, and the JSON schema.

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/rows.h"
#include "spec/model_spec.h"
#include "spec/report.h"

namespace burgeon {

enum class FieldKind : std::uint8_t {
  quantity,  ///< "40 min"; a bare number when the unit is dimensionless
  draw,      ///< a quantity or a distribution
  course,    ///< a quantity or a list of [time, quantity]
  integer,   ///< whole number >= 0
  boolean,
  text,
  choice,  ///< one of `choices`
  names,   ///< a name or a list of names
  table,   ///< a table with rows of its own
  list,    ///< a list read by its own code
};

inline constexpr double unbounded = 1e300;
/// Default of a field that has none; see `required`.
inline constexpr double no_default = std::numeric_limits<double>::quiet_NaN();
/// Unit of a field that depends on what it refers to: weights, signals.
inline constexpr std::string_view context_unit = "*";
inline constexpr std::uint32_t every_variant = ~0U;

/// Bit mask of the variants (choices of the table's discriminating field) in which a field has an effect.
template <class... Variant>
constexpr std::uint32_t only(Variant... variant) {
  return ((1U << static_cast<unsigned>(variant)) | ...);
}

struct Field {
  std::string_view name;
  FieldKind kind = FieldKind::quantity;
  std::string_view unit = {};
  double value = no_default;
  double minimum = -unbounded;
  double maximum = unbounded;
  bool required = false;  ///< in its variants
  std::uint32_t variants = every_variant;
  std::span<const std::string_view> choices = {};
  std::string_view meaning = {};
};

/// A parameter of a catalogue row as a field.
[[nodiscard]] Field field_of(const ParameterRow& row, FieldKind kind);

/// `value` of `unit` in internal units, converted exactly as a text in a file would be.
[[nodiscard]] double to_internal(double value, std::string_view unit);

/// Shortest decimal text of a number.
[[nodiscard]] std::string number_text(double value);

/// One table of a model file seen through its field table. Construction reports unknown keys; every getter reports what is
/// wrong with its field and returns the default, so that one reading finds all errors.
class Section {
 public:
  /// `at` is where errors about the table as a whole point. The nodes and the report must outlive the section.
  /// `closed = false`: further keys are not reported (the model they belong to is unknown).
  Section(Report& report, const Node& table, Position at, std::string path, std::vector<Field> fields,
          bool closed = true);

  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  [[nodiscard]] const Member* find(std::string_view name) const { return table_->find(name); }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string path_of(std::string_view name) const { return path_ + "." + std::string(name); }
  [[nodiscard]] Position at() const { return at_; }
  /// Place of a value; of the table when the key is absent.
  [[nodiscard]] Position value_at(std::string_view name) const;
  [[nodiscard]] Report& report() const { return *report_; }

  /// Reads the field that decides which others have an effect; reports keys without effect and required ones missing.
  std::optional<unsigned> variant(std::string_view name);
  /// The same checks when the deciding field is known without being written.
  void assume(std::string_view name, unsigned variant) { check_variant(&field(name), variant); }
  /// Narrows the range of a field to what its context allows.
  void narrow(std::string_view name, double minimum, double maximum);
  /// Reports required keys that are missing, for a table without variants.
  void require();

  /// Getters in internal units. `unit` replaces a context_unit.
  double quantity(std::string_view name, std::string_view unit = {});
  /// The quantity when it is there and right; no default.
  std::optional<double> written(std::string_view name, std::string_view unit = {});
  Draw draw(std::string_view name, std::string_view unit = {});
  Course course(std::string_view name, std::string_view unit = {});
  std::uint64_t integer(std::string_view name);
  bool boolean(std::string_view name, bool value);
  std::string text(std::string_view name, std::string value = {});
  std::optional<unsigned> choice(std::string_view name);
  /// The names with their places; empty when absent.
  std::vector<std::pair<std::string, Position>> names(std::string_view name);
  /// A member that must be a table; null when absent or something else.
  const Member* table(std::string_view name);

  /// A time that must be a whole number of steps >= `least`; 0 when it is not (and an error).
  std::int64_t steps(std::string_view name, double dt, std::int64_t least);

  /// Reports an error at the value of a field, or at its key.
  void error(std::string_view name, Complaint complaint);
  void error_at_key(std::string_view name, Complaint complaint);

 private:
  [[nodiscard]] const Field& field(std::string_view name) const;
  [[nodiscard]] double default_of(const Field& field, std::string_view unit) const;
  void check_variant(const Field* discriminator, unsigned variant);

  Report* report_;
  const Node* table_;
  Position at_;
  std::string path_;
  std::vector<Field> fields_;
};

/// Reads single values against a field: units, dimension, range.
class ValueReader {
 public:
  ValueReader(Report& report, std::string path, const Field& field, std::string_view unit);

  std::optional<double> quantity(const Node& node);
  /// The same without looking at the range.
  std::optional<double> unchecked(const Node& node);
  std::optional<Draw> draw(const Node& node);
  std::optional<Course> course(const Node& node);
  void error(Position at, Complaint complaint);

 private:
  std::optional<Draw> distribution(const Node& node);
  bool check_distribution(const Node& node, Draw& draw);
  bool in_range(double value, Position at);
  [[nodiscard]] std::string range_text() const;
  [[nodiscard]] std::string unit_hint() const;

  Report& report_;
  std::string path_;
  Field field_;
  double low_, high_;  ///< range in internal units
};

/// Rounds time / step; nullopt when it is not a whole number within a relative 1e-9.
[[nodiscard]] std::optional<std::int64_t> whole_steps(double time, double step);

}  // namespace burgeon
