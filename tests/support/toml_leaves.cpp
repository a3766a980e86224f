#include "support/toml_leaves.h"

#include <stdexcept>

namespace burgeon::test {

namespace {

std::size_t offset_of(const std::string& text, Position at) {
  std::size_t begin = 0;
  for (std::uint32_t k = 1; k < at.line; ++k) begin = text.find('\n', begin) + 1;
  return begin + at.column - 1;
}

/// End of the value that begins at `begin`; 0 when it goes over lines.
std::size_t end_of(const std::string& text, std::size_t begin) {
  const char quote = text[begin];
  if (quote == '"' || quote == '\'') {
    if (text.compare(begin, 3, std::string(3, quote)) == 0) return 0;
    const std::size_t end = text.find(quote, begin + 1);
    return end == std::string::npos ? 0 : end + 1;
  }
  return text.find_first_of(" ,]}\n#", begin);
}

void collect(const std::string& text, const Node& node, const std::string& path, const Member* key, bool in_inline,
             std::vector<Leaf>& leaves) {
  for (const Member& member : node.members)
    collect(text, member.value, path + "." + member.name, &member, node.inline_table, leaves);
  for (const Node& item : node.items) collect(text, item, path, nullptr, false, leaves);
  if (node.is_table() || node.is_array()) return;
  Leaf leaf{path,
            key ? key->name : "",
            key ? offset_of(text, key->at) : 0,
            offset_of(text, node.at),
            0,
            node.kind,
            node.text,
            in_inline};
  leaf.end = end_of(text, leaf.begin);
  leaves.push_back(leaf);
}

}  // namespace

std::vector<Leaf> toml_leaves(const std::string& text) {
  const auto [root, error] = parse_toml(text, 0);
  if (!error.message.empty()) throw std::runtime_error(error.message);
  std::vector<Leaf> leaves;
  collect(text, root, "", nullptr, false, leaves);
  return leaves;
}

bool is_number(const Leaf& leaf) { return leaf.kind == Node::Kind::integer || leaf.kind == Node::Kind::real; }

std::optional<Quantity> quantity(const Leaf& leaf) {
  if (leaf.kind != Node::Kind::text) return std::nullopt;
  const auto value = parse_quantity(leaf.value);
  return value && value->dimension != Dimension{} ? value : std::nullopt;
}

}  // namespace burgeon::test
