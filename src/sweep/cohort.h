#pragma once
// What a trial would report of a cohort: ratings, change, response, remission, effect size and relapse in every arm.

#include <cstdint>
#include <string>
#include <vector>

#include "statistics/sensitivity.h"
#include "sweep/collate.h"

namespace burgeon {

/// Ratings of one arm, true scores with the noise of a rating, within 0 ... 60. NaN where a run failed.
struct ArmRatings {
  std::string name;
  std::size_t visits = 0;      ///< with the baseline, which is visit 0
  std::vector<double> rating;  ///< [subjects, visits]
};

/// One arm at one visit, over subjects who were enrolled. Intervals are 95 % of bootstrap samples of subjects.
struct VisitResult {
  Index score;                       ///< mean rating
  double low10 = 0.0, high90 = 0.0;  ///< ratings of the subjects, 10th and 90th percentile
  Index change;                      ///< from baseline
  Index response, remission;         ///< rates
  Index difference;                  ///< change minus that of the control arm
  Index effect_size;                 ///< d: -difference over the pooled SD of changes; positive when the arm is better
};

struct RelapseResult {
  std::size_t followed = 0;  ///< responders at the visit `follow`
  std::vector<double> time;  ///< [later visits], ms after `follow`
  std::vector<Index> free;   ///< part not relapsed yet
  Index median;              ///< ms; infinite when fewer than half relapse
};

struct ArmResult {
  std::string name;
  std::size_t enrolled = 0;
  double baseline_sd = 0.0;
  std::vector<VisitResult> visits;  ///< [visits], the baseline first
  RelapseResult relapse;            ///< empty without `follow`
};

/// Ratings of all arms, by the noise of `spec.rating_sd`: subjects, arms and visits have their own, whatever else is rated.
[[nodiscard]] std::vector<ArmRatings> rate(const SweepPlan& plan, const SweepTable& table);

/// Subjects are resampled together in all arms, as they are the same ones. An arm enrols whose baseline rating is at least
/// `spec.entry` and who has all ratings.
[[nodiscard]] std::vector<ArmResult> assess(const CohortSpec& spec, const std::vector<ArmRatings>& arms,
                                            std::uint64_t resamples);

}  // namespace burgeon
