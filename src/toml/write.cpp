#include "toml/write.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

namespace burgeon {
namespace {

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (c == '\n') {
      result += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      result += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
    } else {
      result += c;
    }
  }
  return result + "\"";
}

std::string key(const std::string& name) {
  const bool bare = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-';
  });
  return bare ? name : quoted(name);
}

std::string real(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  std::string text = fmt::format("{}", value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

}  // namespace

std::string write_value(const Node& node) {
  switch (node.kind) {
    case Node::Kind::table: {
      std::string text;
      for (const Member& member : node.members)
        text += (text.empty() ? "" : ", ") + key(member.name) + " = " + write_value(member.value);
      return "{ " + text + " }";
    }
    case Node::Kind::array: {
      std::string text;
      for (const Node& item : node.items) text += (text.empty() ? "" : ", ") + write_value(item);
      return "[" + text + "]";
    }
    case Node::Kind::integer:
      return std::to_string(node.integer);
    case Node::Kind::real:
      return real(node.real);
    case Node::Kind::boolean:
      return node.boolean ? "true" : "false";
    case Node::Kind::text:
    case Node::Kind::date:
      break;
  }
  return quoted(node.text);
}

namespace {

bool has_header(const Node& node) { return node.is_table() && !node.inline_table; }

void write_table(const Node& table, const std::string& path, std::string& out) {
  const bool plain =
      std::any_of(table.members.begin(), table.members.end(), [](const Member& m) { return !has_header(m.value); });
  if (!path.empty() && (plain || table.members.empty())) out += "\n[" + path + "]\n";
  for (const Member& member : table.members)
    if (!has_header(member.value) && !(path.empty() && member.name == "extends"))
      out += key(member.name) + " = " + write_value(member.value) + "\n";
  for (const Member& member : table.members)
    if (has_header(member.value)) write_table(member.value, path + (path.empty() ? "" : ".") + key(member.name), out);
}

}  // namespace

std::string write_toml(const Node& root) {
  std::string out;
  write_table(root, "", out);
  return out;
}

}  // namespace burgeon
