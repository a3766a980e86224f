#include "sweep/run_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <fstream>
#include <random>
#include <sstream>
#include <string_view>
#include <system_error>

#include "base/errors.h"
#include "io/posix.h"

namespace burgeon {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(const char* operation, const fs::path& path, int code) {
  throw EnvironmentError(
      fmt::format("cannot {} '{}': {}", operation, path.string(), std::generic_category().message(code)));
}

/// Contents of a file that may be absent.
std::string contents(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  if (stream) text << stream.rdbuf();
  return text.str();
}

bool there_is(const fs::path& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0;
}

bool same_file(const fs::path& a, const fs::path& b) {
  struct stat first {
  }, second{};
  return ::stat(a.c_str(), &first) == 0 && ::stat(b.c_str(), &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

/// Links and says why not: 0, EEXIST or ENOENT. A server may have made the link and lost the answer.
int link_code(const fs::path& from, const fs::path& to) {
  if (::link(from.c_str(), to.c_str()) == 0) return 0;
  const int code = errno;
  if (code == EEXIST && same_file(from, to)) return 0;
  if (code != EEXIST && code != ENOENT) fail("link to", to, code);
  return code;
}

/// Writes at the end of a file, whole or not at all in the eyes of parse_record. False when there is no such file.
bool append(const fs::path& path, std::string_view text, int flags, bool durable) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | flags, 0666);
  if (descriptor < 0 && errno == ENOENT && (flags & O_CREAT) == 0) return false;
  if (descriptor < 0) fail("open", path, errno);
  int code = 0;
  while (!text.empty() && code == 0) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written >= 0)
      text.remove_prefix(static_cast<std::size_t>(written));
    else if (errno != EINTR)
      code = errno;
  }
  if (code == 0 && durable && ::fsync(descriptor) != 0) code = errno;
  // Network file systems report a full disk here.
  if (::close(descriptor) != 0 && code == 0) code = errno;
  if (code != 0) fail("write", path, code);
  return true;
}

/// Where process numbers mean the same: one boot of one machine, one process namespace.
std::string process_space() {
  const std::string boot = contents("/proc/sys/kernel/random/boot_id").substr(0, 8);
  std::error_code code;
  std::string space = fs::read_symlink("/proc/self/ns/pid", code).string();
  std::erase_if(space, [](char c) { return c < '0' || c > '9'; });
  return boot + "-" + space;
}

/// "<boot>-<namespace>-<process>-<random>"
std::string make_token() {
  std::random_device random;
  return fmt::format("{}-{}-{:08x}", process_space(), ::getpid(), random());
}

/// Whether the owner was a process of this machine that has ended; saves waiting for its lease.
bool known_dead(const std::string& token) {
  const std::string space = process_space() + "-";
  if (!token.starts_with(space)) return false;
  const long process = std::strtol(token.c_str() + space.size(), nullptr, 10);
  return process > 0 && ::kill(static_cast<pid_t>(process), 0) != 0 && errno == ESRCH;
}

}  // namespace

// ---------------------------------------------------------------------------------------------------------------------

fs::path RunStore::record_path(const std::string& id) const { return folder_ / "runs" / id.substr(0, 2) / id; }
fs::path RunStore::claim_path(const std::string& id, std::uint64_t epoch) const {
  return folder_ / "claims" / fmt::format("{}.{}", id, epoch);
}
fs::path RunStore::revoked_path(const std::string& id, std::uint64_t epoch) const {
  return folder_ / "claims" / fmt::format("{}.{}.revoked", id, epoch);
}
fs::path RunStore::worker_path(const std::string& token) const { return folder_ / "workers" / token; }

std::optional<RunRecord> RunStore::find(const std::string& id) const {
  return parse_record(contents(record_path(id)), id);
}

std::vector<RunRecord> RunStore::find_duplicates() const {
  std::vector<RunRecord> found;
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(folder_ / "claims", code)) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(".revoked")) continue;
    if (auto record = parse_record(contents(entry.path()), name.substr(0, name.find('.'))))
      found.push_back(std::move(*record));
  }
  return found;
}

// ---------------------------------------------------------------------------------------------------------------------

RunWorker::RunWorker(const fs::path& folder, std::chrono::duration<double> lease)
    : store_(folder), lease_(lease), token_(make_token()) {
  for (const char* name : {"runs", "claims", "workers"}) posix::make_folders(folder / name);
  append(store_.worker_path(token_), "0\n", O_CREAT | O_EXCL, false);
  tidy();
  heart_ = std::jthread([this](const std::stop_token& stop) { beat(stop); });
}

RunWorker::~RunWorker() {
  heart_.request_stop();
  heart_.join();
  ::unlink(store_.worker_path(token_).c_str());
}

