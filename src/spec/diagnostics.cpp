#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

#include "spec/report.h"

namespace burgeon {

namespace {

// Nobody reads more, and a hostile file could produce millions.
constexpr std::size_t most_errors = 200;
// Longer lines are not shown.
constexpr std::size_t longest_line = 400;

std::string line_of(const std::string& text, std::uint32_t line) {
  std::size_t begin = 0;
  for (std::uint32_t k = 1; k < line; ++k) {
    begin = text.find('\n', begin);
    if (begin == std::string::npos) return {};
    ++begin;
  }
  std::string result = text.substr(begin, std::min(text.find('\n', begin), text.size()) - begin);
  if (result.ends_with('\r')) result.pop_back();
  return result.size() > longest_line ? std::string() : result;
}

/// Blanks up to a column; columns count characters, so the continuation bytes of UTF-8 take no room and tabs stay tabs.
// What a hostile file holds must not steer the terminal.
std::string harmless(std::string line) {
  for (char& c : line)
    if ((static_cast<unsigned char>(c) < 0x20U && c != '\t') || c == 0x7F) c = '?';
  return line;
}

std::string indent(const std::string& line, std::uint32_t column) {
  std::string blanks;
  std::uint32_t at = 1;
  for (const char c : line) {
    const bool continues = (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
    if (continues) continue;
    if (at >= column) break;
    blanks += c == '\t' ? '\t' : ' ';
    ++at;
  }
  return blanks + std::string(column > at ? column - at : 0, ' ');
}

}  // namespace

std::uint32_t Report::add_source(std::string name, std::string text) {
  sources_.push_back({std::move(name), std::move(text)});
  return static_cast<std::uint32_t>(sources_.size() - 1);
}

bool Report::full() const { return entries_.size() > most_errors; }

void Report::add(Position at, std::string path, Complaint complaint, Diagnostic::Severity severity) {
  if (full()) return;
  // What is read twice is complained about once.
  const auto place = std::tie(at.source, at.line, at.column, path, complaint.message);
  for (const Entry& e : entries_)
    if (std::tie(e.at.source, e.at.line, e.at.column, e.diagnostic.path, e.diagnostic.message) == place) return;
  if (entries_.size() == most_errors) complaint = {"too many errors; the rest is not shown"};
  Diagnostic d;
  d.severity = severity;
  d.line = at.line;
  d.column = at.column;
  d.path = std::move(path);
  d.message = std::move(complaint.message);
  d.permitted = std::move(complaint.permitted);
  d.suggestion = std::move(complaint.suggestion);
  if (at.source < sources_.size()) {
    d.file = sources_[at.source].name;
    if (at.line > 0) d.source_line = line_of(sources_[at.source].text, at.line);
  }
  entries_.push_back({at, std::move(d)});
}

void Report::error(Position at, std::string path, Complaint complaint) {
  ++errors_;
  add(at, std::move(path), std::move(complaint), Diagnostic::Severity::error);
}

void Report::warning(Position at, std::string path, Complaint complaint) {
  add(at, std::move(path), std::move(complaint), Diagnostic::Severity::warning);
}

std::vector<Diagnostic> Report::finish() const {
  std::vector<Entry> sorted = entries_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.at.source, a.at.line, a.at.column) < std::tie(b.at.source, b.at.line, b.at.column);
  });
  std::vector<Diagnostic> result;
  for (Entry& entry : sorted) result.push_back(std::move(entry.diagnostic));
  return result;
}

std::string list_names(const std::vector<std::string>& names) {
  constexpr std::size_t most = 60;
  std::string text;
  for (std::size_t k = 0; k < names.size() && k < most; ++k) text += (k ? ", " : "") + names[k];
  return names.size() > most ? text + ", ..." : text;
}

std::string format_diagnostic(const Diagnostic& d, bool colour) {
  const auto paint = [&](const char* code, const std::string& text) {
    return colour ? std::string("\x1b[") + code + "m" + text + "\x1b[0m" : text;
  };
  const bool error = d.severity == Diagnostic::Severity::error;
  std::string place = d.file;
  if (d.line > 0) place += ":" + std::to_string(d.line) + ":" + std::to_string(d.column);
  std::string text = (place.empty() ? "" : paint("1", place + ":") + " ") +
                     paint(error ? "1;31" : "1;35", error ? "error:" : "warning:") + " " + d.message + "\n";
  if (!d.source_line.empty())
    text += "  " + harmless(d.source_line) + "\n  " + indent(d.source_line, d.column) + paint("1;32", "^") + "\n";
  if (!d.permitted.empty()) text += "  permitted: " + d.permitted + "\n";
  if (!d.suggestion.empty()) text += "  did you mean '" + d.suggestion + "'?\n";
  return text;
}

std::string diagnostic_json(const Diagnostic& d) {
  const nlohmann::json json = {
      {"severity", d.severity == Diagnostic::Severity::error ? "error" : "warning"},
      {"file", d.file},
      {"line", d.line},
      {"column", d.column},
      {"path", d.path},
      {"message", d.message},
      {"permitted", d.permitted},
      {"suggestion", d.suggestion},
      {"source_line", d.source_line},
  };
  // Text that is not UTF-8 (a hostile file) must not throw.
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace burgeon
