// burgeon sweep cohort: what a trial would report of the subjects of a sweep.

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "cli/sweep_books.h"
#include "io/posix.h"
#include "spec/fields.h"
#include "sweep/cohort.h"

namespace burgeon::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr double day = 86400e3;  // ms

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(); }
Json to_json(const Index& index, double unit = 1.0) {
  return {
      {"value", number(index.value / unit)}, {"low", number(index.low / unit)}, {"high", number(index.high / unit)}};
}
std::string text_of(const Index& i, double unit = 1.0) {
  if (std::isnan(i.value)) return "-";
  return fmt::format("{} [{}, {}]", human_number(i.value / unit), human_number(i.low / unit),
                     human_number(i.high / unit));
}
std::string cell(double value) { return std::isfinite(value) ? number_text(value) : ""; }
std::string cells(const Index& i) { return cell(i.value) + "," + cell(i.low) + "," + cell(i.high); }

double days_of(const CohortSpec& spec, std::size_t visit) { return visit == 0 ? 0.0 : spec.visits[visit - 1] / day; }

Json to_json(const CohortSpec& spec, const ArmResult& arm) {
  Json json = {{"name", arm.name}, {"enrolled", arm.enrolled}, {"baseline_sd", number(arm.baseline_sd)}};
  for (std::size_t v = 0; v < arm.visits.size(); ++v) {
    const VisitResult& r = arm.visits[v];
    json["visits"].push_back({{"day", days_of(spec, v)},
                              {"score", to_json(r.score)},
                              {"p10", number(r.low10)},
                              {"p90", number(r.high90)},
                              {"change", to_json(r.change)},
                              {"response", to_json(r.response)},
                              {"remission", to_json(r.remission)},
                              {"difference", to_json(r.difference)},
                              {"effect_size", to_json(r.effect_size)}});
  }
  if (!spec.follow) return json;
  json["relapse"] = {{"followed", arm.relapse.followed}, {"median_d", to_json(arm.relapse.median, day)}};
  for (std::size_t v = 0; v < arm.relapse.time.size(); ++v)
    json["relapse"]["free"].push_back({{"day", arm.relapse.time[v] / day}, {"share", to_json(arm.relapse.free[v])}});
  return json;
}

/// A row per arm and visit.
std::string to_csv(const CohortSpec& spec, const std::vector<ArmResult>& arms) {
  std::string text = "arm,day,enrolled";
  for (const char* name : {"score", "change", "response", "remission", "difference", "effect_size"})
    text += fmt::format(",{0},{0}.low,{0}.high", name);
  text += ",p10,p90\n";
  for (const ArmResult& arm : arms)
    for (std::size_t v = 0; v < arm.visits.size(); ++v) {
      const VisitResult& r = arm.visits[v];
      text += fmt::format("{},{},{},{},{},{},{},{},{},{},{}\n", arm.name, number_text(days_of(spec, v)), arm.enrolled,
                          cells(r.score), cells(r.change), cells(r.response), cells(r.remission), cells(r.difference),
                          cells(r.effect_size), cell(r.low10), cell(r.high90));
    }
  return text;
}

/// A row per arm and subject: who it is, and every rating.
std::string subjects_csv(const SweepPlan& plan, const std::vector<ArmRatings>& arms) {
  std::string text = "arm,subject";
  for (std::size_t a = 0; a + 1 < plan.axes(); ++a) text += "," + plan.spec.axes[a].name;
  for (std::size_t v = 0; v < arms[0].visits; ++v)
    text += ",rating." + number_text(days_of(*plan.spec.cohort, v)) + "d";
  text += "\n";
  for (std::size_t k = 0; k < arms.size(); ++k)
    for (std::size_t subject = 0; subject * arms.size() < plan.runs(); ++subject) {
      const auto values = plan.values(subject * arms.size() + k);
      text += arms[k].name + "," + std::to_string(subject);
      for (std::size_t a = 0; a + 1 < plan.axes(); ++a) text += "," + plan.spec.axes[a].text(values[a]);
      for (std::size_t v = 0; v < arms[k].visits; ++v) text += "," + cell(arms[k].rating[subject * arms[k].visits + v]);
      text += "\n";
    }
  return text;
}

void print(const Context& context, const CohortSpec& spec, const std::vector<ArmResult>& arms) {
  const std::size_t end = spec.endpoint + 1;
  TextTable table({"arm", "enrolled", "baseline", fmt::format("change at {} d", human_number(days_of(spec, end))),
                   "response", "remission", "minus control", "d"});
  for (const ArmResult& arm : arms) {
    const VisitResult& r = arm.visits[end];
    table.add({arm.name, std::to_string(arm.enrolled),
               fmt::format("{} +- {}", human_number(arm.visits[0].score.value), human_number(arm.baseline_sd)),
               text_of(r.change), text_of(r.response), text_of(r.remission), text_of(r.difference),
               text_of(r.effect_size)});
  }
  table.print(context.console);
  if (!spec.follow) return;
  TextTable relapse({"arm", "followed", "median days to relapse"});
  for (const ArmResult& arm : arms)
    relapse.add({arm.name, std::to_string(arm.relapse.followed), text_of(arm.relapse.median, day)});
  relapse.print(context.console);
}

}  // namespace

int sweep_cohort(const Context& context, const SweepCohortArguments& arguments) {
  const auto books = open_books(context, arguments.sweep);
  if (!books) return exit_config;
  if (!books->plan.spec.cohort) {
    context.console.error(arguments.sweep.file.string() + " has no [cohort]");
    return exit_config;
  }
  if (!covers(context, *books, arguments.partial)) return exit_sweep;
  const CohortSpec& spec = *books->plan.spec.cohort;
  const auto ratings = rate(books->plan, books->table);
  const auto arms = assess(spec, ratings, arguments.resamples);

  Json json = {{"title", books->plan.spec.title},
               {"planned", books->plan.runs()},
               {"done", books->table.done},
               {"control", spec.control},
               {"endpoint_d", days_of(spec, spec.endpoint + 1)},
               {"rating_sd", spec.rating_sd},
               {"remission", spec.remission},
               {"response", spec.response}};
  if (spec.follow) json["follow_d"] = days_of(spec, *spec.follow + 1);
  for (const ArmResult& arm : arms) json["arms"].push_back(to_json(spec, arm));
  const auto folder = sweep_folder(arguments.sweep);
  posix::write_file(folder / "cohort.json", json.dump(2) + "\n");
  posix::write_file(folder / "cohort.csv", to_csv(spec, arms));
  posix::write_file(folder / "subjects.csv", subjects_csv(books->plan, ratings));
  if (context.console.json())
    context.console.out(json.dump());
  else
    print(context, spec, arms);
  return arguments.figures ? draw_figures(context, "cohort_plot.py", folder) : exit_ok;
}

}  // namespace burgeon::cli
