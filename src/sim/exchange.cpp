#include "sim/exchange.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "base/errors.h"

namespace burgeon {
namespace {

// An emission as it travels.
struct Packed {
  std::uint16_t offset, population;
  std::uint32_t neuron;
  float before;
};

template <class T>
void append(std::vector<std::byte>& message, const T* values, std::size_t n) {
  const std::size_t at = message.size();
  message.resize(at + n * sizeof(T));
  if (n > 0) std::memcpy(message.data() + at, values, n * sizeof(T));
}

// Reads a message from its beginning.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : bytes_(bytes) {}
  template <class T>
  void read(T* values, std::size_t n) {
    ensure(n * sizeof(T) <= bytes_.size(), "messages are complete");
    if (n > 0) std::memcpy(values, bytes_.data(), n * sizeof(T));
    bytes_ = bytes_.subspan(n * sizeof(T));
  }
  template <class T>
  [[nodiscard]] T value() {
    T v{};
    read(&v, 1);
    return v;
  }
  [[nodiscard]] std::string rest() const { return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}; }

 private:
  std::span<const std::byte> bytes_;
};

enum class Failure : std::uint32_t { none, numerical, environment, memory, internal };

std::pair<Failure, std::string> describe(const std::exception_ptr& failure) {
  if (!failure) return {Failure::none, {}};
  try {
    std::rethrow_exception(failure);
  } catch (const NumericalError& error) {
    return {Failure::numerical, error.what()};
  } catch (const EnvironmentError& error) {
    return {Failure::environment, error.what()};
  } catch (const std::bad_alloc& error) {
    return {Failure::memory, error.what()};
  } catch (const std::exception& error) {
    return {Failure::internal, error.what()};
  } catch (...) {
    return {Failure::internal, "unknown error"};
  }
}

std::exception_ptr make_failure(Failure kind, const std::string& text) {
  switch (kind) {
    case Failure::numerical:
      return std::make_exception_ptr(NumericalError(text));
    case Failure::environment:
      return std::make_exception_ptr(EnvironmentError(text));
    case Failure::memory:
      return std::make_exception_ptr(std::bad_alloc());
    default:
      return std::make_exception_ptr(InternalError(text));
  }
}

}  // namespace

Exchange::Exchange(const Network& network, std::vector<SliceWork>& slices, std::vector<GateGroup>& gates, Ranks& ranks)
    : network_(&network), slices_(&slices), gates_(&gates), ranks_(&ranks) {
  ensure(network.populations.size() < 65536, "population numbers travel in 16 bits");
  const unsigned begin = network.first_slice, end = begin + network.slices;
  for (unsigned parity = 0; parity < 2; ++parity) {
    remote_[parity].resize(network.all_slices);
    for (unsigned s = 0; s < network.all_slices; ++s)
      lists_[parity].push_back(s >= begin && s < end ? &slices[s - begin].found[parity] : &remote_[parity][s]);
  }
}

Range Exchange::gate_sources(const GateGroup& gate, unsigned rank) const {
  const std::uint64_t size = network_->populations[gate.population()].size;
  const unsigned first = rank * network_->slices;
  const auto clamp = [&](std::uint64_t i) { return std::clamp(i, gate.source().begin, gate.source().end); };
  return {clamp(slice_range(size, first, network_->all_slices).begin),
          clamp(slice_range(size, first + network_->slices - 1, network_->all_slices).end)};
}

void Exchange::interval(unsigned parity, Step first, std::uint32_t steps, bool failed) {
  ranks_->together([&] {
    send_out(parity, steps, failed);
    ranks_->all_gather(message_, messages_);
    failed_[parity] = failed;
    for (unsigned r = 0; r < ranks_->count(); ++r)
      if (r != ranks_->rank() && !messages_[r].empty()) take_in(r, messages_[r], parity, steps);
    collect_samples(parity, first, steps);
  });
}

// Whether we failed, number of emissions of every slice, the emissions, the gates step by step.
void Exchange::send_out(unsigned parity, std::uint32_t steps, bool failed) {
  message_.clear();
  const std::uint32_t state = failed ? 1 : 0;
  append(message_, &state, 1);
  for (const SliceWork& slice : *slices_) {
    const auto n = static_cast<std::uint32_t>(slice.found[parity].size());
    append(message_, &n, 1);
  }
  for (const SliceWork& slice : *slices_)
    for (const Emission& e : slice.found[parity]) {
      const Packed packed{static_cast<std::uint16_t>(e.offset), static_cast<std::uint16_t>(e.population), e.neuron,
                          e.before};
      append(message_, &packed, 1);
    }
  for (GateGroup& gate : *gates_) {
    const Range own = gate_sources(gate, ranks_->rank());
    for (std::uint32_t k = 0; k < steps; ++k)
      append(message_, gate.values(parity).data() + k * gate.source().size() + (own.begin - gate.source().begin),
             own.size());
  }
}

