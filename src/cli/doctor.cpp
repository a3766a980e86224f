// burgeon doctor: will it work here?

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/errors.h"
#include "base/noise.h"
#include "cli/commands.h"
#include "cli/machine.h"
#include "cli/process.h"
#include "io/doctor.h"

namespace burgeon::cli {

int doctor(const Context& context, const DoctorArguments& arguments) {
  bool healthy = true;
  nlohmann::json object;
  TextTable table({"check", "", "result"});
  const auto report = [&](const std::string& what, bool good, const std::string& text) {
    healthy = healthy && good;
    object[what] = {{"ok", good}, {"text", text}};
    table.add({what, good ? context.console.paint("ok", Ink::green) : context.console.paint("NO", Ink::red), text});
  };

  std::string levels;
  for (const char* simd : {"v2", "v3", "v4"})
    if (supports_simd(simd)) levels += (levels.empty() ? "" : " ") + std::string("x86-64-") + simd;
  report("processor", true, processor_name());
  report("kernels", true, fmt::format("{} (this processor can run: {})", context.catalogue.simd, levels));
  const Processors p = processors();
  report("threads", p.usable() > 0,
         fmt::format("{} of {} processors{}", p.usable(), p.present,
                     p.quota ? fmt::format(", control group allows {:.2g}", *p.quota) : ""));
  const std::string mpi = Ranks::library();
  report("MPI", true, mpi.empty() ? "not built in: one process per network" : mpi);
  report("memory", true, human_bytes(static_cast<double>(physical_memory())));

  const double room = static_cast<double>(disk_room(arguments.folder));
  report("disk room", room > 1e9, human_bytes(room) + " in " + arguments.folder.string());
  try {
    report("HDF5", true,
           fmt::format("{}; write, lock and read back in {}: fine", try_hdf5(arguments.folder),
                       arguments.folder.string()));
  } catch (const EnvironmentError& error) {
    report("HDF5", false, error.what());
  }
  const auto python = find_python();
  report("Python for plots", python.has_value(),
         python ? *python + " with numpy, h5py, matplotlib"
                : "none with numpy, h5py and matplotlib: install python3-h5py python3-matplotlib");

  if (context.console.json()) {
    context.console.out(object.dump());
  } else {
    table.print(context.console);
  }
  return healthy ? exit_ok : exit_environment;
}

}  // namespace burgeon::cli
