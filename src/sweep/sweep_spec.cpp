#include "sweep/sweep_spec.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>

#include "spec/fields.h"
#include "spec/load.h"
#include "statistics/samples.h"
#include "sweep/design.h"
#include "sweep/point_file.h"
#include "sweep/read_cohort.h"
#include "sweep/read_outputs.h"
#include "sweep/sweep_fields.h"
#include "toml/write.h"

namespace burgeon {

namespace {

using Design = SweepSpec::Design;

/// A word in quotes, as TOML wants it.
std::string quoted(const std::string& word) {
  std::string text = "\"";
  for (const char c : word) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + '"';
}

/// A single value of an axis as TOML text; nullopt for tables and lists.
std::optional<std::string> toml_of(const Node& node) {
  if (node.is_text()) return quoted(node.text);
  if (node.kind == Node::Kind::integer) return std::to_string(node.integer);
  if (node.kind == Node::Kind::real) return number_text(node.real);
  if (node.kind == Node::Kind::boolean) return node.boolean ? "true" : "false";
  return std::nullopt;
}

/// Reads one sweep file, part by part; errors go into the report.
class Reader {
 public:
  Reader(Report& report, Loader& loader) : report_(report), loader_(loader) {}

  SweepSpec read(const Node& node) {
    Section root(report_, node, {0, 1, 1}, "the sweep", sweep_tables::root());
    root.require();
    spec_.title = root.text("title");
    (void)root.text("description");  // for people
    if (const std::string model = root.text("model"); !model.empty())
      spec_.model = loader_.resolve(model, root.value_at("model"), "model").value_or("");
    if (const Member* set = root.table("set")) read_set(set->value, "", spec_.set);
    if (const Member* axes = root.table("axes")) read_axes(axes->value);
    read_design(root);
    read_replicates(root);
    read_constraints(root);
    if (const Member* outputs = root.table("outputs")) read_outputs(report_, outputs->value, spec_);
    read_fit(report_, root, spec_);
    if (const Member* arms = root.table("arms")) read_arms(arms->value);
    read_cohort(report_, root, spec_);
    check_axes(root);
    return std::move(spec_);
  }

 private:
  // [set] may be written as tables or with dotted paths in quotes: both become paths.
  void read_set(const Node& table, const std::string& prefix, Overrides& set) {
    for (const Member& member : table.members) {
      const std::string path = prefix + member.name;
      if (member.value.is_table())
        read_set(member.value, path + ".", set);
      else if (member.value.is_array())
        set.emplace_back(path, write_value(member.value));
      else if (const auto text = toml_of(member.value))
        set.emplace_back(path, *text);
      else
        report_.error(member.value.at, "set." + path,
                      {"a sweep sets values of a model", "a number, a text, true, false, or a list of them"});
    }
  }

  // Arms are one more axis, whose values set several keys.
  void read_arms(const Node& table) {
    Axis arm{.kind = Axis::Kind::choice, .name = "arm"};
    for (const Member& member : table.members) {
      if (!member.value.is_table())
        report_.error(member.value.at, "arms." + member.name, {"an arm is a table of keys that it sets"});
      arm.values.push_back(static_cast<double>(arm.values.size()));
      arm.choices.push_back(quoted(member.name));
      read_set(member.value, "", arm.arms.emplace_back());
      for (const auto& [path, value] : arm.arms.back())
        if (paths_.contains(path))
          report_.error(member.at, "arms." + member.name, {"an axis sets '" + path + "' as well"});
    }
    if (arm.arms.empty()) report_.error(table.at, "arms", {"no arm", "[arms.NAME] and what it sets"});
    for (const Axis& axis : spec_.axes)
      if (axis.name == arm.name) report_.error(table.at, "arms", {"an axis is called 'arm' as well"});
    if (spec_.fit || spec_.design == Design::saltelli || spec_.design == Design::morris)
      report_.error(table.at, "arms",
                    {"neither fits nor Sobol or Morris indices know arms", "random, sobol, grid, ..."});
    spec_.axes.push_back(std::move(arm));
  }

  void read_axes(const Node& table) {
    for (const Member& member : table.members) {
      const std::string path = "axes." + member.name;
      const auto word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
      if (member.name.empty() || std::isdigit(static_cast<unsigned char>(member.name[0])) != 0 ||
          !std::all_of(member.name.begin(), member.name.end(), word))
        report_.error(member.at, path, {"'" + member.name + "' can't name an axis", "letters, digits and _"});
      if (!member.value.is_table()) {
        report_.error(member.value.at, path, {"an axis is a table", "[" + path + "] path = ..., values = [...]"});
        continue;
      }
      Section section(report_, member.value, member.value.at, path, sweep_tables::axis());
      section.require();
      read_axis(section, member.name);
    }
    if (spec_.axes.empty()) report_.error(table.at, "axes", {"a sweep needs at least one axis"});
  }

