// MemorySink keeps what it is given, widened to double, and refuses what doesn't fit.

#include <gtest/gtest.h>

#include "base/errors.h"
#include "unit/io_run.h"

namespace burgeon {
namespace {

using namespace io_run;

TEST(MemorySink, KeepsAllTypesInOrder) {
  MemorySink sink;
  declare(sink);
  feed(sink, 0, 9);
  const auto& report = sink.table(Table::Kind::report, "v");
  ASSERT_EQ(report.columns[0].size(), 9U);
  ASSERT_EQ(report.columns[1].size(), 9U * report_size);
  EXPECT_EQ(report.columns[1][2 * report_size + 3], -70.0 + 1.0 + 3.0);
  const auto& topology = sink.table(Table::Kind::topology, "pyr_to_pv");
  EXPECT_EQ(topology.columns[2], (std::vector<double>{0, 4, 8}));
  EXPECT_EQ(topology.columns[1], (std::vector<double>{0, 1, 0}));
}

TEST(MemorySink, NamesAreUniquePerKind) {
  MemorySink sink;
  EXPECT_EQ(sink.declare(tables()[0]), 0U);
  EXPECT_EQ(sink.declare(tables()[1]), 1U);
  EXPECT_THROW(sink.declare(tables()[0]), InternalError);
  EXPECT_THROW((void)sink.table(Table::Kind::series, "pyr"), std::out_of_range);
}

TEST(MemorySink, KeepsNothingOfARefusedAppend) {
  MemorySink sink;
  declare(sink);
  const std::vector<double> two{1.0, 2.0};
  const std::vector<std::uint64_t> one{1};
  const std::vector<float> wrong{1.0F};
  EXPECT_THROW(sink.append(0, std::vector<ColumnData>{span_of(two), span_of(one)}), InternalError);
  EXPECT_THROW(sink.append(0, std::vector<ColumnData>{span_of(wrong), span_of(one)}), InternalError);
  EXPECT_THROW(sink.append(99, std::vector<ColumnData>{}), InternalError);
  EXPECT_TRUE(sink.table(Table::Kind::spikes, "pyr").columns[0].empty());
}

TEST(MemorySink, KeepsTheEnd) {
  MemorySink sink;
  sink.close(ended());
  EXPECT_TRUE(sink.end().complete);
  EXPECT_EQ(sink.end().summary[0].name, "rate.pyr");
}

}  // namespace
}  // namespace burgeon
