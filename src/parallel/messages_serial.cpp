// The twin of messages_mpi.cpp for builds without MPI: one lone process, which never has anybody to talk to.
#if !defined(BURGEON_MPI)

#include <cstdlib>
#include <cstring>

#include "base/errors.h"
#include "parallel/messages.h"

namespace burgeon::messages {

std::string library() { return {}; }

void join(unsigned&, unsigned&) {
  throw EnvironmentError(
      "started by mpirun or srun as one of several processes, but this build has no MPI: configure with "
      "BURGEON_MPI=ON");
}

void leave() {}

void abort(int code) { std::_Exit(code); }

void all_gather(const void* mine, std::size_t size, void* all) { std::memcpy(all, mine, size); }

void all_gather(const void* mine, std::span<const std::size_t> sizes, void* all) { std::memcpy(all, mine, sizes[0]); }

void send(unsigned, const void*, std::size_t) { throw InternalError("a lone process sends no message"); }

void receive(unsigned, void*, std::size_t) { throw InternalError("a lone process receives no message"); }

void sum(std::span<std::uint32_t>) {}

}  // namespace burgeon::messages

#endif
