#pragma once
// The raw tree of a model file: what was written and where, before any meaning is given to it.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace burgeon {

/// Where something was written: `source` counts the texts read so far; line and column are 1-based, line 0 = no line.
struct Position {
  std::uint32_t source = 0;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

struct Member;

/// One TOML value. Members of tables are sorted by name, so that the order in the file has no effect on anything.
struct Node {
  enum class Kind : std::uint8_t { table, array, text, integer, real, boolean, date } kind = Kind::table;
  bool inline_table = false;  ///< written { ... }: a value of its own, replaced as a whole by `extends` and overrides
  Position at;                ///< of the value; for [header] tables of the header's last key
  std::string text;
  std::int64_t integer = 0;
  double real = 0.0;
  bool boolean = false;
  std::vector<Member> members;
  std::vector<Node> items;

  [[nodiscard]] bool is_table() const { return kind == Kind::table; }
  [[nodiscard]] bool is_array() const { return kind == Kind::array; }
  [[nodiscard]] bool is_text() const { return kind == Kind::text; }
  [[nodiscard]] bool is_number() const { return kind == Kind::integer || kind == Kind::real; }
  /// The number as a double, whether written with a point or without. Precondition: is_number().
  [[nodiscard]] double number() const { return kind == Kind::integer ? static_cast<double>(integer) : real; }
  /// Member with this name, or null.
  [[nodiscard]] const Member* find(std::string_view name) const;
  [[nodiscard]] Member* find(std::string_view name);
};

struct Member {
  std::string name;
  Position at;  ///< of the key
  Node value;
};

/// A text that diagnostics point into.
struct Source {
  std::string name;  ///< file as the user wrote it, or "--set path=value"
  std::string text;
};

/// What a kind of node is called in messages: "a table", "a text", ...
[[nodiscard]] std::string_view kind_name(Node::Kind kind);

/// Adds or replaces a member, keeping the order by name.
void insert_member(Node& table, Member member);

/// Lays `over` on `base`: [header] tables merge key by key, arrays of tables append, everything else replaces.
void merge(Node& base, Node over);

inline constexpr std::size_t largest_file = 16U << 20U;  ///< bytes
inline constexpr unsigned deepest_nesting = 64;

/// What is wrong with a text, or an empty message.
struct TextError {
  std::string message;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

/// Looks for nesting deeper than `deepest_nesting` (brackets, and dots in keys) in one pass without recursion or memory, so
/// that hostile files never reach the parser.
[[nodiscard]] TextError check_nesting(std::string_view text);

/// Parses TOML. On error the tree is empty. Precondition: check_nesting found nothing.
[[nodiscard]] std::pair<Node, TextError> parse_toml(const std::string& text, std::uint32_t source);

}  // namespace burgeon
