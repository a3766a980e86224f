// MemorySink: every table widened to double and kept.

#include <stdexcept>

#include "base/errors.h"
#include "record/sink.h"

namespace burgeon {

namespace {

/// True when the values are of the column's declared type.
bool fits(const Column& column, const ColumnData& data) {
  switch (column.type) {
    case Column::Type::f32:
      return std::holds_alternative<std::span<const float>>(data);
    case Column::Type::f64:
      return std::holds_alternative<std::span<const double>>(data);
    case Column::Type::u32:
      return std::holds_alternative<std::span<const std::uint32_t>>(data);
    case Column::Type::u64:
      return std::holds_alternative<std::span<const std::uint64_t>>(data);
    case Column::Type::u8:
      return std::holds_alternative<std::span<const std::uint8_t>>(data);
  }
  return false;
}

std::size_t length(const ColumnData& data) {
  return std::visit([](const auto& values) { return values.size(); }, data);
}

}  // namespace

std::size_t MemorySink::declare(const Table& table) {
  expect(!table.columns.empty(), "a table has columns");
  for (const auto& stored : tables_) {
    expect(stored.table.kind != table.kind || stored.table.name != table.name, "a table is declared once");
  }
  tables_.push_back({table, std::vector<std::vector<double>>(table.columns.size())});
  return tables_.size() - 1;
}

void MemorySink::append(std::size_t table, std::span<const ColumnData> columns) {
  expect(table < tables_.size(), "the table was declared");
  Stored& stored = tables_[table];
  expect(columns.size() == stored.table.columns.size(), "one span per column");

  // Every column brings the same number of whole rows; checked before anything is kept.
  const std::size_t rows = length(columns[0]) / stored.table.columns[0].width;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    expect(fits(stored.table.columns[i], columns[i]), "values have the column's type");
    expect(length(columns[i]) == rows * stored.table.columns[i].width, "columns have equally many rows");
  }

  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::vector<double>& kept = stored.columns[i];
    std::visit(
        [&kept](const auto& values) {
          for (const auto value : values) kept.push_back(static_cast<double>(value));
        },
        columns[i]);
  }
}

const MemorySink::Stored& MemorySink::table(Table::Kind kind, const std::string& name) const {
  for (const auto& stored : tables_) {
    if (stored.table.kind == kind && stored.table.name == name) return stored;
  }
  throw std::out_of_range("no table named '" + name + "'");
}

}  // namespace burgeon
