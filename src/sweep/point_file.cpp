#include "sweep/point_file.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <optional>
#include <sstream>

namespace burgeon {

namespace {

std::vector<std::string> split_row(const std::string& line) {
  std::vector<std::string> cells(1);
  for (const char c : line) {
    if (c == ',')
      cells.emplace_back();
    else if (std::isspace(static_cast<unsigned char>(c)) == 0)
      cells.back() += c;
  }
  return cells;
}

std::optional<double> parse_cell(const Axis& axis, const std::string& cell) {
  if (axis.kind == Axis::Kind::choice) {
    for (std::size_t i = 0; i < axis.choices.size(); ++i)
      if (axis.text(static_cast<double>(i)) == cell) return static_cast<double>(i);
    return std::nullopt;
  }
  double value = 0.0;
  const auto [end, code] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  const bool whole = code == std::errc() && end == cell.data() + cell.size() && std::isfinite(value);
  return whole ? std::optional(value) : std::nullopt;
}

}  // namespace

std::pair<std::vector<std::vector<double>>, std::string> parse_points(const std::string& csv,
                                                                      const std::vector<Axis>& axes) {
  std::size_t number = 1;
  std::vector<std::vector<double>> rows;
  const auto wrong = [&](const std::string& what) {
    return std::pair{std::vector<std::vector<double>>(), "line " + std::to_string(number) + ": " + what};
  };
  std::istringstream lines(csv);
  std::string line;
  std::getline(lines, line);
  const std::vector<std::string> heading = split_row(line);
  std::vector<std::size_t> column;
  for (const Axis& axis : axes) {
    const auto place = std::find(heading.begin(), heading.end(), axis.name);
    if (place == heading.end()) return wrong("no column '" + axis.name + "'");
    column.push_back(static_cast<std::size_t>(place - heading.begin()));
  }
  if (heading.size() != axes.size()) return wrong("every column names an axis");
  while (std::getline(lines, line)) {
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const std::vector<std::string> cells = split_row(line);
    if (cells.size() != heading.size()) return wrong("as many cells as the heading has are due");
    std::vector<double>& row = rows.emplace_back();
    for (std::size_t a = 0; a < axes.size(); ++a) {
      const auto value = parse_cell(axes[a], cells[column[a]]);
      if (!value) return wrong("'" + cells[column[a]] + "' is no value of '" + axes[a].name + "'");
      row.push_back(*value);
    }
  }
  if (rows.empty()) return wrong("no points");
  return {std::move(rows), ""};
}

}  // namespace burgeon
