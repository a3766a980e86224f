#include "toml/tree.h"

#include <algorithm>

namespace burgeon {

namespace {

bool is_array_of_tables(const Node& node) {
  return node.is_array() && !node.items.empty() &&
         std::all_of(node.items.begin(), node.items.end(), [](const Node& item) { return item.is_table(); });
}

auto lower_bound(std::vector<Member>& members, std::string_view name) {
  return std::lower_bound(members.begin(), members.end(), name,
                          [](const Member& member, std::string_view value) { return member.name < value; });
}

/// Walks over a text, keeping count of lines, strings, comments, open brackets and dots of the key at hand.
class NestingScan {
 public:
  explicit NestingScan(std::string_view text) : text_(text) {}

  TextError run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"' || c == '\'') {
        skip_string(c);
        continue;
      }
      if (c == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
        continue;
      }
      count(c);
      if (brackets_ > deepest_nesting || dots_ >= deepest_nesting) return too_deep();
      ++at_;
    }
    return {};
  }

 private:
  void count(char c) {
    if (c == '[' || c == '{') ++brackets_;
    if ((c == ']' || c == '}') && brackets_ > 0) --brackets_;
    if (c == '\n') {
      ++line_;
      line_begin_ = at_ + 1;
    }
    // A dotted key goes on as long as nothing but key characters and blanks come between its dots.
    if (c == '.')
      ++dots_;
    else if (std::string_view("[]{}=,\n").find(c) != std::string_view::npos)
      dots_ = 0;
  }

  // Strings end at their own quote; the basic kinds may escape it, and only the tripled kinds go over lines.
  void skip_string(char quote) {
    const bool tripled = text_.substr(at_, 3) == std::string(3, quote);
    at_ += tripled ? 3 : 1;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\n') {
        if (!tripled) return;
        ++line_;
        line_begin_ = at_ + 1;
      }
      if (c == '\\' && quote == '"') {
        at_ += 2;
      } else if (c == quote && (!tripled || text_.substr(at_, 3) == std::string(3, quote))) {
        at_ += tripled ? 3 : 1;
        return;
      } else {
        ++at_;
      }
    }
  }

  TextError too_deep() const {
    return {"nested deeper than " + std::to_string(deepest_nesting) + " levels", line_,
            static_cast<std::uint32_t>(at_ - line_begin_ + 1)};
  }

  std::string_view text_;
  std::size_t at_ = 0, line_begin_ = 0;
  std::uint32_t line_ = 1;
  unsigned brackets_ = 0, dots_ = 0;
};

}  // namespace

const Member* Node::find(std::string_view name) const { return const_cast<Node*>(this)->find(name); }

Member* Node::find(std::string_view name) {
  const auto place = lower_bound(members, name);
  return place != members.end() && place->name == name ? &*place : nullptr;
}

std::string_view kind_name(Node::Kind kind) {
  switch (kind) {
    case Node::Kind::table:
      return "a table";
    case Node::Kind::array:
      return "a list";
    case Node::Kind::text:
      return "a text";
    case Node::Kind::integer:
      return "a whole number";
    case Node::Kind::real:
      return "a number";
    case Node::Kind::boolean:
      return "true or false";
    case Node::Kind::date:
      return "a date";
  }
  return "";
}

void insert_member(Node& table, Member member) {
  const auto place = lower_bound(table.members, member.name);
  if (place != table.members.end() && place->name == member.name)
    *place = std::move(member);
  else
    table.members.insert(place, std::move(member));
}

void merge(Node& base, Node over) {
  if (base.is_table() && over.is_table() && !over.inline_table) {
    for (Member& member : over.members) {
      if (Member* old = base.find(member.name)) {
        merge(old->value, std::move(member.value));
        old->at = member.at;
      } else {
        insert_member(base, std::move(member));
      }
    }
    base.at = over.at;
  } else if (is_array_of_tables(base) && is_array_of_tables(over)) {
    std::move(over.items.begin(), over.items.end(), std::back_inserter(base.items));
  } else {
    base = std::move(over);
  }
}

TextError check_nesting(std::string_view text) { return NestingScan(text).run(); }

}  // namespace burgeon
