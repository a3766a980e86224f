#include "sim/snapshots.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <tuple>

#include "base/errors.h"
#include "network/graph.h"

namespace burgeon {

Snapshots::Snapshots(const ModelSpec& spec, const Network& network, Sink& sink, Ranks& ranks)
    : spec_(&spec), network_(&network), sink_(&sink), ranks_(&ranks) {
  for (const RecordSpec& record : spec.records) {
    if (record.kind == RecordSpec::Kind::edges) {
      for (const double at : record.at) {
        auto& projections = edges_[at];
        projections.insert(projections.end(), record.projections.begin(), record.projections.end());
      }
      for (const std::uint32_t p : record.projections)
        if (spec.projections[p].rewired) born_[leader(p)];
    } else if (record.kind == RecordSpec::Kind::graph) {
      Table table{Table::Kind::series, record.name, {{"time", "ms", "biological time", Column::Type::f64, 1}}, {}};
      for (const std::uint32_t p : record.projections)
        for (const GraphColumn& column : graph_columns())
          table.columns.push_back({spec.projections[p].name + "." + std::string(column.name), std::string(column.unit),
                                   std::string(column.meaning), Column::Type::f64, 1});
      graphs_.push_back({&record, sink.declare(table)});
    }
  }
  for (auto& [at, projections] : edges_) {
    std::sort(projections.begin(), projections.end());
    projections.erase(std::unique(projections.begin(), projections.end()), projections.end());
  }
}

// Identities are kept with the projection whose pairs the others share.
std::uint32_t Snapshots::leader(std::uint32_t projection) const {
  const std::string& name = pairs_name(spec_->projections[projection]);
  for (std::uint32_t p = 0; p < spec_->projections.size(); ++p)
    if (spec_->projections[p].name == name) return p;
  throw InternalError("no projection has the pairs of " + name);
}

void Snapshots::on_structure(const Structure& structure) {
  if (born_.empty()) return;
  for (const SynapseSet* set : structure.sets()) {
    const auto found = born_.find(set->projections()[0]);
    if (found == born_.end()) continue;
    for (const SynapseSet::Event& event : set->events()) {
      if (event.edit.kind == Edit::Kind::create) found->second[event.edit.uid] = event.time;
      if (event.edit.kind == Edit::Kind::prune) found->second.erase(event.edit.uid);
    }
  }
}

void Snapshots::take(Step now) {
  const double dt = spec_->run.dt, t = static_cast<double>(now) * dt, rounding = 1e-6 * dt;
  const double last = last_ < 0 ? -1.0 : static_cast<double>(last_) * dt;
  if (now <= last_) return;
  for (auto at = edges_.upper_bound(last + rounding); at != edges_.end() && at->first <= t + rounding; ++at) {
    const std::vector<EdgeData> all = edges(at->second);
    if (ranks_->first()) sink_->snapshot({at->first, t, all});
  }
  for (const Graph& graph : graphs_) {
    const RecordSpec& record = *graph.record;
    // A multiple of the period lies in (last, t].
    const bool due = std::floor((t + rounding) / record.every) > std::floor((last + rounding) / record.every);
    if (!due || t < record.start - rounding || t > record.stop + rounding) continue;
    std::optional<Network> gathered;
    if (!ranks_->alone()) gathered = gather_graph(*network_, *ranks_);
    if (!ranks_->first()) continue;
    std::vector<double> row{t};
    for (const std::uint32_t p : record.projections)
      for (const double value : projection_measures(gathered ? *gathered : *network_, p)) row.push_back(value);
    std::vector<ColumnData> columns;
    for (const double& value : row) columns.emplace_back(std::span<const double>(&value, 1));
    sink_->append(graph.handle, columns);
  }
  last_ = now;
}

// Projections between the same populations onto the same receptor are one group of the file.
std::vector<EdgeData> Snapshots::edges(const std::vector<std::uint32_t>& projections) const {
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>, std::vector<std::uint32_t>> groups;
  for (const std::uint32_t p : projections) {
    const Projection& projection = network_->projections[p];
    groups[{projection.source_population, projection.target_population, projection.receptor}].push_back(p);
  }
  std::vector<EdgeData> result;
  for (const auto& [key, members] : groups) {
    const Projection& first = network_->projections[members[0]];
    const PopulationSpec& target = spec_->populations[first.target_population];
    EdgeData data;
    data.source = spec_->populations[first.source_population].name;
    data.target = target.name;
    data.receptor = target.receptors[first.receptor].name;
    data.source_size = network_->populations[first.source_population].size;
    data.target_size = network_->populations[first.target_population].size;
    data.weight_unit = std::string(target.receptors[first.receptor].model->weight_unit);
    // Identities of several projections in one list would not be identities.
    const bool identified = members.size() == 1 && spec_->projections[members[0]].rewired;
    for (const std::uint32_t p : members) append(data, p, identified);
    result.push_back(std::move(data));
  }
  return result;
}

// In the order (source, target), for any number of slices and ranks.
void Snapshots::append(EdgeData& data, std::uint32_t number, bool identified) const {
  const Projection& p = network_->projections[number];
  const float dt = static_cast<float>(spec_->run.dt);
  struct Synapse {
    std::uint64_t row, target, uid;
    float weight, steps;
  };
  std::vector<Synapse> synapses;
  std::vector<std::uint16_t> delays;
  if (p.dense) {
    for (std::uint64_t row = 0; row < p.source.size(); ++row)
      for (std::uint64_t t = p.target.begin; t < p.target.end; ++t)
        synapses.push_back({row, t, 0, p.weight, static_cast<float>(p.delay)});
  } else {
    const Projection& ids = network_->projections[identified ? leader(number) : number];
    for (std::uint64_t row = 0; row < p.source.size(); ++row)
      for (unsigned s = 0; s < p.slice.size(); ++s) {
        const Rows& rows = p.slice[s];
        const std::uint64_t first = network_->owned(p.target_population, s).begin;
        p.read_delays(rows, row, delays);
        for (std::uint64_t k = rows.row_begin(row); k < rows.row_end(row); ++k) {
          synapses.push_back({row, first + rows.target(k), identified ? ids.slice[s].uid[k] : 0, p.weight_at(rows, k),
                              static_cast<float>(delays[k - rows.row_begin(row)])});
        }
      }
    synapses = lists_on_first(*ranks_, std::move(synapses));
    // Several synapses of one pair are on one slice, in the order of their making.
    std::stable_sort(synapses.begin(), synapses.end(), [](const Synapse& a, const Synapse& b) {
      return std::tuple(a.row, a.target) < std::tuple(b.row, b.target);
    });
  }

  const std::map<std::uint64_t, double>* born = identified ? &born_.at(leader(number)) : nullptr;
  for (const Synapse& synapse : synapses) {
    data.source_ids.push_back(p.source.begin + synapse.row);
    data.target_ids.push_back(synapse.target);
    data.weights.push_back(synapse.weight);
    data.delays.push_back(synapse.steps * dt);
    if (born == nullptr) continue;
    const auto birth = born->find(synapse.uid);
    data.uids.push_back(synapse.uid);
    data.born.push_back(birth == born->end() ? 0.0 : birth->second);
  }
}

std::vector<std::byte> Snapshots::save() const {
  // Per projection the number of births, then uid and time of each.
  std::vector<std::byte> bytes;
  const auto put = [&](const auto& value) {
    const auto* first = reinterpret_cast<const std::byte*>(&value);
    bytes.insert(bytes.end(), first, first + sizeof value);
  };
  for (const auto& [projection, births] : born_) {
    put(static_cast<std::uint64_t>(births.size()));
    for (const auto& [uid, time] : births) {
      put(uid);
      put(time);
    }
  }
  return bytes;
}

void Snapshots::load(const std::vector<std::byte>& bytes, Step now) {
  last_ = now;
  std::size_t at = 0;
  const auto get = [&](auto& value) {
    if (bytes.size() - at < sizeof value) throw EnvironmentError("checkpoint: births of synapses are missing");
    std::memcpy(&value, bytes.data() + at, sizeof value);
    at += sizeof value;
  };
  for (auto& [projection, births] : born_) {
    std::uint64_t count = 0, uid = 0;
    double time = 0.0;
    get(count);
    births.clear();
    for (std::uint64_t k = 0; k < count; ++k) {
      get(uid);
      get(time);
      births[uid] = time;
    }
  }
  if (at != bytes.size()) throw EnvironmentError("checkpoint: births of synapses do not fit the model");
}

}  // namespace burgeon
