#include "engine/metrics.hpp"

#include "tests/unit/catch.hpp"

namespace automod {
namespace {

TEST_CASE("no benchmark and no test: no metric") { CHECK(metrics_of(Evidence{}).empty()); }

TEST_CASE("a benchmark gives medians of time and memory, and what was saved in percent") {
  Evidence evidence;
  evidence.benchmarks = {
      {.name = "rank",
       .series = {{.metric = "wall", .base = {100, 90, 200}, .candidate = {80, 75, 60}},
                  {.metric = "memory", .base = {10, 10, 10}, .candidate = {12, 12, 12}}}}};
  const auto rows = metrics_of(evidence);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].name == "execution_time:rank");
  CHECK(rows[0].baseline == 100);
  CHECK(rows[0].modified == 75);
  CHECK(rows[0].improvement_percent == Approx(25));
  CHECK(rows[1].name == "memory_usage:rank");
  CHECK(rows[1].improvement_percent == Approx(-20));
}

TEST_CASE("fresh rounds give the figures, and runs that failed a rate of their own") {
  Evidence evidence;
  evidence.benchmarks = {{.name = "rank",
                          .series = {{.metric = "wall", .base = {100}, .candidate = {50}}},
                          .confirm = {{.metric = "wall", .base = {100}, .candidate = {80}}},
                          .base_runs = 10,
                          .candidate_runs = 8,
                          .candidate_failures = 2}};
  const auto rows = metrics_of(evidence);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].modified == 80);
  CHECK(rows[1].name == "error_rate:rank");
  CHECK(rows[1].baseline == 0);
  CHECK(rows[1].modified == 0.25);
}

TEST_CASE("the error rate is the share of failing tests, before and after") {
  Evidence evidence;
  evidence.base_tests.tests = {{.name = "a", .outcome = TestOutcome::kPassed},
                               {.name = "b", .outcome = TestOutcome::kFailed}};
  evidence.tests.tests = {{.name = "a", .outcome = TestOutcome::kPassed},
                          {.name = "b", .outcome = TestOutcome::kPassed}};
  const auto rows = metrics_of(evidence);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].name == "error_rate");
  CHECK(rows[0].baseline == 0.5);
  CHECK(rows[0].modified == 0);
}

}  // namespace
}  // namespace automod
