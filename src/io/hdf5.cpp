#include "io/hdf5.h"

#include <algorithm>
#include <fstream>

#include "base/errors.h"
#include "io/hdf5_driver.h"

namespace burgeon::hdf5 {

namespace {

std::recursive_mutex& library_mutex() {
  static std::recursive_mutex mutex;
  return mutex;
}

int lock_depth = 0;  ///< guarded by the mutex

/// Keeps the innermost reason: the outer ones only repeat the call chain.
herr_t collect_reason(unsigned n, const H5E_error2_t* error, void* out) {
  if (n == 0 && error->desc != nullptr) *static_cast<std::string*>(out) = error->desc;
  return 0;
}

/// File access: our own driver, the 1.8 format, nothing left open behind our back.
Handle file_access(H5F_libver_t newest = H5F_LIBVER_V18) {
  Handle access(check(H5Pcreate(H5P_FILE_ACCESS), "set up access to", "file"), H5Pclose);
  check(H5Pset_libver_bounds(access, H5F_LIBVER_V18, newest), "set the format of", "file");
  check(H5Pset_fclose_degree(access, H5F_CLOSE_STRONG), "set up access to", "file");
  check(H5Pset_driver(access, file_driver(), nullptr), "set the driver of", "file");
  return access;
}

herr_t collect_name(hid_t, const char* name, const H5L_info_t*, void* out) {
  static_cast<std::vector<std::string>*>(out)->emplace_back(name);
  return 0;
}

}  // namespace

Lock::Lock() : lock_(library_mutex()) {
  // The error stack is per thread, so each entry silences it.
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  H5PLset_loading_state(0);
  // A new operation doesn't answer for the failures of the one before.
  if (lock_depth++ == 0) clear_write_failure();
}

Lock::~Lock() { --lock_depth; }

Handle& Handle::operator=(Handle&& other) noexcept {
  std::swap(id_, other.id_);
  std::swap(close_, other.close_);
  return *this;
}

Handle::~Handle() {
  if (open()) close_(id_);
}

void Handle::close(const std::string& what) {
  const hid_t id = id_;
  id_ = H5I_INVALID_HID;
  check(close_(id), "close", what);
}

void fail(const std::string& operation, const std::string& object) {
  std::string reason;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, collect_reason, &reason);
  H5Eclear2(H5E_DEFAULT);
  throw EnvironmentError("cannot " + operation + " '" + object +
                         "': " + (reason.empty() ? "HDF5 gave no reason" : reason));
}

hid_t check(hid_t result, const char* operation, const std::string& object) {
  if (!write_failure().empty()) throw EnvironmentError(write_failure());
  if (result < 0) fail(operation, object);
  return result;
}

Handle create_file(const std::filesystem::path& path, bool with_virtual_datasets) {
  const Handle access = file_access(with_virtual_datasets ? H5F_LIBVER_V110 : H5F_LIBVER_V18);
  Handle creation(check(H5Pcreate(H5P_FILE_CREATE), "set up", path.string()), H5Pclose);
  check(H5Pset_obj_track_times(creation, false), "set up", path.string());
  return {check(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation, access), "create", path.string()), H5Fclose};
}

Handle open_file(const std::filesystem::path& path, bool writable) {
  // The library would search for a signature further on in the file; ours is at its start.
  constexpr std::string_view signature("\x89HDF\r\n\x1a\n", 8);
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw EnvironmentError("cannot open '" + path.string() + "': no such file or no permission");
  std::string start(signature.size() + 1, '\0');
  stream.read(start.data(), static_cast<std::streamsize>(start.size()));
  if (!stream || !start.starts_with(signature) || start.back() < 0 || start.back() > 3) {
    throw EnvironmentError("cannot open '" + path.string() + "': not an HDF5 file");
  }
  const Handle access = file_access();
  const unsigned mode = writable ? H5F_ACC_RDWR : H5F_ACC_RDONLY;
  return {check(H5Fopen(path.c_str(), mode, access), "open", path.string()), H5Fclose};
}

Handle create_group(hid_t parent, const std::string& name) {
  Handle creation(check(H5Pcreate(H5P_GROUP_CREATE), "set up group", name), H5Pclose);
  check(H5Pset_obj_track_times(creation, false), "set up group", name);
  return {check(H5Gcreate2(parent, name.c_str(), H5P_DEFAULT, creation, H5P_DEFAULT), "create group", name), H5Gclose};
}

Handle open_group(hid_t parent, const std::string& name) {
  return {check(H5Gopen2(parent, name.c_str(), H5P_DEFAULT), "open group", name), H5Gclose};
}

bool exists(hid_t parent, const std::string& name) {
  return check(H5Lexists(parent, name.c_str(), H5P_DEFAULT), "look for", name) > 0;
}

std::vector<std::string> names(hid_t group) {
  std::vector<std::string> result;
  check(H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, nullptr, collect_name, &result), "list", "group");
  std::sort(result.begin(), result.end());
  return result;
}

hid_t stored_type(Column::Type type) {
  switch (type) {
    case Column::Type::f32:
      return H5T_IEEE_F32LE;
    case Column::Type::f64:
      return H5T_IEEE_F64LE;
    case Column::Type::u32:
      return H5T_STD_U32LE;
    case Column::Type::u64:
      return H5T_STD_U64LE;
    case Column::Type::u8:
      return H5T_STD_U8LE;
  }
  throw InternalError("column of unknown type");
}

hid_t memory_type(Column::Type type) {
  switch (type) {
    case Column::Type::f32:
      return H5T_NATIVE_FLOAT;
    case Column::Type::f64:
      return H5T_NATIVE_DOUBLE;
    case Column::Type::u32:
      return H5T_NATIVE_UINT32;
    case Column::Type::u64:
      return H5T_NATIVE_UINT64;
    case Column::Type::u8:
      return H5T_NATIVE_UINT8;
  }
  throw InternalError("column of unknown type");
}

std::size_t size_of(Column::Type type) {
  switch (type) {
    case Column::Type::f32:
    case Column::Type::u32:
      return 4;
    case Column::Type::f64:
    case Column::Type::u64:
      return 8;
    case Column::Type::u8:
      return 1;
  }
  throw InternalError("column of unknown type");
}

Handle enum_type(std::span<const std::string> value_names) {
  Handle type(check(H5Tenum_create(H5T_STD_U8LE), "create type", "enumeration"), H5Tclose);
  for (std::uint8_t value = 0; value < value_names.size(); ++value) {
    check(H5Tenum_insert(type, value_names[value].c_str(), &value), "name value", value_names[value]);
  }
  return type;
}

Handle string_type(std::size_t length) {
  Handle type(check(H5Tcopy(H5T_C_S1), "create type", "string"), H5Tclose);
  check(H5Tset_size(type, std::max<std::size_t>(length, 1)), "size type", "string");
  check(H5Tset_strpad(type, H5T_STR_NULLPAD), "pad type", "string");
  // Octave converts to ASCII and refuses the UTF-8 label; the bytes are UTF-8 all the same.
  check(H5Tset_cset(type, H5T_CSET_ASCII), "set characters of type", "string");
  return type;
}

}  // namespace burgeon::hdf5