void Exchange::take_in(unsigned rank, std::span<const std::byte> bytes, unsigned parity, std::uint32_t steps) {
  Reader reader(bytes);
  if (reader.value<std::uint32_t>() != 0) failed_[parity] = true;
  std::vector<std::uint32_t> counts(network_->slices);
  reader.read(counts.data(), counts.size());
  for (unsigned s = 0; s < network_->slices; ++s) {
    Emissions& emissions = remote_[parity][rank * network_->slices + s];
    emissions.clear();
    for (std::uint32_t i = 0; i < counts[s]; ++i) {
      const auto packed = reader.value<Packed>();
      emissions.push_back({packed.offset, packed.population, packed.neuron, packed.before});
    }
  }
  for (GateGroup& gate : *gates_) {
    const Range theirs = gate_sources(gate, rank);
    for (std::uint32_t k = 0; k < steps; ++k)
      reader.read(gate.values(parity).data() + k * gate.source().size() + (theirs.begin - gate.source().begin),
                  theirs.size());
  }
}

void Exchange::collect_samples(unsigned parity, Step first, std::uint32_t steps) {
  // All ranks have the same probes and know alike whether one is due.
  const SliceWork& any = slices_->front();
  if (first_probe_.empty()) {
    first_probe_.push_back(0);
    for (const auto& probes : any.probes) first_probe_.push_back(first_probe_.back() + probes.size());
  }
  const std::size_t probes = first_probe_.back();
  const Step last = first + static_cast<Step>(steps);
  bool due = false;
  for (const auto& list : any.probes)
    for (const Probe& probe : list) due = due || last / probe.every > first / probe.every;
  if (!due) return;

  message_.clear();
  for (const SliceWork& slice : *slices_)
    for (const auto& list : slice.probes)
      for (const Probe& probe : list) {
        const std::uint64_t shape[2] = {probe.end - probe.begin, probe.samples[parity].size()};
        append(message_, shape, 2);
        append(message_, probe.samples[parity].data(), shape[1]);
      }
  ranks_->gather(message_, [&](unsigned rank, std::span<const std::byte> bytes) {
    samples_[parity].resize(network_->all_slices * probes);
    if (rank == 0) return;
    Reader reader(bytes);
    for (std::size_t i = 0; i < network_->slices * probes; ++i) {
      Samples& samples = samples_[parity][rank * network_->slices * probes + i];
      samples.neurons = reader.value<std::uint64_t>();
      samples.values.resize(reader.value<std::uint64_t>());
      reader.read(samples.values.data(), samples.values.size());
    }
  });
}

void Exchange::append_samples(std::uint32_t population, std::size_t probe, unsigned parity, std::size_t row,
                              std::vector<double>& values) const {
  const auto take = [&](const std::vector<double>& samples, std::size_t n) {
    const auto from = samples.begin() + static_cast<std::ptrdiff_t>(row * n);
    values.insert(values.end(), from, from + static_cast<std::ptrdiff_t>(n));
  };
  for (const SliceWork& slice : *slices_) {
    const Probe& own = slice.probes[population][probe];
    take(own.samples[parity], own.end - own.begin);
  }
  for (unsigned s = network_->slices; s < network_->all_slices; ++s) {
    const Samples& theirs = samples_[parity][s * first_probe_.back() + first_probe_[population] + probe];
    take(theirs.values, theirs.neurons);
  }
}

Exchange::Standing Exchange::meet(const Standing& mine) {
  if (ranks_->alone()) return mine;
  const auto [kind, text] = describe(mine.failure);
  message_.clear();
  const std::uint64_t numbers[3] = {mine.expected, mine.delivered, mine.stop ? 1U : 0U};
  append(message_, numbers, 3);
  append(message_, &kind, 1);
  append(message_, text.data(), text.size());

  Standing all;
  ranks_->together([&] { ranks_->all_gather(message_, messages_); });
  for (unsigned r = 0; r < ranks_->count(); ++r) {
    if (messages_[r].empty()) continue;
    Reader reader(messages_[r]);
    all.expected += reader.value<std::uint64_t>();
    all.delivered += reader.value<std::uint64_t>();
    all.stop = reader.value<std::uint64_t>() != 0 || all.stop;
    const auto failure = reader.value<Failure>();
    if (failure == Failure::none || all.failure) continue;
    // Rank 0 tells the user; a rank that no longer hears the others tells its own.
    const bool lost = mine.failure && ranks_->apart();
    if (lost) {
      all.failure = mine.failure;
    } else if (ranks_->first()) {
      all.failure = make_failure(failure, reader.rest() + " (on rank " + std::to_string(r) + ")");
    } else {
      all.failure = std::make_exception_ptr(PeerFailed("rank " + std::to_string(r) + " failed"));
    }
  }
  return all;
}

}  // namespace burgeon
