// What must hold for every drug row, preset, route and schedule of doses.

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "support/pk.h"

namespace {

using namespace burgeon;
using test::Pk;

const DrugModel* const drugs[] = {&models::v2::ketamine, &models::v2::memantine};
constexpr Route routes[] = {Route::intravenous,     Route::intranasal,   Route::oral,          Route::sublingual,
                            Route::intraperitoneal, Route::subcutaneous, Route::intramuscular, Route::clamp};

/// Calls `check(pk, random)` for every drug and preset, with random body mass and shares of S.
template <class Check>
void for_all(Check check) {
  std::mt19937 random(20240613);
  std::uniform_real_distribution<double> unit(0.0, 1.0);
  for (const DrugModel* drug : drugs)
    for (const PresetRow& preset : drug->presets)
      for (int repeat = 0; repeat < 5; ++repeat) {
        Pk pk(*drug, preset.name);
        pk.set("body_mass", pk.get("reference_mass") * (0.6 + unit(random)));
        if (drug->name == "ketamine") pk.set("fraction_S", repeat == 0 ? 0.0 : repeat == 1 ? 1.0 : unit(random));
        check(pk, random);
      }
}

/// Relative comparison of all signals; `floor` is what counts as nothing.
void expect_same(const std::vector<double>& a, const std::vector<double>& b, double relative, const char* what) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t k = 0; k < a.size(); ++k)
    EXPECT_NEAR(a[k], b[k], relative * std::abs(b[k]) + 1e-13) << what << ", signal " << k;
}

double when(std::mt19937& random) { return std::floor(std::uniform_real_distribution<double>(0.0, 600.0)(random)); }
Route any(std::mt19937& random) { return routes[random() % std::size(routes)]; }

TEST(PkProperties, ZeroDoseIsExactlyZero) {
  for_all([](Pk& pk, std::mt19937& random) {
    for (const Route route : routes) pk.dose(route, 0.0, when(random), 30.0 * double(random() % 2));
    for (const double t : {0.0, 7.0, 300.0, 1e5})
      for (const double value : pk.all(t)) EXPECT_EQ(value, 0.0);
    pk.clear();
    for (const double value : pk.all(5.0)) EXPECT_EQ(value, 0.0);
  });
}

TEST(PkProperties, NothingHappensBeforeTheDose) {
  for_all([](Pk& pk, std::mt19937& random) {
    for (const Route route : routes) pk.dose(route, 10.0, 100.0 + when(random), 20.0);
    for (const double t : {-5.0, 0.0, 99.999})
      for (const double value : pk.all(t)) EXPECT_EQ(value, 0.0);
  });
}

TEST(PkProperties, LinearInDose) {
  for_all([](Pk& pk, std::mt19937& random) {
    Pk triple = pk;
    for (int k = 0; k < 4; ++k) {
      const Route route = any(random);
      const double start = when(random), duration = 25.0 * double(random() % 3);
      pk.dose(route, 7.0 + k, start, duration);
      triple.dose(route, 3.0 * (7.0 + k), start, duration);
    }
    for (const double t : {50.0, 333.0, 900.0}) {
      std::vector<double> expected = pk.all(t);
      for (double& value : expected) value *= 3.0;
      expect_same(triple.all(t), expected, 1e-13, "three times the dose");
    }
  });
}

TEST(PkProperties, DosesSuperpose) {
  for_all([](Pk& pk, std::mt19937& random) {
    Pk together = pk;
    std::vector<Pk> alone;
    for (int k = 0; k < 5; ++k) {
      const Route route = any(random);
      const double start = when(random), duration = 40.0 * double(random() % 2);
      together.dose(route, 5.0 + k, start, duration);
      alone.push_back(pk);
      alone.back().dose(route, 5.0 + k, start, duration);
    }
    for (const double t : {100.0, 400.0, 2000.0}) {
      std::vector<double> sum(pk.model().signals.size(), 0.0);
      for (const Pk& one : alone) {
        const std::vector<double> values = one.all(t);
        for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += values[k];
      }
      expect_same(together.all(t), sum, 1e-13, "sum of single doses");
    }
  });
}

// Multiples of a power of two, so that the shift itself is exact: then every bit must agree.
TEST(PkProperties, ShiftInTimeChangesNothing) {
  for_all([](Pk& pk, std::mt19937& random) {
    Pk later = pk;
    const double shift = 1024.0 * 64.0;
    for (int k = 0; k < 3; ++k) {
      const Route route = any(random);
      const double start = when(random);
      pk.dose(route, 10.0, start, 32.0);
      later.dose(route, 10.0, start + shift, 32.0);
    }
    for (const double t : {64.0, 512.0, 1024.0}) EXPECT_EQ(later.all(t + shift), pk.all(t));
  });
}

