#pragma once
// The sink of networks beside the run.

#include "record/sink.h"

namespace burgeon {

/// Remembers nothing.
class NoSink final : public Sink {
 public:
  std::size_t declare(const Table&) override { return tables_++; }
  void append(std::size_t, std::span<const ColumnData>) override {}
  void close(const RunEnd&) override {}

 private:
  std::size_t tables_ = 0;
};

}  // namespace burgeon