void RunWorker::tidy() {
  // What processes of this machine left behind when they were killed. Their claims are revoked when a run is wanted.
  std::error_code code;
  std::vector<std::string> dead;
  for (const auto& entry : fs::directory_iterator(store_.folder() / "workers", code))
    if (const std::string token = entry.path().filename().string(); known_dead(token)) dead.push_back(token);
  for (const auto& entry : fs::directory_iterator(store_.folder() / "claims", code)) {
    const std::string name = entry.path().filename().string();
    for (const std::string& token : dead)
      if (name.starts_with("new." + token)) ::unlink(entry.path().c_str());
  }
  for (const std::string& token : dead) ::unlink(store_.worker_path(token).c_str());
}

void RunWorker::beat(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  for (std::uint64_t count = 1; !stop.stop_requested(); ++count) {
    wake.wait_for(lock, stop, lease_ / 5, [] { return false; });
    // A missed beat is no reason to stop the runs: the next may succeed.
    try {
      append(store_.worker_path(token_), std::to_string(count) + "\n", O_TRUNC, false);
    } catch (const EnvironmentError&) {
    }
  }
}

bool RunWorker::silent(const std::string& token) {
  if (token == token_) return false;
  if (known_dead(token)) return true;
  const std::string content = contents(store_.worker_path(token));
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  const auto [place, fresh] = sightings_.try_emplace(token, Sighting{content, now});
  if (!fresh && place->second.content != content) place->second = {content, now};
  return now - place->second.since > lease_;
}

std::string RunWorker::new_file() {
  const fs::path path = store_.folder() / "claims" / fmt::format("new.{}.{}", token_, ++files_);
  append(path, owner_line(token_), O_CREAT | O_EXCL, false);
  return path.string();
}

RunWorker::Verdict RunWorker::claim(const std::string& id, bool retry, Claim& claim) {
  const auto finished = [&] {
    const auto record = store_.find(id);
    return record && !(retry && record->failed());
  };
  if (finished()) return Verdict::done;
  std::string file;
  for (std::uint64_t epoch = 1;; ++epoch) {
    if (there_is(store_.revoked_path(id, epoch))) continue;
    const fs::path path = store_.claim_path(id, epoch);
    // Someone has it: busy while there are signs of life, else taken away. Only one rename finds the claim there.
    if (there_is(path)) {
      const std::string owner = parse_owner(contents(path));
      if (there_is(path) && !silent(owner)) {
        if (!file.empty()) posix::remove(file);
        return Verdict::busy;
      }
      if (::rename(path.c_str(), store_.revoked_path(id, epoch).c_str()) != 0 && errno != ENOENT)
        fail("revoke", path, errno);
      --epoch;
      continue;
    }
    if (file.empty()) file = new_file();
    if (link_code(file, path) != 0) {
      --epoch;
      continue;
    }
    // The epoch may have come and gone between the look and the link.
    if (there_is(store_.revoked_path(id, epoch))) {
      posix::remove(path);
      continue;
    }
    posix::remove(file);
    claim = {id, epoch};
    break;
  }
  // The owner before us may have published just before it gave up its claim.
  if (finished()) {
    release(claim);
    return Verdict::done;
  }
  if (there_is(store_.record_path(id))) withdraw(claim);
  return Verdict::mine;
}

void RunWorker::withdraw(const Claim& claim) {
  const fs::path aside = store_.folder() / "withdrawn" / fmt::format("{}.{}.{}", claim.id, claim.epoch, token_);
  posix::make_folders(aside.parent_path());
  if (::rename(store_.record_path(claim.id).c_str(), aside.c_str()) != 0 && errno != ENOENT) fail("move", aside, errno);
  // A good record that came in since we looked goes back.
  const auto moved = parse_record(contents(aside), claim.id);
  if (moved && !moved->failed()) link_code(aside, store_.record_path(claim.id));
}

RunWorker::Publication RunWorker::publish(const Claim& claim, RunRecord record, bool durable) {
  const fs::path source = store_.claim_path(claim.id, claim.epoch);
  const fs::path revoked = store_.revoked_path(claim.id, claim.epoch);
  const fs::path target = store_.record_path(claim.id);
  record.owner = token_;
  record.epoch = claim.epoch;
  try {
    posix::make_folders(target.parent_path());
    // A claim that was taken away still is our file, under its other name.
    const std::string line = record_line(record);
    const bool ours = append(source, line, 0, durable);
    if (!ours) append(revoked, line, 0, durable);
    if (ours && link_code(source, target) == 0) {
      if (durable) posix::sync(target.parent_path());
      posix::remove(source);
      return Publication::published;
    }
  } catch (const EnvironmentError&) {
    release(claim);
    throw;
  }
  // Ours stays as a duplicate, to be compared.
  ::rename(source.c_str(), revoked.c_str());
  return Publication::duplicate;
}

void RunWorker::release(const Claim& claim) { ::unlink(store_.claim_path(claim.id, claim.epoch).c_str()); }

}  // namespace burgeon
