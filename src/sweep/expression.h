#pragma once
// Conditions over axis names, such as "a < b" or "a * b <= 2 * c": + - * / ( ) and one comparison.

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace burgeon {

class Expression {
 public:
  /// Parses `text`; the second value says what is wrong, and is empty when nothing is.
  [[nodiscard]] static std::pair<Expression, std::string> parse(const std::string& text,
                                                                std::span<const std::string> names);
  /// Whether the condition holds; values in the order of the names. A condition with NaN does not hold.
  [[nodiscard]] bool holds(std::span<const double> values) const;

 private:
  friend class ExpressionParser;
  /// One operation on a stack: push a number ('#') or a value ('$'), negate ('~'), combine two, compare two.
  struct Operation {
    char code;
    double number = 0.0;
    std::size_t index = 0;
  };
  std::vector<Operation> operations_;  ///< in postfix order
};

}  // namespace burgeon
