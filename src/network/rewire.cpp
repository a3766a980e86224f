#include "network/rewire.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "base/errors.h"

namespace burgeon {
namespace {

// Room behind a row: an eighth of it and a little. assumed: rows of a slowly changing network are laid out anew about once in
// as many changes as the slack holds.
std::uint64_t with_slack(std::uint64_t synapses) { return synapses + synapses / 8 + 4; }

/// The rows of all projections that share their pairs, on one slice.
class RowGroup {
 public:
  RowGroup(Network& network, std::span<const std::uint32_t> projections, unsigned slice)
      : owned_(network.owned(network.projections[projections[0]].target_population, slice)) {
    for (const std::uint32_t p : projections) {
      projection_.push_back(&network.projections[p]);
      rows_.push_back(&network.projections[p].slice.edit(slice));
    }
  }

  [[nodiscard]] Range owned() const { return owned_; }
  [[nodiscard]] const Rows& first() const { return *rows_[0]; }
  [[nodiscard]] std::uint64_t sources() const { return projection_[0]->source.size(); }

  /// Entry k; without its delay where rows are packed.
  [[nodiscard]] RowEntry get(std::uint64_t k) const {
    const Rows& rows = first();
    RowEntry e;
    e.delay = rows.delay16.empty() ? projection_[0]->delay : rows.delay16[k];
    e.target = rows.target(k);
    e.uid = rows.uid.empty() ? 0 : rows.uid[k];
    e.stage = rows.stage.empty() ? std::uint8_t{0} : rows.stage[k];
    for (std::size_t p = 0; p < rows_.size(); ++p) e.weight[p] = projection_[p]->weight_at(*rows_[p], k);
    return e;
  }

  void put(std::uint64_t k, const RowEntry& e) {
    for (std::size_t p = 0; p < rows_.size(); ++p) {
      Rows& rows = *rows_[p];
      if (!rows.target16.empty()) rows.target16[k] = static_cast<std::uint16_t>(e.target);
      if (!rows.target32.empty()) rows.target32[k] = e.target;
      if (!rows.weight.empty()) rows.weight[k] = e.weight[p];
      if (!rows.delay16.empty()) rows.delay16[k] = e.delay;
    }
    rows_[0]->uid[k] = e.uid;
    rows_[0]->stage[k] = e.stage;
  }

  void set_length(std::uint64_t row, std::size_t n) {
    for (Rows* rows : rows_) {
      rows->count += n;
      rows->count -= rows->length[row];
      rows->length[row] = static_cast<std::uint32_t>(n);
    }
  }

  /// Empty rows with room for `need` synapses each and slack.
  void allocate(std::span<const std::uint64_t> need) {
    std::vector<std::uint64_t> begin(need.size() + 1, 0);
    for (std::size_t row = 0; row < need.size(); ++row) begin[row + 1] = begin[row] + with_slack(need[row]);
    const std::uint64_t room = begin.back();
    for (std::size_t p = 0; p < rows_.size(); ++p) {
      const Projection& of = *projection_[p];
      Rows fresh;
      if (room < (std::uint64_t{1} << 32))
        fresh.begin.assign(begin.begin(), begin.end());
      else
        fresh.begin64 = begin;
      if (owned_.size() <= 65536)
        fresh.target16.resize(room);
      else
        fresh.target32.resize(room);
      if (!of.shared_weight) fresh.weight.resize(room);
      if (!of.shared_delay) fresh.delay16.resize(room);
      fresh.length.assign(need.size(), 0);
      if (p == 0) {
        fresh.uid.resize(room);
        fresh.stage.resize(room);
      }
      *rows_[p] = std::move(fresh);
    }
  }

  /// Moves all rows into new arrays with room for `need`.
  void lay_out(std::span<const std::uint64_t> need) {
    std::vector<Rows> old;
    for (const Rows* rows : rows_) old.push_back(*rows);
    allocate(need);
    RowGroup from = *this;
    for (std::size_t p = 0; p < old.size(); ++p) from.rows_[p] = &old[p];
    std::vector<std::uint16_t> delays;
    for (std::uint64_t row = 0; row < need.size(); ++row) {
      const std::uint64_t begin = old[0].row_begin(row), n = old[0].row_end(row) - begin;
      projection_[0]->read_delays(old[0], row, delays);
      for (std::uint64_t i = 0; i < n; ++i) {
        RowEntry e = from.get(begin + i);
        e.delay = delays[i];
        put(first().row_begin(row) + i, e);
      }
      set_length(row, n);
    }
  }

  /// Applies the edits of one row, which has room for them.
  void edit(std::uint32_t row, std::span<const Edit> edits) {
    const std::uint64_t begin = first().row_begin(row);
    entries_.clear();
    for (std::uint64_t k = begin; k < first().row_end(row); ++k) entries_.push_back(get(k));
    const std::size_t old = entries_.size();
    std::size_t pruned = 0;
    for (const Edit& e : edits) {
      const auto target = static_cast<std::uint32_t>(e.target - owned_.begin);
      if (e.kind == Edit::Kind::create) {
        entries_.push_back({e.delay, e.stage, target, e.uid, e.weight});
        continue;
      }
      const auto found = std::find_if(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(old),
                                      [&](const RowEntry& r) { return r.uid == e.uid && r.stage != gone; });
      ensure(found != entries_.begin() + static_cast<std::ptrdiff_t>(old), "a synapse that changes is there");
      if (e.kind == Edit::Kind::prune) {
        found->stage = gone;
        ++pruned;
      } else {
        found->stage = 0;
        found->weight = e.weight;
      }
    }
    if (pruned > 0) std::erase_if(entries_, [](const RowEntry& r) { return r.stage == gone; });
    if (entries_.size() + pruned > old)
      std::sort(entries_.begin(), entries_.end(),
                [](const RowEntry& a, const RowEntry& b) { return a.order() < b.order(); });
    for (std::size_t i = 0; i < entries_.size(); ++i) put(begin + i, entries_[i]);
    set_length(row, entries_.size());
  }

