#pragma once
// A raw tree -> TOML text that reads back to the same tree.

#include <string>

#include "toml/tree.h"

namespace burgeon {

/// Text of a model file: plain values first, then tables under [headers]; an `extends` of the root is left out.
[[nodiscard]] std::string write_toml(const Node& root);
/// One value as it stands to the right of a key.
[[nodiscard]] std::string write_value(const Node& node);

}  // namespace burgeon
