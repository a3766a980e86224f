#include "multiscale/two_starts.h"

#include <algorithm>
#include <cmath>

#include "multiscale/averages.h"

namespace burgeon {
namespace {

constexpr double volley_ms = 20.0;    // between two volleys of all neurons: 50 Hz, well above what is sustained
constexpr double reduction = 1.05;    // customary bound of the scale reduction factor
constexpr double beyond_noise = 5.0;  // standard errors; a dozen signals are compared, over and over

}  // namespace

Window TwoStarts::after(const Checkpoint& start, bool excited) {
  const MultiscaleSpec& how = spec_->multiscale;
  const auto steps = [&](double ms) { return static_cast<Step>(std::llround(ms / spec_->run.dt)); };
  Simulation& twin = *twin_;
  twin.restore(start);
  twin.hold_slow(true);
  const Step begin = twin.step(), settled = begin + steps(how.burn_in);
  if (excited) {
    for (Step at = begin; at < settled; at += steps(volley_ms)) {
      twin.excite();
      twin.run_until(std::min(settled, at + steps(volley_ms)));
    }
  } else {
    twin.silence(how.burn_in);
    twin.run_until(settled);
  }
  twin.run_until(settled + steps(how.burn_in));
  twin.open_window();
  twin.run_until(settled + steps(how.burst));
  return twin.window();
}

bool TwoStarts::bistable() {
  if (!twin_) twin_ = simulation_->twin(sink_);
  if (!twin_) return false;
  cost_ += 2.0 * (spec_->multiscale.burst + spec_->multiscale.burn_in);
  const Checkpoint start = simulation_->checkpoint();
  const Window low = after(start, false), high = after(start, true);
  for (std::size_t m = 0; m < low.mean.mean.size(); ++m) {
    const double a = low.mean.mean[m], b = high.mean.mean[m], apart = std::abs(a - b);
    const SeriesStatistics sa = series_statistics(series_of(low, m)), sb = series_statistics(series_of(high, m));
    // What a single spike or a tail of decay makes is no second state.
    const double noise = std::hypot(sa.standard_error, sb.standard_error);
    if (apart <= beyond_noise * noise || apart <= 0.05 * std::max(std::abs(a), std::abs(b)) || apart < 1e-9) continue;
    if (scale_reduction(series_of(low, m), series_of(high, m)) > reduction) return true;
  }
  return false;
}

}  // namespace burgeon
