#include <fmt/format.h>

#include "base/text.hpp"
#include "engine/judge/checks.hpp"
#include "engine/judge/measure.hpp"

namespace automod::judge {

namespace {

/// One reason out of the reasons of several benchmarks, bounded.
std::string joined(const std::vector<std::string>& parts) {
  constexpr std::size_t kShown = 5;
  std::string text;
  for (std::size_t i = 0; i < parts.size() && i < kShown; ++i) {
    text += (i == 0 ? "" : "; ") + parts[i];
  }
  if (parts.size() > kShown) text += fmt::format("; and {} more", parts.size() - kShown);
  return text;
}

using Figure = Comparison (*)(const BenchmarkEvidence&);

struct Grown {
  std::vector<std::string> far;     // beyond the limit
  std::vector<std::string> little;  // beyond zero
  std::vector<std::string> vague;   // too few pairs to tell
  std::vector<std::string> fine;
};

Grown grown(const Evidence& evidence, Figure figure, double resolution, const char* unit) {
  Grown result;
  for (const auto& benchmark : evidence.benchmarks) {
    if (!measured(benchmark)) continue;
    const Comparison comparison = figure(benchmark);
    auto& place = !comparison.usable()                              ? result.vague
                  : comparison.grew(kRegressionPercent, resolution) ? result.far
                  : comparison.grew(0, resolution)                  ? result.little
                                                                    : result.fine;
    place.push_back(figures(benchmark.name, comparison, unit));
  }
  return result;
}

}  // namespace

CheckOutcome performance_regression(const Evidence& evidence) {
  const Grown time = grown(evidence, time_of, kResolutionMs, "ms");
  if (!time.far.empty()) {
    return blocks(
        0.6, fmt::format("slower by more than {} %: {}", kRegressionPercent, joined(time.far)));
  }
  if (!time.little.empty()) return warns(0.1, "measurably slower: " + joined(time.little));
  if (!time.vague.empty()) return warns(0.1, "not measured often enough: " + joined(time.vague));
  if (!time.fine.empty()) return passes(joined(time.fine));
  return passes("nothing was measured");
}

CheckOutcome no_measurable_gain(const Evidence& evidence) {
  if (evidence.type != ModificationType::kPerformance) {
    return passes("no gain of time was promised");
  }
  std::vector<std::string> gains;
  std::vector<std::string> others;
  for (const auto& benchmark : evidence.benchmarks) {
    if (!measured(benchmark)) continue;
    const Comparison time = time_of(benchmark);
    (time.shrank(kResolutionMs) ? gains : others).push_back(figures(benchmark.name, time, "ms"));
  }
  if (!gains.empty()) return passes("faster: " + joined(gains));
  if (!others.empty()) {
    return warns(0.25, "meant to save time, but no gain shows: " + joined(others));
  }
  return warns(0.1, "meant to save time, but nothing was measured");
}

CheckOutcome memory_regression(const Evidence& evidence) {
  const Grown memory = grown(evidence, memory_of, kResolutionMb, "MB");
  if (!memory.far.empty()) {
    return fails(0.35, fmt::format("needs more memory by over {} %: {}", kRegressionPercent,
                                   joined(memory.far)));
  }
  if (!memory.little.empty()) return warns(0.05, "needs more memory: " + joined(memory.little));
  if (!memory.fine.empty()) return passes(joined(memory.fine));
  return passes("nothing was measured");
}

CheckOutcome output_changed(const Evidence& evidence) {
  std::vector<std::string> different;
  std::vector<std::string> unstable;
  for (const auto& benchmark : evidence.benchmarks) {
    if (benchmark.output_differs) different.push_back(benchmark.name);
    if (benchmark.output_unstable) unstable.push_back(benchmark.name);
  }
  if (!different.empty()) {
    return blocks(0.6, "prints something else than on the base: " + listed("benchmark", different));
  }
  if (evidence.benchmarks.empty()) return passes("nothing was measured");
  if (!unstable.empty()) {
    return warns(0.05,
                 "prints something else each time on the base itself, so that outputs cannot "
                 "be compared: " +
                     listed("benchmark", unstable));
  }
  return passes("benchmarks print what they print on the base");
}

CheckOutcome benchmark_failed(const Evidence& evidence) {
  std::vector<std::string> broken;
  std::vector<std::string> known;
  for (const auto& benchmark : evidence.benchmarks) {
    if (benchmark.base_failures > 0) {
      known.push_back(benchmark.name);
    } else if (benchmark.candidate_failures > 0) {
      broken.push_back(benchmark.name);
    }
  }
  if (!broken.empty()) {
    return blocks(0.6, "runs on the base, fails now: " + listed("benchmark", broken));
  }
  if (!known.empty()) return warns(0.05, "fails on the base itself: " + listed("benchmark", known));
  if (evidence.benchmarks.empty()) return passes("nothing was measured");
  return passes(counted(evidence.benchmarks.size(), "benchmark") + " ran");
}

}  // namespace automod::judge
