#pragma once
// The values of a TOML text with their places, for tests that make one of them wrong.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/units.h"
#include "toml/tree.h"

namespace burgeon::test {

/// A value that is neither table nor list, with its place in the text.
struct Leaf {
  std::string path;
  std::string key;                 ///< empty for items of lists
  std::size_t key_at = 0;          ///< offset of the key
  std::size_t begin = 0, end = 0;  ///< of the value
  Node::Kind kind = Node::Kind::text;
  std::string value;  ///< of texts
  bool in_inline_table = false;
};

/// All leaves of a text; throws std::runtime_error when it is no TOML.
std::vector<Leaf> toml_leaves(const std::string& text);

bool is_number(const Leaf& leaf);
/// A text that is a number with a unit. "2A" is a word, a percentage a number.
std::optional<Quantity> quantity(const Leaf& leaf);

}  // namespace burgeon::test
