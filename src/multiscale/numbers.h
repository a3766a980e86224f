#pragma once
// State between two macro steps as plain numbers; the same code writes and reads.

#include <algorithm>
#include <cstddef>
#include <vector>

#include "base/errors.h"

namespace burgeon {

struct Numbers {
  std::vector<double> values;
  std::size_t at = 0;
  bool reading = false;

  void one(double& value) {
    if (!reading) {
      values.push_back(value);
    } else if (at < values.size()) {
      value = values[at++];
    } else {
      throw EnvironmentError("checkpoint: the state of bursts and leaps does not fit the model");
    }
  }
  template <class T>
  void whole(T& value) {
    double number = static_cast<double>(value);
    one(number);
    value = static_cast<T>(number);
  }
  void list(std::vector<double>& list) {
    std::size_t n = list.size();
    whole(n);
    if (reading) list.resize(std::min<std::size_t>(n, values.size()));
    for (double& value : list) one(value);
  }
  void lists(std::vector<std::vector<double>>& all) {
    std::size_t n = all.size();
    whole(n);
    if (reading) all.resize(std::min<std::size_t>(n, values.size()));
    for (auto& one : all) list(one);
  }
  /// A matrix of fixed size (Eigen, column-major).
  template <class Matrix>
  void matrix(Matrix& matrix) {
    for (auto k = matrix.size(); k > 0; --k) one(matrix.data()[matrix.size() - k]);
  }
};

}  // namespace burgeon
