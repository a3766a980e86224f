#include "io/hdf5_driver.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#if H5_VERSION_GE(1, 13, 0)
#include <H5FDdevelop.h>
#endif

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <limits>
#include <memory>
#include <system_error>
#include <tuple>

namespace burgeon::hdf5 {

namespace {

/// The public part comes first: the library fills it in.
struct File {
  H5FD_t base{};
  int descriptor = -1;
  haddr_t eoa = 0;  ///< end of the addresses in use
  haddr_t eof = 0;  ///< end of the file
  std::string path;
};

std::string& failure() {
  static std::string text;
  return text;
}

void remember(const File& file, const char* operation, int code) {
  if (failure().empty()) {
    failure() = std::string("cannot ") + operation + " '" + file.path + "': " + std::generic_category().message(code);
  }
}

File* as_file(H5FD_t* file) { return reinterpret_cast<File*>(file); }
const File* as_file(const H5FD_t* file) { return reinterpret_cast<const File*>(file); }

H5FD_t* open_file(const char* name, unsigned flags, hid_t, haddr_t) {
  int mode = (flags & H5F_ACC_RDWR) != 0 ? O_RDWR : O_RDONLY;
  if ((flags & H5F_ACC_TRUNC) != 0) mode |= O_TRUNC;
  if ((flags & H5F_ACC_CREAT) != 0) mode |= O_CREAT;
  if ((flags & H5F_ACC_EXCL) != 0) mode |= O_EXCL;
  const int descriptor = ::open(name, mode | O_CLOEXEC, 0666);
  struct stat status {};
  if (descriptor < 0 || ::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    const int code = errno != 0 ? errno : EINVAL;
    H5Epush2(H5E_DEFAULT, __FILE__, __func__, __LINE__, H5E_ERR_CLS, H5E_FILE, H5E_CANTOPENFILE, "%s",
             std::generic_category().message(code).c_str());
    if (descriptor >= 0) ::close(descriptor);
    return nullptr;
  }
  auto file = std::make_unique<File>();
  file->descriptor = descriptor;
  file->eof = static_cast<haddr_t>(status.st_size);
  file->path = name;
  return &file.release()->base;
}

herr_t close_file(H5FD_t* base) {
  const std::unique_ptr<File> file(as_file(base));
  if (::close(file->descriptor) != 0) remember(*file, "close", errno);
  return 0;
}

/// Two handles of one file are recognised by device and inode.
int compare(const H5FD_t* a, const H5FD_t* b) {
  struct stat of_a {};
  struct stat of_b {};
  ::fstat(as_file(a)->descriptor, &of_a);
  ::fstat(as_file(b)->descriptor, &of_b);
  const auto key_a = std::tie(of_a.st_dev, of_a.st_ino);
  const auto key_b = std::tie(of_b.st_dev, of_b.st_ino);
  return key_a < key_b ? -1 : static_cast<int>(key_b < key_a);
}

herr_t query(const H5FD_t*, unsigned long* flags) {
  *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
           H5FD_FEAT_AGGREGATE_SMALLDATA | H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;
  return 0;
}

haddr_t get_eoa(const H5FD_t* file, H5FD_mem_t) { return as_file(file)->eoa; }

herr_t set_eoa(H5FD_t* file, H5FD_mem_t, haddr_t address) {
  as_file(file)->eoa = address;
  return 0;
}

haddr_t get_eof(const H5FD_t* file, H5FD_mem_t) { return as_file(file)->eof; }

herr_t read(H5FD_t* base, H5FD_mem_t, hid_t, haddr_t address, std::size_t size, void* buffer) {
  const File& file = *as_file(base);
  auto* out = static_cast<char*>(buffer);
  while (size > 0) {
    const ssize_t n = ::pread(file.descriptor, out, size, static_cast<off_t>(address));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      H5Epush2(H5E_DEFAULT, __FILE__, __func__, __LINE__, H5E_ERR_CLS, H5E_IO, H5E_READERROR, "%s",
               std::generic_category().message(errno).c_str());
      return -1;
    }
    // Behind the end of the file there are zeros, as the library expects.
    if (n == 0) {
      std::fill(out, out + size, '\0');
      return 0;
    }
    out += n;
    address += static_cast<haddr_t>(n);
    size -= static_cast<std::size_t>(n);
  }
  return 0;
}

herr_t write(H5FD_t* base, H5FD_mem_t, hid_t, haddr_t address, std::size_t size, const void* buffer) {
  File& file = *as_file(base);
  const haddr_t end = address + size;
  const auto* in = static_cast<const char*>(buffer);
  while (size > 0 && failure().empty()) {
    const ssize_t n = ::pwrite(file.descriptor, in, size, static_cast<off_t>(address));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      remember(file, "write", errno);
      break;
    }
    in += n;
    address += static_cast<haddr_t>(n);
    size -= static_cast<std::size_t>(n);
  }
  file.eof = std::max(file.eof, end);
  return 0;
}

herr_t truncate(H5FD_t* base, hid_t, hbool_t) {
  File& file = *as_file(base);
  if (file.eoa == file.eof) return 0;
  if (failure().empty() && ::ftruncate(file.descriptor, static_cast<off_t>(file.eoa)) != 0)
    remember(file, "size", errno);
  file.eof = file.eoa;
  return 0;
}

H5FD_class_t describe() {
  H5FD_class_t driver{};
#if H5_VERSION_GE(1, 13, 0)
  driver.version = H5FD_CLASS_VERSION;
  driver.value = static_cast<H5FD_class_value_t>(600);  // from the range the library leaves to private drivers
#endif
  driver.name = "burgeon";
  driver.maxaddr = std::numeric_limits<std::int64_t>::max();
  driver.fc_degree = H5F_CLOSE_STRONG;
  driver.open = open_file;
  driver.close = close_file;
  driver.cmp = compare;
  driver.query = query;
  driver.get_eoa = get_eoa;
  driver.set_eoa = set_eoa;
  driver.get_eof = get_eof;
  driver.read = read;
  driver.write = write;
  driver.truncate = truncate;
  const H5FD_mem_t kinds[] = H5FD_FLMAP_DICHOTOMY;
  std::copy(std::begin(kinds), std::end(kinds), std::begin(driver.fl_map));
  return driver;
}

}  // namespace

hid_t file_driver() {
  static const H5FD_class_t driver = describe();
  static const hid_t id = H5FDregister(&driver);
  return id;
}

const std::string& write_failure() { return failure(); }

void clear_write_failure() { failure().clear(); }

}  // namespace burgeon::hdf5
