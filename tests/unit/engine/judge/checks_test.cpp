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

TEST_CASE("evidence without a flaw passes every check") {
  const Verdict verdict = judge::judge(good(), SafetyLevel::kConservative);
  for (const auto& check : verdict.checks) {
    INFO(check.code << ": " << check.reason);
    CHECK(check.result == CheckResult::kPass);
    CHECK_FALSE(check.reason.empty());
  }
}

TEST_CASE("a build that fails blocks and says how it ended") {
  Evidence evidence = good();
  evidence.stages = {stage(ExecutionType::kBuild, "exited", 2)};
  evidence.tests = {};
  CHECK(outcome(evidence, "does_not_build").blocks);
  CHECK(outcome(evidence, "does_not_build").reason == "the build exited with status 2");
  CHECK(outcome(evidence, "tests_failed").result == CheckResult::kWarn);
}

TEST_CASE("a build that was never run blocks") {
  Evidence evidence = good();
  evidence.stages = {stage(ExecutionType::kUnitTest)};
  CHECK(outcome(evidence, "does_not_build").blocks);
}

TEST_CASE("a configure step that crashes counts as not building") {
  Evidence evidence = good();
  evidence.stages = {stage(ExecutionType::kConfigure, "signalled", 11)};
  CHECK(outcome(evidence, "does_not_build").reason == "configuring was killed by signal 11");
}

TEST_CASE("limits that were hit block under their own names") {
  const auto [ended, code] = GENERATE(table<std::string, std::string>({
      {"timed_out", "timeout"},
      {"memory_limit", "resource_limit"},
      {"disk_limit", "resource_limit"},
      {"output_limit", "resource_limit"},
  }));
  Evidence evidence = good();
  evidence.stages.back() = stage(ExecutionType::kUnitTest, ended);
  CHECK(outcome(evidence, code).blocks);
}

TEST_CASE("what the grammar of C++ no longer reads asks, and warns where it never did") {
  Evidence evidence = good();
  evidence.files[0].language = "cpp";
  evidence.files[0].syntax_errors_before = 0;
  evidence.files[0].syntax_errors_after = 1;
  CHECK(outcome(evidence, "syntax_error").wants_approval);
  CHECK_FALSE(outcome(evidence, "syntax_error").blocks);
  evidence.files[0].syntax_errors_before = 11;
  evidence.files[0].syntax_errors_after = 12;
  CHECK(outcome(evidence, "syntax_error").result == CheckResult::kWarn);
  CHECK_FALSE(outcome(evidence, "syntax_error").wants_approval);
  evidence.files.push_back(evidence.files[0]);
  evidence.files[1].language = "python";
  CHECK(outcome(evidence, "syntax_error").blocks);
}

TEST_CASE("more syntax errors than before block, fewer do not") {
  Evidence evidence = good();
  evidence.files[0].language = "python";
  evidence.files[0].syntax_errors_before = 2;
  evidence.files[0].syntax_errors_after = 2;
  CHECK(outcome(evidence, "syntax_error").result == CheckResult::kPass);
  evidence.files[0].syntax_errors_after = 3;
  CHECK(outcome(evidence, "syntax_error").blocks);
  CHECK_THAT(outcome(evidence, "syntax_error").reason, ContainsSubstring("3 instead of 2"));
}

TEST_CASE("a test that passed and fails now blocks by name") {
  Evidence evidence = good();
  evidence.tests = inventory({{"a", kPassed}, {"b", kFailed}});
  CHECK(outcome(evidence, "tests_failed").blocks);
  CHECK_THAT(outcome(evidence, "tests_failed").reason, ContainsSubstring("1 test: b"));
}

TEST_CASE("a test that fails on the base as well is named and does not block") {
  Evidence evidence = good();
  evidence.base_tests = inventory({{"a", kPassed}, {"b", kFailed}});
  evidence.tests = evidence.base_tests;
  CHECK(outcome(evidence, "tests_failed").result == CheckResult::kPass);
  CHECK_THAT(outcome(evidence, "tests_failed").reason,
             ContainsSubstring("not passing on the base either: 1 test: b"));
}

TEST_CASE("a new test that fails blocks, one that passes is welcome") {
  Evidence evidence = good();
  evidence.tests.tests.push_back({"new", kPassed, 1});
  CHECK(outcome(evidence, "tests_failed").result == CheckResult::kPass);
  evidence.tests.tests.back().outcome = kFailed;
  CHECK(outcome(evidence, "tests_failed").blocks);
}

TEST_CASE("a test reported twice counts by its worse report") {
  Evidence evidence = good();
  evidence.tests = inventory({{"a", kPassed}, {"b", kFailed}, {"b", kPassed}});
  CHECK(outcome(evidence, "tests_failed").blocks);
}

TEST_CASE("a test that vanished, was skipped or did not run blocks") {
  Evidence evidence = good();
  SECTION("vanished") { evidence.tests.tests.pop_back(); }
  SECTION("skipped") { evidence.tests.tests.back().outcome = TestOutcome::kSkipped; }
  SECTION("not run") { evidence.tests.tests.back().outcome = TestOutcome::kNotRun; }
  SECTION("runner did not finish") { evidence.tests.complete = false; }
  SECTION("read in another way") { evidence.tests.source = TestSource::kExitCode; }
  CHECK(outcome(evidence, "tests_missing").blocks);
}

