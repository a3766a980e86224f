// Files made to hurt: huge, deep, endless, not text. They are refused, and nothing is thrown.

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "spec/read.h"
#include "support/model_texts.h"
#include "support/test_catalogue.h"
#include "toml/tree.h"

namespace burgeon {
namespace {

namespace fs = std::filesystem;

std::string first_message(const ReadResult& result) {
  EXPECT_FALSE(result.spec.has_value());
  return result.diagnostics.empty() ? "" : result.diagnostics.front().message;
}

ReadResult read(const std::string& text) { return read_model_text(text, "models/m.toml", test::catalogue()); }

std::string repeated(const std::string& what, std::size_t count) {
  std::string text;
  for (std::size_t k = 0; k < count; ++k) text += what;
  return text;
}

TEST(Hostile, NestingBombsAreRefusedBeforeParsing) {
  const std::size_t many = largest_file / 8;
  for (const std::string& bomb :
       {"x = " + repeated("[", many), "x = " + repeated("{a=", many), repeated("a.", many) + "b = 1",
        "[" + repeated("a.", many) + "b]", "[[" + repeated("a . ", many / 2) + "b]]", "x = " + repeated("[[],", many)})
    EXPECT_NE(first_message(read(bomb)).find("nested deeper than 64"), std::string::npos) << bomb.substr(0, 20);
}

TEST(Hostile, DepthAddsUpOverHeadersDotsAndInlineTables) {
  // 40 + 40 levels, each part below the limit.
  const std::string text = "[" + repeated("a.", 40) + "b]\n" + repeated("c.", 40) + "d = 1\n";
  EXPECT_NE(first_message(read(text)).find("nested deeper than 64"), std::string::npos);
  std::string inline_tables = "x = ";
  for (int k = 0; k < 60; ++k) inline_tables += "{" + repeated("a.", 60) + "b = ";
  EXPECT_NE(first_message(read(inline_tables + "1" + repeated("}", 60))).find("nested deeper than 64"),
            std::string::npos);
}

TEST(Hostile, BracketsInStringsAndCommentsDoNotCount) {
  const std::string brackets = repeated("[{", 100);
  for (const std::string& text : {"# " + brackets + "\n", "x = \"" + brackets + "\"\n", "x = '" + brackets + "'\n",
                                  "x = \"\"\"\n\"" + brackets + "\n\"\"\"\n", "x = '''" + brackets + "\n'''\n",
                                  "x = \"\\\"" + brackets + "\"\n", "x = 1.5 # " + repeated(".", 100) + "\n"})
    EXPECT_EQ(check_nesting(text).message, "") << text.substr(0, 12);
  EXPECT_EQ(check_nesting("x = \"a\"\ny = " + repeated("[", 65)).line, 2U);
  EXPECT_EQ(check_nesting("y = " + repeated("[", 64)).message, "");
  EXPECT_EQ(check_nesting("y = [" + repeated("1.5, ", 1000) + "]").message, "");
}

TEST(Hostile, HugeFilesAreRefusedBySize) {
  const fs::path file = fs::temp_directory_path() / ("burgeon_huge_" + std::to_string(::getpid()) + ".toml");
  std::ofstream(file) << "x = ";
  fs::resize_file(file, 100'000'000);
  EXPECT_NE(first_message(read_model(file, test::catalogue())).find("too large"), std::string::npos);
  fs::remove(file);
  EXPECT_NE(first_message(read(std::string(largest_file + 1, '['))).find("too large"), std::string::npos);
}

TEST(Hostile, HugeNetworksAreRefused) {
  for (const char* n : {"1000000000000", "4294967296", "9223372036854775807", "99999999999999999999999", "-1", "0"}) {
    std::string text = test::linear_text;
    text.replace(text.find("n = 80"), 6, std::string("n = ") + n);
    EXPECT_FALSE(read(text).spec.has_value()) << n;
  }
  // Within the range of indices, but far beyond memory: the estimate refuses it and says what is to blame.
  std::string text = test::linear_text;
  text.replace(text.find("n = 80"), 6, "n = 4000000000");
  const ReadResult result = read(text);
  EXPECT_NE(first_message(result).find("the biggest part is projection 'ee'"), std::string::npos)
      << first_message(result);
}

TEST(Hostile, ExpansionsAreBounded) {
  // A hundred thousand doses, a thousand times over.
  std::string text = std::string(test::conductance_text);
  for (int k = 0; k < 1000; ++k)
    text +=
        "[[doses]]\ndrug = \"ketamine\"\nroute = \"iv\"\namount = \"1 mg\"\nrepeat = { every = \"1 ms\", count = "
        "100000 }\n";
  EXPECT_NE(first_message(read(text)).find("expand to more than"), std::string::npos);
}

TEST(Hostile, BytesThatAreNoText) {
  for (const std::string& text : {std::string("\xff\xfe\x00\x01", 4), std::string(1000, '\0'),
                                  std::string("title = \"\xc3\x28\""), std::string("\xef\xbb\xbf")}) {
    const ReadResult result = read(text);
    EXPECT_FALSE(result.spec.has_value());
    for (const Diagnostic& d : result.diagnostics) {
      EXPECT_NO_THROW(static_cast<void>(diagnostic_json(d)));
      EXPECT_NO_THROW(static_cast<void>(format_diagnostic(d, true)));
    }
  }
}

TEST(Hostile, HeadersWithoutKeys) {
  for (const char* text :
       {"[ #", "[#]", "[[ =]]", "[ ]", "[]", "[.a]", "[a.]", "= 1", "a. = 1", "{", "x = {#}", "x = { = 1 }", "[\n]"}) {
    const ReadResult result = read(text);
    EXPECT_FALSE(result.spec.has_value()) << text;
    EXPECT_GT(result.diagnostics.at(0).line, 0U) << text;
  }
}

TEST(Hostile, RandomDamageNeverThrows) {
  std::mt19937_64 random(12345);
  const std::string alphabet = "[]{}=\"'.,#\n\\ -+e0159azN%/^";
  for (const char* original : {test::conductance_text, test::linear_text})
    for (int round = 0; round < 1500; ++round) {
      std::string text = original;
      const std::size_t edits = 1 + random() % 4;
      for (std::size_t k = 0; k < edits; ++k) {
        const std::size_t at = random() % text.size();
        const char c = alphabet[random() % alphabet.size()];
        switch (random() % 4) {
          case 0:
            text[at] = c;
            break;
          case 1:
            text.insert(at, 1, c);
            break;
          case 2:
            text.erase(at, 1 + random() % 20);
            break;
          default:
            text.insert(at, text.substr(random() % text.size(), random() % 40));
        }
      }
      ASSERT_NO_THROW({
        const ReadResult result = read(text);
        ASSERT_TRUE(result.spec.has_value() || !result.diagnostics.empty()) << text;
        for (const Diagnostic& d : result.diagnostics)
          static_cast<void>(format_diagnostic(d, false) + diagnostic_json(d));
      }) << text;
    }
}

TEST(Hostile, EveryPrefixOfAFileIsRefusedOrRead) {
  const std::string text = test::conductance_text;
  for (std::size_t k = 0; k < text.size(); k += 7) ASSERT_NO_THROW(static_cast<void>(read(text.substr(0, k)))) << k;
}

}  // namespace
}  // namespace burgeon
