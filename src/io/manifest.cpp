#include "io/manifest.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <nlohmann/json.hpp>

#include "io/posix.h"

namespace burgeon {

namespace {

using Json = nlohmann::ordered_json;

std::string frame(const std::string& text) { return fmt::format("{:016x}", XXH64(text.data(), text.size(), 0)); }

/// False when the text isn't an entry.
bool parse(const std::string& text, ManifestEntry& entry) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return false;
  try {
    entry.number = json.at("segment").get<std::uint64_t>();
    entry.bytes = json.at("bytes").get<std::uint64_t>();
    entry.hash = json.at("hash").get<std::uint64_t>();
    entry.rows = json.at("rows").get<std::vector<std::uint64_t>>();
    entry.until_ms = json.at("until_ms").get<double>();
    entry.resumes = json.at("resumes").get<std::uint64_t>();
    entry.has_checkpoint = json.contains("step");
    if (entry.has_checkpoint) entry.step = json.at("step").get<Step>();
  } catch (const Json::exception&) {
    return false;
  }
  return true;
}

}  // namespace

std::string manifest_line(const ManifestEntry& entry) {
  Json json = {{"segment", entry.number}, {"bytes", entry.bytes},       {"hash", entry.hash},
               {"rows", entry.rows},      {"until_ms", entry.until_ms}, {"resumes", entry.resumes}};
  if (entry.has_checkpoint) json["step"] = entry.step;
  const std::string text = json.dump();
  return frame(text) + " " + text + "\n";
}

std::vector<ManifestEntry> read_manifest(const std::filesystem::path& folder) {
  std::vector<ManifestEntry> entries;
  if (!std::filesystem::exists(manifest_path(folder))) return entries;
  const std::string text = posix::read_file(manifest_path(folder));

  // A line counts when it is whole, its hash is right and it is the next one.
  constexpr std::size_t frame_length = 17;
  std::size_t start = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', start)) {
    const std::string line = text.substr(start, end - start);
    if (line.size() < frame_length || line[frame_length - 1] != ' ') break;
    const std::string body = line.substr(frame_length);
    ManifestEntry entry;
    if (line.substr(0, frame_length - 1) != frame(body) || !parse(body, entry) || entry.number != entries.size()) break;
    start = end + 1;
    entry.end = start;
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::filesystem::path manifest_path(const std::filesystem::path& folder) { return folder / "segments" / "manifest"; }

std::filesystem::path head_path(const std::filesystem::path& folder) { return folder / "segments" / "head.h5"; }

std::filesystem::path segment_path(const std::filesystem::path& folder, std::uint64_t number) {
  return folder / "segments" / fmt::format("segment_{:06}.h5", number);
}

std::filesystem::path checkpoint_path(const std::filesystem::path& folder, std::uint64_t number) {
  return folder / "checkpoints" / fmt::format("checkpoint_{:06}.h5", number);
}

}  // namespace burgeon
