#include "engine/judge/measure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>

#include "base/text.hpp"

namespace automod::judge {

namespace {

constexpr std::uint64_t kSeed = 0x6175746f6d6f64;
constexpr std::size_t kResamples = 2000;
constexpr std::size_t kTail = kResamples / 40;  // 2.5 % on each side
constexpr double kLeastFigure = 1e-3;           // keeps logarithms finite
constexpr double kWidest = 1000;                // percent: "anything is possible"

/// Rounded, so that the last bits of another machine's logarithm cannot turn a verdict.
double rounded(double value) { return std::round(value * 100) / 100; }

double percent_of(double log_ratio) {
  return rounded(std::clamp((std::exp(log_ratio) - 1) * 100, -100.0, 1e6));
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const std::size_t middle = values.size() / 2;
  const auto at = [&](std::size_t i) {
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(i), values.end());
    return values[i];
  };
  const double upper = at(middle);
  return values.size() % 2 == 1 ? upper : (at(middle - 1) + upper) / 2;
}

/// Hodges-Lehmann: the median of all pairwise means. Nearly as sharp as the mean, and one
/// interrupted run does not move it. Never falls when a value rises, which keeps verdicts
/// monotone.
double centre(const std::vector<double>& values) {
  std::vector<double> means;
  means.reserve(values.size() * (values.size() + 1) / 2);
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = i; j < values.size(); ++j) means.push_back((values[i] + values[j]) / 2);
  }
  return median(std::move(means));
}

double sane(double figure) {
  return std::isfinite(figure) ? std::max(figure, kLeastFigure) : kLeastFigure;
}

}  // namespace

Change paired_change(const std::vector<double>& base, const std::vector<double>& candidate) {
  const std::size_t pairs = std::min(base.size(), candidate.size());
  if (pairs == 0) return {0, -100, kWidest};
  std::vector<double> ratios;
  ratios.reserve(pairs);
  for (std::size_t i = 0; i < pairs; ++i) {
    ratios.push_back(std::log(sane(candidate[i])) - std::log(sane(base[i])));
  }
  Change change;
  change.percent = percent_of(centre(ratios));
  if (pairs < kLeastPairs) {
    change.low = -100;
    change.high = std::max(kWidest, change.percent);
    return change;
  }
  const auto [least, most] = std::minmax_element(ratios.begin(), ratios.end());
  if (*least == *most) {  // nothing to draw from
    change.low = change.high = change.percent;
    return change;
  }
  // The remainder of a division is the same everywhere, which the distributions of <random>
  // are not; its bias is below 1e-17.
  std::mt19937_64 random(kSeed);
  std::vector<double> centres;
  std::vector<double> sample(pairs);
  for (std::size_t i = 0; i < kResamples; ++i) {
    for (double& value : sample) value = ratios[random() % pairs];
    centres.push_back(centre(sample));
  }
  std::sort(centres.begin(), centres.end());
  change.low = percent_of(centres[kTail]);
  change.high = percent_of(centres[kResamples - 1 - kTail]);
  return change;
}

Comparison compare(const std::vector<double>& base, const std::vector<double>& candidate) {
  Comparison comparison;
  comparison.pairs = std::min(base.size(), candidate.size());
  comparison.change = paired_change(base, candidate);
  comparison.base = median(base);
  comparison.candidate = median(candidate);
  return comparison;
}

namespace {

Comparison comparison_of(const BenchmarkEvidence& benchmark, std::string_view metric) {
  const Series* series = benchmark.find(metric);
  return series == nullptr ? Comparison() : compare(series->base, series->candidate);
}

}  // namespace

Comparison time_of(const BenchmarkEvidence& benchmark) { return comparison_of(benchmark, "wall"); }

Comparison memory_of(const BenchmarkEvidence& benchmark) {
  return comparison_of(benchmark, "memory");
}

bool measured(const BenchmarkEvidence& benchmark) {
  const Series* wall = benchmark.find("wall");
  return benchmark.base_failures == 0 && wall != nullptr && !wall->base.empty() &&
         !wall->candidate.empty();
}

std::string figures(const std::string& name, const Comparison& comparison, const char* unit) {
  const std::string sides =
      fmt::format("{}: {:.1f} {} instead of {:.1f} {}, {:+.1f} %", printable_line(name),
                  comparison.candidate, unit, comparison.base, unit, comparison.change.percent);
  if (!comparison.usable()) {
    return fmt::format("{} ({} paired runs: too few for an interval)", sides, comparison.pairs);
  }
  return fmt::format("{} (95 % interval {:+.1f} to {:+.1f}, {} pairs)", sides,
                     comparison.change.low, comparison.change.high, comparison.pairs);
}

}  // namespace automod::judge
