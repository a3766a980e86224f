#include "cli/console.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <span>

namespace burgeon::cli {
namespace {

bool wants_colour() {
  const char* no_colour = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  return (no_colour == nullptr || *no_colour == '\0') && terminal != nullptr && std::string_view(terminal) != "dumb";
}

struct Scale {
  double size;
  const char* unit;
};

/// "3 d 4 h": the largest unit that fits and the one below it.
std::string two_units(double value, std::span<const Scale> scales) {
  std::size_t i = 0;
  while (i + 1 < scales.size() && value < scales[i].size) ++i;
  if (i + 1 == scales.size()) return fmt::format("{:.3g} {}", value / scales[i].size, scales[i].unit);

  // Rounded to the smaller unit first, so that 3599.9 s is 1 h and not 59 min 60 s.
  const double whole = std::round(value / scales[i + 1].size) * scales[i + 1].size;
  if (i > 0 && whole >= scales[i - 1].size) return two_units(whole, scales);
  const double large = std::floor(whole / scales[i].size + 1e-9);
  const double small = std::round((whole - large * scales[i].size) / scales[i + 1].size);
  if (small == 0.0) return fmt::format("{:.0f} {}", large, scales[i].unit);
  return fmt::format("{:.0f} {} {:.0f} {}", large, scales[i].unit, small, scales[i + 1].unit);
}

}  // namespace

Console::Console(bool json, bool quiet)
    : json_(json),
      quiet_(quiet),
      colour_(!json && wants_colour() && isatty(STDOUT_FILENO) != 0),
      live_(!json && !quiet && wants_colour() && isatty(STDERR_FILENO) != 0) {}

void Console::out(std::string_view text) const {
  if (!quiet_) fmt::print("{}\n", text);
}

void Console::heading(std::string_view text) const {
  if (!quiet_) fmt::print("\n{}\n", paint(text, Ink::bold));
}

void Console::note(std::string_view text) const {
  if (!quiet_) fmt::print(stderr, "{}\n", text);
}

void Console::error(std::string_view what, std::string_view advice) const {
  if (json_) {
    nlohmann::ordered_json object = {{"severity", "error"}, {"message", what}};
    if (!advice.empty()) object["advice"] = advice;
    fmt::print(stderr, "{}\n", object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    return;
  }
  const char* label = live_ ? "\x1b[1;31merror:\x1b[0m" : "error:";
  fmt::print(stderr, "{} {}\n", label, what);
  if (!advice.empty()) fmt::print(stderr, "  {}\n", advice);
}

std::string Console::paint(std::string_view text, Ink ink) const {
  static constexpr std::string_view codes[] = {"0", "1", "2", "31", "32", "33", "36"};
  if (!colour_ || ink == Ink::plain) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", codes[static_cast<std::size_t>(ink)], text);
}

void TextTable::print(const Console& console) const {
  std::vector<std::size_t> width;
  for (const auto& row : rows_) {
    width.resize(std::max(width.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) width[i] = std::max(width[i], display_width(row[i]));
  }
  for (const auto& row : rows_) {
    std::string line = "  ";
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line += std::string(width[i] + 2 - display_width(row[i]), ' ');
    }
    while (!line.empty() && line.back() == ' ') line.pop_back();
    console.out(&row == &rows_.front() ? console.paint(line, Ink::dim) : line);
  }
}

std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string human_bytes(double bytes) {
  static constexpr const char* units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
  std::size_t unit = 0;
  while (bytes >= 999.5 && unit + 1 < std::size(units)) {
    bytes /= 1000.0;
    ++unit;
  }
  return fmt::format("{:.3g} {}", bytes, units[unit]);
}

std::string human_count(double count) {
  if (count >= 999.5e9) return fmt::format("{:.3g}", count);
  if (count >= 999.5e6) return fmt::format("{:.3g} billion", count * 1e-9);
  if (count >= 999.5e3) return fmt::format("{:.3g} million", count * 1e-6);
  const std::string digits = fmt::format("{:.0f}", count);
  return digits.size() < 5 ? digits : digits.substr(0, digits.size() - 3) + " " + digits.substr(digits.size() - 3);
}

std::string human_wall(double seconds) {
  static constexpr Scale scales[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
  if (!std::isfinite(seconds) || seconds < 0.0) return "-";
  return seconds < 60.0 ? fmt::format("{:.3g} s", seconds) : two_units(seconds, scales);
}

std::string human_time(double ms) {
  static constexpr Scale scales[] = {{86400e3, "d"}, {3600e3, "h"}, {60e3, "min"}, {1e3, "s"}, {1, "ms"}};
  if (std::abs(ms) >= 1e299) return "end";
  if (ms == 0.0) return "0 s";
  return (ms < 0.0 ? "-" : "") + two_units(std::abs(ms), scales);
}

std::string human_number(double value) { return std::isnan(value) ? "-" : fmt::format("{:.4g}", value); }

}  // namespace burgeon::cli
