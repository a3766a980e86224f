#pragma once
// Columns of doubles: one row per variable, one entry per neuron, aligned for vector loads.

#include <cstddef>
#include <new>
#include <vector>

namespace burgeon {

/// Allocator for 64-byte alignment (a cache line, an AVX-512 register).
template <class T>
struct CacheAligned {
  using value_type = T;
  CacheAligned() = default;
  template <class U>
  CacheAligned(const CacheAligned<U>&) {}  // NOLINT(google-explicit-constructor): allocators convert
  T* allocate(std::size_t n) { return static_cast<T*>(::operator new (n * sizeof(T), std::align_val_t{64})); }
  void deallocate(T* p, std::size_t) { ::operator delete (p, std::align_val_t{64}); }
  friend bool operator==(const CacheAligned&, const CacheAligned&) { return true; }
};

template <class T>
using AlignedVector = std::vector<T, CacheAligned<T>>;

/// `rows` columns of `n` doubles. A uniform set keeps one entry per row.
class ColumnSet {
 public:
  ColumnSet() = default;
  ColumnSet(std::size_t rows, std::size_t n)
      : rows_(rows), n_(n), stride_((n + 7) / 8 * 8), data_(rows * stride_, 0.0) {}

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t size() const { return n_; }
  [[nodiscard]] double* row(std::size_t k) { return data_.data() + k * stride_; }
  [[nodiscard]] const double* row(std::size_t k) const { return data_.data() + k * stride_; }

  /// Pointers to every row from entry `begin` on, into `out` (room for rows() pointers).
  void pointers(std::size_t begin, double** out) {
    for (std::size_t k = 0; k < rows_; ++k) out[k] = row(k) + begin;
  }

 private:
  std::size_t rows_ = 0, n_ = 0, stride_ = 0;
  AlignedVector<double> data_;
};

}  // namespace burgeon
