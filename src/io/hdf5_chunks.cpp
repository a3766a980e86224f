// Reading filtered chunks without trusting them: the library (1.10) takes whatever a damaged or hostile chunk expands to for a
// whole chunk and reads on behind it. Here every chunk is taken raw, its checksum and its expanded size are checked.

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/errors.h"
#include "io/hdf5.h"

namespace burgeon::hdf5 {

namespace {

/// The filters of a dataset, in the one order burgeon writes: shuffle, deflate, fletcher32; each may be absent.
struct Filters {
  int shuffle = -1, deflate = -1, fletcher32 = -1;  ///< place in the pipeline
};

[[noreturn]] void refuse(const std::string& what, const char* why) { throw EnvironmentError("'" + what + "' " + why); }

Filters filters_of(hid_t creation, const std::string& what) {
  Filters filters;
  int last = 0;
  const int n = H5Pget_nfilters(creation);
  for (int i = 0; i < n; ++i) {
    std::size_t values = 0;
    unsigned flags = 0;
    const auto filter =
        H5Pget_filter2(creation, static_cast<unsigned>(i), &flags, &values, nullptr, 0, nullptr, nullptr);
    const int rank = filter == H5Z_FILTER_SHUFFLE      ? 1
                     : filter == H5Z_FILTER_DEFLATE    ? 2
                     : filter == H5Z_FILTER_FLETCHER32 ? 3
                                                       : 0;
    if (rank <= last) refuse(what, "has filters in an unexpected order");
    (rank == 1 ? filters.shuffle : rank == 2 ? filters.deflate : filters.fletcher32) = i;
    last = rank;
  }
  return filters;
}

/// Fletcher's checksum over big-endian 16-bit words, as HDF5 computes it (File Format Specification, "Fletcher32 filter").
std::uint32_t fletcher32(std::span<const unsigned char> bytes) {
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  const auto fold = [](std::uint32_t sum) { return (sum & 0xFFFF) + (sum >> 16); };
  std::size_t i = 0;
  while (i + 1 < bytes.size()) {
    // 360 words can be added before a 32-bit sum overflows.
    for (int k = 0; k < 360 && i + 1 < bytes.size(); ++k, i += 2) {
      a += static_cast<std::uint32_t>(bytes[i] << 8 | bytes[i + 1]);
      b += a;
    }
    a = fold(a);
    b = fold(b);
  }
  if (i < bytes.size()) {
    a += static_cast<std::uint32_t>(bytes[i] << 8);
    b += a;
    a = fold(a);
    b = fold(b);
  }
  return fold(b) << 16 | fold(a);
}

/// Undoes the filters; the result is exactly `size` bytes.
std::vector<unsigned char> unfilter(std::vector<unsigned char> bytes, const Filters& filters, std::uint32_t skipped,
                                    std::size_t size, std::size_t item, const std::string& what) {
  const auto applied = [skipped](int place) { return place >= 0 && (skipped >> place & 1U) == 0; };
  if (applied(filters.fletcher32)) {
    if (bytes.size() < 4) refuse(what, "has a damaged chunk: too short");
    std::uint32_t stored = 0;
    for (std::size_t i = 0; i < 4; ++i) stored |= static_cast<std::uint32_t>(bytes[bytes.size() - 4 + i]) << (8 * i);
    bytes.resize(bytes.size() - 4);
    if (fletcher32(bytes) != stored) refuse(what, "has a damaged chunk: its checksum is wrong");
  }
  if (applied(filters.deflate)) {
    // Deflate can't expand further than 1032 : 1 (zlib documentation, "Maximum Compression Factor"): no room for less.
    if (size / 1032 > bytes.size()) refuse(what, "has a damaged chunk: it can't expand to its size");
    std::vector<unsigned char> expanded(size);
    uLongf length = expanded.size();
    const int result = uncompress(expanded.data(), &length, bytes.data(), bytes.size());
    if (result != Z_OK || length != size) refuse(what, "has a damaged chunk: it doesn't expand to its size");
    bytes = std::move(expanded);
  }
  if (bytes.size() != size) refuse(what, "has a damaged chunk: it doesn't have its size");
  if (!applied(filters.shuffle) || item == 1) return bytes;

  // Shuffled: first byte of every item, second byte of every item ...
  std::vector<unsigned char> items(size);
  const std::size_t n = size / item;
  for (std::size_t byte = 0; byte < item; ++byte) {
    for (std::size_t i = 0; i < n; ++i) items[i * item + byte] = bytes[byte * n + i];
  }
  return items;
}

/// One chunk, raw as it is stored, and the filters that were skipped when it was written.
std::vector<unsigned char> read_raw(hid_t dataset, const hsize_t* offset, std::uint32_t& skipped,
                                    const std::string& what) {
  unsigned mask = 0;
  haddr_t address = HADDR_UNDEF;
  hsize_t stored = 0;
  check(H5Dget_chunk_info_by_coord(dataset, offset, &mask, &address, &stored), "find a chunk of", what);
  if (address == HADDR_UNDEF || stored > H5Dget_storage_size(dataset)) refuse(what, "lacks a chunk");
  std::vector<unsigned char> bytes(stored);
  check(H5Dread_chunk(dataset, H5P_DEFAULT, offset, &skipped, bytes.data()), "read a chunk of", what);
  return bytes;
}

}  // namespace

void read_filtered(hid_t dataset, hid_t creation, std::uint64_t first, std::uint64_t rows, std::byte* out,
                   const std::string& what) {
  const Shape shape = shape_of(dataset);
  std::array<hsize_t, H5S_MAX_RANK> chunk{};
  check(H5Pget_chunk(creation, H5S_MAX_RANK, chunk.data()), "read the chunks of", what);
  if (shape.dims.empty() || chunk[0] == 0 || first + rows > shape.rows()) refuse(what, "has fewer rows than expected");
  for (std::size_t k = 1; k < shape.dims.size(); ++k) {
    if (chunk[k] != shape.dims[k]) refuse(what, "has chunks that are no whole rows");
  }
  const Filters filters = filters_of(creation, what);
  const std::uint64_t row_bytes = shape.row_bytes();

  for (std::uint64_t row = first; row < first + rows;) {
    const std::uint64_t start = row / chunk[0] * chunk[0];
    const std::uint64_t n = std::min<std::uint64_t>(start + chunk[0], first + rows) - row;
    std::array<hsize_t, H5S_MAX_RANK> offset{};
    offset[0] = start;
    std::uint32_t skipped = 0;
    std::vector<unsigned char> raw = read_raw(dataset, offset.data(), skipped, what);
    const auto bytes = unfilter(std::move(raw), filters, skipped, chunk[0] * row_bytes, shape.item, what);
    std::memcpy(out + (row - first) * row_bytes, bytes.data() + (row - start) * row_bytes, n * row_bytes);
    row += n;
  }
}

}  // namespace burgeon::hdf5
