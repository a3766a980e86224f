// Datasets: creation with a fixed layout, row-wise transfer, and walks that treat all datasets alike.

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <memory>

#include "base/errors.h"
#include "io/hdf5.h"

namespace burgeon::hdf5 {

namespace {

constexpr unsigned gzip_level = 4;             // assumed: beyond 4, spikes shrink by a few percent at twice the time
constexpr std::size_t block_bytes = 1U << 20;  // assumed: one transfer when a dataset is streamed

template <class T>
Handle write_array(hid_t parent, const std::string& name, hid_t stored, hid_t memory, std::span<const T> values,
                   const std::string& units) {
  // Small arrays gain nothing from chunks; large ones are compressed.
  constexpr std::uint64_t rows = 65536;
  Handle dataset =
      create_dataset(parent, name, stored, {.rows = values.size(), .chunk_rows = values.size() > 512 ? rows : 0});
  write_rows(dataset, memory, 0, values.size(), values.data(), name);
  if (!units.empty()) write_attribute(dataset, "units", units);
  return dataset;
}

/// Spaces for rows first ... first + rows - 1 of a dataset: in the file and in memory.
std::array<Handle, 2> row_spaces(hid_t dataset, std::uint64_t first, std::uint64_t rows, const std::string& what) {
  Handle file(check(H5Dget_space(dataset), "read the shape of", what), H5Sclose);
  std::array<hsize_t, H5S_MAX_RANK> dims{};
  std::array<hsize_t, H5S_MAX_RANK> start{};
  const int rank = H5Sget_simple_extent_dims(file, dims.data(), nullptr);
  if (rank < 1 || first + rows > dims[0]) throw EnvironmentError("'" + what + "' has fewer rows than expected");
  start[0] = first;
  dims[0] = rows;
  check(H5Sselect_hyperslab(file, H5S_SELECT_SET, start.data(), nullptr, dims.data(), nullptr), "select rows of", what);
  Handle memory(check(H5Screate_simple(rank, dims.data(), nullptr), "shape rows of", what), H5Sclose);
  return {std::move(file), std::move(memory)};
}

}  // namespace

Handle create_dataset(hid_t parent, const std::string& name, hid_t type, const Layout& layout) {
  Handle creation(check(H5Pcreate(H5P_DATASET_CREATE), "set up", name), H5Pclose);
  check(H5Pset_obj_track_times(creation, false), "set up", name);
  const int rank = layout.matrix || layout.width > 1 ? 2 : 1;
  const std::array<hsize_t, 2> dims{layout.rows, layout.width};

  if (layout.chunk_rows > 0 && layout.rows > 0 && layout.width > 0) {
    // Edge chunks are zero-filled, so that the bytes don't depend on what was in memory.
    const std::array<hsize_t, 2> chunk{std::min(layout.chunk_rows, layout.rows), layout.width};
    check(H5Pset_chunk(creation, rank, chunk.data()), "chunk", name);
    check(H5Pset_fill_time(creation, H5D_FILL_TIME_ALLOC), "set up", name);
    check(H5Pset_shuffle(creation), "shuffle", name);
    check(H5Pset_deflate(creation, gzip_level), "compress", name);
    check(H5Pset_fletcher32(creation), "checksum", name);
  } else {
    check(H5Pset_alloc_time(creation, H5D_ALLOC_TIME_EARLY), "set up", name);
    check(H5Pset_fill_time(creation, H5D_FILL_TIME_NEVER), "set up", name);
  }

  const Handle space(check(H5Screate_simple(rank, dims.data(), nullptr), "shape", name), H5Sclose);
  return {check(H5Dcreate2(parent, name.c_str(), type, space, H5P_DEFAULT, creation, H5P_DEFAULT), "create", name),
          H5Dclose};
}

void write_rows(hid_t dataset, hid_t type, std::uint64_t first, std::uint64_t rows, const void* values,
                const std::string& what) {
  if (rows == 0) return;
  const auto [file, memory] = row_spaces(dataset, first, rows, what);
  check(H5Dwrite(dataset, type, memory, file, H5P_DEFAULT, values), "write", what);
}

void read_rows(hid_t dataset, hid_t type, std::uint64_t first, std::uint64_t rows, void* values,
               const std::string& what) {
  if (rows == 0) return;
  const Handle creation(check(H5Dget_create_plist(dataset), "read the layout of", what), H5Pclose);
  if (H5Pget_layout(creation) != H5D_CHUNKED) {
    const auto [file, memory] = row_spaces(dataset, first, rows, what);
    check(H5Dread(dataset, type, memory, file, H5P_DEFAULT, values), "read", what);
    return;
  }

  // Chunks are read by our own code, in stored form, then converted in place in a buffer that holds the larger form.
  const Handle stored(check(H5Dget_type(dataset), "read the type of", what), H5Tclose);
  const Shape shape = shape_of(dataset);
  const std::size_t size = H5Tget_size(type);
  const std::uint64_t n = shape.row_bytes() / shape.item * rows;
  std::vector<std::byte> bytes(n * std::max(size, shape.item));
  read_filtered(dataset, creation, first, rows, bytes.data(), what);
  if (H5Tequal(stored, type) <= 0)
    check(H5Tconvert(stored, type, n, bytes.data(), nullptr, H5P_DEFAULT), "convert", what);
  std::memcpy(values, bytes.data(), n * size);
}

Handle write_dataset(hid_t parent, const std::string& name, std::span<const double> values, const std::string& units) {
  return write_array(parent, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, values, units);
}
Handle write_dataset(hid_t parent, const std::string& name, std::span<const float> values, const std::string& units) {
  return write_array(parent, name, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, values, units);
}
Handle write_dataset(hid_t parent, const std::string& name, std::span<const std::uint64_t> values) {
  return write_array(parent, name, H5T_STD_U64LE, H5T_NATIVE_UINT64, values, "");
}
Handle write_dataset(hid_t parent, const std::string& name, std::span<const std::uint32_t> values) {
  return write_array(parent, name, H5T_STD_U32LE, H5T_NATIVE_UINT32, values, "");
}
Handle write_dataset(hid_t parent, const std::string& name, std::span<const std::int64_t> values) {
  return write_array(parent, name, H5T_STD_I64LE, H5T_NATIVE_INT64, values, "");
}

Handle write_scalar(hid_t parent, const std::string& name, double value, const std::string& units) {
  const Handle space(check(H5Screate(H5S_SCALAR), "shape", name), H5Sclose);
  Handle creation(check(H5Pcreate(H5P_DATASET_CREATE), "set up", name), H5Pclose);
  check(H5Pset_obj_track_times(creation, false), "set up", name);
  Handle dataset(check(H5Dcreate2(parent, name.c_str(), H5T_IEEE_F64LE, space, H5P_DEFAULT, creation, H5P_DEFAULT),
                       "create", name),
                 H5Dclose);
  check(H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, &value), "write", name);
  write_attribute(dataset, "units", units);
  return dataset;
}

