#pragma once
// Numbers below 2^-1022 cost a processor a hundred cycles each, and a decaying variable that nothing renews never leaves them:
// at 10 x 2^-1074 times 0.95 rounds back to itself. To a simulation they are zero.

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace burgeon {

/// While it lives, this thread takes operands and results below 2^-1022 for zero, on every instruction-set level alike.
class FlushDenormals {
 public:
#if defined(__SSE2__)
  FlushDenormals() : before_(_mm_getcsr()) { _mm_setcsr(before_ | 0x8040U); }  // FTZ and DAZ
  ~FlushDenormals() { _mm_setcsr(before_); }
#else
  FlushDenormals() = default;
#endif
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
#if defined(__SSE2__)
  unsigned before_;
#endif
};

}  // namespace burgeon