// One infusion and the same infusion cut in two, and an infusion shrinking to a bolus, are the same drug course.
TEST(PkProperties, InfusionsCanBeCutAndShrunk) {
  for_all([](Pk& pk, std::mt19937& random) {
    const Route route = routes[random() % 7];  // not the clamp
    Pk whole = pk, cut = pk, bolus = pk, brief = pk;
    whole.dose(route, 30.0, 0.0, 60.0);
    cut.dose(route, 10.0, 0.0, 20.0).dose(route, 20.0, 20.0, 40.0);
    bolus.dose(route, 30.0, 5.0);
    brief.dose(route, 30.0, 5.0 - 5e-8, 1e-7);
    for (const double t : {10.0, 30.0, 61.0, 300.0}) {
      expect_same(cut.all(t), whole.all(t), 1e-11, "cut in two");
      expect_same(brief.all(t), bolus.all(t), 1e-9, "shrunk");
    }
  });
}

TEST(PkProperties, PlasmaFallsAfterAnInfusionAndNothingIsNegative) {
  for_all([](Pk& pk, std::mt19937&) {
    pk.dose(Route::intravenous, 35.0, 0.0, 40.0);
    std::size_t plasma = 0, eliminated = 0;
    for (std::size_t k = 0; k < pk.model().signals.size(); ++k) {
      if (pk.model().signals[k].name == "plasma") plasma = k;
      if (pk.model().signals[k].name == "eliminated") eliminated = k;
    }
    std::vector<double> before = pk.all(40.0);
    for (double t = 41.0; t < 40.0 * 1440.0; t *= 1.07) {
      const std::vector<double> now = pk.all(t);
      // Below what is kept at all (1e-12 uM) plasma drops to zero.
      if (before[plasma] > 0.0) {
        EXPECT_LT(now[plasma], before[plasma]) << t;
      }
      EXPECT_GE(now[eliminated], before[eliminated] * (1.0 - 1e-14)) << t;
      for (const double value : now) EXPECT_GE(value, 0.0) << t;
      before = now;
    }
  });
}

TEST(PkProperties, EqualPotencyAddsTheEnantiomers) {
  Pk pk(models::v2::ketamine);
  pk.dose(Route::intravenous, 35.0, 0.0, 40.0);
  pk.set("potency_ratio_S_R", 1.0);
  EXPECT_NEAR(pk.at(50.0, "effect_site"), pk.at(50.0, "effect_site_S") + pk.at(50.0, "effect_site_R"), 1e-15);
  // Esketamine at a ratio of 3 counts 1.5, arketamine 0.5.
  pk.set("potency_ratio_S_R", 3.0).set("fraction_S", 1.0);
  EXPECT_NEAR(pk.at(50.0, "effect_site"), 1.5 * pk.at(50.0, "effect_site_S"), 1e-15);
  pk.set("fraction_S", 0.0);
  EXPECT_NEAR(pk.at(50.0, "effect_site"), 0.5 * pk.at(50.0, "effect_site_R"), 1e-15);
}

TEST(PkProperties, ClampSetsTheEffectSiteAndNothingElse) {
  for (const DrugModel* drug : drugs) {
    Pk pk(*drug);
    pk.dose(Route::clamp, 2.5, 10.0, 5.0);
    for (const SignalRow& row : drug->signals)
      EXPECT_EQ(pk.at(12.0, row.name), row.name == "effect_site" ? 2.5 : 0.0) << row.name;
    EXPECT_EQ(pk.at(9.99, "effect_site"), 0.0);
    EXPECT_EQ(pk.at(10.0, "effect_site"), 2.5);
    EXPECT_EQ(pk.at(15.0, "effect_site"), 0.0);
  }
}

/// A source is a DOI, a PubMed number, or says that it is assumed.
bool sourced(std::string_view text) {
  for (const std::string_view word : {"doi 10.", "PMID", "assumed"})
    if (text.find(word) != std::string_view::npos) return true;
  return false;
}

// Rows and presets agree: as many values as parameters, all within the range, moieties with a signal.
TEST(PkProperties, RowsAreConsistent) {
  for (const DrugModel* drug : drugs) {
    for (const PresetRow& preset : drug->presets) {
      ASSERT_EQ(preset.values.size(), drug->parameters.size());
      for (std::size_t k = 0; k < preset.values.size(); ++k) {
        if (std::isnan(preset.values[k])) continue;
        EXPECT_GE(preset.values[k], drug->parameters[k].minimum) << preset.name << ' ' << drug->parameters[k].name;
        EXPECT_LE(preset.values[k], drug->parameters[k].maximum) << preset.name << ' ' << drug->parameters[k].name;
      }
      EXPECT_TRUE(sourced(preset.source)) << preset.name;
    }
    for (const ParameterRow& row : drug->parameters) {
      EXPECT_GE(row.value, row.minimum) << row.name;
      EXPECT_LE(row.value, row.maximum) << row.name;
      EXPECT_TRUE(sourced(row.source)) << row.name;
    }
    for (const BlockKinetics& block : drug->block) {
      const std::string wanted =
          block.moiety == drug->name ? "effect_site" : std::string(block.moiety) + ".effect_site";
      bool found = false;
      for (const SignalRow& row : drug->signals) found = found || row.name == wanted;
      EXPECT_TRUE(found) << wanted;
    }
  }
}

}  // namespace
