#include "sweep/run_record.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace burgeon {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t frame_length = 17;  // 16 digits and a space

std::string frame(const std::string& text) { return fmt::format("{:016x}", XXH64(text.data(), text.size(), 0)); }

// JSON has no NaN: it is written as null.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(); }
double to_number(const Json& json) {
  return json.is_null() ? std::numeric_limits<double>::quiet_NaN() : json.get<double>();
}

}  // namespace

std::string owner_line(const std::string& token) { return token + "\n"; }

std::string parse_owner(const std::string& text) {
  const std::size_t end = text.find('\n');
  return end == std::string::npos ? std::string() : text.substr(0, end);
}

std::string record_line(const RunRecord& record) {
  Json measures = Json::array();
  for (const Measure& m : record.measures) measures.push_back({m.name, number(m.value), m.unit});
  const Json json = {{"record", 1},
                     {"id", record.id},
                     {"problem", record.problem},
                     {"message", record.message},
                     {"result_hash", fmt::format("{:016x}", record.result_hash)},
                     {"measures", std::move(measures)},
                     {"build_s", record.build_s},
                     {"loop_s", record.loop_s},
                     {"wall_s", record.wall_s},
                     {"epoch", record.epoch}};
  const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return frame(text) + " " + text + "\n";
}

std::optional<RunRecord> parse_record(const std::string& text, const std::string& id) {
  // Whole lines only: a torn write has no end.
  const std::size_t start = text.find('\n') + 1;
  if (start == 0 || text.size() < start + frame_length + 1 || text.back() != '\n') return std::nullopt;
  const std::string body = text.substr(start + frame_length, text.size() - start - frame_length - 1);
  if (text.substr(start, frame_length) != frame(body) + " ") return std::nullopt;
  const Json json = Json::parse(body, nullptr, false);
  try {
    if (json.at("record") != 1 || json.at("id") != id) return std::nullopt;
    RunRecord record;
    record.id = id;
    record.owner = text.substr(0, start - 1);
    record.problem = json.at("problem").get<std::string>();
    record.message = json.at("message").get<std::string>();
    record.result_hash = std::stoull(json.at("result_hash").get<std::string>(), nullptr, 16);
    for (const Json& m : json.at("measures"))
      record.measures.push_back({m.at(0).get<std::string>(), to_number(m.at(1)), m.at(2).get<std::string>(), ""});
    record.build_s = json.at("build_s").get<double>();
    record.loop_s = json.at("loop_s").get<double>();
    record.wall_s = json.at("wall_s").get<double>();
    record.epoch = json.at("epoch").get<std::uint64_t>();
    return record;
  } catch (const std::exception&) {
    return std::nullopt;  // right hash, but of another version
  }
}

std::string run_id(const std::string& canonical, const std::string& engine, const std::string& outputs) {
  const std::string text = canonical + "\n" + engine + "\n" + outputs;
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace burgeon
