#include "io/checkpoint_file.h"

#include <xxhash.h>

#include <bit>

#include "base/errors.h"
#include "io/audit.h"
#include "io/hdf5.h"
#include "io/posix.h"

namespace burgeon {

namespace {

constexpr const char* format_name = "burgeon checkpoint";

std::uint64_t hash(const std::vector<std::byte>& bytes) { return XXH64(bytes.data(), bytes.size(), 0); }

void write_file(const std::filesystem::path& path, const Checkpoint& checkpoint) {
  hdf5::Handle file = hdf5::create_file(path);
  hdf5::write_attribute(file, "format", std::string(format_name));
  hdf5::write_attribute(file, "spec_hash", checkpoint.spec_hash);
  hdf5::write_attribute(file, "step", std::bit_cast<std::uint64_t>(checkpoint.step));
  hdf5::write_attribute(file, "arrays", std::uint64_t{checkpoint.arrays.size()});

  // Numbered, since names of arrays may hold any character.
  hdf5::Handle group = hdf5::create_group(file, "arrays");
  std::uint64_t number = 0;
  for (const auto& [name, bytes] : checkpoint.arrays) {
    const std::string key = std::to_string(number++);
    hdf5::Handle dataset = hdf5::create_dataset(group, key, H5T_STD_U8LE, {.rows = bytes.size()});
    hdf5::write_rows(dataset, H5T_NATIVE_UINT8, 0, bytes.size(), bytes.data(), path.string() + ":" + name);
    hdf5::write_attribute(dataset, "name", name);
    hdf5::write_attribute(dataset, "xxh64", hash(bytes));
    dataset.close(name);
  }
  group.close("arrays");
  file.close(path.string());
}

}  // namespace

void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint) {
  const hdf5::Lock lock;
  std::uint64_t total = 0;
  for (const auto& [name, bytes] : checkpoint.arrays) total += bytes.size();
  posix::require_room(path.parent_path(), total);

  const std::filesystem::path temporary = path.string() + ".tmp";
  try {
    write_file(temporary, checkpoint);
    // The library may report success on a full disk; the bytes decide.
    const Checkpoint again = read_checkpoint(temporary);
    if (again.arrays != checkpoint.arrays) {
      throw EnvironmentError("cannot write '" + path.string() + "': it reads back differently");
    }
    posix::publish(temporary, path);
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    throw;
  }
}

Checkpoint read_checkpoint(const std::filesystem::path& path) {
  const hdf5::Lock lock;
  const hdf5::Handle file = hdf5::open_file(path);
  audit(file, path);
  if (hdf5::read_text_attribute(file, "format") != format_name) {
    throw EnvironmentError("'" + path.string() + "' is not a checkpoint");
  }

  Checkpoint checkpoint;
  checkpoint.spec_hash = hdf5::read_u64_attribute(file, "spec_hash");
  checkpoint.step = std::bit_cast<Step>(hdf5::read_u64_attribute(file, "step"));
  const hdf5::Handle group = hdf5::open_group(file, "arrays");
  for (const auto& key : hdf5::names(group)) {
    const hdf5::Handle dataset(hdf5::check(H5Dopen2(group, key.c_str(), H5P_DEFAULT), "open", key), H5Dclose);
    const hdf5::Shape shape = hdf5::shape_of(dataset);
    if (shape.item != 1 || shape.dims.size() != 1)
      throw EnvironmentError("'" + path.string() + "' is not a checkpoint");
    const std::string name = hdf5::read_text_attribute(dataset, "name");
    std::vector<std::byte>& bytes = checkpoint.arrays[name];
    bytes.resize(shape.rows());
    hdf5::read_rows(dataset, H5T_NATIVE_UINT8, 0, shape.rows(), bytes.data(), name);
    if (hash(bytes) != hdf5::read_u64_attribute(dataset, "xxh64")) {
      throw EnvironmentError("'" + path.string() + "' is damaged: array '" + name + "' has another hash");
    }
  }
  if (checkpoint.arrays.size() != hdf5::read_u64_attribute(file, "arrays")) {
    throw EnvironmentError("'" + path.string() + "' is damaged: arrays are missing");
  }
  return checkpoint;
}

}  // namespace burgeon
