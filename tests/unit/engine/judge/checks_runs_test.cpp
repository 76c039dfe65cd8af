#include "tests/unit/catch.hpp"
#include "tests/unit/engine/judge/samples.hpp"

namespace automod {
namespace {

using testing::ContainsSubstring;
using testing::good;
using testing::inventory;
using testing::outcome;
using testing::stage;

constexpr auto kPassed = TestOutcome::kPassed;
constexpr auto kFailed = TestOutcome::kFailed;

Diagnostic report(std::string rule, std::string function, std::size_t line = 7) {
  return {.tool = "address-sanitizer",
          .path = "src/a.cpp",
          .line = line,
          .rule = std::move(rule),
          .message = function + ": what happened"};
}

/// Both sides sanitized, nothing found.
Evidence sanitized() {
  Evidence evidence = good();
  auto& seen = evidence.sanitizers.emplace();
  seen.effective = true;
  seen.base = seen.candidate = inventory({{"a", kPassed}, {"b", kPassed}});
  return evidence;
}

/// Eight of eight changed lines are run, and the tests as before.
Evidence covered() {
  Evidence evidence = good();
  evidence.coverage = {{.path = "src/a.cpp", .changed_lines = 8}};
  return evidence;
}

TEST_CASE("sanitizers that find nothing pass") {
  CHECK(outcome(sanitized(), "sanitizer_error").result == CheckResult::kPass);
}

TEST_CASE("a report that the base does not have blocks") {
  Evidence evidence = sanitized();
  evidence.sanitizers->candidate_reports = {report("heap-use-after-free", "f()")};
  const auto check = outcome(evidence, "sanitizer_error");
  CHECK(check.blocks);
  CHECK_THAT(check.reason, ContainsSubstring("heap-use-after-free at src/a.cpp:7"));
}

TEST_CASE("a report that the base has as well is no news, wherever it has moved") {
  Evidence evidence = sanitized();
  evidence.sanitizers->base_reports = {report("alignment", "f()"), report("alignment", "g()", 9)};
  evidence.sanitizers->candidate_reports = {report("alignment", "f()", 90),
                                            report("alignment", "renamed()", 99)};
  CHECK(outcome(evidence, "sanitizer_error").result == CheckResult::kPass);
  evidence.sanitizers->candidate_reports.push_back(report("alignment", "third()"));
  CHECK(outcome(evidence, "sanitizer_error").blocks);
}

TEST_CASE("a test that fails with sanitizers alone blocks, unless it does so on the base") {
  Evidence evidence = sanitized();
  evidence.sanitizers->candidate = inventory({{"a", kPassed}, {"b", kFailed}});
  CHECK(outcome(evidence, "sanitizer_error").blocks);
  evidence.sanitizers->base = evidence.sanitizers->candidate;
  CHECK(outcome(evidence, "sanitizer_error").result == CheckResult::kPass);
}

TEST_CASE("a candidate that escapes the sanitizers asks") {
  Evidence evidence = sanitized();
  evidence.sanitizers->effective = false;
  CHECK(outcome(evidence, "sanitizer_error").wants_approval);
}

TEST_CASE("a candidate that does not build with sanitizers asks, and builds nevertheless") {
  Evidence evidence = sanitized();
  evidence.sanitizers->candidate = {};
  auto build = stage(ExecutionType::kBuild, "exited", 1);
  build.variant = Variant::kSanitizers;
  evidence.stages.push_back(build);
  CHECK(outcome(evidence, "sanitizer_error").wants_approval);
  CHECK(outcome(evidence, "does_not_build").result == CheckResult::kPass);
}

TEST_CASE("a sanitized run that took too long is no timeout of the candidate") {
  Evidence evidence = sanitized();
  auto run = stage(ExecutionType::kUnitTest, "timed_out");
  run.variant = Variant::kSanitizers;
  evidence.stages.push_back(run);
  CHECK(outcome(evidence, "timeout").result == CheckResult::kPass);
}

TEST_CASE("sanitizers that were left out pass by choice and warn by need") {
  Evidence evidence = good();
  evidence.left_out = {{"sanitizers", "switched off in automod.toml", true}};
  CHECK(outcome(evidence, "sanitizer_error").result == CheckResult::kPass);
  CHECK_THAT(outcome(evidence, "sanitizer_error").reason, ContainsSubstring("switched off"));
  evidence.left_out = {{"sanitizers", "the build did not use our compiler", false}};
  CHECK(outcome(evidence, "sanitizer_error").result == CheckResult::kWarn);
  evidence.files[0].language = "python";
  CHECK(outcome(evidence, "sanitizer_error").result == CheckResult::kPass);
}

TEST_CASE("changed lines that no test runs ask at level conservative only") {
  CHECK(outcome(covered(), "uncovered_change").result == CheckResult::kPass);
  Evidence evidence = covered();
  evidence.coverage->at(0).uncovered = {3, 4};
  const auto check = outcome(evidence, "uncovered_change");
  CHECK(check.wants_approval);
  CHECK_THAT(check.reason, ContainsSubstring("2 of 8 changed lines"));
  CHECK(judge::judge(evidence, SafetyLevel::kConservative).decision == Decision::kNeedsApproval);
  CHECK(judge::judge(evidence, SafetyLevel::kModerate).decision == Decision::kApproved);
}

TEST_CASE("a change without code, and lines of tests themselves, need no test") {
  Evidence evidence = covered();
  evidence.coverage = {{.path = "src/a.cpp"},
                       {.path = "tests/a_test.cpp", .changed_lines = 2, .uncovered = {1}}};
  CHECK(outcome(evidence, "uncovered_change").result == CheckResult::kPass);
}

TEST_CASE("unchanged tests that run less of themselves block") {
  Evidence evidence = covered();
  evidence.coverage->push_back({.path = "tests/b_test.cpp", .lost_lines = 2, .base_lines = 10});
  CHECK(outcome(evidence, "tests_hollow").result == CheckResult::kPass);
  evidence.coverage->back().lost_lines = 3;
  CHECK(outcome(evidence, "tests_hollow").blocks);
  evidence.coverage->back() = {.path = "tests/b_test.cpp",
                               .lost_lines = 1,
                               .base_lines = 100,
                               .lost_functions = {"overflow()"}};
  CHECK(outcome(evidence, "tests_hollow").blocks);
}

TEST_CASE("what a test did on failing is not missed once it passes") {
  Evidence evidence = covered();
  evidence.coverage->push_back({.path = "tests/b_test.cpp", .lost_lines = 3, .base_lines = 10});
  evidence.base_tests = inventory({{"a", kFailed}, {"b", kPassed}});
  CHECK(outcome(evidence, "tests_hollow").result == CheckResult::kWarn);
  CHECK_FALSE(outcome(evidence, "tests_hollow").wants_approval);
  evidence.coverage->back() = {.path = "tests/b_test.cpp", .lost_lines = 11, .base_lines = 40};
  CHECK(outcome(evidence, "tests_hollow").wants_approval);
  evidence.coverage->back().lost_lines = 21;  // no repair explains that much
  CHECK(outcome(evidence, "tests_hollow").blocks);
}

TEST_CASE("sources that are reached less than before are no hollow tests") {
  Evidence evidence = covered();
  evidence.coverage->push_back({.path = "src/b.cpp", .lost_lines = 9, .base_lines = 10});
  CHECK(outcome(evidence, "tests_hollow").result == CheckResult::kPass);
}

TEST_CASE("a new remark of clang-tidy warns; several, the compiler's and serious ones ask") {
  Evidence evidence = good();
  evidence.diagnostic_tools = {"compiler", "clang-tidy"};
  CHECK(outcome(evidence, "new_diagnostics").reason == "nothing new from compiler and clang-tidy");
  evidence.new_diagnostics = {{"clang-tidy", "src/a.cpp", 3, "cert-err58-cpp", "may throw"}};
  CHECK(outcome(evidence, "new_diagnostics").penalty == 0.05);
  CHECK_FALSE(outcome(evidence, "new_diagnostics").wants_approval);
  evidence.new_diagnostics.push_back({"clang-tidy", "src/a.cpp", 4, "cert-err58-cpp", "may throw"});
  CHECK(outcome(evidence, "new_diagnostics").wants_approval);
  evidence.new_diagnostics = {{"compiler", "src/a.cpp", 4, "-Wsign-compare", "signs"}};
  CHECK(outcome(evidence, "new_diagnostics").wants_approval);
  evidence.new_diagnostics.push_back(
      {"clang-tidy", "src/a.cpp", 4, "bugprone-use-after-move", "'v' used after it was moved"});
  CHECK(outcome(evidence, "new_diagnostics").wants_approval);
}

TEST_CASE("older evidence passes the checks of further runs, which say so") {
  Evidence evidence = good();
  evidence.format = 2;
  for (const auto* code :
       {"new_diagnostics", "sanitizer_error", "tests_hollow", "uncovered_change"}) {
    CHECK(outcome(evidence, code).result == CheckResult::kPass);
    CHECK_THAT(outcome(evidence, code).reason, ContainsSubstring("was not looked for"));
  }
}

}  // namespace
}  // namespace automod
