// A decaying variable ends at zero where denormals are flushed, and never without.

#include "base/denormals.h"

#include <gtest/gtest.h>

namespace burgeon {
namespace {

double decayed() {
  volatile double x = 1.0;
  for (int k = 0; k < 20000; ++k) x = x * 0.95;
  return x;
}

TEST(FlushDenormals, DecayEndsAtZero) {
#if !defined(__SSE2__)
  GTEST_SKIP() << "no such mode here";
#endif
  EXPECT_GT(decayed(), 0.0);  // stuck at a denormal
  {
    const FlushDenormals flush;
    EXPECT_EQ(decayed(), 0.0);
  }
  EXPECT_GT(decayed(), 0.0);
}

}  // namespace
}  // namespace burgeon
