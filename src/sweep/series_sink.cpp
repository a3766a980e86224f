#include "sweep/series_sink.h"

#include <algorithm>
#include <limits>

#include "base/units.h"

namespace burgeon {

namespace {

/// Share of a straight line from `a` to `b` that lies above a threshold.
double share_above(double a, double b, double threshold) {
  if (a > threshold && b > threshold) return 1.0;
  if (!(a > threshold) && !(b > threshold)) return 0.0;
  const double crossing = (threshold - a) / (b - a);
  return b > a ? 1.0 - crossing : crossing;
}

/// Value at `t` on the line from (t0, a) to (t1, b); NaN when nothing came after t0.
double between(double t0, double a, double t1, double b, double t) {
  if (t == t0) return a;
  if (t1 < 0.0) return std::numeric_limits<double>::quiet_NaN();
  return a + (b - a) * (t - t0) / (t1 - t0);
}

}  // namespace

SeriesSink::SeriesSink(const std::vector<Output>& outputs, Sink* series) : series_(series) {
  for (const Output& output : outputs)
    if (output.reduce != Output::Reduce::measure) reductions_.push_back({.output = &output});
}

std::size_t SeriesSink::declare(const Table& table) {
  const std::size_t number = tables_++;
  passed_on_.emplace_back();
  if (table.kind != Table::Kind::series) return number;
  if (series_) passed_on_.back() = series_->declare(table);
  // Column 0 is time.
  for (std::size_t c = 1; c < table.columns.size(); ++c)
    for (Reduction& reduction : reductions_)
      if (reduction.column == 0 && table.columns[c].width == 1 && reduction.output->source == table.columns[c].name) {
        reduction.table = number;
        reduction.column = c;
        reduction.unit = table.columns[c].unit;
      }
  return number;
}

void SeriesSink::append(std::size_t table, std::span<const ColumnData> columns) {
  if (!checked_) check();
  if (passed_on_[table]) series_->append(*passed_on_[table], columns);
  for (Reduction& r : reductions_) {
    if (r.table != table) continue;
    const auto* times = std::get_if<std::span<const double>>(&columns[0]);
    const auto* values = std::get_if<std::span<const double>>(&columns[r.column]);
    if (!times || !values) continue;
    for (std::size_t i = 0; i < times->size(); ++i) {
      const double t = (*times)[i];
      const double value = (*values)[i];
      if (t > r.output->stop && r.after_time < 0.0) {
        r.after = value;
        r.after_time = t;
      }
      if (t < r.output->start || t > r.output->stop) continue;
      if (r.count > 0.0) r.time_above += (t - r.last_time) * share_above(r.last, value, r.output->above);
      if (r.count == 0.0 || value > r.high) r.time_of_high = t;
      r.low = r.count == 0.0 ? value : std::min(r.low, value);
      r.high = r.count == 0.0 ? value : std::max(r.high, value);
      r.sum += value;
      r.last = value;
      r.last_time = t;
      r.count += 1.0;
    }
  }
}

std::vector<Measure> SeriesSink::measures() const {
  std::vector<Measure> result;
  for (const Reduction& r : reductions_) {
    double value = std::numeric_limits<double>::quiet_NaN();
    if (r.count > 0.0) {
      using enum Output::Reduce;
      const Output::Reduce how = r.output->reduce;
      value = how == mean          ? r.sum / r.count
              : how == min         ? r.low
              : how == max         ? r.high
              : how == time_of_max ? r.time_of_high / unit_factor(r.output->time_unit)
              : how == time_above  ? r.time_above / unit_factor(r.output->time_unit)
              : how == at          ? between(r.last_time, r.last, r.after_time, r.after, r.output->stop)
                                   : r.last;
    }
    result.push_back({r.output->name, value, r.output->is_time() ? r.output->time_unit : r.unit, ""});
  }
  return result;
}

void SeriesSink::check() {
  checked_ = true;
  for (const Reduction& r : reductions_)
    if (r.column == 0)
      throw UnknownSeries("output '" + r.output->name + "': no record of the run writes the series '" +
                          r.output->source + "'");
}

}  // namespace burgeon
