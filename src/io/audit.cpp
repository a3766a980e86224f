#include "io/audit.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "base/errors.h"

namespace burgeon {

namespace {

constexpr int max_depth = 8;
constexpr std::size_t max_objects = 1'000'000;
// Deflate can't expand further than 1032 : 1 (zlib documentation, "Maximum Compression Factor").
constexpr std::uint64_t max_expansion = 1032;

struct Walk {
  std::string file;
  std::uint64_t file_bytes = 0;
  std::size_t objects = 0;
  std::set<haddr_t> open_groups;  ///< on the way from the root: a group inside itself is a cycle
};

[[noreturn]] void refuse(const Walk& walk, const std::string& path, const std::string& why) {
  throw EnvironmentError("refused '" + walk.file + "': " + path + " " + why);
}

void audit_type(const Walk& walk, const std::string& path, hid_t dataset) {
  const hdf5::Handle type(hdf5::check(H5Dget_type(dataset), "read the type of", path), H5Tclose);
  const H5T_class_t kind = H5Tget_class(type);
  const std::size_t size = H5Tget_size(type);
  const bool number = (kind == H5T_INTEGER || kind == H5T_FLOAT || kind == H5T_ENUM) && size >= 1 && size <= 8;
  const bool text = kind == H5T_STRING && H5Tis_variable_str(type) == 0 && size >= 1;
  if (!number && !text) refuse(walk, path, "has a type that is not allowed");
}

/// True when data passes through filters.
bool audit_layout(const Walk& walk, const std::string& path, hid_t dataset) {
  const hdf5::Handle creation(hdf5::check(H5Dget_create_plist(dataset), "read the layout of", path), H5Pclose);
  const H5D_layout_t layout = H5Pget_layout(creation);
  if (layout != H5D_CONTIGUOUS && layout != H5D_CHUNKED && layout != H5D_COMPACT) {
    refuse(walk, path, "has a storage layout that is not allowed");
  }
  if (H5Pget_external_count(creation) != 0) refuse(walk, path, "keeps its data in another file");
  const int filters = H5Pget_nfilters(creation);
  if (filters < 0 || filters > 3) refuse(walk, path, "has filters that are not allowed");
  for (unsigned i = 0; i < static_cast<unsigned>(filters); ++i) {
    std::size_t values = 0;
    unsigned flags = 0;
    const H5Z_filter_t filter = H5Pget_filter2(creation, i, &flags, &values, nullptr, 0, nullptr, nullptr);
    if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_FLETCHER32) {
      refuse(walk, path, "has a filter that is not allowed");
    }
  }
  return filters > 0;
}

void audit_dataset(const Walk& walk, const std::string& path, hid_t dataset) {
  audit_type(walk, path, dataset);
  const bool filtered = audit_layout(walk, path, dataset);

  // The product of the dimensions is compared with what the stored bytes can expand to, without overflow.
  const hdf5::Shape shape = hdf5::shape_of(dataset);
  if (shape.dims.size() > 3) refuse(walk, path, "has too many dimensions");
  if (std::find(shape.dims.begin(), shape.dims.end(), 0) != shape.dims.end()) return;
  const std::uint64_t stored = H5Dget_storage_size(dataset);
  if (stored > walk.file_bytes) refuse(walk, path, "claims to be larger than the file");
  const std::uint64_t limit = filtered ? stored * max_expansion : stored;
  std::uint64_t claimed = shape.item;
  for (const std::uint64_t n : shape.dims) {
    if (claimed > limit / n) refuse(walk, path, "claims more data than the file holds");
    claimed *= n;
  }
  if (claimed > limit) refuse(walk, path, "claims more data than the file holds");
}

void audit_group(Walk& walk, const std::string& path, hid_t group, int depth);

void audit_link(Walk& walk, const std::string& path, const std::string& name, hid_t group, int depth) {
  if (!allowed_name(name)) refuse(walk, path, "holds a name that is not allowed");
  const std::string inner = path + "/" + name;
  if (++walk.objects > max_objects) refuse(walk, inner, "is one object too many");
  H5L_info_t link{};
  hdf5::check(H5Lget_info(group, name.c_str(), &link, H5P_DEFAULT), "read link", inner);
  if (link.type != H5L_TYPE_HARD) refuse(walk, inner, "is a link to somewhere else");

  const hdf5::Handle object(hdf5::check(H5Oopen(group, name.c_str(), H5P_DEFAULT), "open", inner), H5Oclose);
  switch (H5Iget_type(object)) {
    case H5I_GROUP:
      return audit_group(walk, inner, object, depth + 1);
    case H5I_DATASET:
      return audit_dataset(walk, inner, object);
    default:
      refuse(walk, inner, "is neither a group nor a dataset");
  }
}

void audit_group(Walk& walk, const std::string& path, hid_t group, int depth) {
  if (depth > max_depth) refuse(walk, path, "is nested too deep");
  H5O_info_t info{};
  hdf5::check(H5Oget_info2(group, &info, H5O_INFO_BASIC), "read group", path);
  if (!walk.open_groups.insert(info.addr).second) refuse(walk, path, "is inside itself");
  for (const auto& name : hdf5::names(group)) audit_link(walk, path, name, group, depth);
  walk.open_groups.erase(info.addr);
}

}  // namespace

bool allowed_name(std::string_view name) {
  constexpr std::string_view extra = "_-.:@+ ~()%";
  return !name.empty() && name.size() <= 255 && name != "." && name != ".." &&
         std::all_of(name.begin(), name.end(), [&](char c) {
           const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
           return letter || (c >= '0' && c <= '9') || extra.find(c) != std::string_view::npos;
         });
}

void audit(hid_t file, const std::filesystem::path& path) {
  Walk walk;
  walk.file = path.string();
  walk.file_bytes = std::filesystem::file_size(path);
  const hdf5::Handle root = hdf5::open_group(file, "/");
  audit_group(walk, "", root, 0);
}

}  // namespace burgeon