std::uint64_t Shape::row_bytes() const {
  std::uint64_t bytes = item;
  for (std::size_t i = 1; i < dims.size(); ++i) bytes *= dims[i];
  return bytes;
}

Shape shape_of(hid_t dataset) {
  const Handle space(check(H5Dget_space(dataset), "read the shape of", "dataset"), H5Sclose);
  const Handle type(check(H5Dget_type(dataset), "read the type of", "dataset"), H5Tclose);
  std::array<hsize_t, H5S_MAX_RANK> dims{};
  const int rank = H5Sget_simple_extent_dims(space, dims.data(), nullptr);
  check(rank, "read the shape of", "dataset");
  return {.dims = {dims.begin(), dims.begin() + rank}, .item = H5Tget_size(type)};
}

void for_each_block(hid_t dataset, const std::string& what,
                    const std::function<void(std::uint64_t, std::uint64_t, std::span<const std::byte>)>& use) {
  const Handle type(check(H5Dget_type(dataset), "read the type of", what), H5Tclose);
  const Shape shape = shape_of(dataset);
  if (shape.rows() == 0 || shape.row_bytes() == 0) return;

  // Blocks are whole chunks, so that no chunk is decompressed twice.
  std::uint64_t step = std::max<std::uint64_t>(1, block_bytes / shape.row_bytes());
  const Handle creation(check(H5Dget_create_plist(dataset), "read the layout of", what), H5Pclose);
  if (std::array<hsize_t, H5S_MAX_RANK> chunk{}; H5Pget_layout(creation) == H5D_CHUNKED) {
    check(H5Pget_chunk(creation, H5S_MAX_RANK, chunk.data()), "read the chunks of", what);
    step = std::max<std::uint64_t>(chunk[0], step / chunk[0] * chunk[0]);
  }

  step = std::min(step, shape.rows());
  std::vector<std::byte> bytes(step * shape.row_bytes());
  if (shape.dims.empty()) {
    check(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()), "read", what);
    use(0, 1, bytes);
    return;
  }
  for (std::uint64_t first = 0; first < shape.rows(); first += step) {
    const std::uint64_t rows = std::min(step, shape.rows() - first);
    read_rows(dataset, type, first, rows, bytes.data(), what);
    use(first, rows, std::span(bytes).first(rows * shape.row_bytes()));
  }
}

void for_each_dataset(hid_t group, const std::string& path,
                      const std::function<void(const std::string&, hid_t)>& visit) {
  for (const auto& name : names(group)) {
    const std::string inner = path + "/" + name;
    const Handle object(check(H5Oopen(group, name.c_str(), H5P_DEFAULT), "open", inner), H5Oclose);
    const H5I_type_t kind = H5Iget_type(object);
    if (kind == H5I_GROUP) for_each_dataset(object, inner, visit);
    if (kind == H5I_DATASET) visit(inner, object);
  }
}

std::uint64_t hash_dataset(hid_t dataset, const std::string& what) {
  const std::unique_ptr<XXH64_state_t, XXH_errorcode (*)(XXH64_state_t*)> state(XXH64_createState(), XXH64_freeState);
  XXH64_reset(state.get(), 0);
  for_each_block(dataset, what, [&](std::uint64_t, std::uint64_t, std::span<const std::byte> bytes) {
    XXH64_update(state.get(), bytes.data(), bytes.size());
  });
  return XXH64_digest(state.get());
}

}  // namespace burgeon::hdf5
