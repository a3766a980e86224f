#pragma once
// Every command of `burgeon`: what the command line gives it, and the function that carries it out and returns the exit
// code. command_line.cpp fills these structs; nothing here knows how options are spelled.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/catalogue.h"
#include "cli/console.h"
#include "parallel/ranks.h"

namespace burgeon::cli {

enum Exit : int {
  exit_ok = 0,
  exit_internal = 1,     ///< a bug in burgeon
  exit_usage = 2,        ///< command line not understood
  exit_config = 3,       ///< model file invalid
  exit_numerical = 4,    ///< NaN, infinity, unbalanced spike ledger
  exit_environment = 5,  ///< disk, memory, missing or damaged file
  exit_sweep = 6,        ///< some runs of a sweep failed
  exit_different = 7,    ///< diff, reproduce: the results are not the same
  exit_interrupted = 130
};

/// What every command gets: where to print, which models there are, how it was called.
struct Context {
  const Console& console;
  const Catalogue& catalogue;
  std::string command_line;  ///< as typed, for provenance
  Ranks& ranks;              ///< alone until a command joins
};

/// A model file and what is changed in it.
struct ModelArguments {
  std::filesystem::path file;
  std::vector<std::string> set;  ///< "path.to.key=value"
  std::optional<std::uint64_t> seed;
};

enum class ProgressStyle : std::uint8_t { automatic, plain, jsonl, none };

struct RunArguments {
  ModelArguments model;
  std::filesystem::path out;  ///< empty: results/<stem of the model file>
  unsigned threads = 0;       ///< 0: as many as there are
  ProgressStyle progress = ProgressStyle::automatic;
  double checkpoint_s = 30.0;  ///< wall time between checkpoints: what a crash may cost
  bool schedule = false;       ///< print what a run does in which order, and stop
  bool direct = false;         ///< simulate without leaps
  bool force = false;          ///< replace what is in `out`
};
struct CheckArguments {
  ModelArguments model;
};
struct DescribeArguments {
  ModelArguments model;
  bool dot = false;
  bool signals = false;
};
struct ModelsArguments {
  std::string name;
};
struct InspectArguments {
  std::filesystem::path file;
  bool hash = false;
};
struct DiffArguments {
  std::filesystem::path a, b;
  double tolerance = 0.0;
};
struct ContinueArguments {
  std::filesystem::path folder;
  unsigned threads = 0;
  ProgressStyle progress = ProgressStyle::automatic;
  double checkpoint_s = 30.0;
};
struct DoctorArguments {
  std::filesystem::path folder = ".";
};
struct PlotArguments {
  std::vector<std::filesystem::path> runs;
  std::filesystem::path out;
  std::string kind = "overview";
  unsigned dpi = 150;
};
struct BenchArguments {
  ModelArguments model;
  unsigned threads = 0;
  unsigned repeats = 3;
};

int run(const Context& context, const RunArguments& arguments);
int check(const Context& context, const CheckArguments& arguments);
int describe(const Context& context, const DescribeArguments& arguments);
int models(const Context& context, const ModelsArguments& arguments);
int schema(const Context& context);
int inspect(const Context& context, const InspectArguments& arguments);
int diff(const Context& context, const DiffArguments& arguments);
int reproduce(const Context& context, const ContinueArguments& arguments);
int resume(const Context& context, const ContinueArguments& arguments);
int doctor(const Context& context, const DoctorArguments& arguments);
int plot(const Context& context, const PlotArguments& arguments);
int bench(const Context& context, const BenchArguments& arguments);
int completion(const Context& context);

}  // namespace burgeon::cli
