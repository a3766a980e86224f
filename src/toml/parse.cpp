// The only file that knows toml++ (its header takes seconds to compile).

#include "toml/tree.h"

// toml++ 3.3 asserts that a key starts as a key must ("[ #" does not) and, where asserts are off, tells the compiler so; yet
// the next lines report the error properly. This turns off both the assertion and the promise.
#undef NDEBUG
#define TOML_ASSERT(condition) static_assert(true)
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

namespace burgeon {

namespace {

Position position(const toml::source_region& region, std::uint32_t source) {
  return {source, region.begin.line, region.begin.column};
}

Node convert(const toml::node& from, Position at, std::uint32_t source, unsigned depth, TextError& error);

Node convert_table(const toml::table& from, Position at, std::uint32_t source, unsigned depth, TextError& error) {
  Node node;
  node.inline_table = from.is_inline();
  node.at = at;
  node.members.reserve(from.size());
  for (const auto& [key, value] : from) {
    const Position key_at = position(key.source(), source);
    // A [header] table stands where its key stands, not at the bracket.
    const bool header = value.is_table() && !value.as_table()->is_inline();
    const Position value_at = header ? key_at : position(value.source(), source);
    node.members.push_back({std::string(key.str()), key_at, convert(value, value_at, source, depth + 1, error)});
  }
  return node;
}

Node convert(const toml::node& from, Position at, std::uint32_t source, unsigned depth, TextError& error) {
  Node node;
  node.at = at;
  // Dotted keys in headers, in lines and inline add up beyond what the scan of the text sees.
  if (depth > deepest_nesting) {
    error = {"nested deeper than " + std::to_string(deepest_nesting) + " levels", at.line, at.column};
    return node;
  }
  if (const toml::table* table = from.as_table()) return convert_table(*table, at, source, depth, error);
  if (const toml::array* array = from.as_array()) {
    node.kind = Node::Kind::array;
    node.items.reserve(array->size());
    for (const toml::node& item : *array)
      node.items.push_back(convert(item, position(item.source(), source), source, depth + 1, error));
  } else if (const auto* text = from.as_string()) {
    node.kind = Node::Kind::text;
    node.text = text->get();
  } else if (const auto* integer = from.as_integer()) {
    node.kind = Node::Kind::integer;
    node.integer = integer->get();
  } else if (const auto* real = from.as_floating_point()) {
    node.kind = Node::Kind::real;
    node.real = real->get();
  } else if (const auto* boolean = from.as_boolean()) {
    node.kind = Node::Kind::boolean;
    node.boolean = boolean->get();
  } else {
    node.kind = Node::Kind::date;
  }
  return node;
}

/// The parser notices a second 'x = ...' at the end of its value; people look for the key.
void point_at_key(TextError& error, std::string_view text) {
  if (error.message.find("redefine") == std::string::npos || !error.message.ends_with('\'')) return;
  const std::size_t open = error.message.rfind('\'', error.message.size() - 2);
  if (open == std::string::npos) return;
  const std::string name = error.message.substr(open + 1, error.message.size() - open - 2);

  // The value may have ended at the start of the next line.
  std::uint32_t line = error.line;
  std::uint32_t column = error.column;
  std::size_t begin = 0;
  for (std::uint32_t k = 1; k < line && begin < text.size(); ++k)
    begin = std::min(text.find('\n', begin), text.size()) + 1;
  if (column == 1 && line > 1 && begin >= 2) {
    const std::size_t end = begin - 1;
    begin = text.rfind('\n', end - 1) + 1;
    column = static_cast<std::uint32_t>(end - begin + 1);
    --line;
  }
  if (begin >= text.size()) return;
  const std::size_t found = text.substr(begin, column - 1).rfind(name);
  if (found == std::string_view::npos) return;
  error.line = line;
  error.column = static_cast<std::uint32_t>(found + 1);
}

TextError describe(const toml::parse_error& error, const std::string& text) {
  TextError result{std::string(error.description()), error.source().begin.line, error.source().begin.column};
  // "Error while parsing key-value pair: cannot ..." says nothing before the colon.
  if (const std::size_t colon = result.message.find(": ");
      result.message.starts_with("Error while") && colon != std::string::npos)
    result.message = result.message.substr(colon + 2);
  point_at_key(result, text);
  const std::string redefine = "cannot redefine existing ";
  if (result.message.starts_with(redefine)) result.message = "duplicate key: " + result.message;
  return result;
}

}  // namespace

std::pair<Node, TextError> parse_toml(const std::string& text, std::uint32_t source) {
  const toml::parse_result result = toml::parse(std::string_view(text));
  if (!result) return {Node{}, describe(result.error(), text)};
  TextError error;
  Node root = convert_table(result.table(), {source, 1, 1}, source, 0, error);
  if (!error.message.empty()) root = Node{};
  return {std::move(root), std::move(error)};
}

}  // namespace burgeon
