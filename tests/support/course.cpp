#include "support/course.h"

#include "multiscale/multiscale.h"
#include "sweep/series_sink.h"

namespace burgeon::test {

std::vector<double> read_course(const std::string& file, const std::vector<Reading>& readings,
                                const std::vector<std::pair<std::string, std::string>>& changes, unsigned threads) {
  constexpr double hour = 3600e3, dose = 22 * 24 * hour;
  std::vector<Output> outputs;
  for (const Reading& r : readings)
    outputs.push_back(
        {.reduce = Output::Reduce::at, .name = r.series, .source = r.series, .stop = dose + r.hours * hour});
  const ModelSpec spec = load(file, changes);
  SeriesSink sink(outputs);
  Simulation simulation(spec, real_catalogue(), sink, {.threads = threads});
  Multiscale multiscale(spec, simulation, sink, {});
  multiscale.run();
  std::vector<double> values;
  for (const Measure& m : sink.measures()) values.push_back(m.value);
  return values;
}

}  // namespace burgeon::test
