#include "sweep/read_cohort.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "sweep/sweep_fields.h"

namespace burgeon {

namespace {

/// A list of finite numbers; empty, and an error, when it is something else.
std::vector<double> numbers(Section& section, std::string_view name, std::size_t count, const char* form) {
  std::vector<double> values;
  const Node& list = section.find(name)->value;
  for (const Node& item : list.items)
    if (item.is_number() && std::isfinite(item.number())) values.push_back(item.number());
  if (list.is_array() && values.size() == count && list.items.size() == count) return values;
  section.error(name, {"'" + std::string(name) + "' is " + form});
  return {};
}

double limit(Section& section, std::string_view name, double otherwise) {
  const Member* member = section.find(name);
  if (!member) return otherwise;
  if (member->value.is_number() && std::isfinite(member->value.number())) return member->value.number();
  section.error(name, {"'" + std::string(name) + "' is a number, in the axis' unit"});
  return otherwise;
}

/// Times of the visits [ms after the start]; they rise.
std::vector<double> read_visits(Report& report, Section& section) {
  std::vector<double> visits;
  const Node& list = section.find("visits")->value;
  const Field time{.name = "visits", .unit = "ms", .minimum = 0, .maximum = 1e300};
  ValueReader reader(report, section.path_of("visits"), time, "ms");
  for (const Node& item : list.items) {
    const auto value = reader.quantity(item);
    if (!value) continue;
    if (*value <= (visits.empty() ? 0.0 : visits.back()))
      report.error(item.at, section.path_of("visits"), {"visits rise, from after the start"});
    visits.push_back(*value);
  }
  if (visits.empty()) section.error("visits", {"'visits' is a list of times", "[\"2 h\", \"1 d\"]"});
  return visits;
}

std::optional<std::size_t> visit_at(Section& section, std::string_view name, const std::vector<double>& visits) {
  const double time = section.quantity(name);
  const auto place = std::find(visits.begin(), visits.end(), time);
  if (place != visits.end()) return static_cast<std::size_t>(place - visits.begin());
  section.error(name, {"'" + std::string(name) + "' is one of the visits"});
  return std::nullopt;
}

}  // namespace

std::string visit_output(std::size_t visit) { return fmt::format("score.{:03}", visit); }

void read_population(Report& report, Section& section, Axis& axis) {
  const bool logarithmic = section.has("lognormal");
  const std::string_view name = logarithmic ? "lognormal" : "normal";
  for (const std::string_view other : {"points", "scale"})
    if (section.has(other))
      section.error_at_key(other, {"'" + std::string(other) + "' has no effect on a distribution"});
  const auto values = numbers(section, name, 2, "[mean, sd], in the axis' unit");
  if (values.empty()) return;
  axis.spread = logarithmic ? Axis::Spread::lognormal : Axis::Spread::normal;
  axis.mean = values[0];
  axis.sd = values[1];
  if (!(axis.sd > 0.0)) section.error(name, {"the SD of a population is above 0"});
  if (logarithmic && !(axis.mean > 0.0)) section.error(name, {"the mean of a lognormal population is above 0"});
  constexpr double infinite = std::numeric_limits<double>::infinity();
  axis.from = limit(section, "min", logarithmic ? 0.0 : -infinite);
  axis.to = limit(section, "max", infinite);
  if (!(axis.from < axis.to)) section.error("max", {"the limits leave nobody: min < max"});
  // With hardly anybody inside, the limits would be the distribution.
  if (!report.failed() && (axis.at(0.5) <= axis.from || axis.at(0.5) >= axis.to))
    report.error(section.at(), section.path(), {"the limits leave next to nothing of the distribution"});
}

void read_weights(Report& report, Section& section, Axis& axis) {
  const auto weights = numbers(section, "weights", axis.values.size(), "a list of numbers, one per value");
  double sum = 0.0;
  for (const double weight : weights) {
    if (weight < 0.0) section.error("weights", {"a weight is at least 0"});
    axis.cumulative.push_back(sum += weight);
  }
  if (!weights.empty() && !(sum > 0.0)) section.error("weights", {"some weight is above 0"});
  if (report.failed()) return;
  for (double& share : axis.cumulative) share /= sum;
  axis.spread = Axis::Spread::weights;
}

void read_cohort(Report& report, Section& root, SweepSpec& spec) {
  const Member* member = root.table("cohort");
  if (!member) return;
  Section section(report, member->value, member->value.at, "cohort", sweep_tables::cohort());
  section.require();
  if (report.failed()) return;
  CohortSpec cohort{.score = section.text("score"),
                    .start = section.quantity("start"),
                    .visits = read_visits(report, section),
                    .control = section.text("control"),
                    .rating_sd = section.quantity("rating_sd"),
                    .entry = section.quantity("entry"),
                    .response = section.quantity("response"),
                    .remission = section.quantity("remission"),
                    .relapse = section.quantity("relapse"),
                    .relapse_score = section.quantity("relapse_score"),
                    .relapse_visits = section.integer("relapse_visits"),
                    .seed = section.integer("seed")};
  cohort.endpoint = visit_at(section, "endpoint", cohort.visits).value_or(0);
  if (section.has("follow")) cohort.follow = visit_at(section, "follow", cohort.visits);
  for (const std::string_view name : {"relapse", "relapse_score", "relapse_visits"})
    if (!section.has("follow") && section.has(name))
      section.error_at_key(name, {"'" + std::string(name) + "' has no effect without 'follow'"});
  if (cohort.follow && *cohort.follow + 1 == cohort.visits.size())
    section.error("follow", {"nobody can relapse after the last visit"});
  if (spec.replicates != 1) section.error("score", {"a subject is one run: no replicates in a cohort", "more samples"});
  const Axis* arm = spec.axes.empty() || spec.axes.back().arms.empty() ? nullptr : &spec.axes.back();
  if (!arm) return report.error(section.at(), "cohort", {"a cohort needs arms", "[arms.NAME] and what it sets"});
  if (const auto& c = arm->choices;
      section.has("control") && std::find(c.begin(), c.end(), '"' + cohort.control + '"') == c.end())
    section.error("control", {"'" + cohort.control + "' is no arm"});
  for (std::size_t v = 0; v <= cohort.visits.size(); ++v)
    spec.outputs.push_back({.reduce = Output::Reduce::at,
                            .name = visit_output(v),
                            .source = cohort.score,
                            .stop = cohort.start + (v == 0 ? 0.0 : cohort.visits[v - 1])});
  std::stable_sort(spec.outputs.begin(), spec.outputs.end(),
                   [](const Output& a, const Output& b) { return a.name < b.name; });
  spec.cohort = std::move(cohort);
}

}  // namespace burgeon
