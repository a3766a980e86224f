#include "cli/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/errors.h"
#include "io/hdf5_sink.h"

namespace burgeon::cli {

namespace fs = std::filesystem;

std::set<std::string> report_names(const fs::path& folder) {
  std::set<std::string> names;
  if (!fs::is_directory(folder / "reports")) return names;
  for (const auto& file : fs::directory_iterator(folder / "reports"))
    if (file.path().extension() == ".h5") names.insert(file.path().filename().string());
  return names;
}

fs::path result_file(const Context& context, const fs::path& given) {
  if (!fs::exists(given)) throw EnvironmentError(fmt::format("{}: no such file or folder", given.string()));
  if (!fs::is_directory(given)) return given;
  const RunState state = read_run_state(given);
  if (!state.finished && !state.segments.empty()) {
    if (!context.console.json())
      context.console.note(
          fmt::format("The run is not complete: showing what was saved up to {}.", human_time(state.until_ms)));
    merge_partial(given);
  }
  if (!fs::exists(given / "run.h5")) throw EnvironmentError(fmt::format("{}: no results in it yet", given.string()));
  return given / "run.h5";
}

RunDiff compare_results(const fs::path& a, const fs::path& b) {
  if (!fs::is_directory(a) || !fs::is_directory(b)) {
    const auto file = [](const fs::path& path) { return fs::is_directory(path) ? path / "run.h5" : path; };
    return burgeon::diff(file(a), file(b));
  }
  RunDiff difference = burgeon::diff(a / "run.h5", b / "run.h5");
  const std::set<std::string> left = report_names(a), right = report_names(b);
  std::set<std::string> names = left;
  names.insert(right.begin(), right.end());
  for (const std::string& name : names) {
    const std::string where = "reports/" + name;
    if (!right.contains(name)) {
      difference.results.push_back({where, "only in the first folder"});
    } else if (!left.contains(name)) {
      difference.results.push_back({where, "only in the second folder"});
    } else if (content_hash(a / "reports" / name) != content_hash(b / "reports" / name)) {
      difference.results.push_back({where, "other values"});
    }
  }
  return difference;
}

bool summaries_agree(const RunReader& a, const RunReader& b, double tolerance) {
  const auto left = a.summary(), right = b.summary();
  if (left.empty()) return false;
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), [&](const Measure& x, const Measure& y) {
    if (x.name != y.name || std::isnan(x.value) != std::isnan(y.value)) return false;
    // Equal infinities and two times "undefined" agree; a difference with an infinity is never small.
    if (x.value == y.value || std::isnan(x.value)) return true;
    const double gap = std::abs(x.value - y.value);
    return std::isfinite(gap) && gap <= tolerance * std::max(std::abs(x.value), std::abs(y.value));
  });
}

void print_difference(const Context& context, const RunDiff& difference, bool same, double tolerance) {
  if (context.console.json()) {
    nlohmann::json object = {
        {"same", same}, {"results", nlohmann::json::array()}, {"provenance", nlohmann::json::array()}};
    for (const Difference& d : difference.results) object["results"].push_back({{"where", d.where}, {"what", d.text}});
    for (const Difference& d : difference.provenance)
      object["provenance"].push_back({{"where", d.where}, {"what", d.text}});
    return context.console.out(object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  }
  const bool close = same && !difference.same_results();
  context.console.out(close  ? fmt::format("The summary measures agree within {}; not the same are:", tolerance)
                      : same ? "The results are the same."
                             : "The results DIFFER:");
  for (const Difference& d : difference.results) context.console.out(fmt::format("  {}: {}", d.where, d.text));
  if (!difference.provenance.empty()) context.console.out("How they were made differs in:");
  for (const Difference& d : difference.provenance) context.console.out(fmt::format("  {}: {}", d.where, d.text));
}

}  // namespace burgeon::cli
