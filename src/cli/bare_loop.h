#pragma once
// What delivery would cost if there were nothing else: the walk over rows of synapses alone.

#include "network/network.h"

namespace burgeon::cli {

/// ns per synaptic event on one thread, on a network's own rows of the first slice (the same types of index, weight and delay) in
/// random order, into rings like the engine's. 0 when the network stores no rows.
[[nodiscard]] double bare_loop_ns(const Network& network);

}  // namespace burgeon::cli
