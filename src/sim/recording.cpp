#include "sim/recording.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <numeric>
#include <utility>

#include "base/errors.h"
#include "base/units.h"

namespace burgeon {
namespace {

// Records that came from one list ("rates.pyr", "rates.pv") share one table.
std::string table_name(const RecordSpec& record) { return record.name.substr(0, record.name.find('.')); }

double reduce(RecordSpec::Reducer how, const std::vector<double>& values) {
  switch (how) {
    case RecordSpec::Reducer::min:
      return *std::min_element(values.begin(), values.end());
    case RecordSpec::Reducer::max:
      return *std::max_element(values.begin(), values.end());
    case RecordSpec::Reducer::mean:
      return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
    default:
      return std::accumulate(values.begin(), values.end(), 0.0);
  }
}

}  // namespace

Recording::Recording(const ModelSpec& spec, const Network& network, const Signals& signals,
                     std::vector<SliceWork>& slices, unsigned threads, Sink& sink)
    : spec_(&spec), sink_(&sink), dt_(spec.run.dt) {
  declare_spikes(network);
  for (const RecordSpec& record : spec.records)
    if (record.kind == RecordSpec::Kind::variable || record.kind == RecordSpec::Kind::lfp) add_probe(record, slices);
  declare_series(signals);
  declare_topology();
  Part part;
  part.spikes.resize(spec.populations.size());
  part.bins.resize(rates_.size());
  parts_.assign(threads, part);
}

void Recording::declare_topology() {
  using Type = Column::Type;
  for (std::uint32_t p = 0; p < spec_->projections.size(); ++p) {
    const ProjectionSpec& projection = spec_->projections[p];
    if (!projection.rewired) continue;
    const auto& population = spec_->populations[projection.target.population];
    const Table table{Table::Kind::topology,
                      projection.name,
                      {{"time", "ms", "biological time", Type::f64, 1},
                       {"kind", "", "what happened", Type::u8, 1},
                       {"uid", "", "identity of the synapse over its life", Type::u64, 1},
                       {"source", "", "index of the neuron in the source population", Type::u64, 1},
                       {"target", "", "index of the neuron in the target population", Type::u64, 1},
                       {"weight", std::string(population.receptors[projection.receptor].model->weight_unit),
                        "from then on; of a death: until then", Type::f32, 1},
                       {"cause", "", "why", Type::u8, 1}},
                      {{"kind.names", std::string(edit_kinds)},
                       {"cause.names", std::string(causes)},
                       {"source_population", spec_->populations[projection.source.population].name},
                       {"target_population", population.name}}};
    TopologyTable log;
    log.handle = sink_->declare(table);
    log.projection = p;
    topology_.push_back(std::move(log));
  }
}

void Recording::on_structure(Structure& structure) {
  for (SynapseSet* set : structure.sets()) {
    for (std::size_t k = 0; k < set->projections().size(); ++k) {
      const auto log = std::find_if(topology_.begin(), topology_.end(), [&](const TopologyTable& table) {
        return table.projection == set->projections()[k];
      });
      ensure(log != topology_.end(), "every rewired projection has a log");
      const std::uint64_t first = set->first().source.begin;
      for (const SynapseSet::Event& event : set->events()) {
        log->time.push_back(event.time);
        log->kind.push_back(static_cast<std::uint8_t>(event.edit.kind));
        log->uid.push_back(event.edit.uid);
        log->source.push_back(first + event.edit.source);
        log->target.push_back(event.edit.target);
        log->weight.push_back(event.edit.weight[k]);
        log->cause.push_back(event.edit.cause);
      }
    }
    set->forget();
  }
}

void Recording::declare_spikes(const Network& network) {
  spikes_.resize(network.populations.size());
  for (const RecordSpec& record : spec_->records)
    if (record.kind == RecordSpec::Kind::spikes) spikes_[record.target.population].selections.push_back(record.target);
  for (std::size_t p = 0; p < spikes_.size(); ++p) {
    if (spikes_[p].selections.empty()) continue;
    const Table table{Table::Kind::spikes,
                      spec_->populations[p].name,
                      {{"timestamps", "ms", "time of the spike", Column::Type::f64, 1},
                       {"node_ids", "", "index of the neuron in its population", Column::Type::u64, 1}},
                      {}};
    spikes_[p].handle = sink_->declare(table);
  }
}

void Recording::declare_series(const Signals& signals) {
  for (const RecordSpec& record : spec_->records) {
    if (record.kind == RecordSpec::Kind::rate) {
      const std::size_t s = series_of(record);
      rates_.push_back({&record, s,
                        add_column(s, record.target.name, "Hz", "mean firing rate of " + record.target.name),
                        period(record)});
    } else if (record.kind == RecordSpec::Kind::signal) {
      const std::size_t s = series_of(record);
      for (std::size_t k = 0; k < signals.values().size(); ++k) {
        const Signals::Value& signal = signals.values()[k];
        if (record.variable != "*" && record.variable != signal.name) continue;
        signal_columns_.push_back({&record, s, add_column(s, signal.name, signal.unit, signal.meaning), k});
      }
    } else if (record.kind == RecordSpec::Kind::block) {
      const std::size_t s = series_of(record);
      const PopulationSpec& population = spec_->populations[record.target.population];
      for (std::uint32_t r = 0; r < population.receptors.size(); ++r)
        if (population.receptors[r].model->blockable)
          block_columns_.push_back({&record, s,
                                    add_column(s, record.target.name + "." + population.receptors[r].name, "1",
                                               "mean fraction of receptors blocked by drugs"),
                                    r});
    }
  }
  for (std::size_t s = 0; s < series_.size(); ++s) series_[s].handle = sink_->declare(tables_[s]);
}

std::size_t Recording::series_of(const RecordSpec& record) {
  const std::string name = table_name(record);
  const auto found = series_by_name_.find(name);
  if (found != series_by_name_.end()) return found->second;
  tables_.push_back({Table::Kind::series, name, {{"time", "ms", "biological time", Column::Type::f64, 1}}, {}});
  series_.push_back({0, {{}}});
  series_by_name_[name] = series_.size() - 1;
  return series_.size() - 1;
}

std::size_t Recording::add_column(std::size_t series, const std::string& name, const std::string& unit,
                                  const std::string& meaning) {
  tables_[series].columns.push_back({name, unit, meaning, Column::Type::f64, 1});
  series_[series].columns.emplace_back();
  return series_[series].columns.size() - 1;
}

void Recording::add_probe(const RecordSpec& record, std::vector<SliceWork>& slices) {
  Selection target = record.target;
  if (record.subset > 0) target.count = std::min(target.count, record.subset);
  const bool lfp = record.kind == RecordSpec::Kind::lfp;
  std::size_t position = 0;
  const Step every = period(record), start = static_cast<Step>(std::llround(record.start / dt_));
  const Step stop = record.stop > 1e290 ? (Step{1} << 62) : static_cast<Step>(std::llround(record.stop / dt_));
  for (SliceWork& slice : slices) {
    PopulationSlice& population = slice.populations[target.population];
    const auto clamp = [&](std::uint64_t i) { return std::clamp(i, population.range.begin, population.range.end); };
    Probe probe;
    probe.what = lfp ? Probe::What::lfp : Probe::What::column;
    probe.column = lfp ? nullptr : population.variable(record.variable);
    ensure(lfp || probe.column != nullptr, "recorded variables exist");
    probe.begin = clamp(target.first) - population.range.begin;
    probe.end = clamp(target.first + target.count) - population.range.begin;
    probe.every = every;
    probe.start = start;
    probe.stop = stop;
    position = slice.probes[target.population].size();
    slice.probes[target.population].push_back(std::move(probe));
  }

  const bool report = !lfp && record.reducer == RecordSpec::Reducer::none;
  ProbeColumn column{&record, position, report, every, start, stop};
  const PopulationSpec& population = spec_->populations[target.population];
  if (column.report) {
    std::vector<std::uint64_t> ids(target.count);
    std::iota(ids.begin(), ids.end(), target.first);
    const Table table{
        Table::Kind::report,
        record.name,
        {{"time", "ms", "biological time", Column::Type::f64, 1},
         {"data", variable_unit(population, record.variable), record.variable, Column::Type::f32, target.count}},
        {{"population", population.name}, {"node_ids", ids}, {"dt", record.every}, {"variable", record.variable}}};
    column.handle = sink_->declare(table);
  } else {
    column.series = series_of(record);
    column.column = lfp ? add_column(column.series, target.name, "pA", "LFP proxy: sum of absolute synaptic currents")
                        : add_column(column.series, target.name + "." + record.variable,
                                     variable_unit(population, record.variable), record.variable);
  }
  probes_.push_back(std::move(column));
}

Step Recording::period(const RecordSpec& record) const {
  return std::max<Step>(1, static_cast<Step>(std::llround(record.every / dt_)));
}

bool Recording::active(const RecordSpec& record, Step now) const {
  const double t = static_cast<double>(now) * dt_;
  return t >= record.start - 1e-9 && t <= record.stop + 1e-9;
}

// Rows of one table are filled by several columns, each through an interval of time: look for the row from the back.
double& Recording::cell(std::size_t series, std::size_t column, double time) {
  auto& columns = series_[series].columns;
  auto row = columns[0].end();
  while (row != columns[0].begin() && *(row - 1) >= time) --row;
  const auto at = row - columns[0].begin();
  if (row == columns[0].end() || *row != time) {
    columns[0].insert(row, time);
    for (std::size_t k = 1; k < columns.size(); ++k) columns[k].insert(columns[k].begin() + at, std::nan(""));
  }
  return columns[column][static_cast<std::size_t>(at)];
}

void Recording::on_spikes(std::span<const Spike> spikes, std::size_t thread) {
  Part& own = parts_[thread];
  for (std::size_t begin = 0, end = 0; begin < spikes.size(); begin = end) {
    // Spikes of one population at one step: only among these the order of time is not the order of delivery.
    const Spike& first = spikes[begin];
    while (end < spikes.size() && spikes[end].step == first.step && spikes[end].population == first.population) ++end;
    const std::span<const Spike> group = spikes.subspan(begin, end - begin);
    for (std::size_t r = 0; r < rates_.size(); ++r)
      if (rates_[r].record->target.population == first.population) count(rates_[r], group, own.bins[r]);
    const std::vector<Selection>& selections = spikes_[first.population].selections;
    if (selections.empty()) continue;
    std::vector<TimedId>& list = own.spikes[first.population];
    const auto old = static_cast<std::ptrdiff_t>(list.size());
    const double at = static_cast<double>(first.step) * dt_;
    for (const Spike& spike : group)
      for (const Selection& selection : selections)
        if (spike.index >= selection.first && spike.index < selection.first + selection.count) {
          list.push_back({at - static_cast<double>(spike.before), spike.index});
          break;
        }
    std::sort(list.begin() + old, list.end());
  }
}

// Rates: a spike belongs to the bin (t - every, t] that its grid point falls into.
void Recording::count(const RateColumn& rate, std::span<const Spike> spikes, std::vector<std::uint32_t>& bins) const {
  const Selection& target = rate.record->target;
  const Step at = (spikes.front().step - 1) / rate.every - rate.filled;
  const std::size_t bin = at > 0 ? static_cast<std::size_t>(at) : 0;
  if (bin >= bins.size()) bins.resize(bin + 1, 0);
  bins[bin] += static_cast<std::uint32_t>(std::count_if(spikes.begin(), spikes.end(), [&](const Spike& spike) {
    return spike.index >= target.first && spike.index < target.first + target.count;
  }));
}

void Recording::close_rates(Step now) {
  for (std::size_t r = 0; r < rates_.size(); ++r) {
    RateColumn& rate = rates_[r];
    const auto add = [&](std::size_t bin) {
      for (const Part& part : parts_)
        if (bin < part.bins[r].size()) rate.count += part.bins[r][bin];
    };
    add(0);
    const double n = static_cast<double>(rate.record->target.count), length = static_cast<double>(rate.every) * dt_;
    for (std::size_t bin = 1; (rate.filled + 1) * rate.every <= now; add(bin++)) {
      const Step end = ++rate.filled * rate.every;
      if (active(*rate.record, end))
        cell(rate.series, rate.column, static_cast<double>(end) * dt_) = rate.count / n / length * 1000.0;
      rate.count = 0.0;
    }
    for (Part& part : parts_) part.bins[r].clear();
  }
}

void Recording::on_interval(Step first, std::uint32_t steps, const Exchange& exchange, unsigned parity) {
  for (ProbeColumn& column : probes_) gather(column, first, steps, exchange, parity);
}

void Recording::gather(ProbeColumn& column, Step first, std::uint32_t steps, const Exchange& exchange,
                       unsigned parity) {
  const std::uint32_t population = column.record->target.population;
  const Step last = first + static_cast<Step>(steps);
  std::vector<double> values;
  std::size_t row = 0;
  for (Step t = (first / column.every + 1) * column.every; t <= last; t += column.every, ++row) {
    if (t < column.start || t > column.stop) continue;
    values.clear();
    exchange.append_samples(population, column.probe, parity, row, values);
    const double time = static_cast<double>(t) * dt_;
    const std::string unit = column.record->kind == RecordSpec::Kind::lfp
                                 ? std::string("pA")
                                 : variable_unit(spec_->populations[population], column.record->variable);
    const double to_unit = 1.0 / unit_factor(unit);
    if (column.report) {
      column.time.push_back(time);
      for (const double v : values) column.data.push_back(static_cast<float>(v * to_unit));
    } else {
      cell(column.series, column.column, time) = reduce(column.record->reducer, values) * to_unit;
    }
  }
}

void Recording::on_tick(Step now, const Signals& signals, const std::vector<SliceWork>& slices, Ranks& ranks) {
  const double time = static_cast<double>(now) * dt_;
  // Slow values change at ticks only: a shorter period means every tick. A leap is one long tick: what would have been due in it
  // is recorded once, at its end.
  const Step before = std::exchange(last_tick_, now);
  const auto due = [&](const RecordSpec& record) {
    const Step every = std::max(period(record), spec_->run.slow_tick);
    return (before < 0 || now / every > before / every) && active(record, now);
  };
  for (const SignalColumn& column : signal_columns_) {
    if (!due(*column.record)) continue;
    const Signals::Value& signal = signals.values()[column.signal];
    cell(column.series, column.column, time) = signal.value * signal.to_unit;
  }
  for (const BlockColumn& column : block_columns_) {
    if (!due(*column.record)) continue;
    const Selection& target = column.record->target;
    // One running sum in neuron order.
    std::vector<double> values;
    for (const SliceWork& slice : slices) {
      const PopulationSlice& population = slice.populations[target.population];
      const ColumnSet& blocked = population.receptors[column.receptor].blocked;
      const std::uint64_t from = std::clamp(target.first, population.range.begin, population.range.end);
      const std::uint64_t to = std::clamp(target.first + target.count, population.range.begin, population.range.end);
      for (std::uint64_t i = from; i < to; ++i)
        for (std::size_t k = 0; k < blocked.rows(); ++k) values.push_back(blocked.row(k)[i - population.range.begin]);
    }
    double sum = 0.0;
    ranks.gather(std::as_bytes(std::span(values)), [&](unsigned, std::span<const std::byte> bytes) {
      for (std::size_t at = 0; at < bytes.size(); at += sizeof(double)) {
        double value = 0.0;
        std::memcpy(&value, bytes.data() + at, sizeof value);
        sum += value;
      }
    });
    cell(column.series, column.column, time) = sum / static_cast<double>(target.count);
  }
}

void Recording::skip(Step to) {
  for (RateColumn& rate : rates_) {
    rate.filled = to / rate.every;
    rate.count = 0.0;
  }
}

// Spikes of all parts in order of (time, neuron).
void Recording::flush_spikes(std::uint32_t population) {
  for (Part& part : parts_) {
    std::vector<TimedId>& list = part.spikes[population];
    // Jumps at the very start of a step count from it, and were found among spikes of its end.
    if (!std::is_sorted(list.begin(), list.end())) std::sort(list.begin(), list.end());
  }
  // Two and two, until the first part has all.
  for (std::size_t width = 1; width < parts_.size(); width *= 2)
    for (std::size_t k = 0; k + width < parts_.size(); k += 2 * width) {
      std::vector<TimedId>&a = parts_[k].spikes[population], &b = parts_[k + width].spikes[population];
      merged_.resize(a.size() + b.size());
      std::merge(a.begin(), a.end(), b.begin(), b.end(), merged_.begin());
      a.swap(merged_);
      b.clear();
    }
  std::vector<TimedId>& all = parts_.front().spikes[population];
  if (all.empty()) return;

  time_.clear();
  id_.clear();
  for (const TimedId& spike : all) {
    time_.push_back(spike.time);
    id_.push_back(spike.id);
  }
  const ColumnData columns[] = {std::span<const double>(time_), std::span<const std::uint64_t>(id_)};
  sink_->append(spikes_[population].handle, columns);
  all.clear();
}

void Recording::flush(Step now) {
  for (std::uint32_t p = 0; p < spikes_.size(); ++p)
    if (!spikes_[p].selections.empty()) flush_spikes(p);
  close_rates(now);
  for (Series& series : series_) {
    if (series.columns[0].empty()) continue;
    std::vector<ColumnData> columns;
    for (const auto& column : series.columns) columns.emplace_back(std::span<const double>(column));
    sink_->append(series.handle, columns);
    for (auto& column : series.columns) column.clear();
  }
  for (TopologyTable& log : topology_) {
    if (log.time.empty()) continue;
    const ColumnData columns[] = {
        std::span<const double>(log.time),          std::span<const std::uint8_t>(log.kind),
        std::span<const std::uint64_t>(log.uid),    std::span<const std::uint64_t>(log.source),
        std::span<const std::uint64_t>(log.target), std::span<const float>(log.weight),
        std::span<const std::uint8_t>(log.cause)};
    sink_->append(log.handle, columns);
    log.time.clear();
    log.kind.clear();
    log.cause.clear();
    log.uid.clear();
    log.source.clear();
    log.target.clear();
    log.weight.clear();
  }
  for (ProbeColumn& column : probes_) {
    if (column.time.empty()) continue;
    const ColumnData columns[] = {std::span<const double>(column.time), std::span<const float>(column.data)};
    sink_->append(column.handle, columns);
    column.time.clear();
    column.data.clear();
  }
}

std::vector<std::byte> Recording::save() const {
  // The last tick, then counts of spikes since the last sample of each rate.
  std::vector<double> counts{std::bit_cast<double>(last_tick_)};
  for (const RateColumn& rate : rates_) counts.push_back(rate.count);
  std::vector<std::byte> bytes(counts.size() * sizeof(double));
  if (!bytes.empty()) std::memcpy(bytes.data(), counts.data(), bytes.size());
  return bytes;
}

void Recording::load(const std::vector<std::byte>& bytes, Step now) {
  std::vector<double> counts(rates_.size() + 1);
  if (bytes.size() != counts.size() * sizeof(double))
    throw EnvironmentError("checkpoint: recorders do not fit the model");
  std::memcpy(counts.data(), bytes.data(), bytes.size());
  last_tick_ = std::bit_cast<Step>(counts[0]);
  for (std::size_t k = 0; k < rates_.size(); ++k) {
    rates_[k].filled = now / rates_[k].every;
    rates_[k].count = counts[k + 1];
  }
}

}  // namespace burgeon
