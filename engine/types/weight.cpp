#include <algorithm>
#include <cmath>

#include "engine/types/words.hpp"

namespace automod {

namespace {

double part_of(Severity severity) {
  switch (severity) {
    case Severity::kNote:
      return 0.4;
    case Severity::kWarning:
      return 0.7;
    case Severity::kError:
      return 1.0;
  }
  return 0.4;
}

double part_of(Confidence confidence) {
  switch (confidence) {
    case Confidence::kLow:
      return 0.5;
    case Confidence::kMedium:
      return 0.8;
    case Confidence::kHigh:
      return 1.0;
  }
  return 0.5;
}

/// How often the place is run, 0 to 1: measured where there is a profile, else guessed from loops.
double often(const Weight& weight) {
  const double repeats = 1 - std::exp2(-static_cast<double>(weight.loops));
  if (!weight.heat) return repeats;
  return std::sqrt(std::clamp(*weight.heat, 0.0, 1.0)) * (1 + repeats) / 2;
}

/// How much of the codebase comes by, 0 to 1: as much again for each time that it doubles.
double wide(const Weight& weight) {
  const auto part = [](std::size_t reach) { return std::log2(1 + static_cast<double>(reach)); };
  return std::min(1.0, part(weight.reach) / part(kMostReach));
}

/// What a kind of finding is worth anywhere, and what being run often and widely adds.
struct Shares {
  double anywhere;
  double often;
  double wide;
};

/// Speed counts only where time is spent; what is wrong is wrong everywhere.
Shares shares_of(ModificationType type) {
  switch (type) {
    case ModificationType::kPerformance:
      return {.anywhere = 0.2, .often = 0.6, .wide = 0.2};
    case ModificationType::kBugFix:
    case ModificationType::kFeatureAdd:
      return {.anywhere = 0.6, .often = 0.1, .wide = 0.3};
    case ModificationType::kRefactor:
      return {.anywhere = 0.3, .often = 0.1, .wide = 0.3};
  }
  return {.anywhere = 0.3, .often = 0.1, .wide = 0.3};
}

}  // namespace

double Finding::value() const {
  const Shares shares = shares_of(type);
  const double here = shares.anywhere + shares.often * often(weight) + shares.wide * wide(weight);
  return 100 * part_of(severity) * part_of(confidence) * here;
}

}  // namespace automod
