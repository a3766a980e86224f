#include "sweep/series_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "base/errors.h"
#include "io/posix.h"
#include "io/series_file.h"

namespace burgeon {

namespace fs = std::filesystem;

namespace {

constexpr std::uint8_t done = 1;  // SweepFile::status

fs::path claimed_path(const fs::path& folder, const std::string& id, std::uint64_t epoch) {
  return folder / "series" / fmt::format("{}.{}.h5", id, epoch);
}

/// Adds one run's group; the longest time base so far is the one that others must begin with.
void add_group(SweepFile& file, std::size_t run, const SeriesGroup& group) {
  auto place =
      std::find_if(file.series.begin(), file.series.end(), [&](const auto& s) { return s.group == group.name; });
  if (place == file.series.end()) {
    place = file.series.insert(place, {.group = group.name, .time = {}, .lengths = {}, .variables = {}});
    place->lengths.resize(file.run_ids.size());
  }
  SweepFile::Series& series = *place;
  const auto& longer = group.time.size() > series.time.size() ? group.time : series.time;
  const auto& shorter = &longer == &group.time ? series.time : group.time;
  series.common_time = series.common_time && std::equal(shorter.begin(), shorter.end(), longer.begin());
  if (&longer == &group.time) series.time = group.time;
  series.lengths[run] = group.time.size();
  for (const auto& variable : group.variables) {
    const auto same = [&](const auto& v) { return v.name == variable.name; };
    if (std::none_of(series.variables.begin(), series.variables.end(), same))
      series.variables.push_back({variable.name, variable.units});
  }
}

}  // namespace

fs::path series_path(const fs::path& folder, const std::string& id) { return folder / "series" / (id + ".h5"); }

void keep_series(const fs::path& folder, const std::string& id, std::uint64_t epoch, const MemorySink& recorded,
                 bool durable) {
  posix::make_folders(folder / "series");
  for (std::uint64_t before = 1; before < epoch; ++before) drop_series(folder, id, before);
  write_series_file(claimed_path(folder, id, epoch), series_of(recorded), durable);
}

void drop_series(const fs::path& folder, const std::string& id, std::uint64_t epoch) {
  posix::remove(claimed_path(folder, id, epoch));
}

bool settle_series(const fs::path& folder, const std::string& id, std::uint64_t epoch) {
  std::error_code code;
  fs::rename(claimed_path(folder, id, epoch), series_path(folder, id), code);
  return !code || fs::exists(series_path(folder, id), code);
}

void refer_to_series(SweepFile& file, const fs::path& folder, const fs::path& beside) {
  file.series_files.resize(file.run_ids.size());
  const fs::path way =
      fs::absolute(folder / "series").lexically_normal().lexically_relative(fs::absolute(beside).lexically_normal());
  for (std::size_t run = 0; run < file.run_ids.size(); ++run) {
    if (file.status[run] != done) continue;
    file.series_files[run] = (way / (file.run_ids[run] + ".h5")).generic_string();
    for (const SeriesGroup& group : read_series_index(series_path(folder, file.run_ids[run])))
      add_group(file, run, group);
  }
  std::sort(file.series.begin(), file.series.end(), [](const auto& a, const auto& b) { return a.group < b.group; });
}

}  // namespace burgeon
