// Virtual datasets: rows that lie in other files.

#include <array>
#include <limits>

#include "io/hdf5.h"

namespace burgeon::hdf5 {

namespace {

/// In a source's name "%b" would be a place holder.
std::string literal(const std::string& name) {
  std::string text;
  for (const char c : name) text += c == '%' ? std::string("%%") : std::string(1, c);
  return text;
}

}  // namespace

Handle write_virtual(hid_t parent, const std::string& name, std::span<const VirtualRow> rows, std::uint64_t length,
                     const std::string& source, const std::string& units) {
  Handle creation(check(H5Pcreate(H5P_DATASET_CREATE), "set up", name), H5Pclose);
  check(H5Pset_obj_track_times(creation, false), "set up", name);
  constexpr double fill = std::numeric_limits<double>::quiet_NaN();
  check(H5Pset_fill_value(creation, H5T_NATIVE_DOUBLE, &fill), "set up", name);
  const std::array<hsize_t, 2> dims{rows.size(), length};
  const Handle space(check(H5Screate_simple(2, dims.data(), nullptr), "shape", name), H5Sclose);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (rows[row].file.empty() || rows[row].length == 0) continue;
    const std::array<hsize_t, 2> start{row, 0}, count{1, rows[row].length};
    check(H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr), "shape", name);
    const Handle there(check(H5Screate_simple(1, &count[1], nullptr), "shape", name), H5Sclose);
    check(H5Pset_virtual(creation, space, literal(rows[row].file).c_str(), literal(source).c_str(), there), "map",
          name);
  }
  check(H5Sselect_all(space), "shape", name);
  Handle dataset(
      check(H5Dcreate2(parent, name.c_str(), stored_type(Column::Type::f64), space, H5P_DEFAULT, creation, H5P_DEFAULT),
            "create", name),
      H5Dclose);
  if (!units.empty()) write_attribute(dataset, "units", units);
  return dataset;
}

}  // namespace burgeon::hdf5
