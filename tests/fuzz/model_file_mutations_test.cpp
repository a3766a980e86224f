// Every key of every model file, made wrong in every way that applies: each must be refused with a line.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "models/catalogue.h"
#include "spec/read.h"
#include "support/model_texts.h"
#include "support/slow_models.h"
#include "support/test_catalogue.h"
#include "support/toml_leaves.h"

namespace burgeon {
namespace {

namespace fs = std::filesystem;
using test::is_number;
using test::Leaf;
using test::quantity;
using test::toml_leaves;

struct Model {
  std::string name;
  std::string text;
  const Catalogue* catalogue;
};

/// Every key of courses, slow processes, couplings, bursts and leaps.
std::string slow_text() {
  return test::asynchronous_text(1, "60 s",
                                 "first_leap = \"5 s\"\nlongest_leap = \"1 d\"\nlongest_burst = \"6 s\"\ntolerance = "
                                 "0.02\nprobe_every = 10\n",
                                 R"(
[courses.load]
value = [["0 s", "1 mg"], ["20 s", "2 mg"]]
unit = "mg"
interpolation = "ramp"
repeat = { every = "1 d", count = 3 }
[courses.visit]
value = [["0 s", 0.0], ["20 s", 1.0]]
[slow.stress]
load = "visit.level"
tau = "2 d"
[slow.glutamate]
rate = "exc.rate.relative"
tau = "30 s"
feedback = 0.5
[slow.scaling]
model = "synaptic_scaling"
target = "inh"
rate = "inh.rate"
target_rate = "5 Hz"
[couplings.weights]
signal = "glutamate.tone"
projection = "inh_exc"
)");
}

std::vector<Model> models() {
  std::vector<Model> list = {{"models/conductance.toml", test::conductance_text, &test::catalogue()},
                             {"models/linear.toml", test::linear_text, &test::catalogue()},
                             {"models/slow.toml", slow_text(), &test::slow_catalogue()}};
  const char* variable = std::getenv("BURGEON_ROOT");
  const fs::path root = fs::path(variable ? variable : BURGEON_ROOT) / "models";
  for (const char* folder : {"experiments", "circuits"}) {
    if (!fs::exists(root / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (entry.path().extension() != ".toml") continue;
      std::ostringstream text;
      text << std::ifstream(entry.path()).rdbuf();
      list.push_back({entry.path().string(), text.str(), &models::v2::catalogue()});
    }
  }
  std::sort(list.begin() + 3, list.end(), [](const Model& a, const Model& b) { return a.name < b.name; });
  return list;
}

ReadResult read(const Model& model, const std::string& text) {
  return read_model_text(text, model.name, *model.catalogue);
}

bool free_text(const Leaf& leaf) {
  return leaf.path == ".title" || leaf.path == ".description" || leaf.key == "class" || leaf.key == "extends";
}

/// Applies mutations to one model and keeps count.
class Mutator {
 public:
  explicit Mutator(const Model& model) : model_(model) {}

  void run() {
    ASSERT_TRUE(read(model_, model_.text).spec.has_value() || !whole()) << model_.name;
    for (const Leaf& leaf : toml_leaves(model_.text)) {
      if (leaf.end == 0) {
        ++skipped["text over several lines"];
        continue;
      }
      keys(leaf);
      values(leaf);
    }
  }

  std::map<std::string, int> tried, skipped;

 private:
  // A circuit without title or duration is not a run of its own.
  bool whole() const {
    if (model_.text.find("duration") != std::string::npos) return true;
    return model_.text.find("extends") != std::string::npos && model_.text.find("title") != std::string::npos;
  }

  void keys(const Leaf& leaf) {
    if (leaf.key.empty()) return;
    ASSERT_EQ(model_.text.compare(leaf.key_at, leaf.key.size(), leaf.key), 0) << model_.name << leaf.path;
    refuse("typo", leaf, inserted(leaf.key_at + leaf.key.size(), "zq"));
    const std::string copy = model_.text.substr(leaf.key_at, leaf.end - leaf.key_at);
    if (leaf.in_inline_table) {
      refuse("duplicate", leaf, inserted(leaf.key_at, copy + ", "));
    } else {
      const std::size_t line = model_.text.rfind('\n', leaf.key_at) + 1;
      const std::size_t next = model_.text.find('\n', leaf.end) + 1;
      refuse("duplicate", leaf, inserted(line, model_.text.substr(line, next - line)));
    }
  }

  void values(const Leaf& leaf) {
    if (const auto value = quantity(leaf)) {
      refuse("wrong unit", leaf, with(leaf, "\"1 umol^3\""));
      refuse("unknown unit", leaf, with(leaf, "\"1 furlong\""));
      refuse("bare number", leaf, with(leaf, "1.5"));
      refuse("number without unit", leaf, with(leaf, "\"1.5\""));
      const std::string unit = leaf.value.substr(leaf.value.find_first_not_of("+-0123456789.eE "));
      out_of_range(leaf, "\"1e30 " + unit + "\"", "\"-1e30 " + unit + "\"");
      not_a_multiple(leaf);
    } else if (is_number(leaf)) {
      refuse("quoted number", leaf, with(leaf, "\"" + model_.text.substr(leaf.begin, leaf.end - leaf.begin) + "\""));
      out_of_range(leaf, "9223372036854775807", "-1");
    } else if (leaf.kind == Node::Kind::boolean) {
      refuse("quoted boolean", leaf, with(leaf, "\"true\""));
    } else if (free_text(leaf)) {
      refuse("number for a text", leaf, with(leaf, "7"));
    } else {
      refuse("unknown reference", leaf, with(leaf, "\"no_such_thing\""));
      refuse("number for a name", leaf, with(leaf, "7"));
    }
  }

  // Some quantities have no limits (currents' weights, clamped signals): counted, and bounded below.
  void out_of_range(const Leaf& leaf, const std::string& high, const std::string& low) {
    if (refused(with(leaf, high)) || refused(with(leaf, low)))
      ++tried["out of range"];
    else
      ++skipped["no range: " + leaf.key];
  }

  void not_a_multiple(const Leaf& leaf) {
    const bool sampled = leaf.key == "every" && (leaf.path.find(".record.") != std::string::npos ||
                                                 leaf.path.find(".redraw.") != std::string::npos);
    if (leaf.key != "duration" && leaf.key != "slow_tick" && leaf.key != "delay" && !sampled) return;
    refuse("not a multiple of dt", leaf, with(leaf, "\"7.7777777 ms\""));
  }

  std::string inserted(std::size_t at, const std::string& what) const {
    return std::string(model_.text).insert(at, what);
  }
  std::string with(const Leaf& leaf, const std::string& value) const {
    return std::string(model_.text).replace(leaf.begin, leaf.end - leaf.begin, value);
  }
  bool refused(const std::string& text) const {
    const ReadResult result = read(model_, text);
    const auto placed = [](const Diagnostic& d) {
      return d.severity == Diagnostic::Severity::error && d.line > 0 && d.column > 0;
    };
    return !result.spec.has_value() && std::any_of(result.diagnostics.begin(), result.diagnostics.end(), placed);
  }
  void refuse(const std::string& what, const Leaf& leaf, const std::string& text) {
    ++tried[what];
    EXPECT_TRUE(refused(text)) << model_.name << ": " << what << " of " << leaf.path << " went through";
  }

  const Model& model_;
};

TEST(ModelFileMutations, EveryWrongKeyIsRefusedWithItsLine) {
  std::map<std::string, int> tried;
  std::map<std::string, int> skipped;
  for (const Model& model : models()) {
    Mutator mutator(model);
    mutator.run();
    for (const auto& [what, count] : mutator.tried) tried[what] += count;
    for (const auto& [what, count] : mutator.skipped) skipped[what] += count;
  }
  int all = 0;
  int left_out = 0;
  for (const auto& [what, count] : tried) {
    std::cout << "  " << count << " x " << what << "\n";
    all += count;
  }
  for (const auto& [what, count] : skipped) {
    std::cout << "  left out " << count << " x " << what << "\n";
    left_out += count;
  }
  EXPECT_GT(all, 1000);
  EXPECT_LT(left_out, all / 20);
  for (const char* what : {"typo", "duplicate", "wrong unit", "bare number", "quoted number", "out of range",
                           "not a multiple of dt", "unknown reference"})
    EXPECT_GT(tried[what], 10) << what;
}

}  // namespace
}  // namespace burgeon
