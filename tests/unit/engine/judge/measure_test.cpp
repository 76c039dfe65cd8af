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

Series series_of(std::vector<double> base, std::vector<double> candidate,
                 std::vector<double> again = {}) {
  Series series;
  series.metric = "figure";
  series.base = std::move(base);
  series.candidate = std::move(candidate);
  series.again = std::move(again);
  return series;
}

judge::Comparison compared(std::vector<double> base, std::vector<double> candidate,
                           std::vector<double> again = {}) {
  return judge::compare(series_of(std::move(base), std::move(candidate), std::move(again)), {});
}

TEST_CASE("equal runs differ by nothing") {
  const std::vector<double> runs = {10, 11, 10, 12, 10};
  const judge::Change change = compared(runs, runs).change;
  CHECK(change.percent == 0);
  CHECK(change.low == 0);
  CHECK(change.high == 0);
}

TEST_CASE("a constant factor is found exactly") {
  const judge::Change change = compared({10, 20, 30, 40}, {12, 24, 36, 48}).change;
  CHECK(near(change.percent, 20));
  CHECK(near(change.low, 20));
  CHECK(near(change.high, 20));
}

TEST_CASE("one interrupted run does not move the figure") {
  const std::vector<double> base = {100, 101, 100, 99, 100, 101, 100, 99, 100};
  std::vector<double> candidate = base;
  candidate[4] = 900;
  const auto found = compared(base, candidate, base);
  CHECK(std::abs(found.change.percent) < 2);
  CHECK(found.answer == judge::Answer::kUnclear);
}

TEST_CASE("the interval of few rounds is the range, wider by the base's own") {
  const auto known =
      compared({100, 100, 100, 100, 100}, {110, 111, 112, 113, 114}, {100, 101, 100, 99, 100});
  CHECK(near(known.change.percent, 12));
  CHECK(near(known.change.low, (1.1 * 0.99 - 1) * 100));
  CHECK(near(known.change.high, (1.14 / 0.99 - 1) * 100));
  CHECK(near(*known.noise, (1 / 0.99 - 1) * 100));
  CHECK(known.answer == judge::Answer::kWorse);
}

TEST_CASE("the interval of enough rounds goes by ranks") {
  std::vector<double> base(18, 100);
  std::vector<double> candidate;
  for (int i = 0; i < 18; ++i) candidate.push_back(104 + 0.2 * i);
  const auto found = compared(base, candidate, base);
  CAPTURE(found.change.low, found.change.high);
  CHECK(near(found.change.percent, 5.7));
  CHECK(found.change.low > 4);
  CHECK(found.change.high < 7.4);
  CHECK(found.answer == judge::Answer::kSlightlyWorse);
}

TEST_CASE("too few rounds give an interval that decides nothing") {
  const std::vector<std::vector<double>> few = {{}, {10}, {10, 10, 10}};
  for (const auto& base : few) {
    const auto found = compared(base, std::vector<double>(base.size(), 40.0));
    CHECK(found.answer == judge::Answer::kTooFew);
    CHECK(found.change.low == -100);
    CHECK(found.change.high >= 1000);
    CHECK(found.change.high >= found.change.percent);
  }
}

TEST_CASE("figures that make no sense stay finite") {
  const judge::Change change =
      compared({0, -1, std::nan(""), 5}, {5, 0, 5, std::numeric_limits<double>::max()}).change;
  CHECK(std::isfinite(change.percent));
  CHECK(std::isfinite(change.low));
  CHECK(std::isfinite(change.high));
}

TEST_CASE("of a figure that is better higher, a fall is the loss") {
  Series series = series_of(std::vector<double>(9, 100), std::vector<double>(9, 80),
                            std::vector<double>(9, 100));
  series.direction = Direction::kHigher;
  const auto found = judge::compare(series, {});
  CHECK(near(found.change.percent, -20));
  CHECK(near(found.cost.percent, 25));
  CHECK(found.answer == judge::Answer::kWorse);
}

TEST_CASE("what counts lies beyond twice the noise") {
  const std::vector<double> base(9, 100);
  const std::vector<double> candidate(9, 112);
  std::vector<double> again = base;
  CHECK(compared(base, candidate, again).answer == judge::Answer::kWorse);
  again.assign(9, 106);
  const auto found = compared(base, candidate, again);
  CHECK(near(*found.noise, 6));
  CHECK(near(found.limit, 12));
  CHECK(found.answer == judge::Answer::kSlightlyWorse);
  again.assign(9, 113);
  CHECK(compared(base, candidate, again).answer == judge::Answer::kUnclear);
}

TEST_CASE("slower beyond the limit blocks and shows the interval") {
  const CheckOutcome found = outcome(measured_at(1.2), "performance_regression");
  CHECK(found.blocks);
  CHECK_THAT(found.reason, ContainsSubstring("99.8 % interval"));
  CHECK_THAT(found.reason, ContainsSubstring("rank"));
}

