#include "parallel/ranks.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>

#include "base/errors.h"
#include "parallel/messages.h"

namespace burgeon {
namespace {

// Of shared counters that are called differently by every launcher: the first that is set.
std::optional<unsigned> number_in(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const char* text = std::getenv(name);
    if (text == nullptr || *text == '\0') continue;
    char* end = nullptr;
    const unsigned long value = std::strtoul(text, &end, 10);
    if (*end == '\0') return static_cast<unsigned>(value);
  }
  return std::nullopt;
}

// Rounds without a long message after which there is less room for one.
constexpr std::size_t patience = 256;

}  // namespace

std::optional<Launch> launched() {
  // Open MPI; Hydra and srun with PMI-1 or 2; srun with PMIx. Slurm's own variables are set in plain batch scripts too.
  const auto rank = number_in({"OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK"});
  if (!rank) return std::nullopt;
  return Launch{*rank, number_in({"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"}).value_or(0),
                std::max(1U, number_in({"OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS"}).value_or(1))};
}

std::string Ranks::library() { return messages::library(); }

void Ranks::join() {
  const auto launch = launched();
  if (joined_ || !launch || launch->count == 1) return;
  messages::join(rank_, count_);
  joined_ = true;
  // As many lone processes that write to one folder would be the worst of outcomes.
  if (launch->count > 1 && count_ != launch->count)
    throw EnvironmentError("started as one of " + std::to_string(launch->count) + " processes, but " + library() +
                           " sees " + std::to_string(count_) + ": the launcher belongs to another MPI");
}

void Ranks::leave() {
  if (joined_) messages::leave();
  joined_ = false;
}

void Ranks::abort(int code) const {
  if (joined_) messages::abort(code);
  std::_Exit(code);
}

void Ranks::all_gather(std::span<const std::byte> mine, std::vector<std::span<const std::byte>>& all) {
  all.assign(count_, {});
  if (alone() || apart_) {
    all[rank_] = mine;
    return;
  }
  together([&] {
    // One round: the size, and what fits.
    constexpr std::size_t head = sizeof(std::uint64_t);
    const std::uint64_t size = mine.size();
    sent_.resize(head + room_);
    received_.resize((head + room_) * count_);
    std::memcpy(sent_.data(), &size, head);
    if (size > 0 && size <= room_) std::memcpy(sent_.data() + head, mine.data(), size);
    messages::all_gather(sent_.data(), head + room_, received_.data());

    sizes_.resize(count_);
    std::size_t longest = 0, sum = 0;
    for (unsigned r = 0; r < count_; ++r) {
      std::uint64_t n = 0;
      std::memcpy(&n, received_.data() + (head + room_) * r, head);
      sizes_[r] = n;
      longest = std::max(longest, sizes_[r]);
      sum += sizes_[r];
    }
    if (longest <= room_) {
      for (unsigned r = 0; r < count_; ++r) all[r] = {received_.data() + (head + room_) * r + head, sizes_[r]};
    } else {
      // Somebody has more to say than there was room for.
      long_.resize(sum);
      messages::all_gather(mine.data(), sizes_, long_.data());
      std::size_t at = 0;
      for (unsigned r = 0; r < count_; at += sizes_[r++]) all[r] = {long_.data() + at, sizes_[r]};
    }

    // Room for the next round, alike on all ranks.
    quiet_rounds_ = longest > room_ / 4 ? 0 : quiet_rounds_ + 1;
    std::size_t room = room_;
    if (longest > room_) room = std::min(std::bit_ceil(longest), std::size_t{1} << 20);
    if (quiet_rounds_ == patience) {
      room = std::max<std::size_t>(1024, room_ / 2);
      quiet_rounds_ = 0;
    }
    room_ = room;
  });
}

void Ranks::gather(std::span<const std::byte> mine,
                   const std::function<void(unsigned, std::span<const std::byte>)>& take) {
  if (alone() || apart_) {
    if (first()) take(0, mine);
    return;
  }
  together([&] {
    if (first()) take(0, mine);
    const std::uint64_t size = mine.size();
    std::vector<std::uint64_t> sizes(count_);
    messages::all_gather(&size, sizeof size, sizes.data());
    if (!first()) return messages::send(0, mine.data(), mine.size());
    std::vector<std::byte> bytes;
    for (unsigned r = 1; r < count_; ++r) {
      bytes.resize(sizes[r]);
      messages::receive(r, bytes.data(), bytes.size());
      take(r, bytes);
    }
  });
}

void Ranks::sum(std::span<std::uint32_t> values) {
  if (!alone() && !apart_) messages::sum(values);
}

bool Ranks::any(bool here) {
  std::uint32_t number = here ? 1 : 0;
  sum({&number, 1});
  return number > 0;
}

}  // namespace burgeon
