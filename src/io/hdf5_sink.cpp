#include "io/hdf5_sink.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "base/errors.h"
#include "io/audit.h"
#include "io/checkpoint_file.h"
#include "io/edges.h"
#include "io/hdf5.h"
#include "io/merge.h"

namespace burgeon {

namespace {

using Path = std::filesystem::path;

void remove_quietly(const Path& path) {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

/// Everything a run may have left in a folder, apart from the manifest, which holds the lock.
void remove_run(const Path& folder) {
  for (const char* name : {"run.h5", "run.h5.tmp", "reports", "checkpoints", "circuit_config.json",
                           "simulation_config.json", "node_sets.json", "summary.json"}) {
    remove_quietly(folder / name);
  }
  for (const auto& file : std::filesystem::directory_iterator(folder / "segments")) {
    if (file.path() != manifest_path(folder)) remove_quietly(file.path());
  }
  std::vector<Path> edges;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    const std::string name = file.path().filename().string();
    if (name.starts_with("edges_") && (name.ends_with(".h5") || name.ends_with(".h5.tmp")))
      edges.push_back(file.path());
  }
  for (const auto& path : edges) remove_quietly(path);
}

/// A file that may be the user's own is never replaced: the configuration has to be new or the same.
void require_unused(const Path& folder, const RunState& state, const std::string& config) {
  const Path source = folder / "config.toml";
  const bool other_config = std::filesystem::exists(source) && posix::read_file(source) != config;
  if (std::filesystem::exists(folder / "run.h5") || !state.segments.empty() || other_config) {
    throw EnvironmentError("'" + folder.string() +
                           "' already holds a run: resume it, overwrite it or choose another folder");
  }
}

/// Removes all files of a folder but those kept.
void remove_others(const Path& folder, const std::vector<Path>& kept) {
  std::vector<Path> others;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (std::find(kept.begin(), kept.end(), file.path()) == kept.end()) others.push_back(file.path());
  }
  for (const auto& path : others) posix::remove(path);
}

bool is_there(const Path& folder, const ManifestEntry& entry) {
  std::error_code code;
  return std::filesystem::file_size(segment_path(folder, entry.number), code) == entry.bytes && !code;
}

}  // namespace

Hdf5Sink::Hdf5Sink(Path folder, RunMetadata metadata, Hdf5Options options)
    : folder_(std::move(folder)), metadata_(std::move(metadata)), options_(options) {
  for (const auto& p : metadata_.populations) expect(allowed_name(p.name), "a population's name fits in a file");
  posix::make_folders(folder_ / "segments");
  journal_ = std::make_unique<posix::Journal>(manifest_path(folder_));

  // The lock is ours: now the folder can be looked at and changed.
  if (options_.mode == Hdf5Options::Mode::fresh)
    require_unused(folder_, read_run_state(folder_), metadata_.config_source);
  if (options_.mode == Hdf5Options::Mode::resume) {
    keep_until_checkpoint(options_.resume_step);
  } else {
    journal_->truncate(0);
    if (options_.mode == Hdf5Options::Mode::overwrite) remove_run(folder_);
    posix::make_folders(folder_ / "checkpoints");
    posix::write_file(folder_ / "config.toml", metadata_.config_source);
  }
}

Hdf5Sink::~Hdf5Sink() {
  if (writer_.valid()) writer_.wait();
}

void Hdf5Sink::keep_until_checkpoint(Step step) {
  entries_ = read_manifest(folder_);
  const auto is_it = [step](const ManifestEntry& entry) { return entry.has_checkpoint && entry.step == step; };
  const auto last = std::find_if(entries_.rbegin(), entries_.rend(), is_it);
  if (last == entries_.rend()) {
    throw EnvironmentError("cannot resume '" + folder_.string() + "': no checkpoint of step " + std::to_string(step));
  }
  if (read_head(folder_).spec_hash != metadata_.spec_hash) {
    throw EnvironmentError("cannot resume '" + folder_.string() + "': it belongs to another configuration");
  }
  resumes_ = entries_.back().resumes + 1;
  entries_.erase(last.base(), entries_.end());
  next_ = entries_.size();

  // First the manifest forgets what came later, then the files go.
  journal_->truncate(entries_.back().end);
  std::vector<Path> segments{manifest_path(folder_), head_path(folder_)};
  std::vector<Path> checkpoints;
  for (const auto& entry : entries_) {
    if (!is_there(folder_, entry)) {
      throw EnvironmentError("cannot resume: '" + segment_path(folder_, entry.number).string() +
                             "' is missing or damaged");
    }
    segments.push_back(segment_path(folder_, entry.number));
    if (entry.has_checkpoint) checkpoints.push_back(checkpoint_path(folder_, entry.number));
  }
  remove_others(folder_ / "segments", segments);
  remove_others(folder_ / "checkpoints", checkpoints);
}

std::size_t Hdf5Sink::declare(const Table& table) {
  expect(!buffer_, "tables are declared before the first append");
  expect(allowed_name(table.name) && !table.columns.empty(), "a table has columns and a name that fits in a file");
  for (const auto& column : table.columns)
    expect(allowed_name(column.name) && column.width > 0, "a column's name and width");
  for (const auto& other : head_.tables)
    expect(other.kind != table.kind || other.name != table.name, "a table is declared once");
  head_.tables.push_back(table);
  return head_.tables.size() - 1;
}

