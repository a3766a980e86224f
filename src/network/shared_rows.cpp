#include "network/shared_rows.h"

#include <algorithm>

namespace burgeon {

SharedRows::Rows SharedRows::get(const std::string& key, const std::function<CommonRows()>& build) {
  std::promise<Rows> promise;
  {
    std::unique_lock lock(mutex_);
    const auto found = slots_.find(key);
    if (found != slots_.end()) {
      found->second.used = ++clock_;
      const std::shared_future<Rows> rows = found->second.rows;
      lock.unlock();
      return rows.get();
    }
    slots_[key] = {promise.get_future().share(), 0, ++clock_};
    ++built_;
  }
  try {
    Rows rows = std::make_shared<const CommonRows>(build());
    promise.set_value(rows);
    const std::lock_guard lock(mutex_);
    Slot& slot = slots_[key];
    slot.bytes = std::max<std::uint64_t>(1, rows->bytes());
    bytes_ += slot.bytes;
    make_room();
    return rows;
  } catch (...) {
    promise.set_exception(std::current_exception());
    const std::lock_guard lock(mutex_);
    slots_.erase(key);
    throw;
  }
}

// Those who use them keep them alive.
void SharedRows::make_room() {
  while (bytes_ > most_bytes_) {
    auto oldest = slots_.end();
    for (auto it = slots_.begin(); it != slots_.end(); ++it)
      if (it->second.bytes > 0 && (oldest == slots_.end() || it->second.used < oldest->second.used)) oldest = it;
    if (oldest == slots_.end()) return;
    bytes_ -= oldest->second.bytes;
    slots_.erase(oldest);
  }
}

std::uint64_t SharedRows::built() const {
  const std::lock_guard lock(mutex_);
  return built_;
}

std::uint64_t SharedRows::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace burgeon
