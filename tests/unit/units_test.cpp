// Units: every factor that an equation would notice, and errors that say which unit is wrong.

#include "base/units.h"

#include <gtest/gtest.h>

#include "base/nearest.h"

namespace burgeon {
namespace {

double value(const char* text) {
  const auto quantity = parse_quantity(text);
  EXPECT_TRUE(quantity.has_value()) << text;
  return quantity ? quantity->value : 0.0;
}

std::string dimension(const char* text) { return dimension_name(parse_quantity(text).value().dimension); }

std::string error(const char* text) {
  std::string message;
  EXPECT_FALSE(parse_quantity(text, &message).has_value()) << text;
  return message;
}

TEST(Units, ConvertToTheInternalSystem) {
  EXPECT_EQ(value("40 min"), 2.4e6);
  EXPECT_EQ(value("2 d"), 2 * 86400e3);
  EXPECT_EQ(value("1 wk"), 7 * 86400e3);
  EXPECT_EQ(value("1.5 V"), 1500.0);
  EXPECT_EQ(value("2 uS"), 2000.0);
  EXPECT_EQ(value("0.3 nA"), 300.0);
  EXPECT_EQ(value("1.2 nF"), 1200.0);
  EXPECT_EQ(value("2.4 kHz"), 2.4);
  EXPECT_EQ(value("2400 Hz"), 2.4);
  EXPECT_EQ(value("50 %"), 0.5);
  EXPECT_EQ(value("250 ug"), 0.25);
  EXPECT_EQ(value("3 nM"), 0.003);
  EXPECT_EQ(value("2 mM"), 2000.0);
  EXPECT_EQ(value("0.9 mm"), 900.0);
  EXPECT_EQ(value("-70 mV"), -70.0);
  EXPECT_EQ(value("+1e-3 s"), 1.0);
  EXPECT_EQ(value("5 \xC2\xB5M"), 5.0);
}

TEST(Units, ProductsPowersAndQuotients) {
  EXPECT_EQ(value("0.5 mg/kg"), 0.5);
  EXPECT_DOUBLE_EQ(value("36 L/h/kg"), 36.0 / 3.6e6);
  EXPECT_DOUBLE_EQ(value("0.15 uM^-1 s^-1"), 0.15e-3);
  EXPECT_EQ(value("0.15 1/uM/s"), value("0.15 uM^-1 s^-1"));
  EXPECT_EQ(value("0.15 1/(uM s)"), value("0.15 uM^-1 s^-1"));
  EXPECT_EQ(value("10 pF*mV/ms"), 10.0);
  EXPECT_EQ(dimension("10 pF*mV/ms"), "current");
  EXPECT_EQ(dimension("1 pA/nS"), "voltage");
  EXPECT_EQ(dimension("1 umol/L"), "concentration");
}

TEST(Units, OneValueHasOneDoubleHoweverItIsWritten) {
  // 0.0003 * 1000 != 0.3 in doubles; the decimal point is moved before conversion.
  EXPECT_EQ(value("0.0003 s"), value("0.3 ms"));
  EXPECT_EQ(value("0.3 ms"), 0.3);
  EXPECT_EQ(value("100 us"), 0.1);
  EXPECT_EQ(value("1 s"), value("1000 ms"));
}

TEST(Units, BodyMassIsNotSubstance) {
  EXPECT_EQ(dimension("70 kg"), "body mass");
  EXPECT_EQ(dimension("70 g"), "mass of substance");
  EXPECT_EQ(dimension("0.5 mg/kg"), "dose per body mass");
  EXPECT_EQ(dimension("85 L/h/kg"), "clearance per body mass");
}

TEST(Units, ErrorsNameTheUnit) {
  EXPECT_NE(error("5 msec").find("'msec'"), std::string::npos);
  EXPECT_NE(error("5 hz").find("did you mean 'Hz'"), std::string::npos);
  EXPECT_NE(error("fast").find("'fast'"), std::string::npos);
  for (const char* text : {"", "ms", "nan ms", "inf ms", "0x10 ms", "1e400 ms", "5 ms/", "5 (ms", "5 ms)", "5 ms^",
                           "5 ms^99", "5 M^9 M^9 M^9", "5 ms ^2", "1,5 ms", "((((((((((((ms))))))))))))"})
    EXPECT_FALSE(parse_quantity(text).has_value()) << text;
  EXPECT_FALSE(parse_unit(std::string(100000, '(')).has_value());
}

TEST(Units, NumbersWithoutUnitAreDimensionless) {
  EXPECT_EQ(parse_quantity("5").value().dimension, Dimension{});
  EXPECT_EQ(parse_unit("")->value, 1.0);
  EXPECT_EQ(parse_unit("1/ms")->value, 1.0);
}

TEST(Units, EveryDimensionOffersUnitsThatHaveIt) {
  for (const char* unit : {"ms", "Hz",   "mV",  "pA",     "nS",     "pF", "mg",   "kg",    "mg/kg", "uM",
                           "L",  "L/kg", "L/h", "L/h/kg", "1/uM/s", "um", "mg/L", "g/mol", "umol",  "pA mV^2"}) {
    const Dimension expected = parse_unit(unit)->dimension;
    ASSERT_FALSE(units_of(expected).empty()) << unit;
    for (const std::string& offered : units_of(expected))
      EXPECT_EQ(parse_unit(offered).value().dimension, expected) << unit << ": " << offered;
  }
}

TEST(Nearest, CountsEditsAndRefusesFarNames) {
  EXPECT_EQ(edit_distance("weigth", "weight"), 1U);
  EXPECT_EQ(edit_distance("v_m", "V_m"), 0U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  const std::vector<std::string> names = {"pyr", "pv", "sst"};
  EXPECT_EQ(nearest_name("pyx", names), "pyr");
  EXPECT_EQ(nearest_name("thalamus", names), "");
}

}  // namespace
}  // namespace burgeon