TEST_CASE("a new test that does not run blocks") {
  Evidence evidence = good();
  evidence.tests.tests.push_back({"new", TestOutcome::kNotRun, 1});
  CHECK(outcome(evidence, "tests_missing").blocks);
}

TEST_CASE("a failing test of the base may not be mended by removing it") {
  Evidence evidence = good();
  evidence.base_tests = inventory({{"a", kPassed}, {"b", kFailed}});
  evidence.tests = inventory({{"a", kPassed}});
  CHECK(outcome(evidence, "tests_missing").blocks);
  CHECK(outcome(evidence, "fix_proven").penalty == 0);
}

TEST_CASE("a test that is skipped on the base may stay so") {
  Evidence evidence = good();
  evidence.base_tests = inventory({{"a", kPassed}, {"b", TestOutcome::kSkipped}});
  evidence.tests = evidence.base_tests;
  CHECK(outcome(evidence, "tests_missing").result == CheckResult::kPass);
}

TEST_CASE("an exit status alone is warned about") {
  Evidence evidence = good();
  evidence.base_tests = inventory({{"test command", kPassed}});
  evidence.base_tests.source = TestSource::kExitCode;
  evidence.tests = evidence.base_tests;
  CHECK(outcome(evidence, "tests_missing").result == CheckResult::kWarn);
  CHECK_THAT(outcome(evidence, "tests_missing").reason,
             ContainsSubstring("exit status is all that is known"));
}

TEST_CASE("a base that never reports fully turns incompleteness into a question") {
  Evidence evidence = good();
  evidence.base_tests.complete = false;
  evidence.tests.complete = false;
  CHECK(outcome(evidence, "tests_missing").wants_approval);
}

TEST_CASE("a fix is proven by a test that failed on the base") {
  Evidence evidence = good();
  evidence.type = ModificationType::kBugFix;
  CHECK(outcome(evidence, "fix_proven").result == CheckResult::kWarn);
  evidence.base_tests = inventory({{"a", kPassed}, {"b", kFailed}});
  CHECK(outcome(evidence, "fix_proven").result == CheckResult::kPass);
  CHECK(outcome(evidence, "fix_proven").penalty < 0);
}

TEST_CASE("without tests a person decides") {
  Evidence evidence = good();
  evidence.has_tests = false;
  evidence.base_tests = {};
  evidence.tests = {};
  CHECK(outcome(evidence, "unproven").wants_approval);
  evidence.has_build = false;
  CHECK(outcome(evidence, "unproven").wants_approval);
}

TEST_CASE("a base without test results leaves nothing to compare with") {
  Evidence evidence = good();
  evidence.base_tests = {};
  CHECK(outcome(evidence, "unproven").wants_approval);
}

TEST_CASE("a test command that failed on the base and still fails speaks for nothing") {
  Evidence evidence = good();
  evidence.base_tests = inventory({{"test command", kFailed}});
  evidence.tests = inventory({{"test command", kFailed}});
  CHECK(outcome(evidence, "unproven").wants_approval);
  CHECK(judge::judge(evidence, SafetyLevel::kAggressive).decision == Decision::kNeedsApproval);
}

struct FileRow {
  const char* path;
  const char* change;
  const char* language;
  const char* expected;  // pass, asks, blocks
};

TEST_CASE("what is done to protected files decides") {
  const auto row = GENERATE(values<FileRow>({
      {"tests/a_test.cpp", "modified", "cpp", "asks"},
      {"tests/a_test.cpp", "deleted", "cpp", "blocks"},
      {"tests/new_test.cpp", "added", "cpp", "pass"},
      {"tests/conftest.py", "added", "python", "asks"},
      {"tests/CMakeLists.txt", "added", "", "asks"},
      {"CMakeLists.txt", "modified", "", "asks"},
      {"CMakeLists.txt", "deleted", "", "asks"},
      {"automod.toml", "added", "", "asks"},
      {"src/lib/parser_test.go", "deleted", "go", "blocks"},
  }));
  CAPTURE(row.path, row.change);
  Evidence evidence = good();
  evidence.files[0].path = row.path;
  evidence.files[0].change = row.change;
  evidence.files[0].language = row.language;
  evidence.files[0].is_protected = true;
  const CheckOutcome found = outcome(evidence, "protected_path");
  CHECK(found.blocks == (row.expected == std::string("blocks")));
  CHECK(found.wants_approval == (row.expected == std::string("asks")));
  evidence.files[0].is_protected = false;
  CHECK(outcome(evidence, "protected_path").result == CheckResult::kPass);
}

TEST_CASE("large changes are warned about, huge ones ask") {
  Evidence evidence = good();
  evidence.files[0].lines_added = 401;
  evidence.files[0].lines_removed = 0;
  CHECK(outcome(evidence, "too_large").result == CheckResult::kWarn);
  CHECK_FALSE(outcome(evidence, "too_large").wants_approval);
  evidence.files[0].lines_removed = 1600;
  CHECK(outcome(evidence, "too_large").wants_approval);
}

}  // namespace
}  // namespace automod