TEST_CASE("a little slower is warned about") {
  CHECK(outcome(measured_at(1.04), "performance_regression").result == CheckResult::kWarn);
}

TEST_CASE("slower by more than what counts, but for the noise, wants a person") {
  Evidence evidence = good();
  auto measured = benchmark(1);
  measured.confirm.clear();
  measured.series[0].base.assign(9, 100);
  measured.series[0].again.assign(9, 106);
  measured.series[0].candidate.assign(9, 112);
  evidence.benchmarks = {measured};
  CHECK(outcome(evidence, "performance_regression").wants_approval);
  CHECK_FALSE(outcome(measured_at(1.04), "performance_regression").wants_approval);
}

TEST_CASE("half a millisecond means nothing, two where the noise is unknown") {
  Evidence evidence = good();
  auto measured = benchmark(1);
  measured.confirm.clear();
  measured.series[0].base.assign(9, 1.0);
  measured.series[0].again.assign(9, 1.0);
  measured.series[0].candidate.assign(9, 1.4);
  evidence.benchmarks = {measured};
  CHECK(outcome(evidence, "performance_regression").result == CheckResult::kPass);
  evidence.benchmarks[0].series[0].candidate.assign(9, 2.0);
  CHECK(outcome(evidence, "performance_regression").blocks);
  evidence.benchmarks[0].series[0].again.clear();
  CHECK(outcome(evidence, "performance_regression").result == CheckResult::kPass);
}

TEST_CASE("a loss that only noise could hide is warned about") {
  Evidence evidence = measured_at(1);
  evidence.benchmarks[0].series[0].candidate[3] *= 1.3;
  const CheckOutcome found = outcome(evidence, "performance_regression");
  CHECK(found.result == CheckResult::kWarn);
  CHECK_THAT(found.reason, ContainsSubstring("too noisy"));
}

TEST_CASE("what could not be measured is no success") {
  Evidence evidence = good();
  CHECK(outcome(evidence, "performance_regression").result == CheckResult::kPass);
  evidence.left_out = {{.stage = "benchmarks", .why = "the base does not build"}};
  CHECK(outcome(evidence, "performance_regression").result == CheckResult::kWarn);
  evidence.left_out[0].by_choice = true;
  const CheckOutcome found = outcome(evidence, "performance_regression");
  CHECK(found.result == CheckResult::kPass);
  CHECK_THAT(found.reason, ContainsSubstring("does not build"));
}

TEST_CASE("too few runs are no proof that time was kept") {
  CHECK(outcome(measured_at(1, 1, 2), "performance_regression").result == CheckResult::kWarn);
}

TEST_CASE("a performance change must show its gain") {
  Evidence evidence = measured_at(0.8);
  evidence.type = ModificationType::kPerformance;
  CHECK(outcome(evidence, "no_measurable_gain").result == CheckResult::kPass);
  CHECK_THAT(outcome(evidence, "no_measurable_gain").reason, ContainsSubstring("20 % wanted"));
  evidence.benchmarks = {benchmark(1)};
  CHECK(outcome(evidence, "no_measurable_gain").result == CheckResult::kFail);
  CHECK(judge::judge(evidence, SafetyLevel::kConservative).decision == Decision::kRejected);
  CHECK(judge::judge(evidence, SafetyLevel::kModerate).decision == Decision::kApproved);
  evidence.benchmarks = {};
  CHECK(outcome(evidence, "no_measurable_gain").wants_approval);
  CHECK_THAT(outcome(evidence, "no_measurable_gain").reason,
             ContainsSubstring("nothing was measured"));
}

TEST_CASE("a gain counts only when fresh rounds confirm it, and theirs is the figure") {
  Evidence evidence = measured_at(0.6);
  evidence.type = ModificationType::kPerformance;
  for (auto& time : evidence.benchmarks[0].confirm[0].candidate) time *= 1.5;  // 0.9 in all
  const CheckOutcome found = outcome(evidence, "no_measurable_gain");
  CHECK(found.result == CheckResult::kPass);
  CHECK_THAT(found.reason, ContainsSubstring("less than the 20 % wanted"));
  const auto impact = judge::judge(evidence, SafetyLevel::kConservative).performance_impact;
  CHECK((*impact > 9 && *impact < 11));
  evidence.benchmarks[0].confirm[0].candidate = evidence.benchmarks[0].confirm[0].base;
  CHECK(outcome(evidence, "no_measurable_gain").result == CheckResult::kFail);
  evidence.benchmarks[0].confirm.clear();
  CHECK(outcome(evidence, "no_measurable_gain").result == CheckResult::kFail);
  evidence.format = 2;  // from before there were fresh rounds
  CHECK(outcome(evidence, "no_measurable_gain").result == CheckResult::kPass);
}