 private:
  static constexpr std::uint8_t gone = 255;

  Range owned_;
  std::vector<Projection*> projection_;
  std::vector<Rows*> rows_;
  std::vector<RowEntry> entries_;
};

}  // namespace

std::uint64_t open_rows(Network& network, std::span<const std::uint32_t> projections, Ranks& ranks) {
  std::vector<RowGroup> groups;
  for (unsigned s = 0; s < network.slices; ++s) {
    groups.emplace_back(network, projections, s);
    std::vector<std::uint64_t> need(groups[s].sources());
    for (std::uint64_t row = 0; row < need.size(); ++row)
      need[row] = groups[s].first().row_end(row) - groups[s].first().row_begin(row);
    groups[s].lay_out(need);
  }

  // Slices own ascending targets: within a row they follow each other, those of lower ranks first.
  const std::uint64_t sources = groups[0].sources();
  std::vector<std::uint32_t> mine(sources, 0);
  for (const RowGroup& group : groups)
    for (std::uint64_t row = 0; row < sources; ++row) mine[row] += group.first().length[row];
  const std::vector<std::uint32_t> lengths = all_lists(ranks, std::move(mine));  // [rank][row]
  ensure(lengths.size() == ranks.count() * sources, "every rank tells the lengths of its rows");
  std::uint64_t next = 0;
  std::vector<std::uint64_t> order;
  for (std::uint64_t row = 0; row < sources; ++row) {
    std::uint64_t all = 0, before = 0;
    for (unsigned r = 0; r < ranks.count(); ++r) {
      if (r == ranks.rank()) before = all;
      all += lengths[r * sources + row];
    }
    std::uint64_t uid = next + before;
    next += all;
    for (unsigned s = 0; s < network.slices; ++s) {
      Rows& rows = network.projections[projections[0]].slice.edit(s);
      order.resize(rows.length[row]);
      std::iota(order.begin(), order.end(), rows.row_begin(row));
      std::stable_sort(order.begin(), order.end(),
                       [&](std::uint64_t a, std::uint64_t b) { return rows.target(a) < rows.target(b); });
      for (const std::uint64_t k : order) rows.uid[k] = uid++;
    }
  }
  return next;
}

void rewire(Network& network, std::span<const std::uint32_t> projections, unsigned slice, std::span<const Edit> edits) {
  RowGroup group(network, projections, slice);
  std::vector<Edit> own;
  for (const Edit& e : edits)
    if (e.target >= group.owned().begin && e.target < group.owned().end) own.push_back(e);
  const auto row_end = [&](std::size_t i) {
    std::size_t j = i;
    while (j < own.size() && own[j].source == own[i].source) ++j;
    return j;
  };

  // Where slack has run out everything moves, once.
  const auto created = [&](std::size_t i, std::size_t j) {
    return static_cast<std::uint64_t>(std::count_if(own.begin() + static_cast<std::ptrdiff_t>(i),
                                                    own.begin() + static_cast<std::ptrdiff_t>(j),
                                                    [](const Edit& e) { return e.kind == Edit::Kind::create; }));
  };
  bool fits = true;
  const Rows& rows = group.first();
  for (std::size_t i = 0; i < own.size() && fits; i = row_end(i)) {
    const std::uint32_t row = own[i].source;
    fits = rows.length[row] + created(i, row_end(i)) <= rows.row_begin(row + 1) - rows.row_begin(row);
  }
  if (!fits) {
    std::vector<std::uint64_t> need(rows.length.begin(), rows.length.end());
    for (std::size_t i = 0; i < own.size(); i = row_end(i)) need[own[i].source] += created(i, row_end(i));
    group.lay_out(need);
  }

  for (std::size_t i = 0; i < own.size(); i = row_end(i))
    group.edit(own[i].source, std::span(own).subspan(i, row_end(i) - i));
}

void replace_rows(Network& network, std::span<const std::uint32_t> projections, unsigned slice,
                  std::span<const std::uint32_t> length, std::span<const RowEntry> entries) {
  RowGroup group(network, projections, slice);
  group.allocate(std::vector<std::uint64_t>(length.begin(), length.end()));
  std::size_t next = 0;
  for (std::uint64_t row = 0; row < length.size(); ++row) {
    for (std::uint32_t i = 0; i < length[row]; ++i) group.put(group.first().row_begin(row) + i, entries[next++]);
    group.set_length(row, length[row]);
  }
}

RowEntry row_entry(const Network& network, std::span<const std::uint32_t> projections, unsigned slice,
                   std::uint64_t k) {
  return RowGroup(const_cast<Network&>(network), projections, slice).get(k);  // NOLINT: get() changes nothing
}

}  // namespace burgeon
