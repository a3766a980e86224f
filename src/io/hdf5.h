#pragma once
// The HDF5 C API behind values: handles that close themselves, failures that throw EnvironmentError.
// Only src/io includes this header. Every function here expects the caller to hold a hdf5::Lock.

// One meaning of the versioned API names for HDF5 1.10 and later.
#define H5_USE_110_API
#include <hdf5.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "record/sink.h"

namespace burgeon::hdf5 {

/// Serialises all use of the library (it is not thread-safe), silences its own error printing and forbids plugins.
/// Recursive: a function that holds it may call another that takes it.
class Lock {
 public:
  Lock();
  ~Lock();
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  std::unique_lock<std::recursive_mutex> lock_;
};

/// Owner of one identifier of the library.
class Handle {
 public:
  using Close = herr_t (*)(hid_t);
  Handle() = default;
  Handle(hid_t id, Close closer) : id_(id), close_(closer) {}
  Handle(Handle&& other) noexcept : id_(other.id_), close_(other.close_) { other.id_ = H5I_INVALID_HID; }
  Handle& operator=(Handle&& other) noexcept;
  ~Handle();

  // NOLINTNEXTLINE(google-explicit-constructor): handles go straight into the C API.
  operator hid_t() const { return id_; }
  [[nodiscard]] bool open() const { return id_ >= 0; }
  /// Closes and reports failure, which a destructor can't. `what` names the object in the message.
  void close(const std::string& what);