void Hdf5Sink::start() {
  if (buffer_) return;
  head_.spec_hash = metadata_.spec_hash;
  head_.seed = metadata_.seed;
  head_.dt_ms = metadata_.dt_ms;
  head_.duration_ms = metadata_.duration_ms;
  for (const auto& p : metadata_.populations) head_.populations.push_back({p.name, p.size});

  // A resumed run keeps its first head: what it was started with. Its tables have to be the same.
  if (options_.mode != Hdf5Options::Mode::resume) {
    write_head(folder_, metadata_, head_);
  } else if (head_json(read_head(folder_)) != head_json(head_)) {
    throw EnvironmentError("cannot resume '" + folder_.string() + "': it records other tables");
  }
  buffer_.emplace(head_.tables);
}

void Hdf5Sink::append(std::size_t table, std::span<const ColumnData> columns) {
  expect(!closed_ && table < head_.tables.size(), "the table was declared and the sink is open");
  if (failure_) std::rethrow_exception(failure_);
  start();
  buffer_->append(head_.tables[table], table, columns);
  if (buffer_->bytes() >= options_.buffer_bytes) cut_segment();
}

void Hdf5Sink::snapshot(const EdgeSnapshot& edges) {
  expect(!closed_, "the sink is open");
  if (failure_) std::rethrow_exception(failure_);
  write_edges(folder_, edges);
}

void Hdf5Sink::wait() {
  if (failure_) std::rethrow_exception(failure_);
  if (!writer_.valid()) return;
  try {
    writer_.get();
  } catch (...) {
    failure_ = std::current_exception();
    throw;
  }
}

void Hdf5Sink::cut_segment(std::optional<Checkpoint> checkpoint) {
  expect(!closed_, "the sink is open");
  wait();
  start();
  if (buffer_->bytes() == 0 && !checkpoint) return;

  // The rows go to the writer; the simulation goes on with an empty buffer.
  writer_ = std::async(std::launch::async,
                       [this, number = next_++, buffer = std::exchange(*buffer_, SegmentBuffer(head_.tables)),
                        state = std::move(checkpoint)] { write(number, buffer, state); });
}

void Hdf5Sink::write(std::uint64_t number, const SegmentBuffer& buffer, const std::optional<Checkpoint>& checkpoint) {
  ManifestEntry entry = write_segment(folder_, number, head_.tables, buffer);
  entry.resumes = resumes_;
  if (checkpoint) {
    write_checkpoint(checkpoint_path(folder_, number), *checkpoint);
    entry.has_checkpoint = true;
    entry.step = checkpoint->step;
  }
  // From here on the segment counts.
  journal_->append(manifest_line(entry));
  entries_.push_back(std::move(entry));

  if (!checkpoint) return;
  int seen = 0;
  for (auto e = entries_.rbegin(); e != entries_.rend(); ++e) {
    if (e->has_checkpoint && ++seen > 2) posix::remove(checkpoint_path(folder_, e->number));
    if (seen > 3) break;
  }
}

void Hdf5Sink::close(const RunEnd& end) {
  expect(!closed_, "the sink is closed once");
  cut_segment();
  wait();
  closed_ = true;
  if (end.complete) {
    merge_segments(folder_, head_, entries_, end);
    // The result is safe; the manifest goes last, with the lock.
    for (const auto& entry : entries_) posix::remove(segment_path(folder_, entry.number));
    remove_quietly(folder_ / "checkpoints");
    remove_quietly(folder_ / "segments");
  } else {
    write_summary(folder_, head_, end);
  }
  journal_.reset();
}

RunState read_run_state(const Path& folder) {
  RunState state;
  state.segments = read_manifest(folder);
  const hdf5::Lock lock;
  if (std::filesystem::exists(folder / "run.h5")) {
    state.finished = hdf5::read_u64_attribute(hdf5::open_file(folder / "run.h5"), "complete") == 1;
  }
  for (const auto& entry : state.segments) {
    state.until_ms = std::max(state.until_ms, entry.until_ms);
    if (entry.has_checkpoint) state.resume_step = entry.step;
  }
  return state;
}

std::optional<Checkpoint> newest_checkpoint(const Path& folder) {
  const auto entries = read_manifest(folder);
  const auto whole =
      std::find_if_not(entries.begin(), entries.end(), [&](const auto& e) { return is_there(folder, e); });
  for (auto entry = std::make_reverse_iterator(whole); entry != entries.rend(); ++entry) {
    const Path path = checkpoint_path(folder, entry->number);
    if (!entry->has_checkpoint || !std::filesystem::exists(path)) continue;
    try {
      Checkpoint checkpoint = read_checkpoint(path);
      if (checkpoint.step == entry->step) return checkpoint;
    } catch (const EnvironmentError&) {
      // Damaged: the one before it will do.
    }
  }
  return std::nullopt;
}

void merge_partial(const Path& folder) {
  if (!std::filesystem::exists(manifest_path(folder))) {
    throw EnvironmentError("'" + folder.string() + "' holds no interrupted run");
  }
  const posix::Journal lock(manifest_path(folder));
  merge_segments(folder, read_head(folder), read_manifest(folder), RunEnd{});
}

}  // namespace burgeon
