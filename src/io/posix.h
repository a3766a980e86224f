#pragma once
// Files that survive a crash: what is written here is on the disk, under its final name, or not there at all.
// Every failure throws EnvironmentError with the operation, the path and the errno text.

#include <cstdint>
#include <filesystem>
#include <string>

namespace burgeon::posix {

void make_folders(const std::filesystem::path& folder);
/// Flushes a file's data, or a folder's entries, to the disk.
void sync(const std::filesystem::path& path);
/// fsync the temporary file -> rename -> fsync the folder.
void publish(const std::filesystem::path& temporary, const std::filesystem::path& path);
/// Whole small file by way of a temporary one.
void write_file(const std::filesystem::path& path, const std::string& text);
[[nodiscard]] std::string read_file(const std::filesystem::path& path);
/// Removes a file that may not exist.
void remove(const std::filesystem::path& path);
/// Throws when the file system has less than `bytes` free.
void require_room(const std::filesystem::path& folder, std::uint64_t bytes);

/// A file that only grows, locked against other processes while open; released when the process dies.
class Journal {
 public:
  /// Opens or creates. Throws when another process has it open.
  explicit Journal(const std::filesystem::path& path);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;
  /// Adds text and flushes it to the disk.
  void append(const std::string& text);
  /// Cuts the file to its first `bytes` bytes.
  void truncate(std::uint64_t bytes);

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace burgeon::posix
