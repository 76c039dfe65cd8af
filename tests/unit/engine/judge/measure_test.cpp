#include "engine/judge/measure.hpp"

#include <cmath>
#include <limits>

#include "tests/unit/catch.hpp"
#include "tests/unit/engine/judge/samples.hpp"

namespace automod {
namespace {

using testing::benchmark;
using testing::ContainsSubstring;
using testing::good;
using testing::outcome;

bool near(double value, double wanted) { return std::abs(value - wanted) < 0.011; }

Evidence measured_at(double times, double memory = 1, int pairs = 9) {
  Evidence evidence = good();
  evidence.benchmarks.push_back(benchmark(times, memory, pairs));
  return evidence;
}

TEST_CASE("equal runs differ by nothing") {
  const std::vector<double> runs = {10, 11, 10, 12, 10};
  const judge::Change change = judge::paired_change(runs, runs);
  CHECK(change.percent == 0);
  CHECK(change.low == 0);
  CHECK(change.high == 0);
}

TEST_CASE("a constant factor is found exactly") {
  const judge::Change change = judge::paired_change({10, 20, 30, 40}, {12, 24, 36, 48});
  CHECK(near(change.percent, 20));
  CHECK(near(change.low, 20));
  CHECK(near(change.high, 20));
}

TEST_CASE("one interrupted run does not move the figure") {
  const std::vector<double> base = {100, 101, 100, 99, 100, 101, 100, 99, 100};
  std::vector<double> candidate = base;
  candidate[4] = 900;
  const judge::Change change = judge::paired_change(base, candidate);
  CHECK(std::abs(change.percent) < 2);
  CHECK(change.low < 1);
}

TEST_CASE("the interval of a seeded comparison is frozen") {
  const judge::Change change = judge::paired_change({100, 103, 98, 101, 99, 102, 100, 97, 104},
                                                    {106, 104, 103, 109, 101, 107, 105, 104, 105});
  CAPTURE(change.percent, change.low, change.high);
  CHECK(near(change.percent, 4.59));
  CHECK(near(change.low, 2.92));
  CHECK(near(change.high, 6.40));
}

TEST_CASE("too few pairs give an interval that decides nothing") {
  const std::vector<std::vector<double>> few = {{}, {10}, {10, 10, 10}};
  for (const auto& base : few) {
    const std::vector<double> candidate(base.size(), 40.0);
    const judge::Change change = judge::paired_change(base, candidate);
    CHECK(change.low == -100);
    CHECK(change.high >= 1000);
    CHECK(change.high >= change.percent);
  }
}

TEST_CASE("figures that make no sense stay finite") {
  const judge::Change change =
      judge::paired_change({0, -1, std::nan(""), 5}, {5, 0, 5, std::numeric_limits<double>::max()});
  CHECK(std::isfinite(change.percent));
  CHECK(std::isfinite(change.low));
  CHECK(std::isfinite(change.high));
}

TEST_CASE("slower beyond the limit blocks and shows the interval") {
  const CheckOutcome found = outcome(measured_at(1.2), "performance_regression");
  CHECK(found.blocks);
  CHECK_THAT(found.reason, ContainsSubstring("95 % interval"));
  CHECK_THAT(found.reason, ContainsSubstring("rank"));
}

TEST_CASE("a little slower is warned about") {
  CHECK(outcome(measured_at(1.04), "performance_regression").result == CheckResult::kWarn);
}

TEST_CASE("a few milliseconds mean nothing, whatever the ratio") {
  Evidence evidence = good();
  auto measured = benchmark(1);
  measured.series[0].base.assign(9, 1.0);
  measured.series[0].candidate.assign(9, 2.0);
  evidence.benchmarks.push_back(measured);
  CHECK(outcome(evidence, "performance_regression").result == CheckResult::kPass);
}

TEST_CASE("too few runs are no proof that time was kept") {
  CHECK(outcome(measured_at(1, 1, 2), "performance_regression").result == CheckResult::kWarn);
}

TEST_CASE("a performance change must show its gain") {
  Evidence evidence = measured_at(0.8);
  evidence.type = ModificationType::kPerformance;
  CHECK(outcome(evidence, "no_measurable_gain").result == CheckResult::kPass);
  evidence.benchmarks = {benchmark(1)};
  CHECK(outcome(evidence, "no_measurable_gain").result == CheckResult::kWarn);
  evidence.benchmarks = {};
  CHECK_THAT(outcome(evidence, "no_measurable_gain").reason,
             ContainsSubstring("nothing was measured"));
}

TEST_CASE("memory that grew fails without rejecting at every level") {
  const CheckOutcome found = outcome(measured_at(1, 1.2), "memory_regression");
  CHECK(found.result == CheckResult::kFail);
  CHECK_FALSE(found.blocks);
  const auto decision = [&](SafetyLevel level) {
    return judge::judge(measured_at(1, 1.2), level).decision;
  };
  CHECK(decision(SafetyLevel::kConservative) == Decision::kRejected);
  CHECK(decision(SafetyLevel::kModerate) == Decision::kApproved);
  CHECK(outcome(measured_at(1, 1.03), "memory_regression").result == CheckResult::kWarn);
}

TEST_CASE("a benchmark that prints something else blocks") {
  Evidence evidence = measured_at(0.5);
  evidence.benchmarks[0].output_differs = true;
  CHECK(outcome(evidence, "output_changed").blocks);
  evidence.benchmarks[0].output_differs = false;
  evidence.benchmarks[0].output_unstable = true;
  CHECK(outcome(evidence, "output_changed").result == CheckResult::kWarn);
}

TEST_CASE("a benchmark that fails only now blocks") {
  Evidence evidence = measured_at(1);
  evidence.benchmarks[0].candidate_failures = 1;
  CHECK(outcome(evidence, "benchmark_failed").blocks);
  evidence.benchmarks[0].base_failures = 1;
  CHECK(outcome(evidence, "benchmark_failed").result == CheckResult::kWarn);
}

TEST_CASE("the impact is the geometric mean of the time saved") {
  Evidence evidence = good();
  CHECK_FALSE(judge::judge(evidence, SafetyLevel::kConservative).performance_impact.has_value());
  auto half = benchmark(1);
  half.series[0].candidate = half.series[0].base;
  for (double& time : half.series[0].candidate) time /= 2;
  auto twice = half;
  twice.series[0].candidate = half.series[0].base;
  for (double& time : twice.series[0].candidate) time *= 2;
  evidence.benchmarks = {half};
  CHECK(near(*judge::judge(evidence, SafetyLevel::kConservative).performance_impact, 50));
  evidence.benchmarks = {half, twice};
  CHECK(near(*judge::judge(evidence, SafetyLevel::kConservative).performance_impact, 0));
}

TEST_CASE("a change that its interval does not show is no impact") {
  Evidence evidence = good();
  auto noisy = benchmark(1);
  noisy.series[0].candidate = noisy.series[0].base;
  for (std::size_t i = 0; i < noisy.series[0].candidate.size(); ++i) {
    noisy.series[0].candidate[i] *= i % 2 == 0 ? 1.2 : 0.9;
  }
  evidence.benchmarks = {noisy};
  CHECK(judge::judge(evidence, SafetyLevel::kConservative).performance_impact == 0.0);
}

}  // namespace
}  // namespace automod