 private:
  hid_t id_ = H5I_INVALID_HID;
  Close close_ = nullptr;
};

/// Throws EnvironmentError "operation 'object': why", with the innermost reason of the library.
[[noreturn]] void fail(const std::string& operation, const std::string& object);
/// Result of a C call that is negative on failure. Throws that failure, or one to write that came before it.
hid_t check(hid_t result, const char* operation, const std::string& object);

/// New file in the 1.8 format (checksummed metadata), without time stamps: equal content gives equal bytes. Virtual datasets
/// need 1.10.
[[nodiscard]] Handle create_file(const std::filesystem::path& path, bool with_virtual_datasets = false);
/// Existing file, after its signature was checked.
[[nodiscard]] Handle open_file(const std::filesystem::path& path, bool writable = false);

[[nodiscard]] Handle create_group(hid_t parent, const std::string& name);
[[nodiscard]] Handle open_group(hid_t parent, const std::string& name);
[[nodiscard]] bool exists(hid_t parent, const std::string& name);
/// Names of the links in a group, sorted.
[[nodiscard]] std::vector<std::string> names(hid_t group);

/// Types as stored (little-endian) and in memory.
[[nodiscard]] hid_t stored_type(Column::Type type);
[[nodiscard]] hid_t memory_type(Column::Type type);
[[nodiscard]] std::size_t size_of(Column::Type type);
/// ENUM(u8) whose values are 0, 1, 2 ...
[[nodiscard]] Handle enum_type(std::span<const std::string> value_names);
/// Fixed-length text, null-padded, at least one byte; labelled ASCII, which every reader takes.
[[nodiscard]] Handle string_type(std::size_t length);

/// Attributes.
void write_attribute(hid_t object, const char* name, const std::string& value);
void write_attribute(hid_t object, const char* name, double value);
void write_attribute(hid_t object, const char* name, std::uint64_t value);
void write_attribute(hid_t object, const char* name, std::uint8_t value);
void write_attribute(hid_t object, const char* name, std::span<const std::uint32_t> values, bool scalar = false);
void write_attribute(hid_t object, const char* name, std::span<const std::uint64_t> values);
void write_attribute(hid_t object, const char* name, std::span<const std::string> values);
void write_attribute(hid_t object, const Attribute& attribute);
void write_enum_attribute(hid_t object, const char* name, hid_t type, std::uint8_t value);

/// Shape and storage of a dataset. chunk_rows = 0: contiguous; else chunks of so many rows, gzip + shuffle + fletcher32.
struct Layout {
  std::uint64_t rows = 0;
  std::uint64_t width = 1;
  std::uint64_t chunk_rows = 0;
  bool matrix = false;  ///< keep the second dimension even when width is 1
};
[[nodiscard]] Handle create_dataset(hid_t parent, const std::string& name, hid_t type, const Layout& layout);
/// Rows first ... first + rows - 1 from or to row-major memory.
void write_rows(hid_t dataset, hid_t type, std::uint64_t first, std::uint64_t rows, const void* values,
                const std::string& what);
void read_rows(hid_t dataset, hid_t type, std::uint64_t first, std::uint64_t rows, void* values,
               const std::string& what);

/// Rows of a chunked dataset in stored form; every chunk's checksum and expanded size are checked.
void read_filtered(hid_t dataset, hid_t creation, std::uint64_t first, std::uint64_t rows, std::byte* out,
                   const std::string& what);

/// Whole datasets in one call.
Handle write_dataset(hid_t parent, const std::string& name, std::span<const double> values,
                     const std::string& units = "");
Handle write_dataset(hid_t parent, const std::string& name, std::span<const float> values,
                     const std::string& units = "");
Handle write_dataset(hid_t parent, const std::string& name, std::span<const std::uint64_t> values);
Handle write_dataset(hid_t parent, const std::string& name, std::span<const std::uint32_t> values);
Handle write_dataset(hid_t parent, const std::string& name, std::span<const std::int64_t> values);
/// A row of a virtual dataset: a whole one-dimensional f64 dataset of another file; without a file the row is NaN.
struct VirtualRow {
  std::string file;  ///< relative to the folder of the file that holds the virtual dataset
  std::uint64_t length = 0;
};
/// f64[rows, length] made of the dataset `source` of every file; rows that are shorter end with NaN.
Handle write_virtual(hid_t parent, const std::string& name, std::span<const VirtualRow> rows, std::uint64_t length,
                     const std::string& source, const std::string& units);
/// Scalars and text.
Handle write_scalar(hid_t parent, const std::string& name, double value, const std::string& units);
Handle write_text(hid_t parent, const std::string& name, const std::string& text);
Handle write_texts(hid_t parent, const std::string& name, std::span<const std::string> texts);

/// Reading, each with its own check of class and size.
[[nodiscard]] bool has_attribute(hid_t object, const char* name);
[[nodiscard]] std::string read_text_attribute(hid_t object, const char* name, const std::string& otherwise = "");
[[nodiscard]] std::uint64_t read_u64_attribute(hid_t object, const char* name);
[[nodiscard]] std::vector<std::uint64_t> read_u64s_attribute(hid_t object, const char* name);
/// A dataset of fixed-length strings (scalar or one-dimensional).
[[nodiscard]] std::vector<std::string> read_texts(hid_t parent, const std::string& name);

/// What a dataset is, for code that treats all datasets alike.
struct Shape {
  std::vector<std::uint64_t> dims;  ///< empty for a scalar
  std::size_t item = 0;             ///< bytes of one value
  [[nodiscard]] std::uint64_t rows() const { return dims.empty() ? 1 : dims[0]; }
  [[nodiscard]] std::uint64_t row_bytes() const;
};
[[nodiscard]] Shape shape_of(hid_t dataset);
/// Reads a dataset in stored form, in blocks of rows of about one megabyte: use(first_row, rows, bytes).
void for_each_block(hid_t dataset, const std::string& what,
                    const std::function<void(std::uint64_t, std::uint64_t, std::span<const std::byte>)>& use);
/// Calls visit(path, dataset) for every dataset below a group, in name order.
void for_each_dataset(hid_t group, const std::string& path,
                      const std::function<void(const std::string&, hid_t)>& visit);
/// xxHash64 of a dataset's values as stored.
[[nodiscard]] std::uint64_t hash_dataset(hid_t dataset, const std::string& what);

}  // namespace burgeon::hdf5
