#pragma once
// Values of recorded series of a course over weeks, with bursts and leaps.

#include <string>
#include <utility>
#include <vector>

#include "support/run.h"

namespace burgeon::test {

/// A series and when it is wanted, in hours after day 22; on a straight line between the samples around it.
struct Reading {
  std::string series;
  double hours;
};

/// What the course of a model file reads, in order; `changes` as --set would make them.
std::vector<double> read_course(const std::string& file, const std::vector<Reading>& readings,
                                const std::vector<std::pair<std::string, std::string>>& changes = {},
                                unsigned threads = 1);

}  // namespace burgeon::test
