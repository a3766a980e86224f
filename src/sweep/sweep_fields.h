#pragma once
// The field tables of a sweep file.

#include <vector>

#include "spec/fields.h"

namespace burgeon::sweep_tables {

[[nodiscard]] std::vector<Field> root();
[[nodiscard]] std::vector<Field> axis();
[[nodiscard]] std::vector<Field> design();
[[nodiscard]] std::vector<Field> replicates();
[[nodiscard]] std::vector<Field> output();
[[nodiscard]] std::vector<Field> fit();
[[nodiscard]] std::vector<Field> cohort();

}  // namespace burgeon::sweep_tables
