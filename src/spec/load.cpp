#include "spec/load.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <system_error>

namespace burgeon {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t most_files = 64;

fs::path real_path(const fs::path& path) {
  std::error_code code;
  const fs::path result = fs::weakly_canonical(fs::absolute(path, code), code);
  return code ? path : result;
}

bool lies_beneath(const fs::path& path, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

/// "doses.0.amount" -> {"doses", "0", "amount"}.
std::vector<std::string> split(const std::string& path) {
  std::vector<std::string> parts(1);
  for (const char c : path) {
    if (c == '.')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

/// The value of an override: TOML, or a plain text (shells strip the quotes from --set duration="1 s").
std::pair<Node, TextError> parse_value(const std::string& value, std::uint32_t source) {
  TextError error = check_nesting(value);
  if (!error.message.empty()) return {Node{}, error};
  auto [root, wrong] = parse_toml("value = " + value, source);
  if (wrong.message.empty() && root.members.size() == 1 && root.members[0].name == "value")
    return {std::move(root.members[0].value), {}};
  const bool plain = !value.empty() && std::string_view("\"'[{").find(value[0]) == std::string_view::npos &&
                     value.find('\n') == std::string::npos;
  if (!plain) return {Node{}, {wrong.message.empty() ? "more than one value" : wrong.message}};
  Node text;
  text.kind = Node::Kind::text;
  text.text = value;
  return {std::move(text), {}};
}

/// Overrides have no line: what they bring in points at the override as a whole.
void set_position(Node& node, Position at) {
  node.at = at;
  for (Member& member : node.members) {
    member.at = at;
    set_position(member.value, at);
  }
  for (Node& item : node.items) set_position(item, at);
}

/// The item an override's number points at, or null.
Node* item_at(Node& array, const std::string& part) {
  std::size_t index = 0;
  const auto [end, code] = std::from_chars(part.data(), part.data() + part.size(), index);
  return code == std::errc() && end == part.data() + part.size() && index < array.items.size() ? &array.items[index]
                                                                                               : nullptr;
}

}  // namespace

Loader::Loader(Report& report, const fs::path& main) : report_(&report) {
  // A file of the collection of models may refer to all of the collection.
  const fs::path folder = real_path(main).parent_path();
  root_ = folder.parent_path();
  for (fs::path up = folder; up.has_relative_path(); up = up.parent_path()) {
    if (up.filename() != "models") continue;
    root_ = up;
    break;
  }
}

std::optional<std::string> Loader::read_text(const fs::path& file, Position at) {
  const auto fail = [&](const std::string& message) {
    report_->error(at, "", {"'" + file.string() + "' " + message});
    return std::nullopt;
  };
  // Size before contents: a huge file is refused without reading it.
  std::error_code code;
  if (!fs::is_regular_file(file, code)) return fail(fs::exists(file, code) ? "is not a file" : "does not exist");
  const auto size = fs::file_size(file, code);
  if (code) return fail("can't be read: " + code.message());
  total_ += size;
  if (size > largest_file || total_ > largest_file) return fail("is too large: at most 16 MB may be read");
  std::ifstream stream(file, std::ios::binary);
  std::string text(size, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(size));
  if (!stream && !stream.eof()) return fail("can't be read");
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return text;
}

Node Loader::load_file(const fs::path& file) {
  // A main file that can't be read is reported under its own name.
  const std::uint32_t placeholder = report_->add_source(file.string(), "");
  folders_.push_back(file.parent_path());
  const auto text = read_text(file, {placeholder, 0, 0});
  return text ? parse(*text, file.string(), file) : Node{};
}

Node Loader::load_text(const std::string& text, const std::string& name) {
  total_ += text.size();
  if (total_ <= largest_file) return parse(text, name, name);
  const std::uint32_t source = report_->add_source(name, "");
  report_->error({source, 0, 0}, "", {"'" + name + "' is too large: at most 16 MB may be read"});
  return Node{};
}

Node Loader::parse(const std::string& text, const std::string& name, const fs::path& file) {
  const std::uint32_t source = report_->add_source(name, text);
  folders_.resize(source + 1, file.parent_path());
  const auto fail = [&](const TextError& error) {
    const bool stray = error.message.starts_with("expected a comment or whitespace");
    report_->error({source, error.line, error.column}, "",
                   {error.message, stray ? "quantities are written in quotes, e.g. \"40 min\"" : ""});
    return Node{};
  };
  if (const TextError error = check_nesting(text); !error.message.empty()) return fail(error);
  auto [node, error] = parse_toml(text, source);
  if (!error.message.empty()) return fail(error);
  open_.push_back(real_path(file));
  node = extend(std::move(node));
  done_.push_back(open_.back());
  open_.pop_back();
  return node;
}

Node Loader::extend(Node node) {
  const Member* member = node.find("extends");
  if (!member) return node;
  Node merged;
  const Node& value = member->value;
  if (value.is_text()) {
    include(merged, value);
  } else if (value.is_array()) {
    for (const Node& item : value.items) include(merged, item);
  } else {
    report_->error(value.at, "extends", {"extends names a file, or a list of files"});
  }
  const auto place = node.members.begin() + (member - node.members.data());
  node.members.erase(place);
  merge(merged, std::move(node));
  return merged;
}

void Loader::include(Node& merged, const Node& reference) {
  if (!reference.is_text()) {
    report_->error(reference.at, "extends", {"extends names a file, or a list of files"});
    return;
  }
  const auto file = resolve(reference.text, reference.at, "extends");
  if (!file) return;
  const fs::path identity = real_path(*file);
  if (std::find(open_.begin(), open_.end(), identity) != open_.end()) {
    report_->error(reference.at, "extends", {"'" + reference.text + "' extends itself, directly or in a circle"});
    return;
  }
  // A file that several bases extend is laid down once, where it is first met.
  if (std::find(done_.begin(), done_.end(), identity) != done_.end()) return;
  if (done_.size() + open_.size() >= most_files) {
    report_->error(reference.at, "extends", {"more than " + std::to_string(most_files) + " files extend each other"});
    return;
  }
  const auto text = read_text(*file, reference.at);
  if (text) merge(merged, parse(*text, file->string(), *file));
}

std::optional<fs::path> Loader::resolve(const std::string& written, Position at, const std::string& key) {
  const auto fail = [&](const std::string& message) {
    report_->error(at, key,
                   {"'" + written + "' " + message, "a relative path beneath '" + root_.filename().string() + "/'"});
    return std::nullopt;
  };
  const fs::path path(written);
  if (path.is_absolute()) return fail("is an absolute path");
  const fs::path folder = at.source < folders_.size() ? folders_[at.source] : fs::path();
  // Symbolic links are followed before looking where the path leads.
  const fs::path file = (folder / path).lexically_normal();
  if (!lies_beneath(real_path(folder / path), root_)) return fail("leads out of the folder of models");
  std::error_code code;
  if (!fs::is_regular_file(file, code)) return fail("is not a file");
  return file;
}

void Loader::apply(Node& root, const std::vector<std::pair<std::string, std::string>>& overrides) {
  for (const auto& [path, value] : overrides) {
    const std::uint32_t source = report_->add_source("--set " + path + "=" + value.substr(0, 80), "");
    const Position at{source, 0, 0};
    auto [node, error] = parse_value(value, source);
    if (!error.message.empty()) {
      report_->error(at, path, {error.message});
      continue;
    }
    set_position(node, at);

    // Walk down, making the tables that are missing.
    const std::vector<std::string> parts = split(path);
    if (parts.size() > deepest_nesting || std::find(parts.begin(), parts.end(), "") != parts.end()) {
      report_->error(at, path, {"'" + path + "' is not a dotted path", "e.g. simulation.duration or doses.0.amount"});
      continue;
    }
    Node* place = &root;
    Member* last = nullptr;
    for (const std::string& part : parts) {
      if (place->is_array()) {
        place = item_at(*place, part);
      } else if (!place->is_table()) {
        place = nullptr;
      } else {
        Node empty;
        empty.at = at;
        if (!place->find(part)) insert_member(*place, {part, at, empty});
        last = place->find(part);
        place = &last->value;
      }
      if (!place) break;
    }
    if (place) {
      *place = std::move(node);
      if (last && &last->value == place) last->at = at;
    } else {
      report_->error(at, path, {"'" + path + "' leads to nothing that can be set"});
    }
  }
}

}  // namespace burgeon
