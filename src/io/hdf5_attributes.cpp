// Attributes: written with a fixed shape and type, read only when class and size are as expected.

#include <algorithm>
#include <cstring>

#include "base/errors.h"
#include "io/hdf5.h"

namespace burgeon::hdf5 {

namespace {

/// count = nullptr: a scalar.
void write_raw(hid_t object, const char* name, hid_t stored, hid_t memory, const hsize_t* count, const void* values) {
  const hid_t id = count == nullptr ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, count, nullptr);
  const Handle space(check(id, "shape attribute", name), H5Sclose);
  Handle attribute(check(H5Acreate2(object, name, stored, space, H5P_DEFAULT, H5P_DEFAULT), "create attribute", name),
                   H5Aclose);
  check(H5Awrite(attribute, memory, values), "write attribute", name);
  attribute.close(name);
}

/// Strings of one length, zero-padded, one after the other.
std::string padded(std::span<const std::string> values, std::size_t length) {
  std::string bytes;
  for (const auto& value : values) {
    bytes += value;
    bytes.append(length - value.size(), '\0');
  }
  return bytes;
}

/// Text up to the first zero byte.
std::string trimmed(const char* bytes, std::size_t length) { return {bytes, std::find(bytes, bytes + length, '\0')}; }

Handle open_attribute(hid_t object, const char* name) {
  return {check(H5Aopen(object, name, H5P_DEFAULT), "open attribute", name), H5Aclose};
}

/// Number of values of an attribute, refused when it is implausible.
std::size_t value_count(hid_t attribute, const char* name) {
  const Handle space(check(H5Aget_space(attribute), "read the shape of attribute", name), H5Sclose);
  const hssize_t count = H5Sget_simple_extent_npoints(space);
  if (count < 0 || count > 65536)
    throw EnvironmentError(std::string("attribute '") + name + "' has an unexpected size");
  return static_cast<std::size_t>(count);
}

}  // namespace

void write_attribute(hid_t object, const char* name, const std::string& value) {
  const Handle type = string_type(value.size());
  write_raw(object, name, type, type, nullptr, value.c_str());
}

void write_attribute(hid_t object, const char* name, double value) {
  write_raw(object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, nullptr, &value);
}

void write_attribute(hid_t object, const char* name, std::uint64_t value) {
  write_raw(object, name, H5T_STD_U64LE, H5T_NATIVE_UINT64, nullptr, &value);
}

void write_attribute(hid_t object, const char* name, std::uint8_t value) {
  write_raw(object, name, H5T_STD_U8LE, H5T_NATIVE_UINT8, nullptr, &value);
}

void write_attribute(hid_t object, const char* name, std::span<const std::uint32_t> values, bool scalar) {
  const hsize_t count = values.size();
  write_raw(object, name, H5T_STD_U32LE, H5T_NATIVE_UINT32, scalar ? nullptr : &count, values.data());
}

void write_attribute(hid_t object, const char* name, std::span<const std::uint64_t> values) {
  const hsize_t count = values.size();
  write_raw(object, name, H5T_STD_U64LE, H5T_NATIVE_UINT64, &count, values.data());
}

void write_attribute(hid_t object, const char* name, std::span<const std::string> values) {
  std::size_t length = 1;
  for (const auto& value : values) length = std::max(length, value.size());
  const Handle type = string_type(length);
  const hsize_t count = values.size();
  write_raw(object, name, type, type, &count, padded(values, length).data());
}

void write_attribute(hid_t object, const Attribute& attribute) {
  const char* name = attribute.name.c_str();
  std::visit([&](const auto& value) { write_attribute(object, name, value); }, attribute.value);
}

void write_enum_attribute(hid_t object, const char* name, hid_t type, std::uint8_t value) {
  write_raw(object, name, type, type, nullptr, &value);
}

bool has_attribute(hid_t object, const char* name) {
  return check(H5Aexists(object, name), "look for attribute", name) > 0;
}

std::string read_text_attribute(hid_t object, const char* name, const std::string& otherwise) {
  if (!has_attribute(object, name)) return otherwise;
  const Handle attribute = open_attribute(object, name);
  const Handle type(check(H5Aget_type(attribute), "read the type of attribute", name), H5Tclose);
  const std::size_t length = H5Tget_size(type);
  const bool plain = H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0;
  if (!plain || length == 0 || length > 65536 || value_count(attribute, name) != 1) {
    throw EnvironmentError(std::string("attribute '") + name + "' is not a fixed-length string");
  }
  std::string bytes(length, '\0');
  check(H5Aread(attribute, type, bytes.data()), "read attribute", name);
  return trimmed(bytes.data(), length);
}

std::vector<std::uint64_t> read_u64s_attribute(hid_t object, const char* name) {
  const Handle attribute = open_attribute(object, name);
  const Handle type(check(H5Aget_type(attribute), "read the type of attribute", name), H5Tclose);
  if (H5Tget_class(type) != H5T_INTEGER)
    throw EnvironmentError(std::string("attribute '") + name + "' is not an integer");
  std::vector<std::uint64_t> values(value_count(attribute, name));
  if (!values.empty()) check(H5Aread(attribute, H5T_NATIVE_UINT64, values.data()), "read attribute", name);
  return values;
}

std::uint64_t read_u64_attribute(hid_t object, const char* name) {
  const auto values = read_u64s_attribute(object, name);
  if (values.size() != 1) throw EnvironmentError(std::string("attribute '") + name + "' is not one integer");
  return values[0];
}

Handle write_text(hid_t parent, const std::string& name, const std::string& text) {
  const Handle type = string_type(text.size());
  const Handle space(check(H5Screate(H5S_SCALAR), "shape", name), H5Sclose);
  Handle creation(check(H5Pcreate(H5P_DATASET_CREATE), "set up", name), H5Pclose);
  check(H5Pset_obj_track_times(creation, false), "set up", name);
  Handle dataset(
      check(H5Dcreate2(parent, name.c_str(), type, space, H5P_DEFAULT, creation, H5P_DEFAULT), "create", name),
      H5Dclose);
  check(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text.c_str()), "write", name);
  return dataset;
}

Handle write_texts(hid_t parent, const std::string& name, std::span<const std::string> texts) {
  std::size_t length = 1;
  for (const auto& text : texts) length = std::max(length, text.size());
  const Handle type = string_type(length);
  Handle dataset = create_dataset(parent, name, type, {.rows = texts.size()});
  write_rows(dataset, type, 0, texts.size(), padded(texts, length).data(), name);
  return dataset;
}

std::vector<std::string> read_texts(hid_t parent, const std::string& name) {
  const Handle dataset(check(H5Dopen2(parent, name.c_str(), H5P_DEFAULT), "open", name), H5Dclose);
  const Handle type(check(H5Dget_type(dataset), "read the type of", name), H5Tclose);
  const Shape shape = shape_of(dataset);
  if (H5Tget_class(type) != H5T_STRING || H5Tis_variable_str(type) != 0 || shape.row_bytes() != shape.item) {
    throw EnvironmentError("'" + name + "' is not made of fixed-length strings");
  }
  std::string bytes(shape.rows() * shape.item, '\0');
  for_each_block(dataset, name, [&](std::uint64_t first, std::uint64_t, std::span<const std::byte> block) {
    std::memcpy(bytes.data() + first * shape.item, block.data(), block.size());
  });
  std::vector<std::string> texts(shape.rows());
  for (std::size_t i = 0; i < texts.size(); ++i) texts[i] = trimmed(bytes.data() + i * shape.item, shape.item);
  return texts;
}

}  // namespace burgeon::hdf5
