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

/// The database's words for what every benchmark has.
std::string metric_name(const Series& series) {
  if (series.metric == "wall") return "execution_time";
  return series.metric == "memory" ? "memory_usage" : series.metric;
}

store::MetricRow row(std::string name, double baseline, double modified,
                     Direction better = Direction::kLower) {
  const double fallen = baseline == 0 ? 0 : (baseline - modified) / baseline * 100;
  const double saved = better == Direction::kLower ? fallen : -fallen;
  return {.name = std::move(name),
          .baseline = baseline,
          .modified = modified,
          .improvement_percent = saved};
}

double share(std::size_t some, std::size_t all) {
  return static_cast<double>(some) / static_cast<double>(all);
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
    for (const auto& series : benchmark.series) {
      if (series.candidate.empty()) continue;
      const auto fresh = std::ranges::find(benchmark.confirm, series.metric, &Series::metric);
      const Series& shown = fresh == benchmark.confirm.end() ? series : *fresh;
      rows.push_back(row(metric_name(series) + ":" + benchmark.name, median(shown.base),
                         median(shown.candidate), series.direction));
    }
    if (benchmark.base_runs > 0 && benchmark.candidate_runs > 0) {
      rows.push_back(row("error_rate:" + benchmark.name,
                         share(benchmark.base_failures, benchmark.base_runs),
                         share(benchmark.candidate_failures, benchmark.candidate_runs)));
    }
  }
  if (!evidence.tests.tests.empty()) {
    rows.push_back(row("error_rate", error_rate(evidence.base_tests), error_rate(evidence.tests)));
  }
  return rows;
}

}  // namespace automod
