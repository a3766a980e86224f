#pragma once
// All models, for one instruction-set level. Compiled three times; entry points choose one.

#include <string_view>

#include "catalogue/catalogue.h"

namespace burgeon::models {

namespace v2 {
[[nodiscard]] const Catalogue& catalogue();
}
namespace v3 {
[[nodiscard]] const Catalogue& catalogue();
}
namespace v4 {
[[nodiscard]] const Catalogue& catalogue();
}

/// Catalogue whose kernels were compiled for `simd` ("v2", "v3", "v4"); the CPU must support it. Inline, because a .cpp file
/// here would be compiled three times.
[[nodiscard]] inline const Catalogue& catalogue([[maybe_unused]] std::string_view simd) {
#ifndef BURGEON_SINGLE_ISA
  if (simd == "v4") return v4::catalogue();
  if (simd == "v3") return v3::catalogue();
#endif
  return v2::catalogue();
}

}  // namespace burgeon::models
