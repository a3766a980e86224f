#pragma once
// Messages between processes: MPI where the build has it, a twin for one lone process elsewhere. Only Ranks calls these.
// All sizes in bytes. Every function is called by one thread at a time; a failure inside MPI ends the whole group.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace burgeon::messages {

/// The MPI library in the build ("Open MPI v4.1.4"), empty when there is none.
[[nodiscard]] std::string library();

/// Joins the group that the launcher started: our rank and the number of ranks. Throws EnvironmentError.
void join(unsigned& rank, unsigned& count);
/// Leaves it in good order; returns when all ranks have called it.
void leave();
/// Ends all ranks now, with this exit code.
[[noreturn]] void abort(int code);

/// `size` bytes from every rank to every rank: all[rank * size ...].
void all_gather(const void* mine, std::size_t size, void* all);
/// The same with a size for each rank, one after the other. At most 2 GB in all.
void all_gather(const void* mine, std::span<const std::size_t> sizes, void* all);
/// From one rank to another, any size.
void send(unsigned to, const void* data, std::size_t size);
void receive(unsigned from, void* data, std::size_t size);
/// Sums over ranks, entry by entry, on all ranks.
void sum(std::span<std::uint32_t> values);

}  // namespace burgeon::messages
