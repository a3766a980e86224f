#include "io/doctor.h"

#include <unistd.h>

#include <array>
#include <string>

#include "base/errors.h"
#include "io/hdf5.h"

namespace burgeon {

std::string try_hdf5(const std::filesystem::path& folder) {
  const hdf5::Lock lock;
  unsigned version[3] = {};
  hdf5::check(H5get_libversion(&version[0], &version[1], &version[2]), "ask for the version of", "HDF5");

  const std::filesystem::path file = folder / (".burgeon-doctor-" + std::to_string(::getpid()) + ".h5");
  const std::array<double, 3> written = {1.0, 2.0, 3.0};
  {
    hdf5::Handle out = hdf5::create_file(file);
    hdf5::write_dataset(out, "trial", written).close("trial");
    out.close(file.string());
  }
  std::array<double, 3> back{};
  {
    const hdf5::Handle in = hdf5::open_file(file);
    const hdf5::Handle dataset(H5Dopen2(in, "trial", H5P_DEFAULT), H5Dclose);
    hdf5::read_rows(hdf5::check(dataset, "open", "trial"), hdf5::memory_type(Column::Type::f64), 0, back.size(),
                    back.data(), "trial");
  }
  std::filesystem::remove(file);
  if (back != written) throw EnvironmentError("read back " + file.string() + ": not what was written");
  return std::to_string(version[0]) + "." + std::to_string(version[1]) + "." + std::to_string(version[2]);
}

}  // namespace burgeon