  void read_axis(Section& section, const std::string& name) {
    Axis axis{.name = name};
    for (auto& [path, at] : section.names("path")) {
      axis.paths.push_back(path);
      if (!paths_.insert(path).second) report_.error(at, section.path_of("path"), {"two axes set '" + path + "'"});
    }
    axis.unit = section.text("unit");
    axis.whole = section.boolean("whole", false);
    if (section.choice("scale") == 1U) axis.kind = Axis::Kind::log;
    const std::uint64_t points = section.has("points") ? section.integer("points") : 0;
    axis.range = section.has("from") || section.has("to");
    const bool population = section.has("normal") || section.has("lognormal");
    if (axis.range + population + section.has("values") + (section.has("normal") && section.has("lognormal")) != 1)
      report_.error(section.at(), section.path(),
                    {"an axis has either values or a range or a distribution",
                     "values = [...], or from and to, or normal = [mean, sd], or lognormal = [mean, sd]"});
    else if (axis.range)
      read_range(section, axis, points);
    else if (population)
      read_population(report_, section, axis);
    else
      read_values(section, axis);
    if (section.has("weights") && !section.has("values"))
      section.error_at_key("weights", {"'weights' has no effect without 'values'"});
    for (const std::string_view key : {"min", "max"})
      if (!population && section.has(key))
        section.error_at_key(key, {"'" + std::string(key) + "' has no effect without a distribution"});
    if (const Member* baseline = section.find("baseline")) read_baseline(section, axis, baseline->value);
    spec_.axes.push_back(std::move(axis));
  }

  void read_range(Section& section, Axis& axis, std::uint64_t points) {
    const auto end = [&](std::string_view name) {
      const Member* member = section.find(name);
      if (member && member->value.is_number() && std::isfinite(member->value.number())) return member->value.number();
      section.error(name, {"'" + std::string(name) + "' is a number, in the axis' unit"});
      return 1.0;
    };
    axis.from = end("from");
    axis.to = end("to");
    if (!(axis.from < axis.to)) section.error("to", {"a range runs upwards: from < to"});
    if (axis.kind == Axis::Kind::log && !(axis.from > 0.0))
      section.error("from", {"a logarithmic range starts above 0"});
    if (report_.failed()) return;
    // Both ends belong to the range, exactly.
    for (std::uint64_t i = 0; i < points; ++i) {
      const double u = points == 1 ? 0.5 : static_cast<double>(i) / static_cast<double>(points - 1);
      axis.values.push_back(i == 0 && points > 1 ? axis.from : i + 1 == points && points > 1 ? axis.to : axis.at(u));
      if (axis.whole) axis.values.back() = std::round(axis.values.back());
    }
    axis.values.erase(std::unique(axis.values.begin(), axis.values.end()), axis.values.end());
  }

  void read_values(Section& section, Axis& axis) {
    for (const std::string_view name : {"points", "scale", "whole"})
      if (section.has(name)) section.error_at_key(name, {"'" + std::string(name) + "' has no effect on listed values"});
    const Node& list = section.find("values")->value;
    if (!list.is_array() || list.items.empty())
      return section.error("values", {"'values' is a list", "[0.1, 0.3, 1] or [\"a\", \"b\"]"});
    const bool numbers = list.items[0].is_number();
    axis.kind = numbers ? Axis::Kind::linear : Axis::Kind::choice;
    if (!numbers && section.has("unit")) section.error_at_key("unit", {"'unit' has no effect on words"});
    for (const Node& item : list.items) {
      const auto toml = toml_of(item);
      if (!toml || item.is_number() != numbers || (numbers && !std::isfinite(item.number()))) {
        report_.error(item.at, section.path_of("values"), {"values are all numbers, or all words"});
        continue;
      }
      axis.values.push_back(numbers ? item.number() : static_cast<double>(axis.values.size()));
      if (!numbers) axis.choices.push_back(*toml);
    }
    if (section.has("weights")) read_weights(report_, section, axis);
  }

  void read_baseline(Section& section, Axis& axis, const Node& node) {
    if (axis.kind != Axis::Kind::choice && node.is_number()) {
      axis.baseline = node.number();
      return;
    }
    const auto toml = toml_of(node);
    const auto place = toml ? std::find(axis.choices.begin(), axis.choices.end(), *toml) : axis.choices.end();
    if (place == axis.choices.end()) return section.error("baseline", {"'baseline' is a value of the axis"});
    axis.baseline = static_cast<double>(place - axis.choices.begin());
  }

  void read_design(Section& root) {
    const Member* member = root.table("design");
    if (!member) return;
    Section section(report_, member->value, member->value.at, "design", sweep_tables::design());
    spec_.design = static_cast<Design>(section.variant("kind").value_or(0));
    spec_.samples = section.has("samples") ? section.integer("samples") : 0;
    spec_.levels = section.integer("levels");
    spec_.seed = section.integer("seed");
    if (spec_.levels % 2 != 0) section.error("levels", {"'levels' is even, so that every step has a partner"});
    if (const std::string file = section.text("file"); !file.empty()) read_csv(section, file);
  }

