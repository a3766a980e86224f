#include "spec/read.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <new>

#include "spec/validate.h"
#include "toml/write.h"

namespace burgeon {

namespace {

std::uint64_t physical_memory() {
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long size = sysconf(_SC_PAGESIZE);
  return pages > 0 && size > 0 ? static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(size) : 0;
}

std::string size_text(double bytes) {
  constexpr const char* units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  std::size_t k = 0;
  for (; bytes >= 1000.0 && k + 1 < std::size(units); ++k) bytes /= 1000.0;
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%.3g %s", bytes, units[k]);
  return buffer;
}

// Refuses what the machine can't hold, naming the part to make smaller.
void check_memory(Build& build, std::uint64_t limit) {
  if (limit == 0) limit = physical_memory();
  const auto shares = memory_shares(build.spec);
  if (limit == 0 || shares.empty()) return;
  double total = 0.0;
  for (const MemoryShare& share : shares) total += share.bytes;
  if (total <= static_cast<double>(limit)) return;
  const auto biggest =
      std::max_element(shares.begin(), shares.end(), [](const auto& a, const auto& b) { return a.bytes < b.bytes; });
  const auto index = static_cast<std::size_t>(biggest - shares.begin());
  // Shares list populations first, then projections; a projection points at its target population.
  const auto& spec = build.spec;
  const bool population = index < spec.populations.size();
  const std::size_t at = population ? index : spec.projections[index - spec.populations.size()].target.population;
  build.report.error(build.population_at[at], "populations." + spec.populations[at].name,
                     {"the run needs about " + size_text(total) + " of memory; the biggest part is " + biggest->name +
                          " with " + size_text(biggest->bytes),
                      "at most " + size_text(static_cast<double>(limit))});
}

void validate(Build& build, const Node& root, const ReadOptions& options) {
  validate_simulation(build, root);
  validate_populations(build, root);
  validate_drugs(build, root);
  validate_doses(build, root);
  validate_projections(build, root);
  validate_structure(build, root);
  validate_inputs(build, root);
  declare_slow(build, root);
  connect_slow(build, root);
  connect_structure(build, root);
  validate_couplings(build, root);
  validate_interventions(build, root);
  validate_records(build, root);
  validate_multiscale(build, root);
  if (!build.report.failed()) check_memory(build, options.memory_limit);
}

// The model as one file that needs no other: bases and overrides merged in, spike files replaced by their events.
std::string stand_alone(Node root, const ModelSpec& spec, const std::string& file) {
  if (Member* inputs = root.find("inputs"))
    for (Member& member : inputs->value.members) {
      Member* from_file = member.value.find("file");
      if (!from_file) continue;
      Node events;
      events.kind = Node::Kind::array;
      for (const InputSpec& input : spec.inputs) {
        if (input.name != member.name && !input.name.starts_with(member.name + ".")) continue;
        for (const InputSpec::Event& event : input.events) {
          Node time, index, pair;
          time.kind = Node::Kind::text;
          time.text = fmt::format("{} ms", event.t);
          index.kind = Node::Kind::integer;
          index.integer = static_cast<std::int64_t>(event.index);
          pair.kind = Node::Kind::array;
          pair.items = {time, index};
          events.items.push_back(pair);
        }
        break;
      }
      from_file->name = "events";
      from_file->value = std::move(events);
    }
  return "# " + file + ", with everything it extends and every change of the command line\n" + write_toml(root);
}

/// Meaning of a tree with its overrides. The loader has read all of it into `report`.
void resolve(const std::filesystem::path& file, const Catalogue& catalogue, const ReadOptions& options, Node& root,
             Loader& loader, Report& report, ReadResult& result) {
  if (report.failed()) return;
  loader.apply(root, options.overrides);
  Build build{report, catalogue, loader};
  validate(build, root, options);
  if (report.failed()) return;
  build.spec.source_path = file.string();
  build.spec.source_text = stand_alone(root, build.spec, file.string());
  canonicalise(build.spec);
  result.spec = std::move(build.spec);
}

/// Runs `work` and reports what is wrong, want of memory included.
template <class Work>
ReadResult reported(Report report, Work&& work) {
  ReadResult result;
  try {
    work(report, result);
  } catch (const std::bad_alloc&) {
    report.error({0, 0, 0}, "", {"the model file needs more memory to read than there is"});
  }
  result.diagnostics = report.finish();
  return result;
}

template <class Load>
ReadResult read(const std::filesystem::path& file, const Catalogue& catalogue, const ReadOptions& options,
                Load&& load) {
  return reported(Report(), [&](Report& report, ReadResult& result) {
    Loader loader(report, file);
    Node root = load(loader);
    resolve(file, catalogue, options, root, loader, report, result);
  });
}

}  // namespace

ReadResult read_model(const std::filesystem::path& file, const Catalogue& catalogue, const ReadOptions& options) {
  return read(file, catalogue, options, [&](Loader& loader) { return loader.load_file(file); });
}

ReadResult read_model_text(const std::string& text, const std::string& name, const Catalogue& catalogue,
                           const ReadOptions& options) {
  return read(name, catalogue, options, [&](Loader& loader) { return loader.load_text(text, name); });
}

// ---------------------------------------------------------------------------------------------------------------------

struct ModelFile::Parsed {
  explicit Parsed(const std::filesystem::path& file) : loader(report, file), root(loader.load_file(file)) {}
  Report report;
  Loader loader;
  Node root;
};

ModelFile::ModelFile(std::filesystem::path file, const Catalogue& catalogue)
    : file_(std::move(file)), catalogue_(catalogue), parsed_(std::make_shared<const Parsed>(file_)) {}

ReadResult ModelFile::read(const ReadOptions& options) const {
  return reported(parsed_->report, [&](Report& report, ReadResult& result) {
    Loader loader(report, parsed_->loader);
    Node root = parsed_->root;
    resolve(file_, catalogue_, options, root, loader, report, result);
  });
}

}  // namespace burgeon
