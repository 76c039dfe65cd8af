#include "engine/metrics.hpp"

#include <algorithm>

namespace automod {

namespace {

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

/// For figures of which less is better.
store::MetricRow row(std::string name, double baseline, double modified) {
  const double saved = baseline == 0 ? 0 : (baseline - modified) / baseline * 100;
  return {.name = std::move(name),
          .baseline = baseline,
          .modified = modified,
          .improvement_percent = saved};
}

double error_rate(const Inventory& inventory) {
  if (inventory.tests.empty()) return 0;
  const auto failed =
      std::ranges::count(inventory.tests, TestOutcome::kFailed, &TestResult::outcome);
  return static_cast<double>(failed) / static_cast<double>(inventory.tests.size());
}

}  // namespace

std::vector<store::MetricRow> metrics_of(const Evidence& evidence) {
  std::vector<store::MetricRow> rows;
  for (const BenchmarkEvidence& benchmark : evidence.benchmarks) {
    if (benchmark.candidate_ms.empty()) continue;
    rows.push_back(row("execution_time:" + benchmark.name, median(benchmark.base_ms),
                       median(benchmark.candidate_ms)));
    rows.push_back(row("memory_usage:" + benchmark.name, median(benchmark.base_memory_mb),
                       median(benchmark.candidate_memory_mb)));
  }
  if (!evidence.tests.tests.empty()) {
    rows.push_back(row("error_rate", error_rate(evidence.base_tests), error_rate(evidence.tests)));
  }
  return rows;
}

}  // namespace automod
