#include "sweep/collate.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <set>

#include "base/errors.h"
#include "io/series_file.h"
#include "io/sweep_file.h"
#include "spec/fields.h"
#include "sweep/series_store.h"

namespace burgeon {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

const Measure* find_measure(const RunRecord& record, const std::string& name) {
  for (const Measure& m : record.measures)
    if (m.name == name) return &m;
  return nullptr;
}

/// Name under which a record holds an output.
const std::string& key_of(const Output& output) {
  return output.reduce == Output::Reduce::measure ? output.source : output.name;
}

/// Columns asked for, or else whatever any run has; units from the records.
std::vector<std::string> find_keys(const SweepSpec& spec, const std::map<std::string, std::string>& units,
                                   SweepTable& table) {
  std::vector<std::string> keys;
  const auto add = [&](const std::string& name, const std::string& key) {
    const auto unit = units.find(key);
    table.outputs.push_back({name, unit == units.end() ? "" : unit->second, unit != units.end()});
    keys.push_back(key);
  };
  for (const Output& output : spec.outputs) add(output.name, key_of(output));
  if (spec.outputs.empty())
    for (const auto& [name, unit] : units) add(name, name);
  return keys;
}

bool series_readable(const RunStore& store, const std::string& id) {
  try {
    (void)read_series_index(series_path(store.folder(), id));
    return true;
  } catch (const EnvironmentError&) {
    return false;
  }
}

/// A cell of a CSV file.
std::string cell(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

}  // namespace

std::vector<double> SweepTable::column(std::size_t output) const {
  std::vector<double> result(rows.size());
  for (std::size_t run = 0; run < rows.size(); ++run) result[run] = values[run * outputs.size() + output];
  return result;
}

SweepTable collate(const SweepPlan& plan, const std::vector<RunIdentity>& names, const RunStore& store) {
  SweepTable table;
  table.rows.resize(plan.runs());
  std::map<std::string, std::string> units;
  for (std::size_t run = 0; run < plan.runs(); ++run) {
    SweepTable::Row& row = table.rows[run];
    row.id = names[run].id;
    const auto record = store.find(row.id);
    row.state = !record ? RunState::pending : record->failed() ? RunState::failed : RunState::done;
    if (plan.spec.keep_series && row.state == RunState::done) settle_series(store.folder(), row.id, record->epoch);
    if (record) {
      row.problem = record->problem;
      row.message = record->message;
      for (const Measure& m : record->measures) units.emplace(m.name, m.unit);
    }
    ++(!record ? table.pending : record->failed() ? table.failed : table.done);
  }
  const auto keys = find_keys(plan.spec, units, table);
  table.values.assign(plan.runs() * keys.size(), nan);
  for (std::size_t run = 0; run < plan.runs(); ++run) {
    if (table.rows[run].state != RunState::done) continue;
    const auto record = store.find(table.rows[run].id);
    for (std::size_t k = 0; record && k < keys.size(); ++k)
      if (const Measure* m = find_measure(*record, keys[k])) table.values[run * keys.size() + k] = m->value;
  }
  return table;
}

std::vector<Alarm> verify(const SweepPlan& plan, const SweepTable& table, const RunStore& store) {
  std::vector<Alarm> alarms;
  if (table.done + table.failed + table.pending != plan.runs())
    alarms.push_back({"", "the books do not balance: planned is not done + failed + pending"});
  // A run is a pure function of its model: owners that lost it must have got the same.
  for (const RunRecord& duplicate : store.find_duplicates()) {
    const auto published = store.find(duplicate.id);
    if (published && published->result_hash != duplicate.result_hash)
      alarms.push_back({duplicate.id, "two executions of one run gave different results"});
  }
  for (const SweepTable::Row& row : table.rows) {
    std::error_code code;
    if (row.state == RunState::pending && std::filesystem::exists(store.record_path(row.id), code))
      alarms.push_back({row.id, "the record is damaged; 'sweep run' makes it again"});
    if (plan.spec.keep_series && row.state == RunState::done && !series_readable(store, row.id))
      alarms.push_back({row.id, "its series can't be read; remove " + store.record_path(row.id).string() +
                                    " and 'sweep run' makes it again"});
  }
  for (const SweepTable::Output& output : table.outputs)
    if (table.done > 0 && !output.known)
      alarms.push_back({"", "no run has a value of the output '" + output.name + "'"});
  return alarms;
}

std::string to_csv(const SweepPlan& plan, const SweepTable& table) {
  constexpr const char* states[] = {"pending", "done", "failed", "unrecorded"};
  std::string text;
  for (const Axis& axis : plan.spec.axes) text += cell(axis.name) + ",";
  text += "replicate,seed,run_id,status";
  for (const auto& output : table.outputs) text += "," + cell(output.name);
  text += "\n";
  for (std::size_t run = 0; run < plan.runs(); ++run) {
    const auto values = plan.values(run);
    for (std::size_t a = 0; a < plan.axes(); ++a) text += cell(plan.spec.axes[a].text(values[a])) + ",";
    text +=
        std::to_string(plan.replicate_of(run)) + "," + (plan.spec.reseed ? std::to_string(plan.seed(run)) : "") + ",";
    text += table.rows[run].id + "," + states[static_cast<std::size_t>(table.rows[run].state)];
    for (std::size_t k = 0; k < table.outputs.size(); ++k) {
      const double value = table.values[run * table.outputs.size() + k];
      text += "," + (std::isnan(value) ? "" : number_text(value));
    }
    text += "\n";
  }
  return text;
}

std::string to_npy(const std::vector<double>& values, std::size_t rows, std::size_t columns) {
  std::string header = "{'descr': '<f8', 'fortran_order': False, 'shape': (" + std::to_string(rows) + ", " +
                       std::to_string(columns) + "), }";
  // Magic, version and length take 10 bytes; data start at a multiple of 64.
  while ((10 + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  std::string bytes = "\x93NUMPY";
  bytes += '\x01';
  bytes += '\0';
  bytes += static_cast<char>(header.size() & 0xFFU);
  bytes += static_cast<char>(header.size() >> 8U);
  bytes += header;
  const std::size_t start = bytes.size();
  bytes.resize(start + values.size() * sizeof(double));
  std::memcpy(bytes.data() + start, values.data(), values.size() * sizeof(double));
  return bytes;
}

TrainingSet training_set(const SweepPlan& plan, const SweepTable& table) {
  TrainingSet set;
  const std::size_t width = table.outputs.size();
  for (std::size_t run = 0; run < plan.runs(); ++run) {
    if (table.rows[run].state != RunState::done) continue;
    const auto theta = plan.values(run);
    const auto first = table.values.begin() + static_cast<std::ptrdiff_t>(run * width);
    set.theta.insert(set.theta.end(), theta.begin(), theta.end());
    set.x.insert(set.x.end(), first, first + static_cast<std::ptrdiff_t>(width));
    ++set.rows;
  }
  return set;
}

void write_sweep_h5(const std::filesystem::path& file, const SweepPlan& plan, const SweepTable& table,
                    const RunStore* store) {
  SweepFile out;
  out.title = plan.spec.title;
  out.planned = plan.runs();
  out.done = table.done;
  for (const Axis& axis : plan.spec.axes) {
    SweepFile::Parameter parameter{axis.name, axis.unit, {}};
    for (std::size_t i = 0; i < axis.choices.size(); ++i)
      parameter.choices.push_back(axis.text(static_cast<double>(i)));
    out.parameters.push_back(std::move(parameter));
  }
  for (std::size_t run = 0; run < plan.runs(); ++run) {
    const auto values = plan.values(run);
    out.values.insert(out.values.end(), values.begin(), values.end());
    out.run_ids.push_back(table.rows[run].id);
    out.replicates.push_back(plan.replicate_of(run));
    if (plan.spec.reseed) out.seeds.push_back(plan.seed(run));
    out.status.push_back(static_cast<std::uint8_t>(table.rows[run].state));
  }
  for (std::size_t k = 0; k < table.outputs.size(); ++k)
    out.summaries.push_back({table.outputs[k].name, table.outputs[k].unit, table.column(k)});
  if (plan.spec.keep_series && store) refer_to_series(out, store->folder(), file.parent_path());
  write_sweep_file(file, out);
}

}  // namespace burgeon
