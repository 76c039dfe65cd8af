#pragma once

#include <string>
#include <vector>

#include "engine/judge/judge.hpp"

/// What paired runs say, as figures that checks compare with their limits.
namespace automod::judge {

/// A slow-down or growth of memory counts from here on, in percent.
inline constexpr double kRegressionPercent = 5;
/// Starting a process alone varies by this much: smaller differences of time mean nothing.
inline constexpr double kResolutionMs = 2;
inline constexpr double kResolutionMb = 1;
/// Fewer pairs than this give no interval.
inline constexpr std::size_t kLeastPairs = 4;

struct Comparison {
  Change change;
  double base = 0;  // medians
  double candidate = 0;
  std::size_t pairs = 0;

  bool usable() const { return pairs >= kLeastPairs; }
  /// The whole interval lies above `percent`, and the difference above `resolution`.
  bool grew(double percent, double resolution) const {
    return usable() && change.low > percent && candidate - base > resolution;
  }
  /// The whole interval lies below zero, and the difference above `resolution`.
  bool shrank(double resolution) const {
    return usable() && change.high < 0 && base - candidate > resolution;
  }
};

Comparison compare(const std::vector<double>& base, const std::vector<double>& candidate);

Comparison time_of(const BenchmarkEvidence& benchmark);
Comparison memory_of(const BenchmarkEvidence& benchmark);

/// There are figures of both sides. A candidate that failed later keeps those it had: losing them
/// must not be a way to a better score.
bool measured(const BenchmarkEvidence& benchmark);

/// "rank: 120.4 ms instead of 131.0 ms, -8.1 % (95 % interval -9.0 to -7.2, 9 pairs)".
std::string figures(const std::string& name, const Comparison& comparison, const char* unit);

}  // namespace automod::judge
