#include "cli/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>

namespace burgeon::cli {
namespace {

std::size_t terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col : 80;
}

}  // namespace

ProgressDisplay::ProgressDisplay(const Console& console, ProgressStyle style) : console_(console), style_(style) {
  if (style_ != ProgressStyle::automatic) return;
  if (console.json()) style_ = ProgressStyle::none;
  live_ = console.live();
  silent_s_ = 1.0;
}

std::string ProgressDisplay::line(const Progress& p) {
  const double percent = p.total_ms > 0 ? 100.0 * p.biological_ms / p.total_ms : 100.0;
  std::string text = fmt::format("{:5.1f} %  {} of {}  left {}  RTF {}", percent, human_time(p.biological_ms),
                                 human_time(p.total_ms), human_wall(p.remaining_s), human_number(p.real_time_factor));
  for (const auto& [name, rate] : p.rates_hz) text += fmt::format("  {} {:.1f} Hz", name, rate);
  text += fmt::format("  {} synapses", human_count(static_cast<double>(p.synapses)));
  for (const auto& [name, level] : p.drug_levels)
    if (level > 0) text += fmt::format("  {} {} uM", name, human_number(level));
  return text;
}

std::string ProgressDisplay::json(const Progress& p) {
  nlohmann::json object = {{"biological_ms", p.biological_ms}, {"total_ms", p.total_ms},    {"wall_s", p.wall_s},
                           {"remaining_s", p.remaining_s},     {"rtf", p.real_time_factor}, {"synapses", p.synapses}};
  for (const auto& [name, rate] : p.rates_hz) object["rates_hz"][name] = rate;
  for (const auto& [name, level] : p.drug_levels) object["drug_uM"][name] = level;
  return object.dump();
}

void ProgressDisplay::show(const Progress& progress) {
  if (style_ == ProgressStyle::none || progress.wall_s < silent_s_) return;
  const auto now = std::chrono::steady_clock::now();
  const double gap_s = style_ == ProgressStyle::jsonl ? 1.0 : live_ ? 0.2 : 5.0;
  const bool last = progress.biological_ms >= progress.total_ms;
  if (!last && last_.time_since_epoch().count() != 0 && std::chrono::duration<double>(now - last_).count() < gap_s)
    return;
  last_ = now;
  if (style_ == ProgressStyle::jsonl) return console_.note(json(progress));
  if (!live_) return console_.note(line(progress));
  // Rewrite the line; erase what an earlier, longer one left. A line that wraps could not be rewritten.
  std::fputs(("\r" + line(progress).substr(0, terminal_width() - 1) + "\x1b[K").c_str(), stderr);
  std::fflush(stderr);
  drawn_ = true;
}

void ProgressDisplay::end() {
  if (!drawn_) return;
  std::fputs("\n", stderr);
  drawn_ = false;
}

}  // namespace burgeon::cli
