// The named presets against independently computed predictions of the same published sets: table of docs/drugs.md.
// Total plasma of S and R together, ng/mL, 70 kg; the escalation and the long infusion per enantiomer.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <optional>

#include "support/pk.h"

namespace {

using namespace burgeon;
using models::v2::ketamine;
using test::Pk;

constexpr std::size_t columns = 13;
constexpr const char* heading[columns] = {"0.5 mg/kg 40 min: 40",
                                          "80",
                                          "110",
                                          "230 min",
                                          "0.35 mg/kg/h: 4 h",
                                          "2 mg/kg: 2",
                                          "10 min",
                                          "S 22.2 mg/h",
                                          "escalation: 1",
                                          "2",
                                          "3",
                                          "5 h",
                                          "R 3 h"};

std::vector<double> predict(const char* preset, bool racemic_kinetics) {
  Pk pk(ketamine, preset);
  // The published predictions give both enantiomers the same kinetics.
  if (racemic_kinetics) pk.set("CL_R_over_S", 1.0).set("V_R_over_S", 1.0);
  std::vector<double> row;
  pk.dose(Route::intravenous, 35.0, 0.0, 40.0);
  for (const double t : {40.0, 80.0, 110.0, 230.0}) row.push_back(pk.at(t, "plasma_ng_ml"));
  pk.clear().dose(Route::intravenous, 0.35 * 70.0 * 4.0, 0.0, 240.0);
  row.push_back(pk.at(240.0, "plasma_ng_ml"));
  pk.clear().dose(Route::intravenous, 140.0, 0.0, 1.0);
  for (const double t : {2.0, 10.0}) row.push_back(pk.at(t, "plasma_ng_ml"));
  pk.clear().set("fraction_S", 1.0).dose(Route::intravenous, 22.2 * 1000.0, 0.0, 60000.0);
  row.push_back(pk.at(60000.0, "plasma_S"));
  pk.clear().set("fraction_S", 0.5);
  const double rates[] = {0.28, 0.57, 1.14};
  for (int hour = 0; hour < 3; ++hour) pk.dose(Route::intravenous, 70.0 * rates[hour], 60.0 * hour, 60.0);
  for (const double t : {60.0, 120.0, 180.0, 300.0}) row.push_back(pk.at(t, "plasma_S"));
  row.push_back(pk.at(180.0, "plasma_R"));
  return row;
}

struct Row {
  const char* preset;
  std::array<double, 12> expected;
};

constexpr Row table[] = {
    {"domino", {240, 46, 38, 18, 182, 4199, 677, 192, 49, 111, 230, 44}},
    {"clements", {177, 85, 63, 36, 207, 1093, 873, 277, 42, 103, 220, 81}},
    {"herd", {253, 96, 74, 26, 245, 2986, 1256, 247, 57, 137, 287, 70}},
    {"two_compartment_refit", {288, 51, 29, 18, 198, 2589, 1661, 240, 60, 130, 267, 38}},
    {"kamp", {253, 70, 51, 31, 222, 2149, 1406, 281, 55, 126, 263, 69}},
};

TEST(PkPresets, PredictThePublishedTable) {
  for (const Row& row : table) {
    const std::vector<double> predicted = predict(row.preset, true);
    for (std::size_t k = 0; k < row.expected.size(); ++k)
      // 2 % and the rounding of the table.
      EXPECT_NEAR(predicted[k], row.expected[k], 0.02 * row.expected[k] + 0.5) << row.preset << ", " << heading[k];
  }
}

// Prints the table of docs/drugs.md (in the log of the test).
TEST(PkPresets, PrintTable) {
  std::printf("| preset |");
  for (const char* name : heading) std::printf(" %s |", name);
  for (const PresetRow& preset : ketamine.presets) {
    if (preset.species != "human") continue;
    std::printf("\n| %s |", preset.name.data());
    for (const double value : predict(preset.name.data(), false)) {
      EXPECT_GT(value, 0.0);
      std::printf(" %.0f |", value);
    }
  }
  std::printf("\n");
}

}  // namespace
