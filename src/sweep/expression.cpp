#include "sweep/expression.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string_view>

#include "base/errors.h"
#include "base/nearest.h"

namespace burgeon {

/// Recursive descent; the depth of parentheses is limited, so a hostile text can't exhaust the stack.
class ExpressionParser {
 public:
  ExpressionParser(std::string_view text, std::span<const std::string> names) : text_(text), names_(names) {}

  std::pair<Expression, std::string> parse() {
    sum();
    skip();
    // Two-letter comparisons become one code each: '[' is <=, ']' is >=, '=' is ==, '!' is !=.
    char code = 0;
    const auto starts = [&](std::string_view word) { return text_.substr(at_).starts_with(word); };
    if (starts("<="))
      code = '[';
    else if (starts(">="))
      code = ']';
    else if (starts("=="))
      code = '=';
    else if (starts("!="))
      code = '!';
    else if (starts("<"))
      code = '<';
    else if (starts(">"))
      code = '>';
    if (code == 0) {
      fail("a comparison is missing: one of < <= > >= == !=");
      return {Expression(), error_};
    }
    at_ += code == '<' || code == '>' ? 1 : 2;
    sum();
    skip();
    if (at_ < text_.size()) fail("'" + std::string(text_.substr(at_)) + "' is left over");
    result_.operations_.push_back({code});
    return {std::move(result_), error_};
  }

 private:
  static constexpr unsigned deepest = 32;

  void skip() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }

  // The first error is the one to tell; the rest of the text is not looked at any more.
  void fail(std::string message) {
    if (error_.empty()) error_ = std::move(message);
    at_ = text_.size();
  }

  bool take(char c) {
    skip();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void sum() {
    product();
    for (;;) {
      const char code = take('+') ? '+' : take('-') ? '-' : '\0';
      if (code == 0) return;
      product();
      result_.operations_.push_back({code});
    }
  }

  void product() {
    factor();
    for (;;) {
      const char code = take('*') ? '*' : take('/') ? '/' : '\0';
      if (code == 0) return;
      factor();
      result_.operations_.push_back({code});
    }
  }

  void factor() {
    if (++depth_ > deepest) return fail("nested too deeply");
    if (take('-')) {
      factor();
      result_.operations_.push_back({'~'});
    } else if (take('(')) {
      sum();
      if (!take(')')) fail("a ')' is missing");
    } else {
      operand();
    }
    --depth_;
  }

  void operand() {
    skip();
    double number = 0.0;
    const char* first = text_.data() + at_;
    const char* last = text_.data() + text_.size();
    const auto [end, code] = std::from_chars(first, last, number);
    if (code == std::errc() && std::isalpha(static_cast<unsigned char>(*first)) == 0) {
      at_ += static_cast<std::size_t>(end - first);
      result_.operations_.push_back({'#', number});
      return;
    }
    const auto word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
    const std::string name(first, std::find_if_not(first, last, word));
    if (name.empty()) return fail("a name or a number is missing");
    const auto place = std::find(names_.begin(), names_.end(), name);
    if (place == names_.end()) {
      const std::string near = nearest_name(name, names_);
      return fail("unknown axis '" + name + "'" + (near.empty() ? "" : "; did you mean '" + near + "'?"));
    }
    at_ += name.size();
    result_.operations_.push_back({'$', 0.0, static_cast<std::size_t>(place - names_.begin())});
  }

  std::string_view text_;
  std::span<const std::string> names_;
  std::size_t at_ = 0;
  unsigned depth_ = 0;
  std::string error_;
  Expression result_;
};

std::pair<Expression, std::string> Expression::parse(const std::string& text, std::span<const std::string> names) {
  return ExpressionParser(text, names).parse();
}

bool Expression::holds(std::span<const double> values) const {
  std::vector<double> stack;
  for (const Operation& op : operations_) {
    if (op.code == '#') {
      stack.push_back(op.number);
    } else if (op.code == '$') {
      stack.push_back(values[op.index]);
    } else if (op.code == '~') {
      stack.back() = -stack.back();
    } else {
      const double b = stack.back();
      stack.pop_back();
      double& a = stack.back();
      switch (op.code) {
        case '+':
          a += b;
          break;
        case '-':
          a -= b;
          break;
        case '*':
          a *= b;
          break;
        case '/':
          a /= b;
          break;
        case '<':
          return a < b;
        case '>':
          return a > b;
        case '[':
          return a <= b;
        case ']':
          return a >= b;
        case '=':
          return a == b;
        default:
          return a < b || a > b;
      }
    }
  }
  throw InternalError("a condition ends with its comparison");
}

}  // namespace burgeon
