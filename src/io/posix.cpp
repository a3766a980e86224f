#include "io/posix.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>

#include "base/errors.h"

namespace burgeon::posix {

namespace {

[[noreturn]] void fail(const char* operation, const std::filesystem::path& path, int code) {
  throw EnvironmentError(std::string("cannot ") + operation + " '" + path.string() +
                         "': " + std::generic_category().message(code));
}

/// write(2) may write less than asked and may be interrupted.
void write_all(int descriptor, std::string_view text, const std::filesystem::path& path) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write", path, errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

void make_folders(const std::filesystem::path& folder) {
  std::error_code code;
  std::filesystem::create_directories(folder, code);
  if (code) fail("create folder", folder, code.value());
}

void sync(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) fail("open", path, errno);
  const int code = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  // Some network file systems have no fsync for folders.
  if (code != 0 && code != EINVAL) fail("flush", path, code);
}

void publish(const std::filesystem::path& temporary, const std::filesystem::path& path) {
  sync(temporary);
  if (::rename(temporary.c_str(), path.c_str()) != 0) fail("rename to", path, errno);
  // A bare name is in the current folder.
  const std::filesystem::path folder = path.parent_path();
  sync(folder.empty() ? "." : folder);
}

void write_file(const std::filesystem::path& path, const std::string& text) {
  const std::filesystem::path temporary = path.string() + ".tmp";
  const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor < 0) fail("create", temporary, errno);
  try {
    write_all(descriptor, text, temporary);
  } catch (...) {
    ::close(descriptor);
    throw;
  }
  if (::close(descriptor) != 0) fail("close", temporary, errno);
  publish(temporary, path);
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) fail("open", path, ENOENT);
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (stream.bad()) fail("read", path, EIO);
  return text;
}

void remove(const std::filesystem::path& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) fail("remove", path, errno);
}

void require_room(const std::filesystem::path& folder, std::uint64_t bytes) {
  struct statvfs room {};
  if (::statvfs(folder.c_str(), &room) != 0) fail("ask for the free space of", folder, errno);
  if (static_cast<std::uint64_t>(room.f_bavail) * room.f_frsize < bytes) fail("write to", folder, ENOSPC);
}

Journal::Journal(const std::filesystem::path& path)
    : path_(path), descriptor_(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)) {
  if (descriptor_ < 0) fail("open", path, errno);
  // File systems without locks are let pass.
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    ::close(descriptor_);
    throw EnvironmentError("cannot open '" + path.string() + "': another process is writing this run");
  }
}

Journal::~Journal() { ::close(descriptor_); }

void Journal::append(const std::string& text) {
  write_all(descriptor_, text, path_);
  if (::fsync(descriptor_) != 0) fail("flush", path_, errno);
}

void Journal::truncate(std::uint64_t bytes) {
  if (::ftruncate(descriptor_, static_cast<off_t>(bytes)) != 0) fail("cut", path_, errno);
  if (::fsync(descriptor_) != 0) fail("flush", path_, errno);
}

}  // namespace burgeon::posix
