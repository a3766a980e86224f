#include "io/sweep_file.h"

#include <array>

#include "io/hdf5.h"
#include "io/posix.h"

namespace burgeon {

namespace {

constexpr std::array<std::uint32_t, 3> format_version = {0, 1, 0};

void write_design(hid_t file, const SweepFile& content, const std::string& what) {
  hdf5::Handle design = hdf5::create_group(file, "design");
  std::vector<std::string> names, units;
  for (const auto& parameter : content.parameters) {
    names.push_back(parameter.name);
    units.push_back(parameter.units);
  }
  (void)hdf5::write_texts(design, "name", names);
  (void)hdf5::write_texts(design, "units", units);
  const hdf5::Layout layout{.rows = content.run_ids.size(), .width = content.parameters.size(), .matrix = true};
  hdf5::Handle values = hdf5::create_dataset(design, "values", hdf5::stored_type(Column::Type::f64), layout);
  hdf5::write_rows(values, hdf5::memory_type(Column::Type::f64), 0, layout.rows, content.values.data(), what);
  values.close(what);
  (void)hdf5::write_texts(design, "run_id", content.run_ids);
  (void)hdf5::write_dataset(design, "replicate", std::span<const std::uint64_t>(content.replicates));
  if (!content.seeds.empty()) (void)hdf5::write_dataset(design, "seed", std::span<const std::uint64_t>(content.seeds));

  hdf5::Handle choices;
  for (const auto& parameter : content.parameters) {
    if (parameter.choices.empty()) continue;
    if (!choices.open()) choices = hdf5::create_group(design, "choices");
    (void)hdf5::write_texts(choices, parameter.name, parameter.choices);
  }
}

void write_results(hid_t file, const SweepFile& content, const std::string& what) {
  hdf5::Handle summary = hdf5::create_group(file, "summary");
  for (const auto& measure : content.summaries)
    (void)hdf5::write_dataset(summary, measure.name, std::span<const double>(measure.values), measure.units);
  const std::array<std::string, 3> words = {"pending", "done", "failed"};
  const hdf5::Handle states = hdf5::enum_type(words);
  hdf5::Handle status = hdf5::create_dataset(file, "status", states, {.rows = content.status.size()});
  hdf5::write_rows(status, states, 0, content.status.size(), content.status.data(), what);
  status.close(what);
}

void write_series(hid_t file, const SweepFile& content) {
  if (content.series.empty()) return;
  const hdf5::Handle series = hdf5::create_group(file, "series");
  for (const SweepFile::Series& part : content.series) {
    const hdf5::Handle group = hdf5::create_group(series, part.group);
    std::vector<hdf5::VirtualRow> rows;
    for (std::size_t run = 0; run < part.lengths.size(); ++run)
      rows.push_back({part.lengths[run] > 0 ? content.series_files[run] : std::string(), part.lengths[run]});
    const std::string source = "/run/series/" + part.group + "/";
    const std::uint64_t length = part.time.size();
    if (part.common_time)
      (void)hdf5::write_dataset(group, "time", std::span<const double>(part.time), "ms");
    else
      (void)hdf5::write_virtual(group, "time", rows, length, source + "time", "ms");
    for (const auto& variable : part.variables)
      (void)hdf5::write_virtual(group, variable.name, rows, length, source + variable.name, variable.units);
  }
}

}  // namespace

void write_sweep_file(const std::filesystem::path& path, const SweepFile& content) {
  const std::filesystem::path temporary = path.string() + ".tmp";
  {
    const hdf5::Lock lock;
    hdf5::Handle file = hdf5::create_file(temporary, !content.series.empty());
    hdf5::write_attribute(file, "format", std::string("burgeon-sweep"));
    hdf5::write_attribute(file, "format_version", std::span<const std::uint32_t>(format_version));
    hdf5::write_attribute(file, "title", content.title);
    hdf5::write_attribute(file, "planned", content.planned);
    hdf5::write_attribute(file, "done", content.done);
    hdf5::write_attribute(file, "complete", static_cast<std::uint8_t>(content.done == content.planned ? 1 : 0));
    hdf5::write_attribute(file, "coverage", std::to_string(content.done) + " of " + std::to_string(content.planned));
    write_design(file, content, temporary.string());
    write_results(file, content, temporary.string());
    write_series(file, content);
    file.close(temporary.string());
  }
  posix::publish(temporary, path);
}

}  // namespace burgeon