TEST_CASE("the best of many needs more rounds to show its gain") {
  Evidence evidence = good();
  evidence.type = ModificationType::kPerformance;
  evidence.benchmarks = {benchmark(0.8, 1, 4)};
  CHECK(outcome(evidence, "no_measurable_gain").result == CheckResult::kPass);
  evidence.compared = 20;
  CHECK(outcome(evidence, "no_measurable_gain").result == CheckResult::kFail);
}

TEST_CASE("memory that is saved is a gain, too") {
  Evidence evidence = measured_at(1, 0.7);
  evidence.type = ModificationType::kPerformance;
  CHECK(outcome(evidence, "no_measurable_gain").result == CheckResult::kPass);
}

TEST_CASE("memory that grew far beyond the limit asks, too") {
  CHECK_FALSE(outcome(measured_at(1, 1.15), "memory_regression").wants_approval);
  CHECK(outcome(measured_at(1, 1.5), "memory_regression").wants_approval);
}

TEST_CASE("figures that a benchmark prints are read like times") {
  Evidence evidence = measured_at(1.2);
  auto& series = evidence.benchmarks[0].series;
  series[0].metric = "BM_rank";
  series[0].unit = "ns";
  evidence.benchmarks[0].confirm.clear();
  const CheckOutcome found = outcome(evidence, "performance_regression");
  CHECK(found.blocks);
  CHECK_THAT(found.reason, ContainsSubstring("rank BM_rank: 122.4 ns"));
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
  evidence.benchmarks[0].base_output = "12 words\n";
  evidence.benchmarks[0].candidate_output = "13 words\x1b\n";
  CHECK(outcome(evidence, "output_changed").blocks);
  CHECK_THAT(outcome(evidence, "output_changed").reason,
             ContainsSubstring("'13 words\\x1b' instead of '12 words'"));
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
  evidence.benchmarks[0].candidate_failures = 2;
  CHECK(outcome(evidence, "benchmark_failed").wants_approval);
  evidence.benchmarks[0].candidate_failures = 6;
  CHECK(outcome(evidence, "benchmark_failed").blocks);
}

HeldOutEvidence held_out(double times) {
  HeldOutEvidence made;
  made.name = "rank";
  made.command = "build/check {seed}";
  made.seeds = {"11", "12", "13", "14", "15"};
  const auto runs = benchmark(times, 1, 5);
  made.wall = runs.series[0];
  return made;
}

TEST_CASE("another answer on held-out inputs blocks") {
  Evidence evidence = good();
  CHECK(outcome(evidence, "held_out_differs").result == CheckResult::kPass);
  evidence.held_out = {held_out(1)};
  CHECK(outcome(evidence, "held_out_differs").result == CheckResult::kPass);
  evidence.held_out[0].different = {"13"};
  CHECK(outcome(evidence, "held_out_differs").blocks);
  CHECK_THAT(outcome(evidence, "held_out_differs").reason, ContainsSubstring("seed 13"));
  evidence.held_out[0].unstable = true;
  CHECK(outcome(evidence, "held_out_differs").result == CheckResult::kWarn);
  evidence.held_out[0].candidate_failures = 1;
  CHECK(outcome(evidence, "held_out_differs").blocks);
  evidence.format = 2;
  CHECK(outcome(evidence, "held_out_differs").result == CheckResult::kPass);
}

TEST_CASE("held-out inputs that could not be run are no success") {
  Evidence evidence = good();
  evidence.left_out = {{.stage = "held_out", .why = "the folder 'words' is not there"}};
  CHECK(outcome(evidence, "held_out_differs").result == CheckResult::kWarn);
}

TEST_CASE("slower on held-out inputs blocks") {
  Evidence evidence = measured_at(0.8);
  evidence.held_out = {held_out(1.3)};
  CHECK(outcome(evidence, "performance_regression").blocks);
  CHECK_THAT(outcome(evidence, "performance_regression").reason,
             ContainsSubstring("held-out rank"));
}

TEST_CASE("a gain that held-out inputs do not show vanishes") {
  std::string reason;
  Evidence evidence = measured_at(0.5);
  CHECK_FALSE(judge::gain_vanishes(evidence, reason));
  evidence.held_out = {held_out(0.55)};
  CHECK_FALSE(judge::gain_vanishes(evidence, reason));
  evidence.held_out = {held_out(1)};
  CHECK(judge::gain_vanishes(evidence, reason));
  CHECK_THAT(reason, ContainsSubstring("held-out"));
  evidence.benchmarks = {benchmark(1)};  // no gain: nothing can vanish
  CHECK_FALSE(judge::gain_vanishes(evidence, reason));
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
  half.confirm = half.series;
  twice.confirm = twice.series;
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
  noisy.confirm = noisy.series;
  evidence.benchmarks = {noisy};
  CHECK(judge::judge(evidence, SafetyLevel::kConservative).performance_impact == 0.0);
}

}  // namespace
}  // namespace automod
