// For any cuts, interruptions and resumes the result file holds the same bytes.

#include <gtest/gtest.h>

#include <random>

#include "io/run_reader.h"
#include "unit/io_run.h"

namespace burgeon {
namespace {

using namespace io_run;

/// Random history: rows, cuts with and without checkpoint, kills (a sink that is dropped), resumes.
void random_history(const std::filesystem::path& folder, Step steps, std::mt19937& random) {
  Step step = 0;
  for (int life = 0;; ++life) {
    const auto from = newest_checkpoint(folder);
    Hdf5Options options{.mode = from ? Hdf5Options::Mode::resume : Hdf5Options::Mode::overwrite};
    options.resume_step = step = from ? from->step : 0;
    options.buffer_bytes = 200U << (random() % 8);
    Hdf5Sink sink(folder, metadata(), options);
    declare(sink);
    const bool last_life = life == 4;
    bool dies = false;
    for (; step < steps && !dies; ++step) {
      feed_step(sink, step);
      const auto chance = random() % 40;
      if (chance == 0) sink.cut_segment();
      if (chance <= 2 && chance > 0) sink.cut_segment(checkpoint(step + 1, 64));
      dies = !last_life && chance == 3;
    }
    if (dies) continue;
    sink.close(ended());
    return;
  }
}

TEST(Cuts, AnyHistoryGivesTheSameResult) {
  constexpr Step steps = 150;
  const Folder whole;
  write_run(whole.path, steps);
  const std::uint64_t expected = content_hash(whole.path / "run.h5");
  const std::string report = bytes_of(whole.path / "reports/v.h5");
  for (unsigned seed = 0; seed < 8; ++seed) {
    std::mt19937 random(seed);
    const Folder folder;
    random_history(folder.path, steps, random);
    ASSERT_EQ(content_hash(folder.path / "run.h5"), expected) << "seed " << seed;
    ASSERT_EQ(bytes_of(folder.path / "reports/v.h5"), report) << "seed " << seed;
    ASSERT_EQ(std::filesystem::file_size(folder.path / "run.h5"), std::filesystem::file_size(whole.path / "run.h5"));
  }
}

}  // namespace
}  // namespace burgeon
