// Every key of every sweep file, made wrong in every way that applies: `burgeon sweep plan` must refuse each, by the sweep file
// itself, by the models that its runs would have, or by outputs that no run would write.

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>

#include "models/catalogue.h"
#include "support/toml_leaves.h"
#include "sweep/design.h"
#include "sweep/estimate.h"
#include "sweep/fit.h"

namespace burgeon {
namespace {

namespace fs = std::filesystem;
using test::Leaf;

std::string text_of(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

class SweepFileMutations : public testing::Test {
 protected:
  // Sweep files name models by paths relative to themselves, so all of them are copied.
  SweepFileMutations()
      : root_(fs::temp_directory_path() / ("burgeon_sweep_mutations_" + std::to_string(::getpid())) / "models") {
    const char* variable = std::getenv("BURGEON_ROOT");
    const fs::path models = fs::path(variable ? variable : BURGEON_ROOT) / "models";
    for (const char* folder : {"circuits", "experiments", "sweeps"}) {
      fs::create_directories(root_);
      fs::copy(models / folder, root_ / folder, fs::copy_options::recursive);
    }
    for (const auto& entry : fs::directory_iterator(root_ / "sweeps"))
      if (entry.path().extension() == ".toml") files_.push_back(entry.path());
  }
  ~SweepFileMutations() override { fs::remove_all(root_.parent_path()); }

  bool refused(const std::string& text) {
    const fs::path file = root_ / "sweeps" / "mutated.toml";
    std::ofstream(file) << text;
    SweepReadResult read = read_sweep(file);
    why_ = "the file itself";
    if (!read.spec) return true;
    const std::vector<double> start = read.spec->fit ? fit_start(*read.spec) : std::vector<double>{};
    const SweepPlan plan = read.spec->fit ? SweepPlan{*read.spec, start, {}} : make_plan(*read.spec);
    constexpr std::size_t looked_at = 24;
    for (const auto& invalid : estimate_sweep(plan, models::v2::catalogue(), looked_at).invalid) {
      why_ = invalid.message;
      return true;
    }
    for (const std::string& complaint : unknown_outputs(plan, models::v2::catalogue())) {
      why_ = complaint;
      return true;
    }
    return false;
  }

  void refuse(const std::string& what, const fs::path& file, const Leaf& leaf, const std::string& text) {
    ++tried_[what];
    EXPECT_TRUE(refused(text)) << file.filename() << ": " << what << " of " << leaf.path << " went through";
  }

  void keys(const fs::path& file, const std::string& text, const Leaf& leaf) {
    if (leaf.key.empty()) return;
    const std::string copy = text.substr(leaf.key_at, leaf.end - leaf.key_at);
    // The last word of a key that is quoted or dotted: what stands before '=' and blanks.
    const std::size_t equals = text.find('=', leaf.key_at);
    std::size_t last = text.find_last_not_of(" =", equals);
    if (text[last] != '"') ++last;
    refuse("typo", file, leaf, std::string(text).insert(last, "zq"));
    if (leaf.in_inline_table) {
      refuse("duplicate", file, leaf, std::string(text).insert(leaf.key_at, copy + ", "));
    } else {
      const std::size_t line = text.rfind('\n', leaf.key_at) + 1, next = text.find('\n', leaf.end) + 1;
      refuse("duplicate", file, leaf, std::string(text).insert(line, text.substr(line, next - line)));
    }
  }

  void values(const fs::path& file, const std::string& text, const Leaf& leaf) {
    const auto with = [&](const std::string& value) {
      return std::string(text).replace(leaf.begin, leaf.end - leaf.begin, value);
    };
    if (test::quantity(leaf)) {
      refuse("wrong unit", file, leaf, with("\"1 umol^3\""));
      refuse("unknown unit", file, leaf, with("\"1 furlong\""));
      refuse("bare number", file, leaf, with("1.5"));
    } else if (test::is_number(leaf)) {
      refuse("quoted number", file, leaf, with("\"" + text.substr(leaf.begin, leaf.end - leaf.begin) + "\""));
      refuse("not a number", file, leaf, with("nan"));
    } else if (leaf.kind == Node::Kind::boolean) {
      refuse("quoted boolean", file, leaf, with("\"true\""));
    } else {
      if (leaf.path != ".title" && leaf.path != ".description")
        refuse("unknown reference", file, leaf, with("\"no_such_thing\""));
      refuse("number for a text", file, leaf, with("7"));
    }
  }

  fs::path root_;
  std::vector<fs::path> files_;
  std::map<std::string, int> tried_;
  std::string why_;  ///< the last refusal
};

TEST_F(SweepFileMutations, EveryWrongKeyIsRefusedBeforeAnythingRuns) {
  ASSERT_GT(files_.size(), 5U);
  int skipped = 0;
  for (const fs::path& file : files_) {
    const std::string text = text_of(file);
    ASSERT_FALSE(refused(text)) << file << ": " << why_;
    for (const Leaf& leaf : test::toml_leaves(text)) {
      if (leaf.end == 0) {
        ++skipped;  // texts over several lines
        continue;
      }
      keys(file, text, leaf);
      values(file, text, leaf);
    }
  }
  int all = 0;
  for (const auto& [what, count] : tried_) {
    std::cout << "  " << count << " x " << what << "\n";
    all += count;
  }
  EXPECT_GT(all, 500);
  EXPECT_LT(skipped, all / 20);
}

}  // namespace
}  // namespace burgeon
