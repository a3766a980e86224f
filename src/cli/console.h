#pragma once
// Everything that reaches the terminal goes through here: colour, tables, numbers for people. Results go to standard
// output, messages to standard error.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace burgeon::cli {

enum class Ink : std::uint8_t { plain, bold, dim, red, green, yellow, cyan };

class Console {
 public:
  /// Colour only when standard output is a terminal and NO_COLOR is unset (https://no-color.org).
  /// `quiet`: one of several ranks, of which only the first tells what happens; errors are its own.
  explicit Console(bool json, bool quiet = false);

  [[nodiscard]] bool json() const { return json_; }
  [[nodiscard]] bool quiet() const { return quiet_; }
  [[nodiscard]] bool colour() const { return colour_; }
  /// Standard error is a terminal, so a line may be rewritten in place.
  [[nodiscard]] bool live() const { return live_; }

  void out(std::string_view text) const;  ///< to standard output, with a line end
  void heading(std::string_view text) const;
  void note(std::string_view text) const;  ///< to standard error
  /// "error: what" to standard error, or an object with --json. `advice` says what to do about it.
  void error(std::string_view what, std::string_view advice = {}) const;
  [[nodiscard]] std::string paint(std::string_view text, Ink ink) const;

 private:
  bool json_;
  bool quiet_;
  bool colour_;
  bool live_;
};

/// Columns aligned by their widest cell.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> headings) : rows_{std::move(headings)} {}
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  void print(const Console& console) const;
  [[nodiscard]] bool empty() const { return rows_.size() == 1; }

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// Columns that UTF-8 text takes on a terminal, all characters being one wide.
[[nodiscard]] std::size_t display_width(std::string_view text);
[[nodiscard]] std::string human_bytes(double bytes);   ///< "1.4 GB"
[[nodiscard]] std::string human_count(double count);   ///< "12 400", "3.2 million"
[[nodiscard]] std::string human_wall(double seconds);  ///< "0.35 s", "2 min 10 s"
[[nodiscard]] std::string human_time(double ms);       ///< biological: "40 min", "1.5 ms", "12 d"
[[nodiscard]] std::string human_number(double value);  ///< 4 significant digits, "-" for NaN

}  // namespace burgeon::cli
