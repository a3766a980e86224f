// Messages over MPI. The twin without it: messages_serial.cpp.
#if defined(BURGEON_MPI)

#define OMPI_SKIP_MPICXX 1
#define MPICH_SKIP_MPICXX 1
#include <mpi.h>

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <numeric>
#include <vector>

#include "base/errors.h"
#include "parallel/messages.h"

namespace burgeon::messages {
namespace {

// Counts are ints in MPI; longer messages go in pieces.
constexpr std::size_t longest_piece = std::size_t{1} << 30;

int to_int(std::size_t n) {
  ensure(n <= INT_MAX, "a collective message has at most 2 GB");
  return static_cast<int>(n);
}

}  // namespace

std::string library() {
  char text[MPI_MAX_LIBRARY_VERSION_STRING] = {};
  int length = 0;
  MPI_Get_library_version(text, &length);
  // "Open MPI v4.1.4, package: ..." and more: the first part is the name.
  const std::string whole(text, static_cast<std::size_t>(length));
  return whole.substr(0, whole.find_first_of(",\n"));
}

void join(unsigned& rank, unsigned& count) {
  // Who waits for a message lets others have the processor, also where the launcher believes that every rank has its own: beside
  // a busy neighbour a rank that spins is what the one that it waits for is waiting for.
  setenv("OMPI_MCA_mpi_yield_when_idle", "1", 0);
  // Threads take turns: whichever reaches the barrier last exchanges.
  int provided = MPI_THREAD_SINGLE;
  if (MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &provided) != MPI_SUCCESS)
    throw EnvironmentError("MPI_Init_thread failed");
  if (provided < MPI_THREAD_SERIALIZED) throw EnvironmentError("this MPI library does not work with threads");
  int r = 0, n = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &r);
  MPI_Comm_size(MPI_COMM_WORLD, &n);
  rank = static_cast<unsigned>(r);
  count = static_cast<unsigned>(n);
}

void leave() { MPI_Finalize(); }

void abort(int code) {
  MPI_Abort(MPI_COMM_WORLD, code);
  std::_Exit(code);
}

void all_gather(const void* mine, std::size_t size, void* all) {
  MPI_Allgather(mine, to_int(size), MPI_BYTE, all, to_int(size), MPI_BYTE, MPI_COMM_WORLD);
}

void all_gather(const void* mine, std::span<const std::size_t> sizes, void* all) {
  std::vector<int> count(sizes.size()), begin(sizes.size(), 0);
  for (std::size_t r = 0; r < sizes.size(); ++r) count[r] = to_int(sizes[r]);
  to_int(std::accumulate(sizes.begin(), sizes.end(), std::size_t{0}));
  std::partial_sum(count.begin(), count.end() - 1, begin.begin() + 1);
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Allgatherv(mine, count[static_cast<std::size_t>(rank)], MPI_BYTE, all, count.data(), begin.data(), MPI_BYTE,
                 MPI_COMM_WORLD);
}

void send(unsigned to, const void* data, std::size_t size) {
  const auto* bytes = static_cast<const std::byte*>(data);
  for (std::size_t at = 0; at < size; at += longest_piece)
    MPI_Send(bytes + at, to_int(std::min(longest_piece, size - at)), MPI_BYTE, static_cast<int>(to), 0, MPI_COMM_WORLD);
}

void receive(unsigned from, void* data, std::size_t size) {
  auto* bytes = static_cast<std::byte*>(data);
  for (std::size_t at = 0; at < size; at += longest_piece)
    MPI_Recv(bytes + at, to_int(std::min(longest_piece, size - at)), MPI_BYTE, static_cast<int>(from), 0,
             MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

void sum(std::span<std::uint32_t> values) {
  MPI_Allreduce(MPI_IN_PLACE, values.data(), to_int(values.size()), MPI_UINT32_T, MPI_SUM, MPI_COMM_WORLD);
}

}  // namespace burgeon::messages

#endif