  void read_replicates(Section& root) {
    const Member* member = root.table("replicates");
    if (!member) return;
    Section section(report_, member->value, member->value.at, "replicates", sweep_tables::replicates());
    spec_.reseed = true;
    spec_.replicates = section.integer("count");
    spec_.replicate_seed = section.integer("seed");
    spec_.independent = section.choice("seeding") == 1U;
    if (paths_.contains("simulation.seed"))
      report_.error(section.at(), "replicates", {"'replicates' has no effect: an axis sets simulation.seed"});
    if (const Member* seeds = section.find("seeds")) {
      for (const std::string_view name : {"count", "seed", "seeding"})
        if (section.has(name)) section.error_at_key(name, {"'" + std::string(name) + "' has no effect beside 'seeds'"});
      for (const Node& item : seeds->value.items) {
        if (item.kind != Node::Kind::integer || item.integer < 0)
          report_.error(item.at, "replicates.seeds", {"a seed is a whole number, at least 0"});
        spec_.seeds.push_back(static_cast<std::uint64_t>(item.integer));
      }
      if (spec_.seeds.empty()) section.error("seeds", {"'seeds' is a list of whole numbers"});
      spec_.replicates = spec_.seeds.size();
    }
  }

  void read_constraints(Section& root) {
    const Member* member = root.find("constraints");
    if (!member) return;
    std::vector<std::string> names;
    for (const Axis& axis : spec_.axes) names.push_back(axis.kind == Axis::Kind::choice ? "" : axis.name);
    if (!member->value.is_array()) return root.error("constraints", {"'constraints' is a list", "[\"a < b\"]"});
    for (const Node& item : member->value.items) {
      auto [expression, error] = Expression::parse(item.text, names);
      if (!error.empty()) report_.error(item.at, "constraints", {"in '" + item.text + "': " + error});
      spec_.constraints.push_back(std::move(expression));
    }
    if (spec_.design == Design::saltelli || spec_.design == Design::morris)
      root.error("constraints", {"constraints would tear holes into this design", "any other design"});
  }

  void read_csv(Section& section, const std::string& name) {
    const Position at = section.value_at("file");
    const auto path = loader_.resolve(name, at, "design.file");
    const auto text = path ? loader_.read_text(*path, at) : std::nullopt;
    if (!text) return;
    auto [rows, wrong] = parse_points(*text, spec_.axes);
    if (!wrong.empty()) report_.error(at, "design.file", {name + ", " + wrong});
    spec_.rows = std::move(rows);
  }

  // What a design asks of its axes.
  void check_axes(Section& root) {
    if (report_.failed()) return;
    const auto complain = [&](const Axis& axis, const std::string& what) {
      report_.error(root.value_at("axes"), "axes." + axis.name, {"axis '" + axis.name + "': " + what});
    };
    const bool from_list = spec_.design == Design::list && spec_.rows.empty();
    const bool draws = spec_.design == Design::random || spec_.design == Design::latin_hypercube ||
                       spec_.design == Design::sobol || spec_.design == Design::saltelli;
    for (const Axis& axis : spec_.axes) {
      if (!axis.arms.empty()) continue;
      if (axis.spread != Axis::Spread::none && (spec_.fit || !draws))
        complain(axis, "a distribution needs a design that draws: random, latin_hypercube, sobol or saltelli");
      if (spec_.fit) {
        if (!axis.range) complain(axis, "a fit needs a range: from and to");
        if (!axis.values.empty() && axis.range) complain(axis, "'points' has no effect in a fit");
        if (axis.baseline && !(axis.from <= *axis.baseline && *axis.baseline <= axis.to))
          complain(axis, "the baseline, where a fit starts, lies outside the range");
        continue;
      }
      const bool listed = spec_.design == Design::grid || from_list || spec_.design == Design::one_at_a_time;
      if (listed && axis.values.empty()) complain(axis, "this design needs 'values', or 'points' of the range");
      if (spec_.design == Design::one_at_a_time && !axis.baseline) complain(axis, "one_at_a_time needs a 'baseline'");
      if (spec_.design != Design::one_at_a_time && axis.baseline) complain(axis, "'baseline' has no effect here");
      if (from_list && axis.values.size() != spec_.axes[0].values.size())
        complain(axis, "a list needs as many values on every axis");
    }
    if (report_.failed() || spec_.fit) return;
    if (count_runs(spec_) > static_cast<double>(most_runs))
      root.error("design",
                 {"too many runs: " + number_text(count_runs(spec_)), "at most " + std::to_string(most_runs)});
    const std::size_t dimensions = spec_.axes.size() * (spec_.design == Design::saltelli ? 2 : 1);
    if ((spec_.design == Design::saltelli || spec_.design == Design::sobol) && dimensions > most_sobol_axes())
      root.error("design", {"too many axes for a Sobol sequence"});
  }

  Report& report_;
  Loader& loader_;
  SweepSpec spec_;
  std::set<std::string> paths_;
};

}  // namespace

SweepReadResult read_sweep(const std::filesystem::path& file) {
  Report report;
  SweepReadResult result;
  Loader loader(report, file);
  const Node root = loader.load_file(file);
  if (!report.failed()) {
    SweepSpec spec = Reader(report, loader).read(root);
    spec.file = file;
    if (!report.failed()) result.spec = std::move(spec);
  }
  result.diagnostics = report.finish();
  return result;
}

}  // namespace burgeon
